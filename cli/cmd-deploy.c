/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * tamis deploy: from the policy to what runs. The plan is shown and asked about, then done and read back. With
 * --yes each mailbox is planned and done in one visit. */
#include "cli/include-check.h"
#include "cli/interruption.h"
#include "cli/outcomes.h"
#include "cli/place.h"
#include "cli/progress.h"
#include "cli/scripts.h"
#include "deploy/lock.h"

#include <string.h>

typedef struct {
    char *to, *coexist, *journal;
    int n_canary, n_attempts;
    double per_second;
    gboolean yes, dry_run, prune, trust_journal, no_diff;
} Words;

static void
words_clear(Words *words)
{
    g_free(words->to);
    g_free(words->coexist);
    g_free(words->journal);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Words, words_clear)

typedef struct {
    const TamisVerb *verb;
    const TamisOptions *options;
    const Words *words;
    TamisCoexist coexist;
    TamisIncludeRules include;
    TamisScripts scripts;
    TamisAccessOwner access;
    TamisStore *store;
    TamisLock *lock;
    char *journal_path;
    TamisDeployJournal *journal;
    TamisDeployJournalHistory *history;
    GPtrArray *mailboxes; /* of all that is wanted, lent */
    GPtrArray *gone;      /* those that the policy no longer has */
    guint32 n_left; /* mailboxes that the policy no longer has, and that nobody asked to prune */
    TamisProgress *progress;
} Run;

static void
run_clear(Run *run)
{
    tamis_scripts_clear(&run->scripts);
    tamis_store_free(run->store);
    tamis_access_owner_clear(&run->access);
    tamis_deploy_journal_free(run->journal);
    tamis_deploy_journal_history_free(run->history);
    tamis_lock_free(run->lock);
    g_clear_pointer(&run->mailboxes, g_ptr_array_unref);
    g_clear_pointer(&run->gone, g_ptr_array_unref);
    g_free(run->journal_path);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Run, run_clear)

static void
advance(guint32 n_done, guint32 n_all, gpointer data)
{
    tamis_progress_update(((Run *)data)->progress, n_done, n_all);
}

/* What is to be done ---------------------------------------------------------------------------- */

static gint
compare_strings(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Mailboxes with a script of Tamis, by the journal, that the policy no longer has; sorted. */
static GPtrArray *
find_gone(const Run *run)
{
    g_autoptr(GHashTable) wanted = g_hash_table_new(g_str_hash, g_str_equal);
    GPtrArray *sorted = g_ptr_array_new_with_free_func(g_free);
    GHashTableIter each;
    gpointer mailbox;

    for (guint i = 0; i < run->scripts.wanted->len; i++)
        g_hash_table_add(wanted,
                         (gpointer)g_array_index(run->scripts.wanted, TamisWanted, i).mailbox);
    g_hash_table_iter_init(&each, run->history->states);
    while (g_hash_table_iter_next(&each, &mailbox, NULL))
        if (!g_hash_table_contains(wanted, mailbox))
            g_ptr_array_add(sorted, g_strdup(mailbox));
    g_ptr_array_sort(sorted, compare_strings);
    return sorted;
}

static void
add_gone(Run *run)
{
    run->gone = find_gone(run);
    run->n_left = run->words->prune ? 0 : run->gone->len;
    for (guint i = 0; i < run->gone->len && run->words->prune; i++) {
        const char *mailbox = g_ptr_array_index(run->gone, i);
        TamisWanted wanted;
        tamis_wanted_init(&wanted, mailbox, NULL, 0, G_MAXINT64);
        g_array_append_val(run->scripts.wanted, wanted);
        g_ptr_array_add(run->mailboxes, (gpointer)mailbox);
    }
}

static TamisDeploy
deploy_of(Run *run)
{
    const Words *words = run->words;

    return (TamisDeploy){
        .store = run->store,
        .wanted = (const TamisWanted *)run->scripts.wanted->data,
        .n_wanted = run->scripts.wanted->len,
        .rules = {.coexist = run->coexist,
                  .has_include = run->store->has_include,
                  .include_check = tamis_include_check,
                  .include_data = &run->include},
        .with_diff = !words->no_diff && !run->options->quiet,
        .n_jobs = run->options->n_jobs,
        .n_attempts = (guint)words->n_attempts,
        .n_canary = (guint32)words->n_canary,
        .per_second = words->per_second,
        .known = run->history,
        .trust_journal = words->trust_journal,
        .progress = advance,
        .progress_data = run,
        .interruption = tamis_interruption(),
    };
}

/* Doing it -------------------------------------------------------------------------------------- */

static TamisOutcomes
outcomes_of(const Run *run, const TamisOutcome *outcomes, gboolean is_plan)
{
    return (TamisOutcomes){
        .mailboxes = (const char *const *)run->mailboxes->pdata,
        .outcomes = outcomes,
        .n = run->scripts.wanted->len,
        .is_plan = is_plan,
        .is_one_place = run->store->is_one_place,
        .to = run->store->url,
        .run = run->journal != NULL ? tamis_deploy_journal_get_run(run->journal) : NULL,
        .journal = run->journal != NULL ? run->journal_path : NULL,
    };
}

static TamisOutcome *
visit_all(Run *run, const TamisDeploy *deploy)
{
    TamisOutcome *outcomes;

    run->progress =
        tamis_progress_new(deploy->apply ? "deploying" : "looking", run->options->quiet);
    outcomes = tamis_deploy_run(deploy);
    g_clear_pointer(&run->progress, tamis_progress_free);
    return outcomes;
}

static void
show(const Run *run, const TamisOutcomes *outcomes)
{
    if (run->options->format == TAMIS_FORMAT_JSON) {
        tamis_outcomes_print_json(outcomes);
        return;
    }
    tamis_outcomes_print_text(outcomes, run->options->quiet);
    if (run->n_left > 0 && !run->options->quiet)
        tamis_print(
            "%u mailbox%s more that the policy no longer has: --prune removes the script%s\n",
            run->n_left, run->n_left == 1 ? "" : "es", run->n_left == 1 ? "" : "s");
}

static gboolean
begin_journal(Run *run, GError **error)
{
    g_autofree char *who = tamis_place_who();
    TamisDeployJournalRun record = {
        .verb = "deploy",
        .who = who,
        .to = run->store->url,
        .login = run->options->access.login,
        .policy_sha256 = run->scripts.policy_sha256,
        .n_mailboxes = run->scripts.wanted->len,
    };

    run->journal = tamis_deploy_journal_open(run->journal_path, error);
    return run->journal != NULL && tamis_deploy_journal_begin(run->journal, &record, error);
}

static int
end(Run *run, const TamisOutcomes *outcomes)
{
    g_autoptr(GError) error = NULL;
    guint32 counts[TAMIS_N_CHANGES];

    show(run, outcomes);
    tamis_outcomes_count(outcomes, counts);
    /* A run that was interrupted has no end, and the next one sees that. */
    if (*tamis_interruption() == 0 && !tamis_deploy_journal_end(run->journal, counts, &error))
        return tamis_place_fail(error);
    return tamis_outcomes_judge(outcomes);
}

static int
apply(Run *run, TamisDeploy *deploy)
{
    g_autoptr(GError) error = NULL;
    TamisOutcome *result;
    TamisOutcomes outcomes;
    int status;

    if (!begin_journal(run, &error))
        return tamis_place_fail(error);
    deploy->apply = TRUE;
    deploy->journal = run->journal;
    result = visit_all(run, deploy);
    outcomes = outcomes_of(run, result, FALSE);
    status = end(run, &outcomes);
    tamis_outcomes_free(result, outcomes.n);
    return status;
}

static gboolean
has_something_to_do(const TamisOutcomes *outcomes)
{
    guint32 counts[TAMIS_N_CHANGES];

    tamis_outcomes_count(outcomes, counts);
    return counts[TAMIS_CHANGE_CREATED] + counts[TAMIS_CHANGE_UPDATED] +
               counts[TAMIS_CHANGE_REMOVED] >
           0;
}

/* Shows the plan; and, after a yes, does it. */
static int
plan_and_apply(Run *run, TamisDeploy *deploy)
{
    TamisOutcome *planned = visit_all(run, deploy);
    TamisOutcomes outcomes = outcomes_of(run, planned, TRUE);
    int status = tamis_outcomes_judge(&outcomes);

    show(run, &outcomes);
    if (!run->words->dry_run && has_something_to_do(&outcomes) && *tamis_interruption() == 0) {
        g_autofree char *question = g_strdup_printf("Apply this to '%s'?", run->store->url);
        status = TAMIS_EXIT_FINDINGS;
        deploy->planned = planned;
        deploy->with_diff = FALSE;
        if (tamis_place_ask(question))
            status = apply(run, deploy);
    }
    tamis_outcomes_free(planned, outcomes.n);
    return status;
}

static gboolean
take_lock(Run *run, GError **error)
{
    g_autofree char *folder = tamis_place_locks();
    g_autofree char *who = tamis_place_who();

    if (run->words->dry_run)
        return TRUE;
    run->lock = tamis_lock_take(folder, run->store->url, who, error);
    return run->lock != NULL;
}

static int
deploy_scripts(Run *run, const char *path)
{
    g_autoptr(GError) error = NULL;
    TamisDeploy deploy;
    int status = tamis_access_open(run->verb, run->options, run->words->to, &run->access);

    if (status != 0)
        return status;
    run->store = tamis_store_new(run->words->to, &run->access.access, &error);
    if (run->store == NULL)
        return tamis_place_fail(error);
    status = tamis_scripts_load(run->verb, run->options, path, &run->scripts);
    if (status != 0)
        return status;
    run->journal_path = run->words->journal != NULL ? g_strdup(run->words->journal)
                                                    : tamis_place_journal(run->store->url);
    if (!take_lock(run, &error))
        return tamis_place_fail(error);
    run->history = tamis_deploy_journal_read(run->journal_path, run->store->url, FALSE, &error);
    if (run->history == NULL)
        return tamis_place_fail(error);
    if (run->history->unfinished != NULL && !run->options->quiet)
        tamis_complain("the last run, %s, was interrupted: this one goes on where it ended",
                       run->history->unfinished);
    run->mailboxes = g_ptr_array_new();
    for (guint i = 0; i < run->scripts.wanted->len; i++)
        g_ptr_array_add(run->mailboxes,
                        (gpointer)g_array_index(run->scripts.wanted, TamisWanted, i).mailbox);
    add_gone(run);
    run->include =
        (TamisIncludeRules){run->scripts.server, tamis_options_as_of(run->options, NULL)};
    deploy = deploy_of(run);
    return run->words->yes && !run->words->dry_run ? apply(run, &deploy)
                                                   : plan_and_apply(run, &deploy);
}

/* The verb -------------------------------------------------------------------------------------- */

/* 0, or the status to end with. */
static int
judge_words(const TamisVerb *verb, const Words *words, int n_files, TamisCoexist *out_coexist)
{
    if (n_files != 1)
        return tamis_complain_usage(verb, n_files == 0 ? "a policy or a compiled folder is missing"
                                                       : "one at a time, please");
    if (words->to == NULL)
        return tamis_complain_usage(verb, "where to? say --to URL");
    *out_coexist = TAMIS_COEXIST_REFUSE;
    if (g_strcmp0(words->coexist, "include") == 0)
        *out_coexist = TAMIS_COEXIST_INCLUDE;
    else if (g_strcmp0(words->coexist, "replace") == 0)
        *out_coexist = TAMIS_COEXIST_REPLACE;
    else if (words->coexist != NULL && !g_str_equal(words->coexist, "refuse"))
        return tamis_complain_usage(verb, "--coexist takes refuse, include or replace, not '%s'",
                                    words->coexist);
    if (words->n_canary < 0)
        return tamis_complain_usage(verb, "--canary takes a number of mailboxes, not '%d'",
                                    words->n_canary);
    if (words->n_attempts < 0 || words->n_attempts > 100)
        return tamis_complain_usage(verb, "--attempts takes a number from 1 to 100, not '%d'",
                                    words->n_attempts);
    if (words->per_second < 0)
        return tamis_complain_usage(verb, "--rate takes changes a second, not '%g'",
                                    words->per_second);
    return 0;
}

static int
run_deploy(const TamisVerb *verb, int argc, char **argv)
{
    g_auto(Words) words = {NULL};
    g_auto(TamisOptions) options = {NULL};
    g_auto(Run) run = {.verb = verb, .options = &options, .words = &words};
    const GOptionEntry entries[] = {
        {"to", 0, 0, G_OPTION_ARG_FILENAME, &words.to,
         "managesieve://HOST, directory:PATH, doveadm:, dict:…", "URL"},
        {"yes", 'y', 0, G_OPTION_ARG_NONE, &words.yes, "apply the plan without asking", NULL},
        {"dry-run", 'n', 0, G_OPTION_ARG_NONE, &words.dry_run, "show the plan and end", NULL},
        {"coexist", 0, 0, G_OPTION_ARG_FILENAME, &words.coexist,
         "where a mailbox has a script of its own: refuse (the default), include or replace",
         "HOW"},
        {"prune", 0, 0, G_OPTION_ARG_NONE, &words.prune,
         "remove the scripts of mailboxes that the policy no longer has", NULL},
        {"canary", 0, 0, G_OPTION_ARG_INT, &words.n_canary,
         "change N mailboxes first, and no other when one of them fails", "N"},
        {"attempts", 0, 0, G_OPTION_ARG_INT, &words.n_attempts,
         "how often what may pass is tried (default 5)", "N"},
        {"rate", 0, 0, G_OPTION_ARG_DOUBLE, &words.per_second, "at most N changes a second", "N"},
        {"journal", 0, 0, G_OPTION_ARG_FILENAME, &words.journal,
         "the record of all runs (default one a URL, in the user's state folder)", "FILE"},
        {"trust-journal", 0, 0, G_OPTION_ARG_NONE, &words.trust_journal,
         "pass over mailboxes that have this script by the journal, without a look", NULL},
        {"no-diff", 0, 0, G_OPTION_ARG_NONE, &words.no_diff, "do not show what changes in scripts",
         NULL},
        {NULL},
    };
    int status;

    if (!tamis_options_parse(verb, entries,
                             TAMIS_TAKES_SERVER | TAMIS_TAKES_AS_OF | TAMIS_TAKES_FORMAT |
                                 TAMIS_TAKES_JOBS | TAMIS_TAKES_QUIET | TAMIS_TAKES_COLOR |
                                 TAMIS_TAKES_ACCESS | TAMIS_FINDINGS_ON_STDERR,
                             &options, &argc, argv, &status))
        return status;
    status = judge_words(verb, &words, argc - 1, &run.coexist);
    if (status != 0)
        return status;
    tamis_interruption_catch();
    status = deploy_scripts(&run, argv[1]);
    tamis_interruption_release();
    return status;
}

const TamisVerb tamis_verb_deploy = {
    .name = "deploy",
    .arguments = "FILE|FOLDER",
    .summary = "brings the scripts of a policy to a server, mailbox by mailbox",
    .examples =
        "  tamis deploy policy.tamis --to managesieve://mail.acme.example --login admin\n"
        "  tamis deploy scripts --to directory:/var/vmail/%d/%n --yes\n\n"
        "The plan is shown and asked about. For each mailbox the new script is stored beside the\n"
        "old one, read back, and only then made active. A script that tamis did not write is left\n"
        "alone unless --coexist says otherwise. The exit status is 1 where a mailbox failed or "
        "was\n"
        "refused. 'tamis rollback' takes the run back.",
    .run = run_deploy,
};
