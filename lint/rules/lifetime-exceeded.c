/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A forwarding route that runs longer, from its start (else the check) to its end, than `lifetime`
 * says. That it must have an end is missing-expiry's. */
#include "lint/rules.h"

#define DAY_S 86400

/* The latest end. A lifetime in days counts days of the calendar, as dates in a policy do:
 * what ends with a day, as `until` a date does, may last through the whole of its last one. */
static TamisInstant
latest_end(const TamisPolicy *policy, TamisInstant start, const TamisLimits *limits,
           gboolean with_day)
{
    TamisClock clock;

    if (!limits->lifetime_in_days)
        return start + limits->lifetime_s;
    clock = tamis_zone_to_clock(policy->zone, start);
    clock.date = tamis_day_from_number(tamis_day_number(clock.date) + limits->lifetime_s / DAY_S);
    if (with_day)
        clock = (TamisClock){
            .date = tamis_day_from_number(tamis_day_number(clock.date) + 1),
        };
    return tamis_zone_to_instant(policy->zone, clock);
}

static gboolean
ends_with_day(const TamisPolicy *policy, TamisInstant until)
{
    TamisClock clock = tamis_zone_to_clock(policy->zone, until);

    return clock.hour == 0 && clock.minute == 0 && clock.second == 0;
}

static void
check(TamisFacts *facts, const TamisRouteWalk *walk, const TamisLimits *limits)
{
    const TamisPolicy *policy = facts->policy;
    const TamisRoute *route = walk->route;
    gboolean started = route->starting != TAMIS_INSTANT_MIN;
    TamisInstant start = started ? route->starting : facts->lint->as_of;
    TamisInstant latest = latest_end(policy, start, limits, ends_with_day(policy, route->until));
    gboolean in_days = limits->lifetime_in_days;
    g_autofree char *end = NULL, *allowed = NULL;
    TamisDiagnostic *diagnostic;

    if (route->until <= start || route->until <= latest)
        return;
    end = tamis_route_end_to_string(policy, route->until);
    allowed = tamis_route_end_to_string(policy, latest);
    diagnostic = tamis_facts_find(
        facts, TAMIS_RULE_LIFETIME_EXCEEDED, route->until_span, walk,
        "route '%s' forwards until %s, and %" G_GINT64_FORMAT " %s from %s end on %s",
        tamis_policy_text(policy, route->name), end, limits->lifetime_s / (in_days ? DAY_S : 3600),
        in_days ? "days" : "hours", started ? "its start" : "now", allowed);
    tamis_report_relate(facts->report, diagnostic, limits->lifetime_span, "the limit");
    tamis_report_help(facts->report, diagnostic, "let it end by %s, or raise 'lifetime'", allowed);
}

void
tamis_rule_lifetime_exceeded(TamisFacts *facts)
{
    const TamisPolicy *policy = facts->policy;
    TamisForwardWalk walk = {.routes.policy = policy};
    const TamisRoute *done = NULL;

    while (tamis_forward_next(&walk)) {
        const TamisRoute *route = walk.routes.route;
        const TamisLimits *limits =
            TAMIS_AT(policy->limits, TamisLimits, walk.routes.mailbox->limits);

        if (route == done || route->until == TAMIS_INSTANT_MAX || limits->lifetime_span.source == 0)
            continue;
        done = route;
        check(facts, &walk.routes, limits);
    }
}
