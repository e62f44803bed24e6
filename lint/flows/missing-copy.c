/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A forward that leaves no copy where a `require … copy` asks for one. */
#include "lint/flows.h"

#include "lint/arrived.h"
#include "lint/kept.h"
#include "lint/membership.h"

static void
report(TamisFlowFacts *facts, guint32 mailbox, const TamisFlowAction *forward,
       const TamisRequire *require, const TamisSolution *solution, TamisFormula guard)
{
    TamisWay way = {.to = tamis_flow_to(facts, mailbox, solution)};
    TamisDiagnostic *diagnostic = tamis_flow_find(
        facts, TAMIS_RULE_MISSING_COPY, tamis_forward_target_span(facts, mailbox, forward), mailbox,
        forward, "%s %s keep a copy of what it forwards to '%s', and '%s' asks for one",
        tamis_flow_name(facts, mailbox),
        solution->verdict == TAMIS_VERDICT_WITNESS ? "does not" : "might not",
        tamis_flow_text(facts, forward->text), tamis_policy_text(facts->policy, require->title));

    tamis_flow_judge(facts, diagnostic, solution, guard, &way);
    tamis_report_relate(facts->report, diagnostic, require->span, "required here");
    tamis_report_help(facts->report, diagnostic, "%s",
                      forward->copies ? "add 'keep;' to the route"
                                      : "leave out 'without copy', or add 'keep;' to the route");
}

/* One target of a forward speaks for all: they have the same copy. */
static void
check(TamisFlowFacts *facts, guint32 mailbox, const TamisRequire *require,
      const TamisMembership *to)
{
    const TamisFlow *flow = tamis_flow_as_arrived(facts, mailbox);
    TamisFormula none = tamis_flow_keeps_nothing(facts, mailbox);
    TamisSpan done = TAMIS_NO_SPAN;

    for (guint32 i = 0; i < flow->n_actions && none != TAMIS_FORMULA_FALSE; i++) {
        const TamisFlowAction *action = &flow->actions[i];
        g_auto(TamisSolution) solution = {0};
        TamisFormula guard;

        if (action->kind != TAMIS_FLOW_FORWARD ||
            (action->span.source == done.source && action->span.offset == done.offset) ||
            !tamis_membership_has_target(to, action->key))
            continue;
        guard = tamis_formulas_and2(facts->formulas, action->guard, none);
        if (tamis_solver_is_impossible(facts->solver, guard))
            continue;
        tamis_solver_solve(facts->solver, guard, &solution);
        report(facts, mailbox, action, require, &solution, guard);
        done = action->span;
    }
}

static void
check_all(TamisFlowFacts *facts, const TamisRequire *require)
{
    g_auto(TamisMembership) from = {0}, to = {0};

    tamis_membership_init(&from, facts->policy, &require->from);
    tamis_membership_init(&to, facts->policy, &require->to);
    for (guint32 i = 0; i < tamis_site_n_mailboxes(facts->site); i++)
        if (tamis_membership_has_mailbox(&from, i) && tamis_mailbox_may_keep_nothing(facts, i))
            check(facts, i, require, &to);
}

void
tamis_flow_rule_missing_copy(TamisFlowFacts *facts)
{
    for (guint i = 0; facts->policy != NULL && i < facts->policy->requires->len; i++) {
        const TamisRequire *require = TAMIS_AT(facts->policy->requires, TamisRequire, i);

        if (require->demand == TAMIS_DEMAND_COPY)
            check_all(facts, require);
    }
}
