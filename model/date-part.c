/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Parts of dates. */
#include "model/date-part.h"

#include <string.h>

gboolean
tamis_date_part_text(const char *part, TamisInstant instant, gint32 offset_s,
                     char buffer[TAMIS_DATE_PART_BYTES])
{
    static const char *const weekdays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    TamisClock clock = tamis_clock_from_instant(instant, offset_s);
    gint64 day = tamis_day_number(clock.date);
    const gsize size = TAMIS_DATE_PART_BYTES;
    char zone[6];

    tamis_offset_format(offset_s, zone);
    if (strcmp(part, "date") == 0)
        g_snprintf(buffer, size, "%04d-%02u-%02u", clock.date.year, clock.date.month,
                   clock.date.day);
    else if (strcmp(part, "time") == 0)
        g_snprintf(buffer, size, "%02u:%02u:%02u", clock.hour, clock.minute, clock.second);
    else if (strcmp(part, "year") == 0)
        g_snprintf(buffer, size, "%04d", clock.date.year);
    else if (strcmp(part, "month") == 0)
        g_snprintf(buffer, size, "%02u", clock.date.month);
    else if (strcmp(part, "day") == 0)
        g_snprintf(buffer, size, "%02u", clock.date.day);
    else if (strcmp(part, "hour") == 0)
        g_snprintf(buffer, size, "%02u", clock.hour);
    else if (strcmp(part, "minute") == 0)
        g_snprintf(buffer, size, "%02u", clock.minute);
    else if (strcmp(part, "second") == 0)
        g_snprintf(buffer, size, "%02u", clock.second);
    else if (strcmp(part, "weekday") == 0)
        g_snprintf(buffer, size, "%u", (tamis_day_weekday(day) + 1) % 7);
    else if (strcmp(part, "zone") == 0)
        g_snprintf(buffer, size, "%s", zone);
    else if (strcmp(part, "julian") == 0) /* the modified Julian day, as Pigeonhole has it */
        g_snprintf(buffer, size, "%" G_GINT64_FORMAT, day + 40587);
    else if (strcmp(part, "iso8601") == 0)
        g_snprintf(buffer, size, "%04d-%02u-%02uT%02u:%02u:%02u%s%.3s%s%s", clock.date.year,
                   clock.date.month, clock.date.day, clock.hour, clock.minute, clock.second,
                   offset_s == 0 ? "Z" : "", offset_s == 0 ? "" : zone, offset_s == 0 ? "" : ":",
                   offset_s == 0 ? "" : zone + 3);
    else if (strcmp(part, "std11") == 0)
        g_snprintf(buffer, size, "%s, %02u %s %04d %02u:%02u:%02u %s",
                   weekdays[tamis_day_weekday(day)], clock.date.day, months[clock.date.month - 1],
                   clock.date.year, clock.hour, clock.minute, clock.second, zone);
    else
        return FALSE;
    return TRUE;
}
