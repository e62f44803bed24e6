/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * JUnit XML for the test pages of CI servers: a suite a source, a case a finding. Errors and
 * warnings are failures; a source without findings is one case that passes. */
#include "base/catalogue.h"
#include "base/display.h"
#include "base/render-private.h"

/* Control characters, which XML cannot hold, are written out before. */
static void
append_escaped(GString *out, const char *text)
{
    g_autofree char *shown = tamis_display_dup(text);
    g_autofree char *escaped = g_markup_escape_text(shown, -1);

    g_string_append(out, escaped);
}

static void
append_case(GString *out, TamisReport *report, const char *suite, const TamisDiagnostic *diagnostic)
{
    TamisPosition position =
        tamis_sources_locate(tamis_report_get_sources(report), diagnostic->span);
    const char *slug = tamis_catalogue_get(diagnostic->rule)->slug;
    gboolean fails = diagnostic->severity != TAMIS_SEVERITY_HINT;

    g_string_append(out, "    <testcase classname=\"");
    append_escaped(out, suite);
    g_string_append_printf(out, "\" name=\"%s", slug);
    if (diagnostic->span.source != 0)
        g_string_append_printf(out, " at %u:%u", position.line, position.column);
    g_string_append(out, "\">\n");
    if (fails) {
        g_string_append_printf(out, "      <failure type=\"%s\" message=\"",
                               tamis_severity_to_string(diagnostic->severity));
        append_escaped(out, diagnostic->message);
        g_string_append(out, "\">");
    } else {
        g_string_append(out, "      <system-out>");
        append_escaped(out, diagnostic->message);
        g_string_append_c(out, '\n');
    }
    if (diagnostic->span.source != 0) {
        append_escaped(out, suite);
        g_string_append_printf(out, ":%u:%u", position.line, position.column);
    }
    if (diagnostic->witness != NULL) {
        g_string_append(out, "\nwitness: ");
        append_escaped(out, diagnostic->witness->summary);
    }
    if (diagnostic->help != NULL) {
        g_string_append(out, "\nhelp: ");
        append_escaped(out, diagnostic->help);
    }
    g_string_append_printf(out, "</%s>\n    </testcase>\n", fails ? "failure" : "system-out");
}

/* The suite of one source, of the findings at *next and behind; source 0 holds those without a
 * place. */
static void
append_suite(GString *out, TamisReport *report, TamisSourceId source, const GPtrArray *by_source,
             guint *next)
{
    g_autoptr(GString) cases = g_string_new(NULL);
    g_autofree char *file = tamis_render_dup_file(report, source);
    const char *suite = file != NULL ? file : "policy";
    guint n_tests = 0;
    guint n_failures = 0;

    for (; *next < by_source->len; (*next)++) {
        const TamisDiagnostic *diagnostic = by_source->pdata[*next];
        if (diagnostic->span.source != source)
            break;
        append_case(cases, report, suite, diagnostic);
        n_tests++;
        n_failures += diagnostic->severity != TAMIS_SEVERITY_HINT;
    }
    if (n_tests == 0 && source == 0)
        return;
    if (n_tests == 0) {
        g_string_append(cases, "    <testcase classname=\"");
        append_escaped(cases, suite);
        g_string_append(cases, "\" name=\"no findings\"/>\n");
        n_tests = 1;
    }
    g_string_append(out, "  <testsuite name=\"");
    append_escaped(out, suite);
    g_string_append_printf(out, "\" tests=\"%u\" failures=\"%u\" errors=\"0\">\n%s  </testsuite>\n",
                           n_tests, n_failures, cases->str);
}

static int
compare_sources(gconstpointer left, gconstpointer right)
{
    const TamisDiagnostic *a = *(const TamisDiagnostic *const *)left;
    const TamisDiagnostic *b = *(const TamisDiagnostic *const *)right;

    return (a->span.source > b->span.source) - (a->span.source < b->span.source);
}

void
tamis_render_junit(GString *out, TamisReport *report)
{
    guint32 n_sources = tamis_sources_count(tamis_report_get_sources(report));
    g_autoptr(GPtrArray) by_source = g_ptr_array_new();
    guint next = 0;

    for (guint i = 0; i < tamis_report_count(report); i++)
        if (!tamis_report_get(report, i)->suppressed)
            g_ptr_array_add(by_source, tamis_report_get(report, i));
    g_ptr_array_sort(by_source, compare_sources); /* stable */

    g_string_append(out,
                    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"tamis\">\n");
    for (TamisSourceId source = 0; source <= n_sources; source++)
        append_suite(out, report, source, by_source, &next);
    g_string_append(out, "</testsuites>\n");
}
