/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tests against what is explained. */
#include "cli/test-file.h"

#include "cli/load.h"
#include "cli/test-engine.h"

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

            tamis_test_file_append_place(file, message->file_span, place);
            tamis_complain("%s: the message '%s' cannot be read: %s", place->str,
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

/* What is said ---------------------------------------------------------------------------------- */

/* One message on its way. */
typedef struct {
    const TamisTestMessage *message;
    const TamisTestDelivery *delivery;
    TamisExplanation *explanation;
    TamisOutcome *explained;
    TamisOutcome *done; /* by an engine; NULL: none was asked */
} Run;

static void
run_clear(Run *run)
{
    tamis_outcome_free(run->explained);
    tamis_outcome_free(run->done);
    tamis_explanation_free(run->explanation);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Run, run_clear)

static void
append_expected(const TamisTestFile *file, const TamisExpectation *expectation, GString *details)
{
    g_autofree char *text = tamis_expectation_to_string(file->policy, expectation);

    tamis_test_file_append_place(file, expectation->span, details);
    g_string_append_printf(details, ": expected '%s'\n", text);
}

static void
append_lines(GString *details, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (char **line = lines; *line != NULL; line++)
        if (**line != '\0')
            g_string_append_printf(details, "  %s\n", *line);
}

static void
append_heading(const TamisTestFile *file, const Run *run, const char *what, GString *details)
{
    g_autofree char *instant =
        tamis_instant_to_string(run->delivery->delivery.instant, file->policy->zone);

    tamis_test_file_append_place(file, run->message->span, details);
    g_string_append_printf(details, ": %s, at %s:\n", what, instant);
}

static void
append_explained(const TamisTestFile *file, const Run *run, GString *details)
{
    TamisExplainStyle style = {file->sources, run->delivery->delivery.instant, FALSE, FALSE};
    g_autoptr(GString) tree = g_string_new(NULL);

    append_heading(file, run, "what happens to this message", details);
    tamis_explain_as_text(run->explanation, file->site, &style, tree);
    if (tree->len == 0)
        g_string_append_printf(details, "  no mailbox of the policy takes mail for '%s'\n",
                               run->delivery->delivery.envelope_to);
    append_lines(details, tree->str);
}

static void
append_done(const TamisTestFile *file, const Run *run, const char *engine, GString *details)
{
    g_autofree char *what = g_strdup_printf("what %s does with this message", engine);

    append_heading(file, run, what, details);
    for (guint i = 0; i < tamis_outcome_n_deliveries(run->done); i++) {
        const TamisOutcomeDelivery *delivery = tamis_outcome_get(run->done, i);

        g_string_append_printf(details, "  %*s%s:", (int)delivery->hop * 2, "",
                               tamis_site_get_address(file->site, delivery->mailbox));
        for (guint a = 0; a < delivery->actions->len; a++) {
            g_autofree char *text = tamis_outcome_action_to_string(
                &g_array_index(delivery->actions, TamisOutcomeAction, a));

            g_string_append_printf(details, "%s %s", a == 0 ? "" : ";", text);
        }
        if (delivery->fault != NULL)
            g_string_append_printf(details, "  (the run fails: %s)", delivery->fault);
        g_string_append_c(details, '\n');
    }
}

/* Judging --------------------------------------------------------------------------------------- */

/* An engine shows marks on copies alone. */
static gboolean
can_be_seen(const Run *run, const TamisExpectation *expectation)
{
    return run->done == NULL || expectation->kind != TAMIS_EXPECTS_MARK ||
           tamis_outcome_has_copy(run->done);
}

static void
judge_expectations(const TamisTestFile *file, const TamisTestCase *test, guint32 index,
                   const Run *run, TamisTestResult *result, GString *unasked)
{
    const TamisOutcome *outcome = run->done != NULL ? run->done : run->explained;

    for (guint32 i = 0; i < test->expectations.n; i++) {
        const TamisExpectation *expectation = &g_array_index(
            file->policy->expectations, TamisExpectation, test->expectations.first + i);

        if (expectation->message != index)
            continue;
        if (!can_be_seen(run, expectation))
            g_string_assign(unasked, "there is no copy left on which a mark could be seen");
        else if (!tamis_outcome_meets(outcome, file->site, expectation))
            append_expected(file, expectation, result->details);
    }
}

/* Has the engine deliver the message. FALSE: it cannot be asked, or it does not work. */
static gboolean
deliver(const TamisTestFile *file, TamisTestEngine *engine, Run *run, TamisTestResult *result,
        GString *unasked)
{
    g_autoptr(GError) error = NULL;

    run->done = tamis_test_engine_deliver(engine, run->delivery, &error);
    if (run->done != NULL)
        return TRUE;
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED)) {
        g_string_assign(unasked, error->message);
    } else {
        tamis_test_file_append_place(file, run->message->span, result->details);
        g_string_append_printf(result->details, ": %s does not take this message: %s\n",
                               tamis_test_engine_get_name(engine), error->message);
    }
    return FALSE;
}

static void
judge_message(TamisTestFile *file, const TamisTestCase *test, guint32 index,
              TamisTestEngine *engine, TamisTestResult *result, GString *unasked)
{
    g_auto(Run) run = {
        .message = &g_array_index(file->policy->test_messages, TamisTestMessage, index),
        .delivery = g_ptr_array_index(file->deliveries, index),
    };
    gsize before = result->details->len;

    run.explanation = tamis_explain(file->site, run.delivery->message, &run.delivery->delivery);
    run.explained = tamis_outcome_new_explained(run.explanation, file->site);
    note_routes(file, run.explanation);
    if (engine != NULL && !deliver(file, engine, &run, result, unasked))
        return;
    judge_expectations(file, test, index, &run, result, unasked);
    if (engine != NULL && !tamis_outcome_equal(run.explained, run.done)) {
        tamis_test_file_append_place(file, run.message->span, result->details);
        g_string_append_printf(result->details, ": %s does otherwise than the policy says\n",
                               tamis_test_engine_get_name(engine));
    }
    if (result->details->len == before)
        return;
    if (engine != NULL)
        append_done(file, &run, tamis_test_engine_get_name(engine), result->details);
    append_explained(file, &run, result->details);
}

void
tamis_test_file_run(TamisTestFile *file, const TamisTestCase *test, TamisTestEngine *engine,
                    TamisTestResult *out_result)
{
    g_autoptr(GString) unasked = g_string_new(NULL);

    *out_result = (TamisTestResult){test, TAMIS_TEST_PASSED, g_string_new(NULL)};
    for (guint32 i = 0; i < test->messages.n; i++)
        judge_message(file, test, test->messages.first + i, engine, out_result, unasked);
    if (test->expectations.n == 0)
        g_string_assign(unasked, "it expects nothing");
    if (out_result->details->len > 0) {
        out_result->verdict = TAMIS_TEST_FAILED;
    } else if (unasked->len > 0) {
        out_result->verdict = TAMIS_TEST_SKIPPED;
        g_string_assign(out_result->details, unasked->str);
    }
}
