/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Breadth first, against the edges. */
#include "lint/distance.h"

#include <string.h>

struct TamisDistance {
    guint32 n;
    guint32 *ends; /* by node: one past the last of its sources */
    guint32 *sources;
    guint32 *away; /* by node */
    GArray *queue; /* guint32: the nodes whose distance is known */
};

static void
count_sources(TamisDistance *distance, const TamisGraph *graph)
{
    for (guint32 i = 0; i < graph->to->len; i++)
        distance->ends[tamis_graph_to(graph, i)]++;
    for (guint32 i = 1; i < distance->n; i++)
        distance->ends[i] += distance->ends[i - 1];
}

TamisDistance *
tamis_distance_new(const TamisGraph *graph)
{
    TamisDistance *distance = g_new0(TamisDistance, 1);

    distance->n = tamis_graph_n_nodes(graph);
    distance->ends = g_new0(guint32, MAX(distance->n, 1));
    distance->away = g_new(guint32, MAX(distance->n, 1));
    distance->sources = g_new(guint32, MAX(graph->to->len, 1));
    distance->queue = g_array_new(FALSE, FALSE, sizeof(guint32));
    memset(distance->away, 0xff, distance->n * sizeof *distance->away);
    count_sources(distance, graph);
    /* Backwards from their ends, which become their beginnings; each node's is then the end of the one before. */
    for (guint32 from = distance->n; from-- > 0;)
        for (guint32 i = tamis_graph_end(graph, from); i-- > tamis_graph_first(graph, from);)
            distance->sources[--distance->ends[tamis_graph_to(graph, i)]] = from;
    for (guint32 i = 0; i + 1 < distance->n; i++)
        distance->ends[i] = distance->ends[i + 1];
    if (distance->n > 0)
        distance->ends[distance->n - 1] = graph->to->len;
    return distance;
}

void
tamis_distance_free(TamisDistance *distance)
{
    if (distance == NULL)
        return;
    g_free(distance->ends);
    g_free(distance->sources);
    g_free(distance->away);
    g_array_unref(distance->queue);
    g_free(distance);
}

guint64
tamis_distance_measure(TamisDistance *distance, const TamisComponents *components, guint32 to)
{
    guint64 n_edges = 0;

    for (guint i = 0; i < distance->queue->len; i++)
        distance->away[g_array_index(distance->queue, guint32, i)] = G_MAXUINT32;
    g_array_set_size(distance->queue, 0);
    g_array_append_val(distance->queue, to);
    distance->away[to] = 0;
    for (guint i = 0; i < distance->queue->len; i++) {
        guint32 node = g_array_index(distance->queue, guint32, i);
        guint32 first = node > 0 ? distance->ends[node - 1] : 0;

        for (guint32 j = first; j < distance->ends[node]; j++, n_edges++) {
            guint32 source = distance->sources[j];

            if (components->of[source] != components->of[to] ||
                distance->away[source] != G_MAXUINT32)
                continue;
            distance->away[source] = distance->away[node] + 1;
            g_array_append_val(distance->queue, source);
        }
    }
    return n_edges;
}

guint32
tamis_distance_get(const TamisDistance *distance, guint32 from)
{
    return from < distance->n ? distance->away[from] : G_MAXUINT32;
}
