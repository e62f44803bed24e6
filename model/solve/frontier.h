/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a best-first search has met, each state of the product once, and from where it goes on. The memory is kept from
 * one search to the next. Not installed. */
#pragma once

#include "model/solve/shape.h"

typedef struct {
    guint32 parent, cost;
    TamisShapeState shape;
    guint8 byte; /* that led here */
} TamisNode;

/* Zeroed at first. */
typedef struct {
    TamisNode *nodes;
    guint32 *states; /* n_parts a node: numbers of their automata's states */
    guint32 n, room, n_parts;
    gsize states_room;
    guint32 *slots;              /* node + 1 by hash of its states */
    guint32 n_slots, slots_room; /* powers of two: those in use, those that there are */
    guint64 *heap;               /* estimate << 32 | node, the least on top */
    guint32 n_open, heap_room;
} TamisFrontier;

/* Of nothing yet. */
void tamis_frontier_begin(TamisFrontier *frontier, guint32 n_parts);
void tamis_frontier_clear(TamisFrontier *frontier);
/* A node of these states, which is to be gone on from: estimate is what a text through it costs. Nothing happens where
 * it was met before. states: not those of a node here. */
void tamis_frontier_add(TamisFrontier *frontier, const TamisNode *node, const guint32 *states,
                        guint32 estimate);
/* The best that is left; FALSE: there is none. */
gboolean tamis_frontier_pop(TamisFrontier *frontier, guint32 *out_node);

static inline const guint32 *
tamis_frontier_states(const TamisFrontier *frontier, guint32 node)
{
    return frontier->states + (gsize)node * frontier->n_parts;
}
