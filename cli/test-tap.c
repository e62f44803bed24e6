/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * TAP 13 (testanything.org), what is to be said of a failure in comments below it. */
#include "base/display.h"
#include "cli/test-report-private.h"

#include <string.h>

static void
flush(GString *text)
{
    tamis_write(text->str, text->len);
}

/* A '#' would begin a directive. */
static void
append_title(GString *out, const char *title)
{
    g_autofree char *shown = tamis_display_dup(title);

    for (const char *c = shown; *c != '\0'; c++) {
        if (*c == '#')
            g_string_append_c(out, '\\');
        g_string_append_c(out, *c);
    }
}

static void
append_comments(GString *out, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (char **line = lines; *line != NULL; line++) {
        if (**line == '\0')
            continue;
        g_string_append(out, "# ");
        tamis_display_text(out, *line, -1);
        g_string_append_c(out, '\n');
    }
}

void
tamis_test_tap_begin(TamisTestReport *report)
{
    tamis_print("TAP version 13\n1..%u%s\n", report->n_tests,
                report->n_tests == 0 ? " # SKIP there is no test" : "");
}

void
tamis_test_tap_begin_file(G_GNUC_UNUSED TamisTestReport *report, const TamisTestFile *file)
{
    g_autoptr(GString) text = g_string_new(NULL);

    append_comments(text, file->path);
    flush(text);
}

void
tamis_test_tap_add(TamisTestReport *report, const TamisTestFile *file,
                   const TamisTestResult *result)
{
    g_autoptr(GString) text = g_string_new(NULL);

    g_string_append_printf(text, "%sok %u - ", result->verdict == TAMIS_TEST_FAILED ? "not " : "",
                           report->all.passed + report->all.failed + report->all.skipped);
    append_title(text, tamis_test_file_title(file, result->test));
    if (result->verdict == TAMIS_TEST_SKIPPED) {
        g_string_append(text, " # SKIP ");
        tamis_display_text(text, result->details->str, -1);
    }
    g_string_append_c(text, '\n');
    if (result->verdict == TAMIS_TEST_FAILED)
        append_comments(text, result->details->str);
    flush(text);
}

void
tamis_test_tap_end_file(G_GNUC_UNUSED TamisTestReport *report, const TamisTestFile *file,
                        const TamisTestCoverage *coverage)
{
    g_autoptr(GString) text = g_string_new(NULL);

    if (coverage == NULL)
        return;
    g_string_append_printf(text, "# coverage: %u of %u routes\n",
                           coverage->n_routes - coverage->missed->len, coverage->n_routes);
    for (guint i = 0; i < coverage->missed->len; i++) {
        g_autoptr(GString) missed = g_string_new(NULL);

        tamis_test_append_missed(file, g_array_index(coverage->missed, const TamisRoute *, i),
                                 missed);
        append_comments(text, missed->str);
    }
    flush(text);
}

void
tamis_test_tap_end(TamisTestReport *report)
{
    if (report->n_tests == 0)
        return;
    tamis_print("# %u passed, %u failed", report->all.passed, report->all.failed);
    if (report->all.skipped > 0)
        tamis_print(", %u skipped", report->all.skipped);
    tamis_print("\n");
}
