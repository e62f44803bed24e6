/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * JUnit XML for the test pages of CI servers: a suite a policy, a case a test. */
#include "base/display.h"
#include "cli/test-report-private.h"

#include <string.h>

/* Control characters, which XML cannot hold, are written out before. */
static void
append_escaped(GString *out, const char *text, gssize length)
{
    g_autoptr(GString) shown = g_string_new(NULL);
    g_autofree char *escaped = NULL;

    tamis_display_text(shown, text, length);
    escaped = g_markup_escape_text(shown->str, (gssize)shown->len);
    g_string_append(out, escaped);
}

static void
append_lines(GString *out, const char *text)
{
    for (const char *end; *text != '\0'; text = end + (*end == '\n')) {
        end = strchrnul(text, '\n');
        append_escaped(out, text, end - text);
        g_string_append_c(out, '\n');
    }
}

static gssize
first_line_length(const GString *text)
{
    return strchrnul(text->str, '\n') - text->str;
}

void
tamis_test_junit_add(TamisTestReport *report, const TamisTestFile *file,
                     const TamisTestResult *result)
{
    GString *out = report->cases;
    const char *element = result->verdict == TAMIS_TEST_FAILED ? "failure" : "skipped";

    g_string_append(out, "    <testcase classname=\"");
    append_escaped(out, file->path, -1);
    g_string_append(out, "\" name=\"");
    append_escaped(out, tamis_test_file_title(file, result->test), -1);
    if (result->verdict == TAMIS_TEST_PASSED) {
        g_string_append(out, "\"/>\n");
        return;
    }
    g_string_append_printf(out, "\">\n      <%s message=\"", element);
    append_escaped(out, result->details->str, first_line_length(result->details));
    if (result->verdict == TAMIS_TEST_FAILED) {
        g_string_append(out, "\" type=\"expectation\">");
        append_lines(out, result->details->str);
        g_string_append(out, "</failure>\n");
    } else {
        g_string_append(out, "\"/>\n");
    }
    g_string_append(out, "    </testcase>\n");
}

static void
append_coverage(GString *out, const TamisTestFile *file, const TamisTestCoverage *coverage)
{
    g_autoptr(GString) text = g_string_new(NULL);

    g_string_append_printf(text, "coverage: %u of %u routes\n",
                           coverage->n_routes - coverage->missed->len, coverage->n_routes);
    for (guint i = 0; i < coverage->missed->len; i++) {
        tamis_test_append_missed(file, g_array_index(coverage->missed, const TamisRoute *, i),
                                 text);
        g_string_append_c(text, '\n');
    }
    g_string_append(out, "    <system-out>");
    append_lines(out, text->str);
    g_string_append(out, "</system-out>\n");
}

void
tamis_test_junit_end_file(TamisTestReport *report, const TamisTestFile *file,
                          const TamisTestCoverage *coverage)
{
    const TamisTestCounts *counts = &report->file;
    GString *out = report->out;

    g_string_append(out, "  <testsuite name=\"");
    append_escaped(out, file->path, -1);
    g_string_append_printf(out, "\" tests=\"%u\" failures=\"%u\" errors=\"0\" skipped=\"%u\">\n%s",
                           counts->passed + counts->failed + counts->skipped, counts->failed,
                           counts->skipped, report->cases->str);
    if (coverage != NULL)
        append_coverage(out, file, coverage);
    g_string_append(out, "  </testsuite>\n");
}

void
tamis_test_junit_end(TamisTestReport *report)
{
    tamis_print("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                "<testsuites name=\"tamis test\" tests=\"%u\" failures=\"%u\" errors=\"0\">\n",
                report->n_tests, report->all.failed);
    tamis_write(report->out->str, report->out->len);
    tamis_print("</testsuites>\n");
}
