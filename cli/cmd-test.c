/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * tamis test: runs the tests that stand in policies. */
#include "cli/interruption.h"
#include "cli/test-engine.h"
#include "cli/test-report.h"

#include <string.h>

typedef struct {
    char *format, *filter;
    char **engines;
    const char *engine; /* the one of engines; NULL: none */
    gboolean coverage;
} Words;

static void
words_clear(Words *words)
{
    g_free(words->format);
    g_free(words->filter);
    g_strfreev(words->engines);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Words, words_clear)

static gboolean
read_format(const char *word, TamisTestFormat *out_format)
{
    static const struct {
        const char *word;
        TamisTestFormat format;
    } formats[] = {{"tap", TAMIS_TEST_TAP},
                   {"text", TAMIS_TEST_TAP},
                   {"junit", TAMIS_TEST_JUNIT},
                   {"json", TAMIS_TEST_JSON}};

    for (gsize i = 0; i < G_N_ELEMENTS(formats); i++) {
        if (word == NULL || g_str_equal(word, formats[i].word)) {
            *out_format = formats[i].format;
            return TRUE;
        }
    }
    return FALSE;
}

/* Whether the title has the pattern in it, or is all of it where it has wildcards; in any case of letters. */
static gboolean
is_wanted(const char *title, const char *filter)
{
    g_autofree char *folded_title = g_utf8_casefold(title, -1);
    g_autofree char *valid = filter != NULL ? g_utf8_make_valid(filter, -1) : NULL;
    g_autofree char *folded = valid != NULL ? g_utf8_casefold(valid, -1) : NULL;

    return folded == NULL || strstr(folded_title, folded) != NULL ||
           g_pattern_match_simple(folded, folded_title);
}

static gboolean
wants(const TamisTestFile *file, guint index, const Words *words)
{
    const TamisTestCase *test = &g_array_index(file->policy->test_cases, TamisTestCase, index);

    return is_wanted(tamis_test_file_title(file, test), words->filter);
}

static guint
count_wanted(const GPtrArray *files, const Words *words)
{
    guint n = 0;

    for (guint i = 0; i < files->len; i++) {
        const TamisTestFile *file = g_ptr_array_index(files, i);

        for (guint t = 0; t < file->policy->test_cases->len; t++)
            n += wants(file, t, words);
    }
    return n;
}

static void
run_file(TamisTestFile *file, TamisTestEngine *engine, const Words *words, TamisTestReport *report)
{
    g_auto(TamisTestCoverage) coverage = {0};

    tamis_test_report_begin_file(report, file);
    for (guint i = 0; i < file->policy->test_cases->len && *tamis_interruption() == 0; i++) {
        g_auto(TamisTestResult) result = {NULL};

        if (!wants(file, i, words))
            continue;
        tamis_test_file_run(file, &g_array_index(file->policy->test_cases, TamisTestCase, i),
                            engine, &result);
        tamis_test_report_add(report, file, &result);
    }
    if (words->coverage)
        tamis_test_file_cover(file, &coverage);
    tamis_test_report_end_file(report, file, words->coverage ? &coverage : NULL);
}

/* Each policy has an engine of its own, or none. NULL with *out_status: it does not work. */
static GPtrArray *
open_engines(const TamisVerb *verb, const GPtrArray *files, const TamisOptions *options,
             const Words *words, const TamisServer *server, int *out_status)
{
    g_autoptr(GPtrArray) engines =
        g_ptr_array_new_with_free_func((GDestroyNotify)tamis_test_engine_close);

    for (guint i = 0; i < files->len; i++) {
        const TamisTestFile *file = g_ptr_array_index(files, i);
        g_autoptr(GError) error = NULL;
        TamisTestEngine *engine = NULL;

        if (words->engine != NULL)
            engine =
                tamis_test_engine_open(words->engine, file, server,
                                       tamis_options_as_of(options, file->policy->zone), &error);
        if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT)) {
            *out_status = tamis_complain_usage(verb, "%s", error->message);
            return NULL;
        }
        if (error != NULL) {
            tamis_complain("%s", error->message);
            *out_status = TAMIS_EXIT_UNREADABLE;
            return NULL;
        }
        g_ptr_array_add(engines, engine);
    }
    return g_steal_pointer(&engines);
}

/* What an engine has begun is ended, and its files are gone, before a signal takes its course. */
static int
run_files(const TamisVerb *verb, const GPtrArray *files, const TamisOptions *options,
          const Words *words, const TamisServer *server, TamisTestFormat format)
{
    int status = TAMIS_EXIT_OK;

    tamis_interruption_catch();
    {
        g_autoptr(GPtrArray) engines = open_engines(verb, files, options, words, server, &status);
        g_autoptr(TamisTestReport) report =
            engines != NULL ? tamis_test_report_new(format, count_wanted(files, words)) : NULL;

        for (guint i = 0; engines != NULL && i < files->len && *tamis_interruption() == 0; i++)
            run_file(g_ptr_array_index(files, i), g_ptr_array_index(engines, i), words, report);
        if (engines != NULL && *tamis_interruption() == 0)
            status = tamis_test_report_end(report) ? TAMIS_EXIT_OK : TAMIS_EXIT_FINDINGS;
    }
    tamis_interruption_release();
    return status;
}

/* All of them are read before the first test runs. NULL: one cannot be. */
static GPtrArray *
load_files(char **paths, int n_paths, const TamisOptions *options, const TamisServer *server,
           int *out_status)
{
    g_autoptr(GPtrArray) files =
        g_ptr_array_new_with_free_func((GDestroyNotify)tamis_test_file_free);
    int worst = TAMIS_EXIT_OK;

    for (int i = 0; i < n_paths; i++) {
        int status = TAMIS_EXIT_OK;
        TamisTestFile *file = tamis_test_file_load(paths[i], options, server, &status);

        if (file != NULL)
            g_ptr_array_add(files, file);
        worst = MAX(worst, status);
    }
    *out_status = worst;
    return worst == TAMIS_EXIT_OK ? g_steal_pointer(&files) : NULL;
}

static int
run(const TamisVerb *verb, int argc, char **argv)
{
    g_auto(TamisOptions) options = {NULL};
    g_auto(Words) words = {NULL};
    const GOptionEntry own[] = {
        {"filter", 0, 0, G_OPTION_ARG_FILENAME, &words.filter,
         "only tests whose title has this in it, or matches it (* and ?)", "PATTERN"},
        {"engine", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &words.engines,
         "runs them in the real one, if it is installed: dovecot, cyrus or libsieve", "ENGINE"},
        {"coverage", 0, 0, G_OPTION_ARG_NONE, &words.coverage, "the routes that no test reaches",
         NULL},
        {"format", 0, 0, G_OPTION_ARG_FILENAME, &words.format, "tap (the default), junit or json",
         "FORMAT"},
        {NULL},
    };
    TamisTestFormat format;
    int status;

    if (!tamis_options_parse(verb, own, TAMIS_TAKES_SERVER | TAMIS_TAKES_AS_OF | TAMIS_TAKES_COLOR,
                             &options, &argc, argv, &status))
        return status;
    if (argc < 2)
        return tamis_complain_usage(verb, "a policy is missing");
    if (!read_format(words.format, &format))
        return tamis_complain_usage(verb, "there is no format '%s' here", words.format);
    if (words.engines != NULL && words.engines[1] != NULL)
        return tamis_complain_usage(verb, "one engine at a time, please");
    words.engine = words.engines != NULL ? words.engines[0] : NULL;
    if (words.engine != NULL && tamis_runner_default_server(words.engine) == NULL)
        return tamis_complain_usage(verb, "there is no engine '%s' here; %s, please", words.engine,
                                    tamis_runner_names());
    if (words.engine != NULL && options.server == NULL)
        options.server = g_strdup(tamis_runner_default_server(words.engine));
    g_autoptr(TamisServer) server = tamis_options_load_server(&options, argv[1], &status);
    if (server == NULL)
        return status;
    g_autoptr(GPtrArray) files = load_files(argv + 1, argc - 1, &options, server, &status);
    if (files == NULL)
        return status;
    if (count_wanted(files, &words) == 0 && words.filter != NULL)
        return tamis_complain_usage(verb, "no test has a title with '%s'", words.filter);
    return run_files(verb, files, &options, &words, server, format);
}

const TamisVerb tamis_verb_test = {
    .name = "test",
    .arguments = "FILE…",
    .summary = "runs the tests that stand in policies",
    .examples = "  tamis test policy.tamis\n"
                "  tamis test policy.tamis --engine dovecot\n"
                "  tamis test policy.tamis --coverage --format junit > results.xml",
    .run = run,
};
