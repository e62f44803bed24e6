/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tarjan's algorithm with a stack of its own: a chain of a million forwards is no recursion. */
#include "lint/graph.h"

#include <stdlib.h>
#include <string.h>

TamisGraph *
tamis_graph_new(void)
{
    TamisGraph *graph = g_new0(TamisGraph, 1);

    graph->ends = g_array_new(FALSE, FALSE, sizeof(guint32));
    graph->to = g_array_new(FALSE, FALSE, sizeof(guint32));
    return graph;
}

void
tamis_graph_free(TamisGraph *graph)
{
    if (graph == NULL)
        return;
    g_array_unref(graph->ends);
    g_array_unref(graph->to);
    g_free(graph);
}

void
tamis_graph_add_edge(TamisGraph *graph, guint32 to)
{
    g_array_append_val(graph->to, to);
}

void
tamis_graph_end_node(TamisGraph *graph)
{
    g_array_append_val(graph->ends, graph->to->len);
}

/* Components ------------------------------------------------------------------------------------ */

/* A node on the way down, and the next of its edges to look at. */
typedef struct {
    guint32 node, edge;
} Step;

typedef struct {
    const TamisGraph *graph;
    TamisComponents *components;
    guint32 *number; /* by node, in the order of discovery, 1-based; 0: not met */
    guint32 *low;    /* by node: the lowest number that it is known to reach on the stack */
    GArray *steps;   /* of Step */
    GArray *stack;   /* guint32: met, and in no component yet */
    guint32 n_met, n_ordered;
} Walk;

static int
compare_nodes(gconstpointer a, gconstpointer b)
{
    guint32 left = *(const guint32 *)a, right = *(const guint32 *)b;

    return (left > right) - (left < right);
}

static gboolean
leads_to_itself(const TamisGraph *graph, guint32 node)
{
    for (guint32 e = tamis_graph_first(graph, node); e < tamis_graph_end(graph, node); e++)
        if (tamis_graph_to(graph, e) == node)
            return TRUE;
    return FALSE;
}

/* Takes a component off the stack: all down to the node that was met first. */
static void
close_component(Walk *walk, guint32 node)
{
    TamisComponents *components = walk->components;
    guint32 first = walk->stack->len;
    const guint32 *members;

    while (g_array_index(walk->stack, guint32, first - 1) != node)
        first--;
    first--;
    members = &g_array_index(walk->stack, guint32, first);
    if (walk->stack->len - first > 1 || leads_to_itself(walk->graph, node)) {
        guint32 start = components->nodes->len;

        for (guint32 i = 0; i < walk->stack->len - first; i++)
            components->of[members[i]] = components->n;
        g_array_append_vals(components->nodes, members, walk->stack->len - first);
        qsort(&g_array_index(components->nodes, guint32, start), walk->stack->len - first,
              sizeof(guint32), compare_nodes);
        g_array_append_val(components->ends, components->nodes->len);
        components->n++;
    }
    memcpy(components->order + walk->n_ordered, members,
           (walk->stack->len - first) * sizeof *members);
    walk->n_ordered += walk->stack->len - first;
    /* Numbers past all others: no longer on the stack. */
    for (guint32 i = first; i < walk->stack->len; i++)
        walk->low[g_array_index(walk->stack, guint32, i)] = G_MAXUINT32;
    g_array_set_size(walk->stack, first);
}

static void
enter(Walk *walk, guint32 node)
{
    Step step = {node, tamis_graph_first(walk->graph, node)};

    walk->number[node] = walk->low[node] = ++walk->n_met;
    g_array_append_val(walk->stack, node);
    g_array_append_val(walk->steps, step);
}

static void
walk_from(Walk *walk, guint32 root)
{
    enter(walk, root);
    while (walk->steps->len > 0) {
        Step *step = &g_array_index(walk->steps, Step, walk->steps->len - 1);
        guint32 node = step->node;

        if (step->edge < tamis_graph_end(walk->graph, node)) {
            guint32 to = tamis_graph_to(walk->graph, step->edge++);

            if (walk->number[to] == 0)
                enter(walk, to);
            else if (walk->low[to] != G_MAXUINT32)
                walk->low[node] = MIN(walk->low[node], walk->number[to]);
            continue;
        }
        g_array_set_size(walk->steps, walk->steps->len - 1);
        guint32 low = walk->low[node];
        if (low == walk->number[node])
            close_component(walk, node);
        if (walk->steps->len > 0 && low != walk->number[node]) {
            guint32 parent = g_array_index(walk->steps, Step, walk->steps->len - 1).node;

            walk->low[parent] = MIN(walk->low[parent], low);
        }
    }
}

TamisComponents *
tamis_graph_components(const TamisGraph *graph)
{
    TamisComponents *components = g_new0(TamisComponents, 1);
    guint32 n = tamis_graph_n_nodes(graph);
    g_autofree guint32 *number = g_new0(guint32, MAX(n, 1));
    g_autofree guint32 *low = g_new0(guint32, MAX(n, 1));
    g_autoptr(GArray) steps = g_array_new(FALSE, FALSE, sizeof(Step));
    g_autoptr(GArray) stack = g_array_new(FALSE, FALSE, sizeof(guint32));
    Walk walk = {graph, components, number, low, steps, stack, 0, 0};

    components->ends = g_array_new(FALSE, FALSE, sizeof(guint32));
    components->nodes = g_array_new(FALSE, FALSE, sizeof(guint32));
    components->of = g_new(guint32, MAX(n, 1));
    components->order = g_new(guint32, MAX(n, 1));
    for (guint32 i = 0; i < n; i++)
        components->of[i] = TAMIS_NO_COMPONENT;
    for (guint32 i = 0; i < n; i++)
        if (number[i] == 0)
            walk_from(&walk, i);
    return components;
}

void
tamis_components_free(TamisComponents *components)
{
    if (components == NULL)
        return;
    g_array_unref(components->ends);
    g_array_unref(components->nodes);
    g_free(components->of);
    g_free(components->order);
    g_free(components);
}

const guint32 *
tamis_components_get(const TamisComponents *components, guint32 component, guint32 *out_n)
{
    guint32 first = component == 0 ? 0 : g_array_index(components->ends, guint32, component - 1);

    *out_n = g_array_index(components->ends, guint32, component) - first;
    return &g_array_index(components->nodes, guint32, first);
}
