/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The arguments of one command or test, each at the place that the table of the language gives it. For
 * everyone who wants to know what a script says: the checker, the rules about scripts, whoever runs it. */
#pragma once

#include "base/report.h"
#include "grammar/sieve/table.h"

#define TAMIS_SIEVE_MAX_TAGS       24
#define TAMIS_SIEVE_MAX_PARAMETERS 4

typedef struct {
    const TamisSieveWord *word;
    /* The tags that stand there, in their order. */
    struct {
        const TamisSieveTag *tag;
        const TamisSieveArgument *argument;
        const TamisSieveArgument *value; /* NULL: it takes none, or none that fits was there */
    } tags[TAMIS_SIEVE_MAX_TAGS];
    guint n_tags;
    guint n_arguments; /* all that stand there */
    /* By the index of a tag of the word: it was meant by a tag that there is not, or stands there and cannot. */
    guint32 meant;
    /* By the index of the word's parameter, up to its last; NULL: left out. */
    const TamisSieveArgument *parameters[TAMIS_SIEVE_MAX_PARAMETERS];
    gboolean is_complete; /* nothing is wrong with the arguments */
} TamisSieveBound;

/* Binds. Everything found in out is of the shape that its type asks for; what fits nowhere is left out.
 * Where report is not NULL, what is wrong goes there. name: the command's or test's. */
void tamis_sieve_bind_some(const TamisSieveWord *word, const TamisSieveArgument *arguments,
                           TamisSpan name, TamisReport *report, TamisSieveBound *out);
static inline void
tamis_sieve_bind(const TamisSieveWord *word, const TamisSieveArgument *arguments, TamisSpan name,
                 TamisReport *report, TamisSieveBound *out)
{
    /* The table has no word with more than there is room for: a test of it sees to that. */
    out->word = word;
    out->n_tags = 0;
    out->n_arguments = 0;
    out->meant = 0;
    out->is_complete = TRUE;
    if (arguments != NULL || word->n_parameters > 0)
        tamis_sieve_bind_some(word, arguments, name, report, out);
}

/* The tag's argument, or NULL where it does not stand there. */
static inline const TamisSieveArgument *
tamis_sieve_bound_tag(const TamisSieveBound *bound, TamisSieveTagName name)
{
    for (guint i = 0; i < bound->n_tags; i++)
        if (bound->tags[i].tag->id == name)
            return bound->tags[i].argument;
    return NULL;
}

/* The value of the tag, or NULL. */
static inline const TamisSieveArgument *
tamis_sieve_bound_value(const TamisSieveBound *bound, TamisSieveTagName name)
{
    for (guint i = 0; i < bound->n_tags; i++)
        if (bound->tags[i].tag->id == name)
            return bound->tags[i].value;
    return NULL;
}

/* The parameter of a type, or NULL. */
static inline const TamisSieveArgument *
tamis_sieve_bound_parameter(const TamisSieveBound *bound, TamisSieveType type)
{
    for (guint i = 0; i < bound->word->n_parameters; i++)
        if (bound->word->parameters[i].type == type)
            return bound->parameters[i];
    return NULL;
}
