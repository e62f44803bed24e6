/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * When a test of the instant changes. */
#pragma once

#include "model/formula.h"
#include "model/solve/timeline.h"

typedef struct {
    gboolean starts;   /* whether it holds at from */
    GArray *changes;   /* of TamisInstant, in (from, to) */
    gboolean is_known; /* FALSE: it changes too often, and some are missing */
} TamisTicks;

/* Of an atom in [from, to). */
TamisTicks *tamis_ticks_new(const TamisFormulas *formulas, const TamisTimeline *timeline,
                            TamisFormula atom, TamisInstant from, TamisInstant to);
/* A GDestroyNotify. */
void tamis_ticks_free(gpointer ticks);

/* A change of one of several tests. */
typedef struct {
    TamisInstant instant;
    guint32 test;
} TamisTick;

/* Appends the changes of that test to changes (of TamisTick). */
void tamis_ticks_append(const TamisTicks *ticks, guint32 test, GArray *changes);
/* By their instants. */
void tamis_ticks_sort(GArray *changes);
