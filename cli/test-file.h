/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The tests of one policy, run one by one: each is a verdict, with what is to be said of it. */
#pragma once

#include "cli/explain.h"
#include "compiler/outcome.h"
#include "compiler/test-message.h"

typedef struct TamisTestEngine TamisTestEngine;

typedef struct TamisTestEngine TamisTestEngine;

typedef struct {
    const char *path; /* lent: as the user gave it */
    TamisSources *sources;
    TamisPolicy *policy;
    TamisSite *site;
    GPtrArray *deliveries; /* of TamisTestDelivery, by test message */
    GHashTable *reached;   /* places of routes that a test made active so far */
} TamisTestFile;

typedef enum { TAMIS_TEST_PASSED, TAMIS_TEST_FAILED, TAMIS_TEST_SKIPPED } TamisTestVerdict;

typedef struct {
    const TamisTestCase *test; /* lent */
    TamisTestVerdict verdict;
    GString *details; /* FAILED: what is to be said, in lines; SKIPPED: why, one line */
} TamisTestResult;

void tamis_test_result_clear(TamisTestResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TamisTestResult, tamis_test_result_clear)

/* Loads the policy and all messages of its tests. NULL: *out_status, all is said. Lends server. */
TamisTestFile *tamis_test_file_load(const char *path, const TamisOptions *options,
                                    const TamisServer *server, int *out_status);
void tamis_test_file_free(TamisTestFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisTestFile, tamis_test_file_free)

const char *tamis_test_file_title(const TamisTestFile *file, const TamisTestCase *test);
/* "policy.tamis:12:5". Appends. */
void tamis_test_file_append_place(const TamisTestFile *file, TamisSpan span, GString *out);

/* Which of the policy's routes are reached: a template's once, wherever it is used. */
typedef struct {
    guint n_routes;
    GArray *missed; /* of const TamisRoute *, in the order of the policy */
} TamisTestCoverage;

void tamis_test_coverage_clear(TamisTestCoverage *coverage);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TamisTestCoverage, tamis_test_coverage_clear)
void tamis_test_file_cover(const TamisTestFile *file, TamisTestCoverage *out_coverage);

/* Runs one; in the engine, unless that is NULL. */
void tamis_test_file_run(TamisTestFile *file, const TamisTestCase *test, TamisTestEngine *engine,
                         TamisTestResult *out_result);
