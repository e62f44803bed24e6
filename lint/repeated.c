/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The flow of a policy has the first alone, so the actions are counted in the routes. */
#include "lint/repeated.h"

#include "lint/arrived.h"

typedef struct {
    TamisFlowFacts *facts;
    TamisActionKindOf kind;
    TamisRule rule;
    const char *does, *first;
} Search;

/* What the flow has of a route's action; NULL: it never takes place. */
static const TamisFlowAction *
find_in_flow(TamisFlowFacts *facts, guint32 mailbox, const TamisRoute *route, TamisSpan span)
{
    const TamisFlow *flow = tamis_flow_as_arrived(facts, mailbox);

    for (guint32 i = 0; i < flow->n_actions; i++)
        if (flow->actions[i].route == route->name && flow->actions[i].span.source == span.source &&
            flow->actions[i].span.offset == span.offset)
            return &flow->actions[i];
    return NULL;
}

static void
report(const Search *search, guint32 mailbox, const TamisFlowAction *first, TamisSpan second)
{
    TamisFlowFacts *facts = search->facts;
    g_auto(TamisSolution) solution = {0};
    TamisFormula guard =
        tamis_formulas_and2(facts->formulas, tamis_flow_base(facts, mailbox), first->guard);
    TamisDiagnostic *diagnostic;
    TamisWay way = {NULL};

    if (tamis_solver_is_impossible(facts->solver, guard))
        return;
    tamis_solver_solve(facts->solver, guard, &solution);
    way.to = tamis_flow_to(facts, mailbox, &solution);
    diagnostic =
        tamis_flow_find(facts, search->rule, second, mailbox, first,
                        "%s%s %s a message twice in one route%s", tamis_flow_whether(&solution),
                        tamis_flow_name(facts, mailbox), search->does, tamis_flow_open(&solution));
    tamis_report_relate(facts->report, diagnostic, first->span, "%s", search->first);
    tamis_flow_judge(facts, diagnostic, &solution, guard, &way);
    tamis_report_help(facts->report, diagnostic,
                      "take one of them out, or give it a route with a condition of its own");
}

static void
look_at_route(const Search *search, guint32 mailbox, const TamisRoute *route)
{
    const TamisPolicy *policy = search->facts->policy;
    const TamisAction *first = NULL;
    const TamisFlowAction *done;

    for (guint32 i = 0; i < route->actions.n; i++) {
        const TamisAction *action = tamis_policy_action(policy, route->actions.first + i);

        if (action->kind != search->kind)
            continue;
        if (first == NULL) {
            first = action;
            continue;
        }
        done = find_in_flow(search->facts, mailbox, route, first->span);
        if (done != NULL)
            report(search, mailbox, done, action->span);
        return;
    }
}

void
tamis_flow_find_repeated(TamisFlowFacts *facts, TamisActionKindOf kind, TamisRule rule,
                         const char *does, const char *first)
{
    const Search search = {facts, kind, rule, does, first};

    for (guint32 i = 0; i < tamis_site_n_mailboxes(facts->site); i++) {
        TamisSlice routes = tamis_policy_mailbox(facts->policy, i)->routes;

        for (guint32 j = routes.first; j < routes.first + routes.n; j++)
            look_at_route(&search, i, tamis_policy_route(facts->policy, j));
    }
}
