/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Mail that is forwarded outside with the original envelope sender, which every redirect keeps
 * unless the server rewrites it. Once a forward, at its first target outside; of one that all rows of a table have,
 * at the first row. */
#include "lint/rules.h"

#include "lint/pair.h"

/* A forward that rows share; those that an exception names are told apart. */
typedef struct {
    guint finding;  /* index */
    TamisSpan span; /* of the forward */
    guint n_more;   /* rows */
} Shared;

static const TamisTarget *
find_outside(const TamisFacts *facts, TamisSlice targets)
{
    for (guint32 i = targets.first; i < targets.first + targets.n; i++)
        if (facts->target_externals[i])
            return tamis_policy_target(facts->policy, i);
    return NULL;
}

static void
report(TamisFacts *facts, const TamisForwardWalk *walk, const TamisTarget *target)
{
    TamisDiagnostic *diagnostic =
        tamis_facts_find(facts, TAMIS_RULE_SPF_BREAKAGE, target->span, &walk->routes,
                         "'%s' is outside, and gets the message with its original envelope sender",
                         tamis_policy_text(facts->policy, target->address.text));

    tamis_report_help(facts->report, diagnostic,
                      "let the server rewrite the sender of what it forwards, then say "
                      "'allow spf-breakage'");
}

/* told: by the forward's place. */
static void
look_at_row(TamisFacts *facts, GHashTable *told, const TamisForwardWalk *walk,
            const TamisTarget *target)
{
    gboolean silenced = tamis_exceptions_silence(facts->exceptions, TAMIS_RULE_SPF_BREAKAGE,
                                                 walk->routes.mailbox->address.key);
    TamisSpan span = walk->action->span;
    gpointer key = tamis_pair(span.source * 2 + silenced, span.offset);
    Shared *shared = g_hash_table_lookup(told, key);

    if (shared != NULL) {
        shared->n_more++;
        return;
    }
    shared = g_new0(Shared, 1);
    shared->finding = tamis_report_count(facts->report);
    shared->span = span;
    report(facts, walk, target);
    g_hash_table_insert(told, key, shared);
}

static void
tell_more(gpointer key, gpointer value, gpointer data)
{
    const Shared *shared = value;
    TamisFacts *facts = data;

    if (shared->n_more > 0)
        tamis_report_relate(facts->report, tamis_report_get(facts->report, shared->finding),
                            shared->span, "this forward does so for %u more %s of the table",
                            shared->n_more, shared->n_more == 1 ? "row" : "rows");
}

void
tamis_rule_spf_breakage(TamisFacts *facts)
{
    TamisForwardWalk walk = {.routes.policy = facts->policy};
    g_autoptr(GHashTable) told = g_hash_table_new_full(tamis_pair_hash, NULL, NULL, g_free);

    while (tamis_forward_next(&walk)) {
        const TamisTarget *target = find_outside(facts, walk.action->targets);

        if (target == NULL || !tamis_route_has_future(facts, walk.routes.route))
            continue;
        if (walk.routes.mailbox->row.source != 0)
            look_at_row(facts, told, &walk, target);
        else
            report(facts, &walk, target);
    }
    g_hash_table_foreach(told, tell_more, facts);
}
