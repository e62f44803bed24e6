/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One run rejects a message and delivers, forwards or answers it too, or rejects it twice: the server
 * fails the run at delivery. */
#include "lint/flows.h"

#include "lint/arrived.h"
#include "lint/repeated.h"
#include "lint/together.h"

/* What a rejection cannot stand beside. An implicit keep it takes away; of two rejections the later is
 * the fault. */
static gboolean
conflicts(const TamisFlowAction *reject, const TamisFlowAction *other)
{
    switch ((TamisFlowKind)other->kind) {
    case TAMIS_FLOW_FORWARD:
    case TAMIS_FLOW_REPLY:
        return TRUE;
    case TAMIS_FLOW_KEEP:
        return !other->is_implicit;
    case TAMIS_FLOW_REJECT:
        return other < reject;
    default:
        return FALSE;
    }
}

static const char *
name_of(const TamisFlowAction *action)
{
    switch ((TamisFlowKind)action->kind) {
    case TAMIS_FLOW_FORWARD:
        return "and forwards it";
    case TAMIS_FLOW_REPLY:
        return "and answers it";
    case TAMIS_FLOW_REJECT:
        return "twice";
    default:
        return "and keeps it";
    }
}

static void
report(TamisFlowFacts *facts, guint32 mailbox, const TamisTogether *found)
{
    const char *name = tamis_flow_name(facts, mailbox), *beside = name_of(found->second);
    TamisWay way = {.to = tamis_flow_to(facts, mailbox, &found->solution)};
    TamisDiagnostic *diagnostic = tamis_flow_find(
        facts, TAMIS_RULE_REJECT_CONFLICT, found->first->span, mailbox, found->first,
        "%s%s rejects a message %s in one run%s", tamis_flow_whether(&found->solution), name,
        beside, tamis_flow_open(&found->solution));

    if (found->second->kind == TAMIS_FLOW_REJECT)
        tamis_report_relate(facts->report, diagnostic, found->second->span, "the first rejection");
    else
        tamis_report_relate(facts->report, diagnostic, found->second->span, "… %s here", beside);
    tamis_flow_judge(facts, diagnostic, &found->solution, found->guard, &way);
    tamis_report_help(
        facts->report, diagnostic, "%s",
        facts->policy != NULL
            ? "end the one route with 'final', or let their conditions exclude each other"
            : "put one of them in an 'else', or 'stop' before it");
}

static gboolean
look(TamisFlowFacts *facts, guint32 mailbox, gpointer data)
{
    const TamisFlow *flow;
    gboolean any = FALSE;

    if (!tamis_flow_has(facts, mailbox, TAMIS_FLOW_REJECT))
        return FALSE;
    flow = tamis_flow_as_arrived(facts, mailbox);
    for (guint32 i = 0; i < flow->n_actions; i++) {
        g_auto(TamisTogether) found = {NULL};

        if (flow->actions[i].kind != TAMIS_FLOW_REJECT ||
            !tamis_find_beside(facts, mailbox, &flow->actions[i], conflicts, &found))
            continue;
        report(facts, mailbox, &found);
        any = TRUE;
    }
    return any;
}

void
tamis_flow_rule_reject_conflict(TamisFlowFacts *facts)
{
    tamis_flow_look_at_shapes(facts, look, NULL);
    if (facts->policy != NULL)
        tamis_flow_find_repeated(facts, TAMIS_DO_REJECT, TAMIS_RULE_REJECT_CONFLICT, "rejects",
                                 "the first rejection");
}
