/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Habits from other languages, from web mailers, and of the hand. */
#include "grammar/sieve/bind-slip.h"

#include <string.h>

/* Where tests compare. */
static const struct {
    const char *name, *help;
} match_types[] = {
    {"equals", "write ':is'"},
    {"equal", "write ':is'"},
    {"eq", "write ':is'"},
    {"exact", "write ':is'"},
    {"startswith", "write ':matches \"…*\"'"},
    {"begins", "write ':matches \"…*\"'"},
    {"endswith", "write ':matches \"*…\"'"},
    {"ends", "write ':matches \"*…\"'"},
    {"like", "write ':matches', which knows '*' and '?'"},
    {"glob", "write ':matches', which knows '*' and '?'"},
    {"wildcard", "write ':matches', which knows '*' and '?'"},
    {"includes", "write ':contains'"},
    {"has", "write ':contains'"},
    {"ge", "write ':value \"ge\"' (RFC 5231)"},
    {"gt", "write ':value \"gt\"' (RFC 5231)"},
    {"le", "write ':value \"le\"' (RFC 5231)"},
    {"lt", "write ':value \"lt\"' (RFC 5231)"},
    {"ne", "write 'not' before the test, and ':is'"},
    {"casesensitive", "write ':comparator \"i;octet\"' (RFC 5228, section 2.7.3)"},
    {"caseinsensitive", "take it out: capital and small letters are the same already (RFC 5228, "
                        "section 2.7.3)"},
    {"ignorecase", "take it out: capital and small letters are the same already (RFC 5228, section "
                   "2.7.3)"},
    {"nocase", "take it out: capital and small letters are the same already (RFC 5228, section "
               "2.7.3)"},
};

/* Where something has a name that stands by its position, or another name. */
static const struct {
    const char *word, *name, *help;
} others[] = {
    {"size", "greater", "write ':over' (RFC 5228, section 5.9)"},
    {"size", "larger", "write ':over' (RFC 5228, section 5.9)"},
    {"size", "bigger", "write ':over' (RFC 5228, section 5.9)"},
    {"size", "above", "write ':over' (RFC 5228, section 5.9)"},
    {"size", "gt", "write ':over' (RFC 5228, section 5.9)"},
    {"size", "less", "write ':under' (RFC 5228, section 5.9)"},
    {"size", "smaller", "write ':under' (RFC 5228, section 5.9)"},
    {"size", "below", "write ':under' (RFC 5228, section 5.9)"},
    {"size", "lt", "write ':under' (RFC 5228, section 5.9)"},
    {"size", "value", "write ':over' or ':under' (RFC 5228, section 5.9)"},
    {"vacation", "message",
     "take it out: the text stands last, without a tag (RFC 5230, section 4)"},
    {"vacation", "reason",
     "take it out: the text stands last, without a tag (RFC 5230, section 4)"},
    {"vacation", "text", "take it out: the text stands last, without a tag (RFC 5230, section 4)"},
    {"vacation", "body", "take it out: the text stands last, without a tag (RFC 5230, section 4)"},
    {"fileinto", "folder",
     "take it out: the folder stands last, without a tag (RFC 5228, section "
     "4.1)"},
    {"fileinto", "mailbox",
     "take it out: the folder stands last, without a tag (RFC 5228, section "
     "4.1)"},
    {"redirect", "to",
     "take it out: the address stands last, without a tag (RFC 5228, section "
     "4.2)"},
    {"redirect", "address",
     "take it out: the address stands last, without a tag (RFC 5228, "
     "section 4.2)"},
    {"redirect", "keep", "write ':copy' (RFC 3894)"},
    {"include", "private", "write ':personal' (RFC 6609, section 3.2)"},
    {"include", "public", "write ':global' (RFC 6609, section 3.2)"},
};

/* Periods in a unit that no tag has. */
static const struct {
    const char *name;
    gboolean is_days;
    const char *help;
} periods[] = {
    {"hour", FALSE, "write ':seconds 3600' for an hour"},
    {"minute", FALSE, "write ':seconds 60' for a minute"},
    {"week", TRUE, "write ':days 7' for a week"},
    {"month", TRUE, "write ':days 30' for a month"},
    {"interval", TRUE, "write ':days 7' for a week"},
    {"period", TRUE, "write ':days 7' for a week"},
    {"week", FALSE, "write ':seconds 604800' for a week"},
};

static gboolean
has_tag(const TamisSieveWord *word, const char *name)
{
    return tamis_sieve_find_tag(word, name, strlen(name)) >= 0;
}

static const char *
find_period(const TamisSieveWord *word, const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(periods); i++) {
        gsize length = strlen(periods[i].name);
        if (strncmp(periods[i].name, name, length) == 0 &&
            (name[length] == '\0' || strcmp(name + length, "s") == 0) &&
            has_tag(word, periods[i].is_days ? "days" : "seconds"))
            return periods[i].help;
    }
    return NULL;
}

const char *
tamis_sieve_find_tag_habit(const TamisSieveWord *word, const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(others); i++)
        if (strcmp(others[i].word, word->name) == 0 && strcmp(others[i].name, name) == 0)
            return others[i].help;
    for (guint i = 0; i < G_N_ELEMENTS(match_types) && word->takes_comparator; i++)
        if (strcmp(match_types[i].name, name) == 0)
            return match_types[i].help;
    return find_period(word, name);
}

const TamisSieveTag *
tamis_sieve_find_number_tag(const TamisSieveWord *word)
{
    for (guint i = 0; i < word->n_tags; i++)
        if (word->tags[i].type != TAMIS_SIEVE_TYPE_NONE &&
            tamis_sieve_type_shape((TamisSieveType)word->tags[i].type) == TAMIS_SIEVE_SHAPE_NUMBER)
            return &word->tags[i];
    return NULL;
}

const char *
tamis_sieve_find_surplus_remedy(const TamisSieveWord *word)
{
    if (word->id == TAMIS_WORD_KEEP)
        return "write 'fileinto \"…\";' for another folder than the inbox (RFC 5228, section 4.1)";
    if (word->id == TAMIS_WORD_FILEINTO || word->id == TAMIS_WORD_REDIRECT)
        return "write a command for each of them";
    if (word->n_parameters > 0 &&
        tamis_sieve_type_shape((TamisSieveType)word->parameters[word->n_parameters - 1].type) ==
            TAMIS_SIEVE_SHAPE_STRINGS)
        return "put them into one list, in '[' and ']' (RFC 5228, section 2.4.2.1)";
    return NULL;
}
