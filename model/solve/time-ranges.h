/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Sets of instants, days and seconds as sorted ranges, and those of date tests. Not installed. */
#pragma once

#include "model/solve/time-test.h"

void tamis_ranges_add(GArray *ranges, gint64 first, gint64 last);
/* Sorts, joins what touches. */
void tamis_ranges_settle(GArray *ranges);
/* What is not in it, of first … last. */
GArray *tamis_ranges_complement(const GArray *ranges, gint64 first, gint64 last);
GArray *tamis_ranges_intersect(const GArray *a, const GArray *b);
gboolean tamis_ranges_have(const GArray *ranges, gint64 number);
/* The first number above that is in it; G_MAXINT64: none. */
gint64 tamis_ranges_next(const GArray *ranges, gint64 number);

/* The seconds of the day at which a test of "hour", "minute", "second" or "time" holds. Owned. */
GArray *tamis_ranges_of_seconds(TamisTexts *texts, const TamisAtom *atom, const char *part);
/* The days on which one of "year", "date" or "julian" does; NULL where no ranges can be had. */
GArray *tamis_ranges_of_days(TamisTexts *texts, const TamisAtom *atom, const char *part);
/* The instants at which one of "iso8601" or "std11" does, with a fixed offset; NULL where no ranges can be had. */
GArray *tamis_ranges_of_instants(TamisTexts *texts, const TamisAtom *atom, const char *part,
                                 gint32 offset_s);

/* 1 January 1 to 31 December 9999. */
#define TAMIS_FIRST_DAY (-719162)
#define TAMIS_LAST_DAY  2932896
