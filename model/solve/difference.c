/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Rows of states, found by hash, open addressing; everything in the query's arena. */
#include "model/solve/difference.h"

#include <string.h>

enum { MAX_ROWS = 1 << 16, FIRST_SLOTS = 32 };

struct TamisDifference {
    TamisArena *arena;
    TamisAutomaton *const *parts;
    guint n_parts, n_wanted;
    guint32 n, n_slots;
    TamisState
        *rows; /* n of n_parts, and one in the making; room for half as many as there are slots */
    guint32 *slots; /* number + 1 by hash */
    gboolean is_rough;
};

static TamisState *
row_of(const TamisDifference *difference, guint32 number)
{
    return difference->rows + (gsize)number * difference->n_parts;
}

/* Where the row is, or would be. */
static guint32 *
slot_of(const TamisDifference *difference, guint32 number)
{
    const TamisState *row = row_of(difference, number);
    guint64 hash = 0;

    for (guint i = 0; i < difference->n_parts; i++) {
        hash = (hash ^ row[i]) * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
        hash ^= hash >> 32;
    }
    for (guint32 at = (guint32)hash;; at++) {
        guint32 *slot = &difference->slots[at & (difference->n_slots - 1)];

        if (*slot == 0 ||
            memcmp(row_of(difference, *slot - 1), row, difference->n_parts * sizeof *row) == 0)
            return slot;
    }
}

static void
make_room(TamisDifference *difference)
{
    gsize row_bytes = difference->n_parts * sizeof(TamisState);
    TamisState *rows = difference->rows;

    if (2 * (difference->n + 1) < difference->n_slots)
        return;
    difference->n_slots = MAX(FIRST_SLOTS, 2 * difference->n_slots);
    difference->rows = tamis_arena_alloc(difference->arena, difference->n_slots / 2 * row_bytes);
    if (rows != NULL)
        memcpy(difference->rows, rows, difference->n * row_bytes);
    difference->slots = tamis_arena_array0(difference->arena, guint32, difference->n_slots);
    for (guint32 i = 0; i < difference->n; i++)
        *slot_of(difference, i) = i + 1;
}

TamisDifference *
tamis_difference_new(TamisArena *arena, TamisAutomaton *const *parts, guint n, guint n_wanted)
{
    TamisDifference *difference = tamis_arena_new0(arena, TamisDifference);

    difference->arena = arena;
    difference->parts = parts;
    difference->n_parts = n;
    difference->n_wanted = n_wanted;
    make_room(difference);
    return difference;
}

/* DONE or DEAD where the row is settled, else what it is not. */
static gboolean
is_settled(const TamisDifference *difference, const TamisState *row, TamisState *out_state)
{
    gboolean any_done = FALSE, all_dead = TRUE, all_out = TRUE;

    for (guint i = 0; i < difference->n_parts; i++) {
        if (i < difference->n_wanted) {
            any_done |= row[i] == TAMIS_STATE_DONE;
            all_dead &= row[i] == TAMIS_STATE_DEAD;
        } else {
            all_dead |= row[i] == TAMIS_STATE_DONE;
            all_out &= row[i] == TAMIS_STATE_DEAD;
        }
    }
    *out_state = all_dead ? TAMIS_STATE_DEAD : TAMIS_STATE_DONE;
    return all_dead || (any_done && all_out);
}

/* The number of the row in the making. */
static TamisState
number(TamisDifference *difference)
{
    TamisState settled;
    guint32 *slot;

    if (is_settled(difference, row_of(difference, difference->n), &settled))
        return settled;
    slot = slot_of(difference, difference->n);
    if (*slot != 0)
        return *slot - 1;
    if (difference->n == MAX_ROWS) {
        difference->is_rough = TRUE;
        return TAMIS_STATE_DONE;
    }
    *slot = ++difference->n;
    return difference->n - 1;
}

TamisState
tamis_difference_start(TamisDifference *difference)
{
    make_room(difference);
    for (guint i = 0; i < difference->n_parts; i++)
        row_of(difference, difference->n)[i] = tamis_automaton_start(difference->parts[i]);
    return number(difference);
}

TamisState
tamis_difference_step(TamisDifference *difference, TamisState state, guint8 byte)
{
    make_room(difference);
    for (guint i = 0; i < difference->n_parts; i++)
        row_of(difference, difference->n)[i] =
            tamis_automaton_step(difference->parts[i], row_of(difference, (guint32)state)[i], byte);
    return number(difference);
}

gboolean
tamis_difference_accepts(const TamisDifference *difference, TamisState state)
{
    const TamisState *row = row_of(difference, (guint32)state);
    gboolean is_wanted = FALSE;

    for (guint i = 0; i < difference->n_parts; i++) {
        gboolean accepts = tamis_automaton_accepts(difference->parts[i], row[i]);

        if (accepts && i >= difference->n_wanted)
            return FALSE;
        is_wanted |= accepts;
    }
    return is_wanted;
}

gboolean
tamis_difference_is_rough(const TamisDifference *difference)
{
    return difference->is_rough;
}

gboolean
tamis_difference_add_bytes(const TamisDifference *difference, TamisByteSet *bytes)
{
    gboolean has_order = FALSE;

    for (guint i = 0; i < difference->n_parts; i++)
        has_order |= tamis_automaton_add_bytes(difference->parts[i], bytes);
    return has_order;
}
