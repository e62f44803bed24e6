/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What has to be taken for granted so that a forward is made: tries each way to take the few tests that are open. */
#include "compiler/explain-way.h"

enum { MAX_OPEN = 8, MAX_DEPTH = 64 };

static gboolean
is_open(const TamisAtom *atom)
{
    return atom->kind == TAMIS_ATOM_SHARE || atom->kind == TAMIS_ATOM_OPAQUE;
}

/* The open tests of a guard, each once. */
static void
collect(const TamisFormulas *formulas, TamisFormula formula, guint depth, GArray *out)
{
    guint32 n = 0;
    const TamisFormula *children;

    if (tamis_formulas_kind(formulas, formula) == TAMIS_FORMULA_ATOM) {
        for (guint i = 0; i < out->len; i++)
            if (g_array_index(out, TamisFormula, i) == formula)
                return;
        if (is_open(tamis_formulas_get_atom(formulas, formula)))
            g_array_append_val(out, formula);
        return;
    }
    if (tamis_formulas_kind(formulas, formula) == TAMIS_FORMULA_CONSTANT || depth > MAX_DEPTH)
        return;
    children = tamis_formulas_children(formulas, formula, &n);
    for (guint32 i = 0; i < n && out->len <= MAX_OPEN; i++)
        collect(formulas, children[i], depth + 1, out);
}

static void
take(TamisEvaluation *evaluation, GArray *taken, TamisFormula atom, gboolean holds)
{
    TamisWitnessChoice choice = {atom, holds};

    for (guint i = 0; i < taken->len; i++)
        if (g_array_index(taken, TamisWitnessChoice, i).atom == atom)
            return;
    tamis_evaluation_assume(evaluation, atom, holds);
    g_array_append_val(taken, choice);
}

/* If it is one member's turn, it is nobody else's of a list of so many. */
static void
take_turn(const TamisFormulas *formulas, const TamisFlow *flow, TamisEvaluation *evaluation,
          TamisFormula turn, GArray *taken)
{
    g_autoptr(GArray) others = g_array_new(FALSE, FALSE, sizeof(TamisFormula));
    guint64 n_members = tamis_formulas_get_atom(formulas, turn)->number;

    take(evaluation, taken, turn, TRUE);
    for (guint32 i = 0; i < flow->n_actions; i++) {
        g_array_set_size(others, 0);
        collect(formulas, flow->actions[i].guard, 0, others);
        for (guint k = 0; k < others->len; k++) {
            TamisFormula other = g_array_index(others, TamisFormula, k);
            const TamisAtom *atom = tamis_formulas_get_atom(formulas, other);

            if (atom->kind == TAMIS_ATOM_SHARE && atom->number == n_members)
                take(evaluation, taken, other, FALSE);
        }
    }
}

static void
take_all(const TamisFormulas *formulas, const TamisFlow *flow, const GArray *open, guint choice,
         TamisEvaluation *evaluation, GArray *taken)
{
    for (guint i = 0; i < open->len; i++) {
        TamisFormula atom = g_array_index(open, TamisFormula, i);
        gboolean holds = choice >> i & 1;

        if (tamis_formulas_get_atom(formulas, atom)->kind == TAMIS_ATOM_OPAQUE)
            take(evaluation, taken, atom, holds);
        else if (holds)
            take_turn(formulas, flow, evaluation, atom, taken);
    }
}

TamisEvaluation *
tamis_explain_evaluate_way(const TamisFormulas *formulas, const TamisFlow *flow, TamisFormula guard,
                           TamisMakeEvaluation make, gpointer data, GArray *out_taken)
{
    g_autoptr(GArray) open = g_array_new(FALSE, FALSE, sizeof(TamisFormula));

    collect(formulas, guard, 0, open);
    if (open->len > MAX_OPEN)
        return NULL;
    for (guint choice = 1; choice < 1u << open->len; choice++) {
        TamisEvaluation *evaluation = make(data);

        g_array_set_size(out_taken, 0);
        take_all(formulas, flow, open, choice, evaluation, out_taken);
        if (tamis_evaluation_holds(evaluation, guard))
            return evaluation;
        tamis_evaluation_free(evaluation);
    }
    g_array_set_size(out_taken, 0);
    return NULL;
}
