/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Dates and times that are compared in whatever zone the server is in. The zone can be written out where the times
 * they are compared with have one, and where the site's is known and never changes its offset. */
#include "lint/script-facts.h"

#include <string.h>

#define YEAR_S      ((TamisInstant)366 * 86400)
#define OFFSET_SIZE 6 /* "+hhmm" and NUL */

/* The one offset that the zone has from now on; FALSE when it changes. */
static gboolean
find_fixed_offset(const TamisScriptLint *lint, gint32 *out_offset_s)
{
    if (lint->zone == NULL)
        return FALSE;
    g_autoptr(GArray) periods =
        tamis_zone_periods(lint->zone, lint->as_of, lint->as_of + 2 * YEAR_S);
    *out_offset_s = g_array_index(periods, TamisOffsetPeriod, 0).offset_s;
    return periods->len == 1;
}

/* Reads the offset at the end of an instant of `iso8601`; FALSE: there is none. */
static gboolean
read_offset(const TamisSieveString *key, char out_offset[OFFSET_SIZE])
{
    const char *end = key->text + key->length_bytes;

    if (key->length_bytes > 0 && (end[-1] == 'Z' || end[-1] == 'z')) {
        memcpy(out_offset, "+0000", OFFSET_SIZE);
        return TRUE;
    }
    if (key->length_bytes < 6 || (end[-6] != '+' && end[-6] != '-') || end[-3] != ':' ||
        !g_ascii_isdigit(end[-5]) || !g_ascii_isdigit(end[-4]) || !g_ascii_isdigit(end[-2]) ||
        !g_ascii_isdigit(end[-1]))
        return FALSE;
    g_snprintf(out_offset, OFFSET_SIZE, "%.3s%.2s", end - 6, end - 2);
    return TRUE;
}

/* The one offset of all the instants that it is compared with, which are compared as texts. */
static gboolean
find_written_offset(const TamisSieveBound *bound, const TamisSieveString *part,
                    char out_offset[OFFSET_SIZE])
{
    const TamisSieveArgument *keys = tamis_sieve_bound_parameter(bound, TAMIS_SIEVE_TYPE_KEYS);
    char offset[OFFSET_SIZE];
    guint32 n = 0;

    if (part == NULL || keys == NULL ||
        !tamis_sieve_name_is(part->text, part->length_bytes, "iso8601"))
        return FALSE;
    for (const TamisSieveString *key = keys->strings; n < keys->n_strings; key = key->next) {
        if (!read_offset(key, offset) || (n++ > 0 && strcmp(offset, out_offset) != 0))
            return FALSE;
        memcpy(out_offset, offset, OFFSET_SIZE);
    }
    return n > 0;
}

/* Whether some of the instants that it is compared with have an offset. */
static gboolean
has_written_offset(const TamisSieveBound *bound, const TamisSieveString *part)
{
    const TamisSieveArgument *keys = tamis_sieve_bound_parameter(bound, TAMIS_SIEVE_TYPE_KEYS);
    const TamisSieveString *key = keys != NULL ? keys->strings : NULL;
    char offset[OFFSET_SIZE];

    if (part == NULL || !tamis_sieve_name_is(part->text, part->length_bytes, "iso8601"))
        return FALSE;
    while (key != NULL && !read_offset(key, offset))
        key = key->next;
    return key != NULL;
}

/* Whether nothing is compared: `:matches "*"` takes the value as it is, and "*-*-*" takes it to pieces. */
static gboolean
takes_all(const TamisSieveBound *bound)
{
    const TamisSieveArgument *keys = tamis_sieve_bound_parameter(bound, TAMIS_SIEVE_TYPE_KEYS);

    if (tamis_sieve_bound_tag(bound, TAMIS_TAG_MATCHES) == NULL || keys == NULL ||
        keys->n_strings != 1)
        return FALSE;
    for (guint i = 0; i < keys->strings->length_bytes; i++)
        if (strchr("*?-:", keys->strings->text[i]) == NULL)
            return FALSE;
    return keys->strings->length_bytes > 0;
}

/* Whether the zone makes no difference: to how many values there are, to seconds, and to the zone itself. */
static gboolean
is_zone_free(const TamisSieveString *part, const TamisScriptTest *test,
             const TamisSieveBound *bound)
{
    if (tamis_sieve_bound_tag(bound, TAMIS_TAG_COUNT) != NULL)
        return TRUE;
    return part != NULL && (tamis_sieve_name_is(part->text, part->length_bytes, "second") ||
                            (test->word->id == TAMIS_WORD_CURRENTDATE &&
                             tamis_sieve_name_is(part->text, part->length_bytes, "zone")));
}

static const TamisSieveString *
part_of(const TamisScriptFacts *facts, const TamisSieveBound *bound)
{
    return tamis_script_constant(facts,
                                 tamis_sieve_bound_parameter(bound, TAMIS_SIEVE_TYPE_DATE_PART));
}

/* Of a date alone: the offset of the site's zone at its midnight. */
static gboolean
find_offset_on_day(const TamisScriptLint *lint, const TamisSieveBound *bound,
                   const TamisSieveString *part, gint32 *out_offset_s)
{
    const TamisSieveArgument *keys = tamis_sieve_bound_parameter(bound, TAMIS_SIEVE_TYPE_KEYS);
    char text[] = "yyyy-mm-dd 00:00";
    TamisInstant midnight;

    if (lint->zone == NULL || part == NULL || keys == NULL || keys->n_strings != 1 ||
        !tamis_sieve_name_is(part->text, part->length_bytes, "date") ||
        keys->strings->length_bytes != strlen("yyyy-mm-dd"))
        return FALSE;
    memcpy(text, keys->strings->text, keys->strings->length_bytes);
    if (!tamis_instant_parse(text, strlen(text), lint->zone, &midnight))
        return FALSE;
    *out_offset_s = tamis_zone_offset_at(lint->zone, midnight);
    return TRUE;
}

/* The offset is not one for ever. */
static void
advise_both(const TamisScriptFacts *facts, TamisDiagnostic *diagnostic)
{
    const TamisScriptLint *lint = facts->lint;

    if (lint->zone == NULL) {
        tamis_report_help(facts->report, diagnostic,
                          "write ':zone' with the offset that is meant, as ':zone \"+0800\"' (RFC "
                          "5260, section 4.1)");
        return;
    }
    g_autoptr(GArray) periods =
        tamis_zone_periods(lint->zone, lint->as_of, lint->as_of + 2 * YEAR_S);
    char first[OFFSET_SIZE], second[OFFSET_SIZE];
    tamis_offset_format(g_array_index(periods, TamisOffsetPeriod, 0).offset_s, first);
    tamis_offset_format(g_array_index(periods, TamisOffsetPeriod, 1).offset_s, second);
    tamis_report_help(facts->report, diagnostic,
                      "write ':zone \"%s\"' or ':zone \"%s\"': '%s' has one after the other; a "
                      "policy's hours write both",
                      first, second, tamis_zone_get_name(lint->zone));
}

/* What to write, where one answer is right. */
static void
advise(const TamisScriptFacts *facts, TamisDiagnostic *diagnostic, const TamisSieveBound *bound,
       TamisSpan name)
{
    char offset[OFFSET_SIZE];
    gint32 offset_s;

    if (find_written_offset(bound, part_of(facts, bound), offset)) {
        tamis_report_help(facts->report, diagnostic,
                          "write ':zone \"%s\"', as in what it is compared with", offset);
    } else if (has_written_offset(bound, part_of(facts, bound))) {
        tamis_report_help(facts->report, diagnostic,
                          "write all instants with one offset, and that in ':zone'");
        return;
    } else if (find_fixed_offset(facts->lint, &offset_s)) {
        tamis_offset_format(offset_s, offset);
        tamis_report_help(facts->report, diagnostic, "write ':zone \"%s\"', the offset of '%s'",
                          offset, tamis_zone_get_name(facts->lint->zone));
    } else if (find_offset_on_day(facts->lint, bound, part_of(facts, bound), &offset_s)) {
        tamis_offset_format(offset_s, offset);
        tamis_report_help(facts->report, diagnostic,
                          "write ':zone \"%s\"', the offset of '%s' on that day", offset,
                          tamis_zone_get_name(facts->lint->zone));
    } else {
        advise_both(facts, diagnostic);
        return;
    }
    g_autofree char *text = g_strdup_printf(" :zone \"%s\"", offset);
    tamis_report_edit(facts->report, diagnostic,
                      (TamisSpan){name.source, name.offset + name.length, 0}, text);
}

void
tamis_script_rule_zoneless_time(const TamisScriptFacts *facts)
{
    TamisSieveBound bound;

    for (guint i = 0; i < facts->tests->len; i++) {
        const TamisScriptTest *test = &g_array_index(facts->tests, TamisScriptTest, i);
        if ((test->word->id != TAMIS_WORD_DATE && test->word->id != TAMIS_WORD_CURRENTDATE) ||
            !tamis_script_bind_test(test, &bound) ||
            tamis_sieve_bound_tag(&bound, TAMIS_TAG_ZONE) != NULL ||
            tamis_sieve_bound_tag(&bound, TAMIS_TAG_ORIGINALZONE) != NULL || takes_all(&bound) ||
            is_zone_free(part_of(facts, &bound), test, &bound))
            continue;
        TamisSpan name = tamis_sieve_test_name_span(test->test);
        TamisDiagnostic *diagnostic = tamis_report_add(
            facts->report, name, TAMIS_RULE_ZONELESS_TIME,
            "'%s' compares in the zone that the server happens to be in", test->word->name);
        advise(facts, diagnostic, &bound, name);
    }
}
