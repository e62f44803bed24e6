/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads the JSON that render-json.c writes. */
#include "base/baseline.h"

#include "base/catalogue.h"
#include "base/json-text.h"

#include <json-glib/json-glib.h>
#include <string.h>

/* The only one of the JSON that there is. */
#define FORM 1

struct TamisBaseline {
    GHashTable *counts; /* rule, file and message, with line breaks between: how many there were */
    GHashTable *files;  /* the paths of all */
};

G_DEFINE_QUARK(tamis - baseline - error - quark, tamis_baseline_error)

/* However a file is named on the command line, it is the same one. */
static char *
make_path(const char *file)
{
    return *file != '\0' && strcmp(file, "-") != 0 ? g_canonicalize_filename(file, NULL)
                                                   : g_strdup(file);
}

static char *
make_key(const char *rule, const char *file, const char *message)
{
    g_autofree char *path = make_path(file);

    return g_strconcat(rule, "\n", path, "\n", message, NULL);
}

static gboolean
fail(GError **error, const char *path, const char *reason)
{
    g_set_error(error, TAMIS_BASELINE_ERROR, TAMIS_BASELINE_ERROR_INVALID,
                "'%s' is no report of 'tamis check --format json': %s; write it anew with "
                "'tamis check --format json --fail-on never'",
                path, reason);
    return FALSE;
}

static const char *
get_text(JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member(object, name);

    return node != NULL && json_node_get_value_type(node) == G_TYPE_STRING
               ? json_node_get_string(node)
               : NULL;
}

static gboolean
read_finding(TamisBaseline *baseline, JsonNode *node, const char *path, GError **error)
{
    JsonObject *object = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;

    if (object == NULL)
        return fail(error, path, "a finding is no object");
    const char *rule = get_text(object, "rule");
    const char *file = get_text(object, "file");
    const char *message = get_text(object, "message");
    if (rule == NULL || message == NULL)
        return fail(error, path, "a finding has no 'rule' or no 'message'");
    g_hash_table_add(baseline->files, make_path(file != NULL ? file : ""));
    char *key = make_key(rule, file != NULL ? file : "", message);
    guint n = GPOINTER_TO_UINT(g_hash_table_lookup(baseline->counts, key));
    g_hash_table_replace(baseline->counts, key, GUINT_TO_POINTER(n + 1));
    return TRUE;
}

static gboolean
check_form(JsonObject *object, const char *path, GError **error)
{
    JsonNode *version = json_object_get_member(object, "version");

    if (version == NULL ||
        (json_node_get_value_type(version) == G_TYPE_INT64 && json_node_get_int(version) == FORM))
        return TRUE;
    g_autofree char *reason = g_strdup_printf("its 'version' is not %d", FORM);
    return fail(error, path, reason);
}

static gboolean
read_report(TamisBaseline *baseline, JsonNode *root, const char *path, GError **error)
{
    JsonObject *object =
        root != NULL && JSON_NODE_HOLDS_OBJECT(root) ? json_node_get_object(root) : NULL;
    JsonNode *findings = object != NULL ? json_object_get_member(object, "findings") : NULL;

    if (object != NULL && json_object_has_member(object, "runs"))
        return fail(error, path, "it is SARIF");
    if (findings == NULL || !JSON_NODE_HOLDS_ARRAY(findings))
        return fail(error, path, "it has no 'findings'");
    if (!check_form(object, path, error))
        return FALSE;
    JsonArray *array = json_node_get_array(findings);
    for (guint i = 0; i < json_array_get_length(array); i++)
        if (!read_finding(baseline, json_array_get_element(array, i), path, error))
            return FALSE;
    return TRUE;
}

TamisBaseline *
tamis_baseline_load(const char *path, GError **error)
{
    g_autoptr(TamisBaseline) baseline = g_new0(TamisBaseline, 1);
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autoptr(GError) broken = NULL;
    g_autoptr(TamisSources) sources = tamis_sources_new();
    TamisSourceId source = tamis_sources_add_file(sources, path, TAMIS_BASELINE_MAX_BYTES, &broken);
    const char *text;
    gsize length;

    baseline->counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    baseline->files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (source == 0) {
        g_set_error_literal(error, TAMIS_BASELINE_ERROR, TAMIS_BASELINE_ERROR_UNREADABLE,
                            broken->message);
        return NULL;
    }
    text = tamis_sources_get_text(sources, source, &length);
    if (tamis_json_is_too_deep(text, length)) {
        fail(error, path, "it is nested too deep");
        return NULL;
    }
    if (!json_parser_load_from_data(parser, text, (gssize)length, &broken)) {
        const char *reason = broken->message;
        fail(error, path,
             g_str_has_prefix(reason, "<data>:") ? reason + strlen("<data>:") : reason);
        return NULL;
    }
    if (!read_report(baseline, json_parser_get_root(parser), path, error))
        return NULL;
    return g_steal_pointer(&baseline);
}

void
tamis_baseline_free(TamisBaseline *baseline)
{
    if (baseline == NULL)
        return;
    g_hash_table_unref(baseline->counts);
    g_hash_table_unref(baseline->files);
    g_free(baseline);
}

/* The rules and files, with a line break between, of which the baseline has findings that were not used. */
static GHashTable *
find_left_over(const TamisBaseline *baseline, GHashTable *used)
{
    GHashTable *left = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GHashTableIter iter;
    gpointer key, n;

    g_hash_table_iter_init(&iter, baseline->counts);
    while (g_hash_table_iter_next(&iter, &key, &n))
        if (GPOINTER_TO_UINT(g_hash_table_lookup(used, key)) < GPOINTER_TO_UINT(n))
            g_hash_table_add(left, g_strndup(key, (gsize)(strrchr(key, '\n') - (char *)key)));
    return left;
}

static const char *
file_of(const TamisReport *report, const TamisDiagnostic *diagnostic)
{
    return diagnostic->span.source != 0
               ? tamis_sources_get_name(tamis_report_get_sources(report), diagnostic->span.source)
               : "";
}

/* Whether one of the files that it is about is there. */
static gboolean
has_some_file(const TamisBaseline *baseline)
{
    GHashTableIter iter;
    gpointer path;

    g_hash_table_iter_init(&iter, baseline->files);
    while (g_hash_table_iter_next(&iter, &path, NULL))
        if (*(const char *)path != '/' || g_file_test(path, G_FILE_TEST_EXISTS))
            return TRUE; /* or it is standard input */
    return FALSE;
}

static TamisBaselineFit
judge_fit(const TamisBaseline *baseline, GHashTable *used, TamisReport *report)
{
    g_autoptr(GHashTable) left = find_left_over(baseline, used);
    gboolean has_findings = FALSE, knows_some = FALSE;
    TamisBaselineFit fit = {0};

    if (g_hash_table_size(left) == 0)
        return fit;
    for (guint i = 0; i < tamis_report_count(report); i++) {
        TamisDiagnostic *diagnostic = tamis_report_get(report, i);
        g_autofree char *path = make_path(file_of(report, diagnostic));
        g_autofree char *key =
            g_strconcat(tamis_catalogue_get(diagnostic->rule)->slug, "\n", path, NULL);
        has_findings = TRUE;
        knows_some |= g_hash_table_contains(baseline->files, path);
        fit.n_reworded += !diagnostic->suppressed && g_hash_table_contains(left, key);
    }
    fit.is_foreign = has_findings && !knows_some && !has_some_file(baseline);
    return fit;
}

TamisBaselineFit
tamis_baseline_apply(const TamisBaseline *baseline, TamisReport *report)
{
    g_autoptr(GHashTable) used = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < tamis_report_count(report); i++) {
        TamisDiagnostic *diagnostic = tamis_report_get(report, i);
        if (diagnostic->suppressed)
            continue;
        g_autofree char *key = make_key(tamis_catalogue_get(diagnostic->rule)->slug,
                                        file_of(report, diagnostic), diagnostic->message);
        guint n_known = GPOINTER_TO_UINT(g_hash_table_lookup(baseline->counts, key));
        guint n_used = GPOINTER_TO_UINT(g_hash_table_lookup(used, key));
        if (n_used >= n_known)
            continue;
        diagnostic->suppressed = TRUE;
        g_hash_table_replace(used, g_steal_pointer(&key), GUINT_TO_POINTER(n_used + 1));
    }
    return judge_fit(baseline, used, report);
}
