/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tests of instants, one at a time. Where a zone's offset changes, nothing is looked at beyond the change. */
#include "model/solve/time-test.h"

#include "model/date-part.h"
#include "model/share.h"
#include "model/solve/time-ranges.h"

#include <string.h>

enum { MAX_PREFIX_KEYS = 8, LOOK_AHEAD_DAYS = 8, TEXT_STEPS = 100 };

/* Preparing -------------------------------------------------------------------------------------- */

static void
set_constant(TamisPreparedTime *prepared, gboolean holds)
{
    prepared->kind = TAMIS_TIME_CONSTANT;
    prepared->holds = (holds != FALSE) != prepared->negated;
}

/* Which of the numbers first … last meet the test, as bits. */
static void
set_mask(TamisPreparedTime *prepared, TamisTimeKind kind, guint first, guint last,
         const char *format)
{
    prepared->kind = (guint8)kind;
    for (guint i = first; i <= last; i++) {
        char text[4] = {(char)('0' + i / 10), (char)('0' + i % 10)};
        const char *shown = *format == '1' ? text + 1 : text;
        gboolean holds =
            tamis_texts_meets(prepared->timeline->texts, prepared->atom, shown, strlen(shown));

        if (holds != prepared->negated)
            prepared->mask |= 1u << i;
    }
}

static void
set_ranges(TamisPreparedTime *prepared, TamisTimeKind kind, GArray *ranges, gint64 first,
           gint64 last)
{
    prepared->kind = (guint8)kind;
    prepared->ranges = ranges;
    if (prepared->negated) {
        prepared->ranges = tamis_ranges_complement(ranges, first, last);
        g_array_unref(ranges);
    }
}

static void
set_text(TamisPreparedTime *prepared)
{
    TamisTexts *texts = prepared->timeline->texts;
    const TamisAtom *atom = prepared->atom;

    prepared->kind = TAMIS_TIME_TEXT;
    if (prepared->negated || atom->keys.n > MAX_PREFIX_KEYS ||
        (atom->match != TAMIS_KEYS_MATCH && atom->match != TAMIS_KEYS_CONTAIN))
        return;
    prepared->keys = g_ptr_array_new();
    for (guint32 i = 0; i < atom->keys.n; i++) {
        gsize length = 0;
        const char *key = tamis_texts_key(texts, atom, i, &length);
        TamisAutomaton *automaton = tamis_automaton_pattern(
            texts->arena, atom->match, key, length, atom->comparator != TAMIS_COMPARATOR_OCTET);

        if (automaton != NULL)
            g_ptr_array_add(prepared->keys, automaton);
        else
            g_clear_pointer(&prepared->keys, g_ptr_array_unref);
        if (prepared->keys == NULL)
            return;
    }
}

/* Of "iso8601" and "std11", which name an instant and its offset. In a zone ranges are good while the offset stays, and
 * mostly there are two that take turns. */
static void
prepare_instants(TamisPreparedTime *prepared)
{
    GArray *before = prepared->ranges, *ranges;
    gint32 before_offset_s = prepared->ranges_offset_s;

    prepared->ranges_offset_s = prepared->offset_s;
    if (before != NULL && before_offset_s == prepared->offset_s)
        return;
    if (prepared->other_ranges != NULL && prepared->other_offset_s == prepared->offset_s) {
        prepared->ranges = prepared->other_ranges;
    } else {
        ranges = tamis_ranges_of_instants(prepared->timeline->texts, prepared->atom, prepared->part,
                                          prepared->offset_s);
        if (ranges == NULL) {
            set_text(prepared);
            return;
        }
        g_clear_pointer(&prepared->other_ranges, g_array_unref);
        set_ranges(prepared, TAMIS_TIME_INSTANTS, ranges, TAMIS_INSTANT_MIN, TAMIS_INSTANT_MAX);
    }
    prepared->other_ranges = before;
    prepared->other_offset_s = before_offset_s;
}

static void
prepare_days(TamisPreparedTime *prepared)
{
    GArray *ranges =
        tamis_ranges_of_days(prepared->timeline->texts, prepared->atom, prepared->part);

    if (ranges != NULL)
        set_ranges(prepared, TAMIS_TIME_DAYS, ranges, TAMIS_FIRST_DAY, TAMIS_LAST_DAY);
    else
        set_text(prepared);
}

static void
prepare_part(TamisPreparedTime *prepared)
{
    TamisTexts *texts = prepared->timeline->texts;
    const char *part = prepared->part;
    GArray *ranges;

    if (strcmp(part, "weekday") == 0) {
        set_mask(prepared, TAMIS_TIME_WEEKDAY, 0, 6, "1");
    } else if (strcmp(part, "month") == 0) {
        set_mask(prepared, TAMIS_TIME_MONTH, 1, 12, "2");
    } else if (strcmp(part, "day") == 0) {
        set_mask(prepared, TAMIS_TIME_MONTHDAY, 1, 31, "2");
    } else if (strcmp(part, "hour") == 0 || strcmp(part, "minute") == 0 ||
               strcmp(part, "second") == 0 || strcmp(part, "time") == 0) {
        ranges = tamis_ranges_of_seconds(texts, prepared->atom, part);
        set_ranges(prepared, TAMIS_TIME_SECONDS, ranges, 0, TAMIS_DAY_S - 1);
    } else if (strcmp(part, "iso8601") == 0 || strcmp(part, "std11") == 0) {
        prepare_instants(prepared);
    } else if (strcmp(part, "zone") == 0) {
        set_text(prepared);
    } else {
        prepare_days(prepared);
    }
}

/* RFC 5231: an instant is one value, a part that is not known is none and meets nothing. */
static void
prepare_date(TamisPreparedTime *prepared)
{
    const TamisAtom *atom = prepared->atom;
    char text[TAMIS_DATE_PART_BYTES];

    prepared->part = tamis_strings_get(prepared->timeline->texts->strings, atom->date_part);
    if (atom->zone_kind == TAMIS_ZONE_LOCAL)
        prepared->zone = prepared->timeline->local;
    else if (atom->zone_kind == TAMIS_ZONE_NAMED)
        prepared->zone =
            tamis_zone_get(tamis_strings_get(prepared->timeline->texts->strings, atom->zone_name));
    prepared->offset_s = atom->zone_kind == TAMIS_ZONE_FIXED ? atom->offset_s
                         : atom->zone_kind == TAMIS_ZONE_ORIGINAL
                             ? prepared->timeline->original_offset_s
                             : 0;
    if (!tamis_date_part_text(prepared->part, 0, 0, text) || atom->keys.n == 0) {
        set_constant(prepared, FALSE);
    } else if (atom->match == TAMIS_KEYS_COUNT) {
        TamisAtom as_value = *atom;

        as_value.match = TAMIS_KEYS_VALUE;
        set_constant(prepared, tamis_texts_meets(prepared->timeline->texts, &as_value, "1", 1));
    } else {
        prepare_part(prepared);
    }
}

void
tamis_time_prepare(TamisPreparedTime *prepared, const TamisTimeline *timeline,
                   const TamisTimeTest *test, TamisInstant from)
{
    const TamisAtom *atom = test->atom;
    GArray *ranges;

    *prepared = (TamisPreparedTime){
        .timeline = timeline,
        .atom = atom,
        .negated = test->negated != FALSE,
        .period_start = TAMIS_INSTANT_MAX,
    };
    switch ((TamisAtomKind)atom->kind) {
    case TAMIS_ATOM_SINCE:
        ranges = g_array_new(FALSE, FALSE, sizeof(TamisTimeRange));
        tamis_ranges_add(ranges, atom->instant, TAMIS_INSTANT_MAX);
        set_ranges(prepared, TAMIS_TIME_INSTANTS, ranges, TAMIS_INSTANT_MIN, TAMIS_INSTANT_MAX);
        break;
    case TAMIS_ATOM_SHARE:
        prepared->kind = TAMIS_TIME_SHARE;
        if (atom->number == 1)
            set_constant(prepared, atom->member == 0);
        break;
    case TAMIS_ATOM_HOURS:
        prepared->kind = TAMIS_TIME_HOURS;
        prepared->hours =
            g_array_index(timeline->policy->hours, TamisHoursDefinition, atom->hours).hours;
        prepared->zone = prepared->hours->zone;
        break;
    default:
        prepare_date(prepared);
        break;
    }
    tamis_time_offset(prepared, from);
}

void
tamis_time_clear(TamisPreparedTime *prepared)
{
    if (prepared->ranges != NULL)
        g_array_unref(prepared->ranges);
    if (prepared->other_ranges != NULL)
        g_array_unref(prepared->other_ranges);
    if (prepared->keys != NULL)
        g_ptr_array_unref(prepared->keys);
}

/* Clocks ----------------------------------------------------------------------------------------- */

gint32
tamis_time_offset(TamisPreparedTime *prepared, TamisInstant instant)
{
    const gint64 ahead_s = 400 * (gint64)TAMIS_DAY_S;
    g_autoptr(GArray) periods = NULL;

    if (prepared->zone == NULL) {
        prepared->period_end = TAMIS_INSTANT_MAX;
        return prepared->offset_s;
    }
    if (instant >= prepared->period_start && instant < prepared->period_end)
        return prepared->offset_s;
    periods = tamis_zone_periods(prepared->zone, instant, instant + ahead_s);
    prepared->offset_s = g_array_index(periods, TamisOffsetPeriod, 0).offset_s;
    prepared->period_start = instant;
    prepared->period_end =
        periods->len > 1 ? g_array_index(periods, TamisOffsetPeriod, 1).start : instant + ahead_s;
    if (prepared->kind == TAMIS_TIME_INSTANTS)
        prepare_instants(prepared);
    return prepared->offset_s;
}

static gint64
day_of(gint64 local)
{
    return local >= 0 ? local / TAMIS_DAY_S : -((TAMIS_DAY_S - 1 - local) / TAMIS_DAY_S);
}

static gboolean
day_holds(const TamisPreparedTime *prepared, gint64 day)
{
    TamisDay date;

    switch ((TamisTimeKind)prepared->kind) {
    case TAMIS_TIME_WEEKDAY:
        return prepared->mask >> (tamis_day_weekday(day) + 1) % 7 & 1;
    case TAMIS_TIME_MONTH:
        return prepared->mask >> tamis_day_from_number(day).month & 1;
    case TAMIS_TIME_MONTHDAY:
        date = tamis_day_from_number(day);
        return prepared->mask >> date.day & 1;
    default:
        return tamis_ranges_have(prepared->ranges, day);
    }
}

static void
charge(const TamisPreparedTime *prepared, guint64 steps)
{
    guint64 *left = &prepared->timeline->texts->steps;

    *left -= MIN(*left - MIN(*left, 1), steps);
}

static gboolean
text_holds(TamisPreparedTime *prepared, TamisInstant instant)
{
    char text[TAMIS_DATE_PART_BYTES];

    charge(prepared, TEXT_STEPS);
    tamis_date_part_text(prepared->part, instant, tamis_time_offset(prepared, instant), text);
    return tamis_texts_meets(prepared->timeline->texts, prepared->atom, text, strlen(text)) !=
           prepared->negated;
}

gboolean
tamis_time_holds(TamisPreparedTime *prepared, TamisInstant instant)
{
    gint64 local = instant + tamis_time_offset(prepared, instant), day = day_of(local);

    switch ((TamisTimeKind)prepared->kind) {
    case TAMIS_TIME_CONSTANT:
        return prepared->holds;
    case TAMIS_TIME_INSTANTS:
        return tamis_ranges_have(prepared->ranges, instant);
    case TAMIS_TIME_SHARE:
        return (tamis_share_member_at((guint32)prepared->atom->number, instant) ==
                prepared->atom->member) != prepared->negated;
    case TAMIS_TIME_HOURS:
        return tamis_hours_holds(prepared->hours, instant) != prepared->negated;
    case TAMIS_TIME_SECONDS:
        return tamis_ranges_have(prepared->ranges, local - day * TAMIS_DAY_S);
    case TAMIS_TIME_TEXT:
        return text_holds(prepared, instant);
    default:
        return day_holds(prepared, day);
    }
}

/* When next -------------------------------------------------------------------------------------- */

static TamisInstant
next_share(const TamisPreparedTime *prepared, TamisInstant instant)
{
    guint32 n = (guint32)prepared->atom->number, member = prepared->atom->member;
    gint64 period_s = tamis_share_period_s(n);
    gint64 at = ((instant % period_s) + period_s) % period_s, wanted;

    if (member >= n)
        return TAMIS_INSTANT_MAX;
    wanted = tamis_share_start_s(n, prepared->negated ? member + 1 : member);
    return instant + (wanted > at ? wanted - at : wanted - at + period_s);
}

static gboolean
is_excepted(const TamisHours *hours, gint64 day, gint64 *out_last)
{
    for (guint i = 0; i < hours->n_excepts; i++) {
        if (hours->excepts[i].first <= day && day <= hours->excepts[i].last) {
            *out_last = hours->excepts[i].last;
            return TRUE;
        }
    }
    return FALSE;
}

/* In local seconds: where the opening hours that hold end. */
static gint64
end_of_hours(const TamisHours *hours, gint64 local)
{
    gint64 day = day_of(local), minute = (local - day * TAMIS_DAY_S) / 60;
    guint weekday = tamis_day_weekday(day);

    for (guint i = 0; i < hours->n_week[weekday]; i++) {
        const TamisMinuteRange *range = &hours->week[weekday][i];

        if (minute >= range->start_minute && minute < range->end_minute)
            return day * TAMIS_DAY_S + range->end_minute * 60;
    }
    return local + 1;
}

static gint64
start_of_hours(const TamisHours *hours, gint64 local)
{
    gint64 today = day_of(local), last = 0;
    gboolean ever = FALSE;

    for (guint i = 0; i < 7; i++)
        ever |= hours->n_week[i] > 0;
    if (!ever)
        return G_MAXINT64;
    for (gint64 day = today; day < today + LOOK_AHEAD_DAYS; day++) {
        guint weekday = tamis_day_weekday(day);

        if (is_excepted(hours, day, &last))
            return (last + 1) * TAMIS_DAY_S;
        for (guint i = 0; i < hours->n_week[weekday]; i++) {
            gint64 start = day * TAMIS_DAY_S + hours->week[weekday][i].start_minute * 60;

            if (start > local)
                return start;
        }
    }
    return (today + LOOK_AHEAD_DAYS) * TAMIS_DAY_S;
}

/* The next local midnight at which the day can be right. */
static gint64
next_day(const TamisPreparedTime *prepared, gint64 day)
{
    if (prepared->kind == TAMIS_TIME_DAYS) {
        gint64 next = tamis_ranges_next(prepared->ranges, day);

        return next == G_MAXINT64 ? G_MAXINT64 : next * TAMIS_DAY_S;
    }
    if (prepared->mask == 0)
        return G_MAXINT64;
    for (gint64 next = day + 1; next < day + 400; next++) {
        if (day_holds(prepared, next))
            return next * TAMIS_DAY_S;
    }
    return (day + 400) * TAMIS_DAY_S;
}

static gint64
next_second(const TamisPreparedTime *prepared, gint64 local)
{
    gint64 day = day_of(local), next;

    if (prepared->ranges->len == 0)
        return G_MAXINT64;
    next = tamis_ranges_next(prepared->ranges, local - day * TAMIS_DAY_S);
    if (next != G_MAXINT64)
        return day * TAMIS_DAY_S + next;
    return (day + 1) * TAMIS_DAY_S + g_array_index(prepared->ranges, TamisTimeRange, 0).first;
}

/* Whether some key can begin like this text. */
static gboolean
may_begin(const TamisPreparedTime *prepared, const char *text, gsize length)
{
    for (guint i = 0; i < prepared->keys->len; i++) {
        const TamisAutomaton *automaton = g_ptr_array_index(prepared->keys, i);
        TamisState state = tamis_automaton_start(automaton);

        for (gsize k = 0; k < length; k++)
            state = tamis_automaton_step(automaton, state, (guint8)text[k]);
        if (state != TAMIS_STATE_DEAD)
            return TRUE;
    }
    return FALSE;
}

static gboolean
is_met_at(const TamisPreparedTime *prepared, gint64 local)
{
    char text[TAMIS_DATE_PART_BYTES];

    tamis_date_part_text(prepared->part, local - prepared->offset_s, prepared->offset_s, text);
    return tamis_texts_meets(prepared->timeline->texts, prepared->atom, text, strlen(text)) !=
           prepared->negated;
}

/* Whether no second of the day will do: within one the texts grow, so that what a relation leaves has one of its ends;
 * else by how they begin ("Sat, 24 Oct 2026 "). */
static gboolean
is_no_day_of_std11(const TamisPreparedTime *prepared, gint64 day)
{
    enum { BEGINNING_BYTES = 17 };
    char text[TAMIS_DATE_PART_BYTES];

    if (prepared->atom->match == TAMIS_KEYS_VALUE)
        return !is_met_at(prepared, day * TAMIS_DAY_S) &&
               !is_met_at(prepared, (day + 1) * TAMIS_DAY_S - 1);
    tamis_date_part_text("std11", day * TAMIS_DAY_S, 0, text);
    return prepared->keys != NULL && !may_begin(prepared, text, BEGINNING_BYTES);
}

static gint64
next_std11(const TamisPreparedTime *prepared, gint64 local)
{
    const TamisTexts *texts = prepared->timeline->texts;
    gint64 day = day_of(local + 1), first = day;

    while (day < TAMIS_LAST_DAY && texts->steps > TEXT_STEPS && is_no_day_of_std11(prepared, day)) {
        charge(prepared, TEXT_STEPS);
        day++;
    }
    return day == first ? local + 1 : day * TAMIS_DAY_S;
}

/* Of "date" and "iso8601": years, months and days that cannot be are passed over. */
static gint64
next_text(TamisPreparedTime *prepared, gint64 local)
{
    gboolean by_second = strcmp(prepared->part, "iso8601") == 0;
    gint64 day = by_second ? day_of(local + 1) : day_of(local) + 1, first = day;
    char text[TAMIS_DATE_PART_BYTES];

    if (strcmp(prepared->part, "zone") == 0)
        return G_MAXINT64;
    if (strcmp(prepared->part, "std11") == 0)
        return next_std11(prepared, local);
    while (prepared->keys != NULL && *prepared->part != 'j' && day < TAMIS_LAST_DAY &&
           prepared->timeline->texts->steps > 10) {
        TamisDay date = tamis_day_from_number(day);

        prepared->timeline->texts->steps -= 4;
        tamis_date_part_text("date", day * TAMIS_DAY_S, 0, text);
        if (!may_begin(prepared, text, 5))
            day = tamis_day_number((TamisDay){date.year + 1, 1, 1});
        else if (!may_begin(prepared, text, 8))
            day = date.month == 12 ? tamis_day_number((TamisDay){date.year + 1, 1, 1})
                                   : tamis_day_number((TamisDay){date.year, date.month + 1, 1});
        else if (!may_begin(prepared, text, 10))
            day++;
        else
            break;
    }
    return by_second && day == first ? MAX(local + 1, day * TAMIS_DAY_S) : day * TAMIS_DAY_S;
}

static gint64
next_local(TamisPreparedTime *prepared, gint64 local)
{
    switch ((TamisTimeKind)prepared->kind) {
    case TAMIS_TIME_HOURS:
        return prepared->negated ? end_of_hours(prepared->hours, local)
                                 : start_of_hours(prepared->hours, local);
    case TAMIS_TIME_SECONDS:
        return next_second(prepared, local);
    case TAMIS_TIME_TEXT:
        return next_text(prepared, local);
    default:
        return next_day(prepared, day_of(local));
    }
}

TamisInstant
tamis_time_next(TamisPreparedTime *prepared, TamisInstant instant)
{
    gint32 offset_s = tamis_time_offset(prepared, instant);
    gint64 next;

    if (prepared->kind == TAMIS_TIME_CONSTANT)
        return TAMIS_INSTANT_MAX;
    if (prepared->kind == TAMIS_TIME_INSTANTS)
        return MIN(tamis_ranges_next(prepared->ranges, instant), prepared->period_end);
    if (prepared->kind == TAMIS_TIME_SHARE)
        return next_share(prepared, instant);
    next = next_local(prepared, instant + offset_s);
    if (next != G_MAXINT64)
        next -= offset_s;
    return MAX(instant + 1, MIN(next, prepared->period_end));
}
