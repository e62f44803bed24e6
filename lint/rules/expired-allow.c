/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An exception that has run out, and so suppresses nothing any more. */
#include "lint/rules.h"

#include "base/catalogue.h"

void
tamis_rule_expired_allow(TamisFacts *facts)
{
    for (guint i = 0; i < facts->policy->allows->len; i++) {
        const TamisAllow *allow = TAMIS_AT(facts->policy->allows, TamisAllow, i);
        TamisDiagnostic *diagnostic;

        if (!allow->has_until || allow->until_end > facts->lint->as_of)
            continue;
        diagnostic = tamis_facts_find(facts, TAMIS_RULE_EXPIRED_ALLOW, allow->span, NULL,
                                      "the exception for '%s' ran out on %04d-%02u-%02u",
                                      tamis_catalogue_get(allow->rule)->slug, allow->until.year,
                                      allow->until.month, allow->until.day);
        tamis_report_help(facts->report, diagnostic,
                          "take it out, or let it run longer if its reason still holds");
    }
}
