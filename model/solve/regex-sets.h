/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A regular expression's sets of places as numbered states, made when they are reached. Not installed. */
#pragma once

#include "base/arena.h"
#include "model/regex.h"
#include "model/solve/automaton.h"

typedef struct TamisRegexSets TamisRegexSets;

/* The expression is lent. */
TamisRegexSets *tamis_regex_sets_new(TamisArena *arena, const TamisRegex *regex);
TamisState tamis_regex_sets_start(TamisRegexSets *sets);
TamisState tamis_regex_sets_step(TamisRegexSets *sets, TamisState state, guint8 byte);
gboolean tamis_regex_sets_accepts(const TamisRegexSets *sets, TamisState state);
guint tamis_regex_sets_remaining(const TamisRegexSets *sets, TamisState state);
/* Whether there were too many: what came then is said to be found, and need not be. */
gboolean tamis_regex_sets_are_rough(const TamisRegexSets *sets);
const TamisRegex *tamis_regex_sets_get_regex(const TamisRegexSets *sets);
