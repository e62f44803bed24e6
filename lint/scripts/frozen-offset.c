/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An offset that the site's zone has for a part of the year alone, where no date beside it says that it is
 * meant for that part. */
#include "lint/script-facts.h"

#include <string.h>

#define YEAR_S ((TamisInstant)366 * 86400)

/* Offsets that the zone has in the coming year, where it has more than one; else NULL. */
static GArray *
find_offsets(const TamisScriptLint *lint)
{
    if (lint->zone == NULL)
        return NULL;
    g_autoptr(GArray) periods = tamis_zone_periods(lint->zone, lint->as_of, lint->as_of + YEAR_S);
    return periods->len > 1 ? g_steal_pointer(&periods) : NULL;
}

static gboolean
is_one_of(const GArray *periods, const TamisSieveString *string)
{
    char offset[6];

    for (guint i = 0; i < periods->len; i++) {
        tamis_offset_format(g_array_index(periods, TamisOffsetPeriod, i).offset_s, offset);
        if (string->length_bytes == strlen(offset) &&
            memcmp(string->text, offset, strlen(offset)) == 0)
            return TRUE;
    }
    return FALSE;
}

/* Days ------------------------------------------------------------------------------------------ */

#define EPOCH_JULIAN 40587 /* of 1970-01-01, in days from 1858-11-17 (RFC 5260, 4.2) */

/* What a test of a date says of the day. */
typedef enum {
    ASKS_NO_DAY,
    ASKS_YEAR,    /* which has days of both offsets */
    ASKS_INSTANT, /* with the offset that it is meant in */
    ASKS_MONTH,
    ASKS_JULIAN,
    ASKS_DATE,
} Asks;

static Asks
what_asks(const TamisScriptFacts *facts, const TamisSieveBound *bound)
{
    static const struct {
        const char *part;
        Asks asks;
    } parts[] = {
        {"date", ASKS_DATE},       {"julian", ASKS_JULIAN}, {"month", ASKS_MONTH},
        {"iso8601", ASKS_INSTANT}, {"year", ASKS_YEAR},
    };
    const TamisSieveString *name = tamis_script_constant(
        facts, tamis_sieve_bound_parameter(bound, TAMIS_SIEVE_TYPE_DATE_PART));

    for (guint i = 0; name != NULL && i < G_N_ELEMENTS(parts); i++)
        if (name->length_bytes == strlen(parts[i].part) &&
            g_ascii_strncasecmp(name->text, parts[i].part, name->length_bytes) == 0)
            return parts[i].asks;
    return ASKS_NO_DAY;
}

static gboolean
read_number(const TamisSieveString *key, guint64 min, guint64 max, guint64 *out)
{
    g_autofree char *text = g_strndup(key->text, key->length_bytes);

    return g_ascii_string_to_unsigned(text, 10, min, max, out, NULL);
}

/* The first and the last day that a key stands for; a month is the next one of that name. */
static gboolean
read_days(const TamisScriptLint *lint, Asks asks, const TamisSieveString *key, gint64 *out_first,
          gint64 *out_last)
{
    TamisDay day = tamis_zone_to_clock(lint->zone, lint->as_of).date;
    guint64 number;

    if (asks == ASKS_YEAR) {
        if (!read_number(key, 1, 9998, &number))
            return FALSE;
        *out_first = tamis_day_number((TamisDay){(gint32)number, 1, 1});
        *out_last = tamis_day_number((TamisDay){(gint32)number, 12, 31});
    } else if (asks == ASKS_DATE) {
        if (!tamis_day_parse(key->text, key->length_bytes, &day))
            return FALSE;
        *out_first = *out_last = tamis_day_number(day);
    } else if (asks == ASKS_JULIAN) {
        if (!read_number(key, 0, G_MAXUINT32, &number))
            return FALSE;
        *out_first = *out_last = (gint64)number - EPOCH_JULIAN;
    } else {
        if (!read_number(key, 1, 12, &number))
            return FALSE;
        day.year += number < day.month;
        *out_first = tamis_day_number((TamisDay){day.year, (guint8)number, 1});
        day.year += number == 12;
        *out_last = tamis_day_number((TamisDay){day.year, (guint8)(number % 12 + 1), 1}) - 1;
    }
    return TRUE;
}

/* Whether the zone has the offset where the first day begins, or where the last one ends. */
static gboolean
has_offset(const TamisScriptLint *lint, gint64 first, gint64 last, const TamisSieveString *zone)
{
    TamisInstant instants[] = {
        tamis_zone_to_instant(lint->zone, (TamisClock){.date = tamis_day_from_number(first)}),
        tamis_zone_to_instant(lint->zone, (TamisClock){.date = tamis_day_from_number(last + 1)}) -
            1,
    };
    char offset[6];

    for (guint i = 0; i < G_N_ELEMENTS(instants); i++) {
        tamis_offset_format(tamis_zone_offset_at(lint->zone, instants[i]), offset);
        if (memcmp(zone->text, offset, strlen(offset)) == 0)
            return TRUE;
    }
    return FALSE;
}

/* Whether all that it is compared with are times at which the zone has the offset. */
static gboolean
fits(const TamisScriptLint *lint, const TamisSieveBound *bound, Asks asks,
     const TamisSieveString *zone)
{
    const TamisSieveArgument *keys = tamis_sieve_bound_parameter(bound, TAMIS_SIEVE_TYPE_KEYS);
    gint64 first, last;

    if (asks == ASKS_INSTANT)
        return TRUE;
    if (asks == ASKS_NO_DAY || keys == NULL)
        return FALSE;
    for (const TamisSieveString *key = keys->strings; key != NULL; key = key->next)
        if (!read_days(lint, asks, key, &first, &last) || !has_offset(lint, first, last, zone))
            return FALSE;
    return TRUE;
}

/* Tests beside it ------------------------------------------------------------------------------- */

/* Whether a test of the list, or one inside of it, is in the set. */
static gboolean
has_one_of(const TamisSieveTest *test, GHashTable *set)
{
    for (; test != NULL; test = test->next)
        if (g_hash_table_contains(set, test) || has_one_of(test->tests, set))
            return TRUE;
    return FALSE;
}

/* Notes the tests that have one of the set beside them. */
static void
note_tests(const TamisSieveTest *test, gboolean is_beside, GHashTable *set, GHashTable *beside)
{
    for (; test != NULL; test = test->next) {
        gboolean is_all = test->word != NULL && test->word->id == TAMIS_WORD_ALLOF;

        if (is_beside)
            g_hash_table_add(beside, (gpointer)test);
        note_tests(test->tests, is_beside || (is_all && has_one_of(test->tests, set)), set, beside);
    }
}

static gboolean
ends_run(const TamisSieveCommand *command)
{
    while (command != NULL && command->next != NULL)
        command = command->next;
    return command != NULL && command->word != NULL && command->word->id == TAMIS_WORD_STOP;
}

/* Behind a test of the set is what comes after it in its chain of if and elsif, and where its block ends the run,
 * all that follows. */
static void
note_commands(const TamisSieveCommand *command, gboolean is_beside, GHashTable *set,
              GHashTable *beside)
{
    gboolean was_asked = FALSE; /* in this chain */

    for (; command != NULL; command = command->next) {
        gboolean is_if = command->word != NULL && command->word->id == TAMIS_WORD_IF;

        was_asked = was_asked && !is_if;
        note_tests(command->tests, is_beside || was_asked, set, beside);
        was_asked |= has_one_of(command->tests, set);
        note_commands(command->block, is_beside || was_asked, set, beside);
        is_beside |= was_asked && ends_run(command->block);
    }
}

/* The rule -------------------------------------------------------------------------------------- */

typedef struct {
    const TamisScriptFacts *facts;
    const GArray *periods;
    GHashTable *bounds; /* tests of days at an offset that is not the zone's: they part the year */
    GHashTable *days;   /* these, and tests of days that have the offset */
} Search;

/* The offset of a test of dates, where it is the zone's for a part of the year; NULL: it is not. */
static const TamisSieveString *
find_offset(const Search *search, const TamisScriptTest *test, TamisSieveBound *out_bound)
{
    const TamisSieveString *string;

    if ((test->word->id != TAMIS_WORD_DATE && test->word->id != TAMIS_WORD_CURRENTDATE) ||
        !tamis_script_bind_test(test, out_bound))
        return NULL;
    string =
        tamis_script_constant(search->facts, tamis_sieve_bound_value(out_bound, TAMIS_TAG_ZONE));
    return string != NULL && is_one_of(search->periods, string) ? string : NULL;
}

static void
find_days(Search *search)
{
    TamisSieveBound bound;

    for (guint i = 0; i < search->facts->tests->len; i++) {
        const TamisScriptTest *test = &g_array_index(search->facts->tests, TamisScriptTest, i);
        const TamisSieveString *offset = find_offset(search, test, &bound);
        Asks asks;

        if ((test->word->id != TAMIS_WORD_DATE && test->word->id != TAMIS_WORD_CURRENTDATE) ||
            !bound.is_complete)
            continue;
        asks = what_asks(search->facts, &bound);
        if (asks == ASKS_NO_DAY || asks == ASKS_YEAR)
            continue;
        if (offset == NULL)
            g_hash_table_add(search->bounds, (gpointer)test->test);
        if (offset == NULL || fits(search->facts->lint, &bound, asks, offset))
            g_hash_table_add(search->days, (gpointer)test->test);
    }
}

static void
report(const TamisScriptFacts *facts, const TamisSieveString *offset)
{
    TamisDiagnostic *diagnostic = tamis_report_add(
        facts->report, offset->span, TAMIS_RULE_FROZEN_OFFSET,
        "'%.*s' is the offset of '%s' for a part of the year only", (int)offset->length_bytes,
        offset->text, tamis_zone_get_name(facts->lint->zone));

    tamis_report_help(facts->report, diagnostic,
                      "compare with a date too, and write the other offset for the rest of the "
                      "year; a policy's hours do that");
}

/* Where a window begins or ends: a bound in the same offset is no excuse for it. */
static gboolean
is_end_of_window(const TamisSieveBound *bound, Asks asks)
{
    return asks == ASKS_DATE && tamis_sieve_bound_tag(bound, TAMIS_TAG_VALUE) != NULL;
}

static void
judge(const Search *search, GHashTable *parted, GHashTable *dated)
{
    TamisSieveBound bound;

    for (guint i = 0; i < search->facts->tests->len; i++) {
        const TamisScriptTest *test = &g_array_index(search->facts->tests, TamisScriptTest, i);
        const TamisSieveString *offset = find_offset(search, test, &bound);
        Asks asks;

        if (offset == NULL)
            continue;
        asks = what_asks(search->facts, &bound);
        if (!fits(search->facts->lint, &bound, asks, offset) &&
            !g_hash_table_contains(is_end_of_window(&bound, asks) ? parted : dated, test->test))
            report(search->facts, offset);
    }
}

void
tamis_script_rule_frozen_offset(const TamisScriptFacts *facts)
{
    g_autoptr(GArray) periods = find_offsets(facts->lint);
    g_autoptr(GHashTable) bounds = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) days = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) parted = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) dated = g_hash_table_new(NULL, NULL);
    Search search = {facts, periods, bounds, days};

    if (periods == NULL)
        return;
    find_days(&search);
    note_commands(facts->lint->script->commands, FALSE, bounds, parted);
    note_commands(facts->lint->script->commands, FALSE, days, dated);
    judge(&search, parted, dated);
}
