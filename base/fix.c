/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Edits are taken finding by finding, kept in the order of the text, and made in one pass. */
#include "base/fix.h"

/* By offset; of insertions at one place the one that came first goes first. */
static gint
find_place(const GArray *taken, TamisSpan span)
{
    guint low = 0, high = taken->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (g_array_index(taken, TamisEdit, middle).span.offset <= span.offset)
            low = middle + 1;
        else
            high = middle;
    }
    return (gint)low;
}

static inline guint32
end_of(TamisSpan span)
{
    return span.offset + span.length;
}

/* Two replacements overlap where they share a byte; an insertion, where it is inside of a replacement. */
static gboolean
overlaps(const GArray *taken, TamisSpan span)
{
    gint place = find_place(taken, span);

    if (place > 0) {
        TamisSpan before = g_array_index(taken, TamisEdit, place - 1).span;
        gboolean is_same_start =
            before.offset == span.offset && before.length > 0 && span.length > 0;
        if (is_same_start || (end_of(before) > span.offset && before.offset < span.offset))
            return TRUE;
    }
    return (guint)place < taken->len &&
           g_array_index(taken, TamisEdit, place).span.offset < end_of(span);
}

static gboolean
can_take(const GArray *taken, const GArray *edits, TamisSourceId source)
{
    for (guint i = 0; i < edits->len; i++) {
        TamisSpan span = g_array_index(edits, TamisEdit, i).span;
        if (span.source != source || overlaps(taken, span))
            return FALSE;
    }
    return TRUE;
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
            !can_take(taken, edits, source))
            continue;
        for (guint j = 0; j < edits->len; j++) {
            TamisEdit edit = g_array_index(edits, TamisEdit, j);
            g_array_insert_val(taken, (guint)find_place(taken, edit.span), edit);
        }
        n_mended++;
    }
    const char *text = tamis_sources_get_text(tamis_report_get_sources(report), source, &length);
    for (guint i = 0; i < taken->len; i++) {
        const TamisEdit *edit = &g_array_index(taken, TamisEdit, i);
        g_string_append_len(out, text + done, edit->span.offset - done);
        g_string_append(out, edit->text);
        done = end_of(edit->span);
    }
    g_string_append_len(out, text + done, (gssize)(length - done));
    return n_mended;
}
