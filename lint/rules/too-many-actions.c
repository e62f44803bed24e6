/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One message sets off more actions than the server runs. Where `targets` asks for many, the setting
 * that the server needs is needs-setting's; where the targets are too many, that is
 * too-many-targets. */
#include "lint/plain.h"
#include "lint/rules.h"

/* What the routes surely do: a folder or a reply that several have counts once. */
static guint32
count_surely(const TamisPolicy *policy, const TamisCrowd *crowd)
{
    g_autoptr(GHashTable) folders = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) targets = g_hash_table_new(NULL, NULL);
    gboolean replies = FALSE;

    for (guint i = 0; i < crowd->active->len; i++) {
        TamisSlice actions =
            tamis_policy_route(policy, g_array_index(crowd->active, guint32, i))->actions;

        for (guint32 j = actions.first; j < actions.first + actions.n; j++) {
            const TamisAction *action = tamis_policy_action(policy, j);
            TamisSlice slice = action->targets;

            if (action->kind == TAMIS_DO_KEEP)
                g_hash_table_add(folders, GUINT_TO_POINTER(action->text));
            replies |= action->kind == TAMIS_DO_REPLY;
            for (guint32 k = slice.first; !action->one_of && k < slice.first + slice.n; k++)
                g_hash_table_add(targets,
                                 GUINT_TO_POINTER(tamis_policy_target(policy, k)->address.key));
        }
    }
    return g_hash_table_size(folders) + g_hash_table_size(targets) + (replies ? 1 : 0);
}

static void
report(TamisFacts *facts, TamisRouteWalk at, const TamisCrowd *crowd)
{
    const TamisPolicy *policy = facts->policy;
    const TamisServer *server = facts->lint->server;
    TamisPlain plain = {.policy = policy, .to = TAMIS_INSTANT_MAX};
    gboolean proved = tamis_plain_demand_crowd(&plain, crowd) && tamis_plain_has_instant(&plain) &&
                      count_surely(policy, crowd) > server->max_actions;
    TamisDiagnostic *diagnostic = tamis_facts_find(
        facts, TAMIS_RULE_TOO_MANY_ACTIONS, at.mailbox->span, &at,
        "a message to '%s' %s set off %u actions, and the server '%s' runs %u",
        tamis_policy_text(policy, at.mailbox->address.text), proved ? "can" : "might",
        crowd->n_actions, server->name, server->max_actions);

    tamis_facts_judge(diagnostic, proved);
    tamis_report_help(facts->report, diagnostic,
                      "take out some of what is kept, replied or forwarded at once");
}

void
tamis_rule_too_many_actions(TamisFacts *facts)
{
    const TamisPolicy *policy = facts->policy;
    const TamisServer *server = facts->lint->server;
    TamisCrowdQuery query = {
        .as_of = facts->lint->as_of,
        .enough_targets = G_MAXUINT32,
        .enough_actions = server->max_actions,
        .by_actions = TRUE,
    };

    for (guint i = 0; i < policy->mailboxes->len && server->max_actions != 0; i++) {
        TamisRouteWalk at = {.mailbox = tamis_policy_mailbox(policy, i)};
        const TamisLimits *limits = TAMIS_AT(policy->limits, TamisLimits, at.mailbox->limits);
        TamisCrowd crowd;

        if (limits->targets_span.source != 0 && server->max_actions_setting != NULL)
            continue;
        tamis_crowd_of_mailbox(policy, at.mailbox, &query, &crowd);
        if (crowd.n_actions > server->max_actions &&
            (server->max_redirects == 0 || crowd.n_targets <= server->max_redirects))
            report(facts, at, &crowd);
        tamis_crowd_clear(&crowd);
    }
}
