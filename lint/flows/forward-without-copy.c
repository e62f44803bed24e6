/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The only copy of a message leaves for outside: nothing stays, and nothing goes inside. In a lone
 * script every target counts. */
#include "lint/flows.h"

#include "lint/arrived.h"
#include "lint/kept.h"

/* Nothing is known of other mailboxes, so that every target may be outside. */
static gboolean
is_lone(TamisFlowFacts *facts)
{
    return facts->policy == NULL && tamis_site_n_mailboxes(facts->site) == 1;
}

/* Of a policy: by the address itself, or since alias maps send all of its mail there. */
static gboolean
leads_outside(TamisFlowFacts *facts, TamisString key)
{
    g_autoptr(GArray) stops = NULL;

    if (!tamis_policy_is_internal(facts->policy, key))
        return TRUE;
    if (facts->policy->aliases->len == 0)
        return FALSE;
    stops = tamis_site_resolve(facts->site, tamis_flow_text(facts, key));
    for (guint i = 0; i < stops->len; i++) {
        const TamisSiteStop *stop = &g_array_index(stops, TamisSiteStop, i);

        if (stop->mailbox != TAMIS_NO_INDEX || tamis_site_is_own(facts->site, stop->address))
            return FALSE;
    }
    return stops->len > 0;
}

static gboolean
is_outside(TamisFlowFacts *facts, const TamisFlowAction *action)
{
    if (facts->policy != NULL)
        return leads_outside(facts, action->key);
    return is_lone(facts) || !tamis_site_is_own(facts->site, tamis_flow_text(facts, action->key));
}

/* A forward to itself is a finding of its own. */
static gboolean
is_own(TamisFlowFacts *facts, guint32 mailbox, const TamisFlowAction *action)
{
    return facts->policy == NULL && *tamis_site_get_address(facts->site, mailbox) != '\0' &&
           action->key != 0 &&
           tamis_site_find_mailbox(facts->site, tamis_flow_text(facts, action->key)) == mailbox;
}

/* That no copy stays, none is sent inside, and the sender is not told either. */
static TamisFormula
leaves_nothing(TamisFlowFacts *facts, guint32 mailbox)
{
    const TamisFlow *flow = tamis_flow_as_arrived(facts, mailbox);
    g_autoptr(GArray) inside = g_array_new(FALSE, FALSE, sizeof(TamisFormula));

    for (guint32 i = 0; i < flow->n_actions; i++)
        if (flow->actions[i].kind == TAMIS_FLOW_REJECT ||
            (flow->actions[i].kind == TAMIS_FLOW_FORWARD && !is_outside(facts, &flow->actions[i])))
            g_array_append_val(inside, flow->actions[i].guard);
    return tamis_formulas_and2(
        facts->formulas, tamis_flow_keeps_nothing(facts, mailbox),
        tamis_formulas_not(
            facts->formulas,
            tamis_formulas_or(facts->formulas, (TamisFormula *)inside->data, inside->len)));
}

static const char *
describe(TamisFlowFacts *facts, const TamisFlowAction *forward)
{
    if (is_lone(facts))
        return "";
    return facts->policy != NULL && tamis_policy_is_internal(facts->policy, forward->key)
               ? ", which an alias map sends outside"
               : ", which is outside";
}

static void
report(TamisFlowFacts *facts, guint32 mailbox, const TamisFlowAction *forward,
       const TamisSolution *solution, TamisFormula guard)
{
    const char *name = tamis_flow_name(facts, mailbox);
    const char *target = tamis_flow_text(facts, forward->text);
    gboolean proved = solution->verdict == TAMIS_VERDICT_WITNESS;
    TamisWay way = {.to = tamis_flow_to(facts, mailbox, solution)};
    TamisDiagnostic *diagnostic = tamis_flow_find(
        facts, TAMIS_RULE_FORWARD_WITHOUT_COPY, tamis_forward_target_span(facts, mailbox, forward),
        mailbox, forward, "the only copy of a message to %s %s for '%s'%s", name,
        proved ? "leaves" : "might leave", target, describe(facts, forward));

    tamis_flow_judge(facts, diagnostic, solution, guard, &way);
    tamis_report_help(facts->report, diagnostic, "%s",
                      facts->policy == NULL
                          ? (forward->copies ? "write 'keep' beside it, or take the 'discard' out"
                                             : "write 'redirect :copy', or 'keep' beside it")
                      : forward->copies
                          ? "add 'keep;' to the route, or forward to an address inside too"
                          : "leave out 'without copy', or forward to an address inside too");
}

/* Whether two forwards are one for their author: of one route, or of one place in a script. */
static gboolean
are_one(const TamisFlowAction *a, const TamisFlowAction *b)
{
    if (a == NULL || a->route != 0 || b->route != 0)
        return a != NULL && a->route == b->route;
    return a->span.source == b->span.source && a->span.offset == b->span.offset;
}

/* That some forward takes the only copy along: others beside it are not to blame. */
static TamisFormula
takes_copy(TamisFlowFacts *facts, const TamisFlow *flow)
{
    g_autoptr(GArray) guards = g_array_new(FALSE, FALSE, sizeof(TamisFormula));

    for (guint32 i = 0; i < flow->n_actions; i++)
        if (flow->actions[i].kind == TAMIS_FLOW_FORWARD && !flow->actions[i].copies)
            g_array_append_val(guards, flow->actions[i].guard);
    return tamis_formulas_or(facts->formulas, (TamisFormula *)guards->data, guards->len);
}

static void
check(TamisFlowFacts *facts, guint32 mailbox)
{
    const TamisFlow *flow = tamis_flow_as_arrived(facts, mailbox);
    TamisFormula nothing = leaves_nothing(facts, mailbox);
    TamisFormula untaken = tamis_formulas_and2(
        facts->formulas, nothing, tamis_formulas_not(facts->formulas, takes_copy(facts, flow)));
    const TamisFlowAction *done = NULL;

    for (guint32 i = 0; i < flow->n_actions && nothing != TAMIS_FORMULA_FALSE; i++) {
        const TamisFlowAction *action = &flow->actions[i];
        g_auto(TamisSolution) solution = {0};
        TamisFormula guard;

        if (action->kind != TAMIS_FLOW_FORWARD || !is_outside(facts, action) ||
            is_own(facts, mailbox, action) || are_one(done, action))
            continue;
        guard =
            tamis_formulas_and2(facts->formulas, action->guard, action->copies ? untaken : nothing);
        if (tamis_solver_is_impossible(facts->solver, guard))
            continue;
        tamis_solver_solve(facts->solver, guard, &solution);
        report(facts, mailbox, action, &solution, guard);
        done = action;
    }
}

/* Whether a target is outside: of a policy without making its flow. */
static gboolean
may_leave(TamisFlowFacts *facts, guint32 mailbox)
{
    TamisForwardWalk walk = {.routes = {.policy = facts->policy, .mailbox_index = mailbox}};

    if (facts->policy == NULL)
        return TRUE;
    while (tamis_forward_next(&walk) && walk.routes.mailbox_index == mailbox) {
        TamisSlice targets = walk.action->targets;

        for (guint32 i = targets.first; i < targets.first + targets.n; i++)
            if (leads_outside(facts, tamis_policy_target(facts->policy, i)->address.key))
                return TRUE;
    }
    return FALSE;
}

void
tamis_flow_rule_forward_without_copy(TamisFlowFacts *facts)
{
    for (guint32 i = 0; i < tamis_site_n_mailboxes(facts->site); i++)
        if (tamis_mailbox_may_keep_nothing(facts, i) && may_leave(facts, i))
            check(facts, i);
}
