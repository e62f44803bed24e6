/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Version 1 of the JSON report. Keys that do not apply are left out. */
#include "base/catalogue.h"
#include "base/json-text.h"
#include "base/render-private.h"

#include <json-glib/json-glib.h>

static void
add_place(JsonBuilder *builder, const TamisReport *report, TamisSpan span)
{
    if (span.source == 0)
        return;
    TamisPosition position = tamis_sources_locate(tamis_report_get_sources(report), span);
    g_autofree char *file = tamis_render_dup_file(report, span.source);
    tamis_json_add_string(builder, "file", file);
    tamis_json_add_number(builder, "line", position.line);
    tamis_json_add_number(builder, "column", position.column);
    tamis_json_add_number(builder, "end_line", position.end_line);
    tamis_json_add_number(builder, "end_column", position.end_column);
}

static void
add_related(JsonBuilder *builder, const TamisReport *report, const GArray *related)
{
    if (related == NULL)
        return;
    json_builder_set_member_name(builder, "related");
    json_builder_begin_array(builder);
    for (guint i = 0; i < related->len; i++) {
        const TamisRelated *place = &g_array_index(related, TamisRelated, i);
        json_builder_begin_object(builder);
        add_place(builder, report, place->span);
        tamis_json_add_string(builder, "message", place->message);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static void
add_headers(JsonBuilder *builder, const TamisFindingWitness *witness)
{
    json_builder_set_member_name(builder, "headers");
    json_builder_begin_array(builder);
    for (guint i = 0; i < witness->n_headers; i++) {
        json_builder_begin_array(builder);
        json_builder_add_string_value(builder, witness->headers[2 * i]);
        json_builder_add_string_value(builder, witness->headers[2 * i + 1]);
        json_builder_end_array(builder);
    }
    json_builder_end_array(builder);
}

/* Of each address of the path, where they are not all the same. */
static void
add_instants(JsonBuilder *builder, const TamisFindingWitness *witness)
{
    if (witness->instants == NULL)
        return;
    json_builder_set_member_name(builder, "instants");
    json_builder_begin_array(builder);
    for (guint i = 0; i < witness->n_path; i++) {
        g_autofree char *at = tamis_render_instant(witness->instants[i], witness->offset_s);

        json_builder_add_string_value(builder, at);
    }
    json_builder_end_array(builder);
}

static void
add_witness(JsonBuilder *builder, const TamisFindingWitness *witness)
{
    g_autofree char *at = NULL;

    if (witness == NULL)
        return;
    at = tamis_render_instant(witness->instant, witness->offset_s);
    json_builder_set_member_name(builder, "witness");
    json_builder_begin_object(builder);
    tamis_json_add_string(builder, "to", witness->to);
    tamis_json_add_string(builder, "at", at);
    tamis_json_add_string(builder, "envelope_from", witness->envelope_from);
    add_headers(builder, witness);
    tamis_json_add_string(builder, "body", witness->body);
    tamis_json_add_number(builder, "size", (gint64)witness->size_bytes);
    tamis_json_add_number(builder, "spam_score", witness->spam_score);
    if (witness->has_spam_percent)
        tamis_json_add_number(builder, "spam_percent", witness->spam_percent);
    if (witness->virus_score > 0)
        tamis_json_add_number(builder, "virus_score", witness->virus_score);
    if (witness->n_path > 0) {
        json_builder_set_member_name(builder, "path");
        json_builder_begin_array(builder);
        for (guint i = 0; i < witness->n_path; i++)
            json_builder_add_string_value(builder, witness->path[i]);
        json_builder_end_array(builder);
    }
    add_instants(builder, witness);
    json_builder_end_object(builder);
}

static void
add_finding(gpointer data, JsonBuilder *builder, const TamisDiagnostic *diagnostic)
{
    const TamisReport *report = data;

    json_builder_begin_object(builder);
    tamis_json_add_string(builder, "rule", tamis_catalogue_get(diagnostic->rule)->slug);
    tamis_json_add_string(builder, "severity", tamis_severity_to_string(diagnostic->severity));
    add_place(builder, report, diagnostic->span);
    tamis_json_add_string(builder, "message", diagnostic->message);
    tamis_json_add_string(builder, "mailbox", diagnostic->mailbox);
    tamis_json_add_string(builder, "route", diagnostic->route);
    add_related(builder, report, diagnostic->related);
    tamis_json_add_string(builder, "certainty", tamis_render_certainty(diagnostic->certainty));
    add_witness(builder, diagnostic->witness);
    tamis_json_add_string(builder, "help", diagnostic->help);
    json_builder_end_object(builder);
}

static void
add_member(JsonBuilder *builder, const TamisRenderOptions *options)
{
    JsonNode *value = options->member != NULL ? json_from_string(options->member_json, NULL) : NULL;

    if (value == NULL)
        return;
    json_builder_set_member_name(builder, options->member);
    json_builder_add_value(builder, value);
}

void
tamis_render_json(GString *out, TamisReport *report, const TamisRenderOptions *options)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();

    json_builder_begin_object(builder);
    tamis_json_add_number(builder, "version", 1);
    tamis_render_add_findings(builder, "findings", report);
    json_builder_set_member_name(builder, "summary");
    json_builder_begin_object(builder);
    tamis_json_add_number(builder, "errors",
                          tamis_report_count_severity(report, TAMIS_SEVERITY_ERROR));
    tamis_json_add_number(builder, "warnings",
                          tamis_report_count_severity(report, TAMIS_SEVERITY_WARNING));
    tamis_json_add_number(builder, "hints",
                          tamis_report_count_severity(report, TAMIS_SEVERITY_HINT));
    tamis_json_add_number(builder, "suppressed", tamis_report_count_suppressed(report));
    json_builder_end_object(builder);
    add_member(builder, options);
    json_builder_end_object(builder);
    tamis_render_document(out, builder, report, add_finding, report);
}
