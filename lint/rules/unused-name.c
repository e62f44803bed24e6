/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A definition, a parameter or an import that is good for nothing. What counts as a use is the
 * resolver's to say. */
#include "lint/rules.h"

void
tamis_rule_unused_name(TamisFacts *facts)
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
