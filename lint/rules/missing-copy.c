/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A forward that leaves no copy where a `require … copy` asks for one. Proved where the conditions
 * plainly can hold. */
#include "lint/copies.h"
#include "lint/requires.h"
#include "lint/rules.h"

static void
report(TamisFacts *facts, const TamisForwardWalk *walk, const TamisRequire *require,
       const TamisTarget *target)
{
    const TamisPolicy *policy = facts->policy;
    TamisCopyVerdict verdict = tamis_copies_of_route(facts, &walk->routes, FALSE);
    TamisDiagnostic *diagnostic;

    if (verdict == TAMIS_KEEPS_COPY)
        return;
    diagnostic = tamis_facts_find(
        facts, TAMIS_RULE_MISSING_COPY, target->span, &walk->routes,
        "'%s' %s keep a copy of what it forwards to '%s', and '%s' asks for one",
        tamis_policy_text(policy, walk->routes.mailbox->address.text),
        verdict == TAMIS_LEAVES_NONE ? "does not" : "might not",
        tamis_policy_text(policy, target->address.text), tamis_policy_text(policy, require->title));
    tamis_facts_judge(diagnostic, verdict == TAMIS_LEAVES_NONE);
    tamis_report_relate(facts->report, diagnostic, require->span, "required here");
    tamis_report_help(facts->report, diagnostic, "%s",
                      walk->action->without_copy
                          ? "leave out 'without copy', or add 'keep;' to the route"
                          : "add 'keep;' to the route");
}

/* One target speaks for all: they have the same copy. */
static void
check(TamisFacts *facts, const TamisForwardWalk *walk, const TamisRequire *require,
      const TamisTarget *first)
{
    if (tamis_route_leaves_nothing(facts->policy, walk->routes.route))
        report(facts, walk, require, first);
}

void
tamis_rule_missing_copy(TamisFacts *facts)
{
    tamis_requires_visit(facts, TAMIS_DEMAND_COPY, check);
}
