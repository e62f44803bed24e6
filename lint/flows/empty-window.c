/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Of a script: times that contradict each other, so that a command is never run. A policy's routes are judged in
 * lint/rules/empty-window.c. */
#include "lint/dead.h"
#include "lint/flows.h"

static void
report(TamisFlowFacts *facts, const TamisDead *dead)
{
    TamisSpan place = dead->ends.source != 0 ? dead->ends : dead->span;
    TamisDiagnostic *diagnostic =
        tamis_flow_find(facts, TAMIS_RULE_EMPTY_WINDOW, place, dead->mailbox, NULL,
                        "the window is over before it starts, and this is never true");

    diagnostic->certainty = TAMIS_CERTAINTY_PROVED;
    if (dead->starts.source != 0)
        tamis_report_relate(facts->report, diagnostic, dead->starts, "it starts here");
    if (place.offset != dead->span.offset)
        tamis_report_relate(facts->report, diagnostic, dead->span,
                            "no message reaches this command");
    tamis_report_help(facts->report, diagnostic,
                      "let it end after it starts; from one day into the next it takes 'anyof'");
}

void
tamis_flow_rule_empty_window(TamisFlowFacts *facts)
{
    if (facts->policy == NULL)
        tamis_dead_each(facts, TAMIS_DEAD_EMPTY_WINDOW, report);
}
