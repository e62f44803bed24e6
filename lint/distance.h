/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How many edges the nodes of a component are from one of them. */
#pragma once

#include "lint/graph.h"

typedef struct TamisDistance TamisDistance;

/* Linear in the graph, which it lends. */
TamisDistance *tamis_distance_new(const TamisGraph *graph);
void tamis_distance_free(TamisDistance *distance);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisDistance, tamis_distance_free)

/* To the node, from all of its component, which it has; those of others are forgotten. Gives the edges that were
 * passed for it. */
guint64
tamis_distance_measure(TamisDistance *distance, const TamisComponents *components, guint32 to);
/* G_MAXUINT32: of another component than the last that was measured. */
guint32 tamis_distance_get(const TamisDistance *distance, guint32 from);
