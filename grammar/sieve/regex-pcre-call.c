/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Back references and calls of groups. Names and numbers that may come later are looked for at the end. Calls are judged
 * where they stand, as PCRE does: what is still open, and has had nothing that takes a character, is called for ever. */
#include "grammar/sieve/regex-pcre.h"

#include <string.h>

#define REFERENCE "write the name of a group: those without one are not counted by this server"
#define NAME      "write letters, digits and '_', at most 32, no digit first, and what closes them"

enum { MAX_NAME = 32, MAX_NAMES = 10000 };

gboolean
tamis_pcre_read_name(TamisPcre *pcre, char close, TamisPcreName *out_name)
{
    *out_name = (TamisPcreName){.text = pcre->at};
    if (g_ascii_isdigit(tamis_pcre_peek(pcre, 0)))
        return tamis_pcre_fail(pcre, "the name of a group begins with a digit", NAME);
    while (tamis_pcre_is_word(tamis_pcre_peek(pcre, 0)))
        pcre->at++;
    out_name->length = (gsize)(pcre->at - out_name->text);
    if (out_name->length > MAX_NAME)
        return tamis_pcre_fail(pcre, "the name of a group is longer than 32 letters", NAME);
    if (tamis_pcre_peek(pcre, 0) != close)
        return tamis_pcre_fail(pcre, "the name of a group is not closed", NAME);
    pcre->at++;
    return TRUE;
}

static gboolean
is_same_name(const TamisPcreName *one, const TamisPcreName *other)
{
    return one->length == other->length && memcmp(one->text, other->text, one->length) == 0;
}

const TamisPcreName *
tamis_pcre_find_name(const TamisPcre *pcre, const char *text, gsize length)
{
    const TamisPcreName name = {text, length, 0};

    for (guint i = 0; i < pcre->names->len; i++)
        if (is_same_name(&g_array_index(pcre->names, TamisPcreName, i), &name))
            return &g_array_index(pcre->names, TamisPcreName, i);
    return NULL;
}

/* The name of the next group. */
gboolean
tamis_pcre_add_name(TamisPcre *pcre, TamisPcreName *name, gboolean may_be_doubled)
{
    name->number = pcre->n_groups + 1;
    for (guint i = 0; i < pcre->names->len; i++) {
        const TamisPcreName *other = &g_array_index(pcre->names, TamisPcreName, i);
        gboolean has_same_number = other->number == name->number;
        if (is_same_name(other, name)) {
            if (has_same_number)
                return TRUE;
            if (!may_be_doubled)
                return tamis_pcre_fail(pcre, "two groups have one name", "give each its own");
        } else if (has_same_number) {
            return tamis_pcre_fail(pcre, "one group has two names",
                                   "give the groups of '(?|' one name");
        }
    }
    if (pcre->names->len >= MAX_NAMES)
        return tamis_pcre_fail(pcre, "more than 10000 groups have a name",
                               "write '(' without '?<name>'");
    g_array_append_vals(pcre->names, name, 1);
    return TRUE;
}

/* Whether everything that was named is there. */
gboolean
tamis_pcre_check_wanted(TamisPcre *pcre)
{
    for (guint i = 0; i < pcre->wanted->len; i++) {
        const TamisPcreName *wanted = &g_array_index(pcre->wanted, TamisPcreName, i);
        if (wanted->text != NULL ? tamis_pcre_find_name(pcre, wanted->text, wanted->length) == NULL
                                 : wanted->number > pcre->n_groups)
            return tamis_pcre_fail(pcre, "it refers to a group that is not there", REFERENCE);
    }
    return TRUE;
}

/* Back references and calls */

/* For a name PCRE sets room aside. */
static guint64
size_of(const TamisPcreName *wanted)
{
    return wanted->text != NULL ? 17 : TAMIS_PCRE_SIZE_OF_LINK;
}

/* Of a number PCRE keeps 16 bits. */
void
tamis_pcre_add_reference(TamisPcre *pcre, TamisPcreLevel *level, TamisPcreName wanted)
{
    wanted.number &= G_MAXUINT16;
    g_array_append_val(pcre->wanted, wanted);
    pcre->has_back_reference = TRUE;
    tamis_pcre_add_item(pcre, level, TAMIS_PCRE_REFERENCE, size_of(&wanted));
}

guint32
tamis_pcre_find_group(const TamisPcre *pcre, guint32 number)
{
    return number < pcre->groups->len ? g_array_index(pcre->groups, guint32, number)
                                      : TAMIS_PCRE_NO_NODE;
}

/* Whether the way from the start of a group that is open to here may take no character. */
static gboolean
is_endless(const TamisPcre *pcre, const TamisPcreLevel *level, guint32 group)
{
    for (; level != NULL; level = level->outer) {
        if (!TAMIS_PCRE_NODE(pcre, level->branch)->may_be_empty)
            return FALSE;
        if (level->group == group)
            return TRUE;
    }
    return FALSE;
}

static gboolean
may_group_be_empty(const TamisPcre *pcre, guint32 group)
{
    const TamisPcreNode *node = TAMIS_PCRE_NODE(pcre, group);

    return group == TAMIS_PCRE_NO_NODE || node->is_open || node->may_be_empty;
}

/* A call of a group by its number, or by the name that it will have. */
gboolean
tamis_pcre_add_call(TamisPcre *pcre, TamisPcreLevel *level, const TamisPcreName *wanted)
{
    const TamisPcreName *known =
        wanted->text != NULL ? tamis_pcre_find_name(pcre, wanted->text, wanted->length) : wanted;
    guint32 group = known != NULL ? tamis_pcre_find_group(pcre, known->number) : TAMIS_PCRE_NO_NODE;

    g_array_append_vals(pcre->wanted, wanted, 1);
    if (group != TAMIS_PCRE_NO_NODE && TAMIS_PCRE_NODE(pcre, group)->is_open &&
        pcre->n_conditions == 0 && is_endless(pcre, level, group))
        return tamis_pcre_fail(pcre, "a group calls itself without an end",
                               "write what takes a character before the call");
    guint32 item = tamis_pcre_add_item(pcre, level, TAMIS_PCRE_CALL, size_of(wanted));
    TamisPcreNode *node = TAMIS_PCRE_NODE(pcre, item);
    node->number = wanted->number;
    node->name = wanted->text;
    node->name_length = wanted->length;
    node->is_simple = FALSE;
    node->is_forward = group == TAMIS_PCRE_NO_NODE;
    node->may_be_empty = may_group_be_empty(pcre, group);
    return TRUE;
}

gboolean
tamis_pcre_take_named(TamisPcre *pcre, TamisPcreLevel *level, char close, gboolean is_call)
{
    TamisPcreName name;

    if (!tamis_pcre_read_name(pcre, close, &name))
        return FALSE;
    if (name.length == 0)
        return tamis_pcre_fail(pcre, "the name of a group is missing", NAME);
    if (is_call)
        return tamis_pcre_add_call(pcre, level, &name);
    tamis_pcre_add_reference(pcre, level, name);
    return TRUE;
}

/* `1`, `+1` or `-1`, and what closes it. */
gboolean
tamis_pcre_take_numbered_call(TamisPcre *pcre, TamisPcreLevel *level, char close)
{
    char sign = *pcre->at;
    TamisPcreName wanted = {0};

    if (sign == '+' || sign == '-')
        pcre->at++;
    if (!g_ascii_isdigit(tamis_pcre_peek(pcre, 0)))
        return tamis_pcre_fail(pcre, "a number is missing", REFERENCE);
    if (!tamis_pcre_read_number(pcre, &wanted.number) || tamis_pcre_peek(pcre, 0) != close)
        return tamis_pcre_fail(pcre, "the call of a group is not closed", "write ')' behind it");
    pcre->at++;
    if ((sign == '+' || sign == '-') && wanted.number == 0)
        return tamis_pcre_fail(pcre, "it refers to a group that is not there", REFERENCE);
    if (sign == '-' && wanted.number > pcre->n_groups)
        return tamis_pcre_fail(pcre, "it refers to a group that is not there", REFERENCE);
    if (sign == '-')
        wanted.number = pcre->n_groups - wanted.number + 1;
    if (sign == '+')
        wanted.number += pcre->n_groups;
    return tamis_pcre_add_call(pcre, level, &wanted);
}

/* Behind `\g`. */
gboolean
tamis_pcre_take_quoted_call(TamisPcre *pcre, TamisPcreLevel *level)
{
    char close = *pcre->at++ == '<' ? '>' : '\'';
    const char *at = pcre->at;

    if (at < pcre->limit && (*at == '+' || *at == '-'))
        return tamis_pcre_take_numbered_call(pcre, level, close);
    while (at < pcre->limit && g_ascii_isdigit(*at))
        at++;
    if (at > pcre->at && at < pcre->limit && *at == close)
        return tamis_pcre_take_numbered_call(pcre, level, close);
    return tamis_pcre_take_named(pcre, level, close, TRUE);
}
