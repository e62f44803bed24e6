/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * tamis compile: a policy to one script a mailbox, in a folder, an archive or, one of them, on standard
 * output. */
#include "base/json-text.h"
#include "base/suggest.h"
#include "base/version.h"
#include "cli/cli.h"
#include "cli/interruption.h"
#include "cli/progress.h"
#include "compiler/proofs.h"
#include "compiler/resolve.h"
#include "lint/lint.h"

#include <json-glib/json-glib.h>
#include <string.h>

typedef struct {
    char *folder;
    char *bundle;
    char *mailbox;
    char *layout;
} Words;

static void
words_clear(Words *words)
{
    g_free(words->folder);
    g_free(words->bundle);
    g_free(words->mailbox);
    g_free(words->layout);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Words, words_clear)

typedef struct {
    const TamisVerb *verb;
    const TamisOptions *options;
    const Words *words;
    TamisServer *server;
    TamisSources *sources;
    TamisReport *report;
    TamisPolicy *policy;
    TamisCompile compile;
    TamisOutput *output; /* while scripts are written; NULL: only the findings are wanted */
    GError *error;       /* why compiling failed */
    TamisProgress *progress;
    GCancellable *cancellable;
} Run;

static void
run_clear(Run *run)
{
    tamis_server_free(run->server);
    tamis_policy_free(run->policy);
    tamis_report_free(run->report);
    tamis_sources_free(run->sources);
    g_clear_error(&run->error);
    g_clear_object(&run->cancellable);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Run, run_clear)

static void
advance(guint32 n_done, guint32 n_all, gpointer data)
{
    Run *run = data;

    if (*tamis_interruption() != 0)
        g_cancellable_cancel(run->cancellable);
    if (run->progress != NULL)
        tamis_progress_update(run->progress, n_done, n_all);
}

/* Findings -------------------------------------------------------------------------------------- */

/* On standard error: the result is something else. Hints are for who asks `check`, or asks here that they
 * fail. */
static void
show_findings(const Run *run)
{
    g_autoptr(GString) text = g_string_new(NULL);
    TamisRenderOptions render = run->options->render;

    if (tamis_report_count(run->report) == 0)
        return;
    tamis_report_number(run->report);
    render.least = MIN(run->options->fail_on, TAMIS_SEVERITY_WARNING);
    tamis_render(text, run->report, run->options->format, &render);
    tamis_show(text->str, text->len);
}

/* Whether there is anything to refuse. */
static gboolean
is_refused(const Run *run)
{
    return tamis_report_count_severity(run->report, TAMIS_SEVERITY_ERROR) > 0;
}

static int
fail(const Run *run, const GError *error)
{
    if (g_error_matches(error, TAMIS_LAYOUT_ERROR, TAMIS_LAYOUT_ERROR_TEMPLATE))
        return tamis_complain_usage(run->verb, "%s", error->message);
    if (error->domain == TAMIS_PROOF_ERROR) {
        tamis_complain("this is a bug in tamis " TAMIS_VERSION ": %s", error->message);
        return TAMIS_EXIT_BUG;
    }
    if (!g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        tamis_complain("%s", error->message);
    return TAMIS_EXIT_UNREADABLE;
}

static gboolean
lower(gpointer data, const TamisShapes *shapes, TamisReport *report)
{
    Run *run = data;

    run->compile.shapes = shapes;
    return tamis_compile_all(&run->compile, run->output, report, &run->error);
}

/* Everything that `check` says, and on the way the scripts. FALSE: it failed, see error. */
static gboolean
check_and_compile(Run *run)
{
    const TamisLint lint = {
        .policy = run->policy,
        .server = run->server,
        .as_of = run->compile.as_of,
        .report = run->report,
        .lower = lower,
        .lower_data = run,
        .n_jobs = run->compile.n_jobs,
    };

    return tamis_lint_policy(&lint);
}

/* Of some errors no script can be made, even where an exception silences them. */
static int
complain_silenced(void)
{
    tamis_complain(
        "nothing is written: an exception silences an error that no script can be made of; "
        "'tamis check' names it once the exception is taken out");
    return TAMIS_EXIT_FINDINGS;
}

/* One script ------------------------------------------------------------------------------------ */

static const char *
suggest_mailbox(const TamisPolicy *policy, const char *address)
{
    g_autofree const char **addresses = g_new(const char *, MAX(policy->mailboxes->len, 1));

    for (guint i = 0; i < policy->mailboxes->len; i++)
        addresses[i] = tamis_policy_text(policy, tamis_policy_mailbox(policy, i)->address.text);
    return tamis_suggest(address, addresses, policy->mailboxes->len);
}

/* TAMIS_NO_INDEX: *out_status, all is said. */
static guint32
find_mailbox(const Run *run, int *out_status)
{
    const TamisPolicy *policy = run->policy;
    const char *wanted = run->words->mailbox;
    TamisAddress address;
    guint32 mailbox = TAMIS_NO_INDEX;
    const char *meant;

    if (wanted == NULL && policy->mailboxes->len == 1)
        return 0;
    if (wanted == NULL) {
        *out_status =
            tamis_complain_usage(run->verb, "'-o -' prints one script: say whose with --mailbox");
        return TAMIS_NO_INDEX;
    }
    if (tamis_address_parse(policy->strings, wanted, strlen(wanted), &address) == TAMIS_ADDRESS_OK)
        mailbox = tamis_policy_find_mailbox(policy, address.key);
    if (mailbox != TAMIS_NO_INDEX)
        return mailbox;
    meant = suggest_mailbox(policy, wanted);
    *out_status =
        meant != NULL
            ? tamis_complain_usage(run->verb, "there is no mailbox '%s'; did you mean '%s'?",
                                   wanted, meant)
            : tamis_complain_usage(run->verb, "there is no mailbox '%s'", wanted);
    return TAMIS_NO_INDEX;
}

static int
print_script(Run *run)
{
    g_autoptr(GString) script = g_string_new(NULL);
    g_autoptr(TamisReport) repeated = tamis_report_new(run->sources);
    int status = TAMIS_EXIT_OK;
    guint32 mailbox = find_mailbox(run, &status);

    if (mailbox == TAMIS_NO_INDEX)
        return status;
    if (!check_and_compile(run))
        return fail(run, run->error);
    show_findings(run);
    if (is_refused(run))
        return TAMIS_EXIT_FINDINGS;
    if (!tamis_proofs_compile_one(&run->compile, mailbox, script, repeated, &run->error))
        return run->error != NULL ? fail(run, run->error) : complain_silenced();
    tamis_write(script->str, script->len);
    return tamis_options_judge(run->options, run->report);
}

/* All scripts ----------------------------------------------------------------------------------- */

static void
add_texts(JsonBuilder *builder, const char *key, const GPtrArray *texts)
{
    json_builder_set_member_name(builder, key);
    json_builder_begin_array(builder);
    for (guint i = 0; i < texts->len; i++)
        json_builder_add_string_value(builder, g_ptr_array_index(texts, i));
    json_builder_end_array(builder);
}

static void
print_json(const Run *run, const TamisOutputResult *result, const GPtrArray *settings)
{
    const struct {
        const char *key;
        guint32 n;
    } counts[] = {{"version", 1},
                  {"mailboxes", run->policy->mailboxes->len},
                  {"created", result->n_created},
                  {"updated", result->n_updated},
                  {"unchanged", result->n_unchanged}};
    g_autoptr(JsonBuilder) builder = json_builder_new();
    g_autoptr(JsonNode) root = NULL;
    g_autofree char *text = NULL;

    json_builder_begin_object(builder);
    for (gsize i = 0; i < G_N_ELEMENTS(counts); i++) {
        tamis_json_add_number(builder, counts[i].key, counts[i].n);
    }
    add_texts(builder, "removed", result->removed);
    add_texts(builder, "restored", result->edited);
    add_texts(builder, "settings", settings);
    json_builder_end_object(builder);
    root = json_builder_get_root(builder);
    text = tamis_json_mend(json_to_string(root, TRUE));
    tamis_print("%s\n", text);
}

static void
print_changes(const Run *run, const TamisOutputResult *result)
{
    guint32 n = run->policy->mailboxes->len;
    const char *plural = n == 1 ? "" : "es";

    if (run->words->bundle != NULL) {
        tamis_print("compiled %u mailbox%s into '%s'\n", n, plural, run->words->bundle);
        return;
    }
    tamis_print("compiled %u mailbox%s: %u created, %u updated, %u unchanged, %u removed\n", n,
                plural, result->n_created, result->n_updated, result->n_unchanged,
                result->removed->len);
    for (guint i = 0; i < result->removed->len; i++)
        tamis_print("removed '%s'\n", (const char *)g_ptr_array_index(result->removed, i));
    for (guint i = 0; i < result->edited->len; i++)
        tamis_print("restored '%s', which was not as tamis had written it\n",
                    (const char *)g_ptr_array_index(result->edited, i));
}

static void
print_summary(const Run *run, const TamisOutputResult *result)
{
    g_autoptr(GPtrArray) settings = g_ptr_array_new_with_free_func(g_free);

    if (run->options->quiet || g_strcmp0(run->words->bundle, "-") == 0)
        return;
    tamis_needs_settings(&result->needs, run->server, settings);
    if (run->options->format == TAMIS_FORMAT_JSON) {
        print_json(run, result, settings);
        return;
    }
    print_changes(run, result);
    if (result->n_created + result->n_updated == 0)
        return;
    for (guint i = 0; i < settings->len; i++)
        tamis_print("the server needs '%s'\n", (const char *)g_ptr_array_index(settings, i));
}

static TamisOutput *
open_output(const Run *run, GError **error)
{
    const Words *words = run->words;
    TamisLayout *layout =
        tamis_layout_new(words->layout != NULL ? words->layout : TAMIS_LAYOUT_DEFAULT, error);

    if (layout == NULL)
        return NULL;
    return words->bundle != NULL ? tamis_output_bundle_new(words->bundle, layout, error)
                                 : tamis_output_directory_new(words->folder, layout, error);
}

static int
write_scripts(Run *run)
{
    g_autoptr(GError) error = NULL;
    g_auto(TamisOutputResult) result = {0};
    gboolean went_well;

    run->output = open_output(run, &error);
    if (run->output == NULL)
        return fail(run, error);
    tamis_output_keep_as_of(run->output, run->options->as_of == NULL);
    run->progress = tamis_progress_new("compiling", run->options->quiet);
    went_well = check_and_compile(run);
    g_clear_pointer(&run->progress, tamis_progress_free);
    if (!went_well)
        return fail(run, run->error);
    show_findings(run);
    if (is_refused(run))
        return TAMIS_EXIT_FINDINGS;
    if (!tamis_output_is_complete(run->output))
        return complain_silenced();
    if (!tamis_output_commit(run->output, &result, &error))
        return fail(run, error);
    print_summary(run, &result);
    return tamis_options_judge(run->options, run->report);
}

static int
write_scripts_or_nothing(Run *run)
{
    int status;

    tamis_interruption_catch();
    status = write_scripts(run);
    g_clear_pointer(&run->output, tamis_output_free);
    tamis_interruption_release();
    return status;
}

/* The verb -------------------------------------------------------------------------------------- */

/* 0, or the status to end with. */
static int
judge_words(const TamisVerb *verb, const Words *words, int n_files)
{
    gboolean prints = g_strcmp0(words->folder, "-") == 0;

    if (n_files != 1)
        return tamis_complain_usage(verb, n_files == 0 ? "a policy is missing"
                                                       : "one policy at a time, please");
    if (words->folder == NULL && words->bundle == NULL)
        return tamis_complain_usage(verb, "where to? say -o FOLDER or --bundle FILE");
    if (words->folder != NULL && words->bundle != NULL)
        return tamis_complain_usage(verb, "-o and --bundle exclude each other");
    if (words->mailbox != NULL && !prints)
        return tamis_complain_usage(
            verb, "--mailbox goes with '-o -' alone: a folder always has all mailboxes");
    if (words->layout != NULL && prints)
        return tamis_complain_usage(verb,
                                    "--layout says how files are called, and '-o -' writes none");
    if (g_strcmp0(words->folder, "") == 0 || g_strcmp0(words->bundle, "") == 0)
        return tamis_complain_usage(verb, "the name of the output is empty");
    return 0;
}

static int
compile_policy(Run *run, const char *path)
{
    g_autoptr(GError) error = NULL;
    int status = TAMIS_EXIT_OK;

    run->server = tamis_options_load_server(run->options, path, &status);
    if (run->server == NULL)
        return status;
    run->sources = tamis_sources_new();
    run->report = tamis_report_new(run->sources);
    run->policy = tamis_policy_load(run->sources, path, NULL, run->report, &error);
    if (run->policy == NULL)
        return fail(run, error);
    run->cancellable = g_cancellable_new();
    run->compile = (TamisCompile){
        .policy = run->policy,
        .server = run->server,
        .as_of = tamis_options_as_of(run->options, run->policy->zone),
        .n_jobs = run->options->n_jobs,
        .cancellable = run->cancellable,
        .progress = advance,
        .progress_data = run,
    };
    if (is_refused(run)) {
        check_and_compile(run);
        show_findings(run);
        return is_refused(run) ? TAMIS_EXIT_FINDINGS : complain_silenced();
    }
    return g_strcmp0(run->words->folder, "-") == 0 ? print_script(run)
                                                   : write_scripts_or_nothing(run);
}

static int
run_compile(const TamisVerb *verb, int argc, char **argv)
{
    g_auto(Words) words = {NULL};
    g_auto(TamisOptions) options = {NULL};
    g_auto(Run) run = {.verb = verb, .options = &options, .words = &words};
    const GOptionEntry entries[] = {
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &words.folder,
         "the folder of the scripts and manifest.json; '-' prints one script", "FOLDER"},
        {"mailbox", 0, 0, G_OPTION_ARG_FILENAME, &words.mailbox, "whose script '-o -' prints",
         "ADDRESS"},
        {"layout", 0, 0, G_OPTION_ARG_FILENAME, &words.layout,
         "how files are called: %u address, %n local part, %d domain (default '%u.sieve')",
         "TEMPLATE"},
        {"bundle", 0, 0, G_OPTION_ARG_FILENAME, &words.bundle,
         "one tar archive instead of a folder", "FILE"},
        {NULL},
    };
    int status;

    if (!tamis_options_parse(verb, entries,
                             TAMIS_TAKES_SERVER | TAMIS_TAKES_AS_OF | TAMIS_TAKES_FORMAT |
                                 TAMIS_TAKES_FAIL_ON | TAMIS_TAKES_JOBS | TAMIS_TAKES_QUIET |
                                 TAMIS_TAKES_COLOR | TAMIS_FINDINGS_ON_STDERR,
                             &options, &argc, argv, &status))
        return status;
    status = judge_words(verb, &words, argc - 1);
    return status != 0 ? status : compile_policy(&run, argv[1]);
}

const TamisVerb tamis_verb_compile = {
    .name = "compile",
    .arguments = "FILE",
    .summary = "writes one Sieve script for each mailbox of a policy",
    .examples =
        "  tamis compile policy.tamis -o scripts\n"
        "  tamis compile policy.tamis -o - --mailbox info@acme.example\n\n"
        "Nothing is written when the policy has an error. Scripts that are the same are left\n"
        "untouched; the others are replaced, and those of mailboxes that are gone removed, all\n"
        "or none: a run that is interrupted is finished by the next one, or never began. A file\n"
        "that tamis did not write is never replaced: the run ends with status 2 and names it.",
    .run = run_compile,
};
