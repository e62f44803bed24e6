/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An exception that suppresses nothing. Runs after all that could be suppressed; one that has run
 * out is expired-allow's. */
#include "lint/rules.h"

#include "base/catalogue.h"

void
tamis_rule_stale_allow(TamisFacts *facts)
{
    for (guint i = 0; i < facts->policy->allows->len; i++) {
        const TamisAllow *allow = TAMIS_AT(facts->policy->allows, TamisAllow, i);
        TamisDiagnostic *diagnostic;

        if (tamis_exceptions_is_used(facts->exceptions, i) ||
            (allow->has_until && allow->until_end <= facts->lint->as_of))
            continue;
        diagnostic = tamis_facts_find(facts, TAMIS_RULE_STALE_ALLOW, allow->span, NULL,
                                      "the exception for '%s' suppresses nothing",
                                      tamis_catalogue_get(allow->rule)->slug);
        tamis_report_help(facts->report, diagnostic, "take it out");
    }
}
