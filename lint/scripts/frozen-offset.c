/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An offset that the site's zone has for a part of the year alone. */
#include "lint/script-facts.h"

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

void
tamis_script_rule_frozen_offset(const TamisScriptFacts *facts)
{
    g_autoptr(GArray) periods = find_offsets(facts->lint);
    TamisSieveBound bound;

    for (guint i = 0; periods != NULL && i < facts->tests->len; i++) {
        const TamisScriptTest *test = &g_array_index(facts->tests, TamisScriptTest, i);
        if ((test->word->id != TAMIS_WORD_DATE && test->word->id != TAMIS_WORD_CURRENTDATE) ||
            !tamis_script_bind_test(test, &bound))
            continue;
        const TamisSieveString *string =
            tamis_script_constant(facts, tamis_sieve_bound_value(&bound, TAMIS_TAG_ZONE));
        if (string == NULL || !is_one_of(periods, string))
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
