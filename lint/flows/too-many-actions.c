/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One message sets off more actions than the server runs. Where `targets` asks for many, the setting
 * that the server needs is needs-setting's; where the targets are too many, that is
 * too-many-targets. */
#include "lint/flows.h"

#include "lint/arrived.h"
#include "lint/counts.h"

static gboolean
asks_for_many(const TamisFlowFacts *facts, guint32 mailbox)
{
    return facts->policy != NULL &&
           tamis_site_get_server(facts->site)->max_actions_setting != NULL &&
           tamis_target_limit(facts, mailbox).is_said;
}

static gboolean
has_too_many_targets(TamisFlowFacts *facts, guint32 mailbox)
{
    TamisTargetLimit limit = tamis_target_limit(facts, mailbox);
    g_autoptr(TamisCount) count = tamis_count_targets(tamis_flow_as_arrived(facts, mailbox));
    g_auto(TamisMaximum) maximum = {0};

    return tamis_count_passes(facts, tamis_flow_base(facts, mailbox), count, limit.n_targets,
                              &maximum);
}

/* In a script the command that is one too many. A policy's author says what a mailbox does, not in which order. */
static TamisSpan
find_place(TamisFlowFacts *facts, guint32 mailbox, const TamisMaximum *maximum)
{
    guint32 limit = tamis_site_get_server(facts->site)->max_actions;
    const TamisFlowAction *beyond = NULL;

    if (facts->policy == NULL)
        beyond = tamis_count_find_beyond(
            facts, tamis_flow_as_arrived(facts, mailbox), maximum->solution.witness,
            tamis_flow_to(facts, mailbox, &maximum->solution), tamis_is_counted_action, limit);
    return beyond != NULL ? beyond->span : tamis_flow_mailbox_span(facts, mailbox);
}

static void
report(TamisFlowFacts *facts, guint32 mailbox, const TamisMaximum *maximum, const TamisCount *count)
{
    const TamisServer *server = tamis_site_get_server(facts->site);
    gboolean proved = tamis_maximum_is_proved(maximum, server->max_actions);
    const char *name = tamis_flow_name(facts, mailbox);
    guint64 n = proved ? maximum->reached : maximum->bound;
    TamisSolution undecided = {.verdict = TAMIS_VERDICT_UNDECIDED};
    TamisWay way = {.to = tamis_flow_to(facts, mailbox, &maximum->solution)};
    TamisDiagnostic *diagnostic = tamis_flow_find(
        facts, TAMIS_RULE_TOO_MANY_ACTIONS, find_place(facts, mailbox, maximum), mailbox, NULL,
        "a message to %s %s set off %" G_GUINT64_FORMAT " actions%s, and the server '%s' runs %u",
        name, proved ? "can" : "might", n, proved && maximum->bound > n ? " or more" : "",
        server->name, server->max_actions);

    tamis_flow_judge(facts, diagnostic, proved ? &maximum->solution : &undecided,
                     tamis_count_of_message(facts, count, &maximum->solution, way.to), &way);
    tamis_report_help(facts->report, diagnostic,
                      "take out some of what is kept, replied or forwarded at once");
}

static gboolean
look(TamisFlowFacts *facts, guint32 mailbox, gpointer data)
{
    guint32 limit = tamis_site_get_server(facts->site)->max_actions;
    g_autoptr(TamisCount) count = NULL;
    g_auto(TamisMaximum) maximum = {0};

    if (asks_for_many(facts, mailbox) ||
        tamis_count_is_plainly_within(facts, mailbox, G_MAXUINT32, limit))
        return FALSE;
    count = tamis_count_actions(facts, tamis_flow_as_arrived(facts, mailbox));
    if (tamis_count_sum(count) <= limit || has_too_many_targets(facts, mailbox) ||
        !tamis_count_exceeds(facts, tamis_flow_base(facts, mailbox), count, limit, &maximum))
        return FALSE;
    report(facts, mailbox, &maximum, count);
    return TRUE;
}

void
tamis_flow_rule_too_many_actions(TamisFlowFacts *facts)
{
    if (tamis_site_get_server(facts->site)->max_actions != 0)
        tamis_flow_look_at_shapes(facts, look, NULL);
}
