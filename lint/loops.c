/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Each component's rounds, and their messages sent round as a check. */
#include "lint/loops.h"

#include "lint/itinerary.h"
#include "lint/pair.h"
#include "lint/rounds.h"

#include <string.h>

/* Steps (lint/rounds.h) in one component and in all: some seconds. */
#define MAX_COMPONENT_STEPS G_GUINT64_CONSTANT(120000000)
#define MAX_ALL_STEPS       G_GUINT64_CONSTANT(600000000)

/* Ways round one component that are told, and among them such as all mail takes: where mailboxes are that tangled,
 * one more tells nothing new. */
#define MAX_TOLD       250
#define MAX_TOLD_PLAIN 8

typedef struct {
    TamisFlowFacts *facts;
    TamisLoopFound found;
    TamisHops *hops;
    gboolean shares_are_free;
    GHashTable *told; /* texts of rounds that were found already: packed first edges */
} Finding;

static const TamisPlace *
place_of(TamisFlowFacts *facts, const TamisHops *hops, guint32 station)
{
    return tamis_mail_get(facts->mail, tamis_hops_station(hops, station)->place);
}

gboolean
tamis_hop_is_forward(TamisFlowFacts *facts, const TamisHops *hops, const TamisHop *hop)
{
    return place_of(facts, hops, hop->from)->kind != TAMIS_PLACE_ALIAS;
}

GPtrArray *
tamis_loop_get_path(TamisFlowFacts *facts, const TamisLoop *loop)
{
    GPtrArray *path = g_ptr_array_new();

    for (guint32 i = 0; i <= loop->n_way; i++) {
        const TamisHop *hop = tamis_hops_get(loop->hops, loop->way[i % loop->n_way]);

        g_ptr_array_add(path, (gpointer)tamis_flow_text(
                                  facts, tamis_hops_station(loop->hops, hop->from)->address));
    }
    return path;
}

/* Going round ------------------------------------------------------------------------------------ */

static TamisFormula
guard_of(Finding *finding, const TamisHop *hop)
{
    const TamisStation *station = tamis_hops_station(finding->hops, hop->from);

    if (!finding->shares_are_free || hop->action == NULL)
        return hop->guard;
    return tamis_steady_guard(
        finding->facts->steady,
        tamis_site_get_flow(finding->facts->site,
                            place_of(finding->facts, finding->hops, hop->from)->index),
        hop->action, station->address, TRUE);
}

/* Sends the message over one hop. NULL: it is not sent. */
static TamisMessage *
send_over(Finding *finding, const TamisHop *hop, TamisMessage *message, const TamisWitness *witness)
{
    TamisFlowFacts *facts = finding->facts;
    const TamisFlow *flow;
    TamisDelivery delivery = tamis_witness_delivery(witness);
    g_autoptr(TamisEvaluation) evaluation = NULL;

    if (hop->action == NULL)
        return tamis_message_copy(message);
    flow = tamis_site_get_flow(facts->site, place_of(facts, finding->hops, hop->from)->index);
    delivery.envelope_to =
        tamis_flow_text(facts, tamis_hops_station(finding->hops, hop->from)->address);
    evaluation = tamis_evaluation_new(facts->formulas, facts->policy, flow, message, &delivery,
                                      tamis_site_get_zone(facts->site),
                                      tamis_site_get_delimiter(facts->site));
    for (guint i = 0; i < witness->n_choices; i++)
        tamis_evaluation_assume(evaluation, witness->choices[i].atom, witness->choices[i].holds);
    if (finding->shares_are_free)
        tamis_steady_assume_turn(facts->steady, evaluation, hop->action->guard);
    if (!tamis_evaluation_holds(evaluation, hop->action->guard))
        return NULL;
    return tamis_message_copy(tamis_evaluation_message(evaluation, hop->action->version));
}

/* Whether it goes round and on once more, if it waits on the way. out_instants: of its path. */
static gboolean
finds_itinerary(Finding *finding, const TamisLoop *loop, TamisInstant *out_instants)
{
    TamisFlowFacts *facts = finding->facts;
    guint n = loop->n_way + 1;
    g_autofree TamisLeg *legs = g_new0(TamisLeg, n);

    for (guint i = 0; i < n; i++) {
        const TamisHop *hop = tamis_hops_get(finding->hops, loop->way[i % loop->n_way]);
        const TamisStation *station = tamis_hops_station(finding->hops, hop->from);

        if (hop->action == NULL)
            continue;
        legs[i] = (TamisLeg){
            tamis_site_get_flow(facts->site, place_of(facts, finding->hops, hop->from)->index),
            hop->action,
            tamis_flow_text(facts, station->address),
        };
    }
    return tamis_itinerary_find(facts, loop->solution->witness, legs, n, out_instants);
}

/* Whether the message goes round twice at one instant, whoever's turn it is. */
static gboolean
goes_round(Finding *finding, const TamisLoop *loop)
{
    const TamisWitness *witness = loop->solution->witness;
    TamisMessage *message = tamis_witness_to_message(witness);

    for (guint32 i = 0; i < 2 * loop->n_way && message != NULL; i++) {
        TamisMessage *next = send_over(
            finding, tamis_hops_get(finding->hops, loop->way[i % loop->n_way]), message, witness);

        tamis_message_free(message);
        message = next;
    }
    tamis_message_free(message);
    return message != NULL;
}

/* Whether some forward of the way goes out with this field added. */
static gboolean
is_added_on_way(Finding *finding, const TamisLoop *loop, const TamisWitnessHeader *header)
{
    TamisFlowFacts *facts = finding->facts;

    for (guint32 i = 0; i < loop->n_way; i++) {
        const TamisHop *hop = tamis_hops_get(finding->hops, loop->way[i]);
        const TamisFlow *flow =
            hop->action == NULL
                ? NULL
                : tamis_site_get_flow(facts->site,
                                      place_of(facts, finding->hops, hop->from)->index);

        for (guint32 k = 0; flow != NULL && k < flow->n_actions; k++)
            if (flow->actions[k].kind == TAMIS_FLOW_MARK &&
                g_ascii_strcasecmp(tamis_flow_text(facts, flow->actions[k].name), header->name) ==
                    0 &&
                strcmp(tamis_flow_text(facts, flow->actions[k].text), header->value) == 0)
                return TRUE;
    }
    return FALSE;
}

/* What has all marks already was sent round before: where the message goes round without them too, that is the one that
 * somebody sends. */
static void
leave_out_marks(Finding *finding, const TamisLoop *loop, TamisSolution *solution)
{
    TamisWitness *marked = solution->witness, fresh = *marked;
    g_autofree TamisWitnessHeader *headers = g_new(TamisWitnessHeader, marked->n_headers + 1);

    fresh.headers = headers;
    fresh.n_headers = 0;
    for (guint i = 0; i < marked->n_headers; i++)
        if (!is_added_on_way(finding, loop, &marked->headers[i]))
            headers[fresh.n_headers++] = marked->headers[i];
    if (fresh.n_headers == marked->n_headers)
        return;
    if (marked->size_bytes == tamis_witness_count_bytes(marked))
        fresh.size_bytes = tamis_witness_count_bytes(&fresh);
    solution->witness = &fresh;
    solution->witness = goes_round(finding, loop) ? tamis_witness_copy(&fresh) : marked;
    if (solution->witness != marked)
        tamis_witness_free(marked);
}

/* Rounds ----------------------------------------------------------------------------------------- */

/* The way with a mailbox as its start: the first one in the policy's order. */
static void
turn(Finding *finding, guint32 *way, guint32 n_way)
{
    guint32 first = n_way;
    guint32 lowest = G_MAXUINT32;
    g_autofree guint32 *copy = g_memdup2(way, n_way * sizeof *way);

    for (guint32 i = 0; i < n_way; i++) {
        const TamisPlace *place =
            place_of(finding->facts, finding->hops, tamis_hops_get(finding->hops, way[i])->from);

        if (place->kind == TAMIS_PLACE_MAILBOX && place->index < lowest) {
            lowest = place->index;
            first = i;
        }
    }
    for (guint32 i = 0; i < n_way; i++)
        way[i] = copy[(first + i) % n_way];
}

/* Whether all hops are alias maps': nothing that a script does. */
static gboolean
has_mailbox(Finding *finding, const TamisRound *round)
{
    for (guint32 i = 0; i < round->n_edges; i++)
        if (tamis_hops_get(finding->hops, round->edges[i])->action != NULL)
            return TRUE;
    return FALSE;
}

static void
tell(Finding *finding, TamisRound *round, guint n_more)
{
    g_auto(TamisSolution) solution = {0};
    TamisLoop loop = {.hops = finding->hops,
                      .way = round->edges,
                      .n_way = round->n_edges,
                      .guard = round->guard,
                      .solution = &solution,
                      .n_more = n_more};

    g_autofree TamisInstant *instants = g_new(TamisInstant, round->n_edges + 1);

    turn(finding, round->edges, round->n_edges);
    tamis_solver_solve(finding->facts->solver, round->guard, &solution);
    if (solution.verdict == TAMIS_VERDICT_IMPOSSIBLE)
        return;
    if (solution.verdict == TAMIS_VERDICT_WITNESS && !goes_round(finding, &loop)) {
        tamis_solution_clear(&solution);
        solution = (TamisSolution){
            .verdict = TAMIS_VERDICT_UNDECIDED,
            .reason = "the message that was worked out does not go round: this is a bug in Tamis",
        };
    }
    if (solution.witness != NULL)
        leave_out_marks(finding, &loop, &solution);
    if (solution.witness != NULL && finding->shares_are_free) {
        if (finds_itinerary(finding, &loop, instants)) {
            solution.witness->instant = instants[0];
            loop.instants = instants;
        } else {
            solution.leans_on_opaque = TRUE; /* on turns that may never come */
        }
    }
    finding->found(finding->facts, &loop);
}

/* FALSE: nothing but shares could make a difference, and there are none. */
static gboolean
make_edges(Finding *finding, GArray *edges)
{
    gboolean differs = FALSE;

    for (guint32 i = 0; i < finding->hops->hops->len; i++) {
        const TamisHop *hop = tamis_hops_get(finding->hops, i);
        TamisRoundEdge edge = {hop->from, hop->to, guard_of(finding, hop), hop->text};

        differs |= edge.guard != hop->guard;
        if (edge.guard != hop->guard &&
            tamis_solver_is_impossible(finding->facts->solver, hop->guard))
            edge.guard = TAMIS_FORMULA_FALSE; /* the turn never comes while the route is active */
        g_array_append_val(edges, edge);
    }
    return differs;
}

/* Whether a round shares a text with one that was told. */
static gboolean
is_told(Finding *finding, const TamisRound *round)
{
    for (guint32 i = 0; i < round->n_edges; i++) {
        guint64 text = tamis_hops_get(finding->hops, round->edges[i])->text;

        if (g_hash_table_contains(finding->told, GSIZE_TO_POINTER(text)))
            return TRUE;
    }
    return FALSE;
}

static void
note_texts(Finding *finding, const TamisRound *round)
{
    for (guint32 i = 0; i < round->n_edges; i++)
        g_hash_table_add(finding->told,
                         GSIZE_TO_POINTER(tamis_hops_get(finding->hops, round->edges[i])->text));
}

/* Takes out what is not told; how many of them are left out only for their number. */
static guint
choose(Finding *finding, GArray *rounds)
{
    guint n_plain = 0, n_kept = 0, n_more = 0;

    for (guint i = 0; i < rounds->len; i++) {
        TamisRound *round = &g_array_index(rounds, TamisRound, i);
        gboolean is_plain = round->guard == TAMIS_FORMULA_TRUE;

        if (!has_mailbox(finding, round) || (finding->shares_are_free && is_told(finding, round)))
            continue;
        if (n_kept == MAX_TOLD || (is_plain && n_plain == MAX_TOLD_PLAIN)) {
            n_more++;
            continue;
        }
        n_plain += is_plain;
        note_texts(finding, round);
        if (i != n_kept) {
            TamisRound *to = &g_array_index(rounds, TamisRound, n_kept), other = *to;

            *to = *round;
            *round = other;
        }
        n_kept++;
    }
    g_array_set_size(rounds, n_kept);
    return n_more;
}

static guint64
search(Finding *finding, const GArray *edges, guint64 steps)
{
    TamisFlowFacts *facts = finding->facts;
    TamisRoundsQuery query = {
        .formulas = facts->formulas,
        .solver = facts->solver,
        .n_nodes = finding->hops->stations->len,
        .edges = (const TamisRoundEdge *)edges->data,
        .n_edges = edges->len,
        .max_steps = steps,
    };
    g_autoptr(TamisRounds) rounds = tamis_rounds_find(&query);
    guint n_more = choose(finding, rounds->rounds);

    for (guint i = 0; i < rounds->rounds->len; i++) {
        TamisRound *round = &g_array_index(rounds->rounds, TamisRound, i);

        tell(finding, round, i == 0 ? n_more : 0);
    }
    if (rounds->left->len > 0 && rounds->rounds->len == 0) {
        TamisSolution solution = {.verdict = TAMIS_VERDICT_UNDECIDED,
                                  .reason = "there are too many ways to try"};
        TamisLoop loop = {.hops = finding->hops, .solution = &solution, .left = rounds->left};

        finding->found(facts, &loop);
    }
    return rounds->steps;
}

void
tamis_loops_find(TamisFlowFacts *facts, TamisLoopFound found)
{
    TamisMail *mail = tamis_flow_facts_mail(facts);
    g_autoptr(TamisComponents) components = tamis_graph_components(tamis_mail_get_graph(mail));
    guint64 steps_left = MAX_ALL_STEPS;

    for (guint32 i = 0; i < components->n; i++) {
        g_autoptr(GHashTable) told = g_hash_table_new(tamis_pair_hash, NULL);
        g_autoptr(TamisHops) hops = tamis_hops_new(mail, facts->steady, components, i);
        Finding finding = {facts, found, hops, FALSE, told};

        for (guint pass = 0; pass < 2; pass++) {
            g_autoptr(GArray) edges = g_array_new(FALSE, FALSE, sizeof(TamisRoundEdge));
            guint64 taken;

            finding.shares_are_free = pass == 1;
            if (!make_edges(&finding, edges) && pass == 1)
                break;
            taken = search(&finding, edges, MIN(steps_left, MAX_COMPONENT_STEPS));
            steps_left -= MIN(steps_left, taken);
        }
    }
}
