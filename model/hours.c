/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Weekly hours: lines added up into sorted ranges for each weekday, days taken out. */
#include "model/hours.h"

#define DAY_MINUTES 1440

static int
compare_ranges(gconstpointer a, gconstpointer b)
{
    const TamisMinuteRange *left = a, *right = b;

    return (int)left->start_minute - (int)right->start_minute;
}

static int
compare_excepts(gconstpointer a, gconstpointer b)
{
    const TamisDayRange *left = a, *right = b;

    return (left->first > right->first) - (left->first < right->first);
}

static void
add_range(GArray *week[7], guint weekday, guint start_minute, guint end_minute)
{
    TamisMinuteRange range = {.start_minute = (guint16)start_minute,
                              .end_minute = (guint16)end_minute};

    if (start_minute < end_minute)
        g_array_append_val(week[weekday % 7], range);
}

static void
add_line(GArray *week[7], const TamisHoursLine *line)
{
    for (guint day = 0; day < 7; day++) {
        if (!(line->days >> day & 1))
            continue;
        if (line->start_minute < line->end_minute) {
            add_range(week, day, line->start_minute, line->end_minute);
        } else {
            add_range(week, day, line->start_minute, DAY_MINUTES);
            add_range(week, day + 1, 0, line->end_minute);
        }
    }
}

/* Sorts, joins ranges that touch. Takes the array. */
static TamisMinuteRange *
merge_ranges(GArray *ranges, guint *out_n)
{
    TamisMinuteRange *at;
    guint n = 0;

    g_array_sort(ranges, compare_ranges);
    at = (TamisMinuteRange *)(gpointer)ranges->data;
    for (guint i = 0; i < ranges->len; i++) {
        if (n > 0 && at[i].start_minute <= at[n - 1].end_minute)
            at[n - 1].end_minute = MAX(at[n - 1].end_minute, at[i].end_minute);
        else
            at[n++] = at[i];
    }
    *out_n = n;
    return (TamisMinuteRange *)(gpointer)g_array_free(ranges, FALSE);
}

static void
merge_excepts(TamisHours *hours, const TamisDayRange *excepts, guint n_excepts)
{
    GArray *sorted = g_array_new(FALSE, FALSE, sizeof(TamisDayRange));
    TamisDayRange *at;
    guint n = 0;

    for (guint i = 0; i < n_excepts; i++)
        if (excepts[i].first <= excepts[i].last)
            g_array_append_val(sorted, excepts[i]);
    g_array_sort(sorted, compare_excepts);
    at = (TamisDayRange *)(gpointer)sorted->data;
    for (guint i = 0; i < sorted->len; i++) {
        if (n > 0 && at[i].first <= at[n - 1].last + 1)
            at[n - 1].last = MAX(at[n - 1].last, at[i].last);
        else
            at[n++] = at[i];
    }
    hours->n_excepts = n;
    hours->excepts = (TamisDayRange *)(gpointer)g_array_free(sorted, FALSE);
}

TamisHours *
tamis_hours_new(const TamisZone *zone, const TamisHoursLine *lines, guint n_lines,
                const TamisDayRange *excepts, guint n_excepts)
{
    TamisHours *hours = g_new0(TamisHours, 1);
    GArray *week[7];

    hours->zone = zone;
    for (guint day = 0; day < 7; day++)
        week[day] = g_array_new(FALSE, FALSE, sizeof(TamisMinuteRange));
    for (guint i = 0; i < n_lines; i++)
        add_line(week, &lines[i]);
    for (guint day = 0; day < 7; day++)
        hours->week[day] = merge_ranges(week[day], &hours->n_week[day]);
    merge_excepts(hours, excepts, n_excepts);
    return hours;
}

void
tamis_hours_free(TamisHours *hours)
{
    if (hours == NULL)
        return;
    for (guint day = 0; day < 7; day++)
        g_free(hours->week[day]);
    g_free(hours->excepts);
    g_free(hours);
}

static gboolean
is_excepted(const TamisHours *hours, gint64 number)
{
    guint low = 0, high = hours->n_excepts;

    while (low < high) {
        guint middle = (low + high) / 2;

        if (hours->excepts[middle].last < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low < hours->n_excepts && hours->excepts[low].first <= number;
}

gboolean
tamis_hours_holds(const TamisHours *hours, TamisInstant instant)
{
    TamisClock clock = tamis_zone_to_clock(hours->zone, instant);
    gint64 number = tamis_day_number(clock.date);
    guint day = tamis_day_weekday(number);
    guint minute = clock.hour * 60u + clock.minute;

    if (is_excepted(hours, number))
        return FALSE;
    for (guint i = 0; i < hours->n_week[day]; i++) {
        const TamisMinuteRange *range = &hours->week[day][i];

        if (minute >= range->start_minute && minute < range->end_minute)
            return TRUE;
    }
    return FALSE;
}
