/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One run answers a message twice: the server fails the run at delivery. Of a policy's routes the first that
 * replies is the one, so that there one route that does so twice is the fault. */
#include "lint/flows.h"

#include "lint/arrived.h"
#include "lint/repeated.h"
#include "lint/together.h"

static gboolean
is_earlier_reply(const TamisFlowAction *reply, const TamisFlowAction *other)
{
    return other->kind == TAMIS_FLOW_REPLY && other < reply;
}

static void
report(TamisFlowFacts *facts, guint32 mailbox, const TamisTogether *found)
{
    const char *name = tamis_flow_name(facts, mailbox);
    TamisWay way = {.to = tamis_flow_to(facts, mailbox, &found->solution)};
    TamisDiagnostic *diagnostic = tamis_flow_find(
        facts, TAMIS_RULE_REPLY_CONFLICT, found->first->span, mailbox, found->first,
        "%s%s answers a message twice in one run%s", tamis_flow_whether(&found->solution), name,
        tamis_flow_open(&found->solution));

    tamis_report_relate(facts->report, diagnostic, found->second->span, "the first answer");
    tamis_flow_judge(facts, diagnostic, &found->solution, found->guard, &way);
    tamis_report_help(facts->report, diagnostic,
                      "put one of them in an 'else', or 'stop' before it");
}

void
tamis_flow_rule_reply_conflict(TamisFlowFacts *facts)
{
    if (facts->policy != NULL) {
        tamis_flow_find_repeated(facts, TAMIS_DO_REPLY, TAMIS_RULE_REPLY_CONFLICT, "answers",
                                 "the first answer");
        return;
    }
    for (guint32 i = 0; i < tamis_site_n_mailboxes(facts->site); i++) {
        const TamisFlow *flow = tamis_flow_as_arrived(facts, i);

        for (guint32 j = 0; j < flow->n_actions; j++) {
            g_auto(TamisTogether) found = {NULL};

            if (flow->actions[j].kind == TAMIS_FLOW_REPLY &&
                tamis_find_beside(facts, i, &flow->actions[j], is_earlier_reply, &found))
                report(facts, i, &found);
        }
    }
}
