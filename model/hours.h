/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Weekly hours with exceptions, in a zone's local time. */
#pragma once

#include "model/zone.h"

/* [start, end) of a weekday's clock in minutes; never past 1440: what runs into the next day was
 * split. */
typedef struct {
    guint16 start_minute, end_minute;
} TamisMinuteRange;

typedef struct {
    gint64 first, last; /* local days, both inside (day numbers) */
} TamisDayRange;

typedef struct {
    const TamisZone *zone;
    /* Sorted, disjoint, neighbours merged, for each weekday (0 Monday). */
    TamisMinuteRange *week[7];
    guint n_week[7];
    TamisDayRange *excepts; /* sorted, disjoint */
    guint n_excepts;
} TamisHours;

/* One line as written: on these days (bits, 0 Monday), from start to end; end <= start runs into
 * the next day; 24:00 is 1440. */
typedef struct {
    guint8 days;
    guint16 start_minute, end_minute;
} TamisHoursLine;

/* Adds the lines up. Caller frees with tamis_hours_free. */
TAMIS_API TamisHours *tamis_hours_new(const TamisZone *zone, const TamisHoursLine *lines,
                                      guint n_lines, const TamisDayRange *excepts, guint n_excepts);
TAMIS_API void tamis_hours_free(TamisHours *hours);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisHours, tamis_hours_free)
TAMIS_API gboolean tamis_hours_holds(const TamisHours *hours, TamisInstant instant);
