/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Calendar, clock and IANA zones. An instant is seconds since 1970-01-01T00:00:00Z. */
#pragma once

#include "base/api.h"

typedef gint64 TamisInstant;
#define TAMIS_INSTANT_MIN G_MININT64 /* since ever */
#define TAMIS_INSTANT_MAX G_MAXINT64 /* for ever */

/* Proleptic Gregorian; year 1 … 9999. */
typedef struct {
    gint32 year;
    guint8 month, day; /* 1-based */
} TamisDay;

typedef struct {
    TamisDay date;
    guint8 hour, minute, second; /* 24:00:00 is 00:00:00 of the next day */
} TamisClock;

/* Days since 1970-01-01. */
TAMIS_API gint64 tamis_day_number(TamisDay day);
TAMIS_API TamisDay tamis_day_from_number(gint64 number);
TAMIS_API gboolean tamis_day_is_valid(gint32 year, gint32 month, gint32 day);
/* 0 Monday … 6 Sunday. */
TAMIS_API guint tamis_day_weekday(gint64 number);
/* Reads "2026-12-31"; FALSE when it is not of that form or no such day. */
TAMIS_API gboolean tamis_day_parse(const char *text, gsize length_bytes, TamisDay *out_day);

typedef struct TamisZone TamisZone;

/* NULL when the system's zone data has no such zone ("UTC" is always there). Cached: the same name
 * gives the same zone. Lent, lives for ever. Thread-safe. */
TAMIS_API const TamisZone *tamis_zone_get(const char *name);
TAMIS_API const char *tamis_zone_get_name(const TamisZone *zone);
/* All zones that the system's data names, for suggestions; NULL-terminated, maybe empty. Static. */
TAMIS_API const char *const *tamis_zone_names(void);
/* Version of the system's zone data ("2024b"), or "unknown". Static. */
TAMIS_API const char *tamis_zone_data_version(void);
/* Seconds east of UTC. */
TAMIS_API gint32 tamis_zone_offset_at(const TamisZone *zone, TamisInstant instant);
/* Of an instant that the clock repeats the first is meant, for one that it skips the moment of the
 * change. */
TAMIS_API TamisInstant tamis_zone_to_instant(const TamisZone *zone, TamisClock clock);
TAMIS_API TamisClock tamis_zone_to_clock(const TamisZone *zone, TamisInstant instant);
/* With a fixed offset in seconds. */
TAMIS_API TamisInstant tamis_clock_to_instant(TamisClock clock, gint32 offset_s);
TAMIS_API TamisClock tamis_clock_from_instant(TamisInstant instant, gint32 offset_s);

typedef struct {
    TamisInstant start; /* the first second of it */
    gint32 offset_s;
} TamisOffsetPeriod;

/* The offsets from `from` until `to`: the first period starts at from; neighbours differ. Ownership
 * is the caller's. */
TAMIS_API GArray *tamis_zone_periods(const TamisZone *zone, TamisInstant from, TamisInstant to);
/* "+0800", "-0330": the sign is that of the whole. buffer takes 6 bytes. Seconds are dropped. */
TAMIS_API void tamis_offset_format(gint32 offset_s, char *buffer);
/* Reads an INSTANT word of the policy language ("2026-12-31 18:00", "T", seconds, "Z" or "+08:00");
 * zone where none is written. */
TAMIS_API gboolean tamis_instant_parse(const char *text, gsize length_bytes, const TamisZone *zone,
                                       TamisInstant *out_instant);
/* "2026-12-31 18:00 +08:00" (seconds where they are not 0), for messages. Caller frees. */
TAMIS_API char *tamis_instant_to_string(TamisInstant instant, const TamisZone *zone);
