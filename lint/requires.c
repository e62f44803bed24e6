/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Walks all forwards once for each `require`. */
#include "lint/requires.h"

static const TamisTarget *
first_target(const TamisPolicy *policy, const TamisParty *party, TamisSlice targets)
{
    for (guint32 i = targets.first; i < targets.first + targets.n; i++) {
        const TamisTarget *target = tamis_policy_target(policy, i);

        if (tamis_policy_party_has(policy, party, target->address.key))
            return target;
    }
    return NULL;
}

static void
visit_forwards(TamisFacts *facts, const TamisRequire *require, TamisRequireVisit visit)
{
    const TamisPolicy *policy = facts->policy;
    TamisForwardWalk walk = {.routes.policy = policy};

    while (tamis_forward_next(&walk)) {
        const TamisTarget *first;

        if (!tamis_policy_party_has(policy, &require->from, walk.routes.mailbox->address.key))
            continue;
        first = first_target(policy, &require->to, walk.action->targets);
        if (first != NULL)
            visit(facts, &walk, require, first);
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
