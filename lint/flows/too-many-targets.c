/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One message can be redirected to more addresses than `targets` says, else than the server takes. */
#include "lint/flows.h"

#include "lint/arrived.h"
#include "lint/counts.h"

static gboolean
is_forward(const TamisFlowAction *action)
{
    return action->kind == TAMIS_FLOW_FORWARD;
}

static void
add_help(TamisFlowFacts *facts, TamisDiagnostic *diagnostic, const TamisTargetLimit *limit,
         guint64 n_targets)
{
    const TamisServer *server = tamis_site_get_server(facts->site);
    gboolean needs_actions = server->max_actions != 0 && n_targets > server->max_actions &&
                             server->max_actions_setting != NULL;
    g_autofree char *actions = needs_actions
                                   ? g_strdup_printf(" and '%s = %" G_GUINT64_FORMAT "'",
                                                     server->max_actions_setting, n_targets)
                                   : g_strdup("");

    if (limit->is_said)
        tamis_report_help(facts->report, diagnostic,
                          "raise 'targets' to %" G_GUINT64_FORMAT ", or take targets out",
                          n_targets);
    else if (server->max_redirects_setting != NULL && facts->policy != NULL)
        tamis_report_help(facts->report, diagnostic,
                          "add 'limits { targets %" G_GUINT64_FORMAT "; }' to the mailbox and set "
                          "'%s = %" G_GUINT64_FORMAT "'%s on the server, or take targets out",
                          n_targets, server->max_redirects_setting, n_targets, actions);
    else if (server->max_redirects_setting != NULL)
        tamis_report_help(facts->report, diagnostic,
                          "set '%s = %" G_GUINT64_FORMAT "'%s on the server, or take targets out",
                          server->max_redirects_setting, n_targets, actions);
    else
        tamis_report_help(facts->report, diagnostic, "take targets out: this limit is fixed");
}

static void
report(TamisFlowFacts *facts, guint32 mailbox, const TamisMaximum *maximum,
       const TamisTargetLimit *limit, const TamisCount *count)
{
    gboolean proved = tamis_maximum_is_proved(maximum, limit->n_targets);
    const TamisFlow *flow = tamis_flow_as_arrived(facts, mailbox);
    const char *name = tamis_flow_name(facts, mailbox);
    const TamisFlowAction *fault = tamis_count_find_beyond(
        facts, flow, maximum->solution.witness, tamis_flow_to(facts, mailbox, &maximum->solution),
        is_forward, limit->n_targets);
    g_autofree char *reason =
        limit->is_said
            ? g_strdup_printf("its limit is %u", limit->n_targets)
            : g_strdup_printf("the server '%s' takes %u", tamis_site_get_server(facts->site)->name,
                              limit->n_targets);
    guint64 n = proved ? maximum->reached : maximum->bound;
    TamisSolution undecided = {.verdict = TAMIS_VERDICT_UNDECIDED};
    TamisWay way = {.to = tamis_flow_to(facts, mailbox, &maximum->solution)};
    TamisDiagnostic *diagnostic = tamis_flow_find(
        facts, TAMIS_RULE_TOO_MANY_TARGETS,
        fault != NULL ? fault->span : tamis_flow_mailbox_span(facts, mailbox), mailbox, fault,
        "a message to %s %s be redirected to %" G_GUINT64_FORMAT " addresses%s, and %s", name,
        proved ? "can" : "might", n, proved && maximum->bound > n ? " or more" : "", reason);

    tamis_flow_judge(facts, diagnostic, proved ? &maximum->solution : &undecided,
                     tamis_count_of_message(facts, count, &maximum->solution, way.to), &way);
    if (limit->is_said)
        tamis_report_relate(facts->report, diagnostic, limit->span, "the limit");
    add_help(facts, diagnostic, limit, n);
}

static gboolean
look(TamisFlowFacts *facts, guint32 mailbox, gpointer data)
{
    TamisTargetLimit limit = tamis_target_limit(facts, mailbox);
    g_autoptr(TamisCount) count = NULL;
    g_auto(TamisMaximum) maximum = {0};

    if (limit.n_targets == G_MAXUINT32 ||
        tamis_count_is_plainly_within(facts, mailbox, limit.n_targets, G_MAXUINT32))
        return FALSE;
    count = tamis_count_targets(tamis_flow_as_arrived(facts, mailbox));
    if (!tamis_count_exceeds(facts, tamis_flow_base(facts, mailbox), count, limit.n_targets,
                             &maximum))
        return FALSE;
    report(facts, mailbox, &maximum, &limit, count);
    return TRUE;
}

void
tamis_flow_rule_too_many_targets(TamisFlowFacts *facts)
{
    tamis_flow_look_at_shapes(facts, look, NULL);
}
