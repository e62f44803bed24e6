/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A route that can never be active: by its own condition, because an earlier route ends each run that
 * would reach it, or as an `otherwise` that nothing is left for. Windows that are over or empty are
 * findings of their own. Of a script a command that no message reaches. */
#include "lint/flows.h"

#include "compiler/flow-of-policy.h"
#include "lint/contradiction.h"
#include "lint/dead.h"
#include "lint/plain.h"

typedef struct {
    TamisFlowFacts *facts;
    TamisPolicyFlows *conditions;
    guint32 mailbox;
    const TamisMailbox *text;
    const TamisFlow *flow; /* NULL: not made yet */
} Look;

typedef enum { NEVER_MET, NOT_OF_THIS_MAILBOX, NOT_WHILE_IT_RUNS, NOTHING_LEFT } Cause;

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
                                    tamis_policy_flows_route(look->conditions, route));
        if (tamis_solver_is_impossible(facts->solver, guard))
            return earlier;
    }
    return NULL;
}

/* Its condition is written in front of its first action. */
static guint32
end_of_route(const Look *look, guint32 index)
{
    const TamisPolicy *policy = look->facts->policy;
    TamisSlice actions = tamis_policy_route(policy, look->text->routes.first + index)->actions;

    return actions.n > 0 ? tamis_policy_action(policy, actions.first)->span.offset : G_MAXUINT32;
}

static Cause
find_cause(const Look *look, const TamisRoute *route)
{
    TamisFlowFacts *facts = look->facts;
    TamisFormula base = tamis_flow_base(facts, look->mailbox);
    TamisFormula own = tamis_policy_flows_condition(look->conditions, route->when);

    if (tamis_solver_is_impossible(facts->solver, own))
        return NEVER_MET;
    if (tamis_solver_is_impossible(facts->solver, tamis_formulas_and2(facts->formulas, own, base)))
        return NOT_OF_THIS_MAILBOX;
    own = tamis_policy_flows_route(look->conditions, route);
    if (tamis_solver_is_impossible(facts->solver, tamis_formulas_and2(facts->formulas, own, base)))
        return NOT_WHILE_IT_RUNS;
    return NOTHING_LEFT;
}

static const struct {
    const char *reason, *help;
} words[] = {
    [NEVER_MET] = {"no message meets its condition", "mend the condition, or take the route out"},
    [NOT_OF_THIS_MAILBOX] = {"no message that is given to this mailbox meets its condition",
                             "compare 'envelope to' with the mailbox's address or an alias of it: "
                             "an imported alias map has sent the message on before"},
    [NOT_WHILE_IT_RUNS] = {"its condition never holds between its 'starting' and 'until'",
                           "mend the condition, or let the route start earlier or end later"},
    [NOTHING_LEFT] = {"the routes before it leave nothing for it",
                      "move it to the front, or take it out"},
};

static TamisDiagnostic *
find(const Look *look, const TamisRoute *route, const char *reason)
{
    const TamisPolicy *policy = look->facts->policy;
    TamisRouteWalk at = {
        .policy = policy, .mailbox_index = look->mailbox, .mailbox = look->text, .route = route};
    TamisDiagnostic *diagnostic = tamis_facts_find(
        look->facts->policy_facts, TAMIS_RULE_DEAD_ROUTE, route->span, &at,
        "route '%s' can never be active: %s", tamis_policy_text(policy, route->name), reason);

    diagnostic->certainty = TAMIS_CERTAINTY_PROVED;
    return diagnostic;
}

static TamisDiagnostic *
find_behind(const Look *look, const TamisRoute *route, const TamisRoute *cover)
{
    g_autofree char *reason = g_strdup_printf(
        "'%s' before it %s", tamis_policy_text(look->facts->policy, cover->name),
        route->otherwise ? "is active whenever it could be" : "ends every run that could reach it");
    TamisDiagnostic *diagnostic = find(look, route, reason);

    tamis_report_relate(look->facts->report, diagnostic, cover->span, "this one");
    return diagnostic;
}

static void
report(const Look *look, const TamisRoute *route, guint32 index)
{
    TamisFlowFacts *facts = look->facts;
    Cause cause = find_cause(look, route);
    const TamisRoute *cover = cause == NOTHING_LEFT ? find_cover(look, route, index) : NULL;
    TamisDiagnostic *diagnostic =
        cover != NULL ? find_behind(look, route, cover) : find(look, route, words[cause].reason);

    if (cause == NEVER_MET)
        tamis_contradiction_tell(facts, diagnostic,
                                 tamis_policy_flows_condition(look->conditions, route->when),
                                 route->span, end_of_route(look, index));
    tamis_report_help(facts->report, diagnostic, "%s", words[cause].help);
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

static void
report_command(TamisFlowFacts *facts, const TamisDead *dead)
{
    TamisDiagnostic *diagnostic =
        tamis_flow_find(facts, TAMIS_RULE_DEAD_ROUTE, dead->span, dead->mailbox, NULL,
                        "no message reaches this command");

    diagnostic->certainty = TAMIS_CERTAINTY_PROVED;
    tamis_contradiction_tell(facts, diagnostic, dead->guard,
                             (TamisSpan){.source = dead->span.source}, dead->span.offset);
    tamis_report_help(facts->report, diagnostic, "mend the conditions around it, or take it out");
}

void
tamis_flow_rule_dead_route(TamisFlowFacts *facts)
{
    g_autoptr(TamisPolicyFlows) conditions = NULL;

    if (facts->policy == NULL) {
        tamis_dead_each(facts, TAMIS_DEAD_CONDITIONS, report_command);
        return;
    }
    conditions = tamis_policy_flows_new(facts->policy, facts->formulas);
    tamis_flow_look_at_shapes(facts, look_at, conditions);
}
