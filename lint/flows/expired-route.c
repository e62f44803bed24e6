/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Of a script: a command whose window ended before the day of the check. A policy's routes are judged in
 * lint/rules/expired-route.c. */
#include "lint/dead.h"
#include "lint/flows.h"

static void
report(TamisFlowFacts *facts, const TamisDead *dead)
{
    TamisSpan place = dead->ends.source != 0 ? dead->ends : dead->span;
    const TamisZone *own = tamis_site_get_zone(facts->site);
    TamisDay day =
        tamis_zone_to_clock(own != NULL ? own : tamis_zone_get("UTC"), dead->last - 1).date;
    TamisDiagnostic *diagnostic =
        tamis_flow_find(facts, TAMIS_RULE_EXPIRED_ROUTE, place, dead->mailbox, NULL,
                        "the window ended on %04d-%02u-%02u", day.year, day.month, day.day);

    diagnostic->certainty = TAMIS_CERTAINTY_PROVED;
    if (place.offset != dead->span.offset)
        tamis_report_relate(facts->report, diagnostic, dead->span,
                            "no message reaches this command any more");
    tamis_report_help(facts->report, diagnostic, "take it out, or let it end later");
}

void
tamis_flow_rule_expired_route(TamisFlowFacts *facts)
{
    if (facts->policy == NULL)
        tamis_dead_each(facts, TAMIS_DEAD_EXPIRED, report);
}
