/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Dates and times that are compared in whatever zone the server is in. Where the site's zone is known and
 * never changes its offset, that can be written out. */
#include "lint/script-facts.h"

#include <string.h>

#define YEAR_S ((TamisInstant)366 * 86400)

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
is_zone_free(const TamisScriptFacts *facts, const TamisScriptTest *test,
             const TamisSieveBound *bound)
{
    const TamisSieveString *part = tamis_script_constant(
        facts, tamis_sieve_bound_parameter(bound, TAMIS_SIEVE_TYPE_DATE_PART));

    if (tamis_sieve_bound_tag(bound, TAMIS_TAG_COUNT) != NULL)
        return TRUE;
    return part != NULL && (tamis_sieve_name_is(part->text, part->length_bytes, "second") ||
                            (test->word->id == TAMIS_WORD_CURRENTDATE &&
                             tamis_sieve_name_is(part->text, part->length_bytes, "zone")));
}

void
tamis_script_rule_zoneless_time(const TamisScriptFacts *facts)
{
    TamisSieveBound bound;
    gint32 offset_s;

    for (guint i = 0; i < facts->tests->len; i++) {
        const TamisScriptTest *test = &g_array_index(facts->tests, TamisScriptTest, i);
        if ((test->word->id != TAMIS_WORD_DATE && test->word->id != TAMIS_WORD_CURRENTDATE) ||
            !tamis_script_bind_test(test, &bound) ||
            tamis_sieve_bound_tag(&bound, TAMIS_TAG_ZONE) != NULL ||
            tamis_sieve_bound_tag(&bound, TAMIS_TAG_ORIGINALZONE) != NULL || takes_all(&bound) ||
            is_zone_free(facts, test, &bound))
            continue;
        TamisSpan name = tamis_sieve_test_name_span(test->test);
        TamisDiagnostic *diagnostic = tamis_report_add(
            facts->report, name, TAMIS_RULE_ZONELESS_TIME,
            "'%s' compares in the zone that the server happens to be in", test->word->name);
        if (!find_fixed_offset(facts->lint, &offset_s)) {
            tamis_report_help(facts->report, diagnostic,
                              "write ':zone' with the offset that is meant, as ':zone \"+0800\"'");
            continue;
        }
        char offset[6];
        tamis_offset_format(offset_s, offset);
        g_autofree char *text = g_strdup_printf(" :zone \"%s\"", offset);
        tamis_report_help(facts->report, diagnostic, "write '%s', the offset of '%s'", text + 1,
                          tamis_zone_get_name(facts->lint->zone));
        tamis_report_edit(facts->report, diagnostic,
                          (TamisSpan){name.source, name.offset + name.length, 0}, text);
    }
}
