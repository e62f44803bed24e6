/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A forward without an end that a `require … expiry` asks for; each forward is judged by itself. */
#include "lint/requires.h"
#include "lint/rules.h"

static void
report(TamisFacts *facts, const TamisForwardWalk *walk, const TamisRequire *require,
       const TamisTarget *target)
{
    const TamisPolicy *policy = facts->policy;
    TamisDiagnostic *diagnostic = tamis_facts_find(
        facts, TAMIS_RULE_MISSING_EXPIRY, target->span, &walk->routes,
        "the forward to '%s' has no end, and '%s' asks for one",
        tamis_policy_text(policy, target->address.text), tamis_policy_text(policy, require->title));

    tamis_report_relate(facts->report, diagnostic, require->span, "required here");
    tamis_report_help(facts->report, diagnostic, "add 'until' and a date to route '%s'",
                      tamis_policy_text(policy, walk->routes.route->name));
}

/* One target speaks for all: they have the same end. */
static void
check(TamisFacts *facts, const TamisForwardWalk *walk, const TamisRequire *require,
      const TamisMembership *to, const TamisTarget *first)
{
    if (walk->routes.route->until == TAMIS_INSTANT_MAX)
        report(facts, walk, require, first);
}

void
tamis_rule_missing_expiry(TamisFacts *facts)
{
    tamis_requires_visit(facts, TAMIS_DEMAND_EXPIRY, check);
}
