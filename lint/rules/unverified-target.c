/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A target outside of the group that a `require … verified in` names. */
#include "lint/requires.h"
#include "lint/rules.h"

static void
report(TamisFacts *facts, const TamisForwardWalk *walk, const TamisRequire *require,
       const TamisTarget *target)
{
    const TamisPolicy *policy = facts->policy;
    const TamisGroup *group = TAMIS_AT(policy->groups, TamisGroup, require->group);
    const char *text = tamis_policy_text(policy, target->address.text);
    const char *name = tamis_policy_text(policy, group->name);
    TamisDiagnostic *diagnostic =
        tamis_facts_find(facts, TAMIS_RULE_UNVERIFIED_TARGET, target->span, &walk->routes,
                         "'%s' is not in group '%s', and '%s' asks for that", text, name,
                         tamis_policy_text(policy, require->title));

    tamis_report_relate(facts->report, diagnostic, require->span, "required here");
    tamis_report_help(facts->report, diagnostic,
                      "add '%s' to '%s' once it is verified, or forward elsewhere", text, name);
}

static void
check(TamisFacts *facts, const TamisForwardWalk *walk, const TamisRequire *require,
      const TamisMembership *to, const TamisTarget *first)
{
    const TamisPolicy *policy = facts->policy;
    TamisSlice targets = walk->action->targets;

    if (require->group == TAMIS_NO_INDEX)
        return;
    for (guint32 i = targets.first; i < targets.first + targets.n; i++) {
        const TamisTarget *target = tamis_policy_target(policy, i);

        if (tamis_membership_has_target(to, target->address.key) &&
            !tamis_policy_group_has(policy, require->group, target->address.key))
            report(facts, walk, require, target);
    }
}

void
tamis_rule_unverified_target(TamisFacts *facts)
{
    tamis_requires_visit(facts, TAMIS_DEMAND_VERIFIED, check);
}
