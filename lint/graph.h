/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Directed graphs in flat arrays, for what may have millions of edges; nothing here knows mail. */
#pragma once

#include "base/api.h"

#include <gio/gio.h>

typedef struct {
    GArray *ends; /* guint32 by node: one past its last edge */
    GArray *to;   /* guint32 by edge */
} TamisGraph;

/* Nodes are added in order, each with its edges: first these, then the node. An edge may lead to a
 * node that is added later. */
TamisGraph *tamis_graph_new(void);
void tamis_graph_free(TamisGraph *graph);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisGraph, tamis_graph_free)
void tamis_graph_add_edge(TamisGraph *graph, guint32 to);
void tamis_graph_end_node(TamisGraph *graph);

static inline guint32
tamis_graph_n_nodes(const TamisGraph *graph)
{
    return graph->ends->len;
}

static inline guint32
tamis_graph_first(const TamisGraph *graph, guint32 node)
{
    return node == 0 ? 0 : g_array_index(graph->ends, guint32, node - 1);
}

static inline guint32
tamis_graph_end(const TamisGraph *graph, guint32 node)
{
    return g_array_index(graph->ends, guint32, node);
}

static inline guint32
tamis_graph_to(const TamisGraph *graph, guint32 edge)
{
    return g_array_index(graph->to, guint32, edge);
}

#define TAMIS_NO_COMPONENT G_MAXUINT32

/* The strongly connected components that a cycle can run through: of two or more nodes, or of one
 * with an edge to itself. */
typedef struct {
    guint32 n;
    GArray *ends;   /* guint32 by component: one past its last node, in nodes */
    GArray *nodes;  /* guint32: in each component in rising order */
    guint32 *of;    /* by node: its component, or TAMIS_NO_COMPONENT */
    guint32 *order; /* all nodes; what a node leads to, but for cycles, comes before it */
} TamisComponents;

/* Linear in time and memory, whatever the depth (Tarjan 1972). */
TamisComponents *tamis_graph_components(const TamisGraph *graph);
void tamis_components_free(TamisComponents *components);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisComponents, tamis_components_free)
/* Lent: the component's nodes. */
const guint32 *
tamis_components_get(const TamisComponents *components, guint32 component, guint32 *out_n);
