/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A table by hash, open addressing, and a binary heap. */
#include "model/solve/frontier.h"

#include <string.h>

/* Most searches need no more slots: only these are cleared before each one. */
enum { FIRST_SLOTS = 128, FIRST_ROOM = 64 };

/* Memory ----------------------------------------------------------------------------------------- */

static void
use_slots(TamisFrontier *frontier, guint32 n)
{
    if (n > frontier->slots_room) {
        frontier->slots_room = n;
        g_free(frontier->slots);
        frontier->slots = g_new(guint32, n);
    }
    frontier->n_slots = n;
    memset(frontier->slots, 0, n * sizeof *frontier->slots);
}

void
tamis_frontier_begin(TamisFrontier *frontier, guint32 n_parts)
{
    frontier->n = frontier->n_open = 0;
    frontier->n_parts = n_parts;
    use_slots(frontier, FIRST_SLOTS);
}

void
tamis_frontier_clear(TamisFrontier *frontier)
{
    g_free(frontier->nodes);
    g_free(frontier->states);
    g_free(frontier->slots);
    g_free(frontier->heap);
}

static guint32
hash_states(TamisShapeState shape, const guint32 *states, guint32 n)
{
    guint64 hash = shape * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);

    for (guint32 i = 0; i < n; i++) {
        hash = (hash ^ states[i]) * G_GUINT64_CONSTANT(0xff51afd7ed558ccd);
        hash ^= hash >> 29;
    }
    return (guint32)(hash >> 16);
}

static inline guint32
next_slot(const TamisFrontier *frontier, guint32 at)
{
    return (at + 1) & (frontier->n_slots - 1);
}

static void
double_slots(TamisFrontier *frontier)
{
    use_slots(frontier, 2 * frontier->n_slots);
    for (guint32 i = 0; i < frontier->n; i++) {
        guint32 at = hash_states(frontier->nodes[i].shape, tamis_frontier_states(frontier, i),
                                 frontier->n_parts) &
                     (frontier->n_slots - 1);

        while (frontier->slots[at] != 0)
            at = next_slot(frontier, at);
        frontier->slots[at] = i + 1;
    }
}

/* For one node more. */
static void
make_room(TamisFrontier *frontier)
{
    gsize n_states = ((gsize)frontier->n + 1) * frontier->n_parts;

    if (frontier->n == frontier->room) {
        frontier->room = MAX(FIRST_ROOM, 2 * frontier->room);
        frontier->nodes = g_renew(TamisNode, frontier->nodes, frontier->room);
    }
    if (n_states >= frontier->states_room) { /* there is an address even of no states */
        frontier->states_room = MAX(2 * frontier->states_room, n_states + FIRST_ROOM);
        frontier->states = g_renew(guint32, frontier->states, frontier->states_room);
    }
    if (frontier->n_open == frontier->heap_room) {
        frontier->heap_room = MAX(FIRST_ROOM, 2 * frontier->heap_room);
        frontier->heap = g_renew(guint64, frontier->heap, frontier->heap_room);
    }
    if (2 * frontier->n >= frontier->n_slots)
        double_slots(frontier);
}

/* The heap --------------------------------------------------------------------------------------- */

static void
push(TamisFrontier *frontier, guint64 entry)
{
    guint64 *heap = frontier->heap;
    guint32 at = frontier->n_open++;

    while (at > 0 && heap[(at - 1) / 2] > entry) {
        heap[at] = heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    heap[at] = entry;
}

gboolean
tamis_frontier_pop(TamisFrontier *frontier, guint32 *out_node)
{
    guint64 *heap = frontier->heap, last;
    guint32 n, at = 0;

    if (frontier->n_open == 0)
        return FALSE;
    n = --frontier->n_open;
    *out_node = (guint32)heap[0];
    last = heap[n];
    while (2 * at + 1 < n) {
        guint32 child = 2 * at + 1;

        child += child + 1 < n && heap[child + 1] < heap[child];
        if (heap[child] >= last)
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = last;
    return TRUE;
}

/* Nodes ------------------------------------------------------------------------------------------ */

static inline gboolean
are_same(const guint32 *a, const guint32 *b, guint32 n)
{
    for (guint32 i = 0; i < n; i++)
        if (a[i] != b[i])
            return FALSE;
    return TRUE;
}

/* Where the states are, or would be. */
static guint32
slot_of(const TamisFrontier *frontier, TamisShapeState shape, const guint32 *states)
{
    guint32 at = hash_states(shape, states, frontier->n_parts) & (frontier->n_slots - 1);

    for (; frontier->slots[at] != 0; at = next_slot(frontier, at)) {
        guint32 known = frontier->slots[at] - 1;

        if (frontier->nodes[known].shape == shape &&
            are_same(tamis_frontier_states(frontier, known), states, frontier->n_parts))
            break;
    }
    return at;
}

void
tamis_frontier_add(TamisFrontier *frontier, const TamisNode *node, const guint32 *states,
                   guint32 estimate)
{
    guint32 slot;

    make_room(frontier);
    slot = slot_of(frontier, node->shape, states);
    if (frontier->slots[slot] != 0)
        return;
    frontier->nodes[frontier->n] = *node;
    for (guint32 i = 0; i < frontier->n_parts; i++)
        frontier->states[(gsize)frontier->n * frontier->n_parts + i] = states[i];
    push(frontier, (guint64)estimate << 32 | frontier->n);
    frontier->slots[slot] = ++frontier->n;
}
