/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The only copy of a message leaves for outside: nothing stays, and nothing goes inside. */
#include "lint/copies.h"
#include "lint/rules.h"

/* The first target outside, or NULL. */
static const TamisTarget *
find_outside(const TamisFacts *facts, const TamisAction *action)
{
    TamisSlice targets = action->targets;

    for (guint32 i = targets.first; i < targets.first + targets.n; i++)
        if (facts->target_externals[i])
            return tamis_policy_target(facts->policy, i);
    return NULL;
}

void
tamis_rule_forward_without_copy(TamisFacts *facts)
{
    const TamisPolicy *policy = facts->policy;
    TamisForwardWalk walk = {.routes.policy = policy};
    const TamisRoute *done = NULL;

    while (tamis_forward_next(&walk)) {
        const TamisTarget *target = find_outside(facts, walk.action);
        TamisCopyVerdict verdict;
        TamisDiagnostic *diagnostic;

        if (target == NULL || walk.routes.route == done)
            continue;
        done = walk.routes.route;
        verdict = tamis_copies_of_route(facts, &walk.routes, TRUE);
        if (verdict == TAMIS_KEEPS_COPY)
            continue;
        diagnostic =
            tamis_facts_find(facts, TAMIS_RULE_FORWARD_WITHOUT_COPY, target->span, &walk.routes,
                             "the only copy of a message to '%s' %s for '%s', which is outside",
                             tamis_policy_text(policy, walk.routes.mailbox->address.text),
                             verdict == TAMIS_LEAVES_NONE ? "leaves" : "might leave",
                             tamis_policy_text(policy, target->address.text));
        tamis_facts_judge(diagnostic, verdict == TAMIS_LEAVES_NONE);
        tamis_report_help(facts->report, diagnostic, "%s",
                          walk.action->without_copy
                              ? "leave out 'without copy', or forward to an address inside too"
                              : "add 'keep;' to the route, or forward to an address inside too");
    }
}
