/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * All conditions of a round hold of one message. So those of them that many edges share lie in one of the largest
 * sets of such conditions that can hold together: in one world. An edge that in each world lies on no closed way
 * lies on no round. Worlds are few, where guards, and ways, are many. */
#include "lint/worlds.h"

#include "lint/ask.h"

#include <string.h>

enum {
    MAX_SHARED = 10,   /* conditions that are told apart */
    MIN_EDGES = 64,    /* fewer are quicker walked */
    SHARE_OF_ALL = 64, /* a condition is shared that one edge in so many has */
    MAX_WORLDS = 252,  /* of ten: any five of them */
    STEPS_A_QUESTION = 100000
};

typedef struct {
    const TamisRoundsQuery *query;
    guint64 *steps;
    TamisFormula shared[MAX_SHARED];
    guint n_shared;
    guint16 worlds[MAX_WORLDS]; /* sets of shared */
    guint n_worlds;
    gboolean too_many;
    guint16 *asks;          /* by edge: which of shared its guard asks for */
    guint32 *first, *order; /* live edges by node; first has n_nodes + 2 */
    guint32 n_live;
} Worlds;

/* What a guard asks for all at once. */
static const TamisFormula *
conditions_of(const TamisFormulas *formulas, const TamisFormula *guard, guint32 *out_n)
{
    if (tamis_formulas_kind(formulas, *guard) == TAMIS_FORMULA_AND)
        return tamis_formulas_children(formulas, *guard, out_n);
    *out_n = *guard == TAMIS_FORMULA_TRUE ? 0 : 1;
    return guard;
}

/* Shared conditions ------------------------------------------------------------------------------ */

typedef struct {
    TamisFormula formula;
    guint32 n;
} Count;

static int
compare_counts(gconstpointer a, gconstpointer b)
{
    const Count *left = a, *right = b;

    if (left->n != right->n)
        return left->n > right->n ? -1 : 1;
    return (left->formula > right->formula) - (left->formula < right->formula);
}

static void
find_shared(Worlds *worlds, const guint8 *is_live)
{
    const TamisRoundsQuery *query = worlds->query;
    g_autoptr(GHashTable) index = g_hash_table_new(NULL, NULL);
    g_autoptr(GArray) counts = g_array_new(FALSE, FALSE, sizeof(Count));

    for (guint32 i = 0; i < query->n_edges; i++) {
        guint32 n = 0;
        const TamisFormula *conditions = conditions_of(query->formulas, &query->edges[i].guard, &n);

        for (guint32 k = 0; k < n && is_live[i]; k++) {
            gpointer key = GUINT_TO_POINTER(conditions[k]);
            guint at = GPOINTER_TO_UINT(g_hash_table_lookup(index, key));
            Count fresh = {conditions[k], 0};

            if (at == 0) {
                g_array_append_val(counts, fresh);
                at = counts->len;
                g_hash_table_insert(index, key, GUINT_TO_POINTER(at));
            }
            g_array_index(counts, Count, at - 1).n++;
        }
    }
    g_array_sort(counts, compare_counts);
    for (guint i = 0; i < MIN(counts->len, MAX_SHARED); i++)
        if (g_array_index(counts, Count, i).n > worlds->n_live / SHARE_OF_ALL)
            worlds->shared[worlds->n_shared++] = g_array_index(counts, Count, i).formula;
}

static void
note_asks(Worlds *worlds)
{
    const TamisRoundsQuery *query = worlds->query;

    for (guint32 i = 0; i < query->n_edges; i++) {
        guint32 n = 0;
        const TamisFormula *conditions = conditions_of(query->formulas, &query->edges[i].guard, &n);

        for (guint32 k = 0; k < n; k++)
            for (guint s = 0; s < worlds->n_shared; s++)
                if (worlds->shared[s] == conditions[k])
                    worlds->asks[i] |= (guint16)(1u << s);
    }
}

/* Worlds ----------------------------------------------------------------------------------------- */

static gboolean
is_possible(Worlds *worlds, TamisFormula formula)
{
    return tamis_ask(worlds->query->solver, formula, STEPS_A_QUESTION, worlds->steps) !=
           TAMIS_VERDICT_IMPOSSIBLE;
}

/* Those without what can be left in are met first, so a set within a world comes after it. */
static void
add_worlds(Worlds *worlds, guint at, guint16 chosen, TamisFormula all)
{
    TamisFormula with;

    if (worlds->too_many || worlds->steps[0] == 0) {
        worlds->too_many = TRUE;
        return;
    }
    for (; at < worlds->n_shared; at++) {
        with = tamis_formulas_and2(worlds->query->formulas, all, worlds->shared[at]);
        if (with == all) {
            chosen |= (guint16)(1u << at);
        } else if (is_possible(worlds, with)) {
            add_worlds(worlds, at + 1, chosen | (guint16)(1u << at), with);
            if (worlds->too_many)
                return;
        }
    }
    for (guint i = 0; i < worlds->n_worlds; i++)
        if ((chosen & ~worlds->worlds[i]) == 0)
            return;
    worlds->too_many = worlds->n_worlds == MAX_WORLDS;
    if (!worlds->too_many)
        worlds->worlds[worlds->n_worlds++] = chosen;
}

/* Ways ------------------------------------------------------------------------------------------- */

static void
arrange(Worlds *worlds, const guint8 *is_live)
{
    const TamisRoundsQuery *query = worlds->query;

    for (guint32 i = 0; i < query->n_edges; i++)
        worlds->first[query->edges[i].from + 2] += is_live[i] != 0;
    for (guint32 i = 0; i < query->n_nodes; i++)
        worlds->first[i + 2] += worlds->first[i + 1];
    for (guint32 i = 0; i < query->n_edges; i++)
        if (is_live[i])
            worlds->order[worlds->first[query->edges[i].from + 1]++] = i;
}

/* Marks the edges that lie on a closed way in one world. */
static void
mark(const Worlds *worlds, guint16 world, guint8 *is_useful)
{
    const TamisRoundEdge *edges = worlds->query->edges;
    g_autoptr(TamisGraph) graph = tamis_graph_new();
    g_autoptr(TamisComponents) components = NULL;

    for (guint32 node = 0; node < worlds->query->n_nodes; node++) {
        for (guint32 i = worlds->first[node]; i < worlds->first[node + 1]; i++)
            if ((worlds->asks[worlds->order[i]] & ~world) == 0)
                tamis_graph_add_edge(graph, edges[worlds->order[i]].to);
        tamis_graph_end_node(graph);
    }
    components = tamis_graph_components(graph);
    for (guint32 i = 0; i < worlds->n_live; i++) {
        guint32 edge = worlds->order[i], of = components->of[edges[edge].from];

        is_useful[edge] |= (worlds->asks[edge] & ~world) == 0 && of != TAMIS_NO_COMPONENT &&
                           of == components->of[edges[edge].to];
    }
}

static gboolean
prune(Worlds *worlds, guint8 *is_live)
{
    guint32 n_edges = worlds->query->n_edges, n_before = worlds->n_live, n_after = 0;
    guint64 cost = (guint64)worlds->n_worlds * (n_before + worlds->query->n_nodes) * 4;
    g_autofree guint8 *is_useful = g_new0(guint8, n_edges);

    if (cost > worlds->steps[0] / 4)
        return FALSE;
    worlds->steps[0] -= cost;
    for (guint i = 0; i < worlds->n_worlds; i++)
        mark(worlds, worlds->worlds[i], is_useful);
    for (guint32 i = 0; i < n_edges; i++) {
        is_live[i] &= is_useful[i];
        n_after += is_live[i];
    }
    return n_after < n_before;
}

gboolean
tamis_worlds_prune(const TamisRoundsQuery *query, guint8 *is_live, guint64 *steps)
{
    Worlds worlds = {.query = query, .steps = steps};
    gboolean pruned = FALSE;

    for (guint32 i = 0; i < query->n_edges; i++)
        worlds.n_live += is_live[i];
    if (worlds.n_live < MIN_EDGES)
        return FALSE;
    find_shared(&worlds, is_live);
    add_worlds(&worlds, 0, 0, TAMIS_FORMULA_TRUE);
    if (worlds.too_many || worlds.n_shared < 2)
        return FALSE;
    worlds.asks = g_new0(guint16, query->n_edges);
    worlds.first = g_new0(guint32, query->n_nodes + 2);
    worlds.order = g_new(guint32, worlds.n_live);
    note_asks(&worlds);
    arrange(&worlds, is_live);
    pruned = prune(&worlds, is_live);
    g_free(worlds.asks);
    g_free(worlds.first);
    g_free(worlds.order);
    return pruned;
}
