/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Atoms in one line each, for tests of the solver; and worlds: every message of a small universe, through the
 * evaluator. */
#pragma once

#include "model/solve.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    TamisStrings *strings;
    TamisFormulas *formulas;
} Table;

static inline TamisSlice
list_of(Table *table, const char *words)
{
    g_auto(GStrv) parts = g_strsplit(words, "|", -1);
    TamisString strings[64];
    guint32 n = g_strv_length(parts);

    g_assert_cmpuint(n, <=, G_N_ELEMENTS(strings));
    if (n == 0) /* one empty word */
        strings[n++] = 0;
    else
        for (guint32 i = 0; i < n; i++)
            strings[i] = tamis_strings_add(table->strings, parts[i], strlen(parts[i]));
    return tamis_formulas_list(table->formulas, strings, n);
}

/* names and keys: words with bars between them. */
static inline TamisAtom
atom_of(Table *table, TamisAtomKind kind, const char *names, TamisKeyMatch match, const char *keys)
{
    return (TamisAtom){.kind = (guint8)kind,
                       .match = (guint8)match,
                       .names = list_of(table, names),
                       .keys = list_of(table, keys)};
}

static inline TamisFormula
add_atom(Table *table, TamisAtom atom)
{
    return tamis_formulas_atom(table->formulas, &atom);
}

static inline TamisFormula
header(Table *table, const char *names, TamisKeyMatch match, const char *keys)
{
    return add_atom(table, atom_of(table, TAMIS_ATOM_HEADER, names, match, keys));
}

static inline TamisFormula
address(Table *table, const char *names, TamisAddressPart part, TamisKeyMatch match,
        const char *keys)
{
    TamisAtom atom = atom_of(table, TAMIS_ATOM_ADDRESS, names, match, keys);

    atom.part = (guint8)part;
    return add_atom(table, atom);
}

static inline TamisFormula
envelope(Table *table, const char *names, TamisAddressPart part, TamisKeyMatch match,
         const char *keys)
{
    TamisAtom atom = atom_of(table, TAMIS_ATOM_ENVELOPE, names, match, keys);

    atom.part = (guint8)part;
    return add_atom(table, atom);
}

static inline TamisFormula
exists(Table *table, const char *names)
{
    TamisAtom atom = {.kind = TAMIS_ATOM_EXISTS, .names = list_of(table, names)};

    return add_atom(table, atom);
}

static inline TamisFormula
now(Table *table, const char *part, gint32 offset_s, TamisKeyMatch match, TamisRelation relation,
    const char *keys)
{
    TamisAtom atom = atom_of(table, TAMIS_ATOM_NOW, "", match, keys);

    atom.names.n = 0;
    atom.date_part = tamis_strings_add(table->strings, part, strlen(part));
    atom.offset_s = offset_s;
    atom.relation = (guint8)relation;
    return add_atom(table, atom);
}

static inline TamisFormula
not_(Table *table, TamisFormula formula)
{
    return tamis_formulas_not(table->formulas, formula);
}

static inline TamisFormula
and_(Table *table, TamisFormula a, TamisFormula b)
{
    return tamis_formulas_and2(table->formulas, a, b);
}

static inline TamisFormula
or_(Table *table, TamisFormula a, TamisFormula b)
{
    return tamis_formulas_or2(table->formulas, a, b);
}
