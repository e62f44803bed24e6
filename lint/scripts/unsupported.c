/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A pattern that the server takes for another one. */
#include "lint/facts.h"
#include "lint/script-globs.h"

static void
report(const TamisScriptFacts *facts, const TamisSieveString *glob, gboolean crashes)
{
    TamisDiagnostic *diagnostic;

    if (crashes)
        return;
    diagnostic = tamis_report_add(facts->report, glob->span, TAMIS_RULE_UNSUPPORTED,
                                  "the server '%s' takes the pattern '%.*s' for another one: it "
                                  "gets '?' and '*' wrong together",
                                  facts->lint->server->name, (int)glob->length_bytes, glob->text);
    /* The script runs, and does something. */
    tamis_facts_judge(diagnostic, FALSE);
    tamis_report_help(facts->report, diagnostic,
                      "leave the '?' out, or say it by ':regex', where '.' is one octet");
}

void
tamis_script_rule_unsupported(const TamisScriptFacts *facts)
{
    tamis_script_globs_find(facts, report);
}
