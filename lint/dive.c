/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Depth first, from one start after the other. At each node edges that close the walk come first, then those that ask
 * for nothing new. A dive that came to nothing after some questions is given up: another start has other
 * conditions. */
#include "lint/dive.h"

#include "lint/ask.h"

#include <string.h>

enum { STEPS_A_QUESTION = 20000, QUESTIONS_A_DIVE = 300, MAX_DEPTH = 400 };

typedef struct {
    guint32 node, edge; /* edge: that led here, but for the first */
    TamisFormula guard; /* of the walk so far */
    guint32 n_tried;    /* of the node's edges, in the order of each pass */
    guint8 pass;
} Step;

typedef struct {
    const TamisRoundsQuery *query;
    guint64 *steps;
    GArray *walk;           /* of Step */
    guint32 *first, *order; /* live edges by node; first has n_nodes + 2 */
    guint32 *at;            /* by node: 1 + where in the walk */
    guint n_questions;
} Dive;

/* What a walk tries first. */
enum { PASS_CLOSES, PASS_IS_FREE, PASS_ASKS, N_PASSES };

static gboolean
may_ask(const Dive *dive)
{
    return dive->n_questions < QUESTIONS_A_DIVE && dive->steps[0] > 0;
}

static gboolean
is_possible(Dive *dive, TamisFormula guard)
{
    dive->n_questions++;
    return tamis_ask(dive->query->solver, guard, STEPS_A_QUESTION, dive->steps) ==
           TAMIS_VERDICT_WITNESS;
}

static void
arrange(Dive *dive, const guint8 *is_live)
{
    const TamisRoundsQuery *query = dive->query;

    for (guint32 i = 0; i < query->n_edges; i++)
        dive->first[query->edges[i].from + 2] += is_live[i] != 0;
    for (guint32 i = 0; i < query->n_nodes; i++)
        dive->first[i + 2] += dive->first[i + 1];
    for (guint32 i = 0; i < query->n_edges; i++)
        if (is_live[i])
            dive->order[dive->first[query->edges[i].from + 1]++] = i;
}

static void
enter(Dive *dive, guint32 node, guint32 edge, TamisFormula guard)
{
    Step step = {.node = node, .edge = edge, .guard = guard};

    g_array_append_val(dive->walk, step);
    dive->at[node] = dive->walk->len;
}

static void
leave(Dive *dive)
{
    dive->at[g_array_index(dive->walk, Step, dive->walk->len - 1).node] = 0;
    g_array_set_size(dive->walk, dive->walk->len - 1);
}

/* A round by its edges, in order; turned so that its lowest node comes first. */
static TamisRound
make_round(const Dive *dive, const guint32 *edges, guint32 n)
{
    const TamisRoundsQuery *query = dive->query;
    TamisRound round = {.edges = g_new(guint32, n),
                        .n_edges = n,
                        .guard = TAMIS_FORMULA_TRUE,
                        .verdict = TAMIS_VERDICT_WITNESS};
    guint32 lowest = 0;

    for (guint32 i = 0; i < n; i++)
        if (query->edges[edges[i]].from < query->edges[edges[lowest]].from)
            lowest = i;
    for (guint32 i = 0; i < n; i++) {
        round.edges[i] = edges[(lowest + i) % n];
        round.guard =
            tamis_formulas_and2(query->formulas, round.guard, query->edges[round.edges[i]].guard);
    }
    return round;
}

/* The walk from where it met itself. */
static TamisRound
close_walk(const Dive *dive, guint32 from, guint32 closing)
{
    guint32 n = dive->walk->len - from;
    g_autofree guint32 *edges = g_new(guint32, n);

    for (guint32 i = 0; i + 1 < n; i++)
        edges[i] = g_array_index(dive->walk, Step, from + i + 1).edge;
    edges[n - 1] = closing;
    return make_round(dive, edges, n);
}

/* Shortening ------------------------------------------------------------------------------------- */

/* Breadth first from start over the edges that are taken: the edges of the shortest way back that has less than
 * longest; 0: none. came: by node, 1 + the edge that led there. */
static guint32
find_way_back(const Dive *dive, const guint8 *is_taken, guint32 start, guint32 longest,
              guint32 *came, GArray *queue, guint32 *out_edges)
{
    const TamisRoundEdge *edges = dive->query->edges;
    guint32 n = 0, closing = TAMIS_NO_INDEX;

    memset(came, 0, dive->query->n_nodes * sizeof *came);
    dive->steps[0] -= MIN(dive->steps[0], dive->query->n_edges);
    g_array_set_size(queue, 0);
    g_array_append_val(queue, start);
    for (guint32 i = 0; i < queue->len && closing == TAMIS_NO_INDEX; i++) {
        guint32 node = g_array_index(queue, guint32, i);

        for (guint32 k = dive->first[node]; k < dive->first[node + 1]; k++) {
            guint32 edge = dive->order[k], to = edges[edge].to;

            if (!is_taken[edge])
                continue;
            if (to == start) {
                closing = edge;
                break;
            }
            if (came[to] != 0)
                continue;
            came[to] = 1 + edge;
            g_array_append_val(queue, to);
        }
    }
    if (closing == TAMIS_NO_INDEX)
        return 0;
    for (guint32 at = closing; n < longest; at = came[edges[at].from] - 1) {
        out_edges[n++] = at;
        if (edges[at].from == start)
            break;
    }
    for (guint32 i = 0; 2 * i + 1 < n; i++) {
        guint32 edge = out_edges[i];

        out_edges[i] = out_edges[n - 1 - i];
        out_edges[n - 1 - i] = edge;
    }
    return n < longest ? n : 0;
}

/* What the round's message takes beside the round may lead back sooner. */
static void
shorten(Dive *dive, TamisRound *round)
{
    const TamisRoundsQuery *query = dive->query;
    g_autofree TamisFormula *guards = g_new(TamisFormula, query->n_edges);
    g_autofree guint8 *is_taken = g_new0(guint8, query->n_edges);
    g_autofree guint32 *came = g_new(guint32, query->n_nodes);
    g_autofree guint32 *way = g_new(guint32, round->n_edges);
    g_autofree guint32 *starts = g_memdup2(round->edges, round->n_edges * sizeof *starts);
    g_autoptr(GArray) queue = g_array_new(FALSE, FALSE, sizeof(guint32));
    guint32 n_starts = round->n_edges;

    for (guint32 i = 0; i < query->n_edges; i++)
        guards[i] = query->edges[i].guard;
    if (!tamis_solver_sample(query->solver, round->guard, guards, query->n_edges, is_taken))
        return;
    for (guint32 i = 0; i < n_starts && dive->steps[0] > 0; i++) {
        guint32 n = find_way_back(dive, is_taken, query->edges[starts[i]].from, round->n_edges,
                                  came, queue, way);
        TamisRound shorter;

        if (n == 0)
            continue;
        shorter = make_round(dive, way, n);
        if (!is_possible(dive, shorter.guard)) {
            g_free(shorter.edges);
            continue;
        }
        g_free(round->edges);
        *round = shorter;
    }
}

/* Diving ----------------------------------------------------------------------------------------- */

static gboolean
is_of_pass(const Dive *dive, guint pass, guint32 edge, TamisFormula before, TamisFormula after)
{
    if (dive->at[dive->query->edges[edge].to] != 0)
        return pass == PASS_CLOSES;
    return pass == (before == after ? PASS_IS_FREE : PASS_ASKS);
}

/* The next edge that can be taken from where the walk is; TAMIS_NO_INDEX: none is left. */
static guint32
next_edge(Dive *dive, TamisFormula *out_guard)
{
    Step *step = &g_array_index(dive->walk, Step, dive->walk->len - 1);
    guint32 first = dive->first[step->node], n = dive->first[step->node + 1] - first;

    for (; step->pass < N_PASSES; step->pass++, step->n_tried = 0) {
        while (step->n_tried < n && may_ask(dive)) {
            guint32 edge = dive->order[first + step->n_tried++];
            TamisFormula guard = tamis_formulas_and2(dive->query->formulas, step->guard,
                                                     dive->query->edges[edge].guard);

            if (!is_of_pass(dive, step->pass, edge, step->guard, guard) ||
                guard == TAMIS_FORMULA_FALSE || !is_possible(dive, guard))
                continue;
            *out_guard = guard;
            return edge;
        }
    }
    return TAMIS_NO_INDEX;
}

static gboolean
dive_from(Dive *dive, guint32 start, TamisRound *out_round)
{
    enter(dive, start, 0, TAMIS_FORMULA_TRUE);
    while (dive->walk->len > 0) {
        TamisFormula guard = TAMIS_FORMULA_TRUE;
        guint32 edge = dive->walk->len < MAX_DEPTH ? next_edge(dive, &guard) : TAMIS_NO_INDEX;
        guint32 to;

        if (edge == TAMIS_NO_INDEX) {
            leave(dive);
            continue;
        }
        to = dive->query->edges[edge].to;
        if (dive->at[to] == 0) {
            enter(dive, to, edge, guard);
            continue;
        }
        *out_round = close_walk(dive, dive->at[to] - 1, edge);
        while (dive->walk->len > 0)
            leave(dive);
        shorten(dive, out_round);
        return TRUE;
    }
    return FALSE;
}

gboolean
tamis_dive_find(const TamisRoundsQuery *query, const guint8 *is_live, guint64 *steps,
                TamisRound *out_round)
{
    g_autofree guint32 *first = g_new0(guint32, query->n_nodes + 2);
    g_autofree guint32 *order = g_new(guint32, query->n_edges + 1);
    g_autofree guint32 *at = g_new0(guint32, query->n_nodes + 1);
    g_autoptr(GArray) walk = g_array_new(FALSE, FALSE, sizeof(Step));
    Dive dive = {query, steps, walk, first, order, at, 0};

    arrange(&dive, is_live);
    for (guint32 start = 0; start < query->n_nodes && steps[0] > 0; start++) {
        dive.n_questions = 0;
        if (dive_from(&dive, start, out_round))
            return TRUE;
    }
    return FALSE;
}
