/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tables that grow with the states that are reached. */
#include "model/solve/lazy.h"

#include <string.h>

enum { FEW_STATES = 24 };

static void
make_room(TamisLazy *lazy)
{
    gsize n_steps = (gsize)(lazy->n + 1) * lazy->n_bytes;

    if (lazy->n == lazy->room) {
        lazy->room = MAX(32, 2 * lazy->room);
        lazy->states = g_renew(TamisLazyState, lazy->states, lazy->room);
    }
    if (n_steps > lazy->next_room) {
        lazy->next_room = MAX(2 * lazy->next_room, n_steps + 256);
        lazy->next = g_renew(guint32, lazy->next, lazy->next_room);
    }
}

static inline guint32
hash(TamisState state)
{
    return (guint32)((state * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15)) >> 32);
}

static void
index_states(TamisLazy *lazy)
{
    if (2 * lazy->n < lazy->n_slots)
        return;
    g_free(lazy->slots);
    lazy->n_slots = MAX(128, 2 * lazy->n_slots);
    lazy->slots = g_new0(guint32, lazy->n_slots);
    for (guint32 i = 0; i < lazy->n; i++) {
        guint32 at = hash(lazy->states[i].state);

        while (lazy->slots[at & (lazy->n_slots - 1)] != 0)
            at++;
        lazy->slots[at & (lazy->n_slots - 1)] = i + 1;
    }
}

static guint32
append(TamisLazy *lazy, TamisState state)
{
    guint32 number = lazy->n;

    make_room(lazy);
    lazy->states[number] = (TamisLazyState){
        .state = state,
        .remaining = (guint16)MIN(tamis_automaton_remaining(lazy->automaton, state), G_MAXUINT16),
        .may_wait = tamis_automaton_may_wait(lazy->automaton, state),
    };
    memset(lazy->next + (gsize)number * lazy->n_bytes, 0, lazy->n_bytes * sizeof *lazy->next);
    lazy->n++;
    return number;
}

guint32
tamis_lazy_number(TamisLazy *lazy, TamisState state)
{
    guint32 at, number;

    if (state >= TAMIS_STATE_DEAD)
        return state == TAMIS_STATE_DEAD ? TAMIS_LAZY_DEAD : TAMIS_LAZY_DONE;
    if (tamis_automaton_is_dense(lazy->automaton)) {
        while (lazy->n <= TAMIS_LAZY_FIRST + state)
            append(lazy, lazy->n - TAMIS_LAZY_FIRST);
        return TAMIS_LAZY_FIRST + (guint32)state;
    }
    if (lazy->n <= FEW_STATES) {
        for (guint32 i = TAMIS_LAZY_FIRST; i < lazy->n; i++) {
            if (lazy->states[i].state == state)
                return i;
        }
        return append(lazy, state);
    }
    index_states(lazy);
    for (at = hash(state); lazy->slots[at & (lazy->n_slots - 1)] != 0; at++) {
        guint32 known = lazy->slots[at & (lazy->n_slots - 1)] - 1;

        if (lazy->states[known].state == state)
            return known;
    }
    number = append(lazy, state);
    lazy->slots[at & (lazy->n_slots - 1)] = number + 1;
    return number;
}

guint32
tamis_lazy_fill(TamisLazy *lazy, guint32 state, guint at_byte)
{
    guint32 next =
        tamis_lazy_number(lazy, tamis_automaton_step(lazy->automaton, lazy->states[state].state,
                                                     lazy->bytes[at_byte]));

    lazy->next[(gsize)state * lazy->n_bytes + at_byte] = next + 1;
    return next;
}

void
tamis_lazy_begin(TamisLazy *lazy, const TamisAutomaton *automaton, const guint8 *bytes,
                 guint n_bytes)
{
    lazy->automaton = automaton;
    lazy->bytes = bytes;
    lazy->n_bytes = n_bytes;
    lazy->n = 0;
    if (lazy->slots != NULL) {
        g_clear_pointer(&lazy->slots, g_free);
        lazy->n_slots = 0;
    }
    append(lazy, TAMIS_STATE_DEAD);
    append(lazy, TAMIS_STATE_DONE);
}

void
tamis_lazy_clear(TamisLazy *lazy)
{
    g_free(lazy->states);
    g_free(lazy->next);
    g_free(lazy->slots);
}
