/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Results of tests on standard output: TAP as they come, JUnit XML and JSON when all are there. */
#pragma once

#include "cli/test-file.h"

typedef enum { TAMIS_TEST_TAP, TAMIS_TEST_JUNIT, TAMIS_TEST_JSON } TamisTestFormat;

typedef struct TamisTestReport TamisTestReport;

/* n_tests of all files. */
TamisTestReport *tamis_test_report_new(TamisTestFormat format, guint n_tests);
void tamis_test_report_begin_file(TamisTestReport *report, const TamisTestFile *file);
void tamis_test_report_add(TamisTestReport *report, const TamisTestFile *file,
                           const TamisTestResult *result);
/* coverage: NULL where nobody asked. */
void tamis_test_report_end_file(TamisTestReport *report, const TamisTestFile *file,
                                const TamisTestCoverage *coverage);
/* The rest, and the sum. TRUE: no test failed. */
gboolean tamis_test_report_end(TamisTestReport *report);
void tamis_test_report_free(TamisTestReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisTestReport, tamis_test_report_free)
