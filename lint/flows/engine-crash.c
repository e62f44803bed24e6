/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One run pipes a message to one program twice, which Pigeonhole's plugin forbids and does not survive (seen with 0.5.19,
 * over LMTP). Constructs that crash by themselves are the checker's, and lint/scripts/engine-crash.c's. */
#include "lint/flows.h"

#include "lint/arrived.h"
#include "lint/together.h"

#include <string.h>

static gboolean
is_earlier_pipe(const TamisFlowAction *pipe, const TamisFlowAction *other)
{
    return other->kind == TAMIS_FLOW_PROGRAM && other->is_queued && other->name == pipe->name &&
           other < pipe;
}

/* What depends on the message may be another program each time. */
static gboolean
is_pipe_to_known(const TamisFlowFacts *facts, const TamisFlowAction *action)
{
    return action->kind == TAMIS_FLOW_PROGRAM && action->is_queued &&
           strstr(tamis_flow_text(facts, action->name), "${") == NULL;
}

static void
report(TamisFlowFacts *facts, guint32 mailbox, const TamisTogether *found)
{
    TamisWay way = {.to = tamis_flow_to(facts, mailbox, &found->solution)};
    TamisDiagnostic *diagnostic = tamis_flow_find(
        facts, TAMIS_RULE_ENGINE_CRASH, found->first->span, mailbox, found->first,
        "%sa message to %s is piped to '%s' twice in one run%s, which crashes the delivery",
        tamis_flow_whether(&found->solution), tamis_flow_name(facts, mailbox),
        tamis_flow_text(facts, found->first->name), tamis_flow_open(&found->solution));

    tamis_report_relate(facts->report, diagnostic, found->second->span, "it is piped there here");
    tamis_flow_judge(facts, diagnostic, &found->solution, found->guard, &way);
    tamis_report_help(facts->report, diagnostic,
                      "put one of them in an 'else', or 'stop' before it");
}

void
tamis_flow_rule_engine_crash(TamisFlowFacts *facts)
{
    if (facts->policy != NULL ||
        tamis_site_get_server(facts->site)->engine != TAMIS_ENGINE_PIGEONHOLE)
        return;
    for (guint32 i = 0; i < tamis_site_n_mailboxes(facts->site); i++) {
        const TamisFlow *flow = tamis_flow_as_arrived(facts, i);

        for (guint32 j = 0; j < flow->n_actions; j++) {
            const TamisFlowAction *action = &flow->actions[j];
            g_auto(TamisTogether) found = {NULL};

            if (is_pipe_to_known(facts, action) &&
                tamis_find_beside(facts, i, action, is_earlier_pipe, &found))
                report(facts, i, &found);
        }
    }
}
