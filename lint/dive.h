/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A way round where ways are too many to try them all: one walk that goes on as long as some message can take
 * it, until it meets itself. What is found is a round, not the shortest; nothing is proved where none is. */
#pragma once

#include "lint/rounds.h"

/* is_live: by edge, which ones may be taken. Takes what it does from *steps. TRUE: out_round is the caller's, as in
 * tamis_rounds_find, its verdict WITNESS. */
gboolean tamis_dive_find(const TamisRoundsQuery *query, const guint8 *is_live, guint64 *steps,
                         TamisRound *out_round);
