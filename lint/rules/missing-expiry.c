/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A forward without an end that a `require … expiry` asks for; each forward is judged by itself. */
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

static void
check(TamisFacts *facts, const TamisRequire *require)
{
    const TamisPolicy *policy = facts->policy;
    TamisForwardWalk walk = {.routes.policy = policy};

    while (tamis_forward_next(&walk)) {
        TamisSlice targets = walk.action->targets;

        if (walk.routes.route->until != TAMIS_INSTANT_MAX ||
            !tamis_policy_party_has(policy, &require->from, walk.routes.mailbox->address.key))
            continue;
        /* One speaks for all: they have the same end. */
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
tamis_rule_missing_expiry(TamisFacts *facts)
{
    for (guint i = 0; i < facts->policy->requires->len; i++) {
        const TamisRequire *require = TAMIS_AT(facts->policy->requires, TamisRequire, i);

        if (require->demand == TAMIS_DEMAND_EXPIRY)
            check(facts, require);
    }
}
