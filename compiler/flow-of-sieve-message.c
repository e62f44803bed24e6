/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tests of the message, of its envelope, and of what a scanner has said of it. */
#include "compiler/flow-of-sieve-private.h"
#include "model/compare.h"

#include <string.h>

static const char *
text_of(const TamisWalk *walk, TamisString string)
{
    return tamis_strings_get(walk->strings, string);
}

static void
read_part(const TamisSieveBound *bound, TamisAtom *atom)
{
    static const struct {
        TamisSieveTagName tag;
        TamisAddressPart part;
    } parts[] = {
        {TAMIS_TAG_DOMAIN, TAMIS_ADDRESS_DOMAIN},
        {TAMIS_TAG_LOCALPART, TAMIS_ADDRESS_LOCAL},
        {TAMIS_TAG_DETAIL, TAMIS_ADDRESS_DETAIL},
        {TAMIS_TAG_USER, TAMIS_ADDRESS_USER},
    };

    for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
        if (tamis_sieve_bound_tag(bound, parts[i].tag) != NULL)
            atom->part = parts[i].part;
}

/* A list is a set, but what stands in it twice is counted twice. */
static gboolean
counts_twice(const TamisSieveArgument *argument, const TamisAtom *atom)
{
    return atom->match == TAMIS_KEYS_COUNT && argument->n_strings > atom->names.n;
}

/* Where a missing detail is an empty one, a key that "" meets is met by a local part without delimiter as well. */
static gboolean
add_address_atom(TamisWalk *walk, TamisAtom *atom, TamisSpan span, TamisFormula *out)
{
    static const char without[] = "^[^+]*$";
    TamisAtom local = *atom;
    TamisFormula is_missing;
    TamisString key;

    if (!tamis_walk_add_atom(walk, atom, span, out))
        return FALSE;
    if (!walk->server->missing_detail_is_empty || atom->part != TAMIS_ADDRESS_DETAIL ||
        atom->match == TAMIS_KEYS_COUNT || !tamis_atom_meets_a_key(walk->formulas, atom, "", 0))
        return TRUE;
    key = tamis_strings_add(walk->strings, without, strlen(without));
    local.part = TAMIS_ADDRESS_LOCAL;
    local.match = TAMIS_KEYS_REGEX;
    local.comparator = TAMIS_COMPARATOR_OCTET;
    local.keys = tamis_formulas_list(walk->formulas, &key, 1);
    if (!tamis_walk_add_atom(walk, &local, span, &is_missing))
        return FALSE;
    *out = tamis_walk_any(walk, *out, is_missing);
    return TRUE;
}

/* header, address, exists */
gboolean
tamis_walk_read_fields(TamisWalk *walk, const TamisSieveBound *bound, TamisSpan span,
                       TamisFormula *out)
{
    TamisAtom atom = {.kind = bound->word->id == TAMIS_WORD_ADDRESS  ? TAMIS_ATOM_ADDRESS
                              : bound->word->id == TAMIS_WORD_EXISTS ? TAMIS_ATOM_EXISTS
                                                                     : TAMIS_ATOM_HEADER};

    if (!tamis_walk_index(bound, &atom) ||
        !tamis_walk_list(walk, bound->parameters[0], TRUE, &atom.names))
        return FALSE;
    if (atom.kind != TAMIS_ATOM_EXISTS && !tamis_walk_match(walk, bound, &atom))
        return FALSE;
    if (counts_twice(bound->parameters[0], &atom))
        return FALSE;
    read_part(bound, &atom);
    atom.version = tamis_walk_version(walk, atom.names);
    return atom.version != G_MAXUINT32 && add_address_atom(walk, &atom, span, out);
}

gboolean
tamis_walk_read_envelope(TamisWalk *walk, const TamisSieveBound *bound, TamisSpan span,
                         TamisFormula *out)
{
    TamisAtom atom = {.kind = TAMIS_ATOM_ENVELOPE};

    if (!tamis_walk_list(walk, bound->parameters[0], TRUE, &atom.names) ||
        !tamis_walk_match(walk, bound, &atom) || counts_twice(bound->parameters[0], &atom))
        return FALSE;
    for (guint32 i = 0; i < atom.names.n; i++) {
        const char *name = text_of(walk, tamis_formulas_list_get(walk->formulas, atom.names, i));

        if (strcmp(name, "from") != 0 && strcmp(name, "to") != 0)
            return FALSE;
    }
    read_part(bound, &atom);
    return add_address_atom(walk, &atom, span, out);
}

gboolean
tamis_walk_read_size(TamisWalk *walk, const TamisSieveBound *bound, TamisSpan span,
                     TamisFormula *out)
{
    TamisAtom atom = {.kind = TAMIS_ATOM_SIZE,
                      .relation = tamis_sieve_bound_tag(bound, TAMIS_TAG_OVER) != NULL
                                      ? TAMIS_RELATION_GT
                                      : TAMIS_RELATION_LT,
                      .number = bound->parameters[0]->number,
                      .version = tamis_walk_version(walk, (TamisSlice){0, 0})};

    return atom.version != G_MAXUINT32 && tamis_walk_add_atom(walk, &atom, span, out);
}

gboolean
tamis_walk_read_body(TamisWalk *walk, const TamisSieveBound *bound, TamisSpan span,
                     TamisFormula *out)
{
    static const char *const fields[] = {"content-type", "content-transfer-encoding",
                                         "mime-version"};
    const TamisSieveArgument *types = tamis_sieve_bound_value(bound, TAMIS_TAG_CONTENT);
    TamisString names[G_N_ELEMENTS(fields)];
    TamisAtom atom = {.kind = TAMIS_ATOM_BODY,
                      .transform = types != NULL ? TAMIS_BODY_CONTENT
                                   : tamis_sieve_bound_tag(bound, TAMIS_TAG_RAW) != NULL
                                       ? TAMIS_BODY_RAW
                                       : TAMIS_BODY_TEXT};

    if ((types != NULL && !tamis_walk_list(walk, types, TRUE, &atom.names)) ||
        !tamis_walk_match(walk, bound, &atom))
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(fields); i++)
        names[i] = tamis_strings_add(walk->strings, fields[i], strlen(fields[i]));
    atom.version =
        tamis_walk_version(walk, tamis_formulas_list(walk->formulas, names, G_N_ELEMENTS(fields)));
    return atom.version != G_MAXUINT32 && tamis_walk_add_atom(walk, &atom, span, out);
}

gboolean
tamis_walk_read_grade(TamisWalk *walk, const TamisSieveBound *bound, TamisSpan span,
                      TamisFormula *out)
{
    TamisAtom atom = {.kind = TAMIS_ATOM_GRADE,
                      .grade = TAMIS_GRADE_SPAM,
                      .version = tamis_walk_version(walk, (TamisSlice){0, 0})};

    if (bound->word->id == TAMIS_WORD_VIRUSTEST)
        atom.grade = TAMIS_GRADE_VIRUS;
    else if (tamis_sieve_bound_tag(bound, TAMIS_TAG_PERCENT) != NULL)
        atom.grade = TAMIS_GRADE_SPAM_PERCENT;
    return tamis_walk_match(walk, bound, &atom) && atom.version != G_MAXUINT32 &&
           tamis_walk_add_atom(walk, &atom, span, out);
}
