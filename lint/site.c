/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Runs the rules over flows on a site of scripts. */
#include "lint/site.h"

#include "lint/flows.h"

void
tamis_lint_site(TamisSite *site, TamisInstant as_of, TamisReport *report)
{
    g_autoptr(TamisFlowFacts) facts = tamis_flow_facts_new(site, NULL, report, as_of);

    tamis_flow_rules_run(facts);
}
