/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * From each leg on the message waits until a turn changes, and tries again. Setting out is tried later too: hours may
 * end while it waits. */
#include "lint/itinerary.h"

#include "model/share.h"

/* Times that a leg is tried on one way, how long a message waits for one, and when it sets out at the latest. */
enum {
    MAX_TRIES = 20000,
    MAX_WAIT_S = 2 * 86400,
    LATER_S = 3600,
    MAX_LATER = 8 * 24,
};

typedef struct {
    TamisFlowFacts *facts;
    const TamisWitness *witness;
    guint n_tries;
} Travel;

static gboolean
is_share(const TamisFlowFacts *facts, TamisFormula formula)
{
    return tamis_formulas_kind(facts->formulas, formula) == TAMIS_FORMULA_ATOM &&
           tamis_formulas_get_atom(facts->formulas, formula)->kind == TAMIS_ATOM_SHARE;
}

/* The turns that a guard asks for, each once. Caller frees. */
static GArray *
collect_shares(const TamisFlowFacts *facts, TamisFormula guard)
{
    GArray *shares = g_array_new(FALSE, FALSE, sizeof(TamisFormula));
    g_autoptr(GArray) parts = tamis_formulas_collect_parts(facts->formulas, guard);

    for (guint i = 0; i < parts->len; i++) {
        TamisFormula part = g_array_index(parts, TamisFormula, i);

        if (is_share(facts, part))
            g_array_append_val(shares, part);
    }
    return shares;
}

/* The first instant after this one that is start_s seconds into a period. */
static TamisInstant
next_start(TamisInstant instant, gint64 period_s, gint64 start_s)
{
    gint64 since_s = (((instant - start_s) % period_s) + period_s) % period_s;

    return instant + period_s - since_s;
}

/* When it is the turn of somebody else than at this instant. */
static TamisInstant
next_turn(const TamisFlowFacts *facts, const GArray *shares, TamisInstant instant)
{
    TamisInstant next = G_MAXINT64;

    for (guint i = 0; i < shares->len; i++) {
        const TamisAtom *atom =
            tamis_formulas_get_atom(facts->formulas, g_array_index(shares, TamisFormula, i));
        guint32 n = (guint32)atom->number;
        gint64 period_s = tamis_share_period_s(n);

        next = MIN(next, next_start(instant, period_s, tamis_share_start_s(n, atom->member)));
        next = MIN(next, next_start(instant, period_s, tamis_share_start_s(n, atom->member + 1)));
    }
    return next;
}

/* The message that is sent on at this instant; NULL: none is. */
static TamisMessage *
send_at(Travel *travel, const TamisLeg *leg, TamisMessage *message, TamisInstant instant)
{
    TamisFlowFacts *facts = travel->facts;
    TamisDelivery delivery = tamis_witness_delivery(travel->witness);
    g_autoptr(TamisEvaluation) evaluation = NULL;

    travel->n_tries++;
    delivery.envelope_to = leg->to;
    delivery.instant = instant;
    evaluation = tamis_evaluation_new(facts->formulas, facts->policy, leg->flow, message, &delivery,
                                      tamis_site_get_zone(facts->site),
                                      tamis_site_get_delimiter(facts->site));
    for (guint i = 0; i < travel->witness->n_choices; i++) {
        TamisWitnessChoice choice = travel->witness->choices[i];

        if (!is_share(facts, choice.atom))
            tamis_evaluation_assume(evaluation, choice.atom, choice.holds);
    }
    if (!tamis_evaluation_holds(evaluation, leg->action->guard))
        return NULL;
    return tamis_message_copy(tamis_evaluation_message(evaluation, leg->action->version));
}

/* … at this instant or as soon as it can be; *instant is then when. */
static TamisMessage *
send_from(Travel *travel, const TamisLeg *leg, TamisMessage *message, TamisInstant *instant)
{
    TamisMessage *sent = send_at(travel, leg, message, *instant);
    g_autoptr(GArray) shares = NULL;
    TamisInstant last = *instant + MAX_WAIT_S;

    if (sent != NULL)
        return sent;
    shares = collect_shares(travel->facts, leg->action->guard);
    while (sent == NULL && travel->n_tries < MAX_TRIES) {
        TamisInstant next = next_turn(travel->facts, shares, *instant);

        if (next > last)
            return NULL;
        *instant = next;
        sent = send_at(travel, leg, message, next);
    }
    return sent;
}

static gboolean
set_out(Travel *travel, const TamisLeg *legs, guint n_legs, TamisInstant start,
        TamisInstant *out_instants)
{
    TamisMessage *message = tamis_witness_to_message(travel->witness);

    for (guint i = 0; i < n_legs && message != NULL; i++) {
        if (legs[i].flow != NULL) {
            TamisMessage *sent = send_from(travel, &legs[i], message, &start);

            tamis_message_free(message);
            message = sent;
        }
        out_instants[i] = start;
    }
    tamis_message_free(message);
    return message != NULL;
}

gboolean
tamis_itinerary_find(TamisFlowFacts *facts, const TamisWitness *witness, const TamisLeg *legs,
                     guint n_legs, TamisInstant *out_instants)
{
    Travel travel = {facts, witness, 0};
    TamisInstant start = witness->instant;

    for (guint i = 0; i <= MAX_LATER && travel.n_tries < MAX_TRIES; i++) {
        if (set_out(&travel, legs, n_legs, start, out_instants))
            return TRUE;
        start += LATER_S - start % LATER_S;
    }
    return FALSE;
}
