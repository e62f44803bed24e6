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

/* Dates beside it ------------------------------------------------------------------------------- */

static gboolean
has_word(const TamisSieveArgument *arguments, const char *word)
{
    for (const TamisSieveArgument *at = arguments; at != NULL; at = at->next)
        for (guint i = 0; at->kind == TAMIS_SIEVE_STRING && i < at->n_strings; i++)
            if (at->strings[i].length_bytes == strlen(word) &&
                g_ascii_strncasecmp(at->strings[i].text, word, strlen(word)) == 0)
                return TRUE;
    return FALSE;
}

static gboolean
compares_day(const TamisSieveTest *test)
{
    static const char *const parts[] = {"date", "iso8601", "year", "month", "julian"};

    for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
        if (has_word(test->arguments, parts[i]))
            return TRUE;
    return FALSE;
}

/* Whether all that it is compared with are days on which the zone has the offset. */
static gboolean
fits_days(const TamisScriptLint *lint, const TamisSieveBound *bound, const TamisSieveString *zone)
{
    const TamisSieveArgument *keys = tamis_sieve_bound_parameter(bound, TAMIS_SIEVE_TYPE_KEYS);
    char offset[6];
    TamisDay day;

    if (keys == NULL || keys->n_strings == 0)
        return FALSE;
    for (guint i = 0; i < keys->n_strings; i++) {
        if (!tamis_day_parse(keys->strings[i].text, keys->strings[i].length_bytes, &day))
            return FALSE;
        TamisInstant start = tamis_zone_to_instant(lint->zone, (TamisClock){.date = day});
        tamis_offset_format(tamis_zone_offset_at(lint->zone, start), offset);
        if (memcmp(zone->text, offset, strlen(offset)) != 0)
            return FALSE;
    }
    return TRUE;
}

/* Whether a test of the list, or one inside of it, holds on some days only. */
static gboolean
asks_for_day(const TamisSieveTest *test, GHashTable *days)
{
    for (; test != NULL; test = test->next)
        if (g_hash_table_contains(days, test) || asks_for_day(test->tests, days))
            return TRUE;
    return FALSE;
}

/* Notes the tests that have such a one beside them. */
static void
note_tests(const TamisSieveTest *test, gboolean is_dated, GHashTable *days, GHashTable *dated)
{
    for (; test != NULL; test = test->next) {
        gboolean is_all = test->word != NULL && test->word->id == TAMIS_WORD_ALLOF;

        if (is_dated)
            g_hash_table_add(dated, (gpointer)test);
        note_tests(test->tests, is_dated || (is_all && asks_for_day(test->tests, days)), days,
                   dated);
    }
}

static void
note_commands(const TamisSieveCommand *command, gboolean is_dated, GHashTable *days,
              GHashTable *dated)
{
    gboolean was_asked = FALSE; /* in this chain of if and elsif */

    for (; command != NULL; command = command->next) {
        gboolean is_if = command->word != NULL && command->word->id == TAMIS_WORD_IF;

        was_asked = was_asked && !is_if;
        note_tests(command->tests, is_dated || was_asked, days, dated);
        was_asked |= asks_for_day(command->tests, days);
        note_commands(command->block, is_dated || was_asked, days, dated);
    }
}

/* The rule -------------------------------------------------------------------------------------- */

/* The offset of a test of dates, where it is the zone's for a part of the year; NULL: it is not. */
static const TamisSieveString *
find_offset(const TamisScriptFacts *facts, const GArray *periods, const TamisScriptTest *test,
            TamisSieveBound *out_bound)
{
    const TamisSieveString *string;

    if ((test->word->id != TAMIS_WORD_DATE && test->word->id != TAMIS_WORD_CURRENTDATE) ||
        !tamis_script_bind_test(test, out_bound))
        return NULL;
    string = tamis_script_constant(facts, tamis_sieve_bound_value(out_bound, TAMIS_TAG_ZONE));
    return string != NULL && is_one_of(periods, string) ? string : NULL;
}

/* The tests of days that mean what they say: another zone's, or of days that have the offset. */
static GHashTable *
find_days(const TamisScriptFacts *facts, const GArray *periods)
{
    GHashTable *days = g_hash_table_new(NULL, NULL);
    TamisSieveBound bound;

    for (guint i = 0; i < facts->tests->len; i++) {
        const TamisScriptTest *test = &g_array_index(facts->tests, TamisScriptTest, i);
        gboolean is_date =
            test->word->id == TAMIS_WORD_DATE || test->word->id == TAMIS_WORD_CURRENTDATE;

        if (!is_date || !compares_day(test->test))
            continue;
        const TamisSieveString *offset = find_offset(facts, periods, test, &bound);
        if (offset == NULL || fits_days(facts->lint, &bound, offset))
            g_hash_table_add(days, (gpointer)test->test);
    }
    return days;
}

void
tamis_script_rule_frozen_offset(const TamisScriptFacts *facts)
{
    g_autoptr(GArray) periods = find_offsets(facts->lint);
    g_autoptr(GHashTable) days = NULL;
    g_autoptr(GHashTable) dated = g_hash_table_new(NULL, NULL);
    TamisSieveBound bound;

    if (periods == NULL)
        return;
    days = find_days(facts, periods);
    note_commands(facts->lint->script->commands, FALSE, days, dated);
    for (guint i = 0; i < facts->tests->len; i++) {
        const TamisScriptTest *test = &g_array_index(facts->tests, TamisScriptTest, i);
        const TamisSieveString *offset = find_offset(facts, periods, test, &bound);

        if (offset == NULL || g_hash_table_contains(days, test->test) ||
            g_hash_table_contains(dated, test->test))
            continue;
        TamisDiagnostic *diagnostic = tamis_report_add(
            facts->report, offset->span, TAMIS_RULE_FROZEN_OFFSET,
            "'%.*s' is the offset of '%s' for a part of the year only", (int)offset->length_bytes,
            offset->text, tamis_zone_get_name(facts->lint->zone));
        tamis_report_help(facts->report, diagnostic,
                          "compare with a date too, and write the other offset for the rest of the "
                          "year; a policy's hours do that");
    }
}
