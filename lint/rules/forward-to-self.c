/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A mailbox, an alias or a subaddress of it is its own target. Loops through others are not seen
 * here. */
#include "lint/rules.h"

static gboolean
is_alias(const TamisPolicy *policy, const TamisMailbox *mailbox, TamisString key)
{
    for (guint32 i = 0; i < mailbox->aliases.n; i++)
        if (tamis_policy_target(policy, mailbox->aliases.first + i)->address.key == key)
            return TRUE;
    return FALSE;
}

static void
report(TamisFacts *facts, const TamisForwardWalk *walk, const TamisTarget *target)
{
    const TamisPolicy *policy = facts->policy;
    const TamisMailbox *mailbox = walk->routes.mailbox;
    const char *own = tamis_policy_text(policy, mailbox->address.text);
    const char *text = tamis_policy_text(policy, target->address.text);
    TamisDiagnostic *diagnostic;

    if (target->address.key == mailbox->address.key)
        diagnostic = tamis_facts_find(facts, TAMIS_RULE_FORWARD_TO_SELF, target->span,
                                      &walk->routes, "'%s' forwards to itself", own);
    else
        diagnostic = tamis_facts_find(
            facts, TAMIS_RULE_FORWARD_TO_SELF, target->span, &walk->routes,
            "'%s' forwards to '%s', %s of its own", own, text,
            is_alias(policy, mailbox, target->address.key) ? "an alias" : "a subaddress");
    tamis_report_help(facts->report, diagnostic, "take '%s' out of the targets: %s", text,
                      walk->action->without_copy ? "to keep a copy leave out 'without copy'"
                                                 : "a copy stays in the mailbox anyway");
}

void
tamis_rule_forward_to_self(TamisFacts *facts)
{
    TamisForwardWalk walk = {.routes.policy = facts->policy};

    while (tamis_forward_next(&walk)) {
        TamisSlice targets = walk.action->targets;

        for (guint32 i = targets.first; i < targets.first + targets.n; i++)
            if (facts->target_mailboxes[i] == walk.routes.mailbox_index)
                report(facts, &walk, tamis_policy_target(facts->policy, i));
    }
}
