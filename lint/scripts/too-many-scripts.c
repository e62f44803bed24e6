/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A script whose parts are more scripts of the mailbox than the server keeps for it. */
#include "lint/script-facts.h"

/* The name of a script of the same mailbox; NULL: the command includes none, or one that only a run knows. */
static const TamisSieveString *
included(const TamisScriptFacts *facts, const TamisScriptCommand *command)
{
    TamisSieveBound bound;

    if (command->word->id != TAMIS_WORD_INCLUDE || !tamis_script_bind(command, &bound) ||
        tamis_sieve_bound_tag(&bound, TAMIS_TAG_GLOBAL) != NULL)
        return NULL;
    return tamis_script_constant(facts, bound.parameters[0]);
}

static void
report(const TamisScriptFacts *facts, const TamisSieveString *name, guint n_scripts)
{
    const TamisServer *server = facts->lint->server;
    TamisDiagnostic *diagnostic = tamis_report_add(
        facts->report, name->span, TAMIS_RULE_TOO_MANY_SCRIPTS,
        "with what it includes this is %u scripts of one mailbox, and the server '%s' "
        "keeps %u",
        n_scripts, server->name, server->max_scripts);

    tamis_report_help(facts->report, diagnostic,
                      "join some of them, or include ':global' ones, which do not count");
}

void
tamis_script_rule_too_many_scripts(const TamisScriptFacts *facts)
{
    g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const TamisSieveString *first_beyond = NULL;
    guint32 max_scripts = facts->lint->server->max_scripts;

    for (guint i = 0; i < facts->commands->len && max_scripts != 0; i++) {
        const TamisSieveString *name = included(facts, tamis_script_command(facts, i));

        if (name != NULL && g_hash_table_add(names, g_strndup(name->text, name->length_bytes)) &&
            g_hash_table_size(names) == max_scripts)
            first_beyond = name;
    }
    if (first_beyond != NULL)
        report(facts, first_beyond, g_hash_table_size(names) + 1);
}
