/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Time in Sieve: windows, hours and `one of`. No engine knows zones alike, so everything is written
 * with fixed offsets, and only with date parts that all engines read alike (date, time, hour,
 * minute, second, weekday). An instant is compared as the date of a zone in which it is midnight:
 * one test. */
#include "compiler/lower-private.h"
#include "grammar/sieve/print.h"
#include "model/share.h"

enum { DAY_S = 86400 };

/* Offsets ---------------------------------------------------------------------------------------
 */

static void
add_period(GArray *groups, gint32 offset_s, TamisInterval interval)
{
    for (guint i = 0; i < groups->len; i++) {
        TamisOffsetGroup *group = &g_array_index(groups, TamisOffsetGroup, i);

        if (group->offset_s == offset_s) {
            g_array_append_val(group->intervals, interval);
            return;
        }
    }
    {
        TamisOffsetGroup group = {offset_s, g_array_new(FALSE, FALSE, sizeof(TamisInterval))};

        g_array_append_val(group.intervals, interval);
        g_array_append_val(groups, group);
    }
}

static void
clear_group(gpointer data)
{
    g_array_unref(((TamisOffsetGroup *)data)->intervals);
}

GPtrArray *
tamis_lower_offsets_new(const TamisPolicy *policy, TamisInstant as_of, TamisInstant horizon)
{
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
    gint32 year = tamis_clock_from_instant(as_of, 0).date.year;
    /* From the year's first day on, so that the script is the same all year. */
    TamisInstant from = tamis_day_number((TamisDay){year, 1, 1}) * DAY_S;

    for (guint i = 0; i < policy->hours->len; i++) {
        const TamisHours *hours = g_array_index(policy->hours, TamisHoursDefinition, i).hours;
        GArray *groups = g_array_new(FALSE, FALSE, sizeof(TamisOffsetGroup));
        g_autoptr(GArray) periods = NULL;

        g_array_set_clear_func(groups, clear_group);
        g_ptr_array_add(all, groups);
        if (hours == NULL || hours->zone == NULL)
            continue;
        periods = tamis_zone_periods(hours->zone, from, horizon);
        for (guint p = 0; p < periods->len; p++) {
            const TamisOffsetPeriod *period = &g_array_index(periods, TamisOffsetPeriod, p);
            TamisInterval interval = {p == 0 ? TAMIS_INSTANT_MIN : period->start,
                                      p + 1 == periods->len ? TAMIS_INSTANT_MAX : period[1].start};

            add_period(groups, period->offset_s, interval);
        }
    }
    return all;
}

/* Tests of now ----------------------------------------------------------------------------------
 */

gboolean
tamis_lower_has_clock(TamisLowering *lowering, TamisSpan span)
{
    return tamis_lower_use(lowering, TAMIS_EXTENSION_DATE, span);
}

static TamisSieveTest *
currentdate(TamisLowering *lowering, gint32 offset_s)
{
    TamisSieveTest *test = tamis_sieve_test(lowering->arena, "currentdate");
    char *zone = tamis_arena_alloc(lowering->arena, 6);

    tamis_offset_format(offset_s, zone);
    tamis_sieve_add_tag(lowering->arena, &test->arguments, "zone");
    tamis_sieve_add_string(lowering->arena, &test->arguments, zone, strlen(zone));
    return test;
}

static void
append_text(TamisLowering *lowering, TamisSieveString ***end, const char *text)
{
    TamisSieveString *string = tamis_sieve_string(lowering->arena, text, strlen(text));

    **end = string;
    *end = &string->next;
}

/* now's part is one of the values. */
static TamisSieveTest *
part_is(TamisLowering *lowering, gint32 offset_s, const char *part, TamisSieveString *values)
{
    TamisSieveTest *test = currentdate(lowering, offset_s);

    tamis_sieve_add_tag(lowering->arena, &test->arguments, "is");
    tamis_sieve_add_string(lowering->arena, &test->arguments, part, strlen(part));
    tamis_sieve_add_strings(lowering->arena, &test->arguments, values);
    return test;
}

/* "at least this text" as globs, for digits and separators of a fixed width: the same beginning,
 * then a greater digit. */
static TamisSieveString *
at_least_globs(TamisLowering *lowering, const char *text)
{
    TamisSieveString *first = NULL, **end = &first;

    append_text(lowering, &end, text);
    for (gsize i = strlen(text); i-- > 0;) {
        if (!g_ascii_isdigit(text[i]))
            continue;
        for (char digit = text[i] + 1; digit <= '9'; digit++)
            append_text(lowering, &end,
                        tamis_arena_printf(lowering->arena, "%.*s%c*", (int)i, text, digit));
    }
    return first;
}

/* now's part compared as text; the operator is one of ge, gt, le, lt. */
static TamisSieveTest *
part_compares(TamisLowering *lowering, gint32 offset_s, const char *part, const char *operator,
              const char * value)
{
    TamisSieveTest *test;

    if (tamis_lower_use(lowering, TAMIS_EXTENSION_RELATIONAL, TAMIS_NO_SPAN)) {
        test = currentdate(lowering, offset_s);
        tamis_sieve_add_tag(lowering->arena, &test->arguments, "value");
        tamis_sieve_add_string(lowering->arena, &test->arguments, operator, 2);
        tamis_sieve_add_string(lowering->arena, &test->arguments, part, strlen(part));
        tamis_sieve_add_string(lowering->arena, &test->arguments, value, strlen(value));
        return test;
    }
    if (strcmp(operator, "lt") == 0)
        return tamis_lower_not(lowering, part_compares(lowering, offset_s, part, "ge", value));
    if (strcmp(operator, "gt") == 0)
        return tamis_lower_all(
            lowering, part_compares(lowering, offset_s, part, "ge", value),
            tamis_lower_not(lowering,
                            part_is(lowering, offset_s, part,
                                    tamis_sieve_string(lowering->arena, value, strlen(value)))));
    if (strcmp(operator, "le") == 0)
        return tamis_lower_not(lowering, part_compares(lowering, offset_s, part, "gt", value));
    test = currentdate(lowering, offset_s);
    tamis_sieve_add_tag(lowering->arena, &test->arguments, "matches");
    tamis_sieve_add_string(lowering->arena, &test->arguments, part, strlen(part));
    tamis_sieve_add_strings(lowering->arena, &test->arguments, at_least_globs(lowering, value));
    return test;
}

static const char *
date_text(TamisLowering *lowering, TamisDay day)
{
    char *text = tamis_arena_alloc(lowering->arena, 11);

    text[0] = '0' + day.year / 1000;
    text[1] = '0' + day.year / 100 % 10;
    text[2] = '0' + day.year / 10 % 10;
    text[3] = '0' + day.year % 10;
    text[4] = text[7] = '-';
    text[5] = '0' + day.month / 10;
    text[6] = '0' + day.month % 10;
    text[8] = '0' + day.day / 10;
    text[9] = '0' + day.day % 10;
    return text;
}

static const char *
minute_text(TamisLowering *lowering, guint minute)
{
    return tamis_arena_printf(lowering->arena, "%02u:%02u:00", minute / 60, minute % 60);
}

/* An offset in which the instant is midnight: the policy's own where it is one, else made for it.
 */
static gint32
midnight_offset(const TamisLowering *lowering, TamisInstant instant)
{
    gint32 own = tamis_zone_offset_at(lowering->policy->zone, instant);
    gint32 second_of_day = (gint32)((instant % DAY_S + DAY_S) % DAY_S);

    if ((instant + own) % DAY_S == 0)
        return own;
    return second_of_day <= DAY_S / 2 ? -second_of_day : DAY_S - second_of_day;
}

/* now < instant, or now >= instant. */
static TamisSieveTest *
compare_now(TamisLowering *lowering, gboolean before, TamisInstant instant)
{
    gint32 offset_s;
    TamisClock clock;
    const char *date, *time;

    if (instant % 60 == 0) {
        offset_s = midnight_offset(lowering, instant);
        clock = tamis_clock_from_instant(instant, offset_s);
        return part_compares(lowering, offset_s, "date", before ? "lt" : "ge",
                             date_text(lowering, clock.date));
    }
    /* No offset has seconds. */
    offset_s = tamis_zone_offset_at(lowering->policy->zone, instant);
    clock = tamis_clock_from_instant(instant, offset_s);
    date = date_text(lowering, clock.date);
    time = tamis_arena_printf(lowering->arena, "%02u:%02u:%02u", clock.hour, clock.minute,
                              clock.second);
    return tamis_lower_any(
        lowering, part_compares(lowering, offset_s, "date", before ? "lt" : "gt", date),
        tamis_lower_all(lowering,
                        part_is(lowering, offset_s, "date",
                                tamis_sieve_string(lowering->arena, date, strlen(date))),
                        part_compares(lowering, offset_s, "time", before ? "lt" : "ge", time)));
}

static TamisSieveTest *
in_interval(TamisLowering *lowering, TamisInstant start, TamisInstant end)
{
    TamisSieveTest *test = &tamis_lower_always;

    if (start != TAMIS_INSTANT_MIN)
        test = compare_now(lowering, FALSE, start);
    if (end != TAMIS_INSTANT_MAX)
        test = tamis_lower_all(lowering, test, compare_now(lowering, TRUE, end));
    return test;
}

TamisSieveTest *
tamis_lower_window(TamisLowering *lowering, TamisInstant starting, TamisInstant until)
{
    TamisInstant now = lowering->context->as_of;

    if (starting == TAMIS_INSTANT_MIN && until == TAMIS_INSTANT_MAX)
        return &tamis_lower_always;
    if (starting >= until)
        return &tamis_lower_never;
    if (tamis_lower_has_clock(lowering, lowering->route->span))
        return in_interval(lowering, starting, until);

    /* No clock: the state as of now, good until it changes. */
    if (now < starting) {
        tamis_lower_good_until(lowering, starting);
        return &tamis_lower_never;
    }
    if (now >= until)
        return &tamis_lower_never;
    if (until != TAMIS_INSTANT_MAX)
        tamis_lower_good_until(lowering, until);
    return &tamis_lower_always;
}

/* Hours -----------------------------------------------------------------------------------------
 */

static gboolean
same_ranges(const TamisHours *hours, guint a, guint b)
{
    return hours->n_week[a] == hours->n_week[b] &&
           memcmp(hours->week[a], hours->week[b], hours->n_week[a] * sizeof(TamisMinuteRange)) == 0;
}

static gboolean
whole_hours(const TamisMinuteRange *ranges, guint n)
{
    for (guint i = 0; i < n; i++) {
        if (ranges[i].start_minute % 60 != 0 || ranges[i].end_minute % 60 != 0)
            return FALSE;
    }
    return TRUE;
}

static TamisSieveTest *
in_ranges(TamisLowering *lowering, gint32 offset_s, const TamisMinuteRange *ranges, guint n)
{
    TamisSieveTest *test = &tamis_lower_never;

    if (n == 1 && ranges[0].start_minute == 0 && ranges[0].end_minute == 1440)
        return &tamis_lower_always;
    if (whole_hours(ranges, n)) {
        TamisSieveString *first = NULL, **end = &first;

        for (guint i = 0; i < n; i++) {
            for (guint hour = ranges[i].start_minute / 60; hour < ranges[i].end_minute / 60u;
                 hour++)
                append_text(lowering, &end, tamis_arena_printf(lowering->arena, "%02u", hour));
        }
        return part_is(lowering, offset_s, "hour", first);
    }
    for (guint i = 0; i < n; i++) {
        TamisSieveTest *range = &tamis_lower_always;

        if (ranges[i].start_minute > 0)
            range = part_compares(lowering, offset_s, "time", "ge",
                                  minute_text(lowering, ranges[i].start_minute));
        if (ranges[i].end_minute < 1440)
            range = tamis_lower_all(lowering, range,
                                    part_compares(lowering, offset_s, "time", "lt",
                                                  minute_text(lowering, ranges[i].end_minute)));
        test = tamis_lower_any(lowering, test, range);
    }
    return test;
}

/* The weekdays with the same ranges as `day`, as Sieve counts them: 0 is Sunday. */
static TamisSieveTest *
on_days_like(TamisLowering *lowering, gint32 offset_s, const TamisHours *hours, guint day)
{
    TamisSieveString *first = NULL, **end = &first;
    guint n = 0;

    for (guint sieve_day = 0; sieve_day < 7; sieve_day++) {
        if (same_ranges(hours, day, (sieve_day + 6) % 7)) {
            append_text(lowering, &end, tamis_arena_printf(lowering->arena, "%u", sieve_day));
            n++;
        }
    }
    return n == 7 ? &tamis_lower_always : part_is(lowering, offset_s, "weekday", first);
}

static TamisSieveTest *
in_week(TamisLowering *lowering, gint32 offset_s, const TamisHours *hours)
{
    TamisSieveTest *test = &tamis_lower_never;

    for (guint day = 0; day < 7; day++) {
        gboolean seen = hours->n_week[day] == 0;

        for (guint earlier = 0; earlier < day && !seen; earlier++)
            seen = same_ranges(hours, earlier, day);
        if (seen)
            continue;
        test = tamis_lower_any(
            lowering, test,
            tamis_lower_all(lowering, on_days_like(lowering, offset_s, hours, day),
                            in_ranges(lowering, offset_s, hours->week[day], hours->n_week[day])));
    }
    return test;
}

static TamisSieveTest *
in_excepts(TamisLowering *lowering, gint32 offset_s, const TamisHours *hours)
{
    TamisSieveString *days = NULL, **end = &days;
    TamisSieveTest *test = &tamis_lower_never;

    for (guint i = 0; i < hours->n_excepts; i++) {
        gint64 first = hours->excepts[i].first, last = hours->excepts[i].last;
        const char *first_text = date_text(lowering, tamis_day_from_number(first));
        const char *last_text = date_text(lowering, tamis_day_from_number(last));

        if (last - first < 2) { /* a day or two: name them */
            append_text(lowering, &end, first_text);
            if (last != first)
                append_text(lowering, &end, last_text);
            continue;
        }
        test = tamis_lower_any(
            lowering, test,
            tamis_lower_all(lowering, part_compares(lowering, offset_s, "date", "ge", first_text),
                            part_compares(lowering, offset_s, "date", "le", last_text)));
    }
    if (days != NULL)
        test = tamis_lower_any(lowering, test, part_is(lowering, offset_s, "date", days));
    return test;
}

static TamisSieveTest *
at_offset(TamisLowering *lowering, gint32 offset_s, const TamisHours *hours)
{
    TamisSieveTest *excepts = in_excepts(lowering, offset_s, hours);

    return tamis_lower_all(lowering, in_week(lowering, offset_s, hours),
                           tamis_lower_not(lowering, excepts));
}

static TamisSieveTest *
in_group(TamisLowering *lowering, const TamisOffsetGroup *group)
{
    TamisSieveTest *test = &tamis_lower_never;

    for (guint i = 0; i < group->intervals->len; i++) {
        TamisInterval interval = g_array_index(group->intervals, TamisInterval, i);

        test = tamis_lower_any(lowering, test, in_interval(lowering, interval.start, interval.end));
    }
    return test;
}

static TamisSieveTest *
in_hours(TamisLowering *lowering, guint32 index)
{
    const TamisHours *hours =
        g_array_index(lowering->policy->hours, TamisHoursDefinition, index).hours;
    const GArray *groups = g_ptr_array_index(lowering->context->offsets, index);
    TamisSieveTest *test = &tamis_lower_never;

    if (groups->len == 2) {
        /* The first group holds the open ends; the other's intervals are all closed. */
        const TamisOffsetGroup *usual = &g_array_index(groups, TamisOffsetGroup, 0);
        const TamisOffsetGroup *other = &g_array_index(groups, TamisOffsetGroup, 1);

        return tamis_lower_any(lowering,
                               tamis_lower_all(lowering, in_group(lowering, other),
                                               at_offset(lowering, other->offset_s, hours)),
                               tamis_lower_all(lowering,
                                               tamis_lower_not(lowering, in_group(lowering, other)),
                                               at_offset(lowering, usual->offset_s, hours)));
    }
    for (guint i = 0; i < groups->len; i++) {
        const TamisOffsetGroup *group = &g_array_index(groups, TamisOffsetGroup, i);

        test = tamis_lower_any(lowering, test,
                               tamis_lower_all(lowering, in_group(lowering, group),
                                               at_offset(lowering, group->offset_s, hours)));
    }
    return test;
}

void
tamis_lower_all_hours(TamisLowerContext *context)
{
    const GArray *hours = context->policy->hours;
    TamisLowered lowered = {.good_until = TAMIS_INSTANT_MAX};
    TamisLowering lowering = {.context = context,
                              .policy = context->policy,
                              .server = context->server,
                              .arena = context->arena,
                              .lowered = &lowered};

    context->hours_tests = tamis_arena_array0(context->arena, TamisHoursTest, hours->len);
    if (!tamis_server_has(context->server, TAMIS_EXTENSION_DATE))
        return;
    for (guint i = 0; i < hours->len; i++) {
        TamisHoursTest *made = &context->hours_tests[i];

        if (!g_array_index(hours, TamisHoursDefinition, i).used)
            continue;
        lowered.requires = (TamisExtensionSet){{0, 0}};
        made->test = in_hours(&lowering, i);
        made->requires = lowered.requires;
        if (made->test == &tamis_lower_never || made->test == &tamis_lower_always)
            continue;
        for (TamisSieveTest *child = made->test->tests; child != NULL; child = child->next)
            tamis_sieve_preprint(child, context->arena);
        tamis_sieve_preprint(made->test, context->arena);
    }
}

/* A node that can be linked into a script of its own. */
static TamisSieveTest *
copy_node(TamisLowering *lowering, const TamisSieveTest *test)
{
    TamisSieveTest *copy = tamis_arena_new0(lowering->arena, TamisSieveTest);

    *copy = *test;
    copy->next = NULL;
    return copy;
}

TamisSieveTest *
tamis_lower_hours(TamisLowering *lowering, guint32 index, TamisSpan span)
{
    const TamisHoursTest *made = &lowering->context->hours_tests[index];
    const GArray *groups = g_ptr_array_index(lowering->context->offsets, index);
    TamisSieveTest *test, **end;

    if (!tamis_lower_has_clock(lowering, span)) {
        tamis_lower_lacks(lowering, span, TAMIS_EXTENSION_DATE, "'now in'");
        return &tamis_lower_never;
    }
    if (groups->len > 1)
        tamis_lower_good_until(lowering, lowering->context->horizon);
    for (guint i = 0; i < TAMIS_N_EXTENSIONS; i++)
        if (tamis_extension_set_has(&made->requires, i))
            tamis_lower_use(lowering, i, TAMIS_NO_SPAN);
    if (made->test == NULL)
        return in_hours(lowering, index);
    if (made->test == &tamis_lower_never || made->test == &tamis_lower_always)
        return made->test;
    /* The algebra links a test and, where it takes a list apart, the tests of that; not deeper. */
    test = copy_node(lowering, made->test);
    end = &test->tests;
    for (const TamisSieveTest *child = made->test->tests; child != NULL; child = child->next) {
        *end = copy_node(lowering, child);
        end = &(*end)->next;
    }
    return test;
}

/* One of ----------------------------------------------------------------------------------------
 */

/* "MM:SS" has no date part of its own: the minute is less, or equal and the second less. */
static TamisSieveTest *
before_in_hour(TamisLowering *lowering, guint32 second)
{
    const char *minute = tamis_arena_printf(lowering->arena, "%02u", second / 60);
    const char *rest = tamis_arena_printf(lowering->arena, "%02u", second % 60);
    TamisSieveTest *less =
        second < 60 ? &tamis_lower_never : part_compares(lowering, 0, "minute", "lt", minute);

    if (second % 60 == 0)
        return less;
    return tamis_lower_any(
        lowering, less,
        tamis_lower_all(lowering,
                        part_is(lowering, 0, "minute",
                                tamis_sieve_string(lowering->arena, minute, strlen(minute))),
                        part_compares(lowering, 0, "second", "lt", rest)));
}

TamisSieveTest *
tamis_lower_share_before(TamisLowering *lowering, guint32 n_members, guint32 second)
{
    if (second == 0)
        return &tamis_lower_never;
    if (second >= tamis_share_period_s(n_members))
        return &tamis_lower_always;
    switch (tamis_share_kind(n_members)) {
    case TAMIS_SHARE_SECOND:
        return part_compares(lowering, 0, "second", "lt",
                             tamis_arena_printf(lowering->arena, "%02u", second));
    case TAMIS_SHARE_HOUR:
        return before_in_hour(lowering, second);
    case TAMIS_SHARE_DAY:
        break;
    }
    return part_compares(lowering, 0, "time", "lt",
                         tamis_arena_printf(lowering->arena, "%02u:%02u:%02u", second / 3600,
                                            second / 60 % 60, second % 60));
}
