/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A forward that leaves no copy where a `require … copy` asks for one. Proved where the conditions
 * plainly can hold. */
#include "lint/copies.h"
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

static void
check(TamisFacts *facts, const TamisRequire *require)
{
    const TamisPolicy *policy = facts->policy;
    TamisForwardWalk walk = {.routes.policy = policy};

    while (tamis_forward_next(&walk)) {
        TamisSlice targets = walk.action->targets;

        if (!tamis_route_leaves_nothing(policy, walk.routes.route) ||
            !tamis_policy_party_has(policy, &require->from, walk.routes.mailbox->address.key))
            continue;
        /* One speaks for all: they have the same copy. */
        for (guint32 i = targets.first; i < targets.first + targets.n; i++) {
            const TamisTarget *target = tamis_policy_target(policy, i);

            if (!tamis_policy_party_has(policy, &require->to, target->address.key))
                continue;
            report(facts, &walk, require, target);
            break;
        }
    }
}

void
tamis_rule_missing_copy(TamisFacts *facts)
{
    for (guint i = 0; i < facts->policy->requires->len; i++) {
        const TamisRequire *require = TAMIS_AT(facts->policy->requires, TamisRequire, i);

        if (require->demand == TAMIS_DEMAND_COPY)
            check(facts, require);
    }
}
