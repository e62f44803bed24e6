/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tests against what is explained. */
#include "cli/test-file.h"

#include "cli/load.h"

#include <string.h>

void
tamis_test_result_clear(TamisTestResult *result)
{
    if (result->details != NULL)
        g_string_free(g_steal_pointer(&result->details), TRUE);
}

const char *
tamis_test_file_title(const TamisTestFile *file, const TamisTestCase *test)
{
    return tamis_policy_text(file->policy, test->title);
}

void
tamis_test_file_append_place(const TamisTestFile *file, TamisSpan span, GString *out)
{
    TamisPosition position = tamis_sources_locate(file->sources, span);

    g_string_append_printf(out, "%s:%u:%u", tamis_sources_get_name(file->sources, span.source),
                           position.line, position.column);
}

/* Loading --------------------------------------------------------------------------------------- */

static gboolean
load_messages(TamisTestFile *file, TamisInstant as_of)
{
    gboolean is_good = TRUE;

    for (guint i = 0; i < file->policy->test_messages->len; i++) {
        const TamisTestMessage *message =
            &g_array_index(file->policy->test_messages, TamisTestMessage, i);
        g_autoptr(GError) error = NULL;
        TamisTestDelivery *delivery = tamis_test_delivery_new(file->policy, message, as_of, &error);

        if (delivery == NULL) {
            g_autoptr(GString) place = g_string_new(NULL);

            tamis_test_file_append_place(file, message->span, place);
            tamis_complain("%s: the message's file '%s' cannot be read: %s", place->str,
                           tamis_policy_text(file->policy, message->file), error->message);
            is_good = FALSE;
        }
        g_ptr_array_add(file->deliveries, delivery);
    }
    return is_good;
}

TamisTestFile *
tamis_test_file_load(const char *path, const TamisOptions *options, const TamisServer *server,
                     int *out_status)
{
    g_autoptr(TamisTestFile) file = g_new0(TamisTestFile, 1);

    file->path = path;
    file->sources = tamis_sources_new();
    file->deliveries = g_ptr_array_new_with_free_func((GDestroyNotify)tamis_test_delivery_free);
    file->reached = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    file->policy = tamis_load_policy(path, file->sources, options, out_status);
    if (file->policy == NULL)
        return NULL;
    if (!load_messages(file, tamis_options_as_of(options, file->policy->zone))) {
        *out_status = TAMIS_EXIT_UNREADABLE;
        return NULL;
    }
    file->site = tamis_site_new_policy(file->policy, server);
    return g_steal_pointer(&file);
}

void
tamis_test_file_free(TamisTestFile *file)
{
    if (file == NULL)
        return;
    tamis_site_free(file->site);
    g_ptr_array_unref(file->deliveries);
    g_hash_table_unref(file->reached);
    tamis_policy_free(file->policy);
    tamis_sources_free(file->sources);
    g_free(file);
}

/* Coverage -------------------------------------------------------------------------------------- */

static gint64
place_of(TamisSpan span)
{
    return (gint64)span.source << 32 | span.offset;
}

static void
note_routes(TamisTestFile *file, const TamisExplanation *explanation)
{
    for (guint i = 0; i < tamis_explanation_n_deliveries(explanation); i++) {
        const TamisDeliveryStep *step = tamis_explanation_get(explanation, i);

        for (guint r = 0; r < step->routes->len; r++) {
            const TamisFlowRoute *route = g_ptr_array_index(step->routes, r);
            gint64 place = place_of(route->span);

            if (!g_hash_table_contains(file->reached, &place))
                g_hash_table_add(file->reached, g_memdup2(&place, sizeof place));
        }
    }
}

void
tamis_test_coverage_clear(TamisTestCoverage *coverage)
{
    g_clear_pointer(&coverage->missed, g_array_unref);
}

void
tamis_test_file_cover(const TamisTestFile *file, TamisTestCoverage *out_coverage)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);

    *out_coverage = (TamisTestCoverage){0, g_array_new(FALSE, FALSE, sizeof(const TamisRoute *))};
    for (guint i = 0; i < file->policy->routes->len; i++) {
        const TamisRoute *route = tamis_policy_route(file->policy, i);
        gint64 place = place_of(route->span);

        if (g_hash_table_contains(seen, &place))
            continue;
        g_hash_table_add(seen, g_memdup2(&place, sizeof place));
        out_coverage->n_routes++;
        if (!g_hash_table_contains(file->reached, &place))
            g_array_append_val(out_coverage->missed, route);
    }
}

/* Running --------------------------------------------------------------------------------------- */

static void
append_expected(const TamisTestFile *file, const TamisExpectation *expectation, GString *details)
{
    g_autofree char *text = tamis_expectation_to_string(file->policy, expectation);

    tamis_test_file_append_place(file, expectation->span, details);
    g_string_append_printf(details, ": expected '%s'\n", text);
}

static void
append_happened(TamisTestFile *file, const TamisTestMessage *message,
                const TamisTestDelivery *delivery, const TamisExplanation *explanation,
                GString *details)
{
    TamisExplainStyle style = {file->sources, delivery->delivery.instant, FALSE, FALSE};
    g_autofree char *instant =
        tamis_instant_to_string(delivery->delivery.instant, file->policy->zone);
    g_autoptr(GString) tree = g_string_new(NULL);
    g_auto(GStrv) lines = NULL;

    tamis_test_file_append_place(file, message->span, details);
    g_string_append_printf(details, ": what happens to this message, at %s:\n", instant);
    tamis_explain_as_text(explanation, file->site, &style, tree);
    if (tree->len == 0)
        g_string_append_printf(details, "  no mailbox of the policy takes mail for '%s'\n",
                               delivery->delivery.envelope_to);
    lines = g_strsplit(tree->str, "\n", -1);
    for (char **line = lines; *line != NULL; line++)
        if (**line != '\0')
            g_string_append_printf(details, "  %s\n", *line);
}

static void
judge_message(TamisTestFile *file, const TamisTestCase *test, guint32 index,
              TamisTestResult *result)
{
    const TamisTestMessage *message =
        &g_array_index(file->policy->test_messages, TamisTestMessage, index);
    const TamisTestDelivery *delivery = g_ptr_array_index(file->deliveries, index);
    g_autoptr(TamisExplanation) explanation =
        tamis_explain(file->site, delivery->message, &delivery->delivery);
    g_autoptr(TamisOutcome) outcome = tamis_outcome_new_explained(explanation, file->site);
    gsize before = result->details->len;

    note_routes(file, explanation);
    for (guint32 i = 0; i < test->expectations.n; i++) {
        const TamisExpectation *expectation = &g_array_index(
            file->policy->expectations, TamisExpectation, test->expectations.first + i);

        if (expectation->message == index &&
            !tamis_outcome_meets(outcome, file->policy, expectation))
            append_expected(file, expectation, result->details);
    }
    if (result->details->len > before)
        append_happened(file, message, delivery, explanation, result->details);
}

void
tamis_test_file_run(TamisTestFile *file, const TamisTestCase *test, TamisTestResult *out_result)
{
    *out_result = (TamisTestResult){test, TAMIS_TEST_PASSED, g_string_new(NULL)};
    for (guint32 i = 0; i < test->messages.n; i++)
        judge_message(file, test, test->messages.first + i, out_result);
    if (out_result->details->len > 0) {
        out_result->verdict = TAMIS_TEST_FAILED;
    } else if (test->expectations.n == 0) {
        out_result->verdict = TAMIS_TEST_SKIPPED;
        g_string_append(out_result->details, "it expects nothing");
    }
}
