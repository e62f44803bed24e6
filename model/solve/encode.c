/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Formulas to clauses: each node and polarity once, and only the direction that is needed (Plaisted and
 * Greenbaum). Read the other way, a model shows which tests make a formula true; the others are open. */
#include "model/solve/query.h"

#include <string.h>

enum { MAX_DEPTH = 20000 };

#define UNKNOWN_LITERAL G_MAXUINT32
/* Variable 0 is true. */
#define TRUE_LITERAL  tamis_literal(0, FALSE)
#define FALSE_LITERAL tamis_literal(0, TRUE)

static TamisLiteral
encode(TamisSolver *solver, TamisFormula formula, gboolean negated, guint depth);

void
tamis_encode_begin(TamisSolver *solver, gboolean strict)
{
    TamisLiteral literal = TRUE_LITERAL;

    tamis_sat_reset(solver->sat);
    g_array_set_size(solver->leaves, 0);
    g_array_set_size(solver->leaf_of, 0);
    g_array_set_size(solver->changed, 0);
    solver->round++;
    solver->strict = strict;
    solver->has_opaque = solver->met_unknown = solver->too_deep = FALSE;
    solver->reason = NULL;
    tamis_sat_add_variable(solver->sat);
    tamis_sat_add_clause(solver->sat, &literal, 1);
}

const TamisLeaf *
tamis_leaf(const TamisSolver *solver, TamisClaim claim)
{
    return &g_array_index(solver->leaves, TamisLeaf, tamis_claim_leaf(claim));
}

/* Nodes' literals -------------------------------------------------------------------------------- */

static guint32 *
slot(GArray *array, gsize at)
{
    if (at >= array->len)
        g_array_set_size(array, (guint)MAX(2 * (gsize)array->len, at + 64));
    return &g_array_index(array, guint32, at);
}

static gboolean
is_known(TamisSolver *solver, gsize at)
{
    return *slot(solver->rounds, at) == solver->round;
}

static TamisLiteral
remember(TamisSolver *solver, gsize at, TamisLiteral literal)
{
    *slot(solver->rounds, at) = solver->round;
    *slot(solver->literals, at) = literal;
    return literal;
}

/* Atoms ------------------------------------------------------------------------------------------ */

/* Tests of several names that are one test of each; of the others all names belong together. */
static gboolean
is_split(const TamisAtom *atom)
{
    if (atom->match == TAMIS_KEYS_COUNT && atom->kind != TAMIS_ATOM_EXISTS &&
        atom->kind != TAMIS_ATOM_ADDRESSED && atom->names.n != 1)
        return FALSE;
    return atom->kind == TAMIS_ATOM_HEADER || atom->kind == TAMIS_ATOM_ADDRESS ||
           atom->kind == TAMIS_ATOM_ENVELOPE || atom->kind == TAMIS_ATOM_EXISTS ||
           atom->kind == TAMIS_ATOM_ADDRESSED || atom->kind == TAMIS_ATOM_DATE;
}

static TamisString
name_at(TamisSolver *solver, const TamisAtom *atom, guint32 i)
{
    TamisStrings *strings = tamis_formulas_get_strings(solver->formulas);
    TamisString name = tamis_formulas_list_get(solver->formulas, atom->names, i);
    const char *text = tamis_strings_get(strings, name);

    for (const char *at = text; *at != '\0'; at++) {
        if (g_ascii_isupper(*at)) {
            g_autofree char *lower = g_ascii_strdown(text, -1);

            return tamis_strings_add(strings, lower, strlen(lower));
        }
    }
    return name;
}

static guint32
add_variable(TamisSolver *solver, guint32 leaf)
{
    guint32 variable = tamis_sat_add_variable(solver->sat);

    while (solver->leaf_of->len <= variable) {
        guint32 none = TAMIS_NO_INDEX;

        g_array_append_val(solver->leaf_of, none);
    }
    g_array_index(solver->leaf_of, guint32, variable) = leaf;
    return variable;
}

static TamisLiteral
add_leaf(TamisSolver *solver, TamisFormula formula, const TamisAtom *atom, TamisString field)
{
    TamisLeaf leaf = {formula, atom, field, add_variable(solver, solver->leaves->len)};

    g_array_append_val(solver->leaves, leaf);
    return tamis_literal(leaf.variable, FALSE);
}

/* A new variable that implies all of the literals, or one of them. */
static TamisLiteral
join(TamisSolver *solver, TamisLiteral *literals, guint32 n, gboolean all)
{
    TamisLiteral own = tamis_literal(add_variable(solver, TAMIS_NO_INDEX), FALSE);

    for (guint32 i = 0; i < n && all; i++) {
        TamisLiteral pair[2] = {tamis_literal_not(own), literals[i]};

        tamis_sat_add_clause(solver->sat, pair, 2);
    }
    if (!all) {
        literals[n] = tamis_literal_not(own);
        tamis_sat_add_clause(solver->sat, literals, n + 1);
    }
    return own;
}

/* Both polarities share the leaves, which stand one behind the other: the positive literal's slot has the
 * first. */
static guint32
leaves_of(TamisSolver *solver, TamisFormula formula, const TamisAtom *atom, guint32 *out_n)
{
    gsize at = 2 * (gsize)tamis_formulas_count(solver->formulas) + formula;
    guint32 first = solver->leaves->len;

    *out_n = is_split(atom) ? atom->names.n : 1;
    if (is_known(solver, at))
        return *slot(solver->literals, at);
    for (guint32 i = 0; i < *out_n; i++)
        add_leaf(solver, formula, atom, is_split(atom) ? name_at(solver, atom, i) : 0);
    return remember(solver, at, first);
}

static TamisLiteral
encode_atom(TamisSolver *solver, TamisFormula formula, gboolean negated)
{
    const TamisAtom *atom = tamis_formulas_get_atom(solver->formulas, formula);
    gboolean all = (atom->kind == TAMIS_ATOM_EXISTS) != negated;
    g_autofree TamisLiteral *literals = NULL;
    guint32 first, n;

    if (tamis_atom_is_open(atom)) {
        solver->has_opaque = TRUE;
        if (atom->version != 0)
            g_array_append_val(solver->changed, formula);
        if (solver->strict)
            return FALSE_LITERAL;
    }
    first = leaves_of(solver, formula, atom, &n);
    if (n == 1)
        return tamis_literal(g_array_index(solver->leaves, TamisLeaf, first).variable, negated);
    literals = g_new(TamisLiteral, n + 1);
    for (guint32 i = 0; i < n; i++)
        literals[i] =
            tamis_literal(g_array_index(solver->leaves, TamisLeaf, first + i).variable, negated);
    return join(solver, literals, n, all);
}

/* Nodes ------------------------------------------------------------------------------------------ */

static TamisLiteral
encode_children(TamisSolver *solver, TamisFormula formula, gboolean negated, guint depth)
{
    gboolean all = (tamis_formulas_kind(solver->formulas, formula) == TAMIS_FORMULA_AND) != negated;
    guint32 n = 0;
    const TamisFormula *children = tamis_formulas_children(solver->formulas, formula, &n);
    g_autofree TamisLiteral *literals = g_new(TamisLiteral, n + 1);

    for (guint32 i = 0; i < n; i++)
        literals[i] = encode(solver, children[i], negated, depth + 1);
    return join(solver, literals, n, all);
}

static TamisLiteral
encode(TamisSolver *solver, TamisFormula formula, gboolean negated, guint depth)
{
    TamisFormulaKind kind = tamis_formulas_kind(solver->formulas, formula);
    gsize at = 2 * (gsize)formula + negated;
    guint32 n = 0;

    if (kind == TAMIS_FORMULA_CONSTANT)
        return (formula == TAMIS_FORMULA_TRUE) != negated ? TRUE_LITERAL : FALSE_LITERAL;
    if (kind == TAMIS_FORMULA_NOT)
        return encode(solver, *tamis_formulas_children(solver->formulas, formula, &n), !negated,
                      depth + 1);
    if (is_known(solver, at))
        return *slot(solver->literals, at);
    if (depth > MAX_DEPTH) {
        solver->too_deep = TRUE;
        return FALSE_LITERAL;
    }
    return remember(solver, at,
                    kind == TAMIS_FORMULA_ATOM ? encode_atom(solver, formula, negated)
                                               : encode_children(solver, formula, negated, depth));
}

TamisLiteral
tamis_encode(TamisSolver *solver, TamisFormula formula, gboolean negated)
{
    return encode(solver, formula, negated, 0);
}

void
tamis_encode_assert(TamisSolver *solver, TamisFormula formula)
{
    TamisLiteral literal = encode(solver, formula, FALSE, 0);

    tamis_sat_add_clause(solver->sat, &literal, 1);
}

/* Reasons ---------------------------------------------------------------------------------------- */

static void
add_claim(TamisSolver *solver, guint32 leaf, gboolean negated)
{
    TamisClaim claim = 2 * leaf + negated;

    g_array_append_val(solver->claims, claim);
}

void
tamis_encode_begin_reasons(TamisSolver *solver)
{
    g_array_set_size(solver->claims, 0);
    solver->reason_round++;
}

/* FALSE where it was met in this round. */
static gboolean
meet(TamisSolver *solver, gsize at)
{
    guint32 *round = slot(solver->reason_rounds, at);
    gboolean met = *round == solver->reason_round;

    *round = solver->reason_round;
    return !met;
}

static gboolean
literal_holds(TamisSolver *solver, TamisFormula formula, gboolean negated)
{
    return tamis_sat_holds(solver->sat, encode(solver, formula, negated, 0));
}

static void
add_atom_reasons(TamisSolver *solver, TamisFormula formula, gboolean negated)
{
    const TamisAtom *atom = tamis_formulas_get_atom(solver->formulas, formula);
    gboolean all = (atom->kind == TAMIS_ATOM_EXISTS) != negated;
    guint32 n, first = leaves_of(solver, formula, atom, &n);

    for (guint32 i = 0; i < n; i++) {
        guint32 variable = g_array_index(solver->leaves, TamisLeaf, first + i).variable;

        if (!tamis_sat_holds(solver->sat, tamis_literal(variable, negated)))
            continue;
        add_claim(solver, first + i, negated);
        if (!all)
            return;
    }
}

/* Of what an alternative leans on, opaque tests and deep ones come last. */
static TamisFormula
choose_child(TamisSolver *solver, const TamisFormula *children, guint32 n, gboolean negated)
{
    TamisFormula best = children[0];
    guint best_rank = G_MAXUINT;

    for (guint32 i = 0; i < n && best_rank > 0; i++) {
        TamisFormulaKind kind = tamis_formulas_kind(solver->formulas, children[i]);
        guint rank = kind == TAMIS_FORMULA_ATOM || kind == TAMIS_FORMULA_NOT ? 0 : 1;

        if (!literal_holds(solver, children[i], negated))
            continue;
        if (kind == TAMIS_FORMULA_ATOM &&
            tamis_atom_is_open(tamis_formulas_get_atom(solver->formulas, children[i])))
            rank = 2;
        if (rank < best_rank) {
            best = children[i];
            best_rank = rank;
        }
    }
    return best;
}

void
tamis_encode_add_reasons(TamisSolver *solver, TamisFormula formula, gboolean negated)
{
    TamisFormulaKind kind = tamis_formulas_kind(solver->formulas, formula);
    guint32 n = 0;
    const TamisFormula *children;

    if (kind == TAMIS_FORMULA_CONSTANT || !meet(solver, 2 * (gsize)formula + negated))
        return;
    if (kind == TAMIS_FORMULA_ATOM) {
        add_atom_reasons(solver, formula, negated);
        return;
    }
    children = tamis_formulas_children(solver->formulas, formula, &n);
    if (kind == TAMIS_FORMULA_NOT) {
        tamis_encode_add_reasons(solver, children[0], !negated);
    } else if ((kind == TAMIS_FORMULA_AND) != negated) {
        for (guint32 i = 0; i < n; i++)
            tamis_encode_add_reasons(solver, children[i], negated);
    } else {
        tamis_encode_add_reasons(solver, choose_child(solver, children, n, negated), negated);
    }
}
