/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Mail that is forwarded outside with the original envelope sender, which every redirect keeps
 * unless the server rewrites it. Once a forward, at its first target outside. */
#include "lint/rules.h"

void
tamis_rule_spf_breakage(TamisFacts *facts)
{
    const TamisPolicy *policy = facts->policy;
    TamisForwardWalk walk = {.routes.policy = policy};

    while (tamis_forward_next(&walk)) {
        TamisSlice targets = walk.action->targets;

        if (!tamis_route_has_future(facts, walk.routes.route))
            continue;
        for (guint32 i = targets.first; i < targets.first + targets.n; i++) {
            const TamisTarget *target = tamis_policy_target(policy, i);
            TamisDiagnostic *diagnostic;

            if (!facts->target_externals[i])
                continue;
            diagnostic = tamis_facts_find(
                facts, TAMIS_RULE_SPF_BREAKAGE, target->span, &walk.routes,
                "'%s' is outside, and gets the message with its original envelope sender",
                tamis_policy_text(policy, target->address.text));
            tamis_report_help(facts->report, diagnostic,
                              "let the server rewrite the sender of what it forwards, then say "
                              "'allow spf-breakage'");
            break;
        }
    }
}
