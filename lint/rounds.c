/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * First takes out what lies on no round for a reason that is quickly seen: an edge that is never
 * taken, or that leads back in no way that its own guard allows. Then searches breadth first from
 * each node among those above it; a state is a node with the conjunction of the guards so far, so
 * that ways that demand the same are one. */
#include "lint/rounds.h"

#include "lint/ask.h"
#include "lint/dive.h"
#include "lint/pair.h"
#include "lint/worlds.h"

#include <string.h>

#define EDGE_STEPS 4
/* For a question on the way: what they do not decide is taken to be possible. A round's own has all that one may take. */
#define STEPS_ON_THE_WAY 1000000
/* A node in this many rounds is left out of further ones. */
#define MAX_ROUNDS_OF_NODE 4
/* Rounds that are looked for in depth where no shortest one was found. */
#define MAX_DIVES 8

typedef struct {
    guint32 first, end; /* of order: edges of one node that have the same guard */
    TamisFormula guard;
} Bundle;

typedef struct {
    guint32 node, parent, edge; /* parent: index of states */
    TamisFormula guard;
} State;

typedef struct {
    const TamisRoundsQuery *query;
    guint64 steps_left;
    guint8 *is_live;      /* by edge */
    GArray *order;        /* guint32: live edges by node, then guard */
    GArray *bundles;      /* of Bundle */
    guint32 *first, *end; /* by node: of bundles */
    guint32 *n_rounds;    /* by node */
    GHashTable *by_text;  /* text -> GArray of guint32 edges */
    GArray *states;       /* of State */
    GHashTable *seen;     /* node and guard */
    TamisRounds *rounds;
} Search;

static gboolean
spend(Search *search, guint64 steps)
{
    search->steps_left -= MIN(search->steps_left, steps);
    return search->steps_left > 0;
}

static TamisVerdict
ask(Search *search, TamisFormula guard, guint64 max_steps)
{
    return tamis_ask(search->query->solver, guard, max_steps, &search->steps_left);
}

/* The live part ---------------------------------------------------------------------------------- */

static int
compare_edges(gconstpointer a, gconstpointer b, gpointer data)
{
    const TamisRoundsQuery *query = data;
    guint32 i = *(const guint32 *)a, j = *(const guint32 *)b;
    const TamisRoundEdge *left = &query->edges[i], *right = &query->edges[j];

    if (left->from != right->from)
        return left->from < right->from ? -1 : 1;
    if (left->guard != right->guard)
        return left->guard < right->guard ? -1 : 1;
    return (i > j) - (i < j);
}

/* Lays the live edges out by node and guard. */
static void
arrange(Search *search)
{
    const TamisRoundsQuery *query = search->query;

    g_array_set_size(search->order, 0);
    g_array_set_size(search->bundles, 0);
    for (guint32 i = 0; i < query->n_edges; i++)
        if (search->is_live[i])
            g_array_append_val(search->order, i);
    g_array_sort_with_data(search->order, compare_edges, (gpointer)query);
    memset(search->first, 0, query->n_nodes * sizeof(guint32));
    memset(search->end, 0, query->n_nodes * sizeof(guint32));
    for (guint32 i = 0; i < search->order->len; i++) {
        const TamisRoundEdge *edge = &query->edges[g_array_index(search->order, guint32, i)];
        Bundle bundle = {i, i + 1, edge->guard};
        Bundle *last = search->end[edge->from] > 0
                           ? &g_array_index(search->bundles, Bundle, search->bundles->len - 1)
                           : NULL;

        if (last != NULL && last->guard == edge->guard) {
            last->end = i + 1;
            continue;
        }
        if (last == NULL)
            search->first[edge->from] = search->bundles->len;
        g_array_append_val(search->bundles, bundle);
        search->end[edge->from] = search->bundles->len;
    }
}

/* Edges whose ends are not in one component lie on no round. */
static void
prune_by_components(Search *search)
{
    const TamisRoundsQuery *query = search->query;
    g_autoptr(TamisGraph) graph = tamis_graph_new();
    g_autoptr(TamisComponents) components = NULL;

    arrange(search);
    for (guint32 node = 0; node < query->n_nodes; node++) {
        for (guint32 b = search->first[node]; b < search->end[node]; b++) {
            Bundle bundle = g_array_index(search->bundles, Bundle, b);

            for (guint32 i = bundle.first; i < bundle.end; i++)
                tamis_graph_add_edge(graph,
                                     query->edges[g_array_index(search->order, guint32, i)].to);
        }
        tamis_graph_end_node(graph);
    }
    components = tamis_graph_components(graph);
    for (guint32 i = 0; i < query->n_edges; i++) {
        guint32 of = components->of[query->edges[i].from];

        if (of == TAMIS_NO_COMPONENT || of != components->of[query->edges[i].to])
            search->is_live[i] = FALSE;
    }
    arrange(search);
}

static void
prune_impossible(Search *search)
{
    for (guint32 i = 0; i < search->query->n_edges; i++)
        search->is_live[i] = ask(search, search->query->edges[i].guard, STEPS_ON_THE_WAY) !=
                             TAMIS_VERDICT_IMPOSSIBLE;
    prune_by_components(search);
}

/* For each guard: which edges lie on a round among those that can be taken together with it. One that lies on
 * none with its own guard lies on none at all. Done where there are few guards, which is where ways are
 * many. */
static void
mark_component_edges(Search *search, TamisFormula guard, guint8 *is_useful)
{
    const TamisRoundsQuery *query = search->query;
    g_autoptr(TamisGraph) graph = tamis_graph_new();
    g_autoptr(TamisComponents) components = NULL;

    for (guint32 node = 0; node < query->n_nodes; node++) {
        for (guint32 b = search->first[node]; b < search->end[node]; b++) {
            Bundle bundle = g_array_index(search->bundles, Bundle, b);

            if (ask(search, tamis_formulas_and2(query->formulas, guard, bundle.guard),
                    STEPS_ON_THE_WAY) == TAMIS_VERDICT_IMPOSSIBLE)
                continue;
            for (guint32 i = bundle.first; i < bundle.end; i++)
                tamis_graph_add_edge(graph,
                                     query->edges[g_array_index(search->order, guint32, i)].to);
        }
        tamis_graph_end_node(graph);
    }
    components = tamis_graph_components(graph);
    for (guint i = 0; i < search->order->len; i++) {
        guint32 edge = g_array_index(search->order, guint32, i);
        guint32 of = components->of[query->edges[edge].from];

        if (query->edges[edge].guard == guard && of != TAMIS_NO_COMPONENT &&
            of == components->of[query->edges[edge].to])
            is_useful[edge] = TRUE;
    }
}

static void
prune_by_guards(Search *search)
{
    g_autoptr(GHashTable) guards = g_hash_table_new(NULL, NULL);
    g_autofree guint8 *is_useful = NULL;
    guint64 cost, n;

    for (guint b = 0; b < search->bundles->len; b++)
        g_hash_table_add(guards, GUINT_TO_POINTER(g_array_index(search->bundles, Bundle, b).guard));
    n = g_hash_table_size(guards);
    cost = n * (search->order->len + (guint64)search->bundles->len * 4);
    if (n < 2 || cost + n * n / 2 * TAMIS_ASK_STEPS > search->steps_left / 4)
        return;
    spend(search, cost);
    is_useful = g_new0(guint8, search->query->n_edges);
    for (guint b = 0; b < search->bundles->len; b++) {
        TamisFormula guard = g_array_index(search->bundles, Bundle, b).guard;

        if (g_hash_table_remove(guards, GUINT_TO_POINTER(guard)))
            mark_component_edges(search, guard, is_useful);
    }
    memcpy(search->is_live, is_useful, search->query->n_edges);
    prune_by_components(search);
}

/* What one condition that many edges share tells may let others tell more. */
static void
prune_by_worlds(Search *search)
{
    while (tamis_worlds_prune(search->query, search->is_live, &search->steps_left))
        prune_by_components(search);
}

/* One start -------------------------------------------------------------------------------------- */

static gboolean
see(Search *search, guint32 node, TamisFormula guard)
{
    gpointer at_all = tamis_pair(node, TAMIS_FORMULA_TRUE);

    /* Who came without a demand comes further than all others. */
    if (g_hash_table_contains(search->seen, at_all))
        return FALSE;
    return g_hash_table_add(search->seen, tamis_pair(node, guard));
}

static void
push(Search *search, guint32 node, guint32 parent, guint32 edge, TamisFormula guard)
{
    State state = {node, parent, edge, guard};

    g_array_append_val(search->states, state);
}

static TamisRound
make_round(Search *search, guint32 last_state, guint32 last_edge, TamisFormula guard,
           TamisVerdict verdict)
{
    TamisRound round = {.guard = guard, .verdict = verdict, .n_edges = 1};
    guint32 at = last_state;

    for (guint32 i = at; i != 0; i = g_array_index(search->states, State, i).parent)
        round.n_edges++;
    round.edges = g_new(guint32, round.n_edges);
    round.edges[round.n_edges - 1] = last_edge;
    for (guint32 i = round.n_edges - 1; i-- > 0;) {
        round.edges[i] = g_array_index(search->states, State, at).edge;
        at = g_array_index(search->states, State, at).parent;
    }
    return round;
}

/* Follows one bundle; TRUE: it leads to the start, and that is a round. */
static gboolean
follow(Search *search, guint32 start, guint32 at, const Bundle *bundle, TamisRound *undecided,
       TamisRound *out_round)
{
    TamisFormula before = g_array_index(search->states, State, at).guard;
    TamisFormula guard = tamis_formulas_and2(search->query->formulas, before, bundle->guard);
    TamisVerdict verdict = ask(search, guard, STEPS_ON_THE_WAY);

    if (verdict == TAMIS_VERDICT_IMPOSSIBLE)
        return FALSE;
    for (guint32 i = bundle->first; i < bundle->end && spend(search, EDGE_STEPS); i++) {
        guint32 edge = g_array_index(search->order, guint32, i);
        guint32 to = search->query->edges[edge].to;

        if (!search->is_live[edge])
            continue;
        if (to == start && verdict == TAMIS_VERDICT_UNDECIDED)
            verdict = ask(search, guard, G_MAXUINT64);
        if (verdict == TAMIS_VERDICT_IMPOSSIBLE)
            return FALSE;
        if (to == start && verdict == TAMIS_VERDICT_WITNESS) {
            *out_round = make_round(search, at, edge, guard, verdict);
            return TRUE;
        }
        if (to == start && undecided->edges == NULL)
            *undecided = make_round(search, at, edge, guard, verdict);
        else if (to > start && see(search, to, guard))
            push(search, to, at, edge, guard);
    }
    return FALSE;
}

/* The shortest round whose lowest node is start; FALSE: there is none, or the steps ran out. One
 * that is undecided only where no other is found. */
static gboolean
search_from(Search *search, guint32 start, TamisRound *out_round)
{
    TamisRound undecided = {NULL};

    g_array_set_size(search->states, 0);
    g_hash_table_remove_all(search->seen);
    push(search, start, 0, 0, TAMIS_FORMULA_TRUE);
    for (guint32 at = 0; at < search->states->len && search->steps_left > 0; at++) {
        guint32 node = g_array_index(search->states, State, at).node;

        for (guint32 b = search->first[node]; b < search->end[node]; b++) {
            Bundle bundle = g_array_index(search->bundles, Bundle, b);

            if (!follow(search, start, at, &bundle, &undecided, out_round))
                continue;
            g_free(undecided.edges);
            return TRUE;
        }
    }
    *out_round = undecided;
    return undecided.edges != NULL;
}

/* All starts ------------------------------------------------------------------------------------- */

static void
index_texts(Search *search)
{
    for (guint32 i = 0; i < search->query->n_edges; i++) {
        gpointer text = GSIZE_TO_POINTER(search->query->edges[i].text);
        GArray *edges = g_hash_table_lookup(search->by_text, text);

        if (edges == NULL) {
            edges = g_array_new(FALSE, FALSE, sizeof(guint32));
            g_hash_table_insert(search->by_text, text, edges);
        }
        g_array_append_val(edges, i);
    }
}

static GArray *
edges_of_text(const Search *search, guint32 edge)
{
    return g_hash_table_lookup(search->by_text, GSIZE_TO_POINTER(search->query->edges[edge].text));
}

/* Takes the edges of the rarest text out, and nodes that were in enough rounds. */
static void
cut(Search *search, const TamisRound *round)
{
    GArray *rarest = NULL;

    for (guint32 i = 0; i < round->n_edges; i++) {
        GArray *edges = edges_of_text(search, round->edges[i]);

        if (rarest == NULL || edges->len < rarest->len)
            rarest = edges;
    }
    for (guint i = 0; i < rarest->len; i++)
        search->is_live[g_array_index(rarest, guint32, i)] = FALSE;
    for (guint32 i = 0; i < round->n_edges; i++) {
        guint32 node = search->query->edges[round->edges[i]].from;

        if (++search->n_rounds[node] < MAX_ROUNDS_OF_NODE)
            continue;
        for (guint32 b = search->first[node]; b < search->end[node]; b++) {
            Bundle bundle = g_array_index(search->bundles, Bundle, b);

            for (guint32 j = bundle.first; j < bundle.end; j++)
                search->is_live[g_array_index(search->order, guint32, j)] = FALSE;
        }
    }
}

static gboolean
is_intact(const Search *search, const TamisRound *round)
{
    for (guint32 i = 0; i < round->n_edges; i++)
        if (!search->is_live[round->edges[i]])
            return FALSE;
    return TRUE;
}

/* Each start's shortest round, the shortest of all first. What was found stays the shortest of its
 * start until one of its edges is taken out. */
static void
search_all(Search *search)
{
    guint32 n = search->query->n_nodes;
    g_autofree TamisRound *best = g_new0(TamisRound, MAX(n, 1));
    guint32 shortest;

    for (guint32 i = 0; i < n; i++) {
        if (search->steps_left == 0 && search->first[i] < search->end[i])
            g_array_append_val(search->rounds->left, i);
        else if (search->first[i] < search->end[i] && !search_from(search, i, &best[i]) &&
                 search->steps_left == 0)
            g_array_append_val(search->rounds->left, i);
    }
    do {
        shortest = G_MAXUINT32;
        for (guint32 i = 0; i < n; i++)
            if (best[i].edges != NULL)
                shortest = MIN(shortest, best[i].n_edges);
        for (guint32 i = 0; i < n; i++) {
            while (best[i].edges != NULL && best[i].n_edges == shortest) {
                TamisRound round = best[i];

                best[i].edges = NULL;
                if (is_intact(search, &round)) {
                    g_array_append_val(search->rounds->rounds, round);
                    cut(search, &round);
                } else {
                    g_free(round.edges);
                }
                if (search->steps_left == 0 || !search_from(search, i, &best[i]))
                    break;
            }
        }
    } while (shortest != G_MAXUINT32);
}

/* Where the steps did not suffice for any, a few that are found in another way, with steps of their own. */
static void
dive_for_some(Search *search)
{
    guint64 steps = search->query->max_steps / 6;
    TamisRound round;

    for (guint i = 0; i < MAX_DIVES && search->rounds->left->len > 0 && steps > 0; i++) {
        if (search->rounds->rounds->len > i ||
            !tamis_dive_find(search->query, search->is_live, &steps, &round))
            return;
        g_array_append_val(search->rounds->rounds, round);
        cut(search, &round);
    }
}

static void
free_round(gpointer data)
{
    g_free(((TamisRound *)data)->edges);
}

TamisRounds *
tamis_rounds_find(const TamisRoundsQuery *query)
{
    TamisRounds *rounds = g_new0(TamisRounds, 1);
    Search search = {.query = query, .steps_left = query->max_steps, .rounds = rounds};
    guint32 n = MAX(query->n_nodes, 1);

    rounds->rounds = g_array_new(FALSE, FALSE, sizeof(TamisRound));
    g_array_set_clear_func(rounds->rounds, free_round);
    rounds->left = g_array_new(FALSE, FALSE, sizeof(guint32));
    search.is_live = g_new0(guint8, MAX(query->n_edges, 1));
    search.order = g_array_new(FALSE, FALSE, sizeof(guint32));
    search.bundles = g_array_new(FALSE, FALSE, sizeof(Bundle));
    search.first = g_new0(guint32, n);
    search.end = g_new0(guint32, n);
    search.n_rounds = g_new0(guint32, n);
    search.by_text =
        g_hash_table_new_full(tamis_pair_hash, NULL, NULL, (GDestroyNotify)g_array_unref);
    search.states = g_array_new(FALSE, FALSE, sizeof(State));
    search.seen = g_hash_table_new(tamis_pair_hash, NULL);
    prune_impossible(&search);
    prune_by_worlds(&search);
    prune_by_guards(&search);
    index_texts(&search);
    search_all(&search);
    dive_for_some(&search);
    rounds->steps = query->max_steps - search.steps_left;
    g_free(search.is_live);
    g_array_unref(search.order);
    g_array_unref(search.bundles);
    g_free(search.first);
    g_free(search.end);
    g_free(search.n_rounds);
    g_hash_table_unref(search.by_text);
    g_array_unref(search.states);
    g_hash_table_unref(search.seen);
    return rounds;
}

void
tamis_rounds_free(TamisRounds *rounds)
{
    if (rounds == NULL)
        return;
    g_array_unref(rounds->rounds);
    g_array_unref(rounds->left);
    g_free(rounds);
}
