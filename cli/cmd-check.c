/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * tamis check: reads, resolves and lints policies; reads, checks and lints Sieve scripts. The
 * findings are the result. */
#include "cli/check-script.h"
#include "cli/cli.h"

#include "base/baseline.h"
#include "compiler/manifest.h"
#include "compiler/resolve.h"
#include "lint/lint.h"

/* One policy: its findings are merged into report. FALSE when its file cannot be read. */
static gboolean
check_policy(const char *path, const TamisOptions *options, const TamisServer *server,
             const TamisManifest *manifest, TamisReport *report)
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
        .server = server,
        .as_of = tamis_options_as_of(options, policy->zone),
        .manifest = manifest,
        .n_jobs = options->n_jobs,
        .report = found,
    };
    tamis_lint_policy(&lint);
    tamis_report_merge(report, found);
    return TRUE;
}

/* By what it is: a folder of scripts, a script, or else a policy. */
static gboolean
check_any(const char *path, const TamisScriptCheck *check, const TamisManifest *manifest,
          TamisReport *report)
{
    if (g_file_test(path, G_FILE_TEST_IS_DIR))
        return tamis_check_folder(check, path, report);
    if (tamis_is_script_path(path))
        return tamis_check_script(check, path, NULL, report);
    if (check->fix) {
        tamis_complain("'%s' is no Sieve script: --fix mends scripts", path);
        return FALSE;
    }
    return check_policy(path, check->options, check->server, manifest, report);
}

static int
run(const TamisVerb *verb, int argc, char **argv)
{
    g_auto(TamisOptions) options = {NULL};
    g_autofree char *manifest_path = NULL, *baseline_path = NULL, *include_dir = NULL;
    gboolean fix = FALSE, diff = FALSE;
    const GOptionEntry own[] = {
        {"manifest", 0, 0, G_OPTION_ARG_FILENAME, &manifest_path,
         "the manifest of an earlier compile, to tell which scripts are to be rebuilt", "FILE"},
        {"fix", 0, 0, G_OPTION_ARG_NONE, &fix, "mend in Sieve scripts what can be mended", NULL},
        {"diff", 0, 0, G_OPTION_ARG_NONE, &diff, "with --fix: show it and write nothing", NULL},
        {"baseline", 0, 0, G_OPTION_ARG_FILENAME, &baseline_path,
         "put up with the findings of an earlier check, in its JSON", "FILE"},
        {"include-dir", 0, 0, G_OPTION_ARG_FILENAME, &include_dir,
         "where scripts find those that they include", "DIR"},
        {NULL},
    };
    guint takes = TAMIS_TAKES_SERVER | TAMIS_TAKES_AS_OF | TAMIS_TAKES_TIMEZONE |
                  TAMIS_TAKES_REPORT_FORMAT | TAMIS_TAKES_FAIL_ON | TAMIS_TAKES_JOBS |
                  TAMIS_TAKES_QUIET | TAMIS_TAKES_COLOR;
    gboolean all_read = TRUE;
    int status;

    if (!tamis_options_parse(verb, own, takes, &options, &argc, argv, &status))
        return status;
    if (argc < 2)
        return tamis_complain_usage(verb, "a file is missing");
    if (diff && !fix)
        return tamis_complain_usage(verb, "--diff shows what --fix would do: say both");
    g_autoptr(TamisServer) server = tamis_options_load_server(&options, &status);
    if (server == NULL)
        return status;
    g_autoptr(TamisManifest) manifest = NULL;
    if (manifest_path != NULL) {
        g_autoptr(GError) error = NULL;
        manifest = tamis_manifest_load(manifest_path, &error);
        if (manifest == NULL) {
            tamis_complain("%s", error->message);
            return TAMIS_EXIT_UNREADABLE;
        }
    }

    g_autoptr(TamisBaseline) baseline = NULL;
    if (baseline_path != NULL) {
        g_autoptr(GError) error = NULL;
        baseline = tamis_baseline_load(baseline_path, &error);
        if (baseline == NULL) {
            tamis_complain("%s", error->message);
            return TAMIS_EXIT_UNREADABLE;
        }
    }

    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    const TamisScriptCheck check = {&options, server, include_dir, fix, diff};
    for (int i = 1; i < argc; i++)
        all_read = check_any(argv[i], &check, manifest, report) && all_read;
    if (baseline != NULL)
        tamis_baseline_apply(baseline, report);
    tamis_report_sort(report);
    g_autoptr(GString) out = g_string_new(NULL);
    if (!diff)
        tamis_render(out, report, options.format, &options.render);
    tamis_write(out->str, out->len);
    return all_read ? tamis_options_judge(&options, report) : TAMIS_EXIT_UNREADABLE;
}

const TamisVerb tamis_verb_check = {
    .name = "check",
    .arguments = "FILE…",
    .summary = "reads, resolves and lints policies and Sieve scripts",
    .examples = "  tamis check --server cyrus-3.6 acme.tamis\n"
                "  tamis check --format github --fail-on warning policies/*.tamis\n"
                "  tamis check --fix --diff --timezone Asia/Shanghai li@acme.example.sieve",
    .run = run,
};
