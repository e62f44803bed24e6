/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * tamis deploy: from the policy to what runs. The plan is shown and asked about, then done and read back. */
#include "cli/deployment.h"
#include "cli/include-check.h"
#include "cli/interruption.h"
#include "cli/place.h"
#include "cli/prune.h"
#include "cli/scripts.h"

#include <float.h>

#define MOST_ATTEMPTS 100
#define NO_RATE       (-DBL_MAX)
#define LEAST_RATE    1e-3
#define MOST_RATE     1e6

typedef struct {
    char *to, *coexist, *journal, *prune_max;
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
    g_free(words->prune_max);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Words, words_clear)

typedef struct {
    const Words *words;
    TamisDeployment deployment;
    TamisScripts scripts;
    TamisCoexist coexist;
    TamisPruneLimit prune_limit;
    TamisIncludeRules include;
    GPtrArray *gone; /* mailboxes that the policy no longer has */
    char *remark;
} Run;

static void
run_clear(Run *run)
{
    tamis_scripts_clear(&run->scripts);
    tamis_deployment_clear(&run->deployment);
    g_clear_pointer(&run->gone, g_ptr_array_unref);
    g_free(run->remark);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Run, run_clear)

/* What the policy no longer has: with --prune it is to be removed as well, else it is told. 0, or the status to
 * end with. */
static int
take_gone(Run *run)
{
    TamisDeployment *deployment = &run->deployment;
    guint n_known = g_hash_table_size(deployment->history->states);

    run->gone = tamis_prune_find(deployment->history, run->scripts.wanted);
    if (run->gone->len == 0)
        return 0;
    if (!run->words->prune) {
        deployment->remark = run->remark = g_strdup_printf(
            "%u mailbox%s more that the policy no longer has: --prune removes the script%s\n",
            run->gone->len, run->gone->len == 1 ? "" : "es", run->gone->len == 1 ? "" : "s");
        return 0;
    }
    if (!tamis_prune_allows(&run->prune_limit, run->gone->len, n_known)) {
        tamis_prune_complain(&run->prune_limit, run->gone, n_known);
        return TAMIS_EXIT_FINDINGS;
    }
    for (guint i = 0; i < run->gone->len; i++) {
        TamisWanted wanted;
        tamis_wanted_init(&wanted, g_ptr_array_index(run->gone, i), NULL, 0, G_MAXINT64);
        g_array_append_val(run->scripts.wanted, wanted);
    }
    return 0;
}

static int
read_journal(Run *run)
{
    TamisDeployment *deployment = &run->deployment;
    const char *url = deployment->store->url;
    int status;

    deployment->journal_path =
        run->words->journal != NULL ? g_strdup(run->words->journal) : tamis_place_journal(url);
    status = tamis_deployment_read_journal(deployment, url, FALSE);
    if (status == 0 && deployment->history->unfinished != NULL && !deployment->options->quiet)
        tamis_complain("the last run, %s, was interrupted: this one goes on where it ended",
                       deployment->history->unfinished);
    return status;
}

static TamisOutcome *
visit(const TamisDeployment *deployment, const TamisDeploy *deploy)
{
    return tamis_deploy_run(deploy);
}

static int
deploy_all(Run *run)
{
    TamisDeployment *deployment = &run->deployment;
    const Words *words = run->words;
    const GArray *wanted = run->scripts.wanted;
    TamisDeploy deploy = {
        .wanted = (const TamisWanted *)wanted->data,
        .n_wanted = wanted->len,
        .rules = {.coexist = run->coexist,
                  .has_include = deployment->store->has_include,
                  .include_check = tamis_include_check,
                  .include_data = &run->include},
        .with_diff = !words->no_diff && !deployment->options->quiet,
        .n_attempts = (guint)words->n_attempts,
        .n_canary = (guint32)words->n_canary,
        .per_second = MAX(words->per_second, 0),
        .known = deployment->history,
        .trust_journal = words->trust_journal,
    };
    g_autofree char *question = g_strdup_printf("Apply this to '%s'?", deployment->store->url);
    const TamisDeploymentWork work = {
        .visit = visit,
        .doing = "deploying",
        .question = question,
        .record = {.verb = "deploy", .policy_sha256 = run->scripts.policy_sha256},
    };

    deployment->mailboxes = g_ptr_array_new();
    for (guint i = 0; i < wanted->len; i++)
        g_ptr_array_add(deployment->mailboxes,
                        (gpointer)g_array_index(wanted, TamisWanted, i).mailbox);
    run->include =
        (TamisIncludeRules){run->scripts.server, tamis_options_as_of(deployment->options, NULL)};
    return tamis_deployment_run(deployment, &deploy, &work);
}

static int
deploy_scripts(Run *run, const char *path)
{
    TamisDeployment *deployment = &run->deployment;
    int status = tamis_deployment_open(deployment, run->words->to);

    if (status == 0)
        status = tamis_scripts_load(deployment->verb, deployment->options, path, &run->scripts);
    if (status == 0)
        status = tamis_deployment_lock(deployment);
    if (status == 0)
        status = read_journal(run);
    if (status == 0)
        status = take_gone(run);
    return status != 0 ? status : deploy_all(run);
}

/* The verb -------------------------------------------------------------------------------------- */

/* 0, or the status to end with. */
static int
judge_words(const TamisVerb *verb, const Words *words, int n_files, Run *run)
{
    if (n_files != 1)
        return tamis_complain_usage(verb, n_files == 0 ? "a policy or a compiled folder is missing"
                                                       : "one at a time, please");
    if (words->to == NULL)
        return tamis_complain_usage(verb, "where to? say --to URL");
    run->coexist = TAMIS_COEXIST_REFUSE;
    if (g_strcmp0(words->coexist, "include") == 0)
        run->coexist = TAMIS_COEXIST_INCLUDE;
    else if (g_strcmp0(words->coexist, "replace") == 0)
        run->coexist = TAMIS_COEXIST_REPLACE;
    else if (words->coexist != NULL && !g_str_equal(words->coexist, "refuse"))
        return tamis_complain_usage(verb, "--coexist takes refuse, include or replace, not '%s'",
                                    words->coexist);
    if (!tamis_prune_limit_parse(words->prune_max, &run->prune_limit))
        return tamis_complain_usage(
            verb, "--prune-max takes a number of mailboxes or a share ('20%%'), not '%s'",
            words->prune_max);
    if (words->prune_max != NULL && !words->prune)
        return tamis_complain_usage(verb, "--prune-max says how many --prune may remove");
    if (words->n_canary < 0)
        return tamis_complain_usage(verb, "--canary takes a number of mailboxes, not '%d'",
                                    words->n_canary);
    if (words->n_attempts < 1 || words->n_attempts > MOST_ATTEMPTS)
        return tamis_complain_usage(verb, "--attempts takes a number from 1 to %d, not '%d'",
                                    MOST_ATTEMPTS, words->n_attempts);
    if (words->per_second != NO_RATE &&
        !(words->per_second >= LEAST_RATE && words->per_second <= MOST_RATE))
        return tamis_complain_usage(
            verb,
            "--rate takes changes a second, from %g (one in a thousand seconds) to %.0f, not '%g'",
            LEAST_RATE, MOST_RATE, words->per_second);
    return 0;
}

static int
run_deploy(const TamisVerb *verb, int argc, char **argv)
{
    g_auto(Words) words = {.n_attempts = TAMIS_DEPLOY_ATTEMPTS, .per_second = NO_RATE};
    g_auto(TamisOptions) options = {NULL};
    g_auto(Run) run = {.words = &words, .deployment = {.verb = verb, .options = &options}};
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
        {"prune-max", 0, 0, G_OPTION_ARG_STRING, &words.prune_max,
         "how many that may be, or which share (default 10% of those that were deployed, and 5)",
         "N|N%"},
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
    status = judge_words(verb, &words, argc - 1, &run);
    if (status != 0)
        return status;
    run.deployment.yes = words.yes;
    run.deployment.dry_run = words.dry_run;
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
