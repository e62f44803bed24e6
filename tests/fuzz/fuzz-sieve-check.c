/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any bytes as a script that is checked and linted for every server: it ends, every place lies inside the
 * text, and what is mended is read again. */
#include "base/fix.h"
#include "grammar/sieve/parser.h"
#include "lint/script.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void
check_places(const TamisReport *report, gsize size)
{
    for (guint i = 0; i < tamis_report_count(report); i++) {
        const TamisDiagnostic *diagnostic = tamis_report_get(report, i);
        g_assert((gsize)diagnostic->span.offset + diagnostic->span.length <= size);
        for (guint j = 0; diagnostic->edits != NULL && j < diagnostic->edits->len; j++) {
            TamisSpan span = g_array_index(diagnostic->edits, TamisEdit, j).span;
            g_assert((gsize)span.offset + span.length <= size);
        }
    }
}

/* Checked while it is read, the text has the findings that its tree has. */
static void
check_text(const TamisServer *server, TamisReport *of_tree, TamisSourceId source)
{
    g_autoptr(TamisReport) report = tamis_report_new(tamis_report_get_sources(of_tree));
    g_autoptr(TamisArena) arena = tamis_arena_new();
    const TamisSieveCheckOptions options = {server, NULL};
    TamisSieveChecked checked;

    tamis_sieve_check_source(source, &options, arena, report, &checked);
    tamis_report_sort(report);
    tamis_report_sort(of_tree);
    g_assert_cmpuint(tamis_report_count(report), ==, tamis_report_count(of_tree));
    for (guint i = 0; i < tamis_report_count(report); i++) {
        const TamisDiagnostic *a = tamis_report_get(report, i), *b = tamis_report_get(of_tree, i);
        g_assert_cmpuint(a->span.offset, ==, b->span.offset);
        g_assert_cmpstr(a->message, ==, b->message);
    }
}

/* Appends the mended text to out. */
static void
check(const TamisServer *server, const char *text, gsize size, GString *out)
{
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    g_autoptr(TamisArena) arena = tamis_arena_new();
    const TamisSieveCheckOptions options = {server, NULL};
    TamisSourceId source = tamis_sources_add_text(sources, "fuzz.sieve", text, size);
    const TamisSieveScript *script = tamis_sieve_parse(source, arena, report);
    TamisSieveChecked checked;

    tamis_sieve_check(script, &options, arena, report, &checked);
    if (tamis_report_count_dropped(report) == 0)
        check_text(server, report, source);
    const TamisScriptLint lint = {
        .script = script,
        .checked = &checked,
        .server = server,
        .zone = tamis_zone_get("UTC"),
        .mailbox = "li@acme.example",
        .report = report,
    };
    tamis_lint_script(&lint);
    tamis_script_allow(script, 0, TRUE, 20000, report);
    check_places(report, size);
    tamis_fix_apply(report, source, out);
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    static TamisServer *servers[8];
    const char *const *names = tamis_server_names();

    for (guint i = 0; names[i] != NULL && i < G_N_ELEMENTS(servers); i++) {
        g_autoptr(GString) mended = g_string_new(NULL);
        g_autoptr(GString) again = g_string_new(NULL);
        if (servers[i] == NULL)
            servers[i] = tamis_server_load(names[i], NULL);
        check(servers[i], (const char *)data, size, mended);
        check(servers[i], mended->str, mended->len, again);
    }
    return 0;
}
