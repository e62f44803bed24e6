/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One message can be redirected to more addresses than `targets` says, else than the server takes.
 * The figure is compiler/bound.h's; it is proved when the conditions plainly can hold together. */
#include "lint/rules.h"

#include "lint/plain.h"

/* The limit that counts for a mailbox. */
typedef struct {
    guint32 n_targets; /* G_MAXUINT32: none */
    gboolean is_said;  /* by the policy; else the server's */
    TamisSpan span;
} Limit;

static Limit
get_limit(const TamisFacts *facts, const TamisMailbox *mailbox)
{
    const TamisServer *server = facts->lint->server;
    const TamisLimits *limits = TAMIS_AT(facts->policy->limits, TamisLimits, mailbox->limits);
    gboolean is_hard = server->max_redirects != 0 && server->max_redirects_setting == NULL;

    if (limits->targets_span.source != 0 && !(is_hard && limits->targets > server->max_redirects))
        return (Limit){limits->targets, TRUE, limits->targets_span};
    return (Limit){server->max_redirects != 0 ? server->max_redirects : G_MAXUINT32, FALSE,
                   TAMIS_NO_SPAN};
}

/* Whether the crowd's figure is above the limit for certain, though its `one of`s may mean
 * addresses that are counted already. */
static gboolean
counts_exactly(const TamisPolicy *policy, const TamisCrowd *crowd, guint32 limit)
{
    guint32 n_shares = 0, n_members = 0;

    for (guint i = 0; i < crowd->active->len; i++) {
        TamisSlice actions =
            tamis_policy_route(policy, g_array_index(crowd->active, guint32, i))->actions;

        for (guint32 j = actions.first; j < actions.first + actions.n; j++) {
            const TamisAction *action = tamis_policy_action(policy, j);

            if (!action->one_of)
                continue;
            n_shares++;
            n_members = action->targets.n;
        }
    }
    /* One list that is longer than all the others has a member that is not in them. */
    return crowd->n_targets - n_shares > limit ||
           (n_shares == 1 && n_members > crowd->n_targets - 1 && crowd->to - crowd->from >= 86400);
}

static gboolean
is_crowd_proved(const TamisPolicy *policy, const TamisCrowd *crowd, guint32 limit)
{
    TamisPlain plain = {.policy = policy, .to = TAMIS_INSTANT_MAX};

    return !crowd->is_rough && counts_exactly(policy, crowd, limit) &&
           tamis_plain_demand_crowd(&plain, crowd) && tamis_plain_has_instant(&plain);
}

/* What the finding says. */
typedef struct {
    const TamisRoute *route;
    const TamisAction *action;
    guint32 n_targets;
    gboolean proved;
} Fault;

/* The forward of the crowd that passes the limit. */
static Fault
crowd_fault(const TamisPolicy *policy, const TamisCrowd *crowd, guint32 limit)
{
    Fault fault = {.n_targets = crowd->n_targets};
    guint64 n = 0;

    for (guint i = 0; !crowd->is_rough && i < crowd->active->len && n <= limit; i++) {
        fault.route = tamis_policy_route(policy, g_array_index(crowd->active, guint32, i));
        for (guint32 j = 0; j < fault.route->actions.n && n <= limit; j++) {
            const TamisAction *action = tamis_policy_action(policy, fault.route->actions.first + j);

            if (action->kind != TAMIS_DO_FORWARD)
                continue;
            n += action->one_of ? 1 : action->targets.n;
            fault.action = action;
        }
    }
    return fault;
}

/* One forward that is too much by itself. */
static gboolean
find_single_fault(const TamisFacts *facts, const TamisMailbox *mailbox, guint32 limit,
                  Fault *out_fault)
{
    const TamisPolicy *policy = facts->policy;

    for (guint32 i = mailbox->routes.first; i < mailbox->routes.first + mailbox->routes.n; i++) {
        const TamisRoute *route = tamis_policy_route(policy, i);

        for (guint32 j = 0; j < route->actions.n; j++) {
            const TamisAction *action = tamis_policy_action(policy, route->actions.first + j);
            TamisPlain plain = {
                .policy = policy, .from = facts->lint->as_of, .to = TAMIS_INSTANT_MAX};

            if (action->kind != TAMIS_DO_FORWARD || action->one_of || action->targets.n <= limit ||
                !tamis_plain_demand_route(&plain, mailbox, i) || !tamis_plain_has_instant(&plain))
                continue;
            *out_fault = (Fault){route, action, action->targets.n, TRUE};
            return TRUE;
        }
    }
    return FALSE;
}

static void
add_help(TamisFacts *facts, TamisDiagnostic *diagnostic, const Limit *limit, guint32 n_targets)
{
    const TamisServer *server = facts->lint->server;

    if (limit->is_said)
        tamis_report_help(facts->report, diagnostic, "raise 'targets' to %u, or take targets out",
                          n_targets);
    else if (server->max_redirects_setting != NULL)
        tamis_report_help(facts->report, diagnostic,
                          "add 'limits { targets %u; }' to the mailbox and set '%s = %u' on the "
                          "server, or take targets out",
                          n_targets, server->max_redirects_setting, n_targets);
    else
        tamis_report_help(facts->report, diagnostic, "take targets out: this limit is fixed");
}

static void
report(TamisFacts *facts, TamisRouteWalk at, const TamisCrowd *crowd, const Limit *limit)
{
    const TamisPolicy *policy = facts->policy;
    Fault fault = crowd_fault(policy, crowd, limit->n_targets);
    g_autofree char *reason = NULL;
    TamisDiagnostic *diagnostic;

    fault.proved = is_crowd_proved(policy, crowd, limit->n_targets);
    if (!fault.proved)
        find_single_fault(facts, at.mailbox, limit->n_targets, &fault);
    at.route = fault.route;
    reason = limit->is_said ? g_strdup_printf("its limit is %u", limit->n_targets)
                            : g_strdup_printf("the server '%s' takes %u", facts->lint->server->name,
                                              limit->n_targets);
    diagnostic = tamis_facts_find(facts, TAMIS_RULE_TOO_MANY_TARGETS,
                                  fault.action != NULL ? fault.action->span : at.mailbox->span, &at,
                                  "a message to '%s' %s be redirected to %u addresses, and %s",
                                  tamis_policy_text(policy, at.mailbox->address.text),
                                  fault.proved ? "can" : "might", fault.n_targets, reason);
    tamis_facts_judge(diagnostic, fault.proved);
    if (limit->is_said)
        tamis_report_relate(facts->report, diagnostic, limit->span, "the limit");
    add_help(facts, diagnostic, limit, crowd->n_targets);
}

void
tamis_rule_too_many_targets(TamisFacts *facts)
{
    const TamisPolicy *policy = facts->policy;

    for (guint i = 0; i < policy->mailboxes->len; i++) {
        TamisRouteWalk at = {.mailbox = tamis_policy_mailbox(policy, i)};
        Limit limit = get_limit(facts, at.mailbox);
        TamisCrowdQuery query = {
            .as_of = facts->lint->as_of,
            .enough_targets = limit.n_targets,
            .enough_actions = G_MAXUINT32,
        };
        TamisCrowd crowd;

        tamis_crowd_of_mailbox(policy, at.mailbox, &query, &crowd);
        if (crowd.n_targets > limit.n_targets)
            report(facts, at, &crowd, &limit);
        tamis_crowd_clear(&crowd);
    }
}
