/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * IANA zones of the system: finding and caching them, offsets and local clocks. The calendar is
 * model/calendar.c's, the file format model/tzif.c's. */
#include "model/zone.h"

#include "model/tzif.h"

#include <string.h>

#define ZONE_FOLDER    "/usr/share/zoneinfo"
#define NAME_MAX_BYTES 64

/* Periods as parallel arrays, for the binary search. */
struct TamisZone {
    char *name;
    guint n;
    TamisInstant *starts; /* [0] is TAMIS_INSTANT_MIN */
    gint32 *offsets_s;
    /* The local seconds that have been reached when a period is over; never falling. */
    gint64 *local_ends;
    TamisInstant end; /* from here on everything repeats what was TAMIS_CYCLE_S earlier */
};

static GMutex zones_lock;
static GHashTable *zones; /* name -> TamisZone; never shrinks, bounded by the system's zones */

/* Area/Location, each part beginning with a letter: no dots, so no way out of the folder. */
static gboolean
is_name(const char *name)
{
    gboolean at_start = TRUE;

    if (strlen(name) > NAME_MAX_BYTES)
        return FALSE;
    for (const char *at = name; *at != '\0'; at++) {
        gboolean inner = g_ascii_isdigit(*at) || *at == '_' || *at == '-' || *at == '+';

        if (*at == '/' ? at_start : !g_ascii_isalpha(*at) && (at_start || !inner))
            return FALSE;
        at_start = *at == '/';
    }
    /* Not IANA's: copies of the data, and this machine's own setting. */
    if (g_str_has_prefix(name, "posix") || g_str_has_prefix(name, "right/") ||
        strcmp(name, "localtime") == 0)
        return FALSE;
    return !at_start;
}

static TamisZone *
zone_new(const char *name, const GArray *periods, TamisInstant end)
{
    TamisZone *zone = g_new0(TamisZone, 1);

    zone->name = g_strdup(name);
    zone->n = periods->len;
    zone->end = end;
    zone->starts = g_new(TamisInstant, zone->n);
    zone->offsets_s = g_new(gint32, zone->n);
    zone->local_ends = g_new(gint64, zone->n);
    for (guint i = 0; i < zone->n; i++) {
        TamisOffsetPeriod period = g_array_index(periods, TamisOffsetPeriod, i);

        zone->starts[i] = period.start;
        zone->offsets_s[i] = period.offset_s;
        zone->local_ends[i] = G_MAXINT64;
        if (i + 1 < zone->n)
            zone->local_ends[i] =
                g_array_index(periods, TamisOffsetPeriod, i + 1).start + period.offset_s;
        if (i > 0)
            zone->local_ends[i] = MAX(zone->local_ends[i], zone->local_ends[i - 1]);
    }
    return zone;
}

static TamisZone *
zone_load(const char *name)
{
    g_autofree char *path = g_build_filename(ZONE_FOLDER, name, NULL);
    g_autofree char *data = NULL;
    g_autoptr(GArray) periods = NULL;
    TamisInstant end;
    gsize length_bytes;

    if (!g_file_test(path, G_FILE_TEST_IS_REGULAR) ||
        !g_file_get_contents(path, &data, &length_bytes, NULL))
        return NULL;
    periods = tamis_tzif_read((const guint8 *)data, length_bytes, &end);
    return periods != NULL ? zone_new(name, periods, end) : NULL;
}

/* UTC needs no data. */
static TamisZone *
zone_new_utc(void)
{
    g_autoptr(GArray) periods = g_array_new(FALSE, FALSE, sizeof(TamisOffsetPeriod));
    TamisOffsetPeriod always = {TAMIS_INSTANT_MIN, 0};

    g_array_append_val(periods, always);
    return zone_new("UTC", periods, TAMIS_INSTANT_MAX);
}

const TamisZone *
tamis_zone_get(const char *name)
{
    TamisZone *zone;

    g_return_val_if_fail(name != NULL, NULL);
    if (!is_name(name))
        return NULL;
    g_mutex_lock(&zones_lock);
    if (zones == NULL)
        zones = g_hash_table_new(g_str_hash, g_str_equal);
    zone = g_hash_table_lookup(zones, name);
    if (zone == NULL) {
        zone = strcmp(name, "UTC") == 0 ? zone_new_utc() : zone_load(name);
        if (zone != NULL)
            g_hash_table_insert(zones, zone->name, zone);
    }
    g_mutex_unlock(&zones_lock);
    return zone;
}

const char *
tamis_zone_get_name(const TamisZone *zone)
{
    return zone->name;
}

/* "# version 2024b" is the first line of tzdata.zi; some systems have a file +VERSION instead. */
static char *
read_version(void)
{
    static const char *const files[] = {ZONE_FOLDER "/tzdata.zi", ZONE_FOLDER "/+VERSION"};

    for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *text = NULL;
        char *version;

        if (!g_file_get_contents(files[i], &text, NULL, NULL))
            continue;
        version = g_str_has_prefix(text, "# version ") ? text + strlen("# version ") : text;
        version[strcspn(version, " \r\n")] = '\0';
        if (g_ascii_isdigit(*version) && strlen(version) <= 32)
            return g_strdup(version);
    }
    return g_strdup("unknown");
}

const char *
tamis_zone_data_version(void)
{
    static gsize version;

    if (g_once_init_enter(&version))
        g_once_init_leave(&version, (gsize)read_version());
    return (const char *)version;
}

/* Zones and links of tzdata.zi: "Z name offset …", "L target name". */
static char **
read_names(void)
{
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    GPtrArray *names = g_ptr_array_new();

    if (g_file_get_contents(ZONE_FOLDER "/tzdata.zi", &text, NULL, NULL))
        lines = g_strsplit(text, "\n", -1);
    for (gsize i = 0; lines != NULL && lines[i] != NULL; i++) {
        g_auto(GStrv) words = g_strsplit(lines[i], " ", 4);
        gboolean is_zone = g_strv_length(words) >= 3 && strcmp(words[0], "Z") == 0;
        gboolean is_link = g_strv_length(words) == 3 && strcmp(words[0], "L") == 0;
        if (is_zone || is_link)
            g_ptr_array_add(names, g_strdup(words[is_zone ? 1 : 2]));
    }
    g_ptr_array_add(names, NULL);
    return (char **)g_ptr_array_free(names, FALSE);
}

const char *const *
tamis_zone_names(void)
{
    static gsize names;

    if (g_once_init_enter(&names))
        g_once_init_leave(&names, (gsize)read_names());
    return (const char *const *)names;
}

/* How much earlier the same thing happened that the table knows, a multiple of the cycle. */
static gint64
cycles_past_end_s(const TamisZone *zone, gint64 instant)
{
    if (instant < zone->end)
        return 0;
    return ((instant - zone->end) / TAMIS_CYCLE_S + 1) * TAMIS_CYCLE_S;
}

/* The period that holds an instant of the table. */
static guint
find_period(const TamisZone *zone, TamisInstant instant)
{
    guint low = 0, high = zone->n;

    while (high - low > 1) {
        guint middle = (low + high) / 2;

        if (zone->starts[middle] <= instant)
            low = middle;
        else
            high = middle;
    }
    return low;
}

gint32
tamis_zone_offset_at(const TamisZone *zone, TamisInstant instant)
{
    return zone->offsets_s[find_period(zone, instant - cycles_past_end_s(zone, instant))];
}

/* The first instant at which the zone's clock shows this second or a later one. */
TamisInstant
tamis_zone_to_instant(const TamisZone *zone, TamisClock clock)
{
    gint64 local = tamis_clock_to_instant(clock, 0);
    gint64 past_s = cycles_past_end_s(zone, local);
    guint low = 0, high = zone->n - 1;

    local -= past_s;
    while (low < high) {
        guint middle = (low + high) / 2;

        if (zone->local_ends[middle] > local)
            high = middle;
        else
            low = middle + 1;
    }
    return MAX(zone->starts[low], local - zone->offsets_s[low]) + past_s;
}

TamisClock
tamis_zone_to_clock(const TamisZone *zone, TamisInstant instant)
{
    return tamis_clock_from_instant(instant, tamis_zone_offset_at(zone, instant));
}

GArray *
tamis_zone_periods(const TamisZone *zone, TamisInstant from, TamisInstant to)
{
    static const TamisDay last_day = {.year = 9999, .month = 12, .day = 31};
    TamisInstant last = MIN(to, tamis_day_number(last_day) * 86400);
    GArray *periods = g_array_new(FALSE, FALSE, sizeof(TamisOffsetPeriod));
    TamisOffsetPeriod period = {.start = from, .offset_s = tamis_zone_offset_at(zone, from)};

    g_array_append_val(periods, period);
    for (TamisInstant at = from;;) {
        gint64 past_s = cycles_past_end_s(zone, at);
        guint next = find_period(zone, at - past_s) + 1;

        if (next == zone->n || zone->starts[next] + past_s >= last)
            return periods;
        at = zone->starts[next] + past_s;
        if (zone->offsets_s[next] == period.offset_s)
            continue;
        period = (TamisOffsetPeriod){.start = at, .offset_s = zone->offsets_s[next]};
        g_array_append_val(periods, period);
    }
}
