/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The scripts of an earlier compile are good for less than 90 more days, as its manifest says. */
#include "lint/rules.h"

#define DUE_DAYS 90

void
tamis_rule_rebuild_due(TamisFacts *facts)
{
    const TamisPolicy *policy = facts->policy;
    const TamisManifest *manifest = facts->lint->manifest;
    g_autofree char *end = NULL;
    TamisDiagnostic *diagnostic;

    if (manifest == NULL || manifest->good_until == TAMIS_INSTANT_MAX ||
        manifest->good_until - facts->lint->as_of >= (gint64)DUE_DAYS * 86400)
        return;
    end = tamis_instant_to_string(manifest->good_until, policy->zone);
    diagnostic = tamis_facts_find(facts, TAMIS_RULE_REBUILD_DUE, policy->organization_span, NULL,
                                  manifest->good_until <= facts->lint->as_of
                                      ? "the compiled scripts were good until %s"
                                      : "the compiled scripts are good until %s only",
                                  end);
    tamis_report_help(facts->report, diagnostic, "compile and deploy them again");
}
