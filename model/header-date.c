/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads dates of header fields, token by token. */
#include "model/header-date.h"

#include "model/field-words.h"

#include <string.h>

typedef struct {
    TamisFieldReader reader;
    GString *token;
} Date;

enum { LEAP_SECOND = 60 };

static gboolean
next_token(Date *date)
{
    g_string_truncate(date->token, 0);
    return tamis_field_read_atom(&date->reader, date->token);
}

/* The token as a number of that many digits. */
static gboolean
number_of(const Date *date, gsize least, gsize most, int *out)
{
    int value = 0;

    if (date->token->len < least || date->token->len > most)
        return FALSE;
    for (gsize i = 0; i < date->token->len; i++) {
        if (!g_ascii_isdigit(date->token->str[i]))
            return FALSE;
        value = value * 10 + g_ascii_digit_value(date->token->str[i]);
    }
    *out = value;
    return TRUE;
}

static gboolean
next_number(Date *date, gsize least, gsize most, int *out)
{
    return next_token(date) && number_of(date, least, most, out);
}

static gboolean
read_month(Date *date, int *out)
{
    static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";

    if (!next_token(date) || date->token->len < 3)
        return FALSE;
    for (int i = 0; i < 12; i++)
        if (g_ascii_strncasecmp(names + 3 * i, date->token->str, 3) == 0) {
            *out = i + 1;
            return TRUE;
        }
    return FALSE;
}

/* Two digits are of 1970 to 2069. */
static gboolean
read_year(Date *date, int *out)
{
    if (!next_number(date, 2, 4, out) || date->token->len == 3)
        return FALSE;
    if (date->token->len == 2)
        *out += *out < 70 ? 2000 : 1900;
    return *out >= 1900;
}

/* Some write dots. */
static gboolean
take_separator(Date *date)
{
    return (tamis_field_take(&date->reader, ':') || tamis_field_take(&date->reader, '.')) &&
           tamis_field_skip_blanks(&date->reader);
}

static gboolean
read_clock(Date *date, int *out_second_of_day)
{
    int hour = 0, minute = 0, second = 0;

    if (!next_number(date, 1, 2, &hour) || !take_separator(date) ||
        !next_number(date, 2, 2, &minute))
        return FALSE;
    if (take_separator(date) && !next_number(date, 2, 2, &second))
        return FALSE;
    if (second == LEAP_SECOND)
        second--;
    *out_second_of_day = hour * 3600 + minute * 60 + second;
    return hour < 24 && minute < 60 && second < 60;
}

/* Military zones as they were meant (RFC 822 has them the other way round). */
static gint32
letter_hours(char letter)
{
    char c = g_ascii_toupper(letter);

    if (c < 'J')
        return c - 'A' + 1;
    if (c == 'J' || c == 'Z')
        return 0;
    return c <= 'M' ? c - 'A' : 'M' - c;
}

static gint32
offset_of(const GString *zone)
{
    static const char american[] = "ECMP"; /* five hours west, six … */
    const char *text = zone->str, *place;
    gint32 minutes = 0;

    if (zone->len == 5 && (*text == '+' || *text == '-')) {
        for (gsize i = 1; i < 5; i++)
            if (!g_ascii_isdigit(text[i]))
                return 0;
        minutes =
            ((text[1] - '0') * 10 + text[2] - '0') * 60 + (text[3] - '0') * 10 + text[4] - '0';
        return (*text == '+' ? minutes : -minutes) * 60;
    }
    if (zone->len == 1 && g_ascii_isalpha(*text))
        return letter_hours(*text) * 3600;
    if (zone->len != 3 || text[2] != 'T' || strchr("DS", g_ascii_toupper(text[1])) == NULL)
        return 0;
    place = strchr(american, g_ascii_toupper(*text));
    if (place == NULL)
        return 0;
    return ((g_ascii_toupper(text[1]) == 'D') - 5 - (gint32)(place - american)) * 3600;
}

static gboolean
read_date(Date *date, gint64 *out_instant, gint32 *out_offset_s)
{
    int day = 0, month = 0, year = 0, second = 0;
    g_autoptr(GDateTime) midnight = NULL;

    if (!tamis_field_skip_blanks(&date->reader) || !next_token(date))
        return FALSE;
    if (date->token->len == 3 && /* the day's name */
        (!tamis_field_take(&date->reader, ',') || !tamis_field_skip_blanks(&date->reader) ||
         !next_token(date)))
        return FALSE;
    if (!number_of(date, 1, 2, &day) || !read_month(date, &month) || !read_year(date, &year) ||
        !read_clock(date, &second))
        return FALSE;
    midnight = g_date_time_new_utc(year, month, day, 0, 0, 0);
    if (midnight == NULL)
        return FALSE;
    g_string_truncate(date->token, 0);
    if (date->reader.at < date->reader.end && !next_token(date))
        return FALSE;
    *out_offset_s = offset_of(date->token);
    *out_instant = g_date_time_to_unix(midnight) + second - *out_offset_s;
    return TRUE;
}

gboolean
tamis_header_date_read(const char *text, gint64 *out_instant, gint32 *out_offset_s)
{
    const char *trace = strrchr(text, ';');
    const char *start = trace != NULL ? trace + 1 : text;
    Date date = {{start, start + strlen(start)}, g_string_new(NULL)};
    gboolean read = read_date(&date, out_instant, out_offset_s);

    g_string_free(date.token, TRUE);
    return read;
}
