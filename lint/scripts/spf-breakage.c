/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Mail that leaves the site with its original envelope sender. Where it is not known which domains are the
 * site's own, that of the mailbox is taken for one; without a mailbox every target counts. */
#include "lint/script-facts.h"

static gboolean
is_inside(const TamisScriptLint *lint, const char *domain)
{
    const char *own = lint->mailbox != NULL ? strrchr(lint->mailbox, '@') : NULL;

    if (own != NULL && g_ascii_strcasecmp(own + 1, domain) == 0)
        return TRUE;
    for (guint i = 0; lint->domains != NULL && lint->domains[i] != NULL; i++)
        if (strcmp(lint->domains[i], domain) == 0)
            return TRUE;
    return FALSE;
}

void
tamis_script_rule_spf_breakage(const TamisScriptFacts *facts)
{
    TamisSieveBound bound;

    for (guint i = 0; i < facts->commands->len; i++) {
        g_autofree char *target =
            tamis_script_target(facts, tamis_script_command(facts, i), &bound);
        if (target == NULL || is_inside(facts->lint, strrchr(target, '@') + 1))
            continue;
        TamisDiagnostic *diagnostic =
            tamis_report_add(facts->report, bound.parameters[0]->span, TAMIS_RULE_SPF_BREAKAGE,
                             "'%s' gets the message with its original envelope sender", target);
        tamis_report_help(facts->report, diagnostic,
                          "let the server rewrite the sender of what it forwards");
    }
}
