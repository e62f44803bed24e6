/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Checks a policy, and chooses by what a file is. */
#include "cli/check-file.h"

#include "cli/prove-loops.h"
#include "cli/script-file.h"
#include "compiler/compile.h"
#include "compiler/resolve.h"
#include "lint/lint.h"

/* The engine gets the scripts that the policy becomes, or every so manieth of them. */
static void
add_to_second(const TamisFileCheck *check, const char *path, const TamisPolicy *policy,
              TamisSources *sources, gboolean has_errors)
{
    const TamisCompile compile = {
        .policy = policy,
        .server = check->script.server,
        .as_of = tamis_options_as_of(check->script.options, policy->zone),
        .n_jobs = 1,
    };
    g_autoptr(TamisReport) repeated = tamis_report_new(sources);
    guint32 n = policy->mailboxes->len;
    guint32 step = (n + TAMIS_SECOND_OPINION_SAMPLE - 1) / TAMIS_SECOND_OPINION_SAMPLE;
    TamisSecondOpinionScript script = {.name = path};

    if (has_errors) {
        script.unasked = "the policy has errors, so there are no scripts";
        script.text = "";
        tamis_second_opinion_add(check->script.second, &script);
        return;
    }
    for (guint32 i = 0; i < n; i += step) {
        const TamisMailbox *mailbox = tamis_policy_mailbox(policy, i);
        g_autoptr(GString) text = g_string_new(NULL);
        if (!tamis_compile_one(&compile, i, text, repeated))
            continue;
        script.mailbox = tamis_policy_text(policy, mailbox->address.text);
        script.span = mailbox->span;
        script.text = text->str;
        script.length_bytes = text->len;
        tamis_second_opinion_add(check->script.second, &script);
    }
}

typedef struct {
    TamisCompile compile;
    TamisReport *repeated;
} Lowering;

static gboolean
lower_one(gpointer data, guint32 mailbox, GString *out)
{
    Lowering *lowering = data;

    return tamis_compile_one(&lowering->compile, mailbox, out, lowering->repeated);
}

static void
prove_loops(const TamisFileCheck *check, const TamisPolicy *policy, TamisReport *found)
{
    g_autoptr(TamisReport) repeated = tamis_report_new(tamis_report_get_sources(found));
    g_autoptr(TamisSite) site = tamis_site_new_policy(policy, check->script.server);
    Lowering lowering = {
        .compile = {.policy = policy,
                    .server = check->script.server,
                    .as_of = tamis_options_as_of(check->script.options, policy->zone),
                    .n_jobs = 1},
        .repeated = repeated,
    };
    g_autofree char *reason = NULL;

    tamis_prove_loops(site, lower_one, &lowering, found, &reason);
    if (reason != NULL)
        tamis_complain("messages of findings are not run: %s", reason);
}

/* One policy: its findings are merged into the report. FALSE when its file cannot be read. */
static gboolean
check_policy(const TamisFileCheck *check, const char *path, TamisReport *report)
{
    TamisSources *sources = tamis_report_get_sources(report);
    g_autoptr(TamisReport) found = tamis_report_new(sources);
    g_autoptr(GError) error = NULL;
    g_autoptr(TamisPolicy) policy = tamis_policy_load(sources, path, NULL, found, &error);

    if (policy == NULL) {
        tamis_complain("%s", error->message);
        return FALSE;
    }
    const TamisLint lint = {
        .policy = policy,
        .server = check->script.server,
        .as_of = tamis_options_as_of(check->script.options, policy->zone),
        .manifest = check->manifest,
        .n_jobs = check->script.options->n_jobs,
        .report = found,
    };
    tamis_lint_policy(&lint);
    if (check->script.proves_loops)
        prove_loops(check, policy, found);
    if (check->script.second != NULL)
        add_to_second(check, path, policy, sources,
                      tamis_report_count_severity(found, TAMIS_SEVERITY_ERROR) > 0);
    tamis_report_merge(report, found);
    return TRUE;
}

static gboolean
check_any(const TamisFileCheck *check, const char *path, TamisReport *report)
{
    if (g_file_test(path, G_FILE_TEST_IS_DIR))
        return tamis_check_folder(&check->script, path, report);
    if (tamis_is_script_file(tamis_report_get_sources(report), path))
        return tamis_check_script(&check->script, path, report);
    if (check->script.fix) {
        tamis_complain("'%s' is no Sieve script: --fix mends scripts", path);
        return FALSE;
    }
    return check_policy(check, path, report);
}

gboolean
tamis_check_file(const TamisFileCheck *check, const char *path, TamisReport *report)
{
    g_autoptr(TamisReport) found = tamis_report_new(tamis_report_get_sources(report));
    gboolean is_read = check_any(check, path, found);

    tamis_report_sort(found);
    tamis_report_number(found);
    tamis_report_merge(report, found);
    return is_read;
}
