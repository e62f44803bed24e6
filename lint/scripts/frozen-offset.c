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

    if (test->word == NULL ||
        (test->word->id != TAMIS_WORD_DATE && test->word->id != TAMIS_WORD_CURRENTDATE))
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
        if (has_word(test->arguments, parts[i]))
            return TRUE;
    return FALSE;
}

/* Whether a test of the list, or one inside of it, does. */
static gboolean
asks_for_day(const TamisSieveTest *test)
{
    for (; test != NULL; test = test->next)
        if (compares_day(test) || asks_for_day(test->tests))
            return TRUE;
    return FALSE;
}

/* Notes the tests that hold on some days only. */
static void
note_tests(const TamisSieveTest *test, gboolean is_dated, GHashTable *dated)
{
    for (; test != NULL; test = test->next) {
        gboolean is_all = test->word != NULL && test->word->id == TAMIS_WORD_ALLOF;

        if (is_dated)
            g_hash_table_add(dated, (gpointer)test);
        note_tests(test->tests, is_dated || (is_all && asks_for_day(test->tests)), dated);
    }
}

static void
note_commands(const TamisSieveCommand *command, gboolean is_dated, GHashTable *dated)
{
    gboolean was_asked = FALSE; /* in this chain of if and elsif */

    for (; command != NULL; command = command->next) {
        gboolean is_if = command->word != NULL && command->word->id == TAMIS_WORD_IF;

        was_asked = was_asked && !is_if;
        note_tests(command->tests, is_dated || was_asked, dated);
        was_asked |= asks_for_day(command->tests);
        note_commands(command->block, is_dated || was_asked, dated);
    }
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

void
tamis_script_rule_frozen_offset(const TamisScriptFacts *facts)
{
    g_autoptr(GArray) periods = find_offsets(facts->lint);
    g_autoptr(GHashTable) dated = g_hash_table_new(NULL, NULL);
    TamisSieveBound bound;

    if (periods != NULL)
        note_commands(facts->lint->script->commands, FALSE, dated);
    for (guint i = 0; periods != NULL && i < facts->tests->len; i++) {
        const TamisScriptTest *test = &g_array_index(facts->tests, TamisScriptTest, i);
        if ((test->word->id != TAMIS_WORD_DATE && test->word->id != TAMIS_WORD_CURRENTDATE) ||
            !tamis_script_bind_test(test, &bound))
            continue;
        const TamisSieveString *string =
            tamis_script_constant(facts, tamis_sieve_bound_value(&bound, TAMIS_TAG_ZONE));
        gboolean is_day = compares_day(test->test);
        if (string == NULL || !is_one_of(periods, string) ||
            (is_day ? fits_days(facts->lint, &bound, string)
                    : g_hash_table_contains(dated, test->test)))
            continue;
        TamisDiagnostic *diagnostic = tamis_report_add(
            facts->report, string->span, TAMIS_RULE_FROZEN_OFFSET,
            "'%.*s' is the offset of '%s' for a part of the year only", (int)string->length_bytes,
            string->text, tamis_zone_get_name(facts->lint->zone));
        tamis_report_help(facts->report, diagnostic,
                          "compare with a date too, and write the other offset for the rest of the "
                          "year; a policy's hours do that");
    }
}
