/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A route that ends before it starts, or as soon. */
#include "lint/rules.h"

void
tamis_rule_empty_window(TamisFacts *facts)
{
    const TamisPolicy *policy = facts->policy;
    TamisRouteWalk walk = {.policy = policy};

    while (tamis_route_next(&walk)) {
        const TamisRoute *route = walk.route;
        g_autofree char *start = NULL, *end = NULL;
        TamisDiagnostic *diagnostic;

        if (route->starting < route->until)
            continue;
        start = tamis_instant_to_string(route->starting, policy->zone);
        end = tamis_instant_to_string(route->until, policy->zone);
        diagnostic = tamis_facts_find(facts, TAMIS_RULE_EMPTY_WINDOW, route->until_span, &walk,
                                      "route '%s' is over at %s, and starts at %s",
                                      tamis_policy_text(policy, route->name), end, start);
        tamis_report_relate(facts->report, diagnostic, route->starting_span, "it starts here");
        tamis_report_help(facts->report, diagnostic,
                          "let it end after it starts, or take the route out");
    }
}
