/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A route that ended before the day of the check. One whose window is empty is empty-window's. */
#include "lint/rules.h"

void
tamis_rule_expired_route(TamisFacts *facts)
{
    TamisRouteWalk walk = {.policy = facts->policy};

    while (tamis_route_next(&walk)) {
        const TamisRoute *route = walk.route;
        g_autofree char *end = NULL;
        TamisDiagnostic *diagnostic;

        if (route->until > facts->today_start || route->starting >= route->until)
            continue;
        end = tamis_route_end_to_string(facts->policy, route->until);
        diagnostic = tamis_facts_find(facts, TAMIS_RULE_EXPIRED_ROUTE, route->until_span, &walk,
                                      "route '%s' ended on %s",
                                      tamis_policy_text(facts->policy, route->name), end);
        tamis_report_help(facts->report, diagnostic, "take the route out, or let it end later");
    }
}
