/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * tamis rollback: back to what ran before the last deployment of a journal. */
#include "cli/interruption.h"
#include "cli/outcomes.h"
#include "cli/place.h"
#include "cli/progress.h"
#include "deploy/lock.h"

typedef struct {
    const TamisVerb *verb;
    const TamisOptions *options;
    char *journal_path;
    gboolean yes, dry_run;
    TamisAccessOwner access;
    TamisStore *store;
    TamisLock *lock;
    TamisDeployJournal *journal;
    TamisDeployJournalHistory *history;
    GPtrArray *mailboxes; /* lent */
    TamisProgress *progress;
} Run;

static void
run_clear(Run *run)
{
    tamis_store_free(run->store);
    tamis_access_owner_clear(&run->access);
    tamis_deploy_journal_free(run->journal);
    tamis_deploy_journal_history_free(run->history);
    tamis_lock_free(run->lock);
    g_clear_pointer(&run->mailboxes, g_ptr_array_unref);
    g_free(run->journal_path);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Run, run_clear)

static void
advance(guint32 n_done, guint32 n_all, gpointer data)
{
    tamis_progress_update(((Run *)data)->progress, n_done, n_all);
}

static TamisOutcome *
undo(Run *run, TamisDeploy *deploy)
{
    TamisOutcome *outcomes;

    run->progress = tamis_progress_new("taking back", run->options->quiet);
    outcomes = tamis_deploy_undo(deploy, run->history);
    g_clear_pointer(&run->progress, tamis_progress_free);
    return outcomes;
}

/* 0 where all went well so far, and there is more to do. */
static int
show(const Run *run, const TamisOutcome *result, gboolean is_plan)
{
    const TamisOutcomes outcomes = {
        .mailboxes = (const char *const *)run->mailboxes->pdata,
        .outcomes = result,
        .n = run->history->changes->len,
        .is_plan = is_plan,
        .is_one_place = run->store->is_one_place,
        .to = run->store->url,
        .run = run->journal != NULL ? tamis_deploy_journal_get_run(run->journal) : NULL,
        .journal = is_plan ? NULL : run->journal_path,
    };
    g_autoptr(GError) error = NULL;
    guint32 counts[TAMIS_N_CHANGES];

    if (run->options->format == TAMIS_FORMAT_JSON)
        tamis_outcomes_print_json(&outcomes);
    else
        tamis_outcomes_print_text(&outcomes, run->options->quiet);
    tamis_outcomes_count(&outcomes, counts);
    if (!is_plan && *tamis_interruption() == 0 &&
        !tamis_deploy_journal_end(run->journal, counts, &error))
        return tamis_place_fail(error);
    return tamis_outcomes_judge(&outcomes);
}

static gboolean
begin_journal(Run *run, GError **error)
{
    g_autofree char *who = tamis_place_who();
    TamisDeployJournalRun record = {
        .verb = "rollback",
        .who = who,
        .to = run->store->url,
        .login = run->options->access.login,
        .undoes = run->history->undoable,
        .n_mailboxes = run->history->changes->len,
    };

    return tamis_deploy_journal_begin(run->journal, &record, error);
}

static int
apply(Run *run, TamisDeploy *deploy)
{
    g_autoptr(GError) error = NULL;
    TamisOutcome *result;
    int status;

    if (!begin_journal(run, &error))
        return tamis_place_fail(error);
    deploy->apply = TRUE;
    deploy->journal = run->journal;
    result = undo(run, deploy);
    status = show(run, result, FALSE);
    tamis_outcomes_free(result, run->history->changes->len);
    return status;
}

static int
take_back(Run *run)
{
    TamisDeploy deploy = {
        .store = run->store,
        .n_jobs = run->options->n_jobs,
        .progress = advance,
        .progress_data = run,
        .interruption = tamis_interruption(),
    };
    g_autofree char *question = NULL;
    TamisOutcome *planned;
    int status;

    run->mailboxes = g_ptr_array_new();
    for (guint i = 0; i < run->history->changes->len; i++)
        g_ptr_array_add(
            run->mailboxes,
            ((TamisDeployJournalChange *)g_ptr_array_index(run->history->changes, i))->mailbox);
    if (run->yes && !run->dry_run)
        return apply(run, &deploy);
    planned = undo(run, &deploy);
    status = show(run, planned, TRUE);
    tamis_outcomes_free(planned, run->history->changes->len);
    if (run->dry_run)
        return status;
    question = g_strdup_printf("Take back the deployment of %s to '%s'?", run->history->undoable_at,
                               run->store->url);
    return tamis_place_ask(question) ? apply(run, &deploy) : TAMIS_EXIT_FINDINGS;
}

static int
rollback(Run *run)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *locks = tamis_place_locks();
    g_autofree char *who = tamis_place_who();
    int status;

    /* Before it is read: nobody adds to it from here on. */
    if (!g_file_test(run->journal_path, G_FILE_TEST_EXISTS)) {
        tamis_complain("there is no journal '%s'", run->journal_path);
        return TAMIS_EXIT_UNREADABLE;
    }
    if (!run->dry_run &&
        (run->journal = tamis_deploy_journal_open(run->journal_path, &error)) == NULL)
        return tamis_place_fail(error);
    run->history = tamis_deploy_journal_read(run->journal_path, NULL, TRUE, &error);
    if (run->history == NULL)
        return tamis_place_fail(error);
    if (run->history->undoable == NULL) {
        tamis_complain("'%s' has no deployment that was not taken back", run->journal_path);
        return TAMIS_EXIT_FINDINGS;
    }
    status = tamis_access_open(run->verb, run->options, run->history->undoable_to, &run->access);
    if (status != 0)
        return status;
    run->store = tamis_store_new(run->history->undoable_to, &run->access.access, &error);
    if (run->store == NULL)
        return tamis_place_fail(error);
    if (!run->dry_run) {
        run->lock = tamis_lock_take(locks, run->store->url, who, &error);
        if (run->lock == NULL)
            return tamis_place_fail(error);
    }
    return take_back(run);
}

static int
run_rollback(const TamisVerb *verb, int argc, char **argv)
{
    g_auto(TamisOptions) options = {NULL};
    g_auto(Run) run = {.verb = verb, .options = &options};
    const GOptionEntry entries[] = {
        {"journal", 0, 0, G_OPTION_ARG_FILENAME, &run.journal_path, "of the deployment", "FILE"},
        {"yes", 'y', 0, G_OPTION_ARG_NONE, &run.yes, "do it without asking", NULL},
        {"dry-run", 'n', 0, G_OPTION_ARG_NONE, &run.dry_run, "show what would be done and end",
         NULL},
        {NULL},
    };
    int status;

    if (!tamis_options_parse(verb, entries,
                             TAMIS_TAKES_FORMAT | TAMIS_TAKES_JOBS | TAMIS_TAKES_QUIET |
                                 TAMIS_TAKES_COLOR | TAMIS_TAKES_ACCESS,
                             &options, &argc, argv, &status))
        return status;
    if (argc > 1)
        return tamis_complain_usage(verb, "what is '%s' for? the journal has all that it takes",
                                    argv[1]);
    if (run.journal_path == NULL)
        return tamis_complain_usage(verb, "which deployment? say --journal FILE");
    tamis_interruption_catch();
    status = rollback(&run);
    tamis_interruption_release();
    return status;
}

const TamisVerb tamis_verb_rollback = {
    .name = "rollback",
    .arguments = "",
    .summary = "takes the last deployment of a journal back",
    .examples =
        "  tamis rollback --journal acme.jsonl --login admin\n\n"
        "What ran before runs again, in every mailbox where nothing else was changed since.\n"
        "Once more takes back the deployment before that.",
    .run = run_rollback,
};
