/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Counts of a flow's actions. Guards that many targets share are one with a weight. */
#include "lint/counts.h"

#include "compiler/bound.h"

TamisCount *
tamis_count_new(void)
{
    TamisCount *count = g_new(TamisCount, 1);

    count->guards = g_array_new(FALSE, FALSE, sizeof(TamisFormula));
    count->weights = g_array_new(FALSE, FALSE, sizeof(guint32));
    return count;
}

void
tamis_count_free(TamisCount *count)
{
    if (count == NULL)
        return;
    g_array_unref(count->guards);
    g_array_unref(count->weights);
    g_free(count);
}

void
tamis_count_add(TamisCount *count, GHashTable *known, TamisFormula guard)
{
    guint index = GPOINTER_TO_UINT(g_hash_table_lookup(known, GUINT_TO_POINTER(guard)));
    guint32 once = 1;

    if (guard == TAMIS_FORMULA_FALSE)
        return;
    if (index != 0) {
        g_array_index(count->weights, guint32, index - 1)++;
        return;
    }
    g_array_append_val(count->guards, guard);
    g_array_append_val(count->weights, once);
    g_hash_table_insert(known, GUINT_TO_POINTER(guard), GUINT_TO_POINTER(count->guards->len));
}

TamisCount *
tamis_count_targets(const TamisFlow *flow)
{
    g_autoptr(GHashTable) known = g_hash_table_new(NULL, NULL);
    TamisCount *count = tamis_count_new();

    for (guint32 i = 0; i < flow->n_actions; i++)
        if (flow->actions[i].kind == TAMIS_FLOW_FORWARD)
            tamis_count_add(count, known, flow->actions[i].guard);
    return count;
}

gboolean
tamis_is_counted_action(const TamisFlowAction *action)
{
    return !action->is_implicit && tamis_flow_is_queued(action);
}

TamisCount *
tamis_count_actions(TamisFlowFacts *facts, const TamisFlow *flow)
{
    g_autoptr(GHashTable) known = g_hash_table_new(NULL, NULL);
    TamisCount *count = tamis_count_new();
    TamisFormula encrypted = TAMIS_FORMULA_FALSE;

    for (guint32 i = 0; i < flow->n_actions; i++) {
        const TamisFlowAction *action = &flow->actions[i];

        if (action->kind == TAMIS_FLOW_FORWARD && action->encryption != 0)
            encrypted = tamis_formulas_or2(facts->formulas, encrypted, action->guard);
        if (tamis_is_counted_action(action))
            tamis_count_add(count, known, action->guard);
    }
    for (guint32 i = 0; i < flow->n_actions; i++)
        if (flow->actions[i].kind == TAMIS_FLOW_KEEP && flow->actions[i].is_implicit)
            tamis_count_add(
                count, known,
                tamis_formulas_and2(facts->formulas, flow->actions[i].guard, encrypted));
    return count;
}

static void
maximize(TamisFlowFacts *facts, TamisFormula base, const TamisCount *count, guint64 stop_above,
         TamisMaximum *out)
{
    tamis_solver_maximum(facts->solver, base, (const TamisFormula *)count->guards->data,
                         (const guint32 *)count->weights->data, count->guards->len, stop_above,
                         out);
}

guint64
tamis_count_sum(const TamisCount *count)
{
    guint64 sum = 0;

    for (guint i = 0; i < count->weights->len; i++)
        sum += g_array_index(count->weights, guint32, i);
    return sum;
}

gboolean
tamis_count_passes(TamisFlowFacts *facts, TamisFormula base, const TamisCount *count, guint32 limit,
                   TamisMaximum *out_maximum)
{
    if (tamis_count_sum(count) <= limit)
        return FALSE;
    maximize(facts, base, count, limit, out_maximum);
    if (tamis_maximum_is_proved(out_maximum, limit) || out_maximum->bound > limit)
        return TRUE;
    tamis_maximum_clear(out_maximum);
    return FALSE;
}

gboolean
tamis_count_exceeds(TamisFlowFacts *facts, TamisFormula base, const TamisCount *count,
                    guint32 limit, TamisMaximum *out_maximum)
{
    if (!tamis_count_passes(facts, base, count, limit, out_maximum))
        return FALSE;
    /* It is too much: how much at most? */
    if (tamis_maximum_is_proved(out_maximum, limit)) {
        tamis_maximum_clear(out_maximum);
        maximize(facts, base, count, G_MAXUINT64, out_maximum);
    }
    out_maximum->bound = MIN(out_maximum->bound, tamis_count_sum(count));
    return TRUE;
}

const TamisFlowAction *
tamis_count_find_beyond(TamisFlowFacts *facts, const TamisFlow *flow, const TamisWitness *witness,
                        const char *to, TamisCounts counts, guint32 limit)
{
    g_autoptr(TamisMessage) message = NULL;
    g_autoptr(TamisEvaluation) evaluation = NULL;
    guint64 n = 0;

    if (witness == NULL)
        return NULL;
    evaluation = tamis_flow_evaluate(facts, flow, witness, to, &message);
    for (guint32 i = 0; i < flow->n_actions; i++)
        if (counts(&flow->actions[i]) &&
            tamis_evaluation_holds(evaluation, flow->actions[i].guard) && ++n > limit)
            return &flow->actions[i];
    return NULL;
}

gboolean
tamis_maximum_is_proved(const TamisMaximum *maximum, guint32 limit)
{
    return maximum->reached > limit && maximum->solution.verdict == TAMIS_VERDICT_WITNESS;
}

TamisEvaluation *
tamis_flow_evaluate(TamisFlowFacts *facts, const TamisFlow *flow, const TamisWitness *witness,
                    const char *to, TamisMessage **out_message)
{
    TamisDelivery delivery = tamis_witness_delivery(witness);
    TamisEvaluation *evaluation;

    delivery.envelope_to = to;
    *out_message = tamis_witness_to_message(witness);
    evaluation = tamis_evaluation_new(facts->formulas, facts->policy, flow, *out_message, &delivery,
                                      tamis_site_get_zone(facts->site),
                                      tamis_site_get_delimiter(facts->site));
    for (guint i = 0; i < witness->n_choices; i++)
        tamis_evaluation_assume(evaluation, witness->choices[i].atom, witness->choices[i].holds);
    return evaluation;
}

TamisFormula
tamis_count_of_message(TamisFlowFacts *facts, const TamisCount *count,
                       const TamisSolution *solution, const char *to)
{
    const TamisFlow no_flow = {NULL};
    g_autoptr(GArray) held = g_array_new(FALSE, FALSE, sizeof(TamisFormula));
    g_autoptr(TamisMessage) message = NULL;
    g_autoptr(TamisEvaluation) evaluation = NULL;

    if (solution->witness == NULL)
        return TAMIS_FORMULA_TRUE;
    evaluation = tamis_flow_evaluate(facts, &no_flow, solution->witness, to, &message);
    for (guint i = 0; i < count->guards->len; i++) {
        TamisFormula guard = g_array_index(count->guards, TamisFormula, i);

        if (tamis_evaluation_holds(evaluation, guard))
            g_array_append_val(held, guard);
    }
    return tamis_formulas_and(facts->formulas, (TamisFormula *)held->data, held->len);
}

/* Limits ---------------------------------------------------------------------------------------- */

TamisTargetLimit
tamis_target_limit(const TamisFlowFacts *facts, guint32 mailbox)
{
    const TamisServer *server = tamis_site_get_server(facts->site);
    TamisTargetLimit limit = {server->max_redirects != 0 ? server->max_redirects : G_MAXUINT32,
                              FALSE, TAMIS_NO_SPAN};
    gboolean is_hard = server->max_redirects != 0 && server->max_redirects_setting == NULL;
    const TamisLimits *said;

    if (facts->policy == NULL)
        return limit;
    said = TAMIS_AT(facts->policy->limits, TamisLimits,
                    tamis_policy_mailbox(facts->policy, mailbox)->limits);
    if (said->targets_span.source != 0 && !(is_hard && said->targets > server->max_redirects))
        limit = (TamisTargetLimit){said->targets, TRUE, said->targets_span};
    return limit;
}

gboolean
tamis_count_is_plainly_within(const TamisFlowFacts *facts, guint32 mailbox, guint32 max_targets,
                              guint32 max_actions)
{
    TamisCrowdQuery query = {
        .as_of = facts->as_of,
        .enough_targets = max_targets,
        .enough_actions = max_actions,
    };
    TamisCrowd crowd;

    if (facts->policy == NULL)
        return FALSE;
    tamis_crowd_of_mailbox(facts->policy, tamis_policy_mailbox(facts->policy, mailbox), &query,
                           &crowd);
    tamis_crowd_clear(&crowd);
    return crowd.n_targets <= max_targets && crowd.n_actions <= max_actions;
}
