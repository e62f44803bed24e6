/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The explanation in JSON: deliveries breadth first, actions in the order they take effect. */
#include "cli/explain.h"

#include "base/json-text.h"

#include <json-glib/json-glib.h>

typedef struct {
    JsonBuilder *builder;
    const TamisStrings *strings;
    const TamisExplainStyle *style;
} Writing;

static void
add_text(Writing *writing, const char *key, const char *text)
{
    if (text != NULL) {
        tamis_json_add_string(writing->builder, key, text);
        return;
    }
    json_builder_set_member_name(writing->builder, key);
    json_builder_add_null_value(writing->builder);
}

static void
add_string(Writing *writing, const char *key, TamisString string)
{
    add_text(writing, key, string != 0 ? tamis_strings_get(writing->strings, string) : NULL);
}

static void
add_source(Writing *writing, TamisSpan span)
{
    if (span.source == 0)
        return;
    json_builder_set_member_name(writing->builder, "source");
    json_builder_begin_object(writing->builder);
    add_text(writing, "file", tamis_sources_get_name(writing->style->sources, span.source));
    json_builder_set_member_name(writing->builder, "line");
    json_builder_add_int_value(writing->builder,
                               tamis_sources_locate(writing->style->sources, span).line);
    json_builder_end_object(writing->builder);
}

static void
add_action(Writing *writing, const TamisFlowAction *action)
{
    static const char *const names[] = {
        [TAMIS_FLOW_FORWARD] = "forward", [TAMIS_FLOW_KEEP] = "keep",
        [TAMIS_FLOW_DISCARD] = "discard", [TAMIS_FLOW_REPLY] = "reply",
        [TAMIS_FLOW_REJECT] = "reject",   [TAMIS_FLOW_MARK] = "mark",
        [TAMIS_FLOW_UNMARK] = "unmark",   [TAMIS_FLOW_FILTER] = "filter",
        [TAMIS_FLOW_FLAGS] = "flags",     [TAMIS_FLOW_NOTIFY] = "notify",
        [TAMIS_FLOW_PROGRAM] = "program",
    };

    json_builder_begin_object(writing->builder);
    add_text(writing, "action", names[action->kind]);
    switch ((TamisFlowKind)action->kind) {
    case TAMIS_FLOW_FORWARD:
        add_string(writing, "to", action->text);
        add_string(writing, "encrypted", action->encryption);
        break;
    case TAMIS_FLOW_KEEP:
        add_string(writing, "folder", action->folder);
        if (action->encryption != 0)
            add_string(writing, "encrypted", action->encryption);
        break;
    case TAMIS_FLOW_REPLY:
        add_string(writing, "subject", action->name);
        break;
    case TAMIS_FLOW_REJECT:
        add_string(writing, "reason", action->text);
        break;
    case TAMIS_FLOW_MARK:
        add_string(writing, "header", action->name);
        add_string(writing, "value", action->text);
        break;
    case TAMIS_FLOW_UNMARK:
        add_string(writing, "header", action->name);
        break;
    case TAMIS_FLOW_FILTER:
    case TAMIS_FLOW_PROGRAM:
        add_string(writing, "program", action->name);
        break;
    case TAMIS_FLOW_FLAGS:
    case TAMIS_FLOW_NOTIFY:
        add_string(writing, "value", action->text);
        break;
    case TAMIS_FLOW_DISCARD:
        break;
    }
    if (!action->is_implicit)
        add_source(writing, action->span);
    json_builder_end_object(writing->builder);
}

/* "2026-11-23T10:00:00+08:00" */
static char *
rfc3339(TamisInstant instant, const TamisZone *zone)
{
    gint32 offset_s = zone != NULL ? tamis_zone_offset_at(zone, instant) : 0;
    TamisClock clock = tamis_clock_from_instant(instant, offset_s);
    char offset[6];

    tamis_offset_format(offset_s, offset);
    return g_strdup_printf("%04d-%02u-%02uT%02u:%02u:%02u%.3s:%s", clock.date.year,
                           clock.date.month, clock.date.day, clock.hour, clock.minute, clock.second,
                           offset, offset + 3);
}

static void
add_delivery(Writing *writing, TamisSite *site, const TamisDeliveryStep *step)
{
    JsonBuilder *builder = writing->builder;

    json_builder_begin_object(builder);
    add_text(writing, "mailbox", tamis_site_get_address(site, step->mailbox));
    json_builder_set_member_name(builder, "hop");
    json_builder_add_int_value(builder, step->hop);
    if (step->instant != writing->style->at) {
        g_autofree char *at = rfc3339(step->instant, tamis_site_get_zone(site));

        add_text(writing, "at", at);
    }
    json_builder_set_member_name(builder, "routes");
    json_builder_begin_array(builder);
    for (guint i = 0; i < step->routes->len; i++)
        json_builder_add_string_value(
            builder,
            tamis_strings_get(writing->strings,
                              ((const TamisFlowRoute *)g_ptr_array_index(step->routes, i))->name));
    json_builder_end_array(builder);
    if (step->loop) {
        json_builder_set_member_name(builder, "loop");
        json_builder_add_boolean_value(builder, TRUE);
    }
    if (step->again) {
        json_builder_set_member_name(builder, "again");
        json_builder_add_boolean_value(builder, TRUE);
    }
    if (step->unanswered) {
        json_builder_set_member_name(builder, "unanswered");
        json_builder_add_boolean_value(builder, TRUE);
    }
    if (step->failure != TAMIS_FAILURE_NONE)
        add_text(writing, "failure", tamis_failure_slug(step->failure));
    json_builder_set_member_name(builder, "actions");
    json_builder_begin_array(builder);
    for (guint i = 0; i < step->actions->len; i++)
        add_action(writing, g_ptr_array_index(step->actions, i));
    json_builder_end_array(builder);
    json_builder_end_object(builder);
}

static void
add_departure(Writing *writing, const TamisExplanation *explanation,
              const TamisDeparture *departure)
{
    JsonBuilder *builder = writing->builder;
    gboolean is_sent = departure->parent != TAMIS_NO_DELIVERY;

    json_builder_begin_object(builder);
    add_text(writing, "address", departure->address);
    json_builder_set_member_name(builder, "hop");
    json_builder_add_int_value(
        builder, is_sent ? tamis_explanation_get(explanation, departure->parent)->hop + 1 : 0);
    if (departure->round != NULL) {
        json_builder_set_member_name(builder, "loop");
        json_builder_add_boolean_value(builder, TRUE);
        json_builder_set_member_name(builder, "round");
        json_builder_begin_array(builder);
        for (char **address = departure->round; *address != NULL; address++)
            json_builder_add_string_value(builder, *address);
        json_builder_end_array(builder);
    }
    json_builder_end_object(builder);
}

/* Where no script is: what leaves under another address, and what is sent round. */
static void
add_departures(Writing *writing, const TamisExplanation *explanation)
{
    guint n = tamis_explanation_n_departures(explanation);

    if (n == 0)
        return;
    json_builder_set_member_name(writing->builder, "departures");
    json_builder_begin_array(writing->builder);
    for (guint i = 0; i < n; i++)
        add_departure(writing, explanation, tamis_explanation_get_departure(explanation, i));
    json_builder_end_array(writing->builder);
}

void
tamis_explain_as_json(const TamisExplanation *explanation, TamisSite *site,
                      const TamisExplainStyle *style, GString *out)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    Writing writing = {builder, tamis_formulas_get_strings(tamis_site_get_formulas(site)), style};
    g_autofree char *at = rfc3339(style->at, tamis_site_get_zone(site));
    g_autoptr(JsonNode) root = NULL;
    g_autofree char *text = NULL;

    json_builder_begin_object(builder);
    json_builder_set_member_name(builder, "version");
    json_builder_add_int_value(builder, 1);
    add_text(&writing, "at", at);
    json_builder_set_member_name(builder, "deliveries");
    json_builder_begin_array(builder);
    for (guint i = 0; i < tamis_explanation_n_deliveries(explanation); i++)
        add_delivery(&writing, site, tamis_explanation_get(explanation, i));
    json_builder_end_array(builder);
    add_departures(&writing, explanation);
    json_builder_end_object(builder);
    root = json_builder_get_root(builder);
    text = tamis_json_mend(json_to_string(root, TRUE));
    g_string_append_printf(out, "%s\n", text);
}
