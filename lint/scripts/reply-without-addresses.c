/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A vacation that names no addresses beside the mailbox's own. */
#include "lint/script-facts.h"

void
tamis_script_rule_reply_without_addresses(const TamisScriptFacts *facts)
{
    TamisSieveBound bound;

    for (guint i = 0; i < facts->commands->len; i++) {
        const TamisScriptCommand *command = tamis_script_command(facts, i);
        if (command->word->id != TAMIS_WORD_VACATION || command->is_off ||
            !tamis_script_bind(command, &bound) ||
            tamis_sieve_bound_tag(&bound, TAMIS_TAG_ADDRESSES) != NULL)
            continue;
        TamisDiagnostic *diagnostic =
            tamis_report_add(facts->report, tamis_sieve_command_name_span(command->command),
                             TAMIS_RULE_REPLY_WITHOUT_ADDRESSES, "mail to an alias gets no reply");
        tamis_report_help(facts->report, diagnostic,
                          "write ':addresses' with every address that the mailbox has");
    }
}
