/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What one of some automata accepts and none of others: their states together as numbered states, made when they are
 * reached. Not installed. */
#pragma once

#include "model/solve/automaton.h"

typedef struct TamisDifference TamisDifference;

/* parts: n of them, lent, of which the first n_wanted are wanted; none that guesses. */
TamisDifference *
tamis_difference_new(TamisArena *arena, TamisAutomaton *const *parts, guint n, guint n_wanted);
TamisState tamis_difference_start(TamisDifference *difference);
TamisState tamis_difference_step(TamisDifference *difference, TamisState state, guint8 byte);
gboolean tamis_difference_accepts(const TamisDifference *difference, TamisState state);
/* Whether there were too many: what came then is said to be accepted, and need not be. */
gboolean tamis_difference_is_rough(const TamisDifference *difference);
/* As tamis_automaton_add_bytes. */
gboolean tamis_difference_add_bytes(const TamisDifference *difference, TamisByteSet *bytes);
