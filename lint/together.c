/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Asks about all others at once, and about single ones only when there is something to find. */
#include "lint/together.h"

#include "lint/arrived.h"

void
tamis_together_clear(TamisTogether *together)
{
    tamis_solution_clear(&together->solution);
}

static gboolean
policy_has(const TamisPolicy *policy, guint32 mailbox, TamisActionKindOf kind)
{
    TamisSlice routes = tamis_policy_mailbox(policy, mailbox)->routes;

    for (guint32 i = routes.first; i < routes.first + routes.n; i++)
        if (tamis_route_has(policy, tamis_policy_route(policy, i), kind))
            return TRUE;
    return FALSE;
}

gboolean
tamis_flow_has(TamisFlowFacts *facts, guint32 mailbox, TamisFlowKind kind)
{
    const TamisFlow *flow;

    if (facts->policy != NULL && kind == TAMIS_FLOW_REJECT)
        return policy_has(facts->policy, mailbox, TAMIS_DO_REJECT);
    flow = tamis_flow_as_arrived(facts, mailbox);
    for (guint32 i = 0; i < flow->n_actions; i++)
        if (flow->actions[i].kind == kind)
            return TRUE;
    return FALSE;
}

typedef gboolean (*IsOther)(const TamisFlowAction *first, const TamisFlowAction *other);

static TamisFormula
and3(TamisFlowFacts *facts, TamisFormula a, TamisFormula b, TamisFormula c)
{
    TamisFormula all[] = {a, b, c};

    return tamis_formulas_and(facts->formulas, all, G_N_ELEMENTS(all));
}

/* That the first happens, and one of the others. */
static TamisFormula
any_beside(TamisFlowFacts *facts, const TamisFlow *flow, TamisFormula base,
           const TamisFlowAction *first, IsOther is_other)
{
    g_autoptr(GArray) guards = g_array_new(FALSE, FALSE, sizeof(TamisFormula));

    for (guint32 i = 0; i < flow->n_actions; i++)
        if (&flow->actions[i] != first && is_other(first, &flow->actions[i]))
            g_array_append_val(guards, flow->actions[i].guard);
    return and3(facts, base, first->guard,
                tamis_formulas_or(facts->formulas, (TamisFormula *)guards->data, guards->len));
}

/* Of those with this verdict the first. */
static gboolean
find_with(TamisFlowFacts *facts, const TamisFlow *flow, TamisFormula base, TamisVerdict wanted,
          IsOther is_other, TamisTogether *together)
{
    for (guint32 i = 0; i < flow->n_actions; i++) {
        const TamisFlowAction *other = &flow->actions[i];
        TamisFormula both;

        if (other == together->first || !is_other(together->first, other))
            continue;
        both = and3(facts, base, together->first->guard, other->guard);
        if (tamis_solver_verdict(facts->solver, both) != wanted)
            continue;
        together->second = other;
        together->guard = both;
        tamis_solver_solve(facts->solver, both, &together->solution);
        return TRUE;
    }
    return FALSE;
}

gboolean
tamis_find_beside(TamisFlowFacts *facts, guint32 mailbox, const TamisFlowAction *first,
                  IsOther is_other, TamisTogether *out_together)
{
    const TamisFlow *flow = tamis_flow_as_arrived(facts, mailbox);
    TamisFormula base = tamis_flow_base(facts, mailbox);
    TamisTogether together = {.first = first};
    TamisFormula any = any_beside(facts, flow, base, first, is_other);
    gboolean found = !tamis_solver_is_impossible(facts->solver, any) &&
                     (find_with(facts, flow, base, TAMIS_VERDICT_WITNESS, is_other, &together) ||
                      find_with(facts, flow, base, TAMIS_VERDICT_UNDECIDED, is_other, &together));

    *out_together = together;
    return found;
}
