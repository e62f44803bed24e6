/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How a test compares: comparator, match type, keys, index; and the atom that comes of it. */
#include "compiler/flow-of-sieve-private.h"
#include "model/glob.h"

#include <string.h>

static const char *
text_of(const TamisWalk *walk, TamisString string)
{
    return tamis_strings_get(walk->strings, string);
}

gboolean
tamis_walk_says(const TamisSieveString *string, const char *lower)
{
    return tamis_sieve_name_is(string->text, string->length_bytes, lower);
}

static gboolean
read_comparator(const TamisSieveArgument *value, guint8 *out)
{
    static const char *const names[] = {
        [TAMIS_COMPARATOR_CASEMAP] = "i;ascii-casemap",
        [TAMIS_COMPARATOR_OCTET] = "i;octet",
        [TAMIS_COMPARATOR_NUMERIC] = "i;ascii-numeric",
        [TAMIS_COMPARATOR_UNICODE] = "i;unicode-casemap",
    };

    for (guint8 i = 0; i < G_N_ELEMENTS(names) && value != NULL; i++) {
        if (tamis_walk_says(value->strings, names[i])) {
            *out = i;
            return TRUE;
        }
    }
    return value == NULL;
}

static gboolean
read_relation(const TamisSieveArgument *value, guint8 *out)
{
    static const char *const names[] = {
        [TAMIS_RELATION_EQ] = "eq", [TAMIS_RELATION_NE] = "ne", [TAMIS_RELATION_LT] = "lt",
        [TAMIS_RELATION_LE] = "le", [TAMIS_RELATION_GT] = "gt", [TAMIS_RELATION_GE] = "ge",
    };

    for (guint8 i = 0; i < G_N_ELEMENTS(names) && value != NULL; i++) {
        if (tamis_walk_says(value->strings, names[i])) {
            *out = i;
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean
read_match_type(const TamisSieveBound *bound, TamisAtom *atom)
{
    const TamisSieveArgument *count = tamis_sieve_bound_tag(bound, TAMIS_TAG_COUNT);

    if (tamis_sieve_bound_tag(bound, TAMIS_TAG_LIST) != NULL)
        return FALSE;
    if (tamis_sieve_bound_tag(bound, TAMIS_TAG_REGEX) != NULL) {
        atom->match = TAMIS_KEYS_MATCH;
        return TRUE;
    }
    if (count != NULL || tamis_sieve_bound_tag(bound, TAMIS_TAG_VALUE) != NULL) {
        atom->match = count != NULL ? TAMIS_KEYS_COUNT : TAMIS_KEYS_VALUE;
        return read_relation(
            tamis_sieve_bound_value(bound, count != NULL ? TAMIS_TAG_COUNT : TAMIS_TAG_VALUE),
            &atom->relation);
    }
    atom->match = tamis_sieve_bound_tag(bound, TAMIS_TAG_CONTAINS) != NULL  ? TAMIS_KEYS_CONTAIN
                  : tamis_sieve_bound_tag(bound, TAMIS_TAG_MATCHES) != NULL ? TAMIS_KEYS_MATCH
                                                                            : TAMIS_KEYS_IS;
    return TRUE;
}

gboolean
tamis_walk_how(const TamisSieveBound *bound, TamisAtom *atom)
{
    return read_match_type(bound, atom) &&
           read_comparator(tamis_sieve_bound_value(bound, TAMIS_TAG_COMPARATOR), &atom->comparator);
}

/* Expressions that are globs by another name, on the server whose octets they are. Any other is never run. */
static gboolean
read_regexes(TamisWalk *walk, TamisSlice *keys)
{
    g_autofree TamisString *globs = g_new(TamisString, MAX(keys->n, 1));

    for (guint32 i = 0; i < keys->n; i++) {
        TamisString key = tamis_formulas_list_get(walk->formulas, *keys, i);
        g_autofree char *glob = tamis_regex_to_glob(text_of(walk, key));

        if (glob == NULL || strlen(text_of(walk, key)) != tamis_strings_length(walk->strings, key))
            return FALSE;
        globs[i] = tamis_strings_add(walk->strings, glob, strlen(glob));
    }
    *keys = tamis_formulas_list(walk->formulas, globs, keys->n);
    return walk->server->engine == TAMIS_ENGINE_PIGEONHOLE;
}

gboolean
tamis_walk_match(TamisWalk *walk, const TamisSieveBound *bound, TamisAtom *atom)
{
    const TamisSieveArgument *keys = tamis_sieve_bound_parameter(bound, TAMIS_SIEVE_TYPE_KEYS);

    if (keys == NULL)
        keys = tamis_sieve_bound_parameter(bound, TAMIS_SIEVE_TYPE_KEY);
    if (keys == NULL || !tamis_walk_how(bound, atom))
        return FALSE;
    return tamis_walk_list(walk, keys, atom->comparator == TAMIS_COMPARATOR_CASEMAP, &atom->keys) &&
           (tamis_sieve_bound_tag(bound, TAMIS_TAG_REGEX) == NULL ||
            read_regexes(walk, &atom->keys));
}

gboolean
tamis_walk_index(const TamisSieveBound *bound, TamisAtom *atom)
{
    const TamisSieveArgument *index = tamis_sieve_bound_value(bound, TAMIS_TAG_INDEX);

    if (tamis_sieve_bound_tag(bound, TAMIS_TAG_MIME) != NULL)
        return FALSE;
    if (index != NULL) {
        atom->index = (guint32)MIN(index->number, G_MAXUINT32);
        atom->last = tamis_sieve_bound_tag(bound, TAMIS_TAG_LAST) != NULL;
    }
    return TRUE;
}

gboolean
tamis_walk_add_atom(TamisWalk *walk, TamisAtom *atom, TamisSpan span, TamisFormula *out)
{
    atom->span = span;
    *out = tamis_formulas_atom(walk->formulas, atom);
    return TRUE;
}
