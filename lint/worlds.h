/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Edges that lie on no round, whatever the message: told by the conditions that many edges share. */
#pragma once

#include "lint/rounds.h"

/* Takes edges that it proves to lie on no round out of is_live (by edge), and what it does from *steps. TRUE: it took
 * some out. */
gboolean tamis_worlds_prune(const TamisRoundsQuery *query, guint8 *is_live, guint64 *steps);
