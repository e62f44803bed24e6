/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A field whose value is a date: the instant is found first, and its text is made of it. */
#include "model/solve/field.h"

#include "model/date-part.h"
#include "model/header-date.h"

#include <string.h>

#define DATE_TEXT "a date header whose text is tested too"

/* Offsets of the header to try: UTC, and those that are asked for. */
static void
add_offsets(TamisFieldQuery *field, GArray *offsets)
{
    gint32 utc = 0;

    g_array_append_val(offsets, utc);
    for (guint i = 0; i < field->dates->len; i++) {
        const TamisAtom *atom = g_array_index(field->dates, TamisTimeTest, i).atom;

        if (strcmp(tamis_strings_get(field->solver->texts.strings, atom->date_part), "zone") != 0)
            continue;
        for (guint32 k = 0; k < MIN(atom->keys.n, 16); k++) {
            gsize length = 0;
            const char *key = tamis_texts_key(&field->solver->texts, atom, k, &length);
            gint32 number = (gint32)g_ascii_strtoll(key, NULL, 10);
            gint32 offset_s = number / 100 * 3600 + number % 100 * 60;

            if (ABS(offset_s) < 24 * 3600)
                g_array_append_val(offsets, offset_s);
        }
    }
}

/* Whether the header's own offset can matter. */
static gboolean
mixes_zones(const TamisFieldQuery *field)
{
    gboolean original = FALSE, other = FALSE;

    for (guint i = 0; i < field->dates->len; i++) {
        const TamisAtom *atom = g_array_index(field->dates, TamisTimeTest, i).atom;
        const char *part = tamis_strings_get(field->solver->texts.strings, atom->date_part);

        original |= atom->zone_kind == TAMIS_ZONE_ORIGINAL;
        other |= atom->zone_kind != TAMIS_ZONE_ORIGINAL || strcmp(part, "zone") == 0 ||
                 strcmp(part, "iso8601") == 0 || strcmp(part, "std11") == 0;
    }
    return original && other;
}

static TamisTextResult
solve_date(TamisFieldQuery *field, gint32 offset_s, char **out_value)
{
    TamisTimeline timeline = field->solver->timeline;
    TamisInstant found, earliest = (TamisInstant)-25567 * 86400; /* 1900-01-01 (RFC 5322, 3.3) */
    TamisInstant latest = (TamisInstant)2932895 * 86400;
    TamisInstant now = MAX(field->solver->options.not_before, 0);
    const TamisTimeTest *tests = (const TamisTimeTest *)(gpointer)field->dates->data;
    TamisTextResult result;

    timeline.original_offset_s = offset_s;
    result = tamis_timeline_solve(&timeline, tests, field->dates->len, now, latest, &found);
    if (result == TAMIS_TEXT_NONE)
        result = tamis_timeline_solve(&timeline, tests, field->dates->len, earliest, now, &found);
    if (result == TAMIS_TEXT_FOUND)
        *out_value = tamis_draft_date(found, offset_s);
    return result;
}

/* A text that is no date fails every test of one, but those that count none. */
static TamisTextResult
solve_undated(TamisFieldQuery *field, GPtrArray *values)
{
    g_autoptr(GString) value = g_string_new(NULL);
    TamisInstant instant;
    gint32 offset_s;

    for (guint i = 0; i < field->dates->len; i++) {
        const TamisTimeTest *test = &g_array_index(field->dates, TamisTimeTest, i);

        gboolean holds = test->atom->match == TAMIS_KEYS_COUNT &&
                         tamis_count_holds(field->solver, test->atom, 0);

        if (holds == (test->negated != FALSE))
            return TAMIS_TEXT_NONE;
    }
    if (tamis_field_solve_some(field, NULL, value) != TAMIS_TEXT_FOUND ||
        tamis_header_date_read(value->str, &instant, &offset_s)) {
        field->solver->texts.reason = DATE_TEXT;
        return TAMIS_TEXT_UNKNOWN;
    }
    g_ptr_array_add(values, g_strdup(value->str));
    return TAMIS_TEXT_FOUND;
}

/* The first value is a date. Its text is not put together from other tests. */
TamisTextResult
tamis_field_solve_dated(TamisFieldQuery *field, GPtrArray *values)
{
    g_autoptr(GArray) offsets = g_array_new(FALSE, FALSE, sizeof(gint32));
    TamisTextResult result = TAMIS_TEXT_NONE;

    add_offsets(field, offsets);
    for (guint i = 0; i < offsets->len; i++) {
        g_autofree char *value = NULL;
        TamisTextResult found = solve_date(field, g_array_index(offsets, gint32, i), &value);

        if (found == TAMIS_TEXT_UNKNOWN)
            result = found;
        if (found != TAMIS_TEXT_FOUND)
            continue;
        if (tamis_field_passes(field, value, field->texts, field->addresses)) {
            g_ptr_array_add(values, g_steal_pointer(&value));
            return TAMIS_TEXT_FOUND;
        }
        result = TAMIS_TEXT_UNKNOWN;
        field->solver->texts.reason = DATE_TEXT;
    }
    if (result == TAMIS_TEXT_NONE)
        result = solve_undated(field, values);
    if (result == TAMIS_TEXT_NONE && mixes_zones(field)) {
        field->solver->texts.reason = "the offset that a date header is written with";
        return TAMIS_TEXT_UNKNOWN;
    }
    return result;
}
