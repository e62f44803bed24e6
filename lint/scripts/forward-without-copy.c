/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A redirect that takes the only copy away: without :copy, and with nothing beside it that keeps one. Tests
 * are not looked at: what keeps a copy counts when it is in the redirect's block or one around it. */
#include "lint/script-facts.h"

/* Whether the command leaves a copy in the account whenever it is reached. */
static gboolean
keeps_copy(const TamisScriptCommand *command)
{
    return command->word->id == TAMIS_WORD_KEEP || command->word->id == TAMIS_WORD_FILEINTO ||
           command->word->id == TAMIS_WORD_SNOOZE;
}

/* Whether block is the one that index is in, or one around that. */
static gboolean
is_around(const TamisScriptFacts *facts, guint32 block, guint32 index)
{
    for (;;) {
        guint32 own = tamis_script_command(facts, index)->block;
        if (own == block)
            return TRUE;
        if (own == TAMIS_NO_COMMAND)
            return FALSE;
        index = own;
    }
}

static gboolean
is_inside(const TamisScriptLint *lint, const char *target)
{
    const char *domain = strrchr(target, '@') + 1;

    for (guint i = 0; lint->domains != NULL && lint->domains[i] != NULL; i++)
        if (strcmp(lint->domains[i], domain) == 0)
            return TRUE;
    return FALSE;
}

void
tamis_script_rule_forward_without_copy(const TamisScriptFacts *facts)
{
    g_autoptr(GArray) keepers = g_array_new(FALSE, FALSE, sizeof(guint32));
    TamisSieveBound bound;

    for (guint32 i = 0; i < facts->commands->len; i++)
        if (keeps_copy(tamis_script_command(facts, i)))
            g_array_append_val(keepers, tamis_script_command(facts, i)->block);
    for (guint32 i = 0; i < facts->commands->len; i++) {
        const TamisScriptCommand *command = tamis_script_command(facts, i);
        gboolean is_kept = FALSE;
        g_autofree char *target = tamis_script_target(facts, command, &bound);
        if (target == NULL || tamis_sieve_bound_tag(&bound, TAMIS_TAG_COPY) != NULL ||
            is_inside(facts->lint, target))
            continue;
        for (guint j = 0; j < keepers->len && !is_kept; j++)
            is_kept = is_around(facts, g_array_index(keepers, guint32, j), i);
        if (is_kept)
            continue;
        TamisDiagnostic *diagnostic =
            tamis_report_add(facts->report, tamis_sieve_command_name_span(command->command),
                             TAMIS_RULE_FORWARD_WITHOUT_COPY,
                             "the only copy of the message leaves for '%s'", target);
        tamis_report_help(facts->report, diagnostic, "write 'redirect :copy', or 'keep' beside it");
    }
}
