/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * tamis check: reads, resolves and lints policies. The findings are the result. */
#include "cli/cli.h"
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

static int
run(const TamisVerb *verb, int argc, char **argv)
{
    g_auto(TamisOptions) options = {NULL};
    g_autofree char *manifest_path = NULL;
    const GOptionEntry own[] = {
        {"manifest", 0, 0, G_OPTION_ARG_FILENAME, &manifest_path,
         "the manifest of an earlier compile, to tell which scripts are to be rebuilt", "FILE"},
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

    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    for (int i = 1; i < argc; i++)
        all_read = check_policy(argv[i], &options, server, manifest, report) && all_read;
    tamis_report_sort(report);
    g_autoptr(GString) out = g_string_new(NULL);
    tamis_render(out, report, options.format, &options.render);
    tamis_write(out->str, out->len);
    return all_read ? tamis_options_judge(&options, report) : TAMIS_EXIT_UNREADABLE;
}

const TamisVerb tamis_verb_check = {
    .name = "check",
    .arguments = "FILE…",
    .summary = "reads, resolves and lints policies",
    .examples = "  tamis check --server cyrus-3.6 acme.tamis\n"
                "  tamis check --format github --fail-on warning policies/*.tamis",
    .run = run,
};
