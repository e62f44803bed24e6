/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * tamis rollback: back to what ran before the last deployment of a journal. */
#include "cli/deployment.h"
#include "cli/interruption.h"
#include "cli/place.h"

static TamisOutcome *
visit(const TamisDeployment *deployment, const TamisDeploy *deploy)
{
    return tamis_deploy_undo(deploy, deployment->history);
}

static int
take_back(TamisDeployment *deployment)
{
    const TamisDeployJournalHistory *history = deployment->history;
    TamisDeploy deploy = {.store = deployment->store};
    g_autofree char *question = g_strdup_printf("Take back the deployment of %s to '%s'?",
                                                history->undoable_at, deployment->store->url);
    const TamisDeploymentWork work = {
        .visit = visit,
        .doing = "taking back",
        .question = question,
        .is_always_asked = TRUE, /* once it is taken back, the one before it can be */
        .record = {.verb = "rollback", .undoes = history->undoable},
    };

    deployment->mailboxes = g_ptr_array_new();
    for (guint i = 0; i < history->changes->len; i++)
        g_ptr_array_add(
            deployment->mailboxes,
            ((TamisDeployJournalChange *)g_ptr_array_index(history->changes, i))->mailbox);
    return tamis_deployment_run(deployment, &deploy, &work);
}

static int
read_journal(TamisDeployment *deployment)
{
    int status;

    if (!g_file_test(deployment->journal_path, G_FILE_TEST_EXISTS)) {
        tamis_complain("there is no journal '%s'", deployment->journal_path);
        return TAMIS_EXIT_UNREADABLE;
    }
    status = tamis_deployment_read_journal(deployment, NULL, TRUE);
    if (status != 0 || deployment->history->undoable != NULL)
        return status;
    tamis_complain("'%s' has no deployment that was not taken back", deployment->journal_path);
    return TAMIS_EXIT_FINDINGS;
}

static int
rollback(TamisDeployment *deployment)
{
    int status = read_journal(deployment);

    if (status == 0)
        status = tamis_deployment_open(deployment, deployment->history->undoable_to);
    if (status == 0)
        status = tamis_deployment_lock(deployment);
    return status != 0 ? status : take_back(deployment);
}

static int
run_rollback(const TamisVerb *verb, int argc, char **argv)
{
    g_auto(TamisOptions) options = {NULL};
    g_auto(TamisDeployment) run = {.verb = verb, .options = &options};
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
