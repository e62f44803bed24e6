/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * For the tests of the resolver: policies, tables and maps that lie in memory, and what became of them as
 * text. Every policy begins with one line that names the organization, unless it says its own. */
#pragma once

#include "base/catalogue.h"
#include "compiler/resolve.h"

#include <string.h>

#define ORGANIZATION "organization { domains acme.example, acme.cn; timezone Asia/Shanghai; }\n"

/* Names and texts in turn, NULL at the end. */
typedef struct {
    const char *const *files;
    TamisSourceId ids[16];
} Files;

typedef struct {
    TamisSources *sources;
    TamisReport *report;
    TamisPolicy *policy;
} Resolved;

static inline TamisSourceId
open_in_memory(TamisSources *sources, const char *path, gsize max_bytes, gpointer data,
               GError **error)
{
    Files *files = data;

    for (guint i = 0; files->files[2 * i] != NULL; i++) {
        const char *text = files->files[2 * i + 1];
        if (strcmp(files->files[2 * i], path) != 0)
            continue;
        if (files->ids[i] == 0)
            files->ids[i] = tamis_sources_add_text(sources, path, text, strlen(text));
        return files->ids[i];
    }
    g_set_error(error, TAMIS_SOURCE_ERROR, TAMIS_SOURCE_ERROR_UNREADABLE, "cannot read '%s'", path);
    return 0;
}

static inline void
resolved_clear(Resolved *resolved)
{
    tamis_policy_free(resolved->policy);
    tamis_report_free(resolved->report);
    tamis_sources_free(resolved->sources);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Resolved, resolved_clear)

static inline void
resolve_files(Resolved *resolved, const char *const *all)
{
    Files files = {.files = all};
    TamisResolveOptions options = {.open = open_in_memory, .open_data = &files};
    g_autoptr(GError) error = NULL;

    resolved->sources = tamis_sources_new();
    resolved->report = tamis_report_new(resolved->sources);
    resolved->policy =
        tamis_policy_load(resolved->sources, all[0], &options, resolved->report, &error);
    g_assert_no_error(error);
    tamis_report_sort(resolved->report);
}

/* "2:7-2:12 type: message", related places indented with '~', help with '='; other files by name. */
static inline void
append_place(const Resolved *resolved, GString *out, TamisSpan span)
{
    TamisPosition at = tamis_sources_locate(resolved->sources, span);

    if (span.source != 1)
        g_string_append_printf(out, "%s:", tamis_sources_get_name(resolved->sources, span.source));
    g_string_append_printf(out, "%u:%u-", at.line, at.column);
    if (at.end_line != at.line)
        g_string_append_printf(out, "%u:", at.end_line);
    g_string_append_printf(out, "%u ", at.end_column);
}

static inline char *
report_to_string(const Resolved *resolved)
{
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < tamis_report_count(resolved->report); i++) {
        const TamisDiagnostic *at = tamis_report_get(resolved->report, i);
        append_place(resolved, out, at->span);
        g_string_append_printf(out, "%s: %s\n", tamis_catalogue_get(at->rule)->slug, at->message);
        for (guint k = 0; at->related != NULL && k < at->related->len; k++) {
            const TamisRelated *related = &g_array_index(at->related, TamisRelated, k);
            g_string_append(out, "  ~ ");
            append_place(resolved, out, related->span);
            g_string_append_printf(out, "%s\n", related->message);
        }
        if (at->help != NULL)
            g_string_append_printf(out, "  = %s\n", at->help);
    }
    return g_string_free(out, FALSE);
}

/* What the resolver says of a policy behind the line that names the organization, and other files. */
#define assert_faults(text, expected, ...)                                                         \
    assert_faults_of((const char *[]){"policy.tamis", ORGANIZATION text, ##__VA_ARGS__, NULL},     \
                     expected)

static inline void
assert_faults_of(const char *const *files, const char *expected)
{
    g_auto(Resolved) resolved = {0};

    resolve_files(&resolved, files);
    g_autofree char *found = report_to_string(&resolved);
    if (strcmp(found, expected) != 0)
        g_error("of\n%s\nthe resolver says\n%s\nand not\n%s", files[1], found, expected);
}
