/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Chooses the renderer, and holds the words that several use. */
#include "base/json-text.h"
#include "base/render-private.h"

#include <json-glib/json-glib.h>
#include <string.h>

static const char *const format_names[] = {
    [TAMIS_FORMAT_TEXT] = "text",     [TAMIS_FORMAT_JSON] = "json",
    [TAMIS_FORMAT_SARIF] = "sarif",   [TAMIS_FORMAT_JUNIT] = "junit",
    [TAMIS_FORMAT_GITHUB] = "github", [TAMIS_FORMAT_GCC] = "gcc",
};

gboolean
tamis_format_from_string(const char *name, TamisFormat *out_format)
{
    for (guint i = 0; i < G_N_ELEMENTS(format_names); i++) {
        if (g_str_equal(name, format_names[i])) {
            *out_format = (TamisFormat)i;
            return TRUE;
        }
    }
    return FALSE;
}

void
tamis_render(GString *out, TamisReport *report, TamisFormat format,
             const TamisRenderOptions *options)
{
    switch (format) {
    case TAMIS_FORMAT_TEXT:
        tamis_render_text(out, report, options);
        break;
    case TAMIS_FORMAT_JSON:
        tamis_render_json(out, report, options);
        break;
    case TAMIS_FORMAT_SARIF:
        tamis_render_sarif(out, report);
        break;
    case TAMIS_FORMAT_JUNIT:
        tamis_render_junit(out, report);
        break;
    case TAMIS_FORMAT_GITHUB:
        tamis_render_github(out, report);
        break;
    case TAMIS_FORMAT_GCC:
        tamis_render_gcc(out, report);
        break;
    }
}

char *
tamis_render_dup_file(const TamisReport *report, TamisSourceId source)
{
    if (source == 0)
        return NULL;
    return g_utf8_make_valid(tamis_sources_get_name(tamis_report_get_sources(report), source), -1);
}

const char *
tamis_render_level(TamisSeverity severity)
{
    static const char *const levels[] = {"note", "warning", "error"};

    return levels[severity];
}

const char *
tamis_render_certainty(TamisCertainty certainty)
{
    static const char *const certainties[] = {NULL, "proved", "possible", "undecided"};

    return certainties[certainty];
}

char *
tamis_render_instant(gint64 instant, gint32 offset_s)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_offset(offset_s);
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(instant);
    g_autoptr(GDateTime) local = utc != NULL ? g_date_time_to_timezone(utc, zone) : NULL;
    gint32 minutes = ABS(offset_s) / 60;
    g_autofree char *clock = NULL;

    if (local == NULL)
        return NULL;
    clock = g_date_time_format(local, "%Y-%m-%dT%H:%M:%S");
    return g_strdup_printf("%s%c%02d:%02d", clock, offset_s < 0 ? '-' : '+', minutes / 60,
                           minutes % 60);
}

#define FINDINGS_HERE "the findings"

void
tamis_render_add_findings(JsonBuilder *builder, const char *key, const TamisReport *report)
{
    gboolean is_any = FALSE;

    for (guint i = 0; i < tamis_report_count(report) && !is_any; i++)
        is_any = !tamis_report_get(report, i)->suppressed;
    json_builder_set_member_name(builder, key);
    json_builder_begin_array(builder);
    if (is_any)
        json_builder_add_string_value(builder, FINDINGS_HERE);
    json_builder_end_array(builder);
}

/* Strings hold no line break as it is, so that each one in text ends a line of it. */
static void
append_indented(GString *out, const char *text, gsize n_blanks)
{
    const char *feed;

    for (; (feed = strchr(text, '\n')) != NULL; text = feed + 1) {
        g_string_append_len(out, text, feed + 1 - text);
        g_string_append_printf(out, "%*s", (int)n_blanks, "");
    }
    g_string_append(out, text);
}

static char *
to_text(JsonBuilder *builder)
{
    g_autoptr(JsonNode) root = json_builder_get_root(builder);

    return tamis_json_mend(json_to_string(root, TRUE));
}

void
tamis_render_document(GString *out, JsonBuilder *builder, const TamisReport *report,
                      TamisRenderFinding add_finding, gpointer data)
{
    static const char here[] = "\"" FINDINGS_HERE "\"";
    g_autofree char *frame = to_text(builder);
    const char *rest = frame, *at = strstr(frame, here);
    gboolean is_first = TRUE;
    gsize n_blanks = 0;

    while (at != NULL && at - n_blanks > frame && at[-1 - (gssize)n_blanks] == ' ')
        n_blanks++;
    if (at != NULL) {
        g_string_append_len(out, frame, at - frame);
        rest = at + strlen(here);
    }
    for (guint i = 0; at != NULL && i < tamis_report_count(report); i++) {
        const TamisDiagnostic *diagnostic = tamis_report_get(report, i);
        g_autoptr(JsonBuilder) one = NULL;
        g_autofree char *text = NULL;

        if (diagnostic->suppressed)
            continue;
        one = json_builder_new();
        add_finding(data, one, diagnostic);
        text = to_text(one);
        if (!is_first)
            g_string_append_printf(out, ",\n%*s", (int)n_blanks, "");
        append_indented(out, text, n_blanks);
        is_first = FALSE;
    }
    g_string_append(out, rest);
    g_string_append_c(out, '\n');
}
