/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A definition, a parameter or an import that is good for nothing, and a rule that forwards of nobody meet. What
 * counts as a use is the resolver's to say. */
#include "lint/membership.h"
#include "lint/rules.h"

/* One mailbox that is there is enough: a rule may be about others that are to come. */
static void
look_at_rule(TamisFacts *facts, const char *word, TamisString title, TamisSpan span,
             const TamisParty *from)
{
    const TamisPolicy *policy = facts->policy;
    g_auto(TamisMembership) membership = {0};
    TamisDiagnostic *diagnostic;

    tamis_membership_init(&membership, policy, from);
    if (membership.n_unknown == 0 || membership.n_unknown < from->addresses.n ||
        from->domains.n > 0)
        return;
    diagnostic = tamis_facts_find(
        facts, TAMIS_RULE_UNUSED_NAME, span, NULL, "'%s' %ss something from '%s'%s of the policy",
        tamis_policy_text(policy, title), word, tamis_policy_text(policy, membership.unknown),
        membership.n_unknown > 1 ? " and others, which are no mailboxes" : ", which is no mailbox");
    tamis_report_help(facts->report, diagnostic,
                      "name a mailbox, by its address or by an alias of it");
}

static void
look_at_rules(TamisFacts *facts)
{
    const TamisPolicy *policy = facts->policy;

    for (guint i = 0; i < policy->forbids->len; i++) {
        const TamisForbid *forbid = TAMIS_AT(policy->forbids, TamisForbid, i);

        look_at_rule(facts, "forbid", forbid->title, forbid->span, &forbid->from);
    }
    for (guint i = 0; i < policy->requires->len; i++) {
        const TamisRequire *require = TAMIS_AT(policy->requires, TamisRequire, i);

        look_at_rule(facts, "require", require->title, require->span, &require->from);
    }
}

static void
look_at_definitions(TamisFacts *facts)
{
    static const struct {
        const char *what, *fault;
    } words[] = {
        [TAMIS_DEFINES_GROUP] = {"group", "is never used"},
        [TAMIS_DEFINES_HOURS] = {"hours", "are never used"},
        [TAMIS_DEFINES_CONDITION] = {"condition", "is never used"},
        [TAMIS_DEFINES_ENCRYPTION] = {"encryption", "is never used"},
        [TAMIS_DEFINES_TEMPLATE] = {"template", "is never used"},
        [TAMIS_DEFINES_PARAMETER] = {"parameter", "is never used in its template"},
        [TAMIS_DEFINES_IMPORT] = {"import", "brings nothing that is used"},
    };

    for (guint i = 0; i < facts->policy->definitions->len; i++) {
        const TamisDefinition *definition =
            TAMIS_AT(facts->policy->definitions, TamisDefinition, i);
        TamisDiagnostic *diagnostic;

        if (definition->used)
            continue;
        diagnostic = tamis_facts_find(facts, TAMIS_RULE_UNUSED_NAME, definition->span, NULL,
                                      "%s '%s' %s", words[definition->kind].what,
                                      tamis_policy_text(facts->policy, definition->name),
                                      words[definition->kind].fault);
        tamis_report_help(facts->report, diagnostic, "take it out");
    }
}

void
tamis_rule_unused_name(TamisFacts *facts)
{
    look_at_definitions(facts);
    look_at_rules(facts);
}
