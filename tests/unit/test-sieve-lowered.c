/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Scripts that the compiler makes, read back by our own reader: the same tree, no finding of the checker for
 * the server that they are made for, and required exactly what the table says that they need. */
#include "compiler/lower.h"
#include "compiler/resolve.h"
#include "grammar/sieve/check.h"
#include "grammar/sieve/compare.h"
#include "grammar/sieve/parser.h"
#include "grammar/sieve/print.h"
#include "grammar/sieve/requires.h"

/* 2026-11-23. */
#define AS_OF ((TamisInstant)1795392000)

static const char *const samples[] = {"acme",   "finance",      "follow-the-sun",
                                      "leaver", "service-desk", "smart-routing"};

static char *
describe_set(const TamisExtensionSet *set)
{
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < TAMIS_N_EXTENSIONS; i++)
        if (tamis_extension_set_has(set, (TamisExtension)i))
            g_string_append_printf(out, "%s ", tamis_extension_name((TamisExtension)i));
    return g_string_free(out, FALSE);
}

static void
assert_no_complaint(const TamisReport *report)
{
    for (guint i = 0; i < tamis_report_count(report); i++) {
        const TamisDiagnostic *diagnostic = tamis_report_get(report, i);
        if (diagnostic->severity > TAMIS_SEVERITY_HINT)
            g_error("%s", diagnostic->message);
    }
}

/* What words need; variables and encoded characters are in strings alone. */
static void
assert_requires(const TamisSieveScript *script, const TamisSieveChecked *checked,
                const TamisExtensionSet *lowered)
{
    TamisExtensionSet needed = tamis_sieve_script_requires(script);
    TamisExtensionSet required = tamis_sieve_script_required(script);
    static const TamisExtension silent[] = {TAMIS_EXTENSION_VARIABLES,
                                            TAMIS_EXTENSION_ENCODED_CHARACTER};

    for (guint i = 0; i < G_N_ELEMENTS(silent); i++)
        if (tamis_extension_set_has(&checked->used, silent[i]))
            tamis_extension_set_add(&needed, silent[i]);
    g_autofree char *by_table = describe_set(&needed);
    g_autofree char *by_text = describe_set(&required);
    g_autofree char *by_compiler = describe_set(lowered);
    g_assert_cmpstr(by_text, ==, by_table);
    g_assert_cmpstr(by_compiler, ==, by_table);
}

/* FALSE: the server has no script for it. */
static gboolean
check_mailbox(const TamisLowerContext *context, const TamisServer *server, guint32 mailbox)
{
    g_autoptr(TamisArena) arena = tamis_arena_new();
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    g_autoptr(TamisReport) findings = tamis_report_new(sources);
    g_autoptr(GString) text = g_string_new(NULL);
    const TamisSieveCheckOptions options = {server, NULL};
    TamisSieveChecked checked;
    TamisLowered lowered;
    const TamisSieveScript *made = tamis_lower_mailbox(context, mailbox, arena, findings, &lowered);

    if (lowered.failed)
        return FALSE;
    tamis_sieve_print(made, text);
    TamisSourceId source = tamis_sources_add_text(sources, "made.sieve", text->str, text->len);
    const TamisSieveScript *script = tamis_sieve_parse(source, arena, report);
    g_assert_cmpuint(script->n_errors, ==, 0);
    g_assert_true(tamis_sieve_same(made, script));
    tamis_sieve_check(script, &options, arena, report, &checked);
    assert_no_complaint(report);
    assert_requires(script, &checked, &lowered.requires);
    return TRUE;
}

static void
test_sample(gconstpointer data)
{
    g_autofree char *path =
        g_test_build_filename(G_TEST_DIST, "..", "..", "samples", data, "policy.tamis", NULL);
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    g_autoptr(GError) error = NULL;
    g_autoptr(TamisPolicy) policy = tamis_policy_load(sources, path, NULL, report, &error);
    const char *const *names = tamis_server_names();
    guint n_scripts = 0;

    g_assert_no_error(error);
    g_assert_cmpuint(tamis_report_count_severity(report, TAMIS_SEVERITY_ERROR), ==, 0);
    for (guint i = 0; names[i] != NULL; i++) {
        g_autoptr(TamisServer) server = tamis_server_load(names[i], NULL);
        g_autoptr(TamisLowerContext) context = tamis_lower_context_new(policy, server, AS_OF);
        for (guint32 j = 0; j < policy->mailboxes->len; j++)
            n_scripts += (guint)check_mailbox(context, server, j);
    }
    g_test_message("%u scripts", n_scripts);
    g_assert_cmpuint(n_scripts, >=, policy->mailboxes->len * 2);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(samples); i++) {
        g_autofree char *path = g_strdup_printf("/sieve/lowered/%s", samples[i]);
        g_test_add_data_func(path, samples[i], test_sample);
    }
    return g_test_run();
}
