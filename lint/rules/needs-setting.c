/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What `targets` allows is more than the server takes by default: the settings that raise it, once
 * for each `limits` that says so. Extensions that need a setting are named by the compiler. */
#include "lint/rules.h"

#include "compiler/bound.h"

/* The most that mailboxes with one `limits` set off. */
typedef struct {
    guint32 n_targets, n_actions;
} Need;

static void
report(TamisFacts *facts, const TamisLimits *limits, const char *setting, guint32 needed,
       guint32 taken, const char *what)
{
    TamisDiagnostic *diagnostic;

    if (setting == NULL || taken == 0 || needed <= taken)
        return;
    diagnostic = tamis_facts_find(facts, TAMIS_RULE_NEEDS_SETTING, limits->targets_span, NULL,
                                  "one message may set off %u %s, and the server '%s' takes %u by "
                                  "default",
                                  needed, what, facts->lint->server->name, taken);
    tamis_report_help(facts->report, diagnostic, "set on the server: %s = %u", setting, needed);
}

void
tamis_rule_needs_setting(TamisFacts *facts)
{
    const TamisPolicy *policy = facts->policy;
    const TamisServer *server = facts->lint->server;
    TamisCrowdQuery query = {
        .as_of = facts->lint->as_of,
        .enough_targets = server->max_redirects != 0 ? server->max_redirects : G_MAXUINT32,
        .enough_actions = server->max_actions != 0 ? server->max_actions : G_MAXUINT32,
    };
    g_autofree Need *needs = g_new0(Need, policy->limits->len);

    for (guint i = 0; i < policy->mailboxes->len; i++) {
        const TamisMailbox *mailbox = tamis_policy_mailbox(policy, i);
        const TamisLimits *limits = TAMIS_AT(policy->limits, TamisLimits, mailbox->limits);
        Need *need = &needs[mailbox->limits];
        TamisCrowd crowd;

        if (limits->targets_span.source == 0)
            continue;
        tamis_crowd_of_mailbox(policy, mailbox, &query, &crowd);
        /* Above its own limit it is too-many-targets. */
        if (crowd.n_targets <= limits->targets) {
            need->n_targets = MAX(need->n_targets, crowd.n_targets);
            need->n_actions = MAX(need->n_actions, crowd.n_actions);
        }
        tamis_crowd_clear(&crowd);
    }
    for (guint i = 0; i < policy->limits->len; i++) {
        const TamisLimits *limits = TAMIS_AT(policy->limits, TamisLimits, i);

        report(facts, limits, server->max_redirects_setting, needs[i].n_targets,
               server->max_redirects, "redirects");
        report(facts, limits, server->max_actions_setting, needs[i].n_actions, server->max_actions,
               "actions");
    }
}
