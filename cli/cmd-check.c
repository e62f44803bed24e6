/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * tamis check: reads, resolves and lints policies; reads, checks and lints Sieve scripts. The
 * findings are the result. */
#include "cli/check-file.h"
#include "cli/interruption.h"

#include "base/baseline.h"

typedef struct {
    char *manifest;
    char *baseline;
    char *include_dir, *global_dir;
    char *engine;
    gboolean fix, diff;
} Words;

static void
words_clear(Words *words)
{
    g_free(words->manifest);
    g_free(words->baseline);
    g_free(words->include_dir);
    g_free(words->global_dir);
    g_free(words->engine);
}

typedef struct {
    const TamisVerb *verb;
    TamisOptions options;
    Words words;
    TamisServer *server;
    TamisManifest *manifest; /* NULL: none was named */
    TamisBaseline *baseline; /* likewise */
    TamisJudge *judge;       /* likewise an engine */
    TamisSecondOpinion *second;
    GHashTable *servers;
    TamisSources *sources;
    TamisReport *report;
} Run;

static void
run_clear(Run *run)
{
    g_clear_pointer(&run->second, tamis_second_opinion_free);
    g_clear_pointer(&run->servers, g_hash_table_unref);
    g_clear_pointer(&run->judge, tamis_judge_close);
    g_clear_pointer(&run->report, tamis_report_free);
    g_clear_pointer(&run->sources, tamis_sources_free);
    g_clear_pointer(&run->baseline, tamis_baseline_free);
    g_clear_pointer(&run->manifest, tamis_manifest_free);
    g_clear_pointer(&run->server, tamis_server_free);
    words_clear(&run->words);
    tamis_options_clear(&run->options);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Run, run_clear)

/* By what it is: a folder of scripts, a script, or else a policy. */
static gboolean
check_any(const Run *run, const char *path)
{
    const TamisFileCheck check = {
        .script =
            {
                .options = &run->options,
                .server = run->server,
                .include_dir = run->words.include_dir,
                .global_dir = tamis_global_dir(run->words.include_dir, run->words.global_dir),
                .fix = run->words.fix,
                .diff = run->words.diff,
                .second = run->second,
                .proves_loops = g_strcmp0(run->words.engine, "sievec") == 0,
                .servers = run->servers,
            },
        .manifest = run->manifest,
    };

    return tamis_check_file(&check, path, run->report);
}

/* The verb -------------------------------------------------------------------------------------- */

/* 0, or the status to end with: all is said. */
static int
complain_file(const GError *error)
{
    tamis_complain("%s", error->message);
    return TAMIS_EXIT_UNREADABLE;
}

/* An engine that was asked for and is not there fails the run, before anything else is done. */
static int
open_engine(Run *run)
{
    const TamisJudgeOptions options = {
        run->server, run->words.include_dir,
        tamis_global_dir(run->words.include_dir, run->words.global_dir), run->options.n_jobs};
    g_autoptr(GError) error = NULL;

    if (run->words.engine == NULL)
        return 0;
    run->judge = tamis_judge_open(run->words.engine, &options, &error);
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT))
        return tamis_complain_usage(run->verb, "%s", error->message);
    if (run->judge == NULL)
        return complain_file(error);
    run->second = tamis_second_opinion_new(run->judge, run->words.engine);
    return 0;
}

/* A slip in the name of a folder would pass for scripts that include nothing. */
static gboolean
has_folder(const char *path)
{
    if (path == NULL || g_file_test(path, G_FILE_TEST_IS_DIR))
        return TRUE;
    tamis_complain("'%s' is no folder", path);
    return FALSE;
}

static int
open_all(Run *run, const char *first_path)
{
    g_autoptr(GError) error = NULL;
    int status = 0;

    if (!has_folder(run->words.include_dir) || !has_folder(run->words.global_dir))
        return TAMIS_EXIT_UNREADABLE;

    if (run->words.engine != NULL && run->options.server == NULL)
        run->options.server = g_strdup(tamis_judge_default_server(run->words.engine));
    run->server = tamis_options_load_server(&run->options, first_path, &status);
    if (run->server == NULL)
        return status;
    if (run->words.manifest != NULL) {
        run->manifest = tamis_manifest_load(run->words.manifest, &error);
        if (run->manifest == NULL)
            return complain_file(error);
    }
    if (run->words.baseline != NULL) {
        run->baseline = tamis_baseline_load(run->words.baseline, &error);
        if (run->baseline == NULL)
            return complain_file(error);
    }
    run->sources = tamis_sources_new();
    run->servers = tamis_check_servers_new();
    run->report = tamis_report_new(run->sources);
    return open_engine(run);
}

/* What the engine says stands behind the findings; where these are for a machine, in their JSON or on standard
 * error. */
static void
show(Run *run)
{
    TamisRenderOptions render = run->options.render;
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(GString) verdicts = g_string_new(NULL);
    g_autofree char *json = NULL;

    if (run->second != NULL && run->options.format == TAMIS_FORMAT_JSON) {
        json = tamis_second_opinion_to_json(run->second);
        render.member = "engine";
        render.member_json = json;
    } else if (run->second != NULL) {
        tamis_second_opinion_append_text(run->second, run->options.quiet, verdicts);
    }
    if (!run->words.diff)
        tamis_render(out, run->report, run->options.format, &render);
    if (run->options.format == TAMIS_FORMAT_TEXT)
        g_string_append_len(out, verdicts->str, (gssize)verdicts->len);
    else
        tamis_show(verdicts->str, verdicts->len);
    tamis_write(out->str, out->len);
}

/* Whoever interrupts it finds nothing of it left behind. */
static gboolean
ask_engine(Run *run, GError **error)
{
    tamis_interruption_catch();
    gboolean is_good = tamis_second_opinion_ask(run->second, run->report, error);
    tamis_interruption_release();
    return is_good;
}

/* What silences less than it was made for says so; the findings stand. */
static void
apply_baseline(Run *run)
{
    TamisBaselineFit fit = tamis_baseline_apply(run->baseline, run->report);
    const char *path = run->words.baseline;

    if (run->options.quiet)
        return;
    if (fit.is_foreign)
        tamis_complain("none of the files of '%s' is there: check from the folder that it was "
                       "written in, or write it anew with 'tamis check --format json --fail-on "
                       "never'",
                       path);
    else if (fit.n_reworded > 0)
        tamis_complain("%u of the findings stand%s in other words in '%s': if another version has "
                       "written it, write it anew with 'tamis check --format json --fail-on never'",
                       fit.n_reworded, fit.n_reworded == 1 ? "s" : "", path);
}

static int
check_all(Run *run, int n_paths, char **paths)
{
    g_autoptr(GError) error = NULL;
    gboolean all_read = TRUE;

    for (int i = 0; i < n_paths; i++)
        all_read = check_any(run, paths[i]) && all_read;
    if (run->second != NULL && !ask_engine(run, &error))
        return complain_file(error);
    if (run->baseline != NULL)
        apply_baseline(run);
    tamis_report_sort(run->report);
    show(run);
    return all_read ? tamis_options_judge(&run->options, run->report) : TAMIS_EXIT_UNREADABLE;
}

static int
run_check(const TamisVerb *verb, int argc, char **argv)
{
    g_auto(Run) run = {.verb = verb};
    Words *words = &run.words;
    const GOptionEntry own[] = {
        {"manifest", 0, 0, G_OPTION_ARG_FILENAME, &words->manifest,
         "the manifest of an earlier compile, to tell which scripts are to be rebuilt", "FILE"},
        {"fix", 0, 0, G_OPTION_ARG_NONE, &words->fix, "mend in Sieve scripts what can be mended",
         NULL},
        {"diff", 0, 0, G_OPTION_ARG_NONE, &words->diff, "with --fix: show it and write nothing",
         NULL},
        {"baseline", 0, 0, G_OPTION_ARG_FILENAME, &words->baseline,
         "put up with the findings of an earlier check, in its JSON", "FILE"},
        {"include-dir", 0, 0, G_OPTION_ARG_FILENAME, &words->include_dir,
         "where scripts find those that they include", "DIR"},
        {"global-dir", 0, 0, G_OPTION_ARG_FILENAME, &words->global_dir,
         "the same for 'include :global' (default --include-dir)", "DIR"},
        {"engine", 0, 0, G_OPTION_ARG_FILENAME, &words->engine,
         "ask the installed engine too: sievec, cyrus-sievec or libsieve", "ENGINE"},
        {NULL},
    };
    guint takes = TAMIS_TAKES_SERVER | TAMIS_TAKES_AS_OF | TAMIS_TAKES_TIMEZONE |
                  TAMIS_TAKES_REPORT_FORMAT | TAMIS_TAKES_FAIL_ON | TAMIS_TAKES_JOBS |
                  TAMIS_TAKES_QUIET | TAMIS_TAKES_COLOR;
    int status;

    if (!tamis_options_parse(verb, own, takes, &run.options, &argc, argv, &status))
        return status;
    if (argc < 2)
        return tamis_complain_usage(verb, "a file is missing");
    if (words->diff && !words->fix)
        return tamis_complain_usage(verb, "--diff shows what --fix would do: say both");
    if (words->engine != NULL && tamis_judge_default_server(words->engine) == NULL)
        return tamis_complain_usage(verb, "--engine takes %s, not '%s'", tamis_judge_names(),
                                    words->engine);
    status = open_all(&run, argv[1]);
    return status != 0 ? status : check_all(&run, argc - 1, argv + 1);
}

const TamisVerb tamis_verb_check = {
    .name = "check",
    .arguments = "FILE…",
    .summary = "reads, resolves and lints policies and Sieve scripts",
    .examples = "  tamis check --server cyrus-3.6 acme.tamis\n"
                "  tamis check --format github --fail-on warning policies/*.tamis\n"
                "  tamis check --fix --diff --timezone Asia/Shanghai li@acme.example.sieve\n"
                "  tamis check --engine sievec li@acme.example.sieve",
    .run = run_check,
};
