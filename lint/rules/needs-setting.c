/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What `targets` allows is more than the server takes by default: the settings that raise it, once
 * for each `limits` that says so. Extensions that need a setting are named by the compiler. */
#include "lint/rules.h"

#include "compiler/bound.h"
#include "lint/counts.h"

/* The most that mailboxes with one `limits` set off. */
typedef struct {
    guint64 n_targets, n_actions;
} Need;

typedef struct {
    TamisFacts *facts;
    TamisSite *site; /* made for the first mailbox that has to be looked at closely */
    TamisFlowFacts *flow_facts;
} Measure;

static void
report(TamisFacts *facts, const TamisLimits *limits, const char *setting, guint64 needed,
       guint32 taken, const char *what)
{
    TamisDiagnostic *diagnostic;

    if (setting == NULL || taken == 0 || needed <= taken)
        return;
    diagnostic = tamis_facts_find(facts, TAMIS_RULE_NEEDS_SETTING, limits->targets_span, NULL,
                                  "one message may set off %" G_GUINT64_FORMAT
                                  " %s, and the server '%s' takes %u by default",
                                  needed, what, facts->lint->server->name, taken);
    tamis_report_help(facts->report, diagnostic, "set on the server: %s = %" G_GUINT64_FORMAT,
                      setting, needed);
}

static TamisFlowFacts *
get_flow_facts(Measure *measure)
{
    TamisFacts *facts = measure->facts;

    if (measure->site == NULL) {
        measure->site = tamis_site_new_policy(facts->policy, facts->lint->server);
        measure->flow_facts =
            tamis_flow_facts_new(measure->site, facts, facts->report, facts->lint->as_of);
    }
    return measure->flow_facts;
}

/* The most that one message reaches, or what it cannot pass; 0: what the server takes is enough. */
static guint64
count_most(TamisFlowFacts *facts, guint32 mailbox, const TamisCount *count, guint32 taken)
{
    g_auto(TamisMaximum) maximum = {0};

    if (taken == 0 ||
        !tamis_count_exceeds(facts, tamis_flow_base(facts, mailbox), count, taken, &maximum))
        return 0;
    return maximum.bound;
}

static void
look_closely(Measure *measure, guint32 mailbox, guint32 limit, Need *need)
{
    TamisFlowFacts *facts = get_flow_facts(measure);
    const TamisServer *server = measure->facts->lint->server;
    const TamisFlow *flow = tamis_site_get_flow(measure->site, mailbox);
    g_autoptr(TamisCount) targets = tamis_count_targets(flow);
    g_autoptr(TamisCount) actions = tamis_count_actions(facts, flow);
    guint64 n_targets = count_most(facts, mailbox, targets, server->max_redirects);

    if (n_targets > limit) /* that is too-many-targets */
        return;
    need->n_targets = MAX(need->n_targets, n_targets);
    need->n_actions =
        MAX(need->n_actions, count_most(facts, mailbox, actions, server->max_actions));
}

static void
look(Measure *measure, guint32 index, Need *needs)
{
    const TamisPolicy *policy = measure->facts->policy;
    const TamisServer *server = measure->facts->lint->server;
    const TamisMailbox *mailbox = tamis_policy_mailbox(policy, index);
    const TamisLimits *limits = TAMIS_AT(policy->limits, TamisLimits, mailbox->limits);
    Need *need = &needs[mailbox->limits];
    TamisCrowdQuery query = {
        .as_of = measure->facts->lint->as_of,
        .enough_targets = (guint32)MAX(
            server->max_redirects != 0 ? server->max_redirects : G_MAXUINT32, need->n_targets),
        .enough_actions = (guint32)MAX(server->max_actions != 0 ? server->max_actions : G_MAXUINT32,
                                       need->n_actions),
    };
    TamisCrowd crowd;

    if (limits->targets_span.source == 0)
        return;
    tamis_crowd_of_mailbox(policy, mailbox, &query, &crowd);
    if (crowd.n_targets > query.enough_targets || crowd.n_actions > query.enough_actions)
        look_closely(measure, index, limits->targets, need);
    tamis_crowd_clear(&crowd);
}

void
tamis_rule_needs_setting(TamisFacts *facts)
{
    const TamisPolicy *policy = facts->policy;
    const TamisServer *server = facts->lint->server;
    Measure measure = {facts, NULL, NULL};
    g_autofree Need *needs = g_new0(Need, policy->limits->len);

    for (guint i = 0; i < policy->mailboxes->len; i++)
        look(&measure, i, needs);
    for (guint i = 0; i < policy->limits->len; i++) {
        const TamisLimits *limits = TAMIS_AT(policy->limits, TamisLimits, i);

        report(facts, limits, server->max_redirects_setting, needs[i].n_targets,
               server->max_redirects, "redirects");
        report(facts, limits, server->max_actions_setting, needs[i].n_actions, server->max_actions,
               "actions");
    }
    g_clear_pointer(&measure.flow_facts, tamis_flow_facts_free);
    g_clear_pointer(&measure.site, tamis_site_free);
}
