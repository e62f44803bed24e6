/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A script of a known mailbox that forwards to that mailbox, or to a subaddress of it. */
#include "lint/script-facts.h"

/* Whether the target is the mailbox, with or without something behind a '+'. */
static gboolean
is_self(const char *target, const char *mailbox)
{
    const char *target_at = strrchr(target, '@');
    const char *mailbox_at = strrchr(mailbox, '@');

    if (mailbox_at == NULL || g_ascii_strcasecmp(target_at, mailbox_at) != 0)
        return FALSE;
    gsize length = (gsize)(mailbox_at - mailbox);
    return (gsize)(target_at - target) >= length &&
           g_ascii_strncasecmp(target, mailbox, length) == 0 &&
           (target[length] == '@' || target[length] == '+');
}

void
tamis_script_rule_forward_to_self(const TamisScriptFacts *facts)
{
    const char *mailbox = facts->lint->mailbox;
    TamisSieveBound bound;

    for (guint i = 0; mailbox != NULL && i < facts->commands->len; i++) {
        g_autofree char *target =
            tamis_script_target(facts, tamis_script_command(facts, i), &bound);
        if (target == NULL || !is_self(target, mailbox))
            continue;
        TamisDiagnostic *diagnostic =
            tamis_report_add(facts->report, bound.parameters[0]->span, TAMIS_RULE_FORWARD_TO_SELF,
                             "'%s' forwards to itself", mailbox);
        tamis_report_blame(facts->report, diagnostic, mailbox, NULL);
        tamis_report_help(facts->report, diagnostic, "write 'keep' where the message is to stay");
    }
}
