/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Days, clocks and their texts: pure arithmetic on the proleptic Gregorian calendar. Zones are
 * model/zone.c's; here an offset is a number of seconds. */
#include "model/zone.h"

#include <string.h>

#define DAY_S        86400
#define FIRST_NUMBER (-719162) /* 0001-01-01 */
#define LAST_NUMBER  2932896   /* 9999-12-31 */

/* Rounds down, for days before 1970 too. */
static gint64
floor_div(gint64 a, gint64 b)
{
    gint64 quotient = a / b;

    return a % b < 0 ? quotient - 1 : quotient;
}

/* Years are counted from March, so that the leap day is a year's last. */
gint64
tamis_day_number(TamisDay day)
{
    gint64 year = day.month <= 2 ? day.year - 1 : day.year;
    gint64 era = floor_div(year, 400);
    gint64 year_of_era = year - era * 400;
    gint64 month = day.month > 2 ? day.month - 3 : day.month + 9;
    gint64 day_of_year = (153 * month + 2) / 5 + day.day - 1;

    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
           719468;
}

TamisDay
tamis_day_from_number(gint64 number)
{
    gint64 shifted = CLAMP(number, FIRST_NUMBER, LAST_NUMBER) + 719468;
    gint64 era = shifted / 146097;
    gint64 day_of_era = shifted % 146097;
    gint64 year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    gint64 day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    gint64 month = (5 * day_of_year + 2) / 153;

    return (TamisDay){
        .year = (gint32)(era * 400 + year_of_era + (month >= 10)),
        .month = (guint8)(month < 10 ? month + 3 : month - 9),
        .day = (guint8)(day_of_year - (153 * month + 2) / 5 + 1),
    };
}

gboolean
tamis_day_is_valid(gint32 year, gint32 month, gint32 day)
{
    static const guint8 lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    gboolean leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1)
        return FALSE;
    return day <= lengths[month - 1] + (month == 2 && leap);
}

guint
tamis_day_weekday(gint64 number)
{
    /* 1970-01-01 was a Thursday. */
    return (guint)(number + 3 - 7 * floor_div(number + 3, 7));
}

/* A reader over text that has no closing NUL. */
typedef struct {
    const char *at, *end;
} Reader;

static gboolean
read_digits(Reader *reader, int n, gint32 *out_number)
{
    gint32 number = 0;

    if (reader->end - reader->at < n)
        return FALSE;
    for (int i = 0; i < n; i++) {
        if (!g_ascii_isdigit(reader->at[i]))
            return FALSE;
        number = number * 10 + (reader->at[i] - '0');
    }
    reader->at += n;
    *out_number = number;
    return TRUE;
}

static gboolean
read_char(Reader *reader, char wanted)
{
    if (reader->at == reader->end || *reader->at != wanted)
        return FALSE;
    reader->at++;
    return TRUE;
}

static gboolean
read_day(Reader *reader, TamisDay *out_day)
{
    gint32 year, month, day;

    if (!read_digits(reader, 4, &year) || !read_char(reader, '-') ||
        !read_digits(reader, 2, &month) || !read_char(reader, '-') || !read_digits(reader, 2, &day))
        return FALSE;
    if (!tamis_day_is_valid(year, month, day))
        return FALSE;
    *out_day = (TamisDay){.year = year, .month = (guint8)month, .day = (guint8)day};
    return TRUE;
}

/* Hours, minutes and, where a colon follows, seconds; 24:00 is the end of the day. */
static gboolean
read_time(Reader *reader, TamisClock *clock)
{
    gint32 hour, minute, second = 0;

    if (!read_digits(reader, 2, &hour) || !read_char(reader, ':') ||
        !read_digits(reader, 2, &minute))
        return FALSE;
    if (read_char(reader, ':') && !read_digits(reader, 2, &second))
        return FALSE;
    if (hour > 24 || minute > 59 || second > 59 || (hour == 24 && (minute > 0 || second > 0)))
        return FALSE;
    clock->hour = (guint8)hour;
    clock->minute = (guint8)minute;
    clock->second = (guint8)second;
    return TRUE;
}

/* "Z", "+08:00", "-03:30"; a blank may stand before. Nothing: *out_has is FALSE. */
static gboolean
read_offset(Reader *reader, gboolean *out_has, gint32 *out_offset_s)
{
    gint32 hours, minutes;
    int sign;

    *out_has = reader->at < reader->end;
    *out_offset_s = 0;
    if (!*out_has)
        return TRUE;
    read_char(reader, ' ');
    if (read_char(reader, 'Z'))
        return TRUE;
    if (read_char(reader, '+'))
        sign = 1;
    else if (read_char(reader, '-'))
        sign = -1;
    else
        return FALSE;
    if (!read_digits(reader, 2, &hours) || !read_char(reader, ':') ||
        !read_digits(reader, 2, &minutes) || hours > 23 || minutes > 59)
        return FALSE;
    *out_offset_s = sign * (hours * 3600 + minutes * 60);
    return TRUE;
}

gboolean
tamis_day_parse(const char *text, gsize length_bytes, TamisDay *out_day)
{
    Reader reader = {text, text + length_bytes};
    TamisDay day;

    if (!read_day(&reader, &day) || reader.at != reader.end)
        return FALSE;
    *out_day = day;
    return TRUE;
}

gboolean
tamis_instant_parse(const char *text, gsize length_bytes, const TamisZone *zone,
                    TamisInstant *out_instant)
{
    Reader reader = {text, text + length_bytes};
    TamisClock clock = {0};
    gboolean has_offset;
    gint32 offset_s;

    if (!read_day(&reader, &clock.date))
        return FALSE;
    if (!read_char(&reader, ' ') && !read_char(&reader, 'T'))
        return FALSE;
    if (!read_time(&reader, &clock) || !read_offset(&reader, &has_offset, &offset_s) ||
        reader.at != reader.end)
        return FALSE;
    *out_instant =
        has_offset ? tamis_clock_to_instant(clock, offset_s) : tamis_zone_to_instant(zone, clock);
    return TRUE;
}

TamisInstant
tamis_clock_to_instant(TamisClock clock, gint32 offset_s)
{
    return tamis_day_number(clock.date) * DAY_S + clock.hour * 3600 + clock.minute * 60 +
           clock.second - offset_s;
}

TamisClock
tamis_clock_from_instant(TamisInstant instant, gint32 offset_s)
{
    /* Far from any overflow, and still outside of all days that have a name. */
    gint64 local = CLAMP(instant, G_MININT64 / 4, G_MAXINT64 / 4) + offset_s;
    gint64 number = floor_div(local, DAY_S);
    gint32 second = (gint32)(local - number * DAY_S);

    return (TamisClock){
        .date = tamis_day_from_number(number),
        .hour = (guint8)(second / 3600),
        .minute = (guint8)(second / 60 % 60),
        .second = (guint8)(second % 60),
    };
}

void
tamis_offset_format(gint32 offset_s, char *buffer)
{
    gint32 minutes = MIN(ABS(offset_s) / 60, 99 * 60 + 59);

    /* Scripts are full of these: digit by digit. */
    buffer[0] = offset_s < 0 && minutes > 0 ? '-' : '+';
    buffer[1] = (char)('0' + minutes / 600);
    buffer[2] = (char)('0' + minutes / 60 % 10);
    buffer[3] = (char)('0' + minutes % 60 / 10);
    buffer[4] = (char)('0' + minutes % 10);
    buffer[5] = '\0';
}

char *
tamis_instant_to_string(TamisInstant instant, const TamisZone *zone)
{
    gint32 offset_s = zone != NULL ? tamis_zone_offset_at(zone, instant) : 0;
    /* Where an offset has seconds (local mean time) the clock is that of the offset as shown. */
    TamisClock clock = tamis_clock_from_instant(instant, offset_s / 60 * 60);
    char second[4] = "", offset[6];

    if (clock.second != 0)
        g_snprintf(second, sizeof second, ":%02u", clock.second);
    tamis_offset_format(offset_s, offset);
    return g_strdup_printf("%04d-%02u-%02u %02u:%02u%s %.3s:%s", clock.date.year, clock.date.month,
                           clock.date.day, clock.hour, clock.minute, second, offset, offset + 3);
}
