/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the formats of test reports share. */
#pragma once

#include "cli/test-report.h"

#include <json-glib/json-glib.h>

typedef struct {
    guint passed, failed, skipped;
} TamisTestCounts;

struct TamisTestReport {
    TamisTestFormat format;
    guint n_tests; /* of all files */
    TamisTestCounts all, file;
    GString *out;         /* JUnit: what is finished */
    GString *cases;       /* JUnit: of the file that is running */
    JsonBuilder *builder; /* JSON */
};

/* Each begins or ends a file, or adds a test; the report has counted it already. */
void tamis_test_tap_begin(TamisTestReport *report);
void tamis_test_tap_begin_file(TamisTestReport *report, const TamisTestFile *file);
void tamis_test_tap_add(TamisTestReport *report, const TamisTestFile *file,
                        const TamisTestResult *result);
void tamis_test_tap_end_file(TamisTestReport *report, const TamisTestFile *file,
                             const TamisTestCoverage *coverage);
void tamis_test_tap_end(TamisTestReport *report);

void tamis_test_junit_add(TamisTestReport *report, const TamisTestFile *file,
                          const TamisTestResult *result);
void tamis_test_junit_end_file(TamisTestReport *report, const TamisTestFile *file,
                               const TamisTestCoverage *coverage);
void tamis_test_junit_end(TamisTestReport *report);

void tamis_test_json_begin(TamisTestReport *report);
void tamis_test_json_add(TamisTestReport *report, const TamisTestFile *file,
                         const TamisTestResult *result);
void tamis_test_json_end_file(TamisTestReport *report, const TamisTestFile *file,
                              const TamisTestCoverage *coverage);
void tamis_test_json_end(TamisTestReport *report);

/* "a.tamis:3:11: no test reaches route 'desk'". Appends. */
void tamis_test_append_missed(const TamisTestFile *file, const TamisRoute *route, GString *out);
