/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Calendar, zones and weekly hours: exact answers at the edges, and thousands compared with
 * Python's zoneinfo, which reads the same zone data by itself. */
#include "model/hours.h"
#include "model/tzif.h"

#include <gio/gio.h>
#include <string.h>

static TamisInstant
instant_of(const char *text)
{
    TamisInstant instant;

    g_assert_true(tamis_instant_parse(text, strlen(text), tamis_zone_get("UTC"), &instant));
    return instant;
}

static void
assert_local(const char *zone_name, const char *local, const char *utc)
{
    const TamisZone *zone = tamis_zone_get(zone_name);
    g_autofree char *shown = NULL;
    TamisInstant instant;

    g_assert_nonnull(zone);
    g_assert_true(tamis_instant_parse(local, strlen(local), zone, &instant));
    shown = tamis_instant_to_string(instant, tamis_zone_get("UTC"));
    g_assert_cmpstr(shown, ==, utc);
}

static void
test_days(void)
{
    g_assert_cmpint(tamis_day_number((TamisDay){1970, 1, 1}), ==, 0);
    g_assert_cmpint(tamis_day_number((TamisDay){2000, 2, 29}), ==, 11016);
    g_assert_cmpint(tamis_day_number((TamisDay){1, 1, 1}), ==, -719162);
    g_assert_cmpint(tamis_day_number((TamisDay){9999, 12, 31}), ==, 2932896);
    g_assert_cmpuint(tamis_day_weekday(0), ==, 3);
    g_assert_cmpuint(tamis_day_weekday(-1), ==, 2);
    g_assert_cmpuint(tamis_day_weekday(-719162), ==, 0);
    for (gint64 number = -719162; number <= 2932896; number++) {
        TamisDay day = tamis_day_from_number(number);

        if (!tamis_day_is_valid(day.year, day.month, day.day) || tamis_day_number(day) != number)
            g_error("day number %" G_GINT64_FORMAT, number);
    }
    g_assert_cmpint(tamis_day_from_number(G_MAXINT64).year, ==, 9999);
    g_assert_cmpint(tamis_day_from_number(G_MININT64).year, ==, 1);
    g_assert_true(tamis_day_is_valid(2024, 2, 29));
    g_assert_false(tamis_day_is_valid(1900, 2, 29));
    g_assert_false(tamis_day_is_valid(2026, 4, 31));
    g_assert_false(tamis_day_is_valid(0, 1, 1));
    g_assert_false(tamis_day_is_valid(10000, 1, 1));
}

static void
test_parse(void)
{
    static const char *const bad[] = {
        "",
        "2026-12-31",
        "2026-12-31 ",
        "2026-12-31 9:00",
        "2026-12-31 18:00:",
        "2026-12-31 18:60",
        "2026-12-31 24:01",
        "2026-12-31 25:00",
        "2026-12-31 18:00:60",
        "2026-12-31 18:00z",
        "2026-12-31 18:00 ",
        "2026-12-31 18:00+0800",
        "2026-12-31 18:00+24:00",
        "2026-12-31  18:00",
        "2026-02-29 18:00",
        "0000-01-01 00:00",
        "2026-12-31 18:00Zx",
    };
    TamisInstant instant = 42;
    TamisDay day = {.year = 7};

    for (guint i = 0; i < G_N_ELEMENTS(bad); i++)
        if (tamis_instant_parse(bad[i], strlen(bad[i]), tamis_zone_get("UTC"), &instant))
            g_error("accepted '%s'", bad[i]);
    g_assert_cmpint(instant, ==, 42);
    g_assert_cmpint(instant_of("1970-01-01 00:00"), ==, 0);
    g_assert_cmpint(instant_of("1970-01-01T00:00:01Z"), ==, 1);
    g_assert_cmpint(instant_of("1970-01-01T08:00+08:00"), ==, 0);
    g_assert_cmpint(instant_of("1970-01-01 08:00 +08:00"), ==, 0);
    g_assert_cmpint(instant_of("1969-12-31 20:30:00-03:30"), ==, 0);
    g_assert_cmpint(instant_of("2026-12-31 24:00"), ==, instant_of("2027-01-01 00:00"));

    g_assert_false(tamis_day_parse("2026-13-01", 10, &day));
    g_assert_false(tamis_day_parse("2026-1-31", 9, &day));
    g_assert_false(tamis_day_parse("2026-12-31x", 11, &day));
    g_assert_false(tamis_day_parse("2026-12-3", 9, &day));
    g_assert_cmpint(day.year, ==, 7);
    g_assert_true(tamis_day_parse("2024-02-29x", 10, &day));
    g_assert_cmpint(tamis_day_number(day), ==, 19782);
}

static void
test_format(void)
{
    static const struct {
        gint32 offset_s;
        const char *text;
    } offsets[] = {
        {0, "+0000"},     {28800, "+0800"},  {-12600, "-0330"}, {-1800, "-0030"},  {-59, "+0000"},
        {20700, "+0545"}, {-28800, "-0800"}, {50400, "+1400"},  {-12602, "-0330"},
    };
    g_autofree char *with_seconds =
        tamis_instant_to_string(instant_of("2026-12-31 10:00:05"), tamis_zone_get("Asia/Shanghai"));
    g_autofree char *mean_time =
        tamis_instant_to_string(instant_of("1880-01-01 00:00"), tamis_zone_get("Europe/Berlin"));
    g_autofree char *far = tamis_instant_to_string(TAMIS_INSTANT_MAX, tamis_zone_get("UTC"));
    char buffer[6];

    for (guint i = 0; i < G_N_ELEMENTS(offsets); i++) {
        tamis_offset_format(offsets[i].offset_s, buffer);
        g_assert_cmpstr(buffer, ==, offsets[i].text);
    }
    g_assert_cmpstr(with_seconds, ==, "2026-12-31 18:00:05 +08:00");
    g_assert_cmpstr(mean_time, ==, "1880-01-01 00:53 +00:53");
    g_assert_true(g_str_has_prefix(far, "9999-12-31 "));
}

static void
test_names(void)
{
    static const char *const bad[] = {
        "",
        "Mars/Phobos",
        "/etc/localtime",
        "../zoneinfo/UTC",
        "Europe/../UTC",
        "./UTC",
        "Europe",
        "Europe/",
        "/UTC",
        "Europe//Berlin",
        "europe/berlin",
        "posix/UTC",
        "right/UTC",
        "posixrules",
        "localtime",
        "tzdata.zi",
        "leapseconds",
        "+08:00",
        "UTC\n",
        "a234567890123456789012345678901234567890123456789012345678901234567890",
    };

    for (guint i = 0; i < G_N_ELEMENTS(bad); i++)
        if (tamis_zone_get(bad[i]) != NULL)
            g_error("zone '%s'", bad[i]);
    g_assert_true(tamis_zone_get("Europe/Berlin") == tamis_zone_get("Europe/Berlin"));
    g_assert_cmpstr(tamis_zone_get_name(tamis_zone_get("Etc/GMT+8")), ==, "Etc/GMT+8");
    g_assert_cmpint(tamis_zone_offset_at(tamis_zone_get("Etc/GMT+8"), 0), ==, -28800);
    g_assert_true(g_ascii_isdigit(tamis_zone_data_version()[0]));
}

/* Of what the clock repeats the first is meant, for what it skips the moment of the change. */
static void
test_changes(void)
{
    assert_local("Europe/Berlin", "2026-10-25 01:59:59", "2026-10-24 23:59:59 +00:00");
    assert_local("Europe/Berlin", "2026-10-25 02:00", "2026-10-25 00:00 +00:00");
    assert_local("Europe/Berlin", "2026-10-25 02:30", "2026-10-25 00:30 +00:00");
    assert_local("Europe/Berlin", "2026-10-25 02:59:59", "2026-10-25 00:59:59 +00:00");
    assert_local("Europe/Berlin", "2026-10-25 03:00", "2026-10-25 02:00 +00:00");
    assert_local("Europe/Berlin", "2026-03-29 01:59:59", "2026-03-29 00:59:59 +00:00");
    assert_local("Europe/Berlin", "2026-03-29 02:00", "2026-03-29 01:00 +00:00");
    assert_local("Europe/Berlin", "2026-03-29 02:30", "2026-03-29 01:00 +00:00");
    assert_local("Europe/Berlin", "2026-03-29 03:00", "2026-03-29 01:00 +00:00");
    assert_local("Europe/Berlin", "2026-03-29 03:30", "2026-03-29 01:30 +00:00");

    assert_local("America/New_York", "2026-11-01 01:30", "2026-11-01 05:30 +00:00");
    assert_local("America/New_York", "2026-11-01 02:00", "2026-11-01 07:00 +00:00");
    assert_local("America/New_York", "2026-03-08 02:30", "2026-03-08 07:00 +00:00");

    /* Half an hour. */
    assert_local("Australia/Lord_Howe", "2026-04-05 01:29:59", "2026-04-04 14:29:59 +00:00");
    assert_local("Australia/Lord_Howe", "2026-04-05 01:30", "2026-04-04 14:30 +00:00");
    assert_local("Australia/Lord_Howe", "2026-04-05 02:00", "2026-04-04 15:30 +00:00");
    assert_local("Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-03 15:30 +00:00");
    assert_local("Australia/Lord_Howe", "2026-10-04 02:30", "2026-10-03 15:30 +00:00");

    /* A day that was not. */
    assert_local("Pacific/Apia", "2011-12-30 12:00", "2011-12-30 10:00 +00:00");
    /* Midnight that is not. */
    assert_local("America/Santiago", "2026-09-06 00:00", "2026-09-06 04:00 +00:00");
}

/* After the last change that is written down in the zone's file. */
static void
test_far_future(void)
{
    const TamisZone *berlin = tamis_zone_get("Europe/Berlin");

    assert_local("Europe/Berlin", "2046-07-01 12:00", "2046-07-01 10:00 +00:00");
    assert_local("Europe/Berlin", "2046-10-28 02:30", "2046-10-28 00:30 +00:00");
    assert_local("Europe/Berlin", "2400-03-26 02:30", "2400-03-26 01:00 +00:00");
    assert_local("Europe/Berlin", "9999-07-01 00:00", "9999-06-30 22:00 +00:00");
    assert_local("Europe/Dublin", "2046-12-01 12:00", "2046-12-01 12:00 +00:00");
    assert_local("Europe/Dublin", "2046-07-01 12:00", "2046-07-01 11:00 +00:00");
    assert_local("Asia/Kathmandu", "2046-07-01 12:00", "2046-07-01 06:15 +00:00");
    assert_local("Antarctica/Troll", "2046-07-01 12:00", "2046-07-01 10:00 +00:00");
    g_assert_cmpint(tamis_zone_offset_at(berlin, G_MININT64 + 1), ==, 3208);
    tamis_zone_to_clock(berlin, G_MAXINT64);
}

static void
assert_period(GArray *periods, guint i, const char *start, gint32 offset_s)
{
    TamisOffsetPeriod period = g_array_index(periods, TamisOffsetPeriod, i);

    g_assert_cmpint(period.start, ==, instant_of(start));
    g_assert_cmpint(period.offset_s, ==, offset_s);
}

static void
test_periods(void)
{
    const TamisZone *berlin = tamis_zone_get("Europe/Berlin");
    TamisInstant from = instant_of("2026-01-01 00:00"), to = instant_of("2026-10-25 01:00");
    g_autoptr(GArray) year = tamis_zone_periods(berlin, from, to);
    g_autoptr(GArray) with_change = tamis_zone_periods(berlin, from, to + 1);
    g_autoptr(GArray) none = tamis_zone_periods(tamis_zone_get("Asia/Shanghai"), from, to);
    g_autoptr(GArray) all = tamis_zone_periods(berlin, from, TAMIS_INSTANT_MAX);

    g_assert_cmpuint(year->len, ==, 2);
    assert_period(year, 0, "2026-01-01 00:00", 3600);
    assert_period(year, 1, "2026-03-29 01:00", 7200);
    g_assert_cmpuint(with_change->len, ==, 3);
    assert_period(with_change, 2, "2026-10-25 01:00", 3600);
    g_assert_cmpuint(none->len, ==, 1);
    g_assert_cmpuint(all->len, ==, 1 + 2 * (9999 - 2025));
}

static void
test_hours(void)
{
    static const TamisHoursLine night[] = {
        {.days = 1 << 4, .start_minute = 1320, .end_minute = 360}};
    static const TamisHoursLine whole[] = {{.days = 0x7f, .start_minute = 0, .end_minute = 1440}};
    static const TamisHoursLine joined[] = {
        {.days = 1, .start_minute = 540, .end_minute = 720},
        {.days = 1, .start_minute = 600, .end_minute = 700},
        {.days = 1, .start_minute = 720, .end_minute = 780},
        {.days = 1 << 6, .start_minute = 1440, .end_minute = 60},
    };
    const TamisZone *berlin = tamis_zone_get("Europe/Berlin");
    gint64 day = tamis_day_number((TamisDay){2026, 11, 28});
    TamisDayRange except = {.first = day, .last = day};
    g_autoptr(TamisHours) friday = tamis_hours_new(berlin, night, 1, NULL, 0);
    g_autoptr(TamisHours) excepted = tamis_hours_new(berlin, whole, 1, &except, 1);
    g_autoptr(TamisHours) sum = tamis_hours_new(berlin, joined, 4, NULL, 0);
    g_autoptr(TamisHours) never = tamis_hours_new(berlin, NULL, 0, NULL, 0);

    /* 2026-11-27 is a Friday. */
    g_assert_false(tamis_hours_holds(friday, instant_of("2026-11-27 20:59:59")));
    g_assert_true(tamis_hours_holds(friday, instant_of("2026-11-27 21:00")));
    g_assert_true(tamis_hours_holds(friday, instant_of("2026-11-28 04:59:59")));
    g_assert_false(tamis_hours_holds(friday, instant_of("2026-11-28 05:00")));
    g_assert_true(tamis_hours_holds(excepted, instant_of("2026-11-27 22:59:59")));
    g_assert_false(tamis_hours_holds(excepted, instant_of("2026-11-27 23:00")));
    g_assert_false(tamis_hours_holds(excepted, instant_of("2026-11-28 22:59:59")));
    g_assert_true(tamis_hours_holds(excepted, instant_of("2026-11-28 23:00")));
    g_assert_cmpuint(sum->n_week[0], ==, 2);
    g_assert_cmpuint(sum->week[0][0].end_minute, ==, 60);
    g_assert_cmpuint(sum->week[0][1].start_minute, ==, 540);
    g_assert_cmpuint(sum->week[0][1].end_minute, ==, 780);
    g_assert_cmpuint(sum->n_week[6], ==, 0);
    g_assert_false(tamis_hours_holds(never, 0));
}

/* "day:start:end,…" or "first:last,…" */
static guint
split_fields(const char *text, guint n_fields, gint64 out[][3])
{
    g_auto(GStrv) entries = g_strsplit(text, ",", -1);
    guint n = 0;

    if (strcmp(text, "-") == 0)
        return 0;
    for (; entries[n] != NULL; n++) {
        g_auto(GStrv) fields = g_strsplit(entries[n], ":", -1);

        g_assert_cmpuint(g_strv_length(fields), ==, n_fields);
        for (guint i = 0; i < n_fields; i++)
            out[n][i] = g_ascii_strtoll(fields[i], NULL, 10);
    }
    return n;
}

static gboolean
answer_hours(const TamisZone *zone, char **words)
{
    gint64 fields[16][3];
    TamisHoursLine lines[16];
    TamisDayRange excepts[16];
    guint n_lines = split_fields(words[2], 3, fields), n_excepts;
    g_autoptr(TamisHours) hours = NULL;

    for (guint i = 0; i < n_lines; i++)
        lines[i] = (TamisHoursLine){.days = (guint8)(1 << fields[i][0]),
                                    .start_minute = (guint16)fields[i][1],
                                    .end_minute = (guint16)fields[i][2]};
    n_excepts = split_fields(words[3], 2, fields);
    for (guint i = 0; i < n_excepts; i++)
        excepts[i] = (TamisDayRange){.first = fields[i][0], .last = fields[i][1]};
    hours = tamis_hours_new(zone, lines, n_lines, excepts, n_excepts);
    return tamis_hours_holds(hours, g_ascii_strtoll(words[4], NULL, 10));
}

static gint64
answer(char **words)
{
    const TamisZone *zone = tamis_zone_get(words[1]);
    TamisClock clock;

    g_assert_nonnull(zone);
    if (strcmp(words[0], "offset") == 0)
        return tamis_zone_offset_at(zone, g_ascii_strtoll(words[2], NULL, 10));
    if (strcmp(words[0], "hours") == 0)
        return answer_hours(zone, words);
    clock.date.year = atoi(words[2]);
    clock.date.month = (guint8)atoi(words[3]);
    clock.date.day = (guint8)atoi(words[4]);
    clock.hour = (guint8)atoi(words[5]);
    clock.minute = (guint8)atoi(words[6]);
    clock.second = (guint8)atoi(words[7]);
    return tamis_zone_to_instant(zone, clock);
}

static void
test_oracle(void)
{
    g_autofree char *script = g_test_build_filename(G_TEST_DIST, "zone-oracle.py", NULL);
    const char *const command[] = {"python3", script, NULL};
    g_autoptr(GError) error = NULL;
    g_autoptr(GSubprocess) python =
        g_subprocess_newv(command, G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    guint n = 0;

    g_assert_no_error(error);
    g_subprocess_communicate_utf8(python, NULL, NULL, &text, NULL, &error);
    g_assert_no_error(error);
    g_assert_true(g_subprocess_get_successful(python));
    lines = g_strsplit(text, "\n", -1);
    for (; *lines[n] != '\0'; n++) {
        g_auto(GStrv) words = g_strsplit(lines[n], " ", -1);
        gint64 expected = g_ascii_strtoll(words[g_strv_length(words) - 1], NULL, 10);
        gint64 actual = answer(words);

        if (actual != expected)
            g_error("%s: got %" G_GINT64_FORMAT, lines[n], actual);
    }
    g_assert_cmpuint(n, >, 10000);
}

/* Periods that a search can rely on, whatever the bytes were. */
static void
read_damaged(const char *data, gsize length_bytes)
{
    /* Exactly as long as it says, so that a sanitizer sees any step beyond. */
    g_autofree guint8 *copy = g_memdup2(data, MAX(length_bytes, 1));
    TamisInstant end;
    g_autoptr(GArray) periods = tamis_tzif_read(copy, length_bytes, &end);

    if (periods == NULL)
        return;
    g_assert_cmpuint(periods->len, >, 0);
    g_assert_cmpint(g_array_index(periods, TamisOffsetPeriod, 0).start, ==, TAMIS_INSTANT_MIN);
    for (guint i = 1; i < periods->len; i++) {
        TamisOffsetPeriod before = g_array_index(periods, TamisOffsetPeriod, i - 1);
        TamisOffsetPeriod period = g_array_index(periods, TamisOffsetPeriod, i);

        g_assert_cmpint(before.start, <, period.start);
        g_assert_cmpint(before.offset_s, !=, period.offset_s);
    }
}

static void
test_damaged(void)
{
    g_autofree char *data = NULL;
    gsize length_bytes;

    g_assert_true(
        g_file_get_contents("/usr/share/zoneinfo/Europe/Berlin", &data, &length_bytes, NULL));
    for (gsize n = 0; n <= length_bytes; n++)
        read_damaged(data, n);
    for (int round = 0; round < 3000; round++) {
        g_autofree char *copy = g_memdup2(data, length_bytes);

        for (int i = g_test_rand_int_range(1, 5); i > 0; i--)
            copy[g_test_rand_int_range(0, (gint32)length_bytes)] =
                (char)g_test_rand_int_range(0, 256);
        /* The rule is the last line: half of the damage goes there. */
        if (round % 2 == 0)
            copy[length_bytes - (gsize)g_test_rand_int_range(1, 30)] =
                (char)g_test_rand_int_range(32, 127);
        read_damaged(copy, length_bytes);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/zone/days", test_days);
    g_test_add_func("/zone/parse", test_parse);
    g_test_add_func("/zone/format", test_format);
    g_test_add_func("/zone/names", test_names);
    g_test_add_func("/zone/changes", test_changes);
    g_test_add_func("/zone/far-future", test_far_future);
    g_test_add_func("/zone/periods", test_periods);
    g_test_add_func("/zone/hours", test_hours);
    g_test_add_func("/zone/damaged", test_damaged);
    g_test_add_func("/zone/oracle", test_oracle);
    return g_test_run();
}
