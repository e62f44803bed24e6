/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How a test compares: comparator, match type, keys, index; and the atom that comes of it. */
#include "compiler/flow-of-sieve-private.h"
#include "model/glob.h"
#include "model/regex.h"

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
        atom->match = TAMIS_KEYS_REGEX;
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

/* Expressions that are globs by another name become what they are. FALSE: one of them is more. */
static gboolean
read_as_globs(TamisWalk *walk, TamisAtom *atom)
{
    g_autofree TamisString *globs = g_new(TamisString, MAX(atom->keys.n, 1));

    for (guint32 i = 0; i < atom->keys.n; i++) {
        TamisString key = tamis_formulas_list_get(walk->formulas, atom->keys, i);
        g_autofree char *glob = tamis_regex_to_glob(text_of(walk, key));
        g_autofree char *lower = glob != NULL ? g_ascii_strdown(glob, -1) : NULL;

        if (glob == NULL || strlen(text_of(walk, key)) != tamis_strings_length(walk->strings, key))
            return FALSE;
        if (atom->comparator == TAMIS_COMPARATOR_CASEMAP)
            globs[i] = tamis_strings_add(walk->strings, lower, strlen(lower));
        else
            globs[i] = tamis_strings_add(walk->strings, glob, strlen(glob));
    }
    atom->keys = tamis_formulas_list(walk->formulas, globs, atom->keys.n);
    atom->match = TAMIS_KEYS_MATCH;
    return TRUE;
}

/* On the server whose octets they are, and whose library they are read as. FALSE: one of them cannot be read. */
static gboolean
read_regexes(TamisWalk *walk, TamisAtom *atom)
{
    gboolean folds = atom->comparator == TAMIS_COMPARATOR_CASEMAP;

    if (walk->server->engine != TAMIS_ENGINE_PIGEONHOLE)
        return FALSE;
    if (read_as_globs(walk, atom))
        return TRUE;
    for (guint32 i = 0; i < atom->keys.n; i++) {
        TamisString key = tamis_formulas_list_get(walk->formulas, atom->keys, i);
        g_autoptr(TamisRegex) regex =
            tamis_regex_new(text_of(walk, key), tamis_strings_length(walk->strings, key), folds);

        if (regex == NULL)
            return FALSE;
    }
    return folds || atom->comparator == TAMIS_COMPARATOR_OCTET;
}

gboolean
tamis_walk_match(TamisWalk *walk, const TamisSieveBound *bound, TamisAtom *atom)
{
    const TamisSieveArgument *keys = tamis_sieve_bound_parameter(bound, TAMIS_SIEVE_TYPE_KEYS);
    gboolean lower;

    if (keys == NULL)
        keys = tamis_sieve_bound_parameter(bound, TAMIS_SIEVE_TYPE_KEY);
    if (keys == NULL)
        keys = tamis_sieve_bound_parameter(bound, TAMIS_SIEVE_TYPE_FLAGS);
    if (keys == NULL || !tamis_walk_how(bound, atom))
        return FALSE;
    lower = atom->comparator == TAMIS_COMPARATOR_CASEMAP && atom->match != TAMIS_KEYS_REGEX;
    return tamis_walk_list(walk, keys, lower, &atom->keys) &&
           (atom->match != TAMIS_KEYS_REGEX || read_regexes(walk, atom));
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
