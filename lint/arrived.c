/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Guards are carried back over what the script itself changed before them. */
#include "lint/arrived.h"

/* Each test is rewritten over all changes before it: of scripts with more, tests behind them stay open. */
#define MAX_CHANGES 1000

static void
free_flow(gpointer data)
{
    TamisFlow *flow = data;

    g_free(flow->actions);
    g_free(flow->places);
    g_free(flow);
}

static TamisFlow *
carry_flow(TamisFlowFacts *facts, const TamisFlow *raw)
{
    TamisFlow *flow = g_memdup2(raw, sizeof *raw);
    const TamisStop *start = tamis_carry_start(facts->carry);

    flow->actions = g_memdup2(raw->actions, raw->n_actions * sizeof *raw->actions);
    flow->places = g_memdup2(raw->places, raw->n_places * sizeof *raw->places);
    for (guint32 i = 0; i < flow->n_actions; i++)
        flow->actions[i].guard = tamis_carry_guard(facts->carry, start, raw, raw->actions[i].guard);
    for (guint32 i = 0; i < flow->n_places; i++)
        flow->places[i].guard = tamis_carry_guard(facts->carry, start, raw, raw->places[i].guard);
    return flow;
}

const TamisFlow *
tamis_flow_as_arrived(TamisFlowFacts *facts, guint32 mailbox)
{
    const TamisFlow *raw = tamis_site_get_flow(facts->site, mailbox);
    TamisFlow *flow;

    /* The conditions of a policy all are about that message. */
    if (facts->policy != NULL || raw->n_changes == 0 || raw->n_changes > MAX_CHANGES)
        return raw;
    if (facts->arrived == NULL)
        facts->arrived = g_hash_table_new_full(NULL, NULL, NULL, free_flow);
    flow = g_hash_table_lookup(facts->arrived, GUINT_TO_POINTER(mailbox));
    if (flow == NULL) {
        flow = carry_flow(facts, raw);
        g_hash_table_insert(facts->arrived, GUINT_TO_POINTER(mailbox), flow);
    }
    return flow;
}
