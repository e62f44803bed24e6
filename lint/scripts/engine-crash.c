/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A pattern on which the server breaks off a delivery. */
#include "lint/script-globs.h"

static void
report(const TamisScriptFacts *facts, const TamisSieveString *glob, gboolean crashes)
{
    TamisDiagnostic *diagnostic;

    if (!crashes)
        return;
    diagnostic = tamis_report_add(facts->report, glob->span, TAMIS_RULE_ENGINE_CRASH,
                                  "with 'variables', the pattern '%.*s' crashes the delivery of a "
                                  "message whose text is too short for it",
                                  (int)glob->length_bytes, glob->text);
    tamis_report_help(facts->report, diagnostic,
                      "leave the '?' out, or say it by ':regex', where '.' is one octet");
}

void
tamis_script_rule_engine_crash(const TamisScriptFacts *facts)
{
    tamis_script_globs_find(facts, report);
}
