/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Counting, and handing on to the format. */
#include "cli/test-report-private.h"

TamisTestReport *
tamis_test_report_new(TamisTestFormat format, guint n_tests)
{
    TamisTestReport *report = g_new0(TamisTestReport, 1);

    report->format = format;
    report->n_tests = n_tests;
    report->out = g_string_new(NULL);
    report->cases = g_string_new(NULL);
    if (format == TAMIS_TEST_TAP)
        tamis_test_tap_begin(report);
    else if (format == TAMIS_TEST_JSON)
        tamis_test_json_begin(report);
    return report;
}

void
tamis_test_report_free(TamisTestReport *report)
{
    if (report == NULL)
        return;
    g_string_free(report->out, TRUE);
    g_string_free(report->cases, TRUE);
    g_clear_object(&report->builder);
    g_free(report);
}

void
tamis_test_report_begin_file(TamisTestReport *report, const TamisTestFile *file)
{
    report->file = (TamisTestCounts){0};
    g_string_set_size(report->cases, 0);
    if (report->format == TAMIS_TEST_TAP)
        tamis_test_tap_begin_file(report, file);
}

static void
count(TamisTestCounts *counts, TamisTestVerdict verdict)
{
    counts->passed += verdict == TAMIS_TEST_PASSED;
    counts->failed += verdict == TAMIS_TEST_FAILED;
    counts->skipped += verdict == TAMIS_TEST_SKIPPED;
}

void
tamis_test_report_add(TamisTestReport *report, const TamisTestFile *file,
                      const TamisTestResult *result)
{
    count(&report->all, result->verdict);
    count(&report->file, result->verdict);
    switch (report->format) {
    case TAMIS_TEST_TAP:
        tamis_test_tap_add(report, file, result);
        break;
    case TAMIS_TEST_JUNIT:
        tamis_test_junit_add(report, file, result);
        break;
    case TAMIS_TEST_JSON:
        tamis_test_json_add(report, file, result);
        break;
    }
}

void
tamis_test_report_end_file(TamisTestReport *report, const TamisTestFile *file,
                           const TamisTestCoverage *coverage)
{
    switch (report->format) {
    case TAMIS_TEST_TAP:
        tamis_test_tap_end_file(report, file, coverage);
        break;
    case TAMIS_TEST_JUNIT:
        tamis_test_junit_end_file(report, file, coverage);
        break;
    case TAMIS_TEST_JSON:
        tamis_test_json_end_file(report, file, coverage);
        break;
    }
}

gboolean
tamis_test_report_end(TamisTestReport *report)
{
    switch (report->format) {
    case TAMIS_TEST_TAP:
        tamis_test_tap_end(report);
        break;
    case TAMIS_TEST_JUNIT:
        tamis_test_junit_end(report);
        break;
    case TAMIS_TEST_JSON:
        tamis_test_json_end(report);
        break;
    }
    return report->all.failed == 0;
}

void
tamis_test_append_missed(const TamisTestFile *file, const TamisRoute *route, GString *out)
{
    tamis_test_file_append_place(file, route->span, out);
    g_string_append_printf(out, ": no test reaches route '%s'",
                           tamis_policy_text(file->policy, route->name));
}
