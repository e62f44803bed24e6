/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An automaton's states as small numbers, its steps in a table that is filled as they are taken. Not
 * installed. */
#pragma once

#include "model/solve/automaton.h"

/* The numbers that every automaton's end states have. */
enum { TAMIS_LAZY_DEAD, TAMIS_LAZY_DONE, TAMIS_LAZY_FIRST };

typedef struct {
    TamisState state;
    guint16 remaining;
    gboolean may_wait; /* it may stay, whatever comes */
} TamisLazyState;

typedef struct {
    const TamisAutomaton *automaton;
    const guint8 *bytes; /* the alphabet, lent */
    guint n_bytes;
    guint32 n, room;
    TamisLazyState *states;
    guint32 *next; /* by state and byte: 1 + state; 0: not taken yet */
    gsize next_room;
    guint32 *slots; /* state + 1 by hash; many states only, and not where they are dense */
    guint32 n_slots;
} TamisLazy;

/* Takes up an automaton and an alphabet; keeps the memory it has. lazy is zeroed at first. */
void tamis_lazy_begin(TamisLazy *lazy, const TamisAutomaton *automaton, const guint8 *bytes,
                      guint n_bytes);
void tamis_lazy_clear(TamisLazy *lazy);
guint32 tamis_lazy_number(TamisLazy *lazy, TamisState state);
guint32 tamis_lazy_fill(TamisLazy *lazy, guint32 state, guint at_byte);

static inline guint32
tamis_lazy_step(TamisLazy *lazy, guint32 state, guint at_byte)
{
    guint32 next = lazy->next[(gsize)state * lazy->n_bytes + at_byte];

    return next != 0 ? next - 1 : tamis_lazy_fill(lazy, state, at_byte);
}

static inline gboolean
tamis_lazy_accepts(const TamisLazy *lazy, guint32 state)
{
    return tamis_automaton_accepts(lazy->automaton, lazy->states[state].state);
}
