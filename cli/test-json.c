/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The results in JSON, for programs. */
#include "cli/test-report-private.h"

#include "base/json-text.h"

#include <json-glib/json-glib.h>

static void
add_place(JsonBuilder *builder, const TamisTestFile *file, TamisSpan span)
{
    TamisPosition position = tamis_sources_locate(file->sources, span);

    tamis_json_add_string(builder, "file", tamis_sources_get_name(file->sources, span.source));
    tamis_json_add_number(builder, "line", position.line);
    tamis_json_add_number(builder, "column", position.column);
}

static void
begin_array(JsonBuilder *builder, const char *key)
{
    json_builder_set_member_name(builder, key);
    json_builder_begin_array(builder);
}

void
tamis_test_json_begin(TamisTestReport *report)
{
    report->builder = json_builder_new();
    json_builder_begin_object(report->builder);
    tamis_json_add_number(report->builder, "version", 1);
    begin_array(report->builder, "policies");
}

/* The tests of a file that is running are gathered in an array, which its end closes. */
static void
ensure_open(TamisTestReport *report, const TamisTestFile *file)
{
    guint n = report->file.passed + report->file.failed + report->file.skipped;

    if (n > 1)
        return;
    json_builder_begin_object(report->builder);
    tamis_json_add_string(report->builder, "policy", file->path);
    begin_array(report->builder, "tests");
}

void
tamis_test_json_add(TamisTestReport *report, const TamisTestFile *file,
                    const TamisTestResult *result)
{
    static const char *const verdicts[] = {"passed", "failed", "skipped"};
    JsonBuilder *builder = report->builder;

    ensure_open(report, file);
    json_builder_begin_object(builder);
    tamis_json_add_string(builder, "title", tamis_test_file_title(file, result->test));
    tamis_json_add_string(builder, "verdict", verdicts[result->verdict]);
    add_place(builder, file, result->test->span);
    if (result->details->len > 0)
        tamis_json_add_string(builder, "details", result->details->str);
    json_builder_end_object(builder);
}

void
tamis_test_json_end_file(TamisTestReport *report, const TamisTestFile *file,
                         const TamisTestCoverage *coverage)
{
    JsonBuilder *builder = report->builder;

    if (report->file.passed + report->file.failed + report->file.skipped == 0)
        ensure_open(report, file);
    json_builder_end_array(builder);
    if (coverage != NULL) {
        json_builder_set_member_name(builder, "coverage");
        json_builder_begin_object(builder);
        tamis_json_add_number(builder, "routes", coverage->n_routes);
        begin_array(builder, "missed");
        for (guint i = 0; i < coverage->missed->len; i++) {
            const TamisRoute *route = g_array_index(coverage->missed, const TamisRoute *, i);

            json_builder_begin_object(builder);
            tamis_json_add_string(builder, "route", tamis_policy_text(file->policy, route->name));
            add_place(builder, file, route->span);
            json_builder_end_object(builder);
        }
        json_builder_end_array(builder);
        json_builder_end_object(builder);
    }
    json_builder_end_object(builder);
}

void
tamis_test_json_end(TamisTestReport *report)
{
    JsonBuilder *builder = report->builder;
    g_autoptr(JsonGenerator) generator = json_generator_new();
    g_autofree char *text = NULL;

    json_builder_end_array(builder);
    json_builder_set_member_name(builder, "summary");
    json_builder_begin_object(builder);
    tamis_json_add_number(builder, "passed", report->all.passed);
    tamis_json_add_number(builder, "failed", report->all.failed);
    tamis_json_add_number(builder, "skipped", report->all.skipped);
    json_builder_end_object(builder);
    json_builder_end_object(builder);
    g_autoptr(JsonNode) root = json_builder_get_root(builder);
    json_generator_set_root(generator, root);
    json_generator_set_pretty(generator, TRUE);
    text = tamis_json_mend(json_generator_to_data(generator, NULL));
    tamis_print("%s\n", text);
}
