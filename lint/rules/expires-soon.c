/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A route that ends within 30 days: its last day is counted from the day of the check. */
#include "lint/rules.h"

#define SOON_DAYS 30

static void
report(TamisFacts *facts, const TamisRouteWalk *walk, gint64 days)
{
    const TamisPolicy *policy = facts->policy;
    g_autofree char *end = tamis_route_end_to_string(policy, walk->route->until);
    g_autofree char *when = days == 0   ? g_strdup("today")
                            : days == 1 ? g_strdup("tomorrow")
                                        : g_strdup_printf("in %" G_GINT64_FORMAT " days", days);
    TamisDiagnostic *diagnostic = tamis_facts_find(
        facts, TAMIS_RULE_EXPIRES_SOON, walk->route->until_span, walk, "route '%s' ends on %s, %s",
        tamis_policy_text(policy, walk->route->name), end, when);

    tamis_report_help(facts->report, diagnostic, "let it end later if it is still needed then");
}

void
tamis_rule_expires_soon(TamisFacts *facts)
{
    const TamisPolicy *policy = facts->policy;
    TamisRouteWalk walk = {.policy = policy};

    while (tamis_route_next(&walk)) {
        const TamisRoute *route = walk.route;
        gint64 last;

        if (route->until == TAMIS_INSTANT_MAX || route->until <= facts->today_start ||
            route->starting >= route->until)
            continue;
        last = tamis_day_number(tamis_zone_to_clock(policy->zone, route->until - 1).date);
        if (last - facts->today <= SOON_DAYS)
            report(facts, &walk, last - facts->today);
    }
}
