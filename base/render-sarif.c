/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * SARIF 2.1.0, for code scanning: the rules that were met with their pages, results, related places
 * and fixes. */
#include "base/catalogue.h"
#include "base/json-text.h"
#include "base/render-private.h"
#include "base/version.h"

#include <json-glib/json-glib.h>
#include <string.h>

#define SCHEMA                                                                                     \
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

typedef struct {
    JsonBuilder *builder;
    TamisReport *report;
    TamisSources *sources;
    int rule_index[TAMIS_N_RULES]; /* -1: not met */
    GHashTable *met;               /* how often a fingerprint's text was met so far */
} Sarif;

/* What a fingerprint looks at, so that a hostile line costs no more than others. */
#define FINGERPRINT_BYTES 120

static void
begin(Sarif *sarif, const char *key)
{
    if (key != NULL)
        json_builder_set_member_name(sarif->builder, key);
    json_builder_begin_object(sarif->builder);
}

static void
end(Sarif *sarif)
{
    json_builder_end_object(sarif->builder);
}

static void
begin_array(Sarif *sarif, const char *key)
{
    json_builder_set_member_name(sarif->builder, key);
    json_builder_begin_array(sarif->builder);
}

static void
end_array(Sarif *sarif)
{
    json_builder_end_array(sarif->builder);
}

static void
add_string(Sarif *sarif, const char *key, const char *value)
{
    tamis_json_add_string(sarif->builder, key, value);
}

static void
add_number(Sarif *sarif, const char *key, gint64 value)
{
    tamis_json_add_number(sarif->builder, key, value);
}

static void
add_text(Sarif *sarif, const char *key, const char *text, const char *markdown)
{
    begin(sarif, key);
    add_string(sarif, "text", text);
    if (markdown != NULL)
        add_string(sarif, "markdown", markdown);
    end(sarif);
}

/* A relative reference, or file: for an absolute path. */
static void
add_artifact(Sarif *sarif, TamisSourceId source)
{
    const char *name = tamis_sources_get_name(sarif->sources, source);
    g_autofree char *escaped = g_uri_escape_string(name, "/", FALSE);
    g_autofree char *uri = g_strconcat(*name == '/' ? "file://" : "", escaped, NULL);

    begin(sarif, "artifactLocation");
    add_string(sarif, "uri", uri);
    end(sarif);
}

static void
add_region(Sarif *sarif, const char *key, TamisSpan span)
{
    TamisPosition position = tamis_sources_locate(sarif->sources, span);

    begin(sarif, key);
    add_number(sarif, "startLine", position.line);
    add_number(sarif, "startColumn", position.column);
    add_number(sarif, "endLine", position.end_line);
    add_number(sarif, "endColumn", position.end_column);
    end(sarif);
}

static void
add_physical_location(Sarif *sarif, TamisSpan span)
{
    if (span.source == 0)
        return;
    begin(sarif, "physicalLocation");
    add_artifact(sarif, span.source);
    add_region(sarif, "region", span);
    end(sarif);
}

static void
add_logical_location(Sarif *sarif, const TamisDiagnostic *diagnostic)
{
    if (diagnostic->mailbox == NULL)
        return;
    g_autofree char *qualified =
        g_strjoin("/", diagnostic->mailbox, diagnostic->route, NULL); /* route NULL: ends there */
    begin_array(sarif, "logicalLocations");
    begin(sarif, NULL);
    add_string(sarif, "fullyQualifiedName", qualified);
    add_string(sarif, "kind", diagnostic->route != NULL ? "route" : "mailbox");
    end(sarif);
    end_array(sarif);
}

static void
add_locations(Sarif *sarif, const TamisDiagnostic *diagnostic)
{
    begin_array(sarif, "locations");
    if (diagnostic->span.source != 0 || diagnostic->mailbox != NULL) {
        begin(sarif, NULL);
        add_physical_location(sarif, diagnostic->span);
        add_logical_location(sarif, diagnostic);
        end(sarif);
    }
    end_array(sarif);
    if (diagnostic->related == NULL)
        return;
    begin_array(sarif, "relatedLocations");
    for (guint i = 0; i < diagnostic->related->len; i++) {
        const TamisRelated *related = &g_array_index(diagnostic->related, TamisRelated, i);
        begin(sarif, NULL);
        add_number(sarif, "id", i + 1);
        add_physical_location(sarif, related->span);
        add_text(sarif, "message", related->message, NULL);
        end(sarif);
    }
    end_array(sarif);
}

/* One change an edit: those of a diagnostic may lie in different files. */
/* The edits of one source, from the given one on; returns where those of another begin. */
static guint
add_change(Sarif *sarif, const GArray *edits, guint i)
{
    TamisSourceId source = g_array_index(edits, TamisEdit, i).span.source;

    begin(sarif, NULL);
    add_artifact(sarif, source);
    begin_array(sarif, "replacements");
    for (; i < edits->len && g_array_index(edits, TamisEdit, i).span.source == source; i++) {
        const TamisEdit *edit = &g_array_index(edits, TamisEdit, i);
        begin(sarif, NULL);
        add_region(sarif, "deletedRegion", edit->span);
        add_text(sarif, "insertedContent", edit->text, NULL);
        end(sarif);
    }
    end_array(sarif);
    end(sarif);
    return i;
}

static void
add_fix(Sarif *sarif, const TamisDiagnostic *diagnostic)
{
    if (diagnostic->edits == NULL)
        return;
    begin_array(sarif, "fixes");
    begin(sarif, NULL);
    if (diagnostic->help != NULL)
        add_text(sarif, "description", diagnostic->help, NULL);
    begin_array(sarif, "artifactChanges");
    for (guint i = 0; i < diagnostic->edits->len;)
        i = add_change(sarif, diagnostic->edits, i);
    end_array(sarif);
    end(sarif);
    end_array(sarif);
}

/* What people read: the message, and what else there is to say on lines of their own. */
static char *
dup_message(const TamisDiagnostic *diagnostic)
{
    g_autoptr(GString) message = g_string_new(diagnostic->message);

    if (diagnostic->witness != NULL)
        g_string_append_printf(message, "\nwitness: %s", diagnostic->witness->summary);
    if (diagnostic->help != NULL)
        g_string_append_printf(message, "\nhelp: %s", diagnostic->help);
    return g_string_free(g_steal_pointer(&message), FALSE);
}

static char *
digest(const GString *text)
{
    char *hash =
        g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)text->str, text->len);

    hash[16] = '\0';
    return hash;
}

/* What stays the same where lines move and messages are worded anew: the rule, and what stands at the place, up to the
 * end of its line. Of several that are alike in a file, the how manieth it is. */
static void
add_fingerprint(Sarif *sarif, const TamisDiagnostic *diagnostic)
{
    g_autoptr(GString) text = g_string_new(tamis_catalogue_get(diagnostic->rule)->slug);
    gsize length;

    g_string_append_printf(text, "\n%s\n%s\n",
                           diagnostic->mailbox != NULL ? diagnostic->mailbox : "",
                           diagnostic->route != NULL ? diagnostic->route : "");
    if (diagnostic->span.source != 0) {
        const char *source =
            tamis_sources_get_text(sarif->sources, diagnostic->span.source, &length);
        const char *at = source + diagnostic->span.offset;
        gsize n = MIN(length - diagnostic->span.offset, FINGERPRINT_BYTES);
        const char *end = memchr(at, '\n', n);
        g_string_append_len(text, at, end != NULL ? end - at : (gssize)n);
    }
    g_autofree char *hash = digest(text);
    char *key = g_strdup_printf("%u %s", diagnostic->span.source, hash);
    guint n_met = GPOINTER_TO_UINT(g_hash_table_lookup(sarif->met, key)) + 1;
    g_hash_table_replace(sarif->met, key, GUINT_TO_POINTER(n_met));
    g_autofree char *value = g_strdup_printf("%s:%u", hash, n_met);
    begin(sarif, "partialFingerprints");
    add_string(sarif, "tamis/v1", value);
    end(sarif);
}

static void
add_result(gpointer data, JsonBuilder *builder, const TamisDiagnostic *diagnostic)
{
    Sarif *sarif = data;
    const char *certainty = tamis_render_certainty(diagnostic->certainty);
    g_autofree char *message = dup_message(diagnostic);

    sarif->builder = builder;
    begin(sarif, NULL);
    add_string(sarif, "ruleId", tamis_catalogue_get(diagnostic->rule)->slug);
    add_number(sarif, "ruleIndex", sarif->rule_index[diagnostic->rule]);
    add_string(sarif, "level", tamis_render_level(diagnostic->severity));
    add_text(sarif, "message", message, NULL);
    add_locations(sarif, diagnostic);
    add_fingerprint(sarif, diagnostic);
    add_fix(sarif, diagnostic);
    if (certainty != NULL) {
        begin(sarif, "properties");
        add_string(sarif, "certainty", certainty);
        end(sarif);
    }
    end(sarif);
}

/* The first paragraph of its page, on one line; NULL: the page has none. */
static char *
dup_first_paragraph(const TamisRuleInfo *info)
{
    static const char head[] = "## What it means\n";
    const char *start = strstr(info->page, head);

    if (start == NULL)
        return NULL;
    start += strlen(head);
    const char *end = strstr(start, "\n\n");
    char *text = end != NULL ? g_strndup(start, (gsize)(end - start)) : g_strdup(start);
    return g_strdelimit(text, "\n", ' ');
}

static void
add_rule(Sarif *sarif, const TamisRuleInfo *info)
{
    g_autofree char *paragraph = dup_first_paragraph(info);

    begin(sarif, NULL);
    add_string(sarif, "id", info->slug);
    add_text(sarif, "shortDescription", info->summary, NULL);
    if (paragraph != NULL)
        add_text(sarif, "fullDescription", paragraph, NULL);
    add_text(sarif, "help", info->page, info->page);
    begin(sarif, "defaultConfiguration");
    add_string(sarif, "level", tamis_render_level(info->severity));
    end(sarif);
    end(sarif);
}

/* Numbers the rules that were met in the catalogue's order. */
static void
add_tool(Sarif *sarif)
{
    int n_rules = 0;

    for (guint i = 0; i < TAMIS_N_RULES; i++)
        sarif->rule_index[i] = -1;
    for (guint i = 0; i < tamis_report_count(sarif->report); i++) {
        const TamisDiagnostic *diagnostic = tamis_report_get(sarif->report, i);
        if (!diagnostic->suppressed)
            sarif->rule_index[diagnostic->rule] = 0;
    }
    begin(sarif, "tool");
    begin(sarif, "driver");
    add_string(sarif, "name", "tamis");
    add_string(sarif, "version", TAMIS_VERSION);
    begin_array(sarif, "rules");
    for (guint i = 0; i < TAMIS_N_RULES; i++) {
        if (sarif->rule_index[i] < 0)
            continue;
        sarif->rule_index[i] = n_rules++;
        add_rule(sarif, tamis_catalogue_get((TamisRule)i));
    }
    end_array(sarif);
    end(sarif);
    end(sarif);
}

void
tamis_render_sarif(GString *out, TamisReport *report)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    g_autoptr(GHashTable) met = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Sarif sarif = {.builder = builder,
                   .report = report,
                   .sources = tamis_report_get_sources(report),
                   .met = met};

    begin(&sarif, NULL);
    add_string(&sarif, "$schema", SCHEMA);
    add_string(&sarif, "version", "2.1.0");
    begin_array(&sarif, "runs");
    begin(&sarif, NULL);
    add_tool(&sarif);
    add_string(&sarif, "columnKind", "unicodeCodePoints");
    tamis_render_add_findings(builder, "results", report);
    end(&sarif);
    end_array(&sarif);
    end(&sarif);
    tamis_render_document(out, builder, report, add_result, &sarif);
}
