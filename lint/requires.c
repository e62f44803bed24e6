/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Walks all forwards once for each `require`. */
#include "lint/requires.h"

static const TamisTarget *
first_target(const TamisPolicy *policy, const TamisMembership *to, TamisSlice targets)
{
    for (guint32 i = targets.first; i < targets.first + targets.n; i++) {
        const TamisTarget *target = tamis_policy_target(policy, i);

        if (tamis_membership_has_target(to, target->address.key))
            return target;
    }
    return NULL;
}

static void
visit_forwards(TamisFacts *facts, const TamisRequire *require, TamisRequireVisit visit)
{
    const TamisPolicy *policy = facts->policy;
    TamisForwardWalk walk = {.routes.policy = policy};
    g_auto(TamisMembership) from = {0}, to = {0};

    tamis_membership_init(&from, policy, &require->from);
    tamis_membership_init(&to, policy, &require->to);
    while (tamis_forward_next(&walk)) {
        const TamisTarget *first;

        if (!tamis_membership_has_mailbox(&from, walk.routes.mailbox_index))
            continue;
        first = first_target(policy, &to, walk.action->targets);
        if (first != NULL)
            visit(facts, &walk, require, &to, first);
    }
}

void
tamis_requires_visit(TamisFacts *facts, TamisDemand demand, TamisRequireVisit visit)
{
    for (guint i = 0; i < facts->policy->requires->len; i++) {
        const TamisRequire *require = TAMIS_AT(facts->policy->requires, TamisRequire, i);

        if (require->demand == demand)
            visit_forwards(facts, require, visit);
    }
}
