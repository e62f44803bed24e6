/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Edits are taken finding by finding, kept in the order of the text, and made in one pass. */
#include "base/fix.h"

#include <string.h>

static inline guint32
end_of(TamisSpan span)
{
    return span.offset + span.length;
}

/* By offset; at one place insertions come first, in the order in which they were taken. */
static guint
find_place(const GArray *taken, TamisSpan span)
{
    guint low = 0, high = taken->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        TamisSpan other = g_array_index(taken, TamisEdit, middle).span;
        gboolean goes_before =
            other.offset < span.offset ||
            (other.offset == span.offset && (other.length == 0 || span.length > 0));
        if (goes_before)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Replacements overlap where they share a byte, an insertion where it is inside of a replacement, or where another one
 * is: nobody knows which comes first. What makes names of one list may stand in any order. */
static gboolean
overlaps(const GArray *taken, TamisSpan span, gboolean is_listed)
{
    for (guint i = 0; i < taken->len; i++) {
        TamisSpan other = g_array_index(taken, TamisEdit, i).span;
        if (other.offset < end_of(span) && span.offset < end_of(other))
            return TRUE;
        if (!is_listed && other.offset == span.offset && other.length == 0 && span.length == 0)
            return TRUE;
    }
    return FALSE;
}

static gboolean
can_take(const GArray *taken, const TamisDiagnostic *diagnostic, TamisSourceId source)
{
    gboolean is_listed = diagnostic->rule == TAMIS_RULE_MISSING_REQUIRE;

    for (guint i = 0; i < diagnostic->edits->len; i++) {
        TamisSpan span = g_array_index(diagnostic->edits, TamisEdit, i).span;
        if (span.source != source || overlaps(taken, span, is_listed))
            return FALSE;
    }
    return TRUE;
}

/* Line breaks of what is put in are those of the text. */
static void
append_edit(GString *out, const char *text, gboolean has_returns)
{
    for (; *text != '\0'; text++) {
        if (*text == '\n' && has_returns)
            g_string_append_c(out, '\r');
        g_string_append_c(out, *text);
    }
}

guint
tamis_fix_apply(const TamisReport *report, TamisSourceId source, GString *out)
{
    g_autoptr(GArray) taken = g_array_new(FALSE, FALSE, sizeof(TamisEdit));
    guint n_mended = 0;
    guint32 done = 0;
    gsize length;

    for (guint i = 0; i < tamis_report_count(report); i++) {
        const TamisDiagnostic *diagnostic = tamis_report_get(report, i);
        const GArray *edits = diagnostic->edits;
        if (edits == NULL || edits->len == 0 || diagnostic->suppressed ||
            !can_take(taken, diagnostic, source))
            continue;
        for (guint j = 0; j < edits->len; j++) {
            TamisEdit edit = g_array_index(edits, TamisEdit, j);
            g_array_insert_val(taken, find_place(taken, edit.span), edit);
        }
        n_mended++;
    }
    const char *text = tamis_sources_get_text(tamis_report_get_sources(report), source, &length);
    const char *line_end = memchr(text, '\n', length);
    gboolean has_returns = line_end != NULL && line_end > text && line_end[-1] == '\r';
    for (guint i = 0; i < taken->len; i++) {
        const TamisEdit *edit = &g_array_index(taken, TamisEdit, i);
        g_assert(edit->span.offset >= done);
        g_string_append_len(out, text + done, edit->span.offset - done);
        append_edit(out, edit->text, has_returns);
        done = end_of(edit->span);
    }
    g_string_append_len(out, text + done, (gssize)(length - done));
    return n_mended;
}
