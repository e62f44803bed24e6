/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One sweep along the time line, from one instant at which a test may hold to the next. What repeats every
 * week is laid over one week as soon as the sweep takes long: where nothing is left of it, the time until
 * some zone's clock changes is passed over at once. */
#include "model/solve/timeline.h"

#include "model/share.h"
#include "model/solve/time-ranges.h"

#include <string.h>

enum { PATIENCE = 200, MAX_RANGES = 20000, MAX_KNOWN_WEEKS = 64 };

#define NO_STEPS "the budget ran out on the time line"

typedef struct {
    TamisPreparedTime *tests;
    guint n;
    TamisTexts *texts; /* whose steps are taken */
    GArray *known;     /* of gint32: offsets of all tests, and whether their week is empty */
} Sweep;

/* A week ----------------------------------------------------------------------------------------- */

/* Adds local seconds of a week that begins on Thursday 1970-01-01, as UTC. */
static void
add_local(GArray *ranges, gint64 first, gint64 last, gint32 offset_s)
{
    gint64 start = (((first - offset_s) % TAMIS_WEEK_S) + TAMIS_WEEK_S) % TAMIS_WEEK_S;
    gint64 length = last - first;

    if (length < 0)
        return;
    if (start + length < TAMIS_WEEK_S) {
        tamis_ranges_add(ranges, start, start + length);
    } else {
        tamis_ranges_add(ranges, start, TAMIS_WEEK_S - 1);
        tamis_ranges_add(ranges, 0, start + length - TAMIS_WEEK_S);
    }
}

static void
add_day(const TamisPreparedTime *test, gint64 day, GArray *ranges)
{
    guint weekday = tamis_day_weekday(day);
    gint64 start = day * TAMIS_DAY_S;

    if (test->kind == TAMIS_TIME_WEEKDAY) {
        if (test->mask >> (weekday + 1) % 7 & 1)
            add_local(ranges, start, start + TAMIS_DAY_S - 1, test->offset_s);
        return;
    }
    if (test->kind == TAMIS_TIME_HOURS) {
        for (guint i = 0; i < test->hours->n_week[weekday]; i++) {
            const TamisMinuteRange *range = &test->hours->week[weekday][i];

            add_local(ranges, start + range->start_minute * 60, start + range->end_minute * 60 - 1,
                      test->offset_s);
        }
        return;
    }
    for (guint i = 0; i < test->ranges->len; i++) {
        const TamisTimeRange *range = &g_array_index(test->ranges, TamisTimeRange, i);

        add_local(ranges, start + range->first, start + range->last, test->offset_s);
    }
}

/* All shares of so many seconds, whole periods. */
static void
add_shares(const TamisPreparedTime *test, gint64 length_s, GArray *ranges)
{
    guint32 n = (guint32)test->atom->number, member = test->atom->member;
    gint64 period_s = tamis_share_period_s(n);

    for (gint64 start = 0; start < length_s && member < n; start += period_s)
        tamis_ranges_add(ranges, start + tamis_share_start_s(n, member),
                         start + tamis_share_start_s(n, member + 1) - 1);
}

/* When in the week the test can hold; NULL: that is not all the same every week, or too much. */
static GArray *
week_of(const TamisPreparedTime *test)
{
    gboolean hours = test->kind == TAMIS_TIME_HOURS, share = test->kind == TAMIS_TIME_SHARE;
    GArray *ranges, *inverse;

    if (test->kind != TAMIS_TIME_WEEKDAY && test->kind != TAMIS_TIME_SECONDS && !hours && !share)
        return NULL;
    if (test->kind == TAMIS_TIME_SECONDS && test->ranges->len > MAX_RANGES / 7)
        return NULL;
    if (hours && test->negated && test->hours->n_excepts > 0)
        return NULL;
    ranges = g_array_new(FALSE, FALSE, sizeof(TamisTimeRange));
    for (gint64 day = 0; day < 7 && !share; day++)
        add_day(test, day, ranges);
    if (share)
        add_shares(test, TAMIS_WEEK_S, ranges);
    tamis_ranges_settle(ranges);
    if (!(hours || share) || !test->negated)
        return ranges;
    inverse = tamis_ranges_complement(ranges, 0, TAMIS_WEEK_S - 1);
    g_array_unref(ranges);
    return inverse;
}

/* Whether the turns that are asked for never come together: seen in one period, each of which is part of the longest. */
static gboolean
are_shares_apart(const Sweep *sweep)
{
    GArray *left = g_array_new(FALSE, FALSE, sizeof(TamisTimeRange));
    gint64 length_s = 0;
    gboolean apart;

    for (guint i = 0; i < sweep->n; i++)
        if (sweep->tests[i].kind == TAMIS_TIME_SHARE)
            length_s = MAX(length_s, tamis_share_period_s((guint32)sweep->tests[i].atom->number));
    tamis_ranges_add(left, 0, MAX(length_s, 1) - 1);
    for (guint i = 0; i < sweep->n && left->len > 0; i++) {
        g_autoptr(GArray) turns = g_array_new(FALSE, FALSE, sizeof(TamisTimeRange));
        GArray *both;

        if (sweep->tests[i].kind != TAMIS_TIME_SHARE)
            continue;
        add_shares(&sweep->tests[i], length_s, turns);
        if (sweep->tests[i].negated) {
            GArray *others = tamis_ranges_complement(turns, 0, length_s - 1);

            g_array_unref(turns);
            turns = others;
        }
        both = tamis_ranges_intersect(left, turns);
        g_array_unref(left);
        left = both;
    }
    apart = left->len == 0;
    g_array_unref(left);
    return apart;
}

static gboolean
is_week_empty(const Sweep *sweep)
{
    GArray *left = g_array_new(FALSE, FALSE, sizeof(TamisTimeRange));
    gboolean empty;

    tamis_ranges_add(left, 0, TAMIS_WEEK_S - 1);
    for (guint i = 0; i < sweep->n; i++) {
        g_autoptr(GArray) week = week_of(&sweep->tests[i]);
        GArray *both;

        if (week == NULL)
            continue;
        both = tamis_ranges_intersect(left, week);
        sweep->texts->steps -= MIN(sweep->texts->steps, (guint64)left->len + week->len);
        g_array_unref(left);
        left = both;
    }
    empty = left->len == 0;
    g_array_unref(left);
    return empty;
}

/* The same, remembered by the tests' offsets. */
static gboolean
is_week_known_empty(Sweep *sweep)
{
    guint stride = sweep->n + 1, n_known = sweep->known->len / stride;
    gint32 empty;

    for (guint k = 0; k < n_known; k++) {
        const gint32 *offsets = &g_array_index(sweep->known, gint32, k * stride);
        gboolean same = TRUE;

        for (guint i = 0; i < sweep->n && same; i++)
            same = offsets[i] == sweep->tests[i].offset_s;
        if (same)
            return offsets[sweep->n];
    }
    empty = is_week_empty(sweep);
    for (guint i = 0; i < sweep->n && n_known < MAX_KNOWN_WEEKS; i++)
        g_array_append_val(sweep->known, sweep->tests[i].offset_s);
    if (n_known < MAX_KNOWN_WEEKS)
        g_array_append_val(sweep->known, empty);
    return empty;
}

/* The sweep -------------------------------------------------------------------------------------- */

static TamisInstant
pass_over_weeks(Sweep *sweep, TamisInstant instant)
{
    TamisInstant next = TAMIS_INSTANT_MAX;

    for (guint i = 0; i < sweep->n; i++) {
        tamis_time_offset(&sweep->tests[i], instant);
        next = MIN(next, sweep->tests[i].period_end);
    }
    return is_week_known_empty(sweep) ? next : instant;
}

/* Before the instant returned not all of them hold, from the given one on; that one itself: all do. */
static TamisInstant
next_instant(Sweep *sweep, TamisInstant instant, TamisInstant to)
{
    for (guint i = 0; i < sweep->n && instant <= to; i++) {
        if (!tamis_time_holds(&sweep->tests[i], instant))
            instant = tamis_time_next(&sweep->tests[i], instant);
    }
    return instant;
}

static TamisTextResult
run_sweep(Sweep *sweep, TamisInstant from, TamisInstant to, TamisInstant *out_instant)
{
    TamisTexts *texts = sweep->texts;
    TamisInstant instant = from;

    for (guint round = 0; instant <= to; round++) {
        TamisInstant next = next_instant(sweep, instant, to);

        if (next == instant) {
            *out_instant = instant;
            return TAMIS_TEXT_FOUND;
        }
        if (texts->steps <= 4 * (guint64)sweep->n + 4) {
            texts->reason = NO_STEPS;
            return TAMIS_TEXT_UNKNOWN;
        }
        texts->steps -= 4 * (guint64)sweep->n + 4;
        instant = next;
        if (round >= PATIENCE && instant <= to)
            instant = pass_over_weeks(sweep, instant);
    }
    return TAMIS_TEXT_NONE;
}

TamisTextResult
tamis_timeline_solve(const TamisTimeline *timeline, const TamisTimeTest *tests, guint n,
                     TamisInstant from, TamisInstant to, TamisInstant *out_instant)
{
    g_autofree TamisPreparedTime *prepared = g_new(TamisPreparedTime, n + 1);
    g_autoptr(GArray) known = g_array_new(FALSE, FALSE, sizeof(gint32));
    Sweep sweep = {prepared, n, timeline->texts, known};
    TamisTextResult result;

    for (guint i = 0; i < n; i++)
        tamis_time_prepare(&prepared[i], timeline, &tests[i], from);
    result = are_shares_apart(&sweep) ? TAMIS_TEXT_NONE : run_sweep(&sweep, from, to, out_instant);
    for (guint i = 0; i < n; i++)
        tamis_time_clear(&prepared[i]);
    return result;
}
