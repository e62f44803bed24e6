/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Findings about values: at the word, argument or cell that is wrong, with the place that needs it and the
 * way that it came. */
#include "compiler/resolve-values.h"

#include <string.h>

#define EXCERPT_CHARACTERS 60

static gboolean
contains(TamisSpan outer, TamisSpan inner)
{
    return outer.source == inner.source && outer.offset <= inner.offset &&
           inner.offset + inner.length <= outer.offset + outer.length;
}

static const TamisRow *
find_row(const TamisFrame *frame)
{
    for (; frame != NULL; frame = frame->parent)
        if (frame->row != NULL)
            return frame->row;
    return NULL;
}

static void
relate_frames(TamisResolver *r, TamisDiagnostic *diagnostic, const TamisFrame *frame,
              TamisSpan primary)
{
    const TamisRow *row = find_row(frame);

    for (; frame != NULL; frame = frame->parent)
        if (frame->use.source != 0 && !contains(frame->use, primary))
            tamis_report_relate(r->report, diagnostic, frame->use, "in the template used here");
    if (row != NULL && !contains(row->span, primary))
        tamis_report_relate(r->report, diagnostic, row->span, "for row %u", row->number);
}

void
tamis_resolve_blame(TamisResolver *r, TamisDiagnostic *diagnostic)
{
    if (r->mailbox != 0)
        tamis_report_blame(r->report, diagnostic, tamis_strings_get(r->strings, r->mailbox),
                           r->route != 0 ? tamis_strings_get(r->strings, r->route) : NULL);
}

/* One wrong cell or argument may be used in many places: the first is enough. */
static gboolean
is_known(TamisResolver *r, TamisSpan span, TamisRule rule, const char *message)
{
    return !g_hash_table_add(
        r->faults, g_strdup_printf("%u:%u:%u:%s", span.source, span.offset, (guint)rule, message));
}

static TamisDiagnostic *
add(TamisResolver *r, TamisRule rule, const TamisRow *row, const TamisTerm *term, TamisSpan primary,
    const char *message)
{
    if (row == NULL || term == NULL || term->column == NULL)
        return tamis_report_add(r->report, primary, rule, "%s", message);
    return tamis_report_add(r->report, primary, rule, "%s (row %u, column '%.*s')", message,
                            row->number, (int)term->column_length_bytes, term->column);
}

TamisDiagnostic *
tamis_resolve_fault(TamisResolver *r, TamisRule rule, const TamisFrame *frame,
                    const TamisTerm *term, TamisSpan place, const char *format, ...)
{
    TamisSpan primary = term != NULL && term->origin.source != 0 ? term->origin : place;
    TamisDiagnostic *diagnostic;
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    if (is_known(r, primary, rule, message))
        return NULL;
    r->n_faults++;
    diagnostic = add(r, rule, find_row(frame), term, primary, message);
    if (!contains(primary, place) && !contains(place, primary))
        tamis_report_relate(r->report, diagnostic, place, "needed here");
    relate_frames(r, diagnostic, frame, primary);
    tamis_resolve_blame(r, diagnostic);
    return diagnostic;
}

void
tamis_resolve_help(TamisResolver *r, TamisDiagnostic *diagnostic, const char *format, ...)
{
    va_list arguments;

    if (diagnostic == NULL)
        return;
    va_start(arguments, format);
    g_autofree char *help = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    tamis_report_help(r->report, diagnostic, "%s", help);
}

void
tamis_resolve_relate(TamisResolver *r, TamisDiagnostic *diagnostic, TamisSpan span,
                     const char *message)
{
    if (diagnostic != NULL)
        tamis_report_relate(r->report, diagnostic, span, "%s", message);
}

char *
tamis_resolve_excerpt(const char *text, gsize length_bytes)
{
    g_autofree char *valid = g_utf8_make_valid(text, (gssize)MIN(length_bytes, 1024));

    if (g_utf8_strlen(valid, -1) <= EXCERPT_CHARACTERS)
        return g_steal_pointer(&valid);
    g_autofree char *start = g_utf8_substring(valid, 0, EXCERPT_CHARACTERS);
    return g_strconcat(start, "…", NULL);
}

TamisDiagnostic *
tamis_resolve_mismatch(TamisResolver *r, const TamisFrame *frame, const TamisTerm *term,
                       TamisSpan place, const char *needed)
{
    static const char *const kinds[] = {
        [TAMIS_TERM_TEXT] = "text",          [TAMIS_TERM_CELL] = "text",
        [TAMIS_TERM_ADDRESS] = "an address", [TAMIS_TERM_DOMAIN] = "a domain",
        [TAMIS_TERM_DATE] = "a date",        [TAMIS_TERM_INSTANT] = "an instant",
        [TAMIS_TERM_GROUP] = "a group",
    };
    g_autofree char *excerpt = tamis_resolve_excerpt(term->text, term->length_bytes);

    TamisDiagnostic *diagnostic =
        tamis_resolve_fault(r, TAMIS_RULE_TYPE, frame, term, place, "'%s' is %s where %s is needed",
                            excerpt, kinds[term->kind], needed);
    tamis_resolve_help(r, diagnostic, "write %s there", needed);
    if (term->kind == TAMIS_TERM_DOMAIN && g_str_has_prefix(excerpt, "row."))
        tamis_resolve_help(r, diagnostic,
                           "a column is known inside of its 'each' alone: give its cell to the "
                           "template as a value");
    return diagnostic;
}
