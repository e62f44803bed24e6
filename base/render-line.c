/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One line a place: GCC's form, which every editor reads, and GitHub's workflow commands. */
#include "base/catalogue.h"
#include "base/display.h"
#include "base/render-private.h"

#include <string.h>

/* As the file is called, so that it is found: a blank for a tab would be another one. */
static void
append_file(GString *out, const char *file)
{
    g_auto(GStrv) parts = g_strsplit(file, "\t", -1);

    for (guint i = 0; parts[i] != NULL; i++) {
        if (i > 0)
            g_string_append_c(out, '\t');
        tamis_display_text(out, parts[i], -1);
    }
}

static void
append_gcc(GString *out, TamisReport *report, TamisSpan span, const char *level,
           const char *message, const char *slug)
{
    if (span.source != 0) {
        TamisPosition position = tamis_sources_locate(tamis_report_get_sources(report), span);
        g_autofree char *file = tamis_render_dup_file(report, span.source);
        append_file(out, file);
        g_string_append_printf(out, ":%u:%u: ", position.line, position.column);
    }
    g_string_append_printf(out, "%s: ", level);
    tamis_display_text(out, message, -1);
    if (slug != NULL)
        g_string_append_printf(out, " [%s]", slug);
    g_string_append_c(out, '\n');
}

void
tamis_render_gcc(GString *out, TamisReport *report)
{
    for (guint i = 0; i < tamis_report_count(report); i++) {
        const TamisDiagnostic *diagnostic = tamis_report_get(report, i);
        if (diagnostic->suppressed)
            continue;
        append_gcc(out, report, diagnostic->span, tamis_render_level(diagnostic->severity),
                   diagnostic->message, tamis_catalogue_get(diagnostic->rule)->slug);
        for (guint j = 0; diagnostic->related != NULL && j < diagnostic->related->len; j++) {
            const TamisRelated *related = &g_array_index(diagnostic->related, TamisRelated, j);
            append_gcc(out, report, related->span, "note", related->message, NULL);
        }
        if (diagnostic->witness != NULL) {
            g_autofree char *witness = g_strconcat("witness: ", diagnostic->witness->summary, NULL);
            append_gcc(out, report, diagnostic->span, "note", witness, NULL);
        }
        if (diagnostic->help != NULL) {
            g_autofree char *help = g_strconcat("help: ", diagnostic->help, NULL);
            append_gcc(out, report, diagnostic->span, "note", help, NULL);
        }
    }
}

/* GitHub takes what follows a percent sign as an escape. */
static void
append_escaped(GString *out, const char *text)
{
    g_autofree char *shown = tamis_display_dup(text);

    for (const char *at = shown; *at != '\0'; at++) {
        if (*at == '%')
            g_string_append(out, "%25");
        else
            g_string_append_c(out, *at);
    }
}

/* A property also ends at a colon or comma. Line ends have escapes, so that GitHub finds the file; what else could
 * disturb the log is written out. */
static void
append_property(GString *out, const char *value)
{
    for (const char *at = value; *at != '\0';) {
        gsize plain = strcspn(at, "%:,\r\n");
        g_autofree char *text = g_strndup(at, plain);
        append_file(out, text);
        at += plain;
        if (*at != '\0')
            g_string_append_printf(out, "%%%02X", (guint)*at++);
    }
}

static void
append_github(GString *out, TamisReport *report, const TamisDiagnostic *diagnostic)
{
    static const char *const commands[] = {"notice", "warning", "error"};

    g_string_append_printf(out, "::%s ", commands[diagnostic->severity]);
    if (diagnostic->span.source != 0) {
        TamisPosition p = tamis_sources_locate(tamis_report_get_sources(report), diagnostic->span);
        g_autofree char *file = tamis_render_dup_file(report, diagnostic->span.source);
        g_string_append(out, "file=");
        append_property(out, file);
        g_string_append_printf(out, ",line=%u,", p.line);
        /* Columns are for places within one line only. */
        if (p.line == p.end_line)
            g_string_append_printf(out, "col=%u,endColumn=%u,", p.column, p.end_column);
        else
            g_string_append_printf(out, "endLine=%u,", p.end_line);
    }
    g_string_append_printf(out, "title=%s::", tamis_catalogue_get(diagnostic->rule)->slug);
    append_escaped(out, diagnostic->message);
    if (diagnostic->witness != NULL) {
        g_string_append(out, "%0Awitness: ");
        append_escaped(out, diagnostic->witness->summary);
    }
    if (diagnostic->help != NULL) {
        g_string_append(out, "%0Ahelp: ");
        append_escaped(out, diagnostic->help);
    }
    g_string_append_c(out, '\n');
}

void
tamis_render_github(GString *out, TamisReport *report)
{
    for (guint i = 0; i < tamis_report_count(report); i++) {
        const TamisDiagnostic *diagnostic = tamis_report_get(report, i);
        if (!diagnostic->suppressed)
            append_github(out, report, diagnostic);
    }
}
