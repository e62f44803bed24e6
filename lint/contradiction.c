/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One part of the guard after the other is left out for good if the rest stays impossible without it. What remains
 * is a smallest contradiction; the earlier parts go first, since what stands nearest to the command tells most. */
#include "lint/contradiction.h"

#include "lint/ask.h"

#include <string.h>

#define MAX_LOOKS      256 /* of a run */
#define MAX_PARTS      48
#define MAX_SHOWN      3
#define MAX_STEPS      20000u
#define MAX_STEPS_EACH 4000u

typedef struct {
    TamisFormula formula;  /* an atom or the negation of one, or what is no test of its own */
    const TamisAtom *atom; /* NULL: of the latter */
    gboolean is_negated;
} Part;

static const TamisFormula *
children_of(const TamisFlowFacts *facts, TamisFormula formula, guint32 *out_n)
{
    return tamis_formulas_children(facts->formulas, formula, out_n);
}

static Part
to_part(const TamisFlowFacts *facts, TamisFormula formula)
{
    Part part = {.formula = formula};
    guint32 n;

    part.is_negated = tamis_formulas_kind(facts->formulas, formula) == TAMIS_FORMULA_NOT;
    if (part.is_negated)
        formula = children_of(facts, formula, &n)[0];
    if (tamis_formulas_kind(facts->formulas, formula) == TAMIS_FORMULA_ATOM)
        part.atom = tamis_formulas_get_atom(facts->formulas, formula);
    return part;
}

static gint
compare_places(gconstpointer a, gconstpointer b)
{
    const Part *first = a, *second = b;
    guint32 x = first->atom != NULL ? first->atom->span.offset : 0;
    guint32 y = second->atom != NULL ? second->atom->span.offset : 0;

    return (x > y) - (x < y);
}

/* What all has to hold, in the text's order. */
static GArray *
collect(const TamisFlowFacts *facts, TamisFormula guard)
{
    GArray *parts = g_array_new(FALSE, FALSE, sizeof(Part));
    const TamisFormula *children = &guard;
    guint32 n = 1;

    if (tamis_formulas_kind(facts->formulas, guard) == TAMIS_FORMULA_AND)
        children = children_of(facts, guard, &n);
    for (guint32 i = 0; i < n && n <= MAX_PARTS; i++) {
        Part part = to_part(facts, children[i]);

        g_array_append_val(parts, part);
    }
    g_array_sort(parts, compare_places);
    return parts;
}

/* All but one. */
static TamisFormula
join_without(const TamisFlowFacts *facts, const GArray *parts, guint left_out)
{
    TamisFormula rest[MAX_PARTS];
    guint32 n = 0;

    for (guint i = 0; i < parts->len; i++)
        if (i != left_out)
            rest[n++] = g_array_index(parts, Part, i).formula;
    return tamis_formulas_and(facts->formulas, rest, n);
}

static void
minimize(const TamisFlowFacts *facts, GArray *parts)
{
    guint64 steps = MAX_STEPS;

    for (guint i = 0; i < parts->len && steps > 0;) {
        TamisFormula rest = join_without(facts, parts, i);

        if (tamis_ask(facts->solver, rest, MIN(steps, MAX_STEPS_EACH), &steps) ==
            TAMIS_VERDICT_IMPOSSIBLE)
            g_array_remove_index(parts, i);
        else
            i++;
    }
}

static gboolean
is_shown(const GArray *parts, TamisSpan from, guint32 before)
{
    for (guint i = 0; i < parts->len; i++) {
        const TamisAtom *atom = g_array_index(parts, Part, i).atom;

        if (atom == NULL || atom->span.source != from.source || atom->span.offset < from.offset ||
            atom->span.offset >= before)
            return FALSE;
    }
    return parts->len > 0 && parts->len <= MAX_SHOWN;
}

/* What people forget, of one test alone. */
static gboolean
asks_domain_for_address(const TamisFlowFacts *facts, const TamisAtom *atom)
{
    if ((atom->kind != TAMIS_ATOM_ADDRESS && atom->kind != TAMIS_ATOM_ENVELOPE) ||
        atom->part != TAMIS_ADDRESS_DOMAIN || atom->match > TAMIS_KEYS_MATCH)
        return FALSE;
    for (guint32 i = 0; i < atom->keys.n; i++) {
        TamisString key = tamis_formulas_list_get(facts->formulas, atom->keys, i);

        if (strchr(tamis_flow_text(facts, key), '@') == NULL)
            return FALSE;
    }
    return TRUE;
}

static const char *
describe(const TamisFlowFacts *facts, const GArray *parts, guint i)
{
    const Part *part = &g_array_index(parts, Part, i);

    if (parts->len == 1)
        return part->is_negated ? "this always holds"
               : asks_domain_for_address(facts, part->atom)
                   ? "this never holds: a domain has no '@'"
                   : "this never holds";
    if (i == 0)
        return part->is_negated ? "this has to fail" : "this has to hold";
    return part->is_negated ? "and this has to fail" : "and this has to hold";
}

void
tamis_contradiction_tell(TamisFlowFacts *facts, TamisDiagnostic *diagnostic, TamisFormula guard,
                         TamisSpan from, guint32 before)
{
    g_autoptr(GArray) parts = NULL;

    if (facts->n_contradictions == MAX_LOOKS)
        return;
    facts->n_contradictions++;
    parts = collect(facts, guard);
    minimize(facts, parts);
    if (!is_shown(parts, from, before))
        return;
    for (guint i = 0; i < parts->len; i++)
        tamis_report_relate(facts->report, diagnostic, g_array_index(parts, Part, i).atom->span,
                            "%s", describe(facts, parts, i));
}
