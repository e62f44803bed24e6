/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tests of an instant, and an instant that passes them all: dates, clocks, weekly hours in their zones,
 * shares. Not installed. */
#pragma once

#include "model/solve/text.h"

/* A test of NOW, DATE, SINCE, HOURS or SHARE. */
typedef struct {
    const TamisAtom *atom;
    gboolean negated;
    guint32 tag; /* the caller's */
} TamisTimeTest;

typedef struct {
    TamisTexts *texts;
    const TamisPolicy *policy; /* of hours */
    const TamisZone *local;    /* NULL: UTC */
    gint32 original_offset_s;  /* of a header's date */
} TamisTimeline;

/* The first instant of from … to (both inside) that passes all tests. */
TamisTextResult
tamis_timeline_solve(const TamisTimeline *timeline, const TamisTimeTest *tests, guint n,
                     TamisInstant from, TamisInstant to, TamisInstant *out_instant);
