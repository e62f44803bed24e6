/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * For people: one line a finding, below it the source with the place marked, related places, the
 * remedy. Carets stand under the cells of a terminal, not under bytes. */
#include "base/catalogue.h"
#include "base/display.h"
#include "base/render-private.h"

#include <string.h>

/* Of a long line, the part around the mark. */
#define BEFORE_MARK_CELLS 100
#define LINE_CELLS        200

#define BOLD  "1"
#define DIM   "2"
#define GREEN "1;32"
#define BLUE  "1;34"

typedef struct {
    GString *out;
    TamisReport *report;
    TamisSources *sources;
    TamisRenderOptions options;
    int gutter;           /* cells of the line numbers */
    TamisSourceId source; /* the line shown last */
    guint32 line;
} Text;

static void
paint(Text *text, const char *color)
{
    if (text->options.color)
        g_string_append_printf(text->out, "\033[%sm", color);
}

static void
paint_end(Text *text)
{
    if (text->options.color)
        g_string_append(text->out, "\033[0m");
}

static void
append_place(Text *text, TamisSpan span)
{
    if (span.source == 0)
        return;
    TamisPosition position = tamis_sources_locate(text->sources, span);
    g_autofree char *file = tamis_render_dup_file(text->report, span.source);
    tamis_display_text(text->out, file, -1);
    g_string_append_printf(text->out, ":%u:%u: ", position.line, position.column);
}

static void
append_heading(Text *text, const TamisDiagnostic *diagnostic)
{
    static const char *const colors[] = {"1;36", "1;35", "1;31"};

    paint(text, BOLD);
    append_place(text, diagnostic->span);
    paint_end(text);
    paint(text, colors[diagnostic->severity]);
    g_string_append(text->out, tamis_severity_to_string(diagnostic->severity));
    g_string_append(text->out, ": ");
    paint_end(text);
    tamis_display_text(text->out, diagnostic->message, -1);
    g_string_append_c(text->out, ' ');
    paint(text, DIM);
    g_string_append_printf(text->out, "[%s]", tamis_catalogue_get(diagnostic->rule)->slug);
    paint_end(text);
    g_string_append_c(text->out, '\n');
}

static void
append_gutter(Text *text, guint32 line)
{
    paint(text, BLUE);
    if (line > 0)
        g_string_append_printf(text->out, "%*u |", text->gutter, line);
    else
        g_string_append_printf(text->out, "%*s |", text->gutter, "");
    paint_end(text);
}

/* The place before mark from which on a line is shown. */
static gsize
find_window(const char *line, gsize mark)
{
    g_autoptr(GString) scratch = g_string_new(NULL);
    gsize from = mark;
    guint total = 0;

    while (from > 0 && total < BEFORE_MARK_CELLS) {
        gsize step = 1;
        guint cells;
        for (gsize back = 2; back <= 4 && back <= from; back++)
            if (g_utf8_get_char_validated(line + from - back, (gssize)back) < 0x110000 &&
                g_utf8_skip[(guchar)line[from - back]] == (char)back)
                step = back;
        g_string_truncate(scratch, 0);
        tamis_display_character(scratch, line + from - step, step, 0, &cells);
        total += cells;
        from -= step;
    }
    return from;
}

static void
append_cells(GString *out, guint n, char cell)
{
    for (guint i = 0; i < n; i++)
        g_string_append_c(out, cell);
}

/* Fills shown with the line, or a part of it, and marks with what stands below. */
static void
mark_line(const char *line, gsize length, gsize start, gsize end, const char *signs, GString *shown,
          GString *marks)
{
    gsize at = find_window(line, start);
    guint column = 0;
    gboolean marked = FALSE;

    if (at > 0) {
        g_string_append(shown, "…");
        append_cells(marks, 1, ' ');
        column = 1;
    }
    while (at < length && column < LINE_CELLS) {
        guint cells;
        gboolean inside = at >= start && at < end;
        if (at == start && start == end) {
            g_string_append_c(marks, signs[0]);
            marked = TRUE;
        }
        gsize used_bytes = tamis_display_character(shown, line + at, length - at, column, &cells);
        if (inside && !marked && cells > 0) {
            g_string_append_c(marks, signs[0]);
            append_cells(marks, cells - 1, signs[1]);
            marked = TRUE;
        } else if (at < end || !marked) {
            append_cells(marks, cells, inside ? signs[1] : ' ');
        }
        at += used_bytes;
        column += cells;
    }
    if (!marked)
        g_string_append_c(marks, signs[0]);
    if (at < length)
        g_string_append(shown, "…");
}

/* The line of a span, unless it was just shown, and a line of marks with a label. */
static void
append_marked(Text *text, TamisSpan span, const char *signs, const char *color, const char *label)
{
    g_autoptr(GString) shown = g_string_new(NULL);
    g_autoptr(GString) marks = g_string_new(NULL);
    TamisPosition position = tamis_sources_locate(text->sources, span);
    gsize text_length, length;
    const char *all = tamis_sources_get_text(text->sources, span.source, &text_length);
    const char *line = tamis_sources_get_line(text->sources, span.source, position.line, &length);
    gsize start = MIN((gsize)(all + MIN(span.offset, text_length) - line), length);
    gsize end = MIN(start + span.length, length);

    mark_line(line, length, start, end, signs, shown, marks);
    if (text->source != span.source || text->line != position.line) {
        append_gutter(text, position.line);
        if (shown->len > 0)
            g_string_append_printf(text->out, " %s", shown->str);
        g_string_append_c(text->out, '\n');
    }
    text->source = span.source;
    text->line = position.line;
    append_gutter(text, 0);
    g_string_append_c(text->out, ' ');
    paint(text, color);
    g_string_append(text->out, marks->str);
    if (label != NULL && *label != '\0') {
        g_string_append_c(text->out, ' ');
        tamis_display_text(text->out, label, -1);
    }
    paint_end(text);
    g_string_append_c(text->out, '\n');
}

static void
append_related(Text *text, const TamisRelated *related)
{
    if (text->options.context && related->span.source != 0) {
        if (related->span.source != text->source) {
            g_string_append_printf(text->out, "%*s ", text->gutter, "");
            paint(text, BOLD);
            append_place(text, related->span);
            g_string_truncate(text->out, text->out->len - 1);
            paint_end(text);
            g_string_append_c(text->out, '\n');
        }
        append_marked(text, related->span, "--", BLUE, related->message);
        return;
    }
    paint(text, BOLD);
    append_place(text, related->span);
    paint_end(text);
    g_string_append(text->out, "note: ");
    tamis_display_text(text->out, related->message, -1);
    g_string_append_c(text->out, '\n');
}

/* The cells of the largest line number that will stand in the gutter. */
static int
measure_gutter(Text *text, const TamisDiagnostic *diagnostic)
{
    guint n_related = diagnostic->related != NULL ? diagnostic->related->len : 0;
    guint32 largest = tamis_sources_locate(text->sources, diagnostic->span).line;
    int cells = 1;

    for (guint i = 0; i < n_related; i++) {
        const TamisRelated *related = &g_array_index(diagnostic->related, TamisRelated, i);
        largest = MAX(largest, tamis_sources_locate(text->sources, related->span).line);
    }
    for (; largest >= 10; largest /= 10)
        cells++;
    return cells;
}

static void
append_witness(Text *text, const TamisDiagnostic *diagnostic)
{
    g_string_append(text->out, "  = witness: ");
    tamis_display_text(text->out, diagnostic->witness->summary, -1);
    if (diagnostic->number > 0)
        g_string_append_printf(text->out, " (tamis explain --witness %u shows the way)",
                               diagnostic->number);
    g_string_append_c(text->out, '\n');
}

static void
append_diagnostic(Text *text, const TamisDiagnostic *diagnostic)
{
    text->source = 0;
    text->line = 0;
    append_heading(text, diagnostic);
    if (text->options.context)
        text->gutter = measure_gutter(text, diagnostic);
    if (text->options.context && diagnostic->span.source != 0)
        append_marked(text, diagnostic->span, "^~", GREEN, NULL);
    for (guint i = 0; diagnostic->related != NULL && i < diagnostic->related->len; i++)
        append_related(text, &g_array_index(diagnostic->related, TamisRelated, i));
    if (diagnostic->witness != NULL)
        append_witness(text, diagnostic);
    if (diagnostic->help != NULL) {
        paint(text, BOLD);
        g_string_append(text->out, "help:");
        paint_end(text);
        g_string_append_c(text->out, ' ');
        tamis_display_text(text->out, diagnostic->help, -1);
        g_string_append_c(text->out, '\n');
    }
}

void
tamis_render_text(GString *out, TamisReport *report, const TamisRenderOptions *options)
{
    Text text = {
        .out = out,
        .report = report,
        .sources = tamis_report_get_sources(report),
        .options = *options,
    };
    guint n_left = 0;

    for (int severity = options->least; severity <= TAMIS_SEVERITY_ERROR; severity++)
        n_left += tamis_report_count_severity(report, severity);
    for (guint i = 0; i < tamis_report_count(report); i++) {
        const TamisDiagnostic *diagnostic = tamis_report_get(report, i);
        if (diagnostic->suppressed || diagnostic->severity < options->least)
            continue;
        append_diagnostic(&text, diagnostic);
        n_left--;
    }
    if (n_left > 0)
        g_string_append_printf(out, "and %u more findings, not shown\n", n_left);
}
