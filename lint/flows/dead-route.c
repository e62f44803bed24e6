/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A route that can never be active: by its own condition, because an earlier route ends each run that
 * would reach it, or as an `otherwise` that nothing is left for. Windows that are over or empty are
 * findings of their own. Of a script a command that no message reaches. */
#include "lint/flows.h"

#include "compiler/flow-of-policy.h"
#include "lint/plain.h"

typedef struct {
    TamisFlowFacts *facts;
    TamisPolicyFlows *conditions;
    guint32 mailbox;
    const TamisMailbox *text;
    const TamisFlow *flow; /* NULL: not made yet */
} Look;

/* Whether it plainly can be active: nothing has to be worked out for most. */
static gboolean
is_plainly_alive(const Look *look, guint32 route)
{
    TamisPlain plain = {
        .policy = look->facts->policy, .from = look->facts->as_of, .to = TAMIS_INSTANT_MAX};

    return tamis_plain_demand_route(&plain, look->text, look->text->routes.first + route) &&
           tamis_plain_has_instant(&plain);
}

/* The first earlier route that alone leaves nothing for this one; NULL: several do together. */
static const TamisRoute *
find_cover(const Look *look, const TamisRoute *route, guint32 index)
{
    TamisFlowFacts *facts = look->facts;

    for (guint32 i = 0; i < index; i++) {
        const TamisRoute *earlier = tamis_policy_route(facts->policy, look->text->routes.first + i);
        TamisFormula guard;

        if (!route->otherwise && !tamis_route_has(facts->policy, earlier, TAMIS_DO_FINAL))
            continue;
        guard = tamis_formulas_not(facts->formulas, look->flow->routes[i].guard);
        guard = tamis_formulas_and2(facts->formulas, guard,
                                    tamis_policy_flows_condition(look->conditions, route->when));
        if (tamis_solver_is_impossible(facts->solver, guard))
            return earlier;
    }
    return NULL;
}

static void
report(const Look *look, const TamisRoute *route, guint32 index)
{
    TamisFlowFacts *facts = look->facts;
    TamisFormula own = tamis_policy_flows_condition(look->conditions, route->when);
    gboolean by_itself = tamis_solver_is_impossible(facts->solver, own);
    const TamisRoute *cover = by_itself ? NULL : find_cover(look, route, index);
    const char *name = tamis_policy_text(facts->policy, route->name);
    g_autofree char *reason = NULL;
    TamisRouteWalk at = {.policy = facts->policy,
                         .mailbox_index = look->mailbox,
                         .mailbox = look->text,
                         .route = route};
    TamisDiagnostic *diagnostic;

    if (by_itself)
        reason = g_strdup("no message meets its condition");
    else if (cover != NULL)
        reason = g_strdup_printf("'%s' before it %s", tamis_policy_text(facts->policy, cover->name),
                                 route->otherwise ? "is active whenever it could be"
                                                  : "ends every run that could reach it");
    else
        reason = g_strdup("the routes before it leave nothing for it");
    diagnostic = tamis_facts_find(facts->policy_facts, TAMIS_RULE_DEAD_ROUTE, route->span, &at,
                                  "route '%s' can never be active: %s", name, reason);
    diagnostic->certainty = TAMIS_CERTAINTY_PROVED;
    if (cover != NULL)
        tamis_report_relate(facts->report, diagnostic, cover->span, "this one");
    tamis_report_help(facts->report, diagnostic, "%s",
                      by_itself ? "mend the condition, or take the route out"
                                : "move it to the front, or take it out");
}

static gboolean
look_at(TamisFlowFacts *facts, guint32 mailbox, gpointer data)
{
    Look look = {facts, data, mailbox, tamis_policy_mailbox(facts->policy, mailbox), NULL};
    gboolean any = FALSE;

    for (guint32 i = 0; i < look.text->routes.n; i++) {
        const TamisRoute *route = tamis_policy_route(facts->policy, look.text->routes.first + i);
        TamisFormula guard;

        if (!tamis_route_has_future(facts->policy_facts, route) || is_plainly_alive(&look, i))
            continue;
        if (look.flow == NULL)
            look.flow = tamis_site_get_flow(facts->site, mailbox);
        guard = tamis_formulas_and2(facts->formulas, look.flow->routes[i].guard,
                                    tamis_flow_base(facts, mailbox));
        if (!tamis_solver_is_impossible(facts->solver, guard))
            continue;
        report(&look, route, i);
        any = TRUE;
    }
    return any;
}

/* Commands that a script's author can have meant to be run; of two that do the same the second is left
 * to other findings. */
static gboolean
is_judged(const TamisFlow *flow, guint32 index)
{
    const TamisFlowAction *action = &flow->actions[index];

    if (action->kind == TAMIS_FLOW_REJECT || action->kind == TAMIS_FLOW_REPLY)
        return TRUE;
    if (action->is_implicit ||
        (action->kind != TAMIS_FLOW_FORWARD && action->kind != TAMIS_FLOW_KEEP &&
         action->kind != TAMIS_FLOW_DISCARD))
        return FALSE;
    for (guint32 i = 0; i < index; i++)
        if (flow->actions[i].kind == action->kind && flow->actions[i].key == action->key &&
            flow->actions[i].folder == action->folder)
            return FALSE;
    return TRUE;
}

static gboolean
is_one_command(const TamisFlowAction *a, const TamisFlowAction *b)
{
    return a->span.source == b->span.source && a->span.offset == b->span.offset;
}

/* Whether none of what the command can mean, for this or that value of a variable, is reached. */
static gboolean
is_never_run(TamisFlowFacts *facts, const TamisFlow *flow, const TamisFlowAction *action,
             TamisFormula base)
{
    for (guint32 i = 0; i < flow->n_actions; i++)
        if (is_one_command(&flow->actions[i], action) &&
            !tamis_solver_is_impossible(
                facts->solver, tamis_formulas_and2(facts->formulas, flow->actions[i].guard, base)))
            return FALSE;
    return TRUE;
}

static void
look_at_script(TamisFlowFacts *facts, guint32 mailbox)
{
    const TamisFlow *flow = tamis_site_get_flow(facts->site, mailbox);
    TamisFormula base = tamis_flow_base(facts, mailbox);

    for (guint32 i = 0; i < flow->n_actions; i++) {
        const TamisFlowAction *action = &flow->actions[i];
        TamisDiagnostic *diagnostic;

        if (!is_judged(flow, i) || (i > 0 && is_one_command(&flow->actions[i - 1], action)) ||
            !tamis_solver_is_impossible(
                facts->solver, tamis_formulas_and2(facts->formulas, action->guard, base)) ||
            !is_never_run(facts, flow, action, base))
            continue;
        diagnostic = tamis_flow_find(facts, TAMIS_RULE_DEAD_ROUTE, action->span, mailbox, action,
                                     "no message reaches this command");
        diagnostic->certainty = TAMIS_CERTAINTY_PROVED;
        tamis_report_help(facts->report, diagnostic,
                          "mend the conditions around it, or take it out");
    }
}

void
tamis_flow_rule_dead_route(TamisFlowFacts *facts)
{
    g_autoptr(TamisPolicyFlows) conditions = NULL;

    if (facts->policy == NULL) {
        for (guint32 i = 0; i < tamis_site_n_mailboxes(facts->site); i++)
            look_at_script(facts, i);
        return;
    }
    conditions = tamis_policy_flows_new(facts->policy, facts->formulas);
    tamis_flow_look_at_shapes(facts, look_at, conditions);
}
