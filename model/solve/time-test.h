/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One test of an instant, prepared: whether it holds, and when it may hold next. Not installed. */
#pragma once

#include "model/solve/timeline.h"

#define TAMIS_DAY_S  86400
#define TAMIS_WEEK_S (7 * TAMIS_DAY_S)

typedef enum {
    TAMIS_TIME_CONSTANT,
    TAMIS_TIME_INSTANTS, /* ranges */
    TAMIS_TIME_SHARE,
    TAMIS_TIME_HOURS,
    TAMIS_TIME_SECONDS, /* of the day: ranges */
    TAMIS_TIME_WEEKDAY, /* mask: bit 0 Sunday */
    TAMIS_TIME_MONTH,   /* mask: bit 1 January */
    TAMIS_TIME_MONTHDAY,
    TAMIS_TIME_DAYS, /* ranges of day numbers */
    TAMIS_TIME_TEXT, /* anything else: its text, looked at day by day or second by second */
} TamisTimeKind;

/* [first, last], both inside. */
typedef struct {
    gint64 first, last;
} TamisTimeRange;

typedef struct {
    const TamisTimeline *timeline;
    const TamisAtom *atom;
    guint8 kind; /* TamisTimeKind */
    gboolean negated;
    gboolean holds; /* CONSTANT */
    const char *part;
    guint32 mask;
    GArray *ranges; /* of TamisTimeRange: sorted, disjoint; mask and ranges have negation in them */
    GArray *other_ranges; /* INSTANTS in a zone: those of the offset before; or NULL */
    gint32 ranges_offset_s, other_offset_s;
    GPtrArray *keys; /* TEXT: an automaton a key, to see from a beginning what cannot be; or NULL */
    const TamisHours *hours;
    const TamisZone *zone; /* NULL: offset_s always */
    gint32 offset_s;
    TamisInstant period_start, period_end; /* where offset_s is known to be right */
} TamisPreparedTime;

void tamis_time_prepare(TamisPreparedTime *prepared, const TamisTimeline *timeline,
                        const TamisTimeTest *test, TamisInstant from);
void tamis_time_clear(TamisPreparedTime *prepared);
gboolean tamis_time_holds(TamisPreparedTime *prepared, TamisInstant instant);
/* For a test that does not hold: a later instant before which it never holds; TAMIS_INSTANT_MAX: never. */
TamisInstant tamis_time_next(TamisPreparedTime *prepared, TamisInstant instant);
/* The offset at an instant, and until when it stays. */
gint32 tamis_time_offset(TamisPreparedTime *prepared, TamisInstant instant);
