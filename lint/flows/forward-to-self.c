/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A script of a known mailbox that forwards to that mailbox by an address which does not stand there as such: made of
 * variables or encoded characters. What can be read off the text is lint/scripts/forward-to-self.c's. */
#include "lint/flows.h"

#include "lint/arrived.h"

#include <string.h>

static gboolean
is_composed(const TamisFlowFacts *facts, TamisSpan span)
{
    gsize length;
    const char *text =
        tamis_sources_get_text(tamis_report_get_sources(facts->report), span.source, &length);

    return memmem(text + span.offset, span.length, "${", 2) != NULL;
}

static gboolean
is_to_self(TamisFlowFacts *facts, guint32 mailbox, const TamisFlowAction *action)
{
    return action->kind == TAMIS_FLOW_FORWARD && action->key != 0 &&
           tamis_site_find_mailbox(facts->site, tamis_flow_text(facts, action->key)) == mailbox &&
           is_composed(facts, action->span);
}

static void
report(TamisFlowFacts *facts, guint32 mailbox, const TamisFlowAction *forward)
{
    const char *own = tamis_site_get_address(facts->site, mailbox);
    const char *target = tamis_flow_text(facts, forward->text);
    TamisDiagnostic *diagnostic =
        strcmp(own, target) == 0
            ? tamis_flow_find(facts, TAMIS_RULE_FORWARD_TO_SELF, forward->span, mailbox, forward,
                              "'%s' forwards to itself", own)
            : tamis_flow_find(facts, TAMIS_RULE_FORWARD_TO_SELF, forward->span, mailbox, forward,
                              "'%s' forwards to itself, as '%s'", own, target);

    tamis_report_help(facts->report, diagnostic, "write 'keep' where the message is to stay");
}

static void
look_at(TamisFlowFacts *facts, guint32 mailbox)
{
    const TamisFlow *flow = tamis_flow_as_arrived(facts, mailbox);

    for (guint32 i = 0; i < flow->n_actions; i++)
        if (is_to_self(facts, mailbox, &flow->actions[i]) &&
            !tamis_solver_is_impossible(facts->solver, flow->actions[i].guard))
            report(facts, mailbox, &flow->actions[i]);
}

void
tamis_flow_rule_forward_to_self(TamisFlowFacts *facts)
{
    if (facts->policy != NULL)
        return;
    for (guint32 i = 0; i < tamis_site_n_mailboxes(facts->site); i++)
        if (*tamis_site_get_address(facts->site, i) != '\0')
            look_at(facts, i);
}
