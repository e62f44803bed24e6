/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Two redirects to one address, the second in the same block or inside of it: it sends nothing, and whether the copy
 * stays depends on the server where only one of them has :copy. */
#include "lint/script-facts.h"

typedef struct {
    guint32 block;
    char *target;
    TamisSpan span;
} Seen;

static guint
hash_seen(gconstpointer key)
{
    const Seen *seen = key;

    return g_str_hash(seen->target) * 31 + seen->block;
}

static gboolean
equal_seen(gconstpointer a, gconstpointer b)
{
    const Seen *left = a, *right = b;

    return left->block == right->block && strcmp(left->target, right->target) == 0;
}

static void
free_seen(gpointer data)
{
    Seen *seen = data;

    g_free(seen->target);
    g_free(seen);
}

/* What went before, here or in a block around. */
static const Seen *
find(const TamisScriptFacts *facts, GHashTable *all, Seen key)
{
    for (;;) {
        const Seen *seen = g_hash_table_lookup(all, &key);

        if (seen != NULL || key.block == TAMIS_NO_COMMAND)
            return seen;
        key.block = tamis_script_command(facts, key.block)->block;
    }
}

void
tamis_script_rule_duplicate_target(const TamisScriptFacts *facts)
{
    g_autoptr(GHashTable) all = g_hash_table_new_full(hash_seen, equal_seen, free_seen, NULL);
    TamisSieveBound bound;

    for (guint i = 0; i < facts->commands->len; i++) {
        const TamisScriptCommand *command = tamis_script_command(facts, i);
        char *target = tamis_script_target(facts, command, &bound);
        if (target == NULL)
            continue;
        Seen key = {command->block, target, bound.parameters[0]->span};
        const Seen *first = find(facts, all, key);
        if (first == NULL) {
            g_hash_table_add(all, g_memdup2(&key, sizeof key));
            continue;
        }
        TamisDiagnostic *diagnostic =
            tamis_report_add(facts->report, key.span, TAMIS_RULE_DUPLICATE_TARGET,
                             "'%s' gets the message already", target);
        tamis_report_relate(facts->report, diagnostic, first->span, "it is forwarded to here");
        tamis_report_help(facts->report, diagnostic, "take one of them out");
        g_free(target);
    }
}
