/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads TZif files and the POSIX rule in their footer. Knows nothing of names or folders. */
#include "model/tzif.h"

#include <string.h>

#define HEADER_BYTES 44
#define MAX_COUNT    100000 /* of transitions: more is damage */
#define MAX_OFFSET_S 172800
/* Changes beyond these (some writers begin at -2^59; the year 9000) are damage: years have four
 * digits, also a cycle later, and no sum overflows. */
#define FIRST_TIME (-(G_GINT64_CONSTANT(1) << 60))
#define LAST_TIME  G_GINT64_CONSTANT(221845392000)

/* One half of the footer's rule: a day of each year and a local time, which may be negative or
 * beyond the day's end. */
typedef struct {
    char kind; /* 'M' month, week, weekday; 'J' day 1-365 without leap days; 'D' day 0-365 */
    gint32 month, week, day;
    gint32 time_s;
} Change;

typedef struct {
    gint32 standard_s, daylight_s;
    gboolean has_daylight;
    Change start, end;
} Rule;

static guint32
get_u32(const guint8 *at)
{
    return (guint32)at[0] << 24 | (guint32)at[1] << 16 | (guint32)at[2] << 8 | at[3];
}

static gint64
get_i64(const guint8 *at)
{
    return (gint64)((guint64)get_u32(at) << 32 | get_u32(at + 4));
}

/* The footer ----------------------------------------------------------------------------------- */

static gboolean
read_number(const char **at, gint32 max, gint32 *out_number)
{
    gint32 number = 0;

    if (!g_ascii_isdigit(**at))
        return FALSE;
    for (; g_ascii_isdigit(**at); (*at)++) {
        number = number * 10 + (**at - '0');
        if (number > max)
            return FALSE;
    }
    *out_number = number;
    return TRUE;
}

/* [+-]hh[:mm[:ss]] */
static gboolean
read_time(const char **at, gint32 *out_time_s)
{
    static const gint32 units[] = {3600, 60, 1};
    gint32 sign = **at == '-' ? -1 : 1, total = 0, number;

    if (**at == '-' || **at == '+')
        (*at)++;
    for (guint i = 0; i < G_N_ELEMENTS(units); i++) {
        if (i > 0 && **at != ':')
            break;
        if (i > 0)
            (*at)++;
        if (!read_number(at, i == 0 ? 167 : 59, &number))
            return FALSE;
        total += number * units[i];
    }
    *out_time_s = sign * total;
    return TRUE;
}

/* "CET" or "<+0330>" */
static gboolean
skip_name(const char **at)
{
    const char *start = *at;

    if (**at == '<') {
        const char *close = strchr(*at, '>');

        if (close == NULL)
            return FALSE;
        *at = close + 1;
        return TRUE;
    }
    while (g_ascii_isalpha(**at))
        (*at)++;
    return *at - start >= 3;
}

static gboolean
read_change(const char **at, Change *change)
{
    if (*(*at)++ != ',')
        return FALSE;
    change->kind = **at == 'M' || **at == 'J' ? *(*at)++ : 'D';
    if (change->kind == 'M') {
        if (!read_number(at, 12, &change->month) || *(*at)++ != '.' ||
            !read_number(at, 5, &change->week) || *(*at)++ != '.' ||
            !read_number(at, 6, &change->day) || change->month < 1 || change->week < 1)
            return FALSE;
    } else if (!read_number(at, 365, &change->day) || (change->kind == 'J' && change->day < 1)) {
        return FALSE;
    }
    change->time_s = 7200;
    if (**at != '/')
        return TRUE;
    (*at)++;
    return read_time(at, &change->time_s);
}

/* POSIX TZ, its offsets counted westwards: "CET-1CEST,M3.5.0,M10.5.0/3". */
static gboolean
read_rule(const char *text, Rule *rule)
{
    const char *at = text;

    *rule = (Rule){0};
    if (!skip_name(&at) || !read_time(&at, &rule->standard_s))
        return FALSE;
    rule->standard_s = -rule->standard_s;
    if (*at == '\0')
        return TRUE;
    rule->has_daylight = TRUE;
    rule->daylight_s = rule->standard_s + 3600;
    if (!skip_name(&at))
        return FALSE;
    if (*at != ',') {
        if (!read_time(&at, &rule->daylight_s))
            return FALSE;
        rule->daylight_s = -rule->daylight_s;
    }
    return read_change(&at, &rule->start) && read_change(&at, &rule->end) && *at == '\0';
}

/* The local second, counted from 1970, at which this change happens in a year. */
static gint64
change_in_year(const Change *change, gint32 year)
{
    gint64 first = tamis_day_number((TamisDay){.year = year, .month = 1, .day = 1});
    gint64 number;

    if (change->kind == 'M') {
        TamisDay month = {.year = year, .month = (guint8)change->month, .day = 1};
        gint64 start = tamis_day_number(month);
        gint32 weekday = ((gint32)tamis_day_weekday(start) + 1) % 7; /* 0 is Sunday here */

        number = start + (change->day - weekday + 7) % 7 + 7 * (change->week - 1);
        while (!tamis_day_is_valid(year, change->month, (gint32)(number - start) + 1))
            number -= 7;
    } else {
        number = first + change->day;
        if (change->kind == 'J')
            number += change->day >= 60 && tamis_day_is_valid(year, 2, 29) ? 0 : -1;
    }
    return number * 86400 + change->time_s;
}

/* Periods -------------------------------------------------------------------------------------- */

/* Adds a change of offset. At one instant the later word counts. */
static void
add_period(GArray *periods, TamisInstant start, gint32 offset_s)
{
    TamisOffsetPeriod period = {.start = start, .offset_s = offset_s};
    TamisOffsetPeriod *last = NULL;

    if (periods->len > 0)
        last = &g_array_index(periods, TamisOffsetPeriod, periods->len - 1);
    if (last != NULL && last->start >= start) {
        period.start = last->start;
        g_array_set_size(periods, periods->len - 1);
        add_period(periods, period.start, offset_s);
    } else if (last == NULL || last->offset_s != offset_s) {
        g_array_append_val(periods, period);
    }
}

static void
add_year(GArray *periods, const Rule *rule, gint32 year, TamisInstant after)
{
    TamisInstant start = change_in_year(&rule->start, year) - rule->standard_s;
    TamisInstant end = change_in_year(&rule->end, year) - rule->daylight_s;
    gboolean start_first = start < end;
    TamisInstant first = start_first ? start : end, second = start_first ? end : start;

    if (first > after)
        add_period(periods, first, start_first ? rule->daylight_s : rule->standard_s);
    if (second > after)
        add_period(periods, second, start_first ? rule->standard_s : rule->daylight_s);
}

/* Carries the rule on from the last written change until it repeats itself. Before years have
 * numbers (no change is written at all) the first type's offset stays. */
static void
add_rule(GArray *periods, const Rule *rule, TamisInstant last, TamisInstant *out_end)
{
    gint32 year = tamis_clock_from_instant(last, 0).date.year;
    TamisDay end = {.year = year + 402, .month = 1, .day = 1};

    if (!rule->has_daylight) {
        add_period(periods, last + 1, rule->standard_s);
        return;
    }
    for (gint32 i = year; i <= end.year + 1; i++)
        add_year(periods, rule, i, last);
    *out_end = tamis_day_number(end) * 86400;
}

/* The file ------------------------------------------------------------------------------------- */

typedef struct {
    guint32 n_utc, n_standard, n_leap, n_times, n_types, n_chars;
    gsize size_bytes; /* of the data behind the header, times of time_bytes each */
} Block;

static gboolean
read_header(const guint8 *data, gsize length_bytes, gsize time_bytes, Block *block)
{
    if (length_bytes < HEADER_BYTES || memcmp(data, "TZif", 4) != 0)
        return FALSE;
    block->n_utc = get_u32(data + 20);
    block->n_standard = get_u32(data + 24);
    block->n_leap = get_u32(data + 28);
    block->n_times = get_u32(data + 32);
    block->n_types = get_u32(data + 36);
    block->n_chars = get_u32(data + 40);
    if (block->n_utc > MAX_COUNT || block->n_standard > MAX_COUNT || block->n_leap > MAX_COUNT ||
        block->n_times > MAX_COUNT || block->n_types > 256 || block->n_chars > MAX_COUNT ||
        block->n_types == 0)
        return FALSE;
    block->size_bytes = block->n_times * (time_bytes + 1) + block->n_types * 6 + block->n_chars +
                        block->n_leap * (time_bytes + 4) + block->n_standard + block->n_utc;
    return length_bytes - HEADER_BYTES >= block->size_bytes;
}

static GArray *
read_periods(const guint8 *data, const Block *block, gsize time_bytes, TamisInstant *out_last)
{
    const guint8 *indexes = data + block->n_times * time_bytes;
    const guint8 *types = indexes + block->n_times;
    g_autoptr(GArray) periods = g_array_new(FALSE, FALSE, sizeof(TamisOffsetPeriod));

    *out_last = TAMIS_INSTANT_MIN;
    for (guint32 i = 0; i < block->n_types; i++)
        if (ABS((gint64)(gint32)get_u32(types + i * 6)) > MAX_OFFSET_S)
            return NULL;
    add_period(periods, TAMIS_INSTANT_MIN, (gint32)get_u32(types));
    for (guint32 i = 0; i < block->n_times; i++) {
        TamisInstant time = time_bytes == 8 ? get_i64(data + i * 8) : (gint32)get_u32(data + i * 4);

        if (indexes[i] >= block->n_types || time <= *out_last || time < FIRST_TIME ||
            time > LAST_TIME)
            return NULL;
        *out_last = time;
        add_period(periods, time, (gint32)get_u32(types + indexes[i] * 6));
    }
    return g_steal_pointer(&periods);
}

GArray *
tamis_tzif_read(const guint8 *data, gsize length_bytes, TamisInstant *out_end)
{
    g_autoptr(GArray) periods = NULL;
    g_autofree char *footer = NULL;
    gsize time_bytes = 4, used;
    TamisInstant last;
    Block block;
    Rule rule;

    if (!read_header(data, length_bytes, 4, &block))
        return NULL;
    if (data[4] >= '2') {
        data += HEADER_BYTES + block.size_bytes;
        length_bytes -= HEADER_BYTES + block.size_bytes;
        time_bytes = 8;
        if (!read_header(data, length_bytes, 8, &block))
            return NULL;
    }
    if (block.n_leap > 0)
        return NULL;
    periods = read_periods(data + HEADER_BYTES, &block, time_bytes, &last);
    if (periods == NULL)
        return NULL;
    *out_end = TAMIS_INSTANT_MAX;
    used = HEADER_BYTES + block.size_bytes;
    if (time_bytes == 8 && length_bytes - used > 2) {
        footer = g_strndup((const char *)data + used + 1, length_bytes - used - 2);
        if (!read_rule(footer, &rule))
            return NULL;
        add_rule(periods, &rule, last, out_end);
    }
    return g_steal_pointer(&periods);
}
