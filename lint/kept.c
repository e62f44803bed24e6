/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Copies: the implicit keep and those that were written are actions of the flow like others. */
#include "lint/kept.h"

#include "lint/arrived.h"

gboolean
tamis_mailbox_may_keep_nothing(const TamisFlowFacts *facts, guint32 mailbox)
{
    TamisSlice routes;

    if (facts->policy == NULL)
        return TRUE;
    routes = tamis_policy_mailbox(facts->policy, mailbox)->routes;
    for (guint32 i = routes.first; i < routes.first + routes.n; i++) {
        TamisSlice actions = tamis_policy_route(facts->policy, i)->actions;

        for (guint32 j = actions.first; j < actions.first + actions.n; j++) {
            const TamisAction *action = tamis_policy_action(facts->policy, j);

            if (action->without_copy || action->kind == TAMIS_DO_DISCARD)
                return TRUE;
        }
    }
    return FALSE;
}

TamisFormula
tamis_flow_keeps_nothing(TamisFlowFacts *facts, guint32 mailbox)
{
    const TamisFlow *flow = tamis_flow_as_arrived(facts, mailbox);
    g_autoptr(GArray) kept = g_array_new(FALSE, FALSE, sizeof(TamisFormula));
    TamisFormula none;

    for (guint32 i = 0; i < flow->n_actions; i++)
        if (flow->actions[i].kind == TAMIS_FLOW_KEEP)
            g_array_append_val(kept, flow->actions[i].guard);
    none = tamis_formulas_not(
        facts->formulas, tamis_formulas_or(facts->formulas, (TamisFormula *)kept->data, kept->len));
    return tamis_formulas_and2(facts->formulas, none, tamis_flow_base(facts, mailbox));
}

TamisSpan
tamis_forward_target_span(const TamisFlowFacts *facts, guint32 mailbox,
                          const TamisFlowAction *forward)
{
    const TamisRoute *route = tamis_flow_route(facts, mailbox, forward);

    for (guint32 i = 0; route != NULL && i < route->actions.n; i++) {
        const TamisAction *action = tamis_policy_action(facts->policy, route->actions.first + i);
        TamisSlice targets = action->targets;

        if (action->span.offset != forward->span.offset ||
            action->span.source != forward->span.source)
            continue;
        for (guint32 j = targets.first; j < targets.first + targets.n; j++)
            if (tamis_policy_target(facts->policy, j)->address.key == forward->key)
                return tamis_policy_target(facts->policy, j)->span;
    }
    return forward->span;
}
