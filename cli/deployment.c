/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where nobody reads the plan (--quiet, JSON) and nobody is asked (--yes), each mailbox is looked at and changed
 * in one visit. */
#include "cli/deployment.h"

#include "cli/interruption.h"
#include "cli/place.h"

void
tamis_deployment_clear(TamisDeployment *deployment)
{
    tamis_store_free(deployment->store);
    tamis_access_owner_clear(&deployment->access);
    tamis_deploy_journal_free(deployment->journal);
    tamis_deploy_journal_history_free(deployment->history);
    tamis_lock_free(deployment->lock);
    g_clear_pointer(&deployment->mailboxes, g_ptr_array_unref);
    g_free(deployment->journal_path);
}

int
tamis_deployment_open(TamisDeployment *deployment, const char *url)
{
    g_autoptr(GError) error = NULL;

    /* Before a password is looked for. */
    deployment->store = tamis_store_new(url, &deployment->access.access, &error);
    if (deployment->store == NULL)
        return tamis_place_fail(error);
    int status = tamis_access_open(deployment->verb, deployment->options, url, &deployment->access);
    deployment->access.access.interruption = tamis_interruption();
    return status;
}

int
tamis_deployment_lock(TamisDeployment *deployment)
{
    g_autofree char *folder = tamis_place_locks();
    g_autofree char *who = tamis_place_who();
    g_autoptr(GError) error = NULL;

    if (deployment->dry_run)
        return 0;
    deployment->lock = tamis_lock_take(folder, deployment->store->url, who, &error);
    return deployment->lock != NULL ? 0 : tamis_place_fail(error);
}

int
tamis_deployment_read_journal(TamisDeployment *deployment, const char *to, gboolean with_changes)
{
    const char *path = deployment->journal_path;
    g_autoptr(GError) error = NULL;

    if (!deployment->dry_run && g_file_test(path, G_FILE_TEST_EXISTS)) {
        deployment->journal = tamis_deploy_journal_open(path, &error);
        if (deployment->journal == NULL)
            return tamis_place_fail(error);
    }
    deployment->history = tamis_deploy_journal_read(path, to, with_changes, &error);
    return deployment->history != NULL ? 0 : tamis_place_fail(error);
}

static void
advance(guint32 n_done, guint32 n_all, gpointer data)
{
    tamis_progress_update(((TamisDeployment *)data)->progress, n_done, n_all);
}

static TamisOutcome *
visit_all(TamisDeployment *deployment, const TamisDeploy *deploy, const TamisDeploymentWork *work)
{
    TamisOutcome *outcomes;

    deployment->progress =
        tamis_progress_new(deploy->apply ? work->doing : "looking", deployment->options->quiet);
    outcomes = work->visit(deployment, deploy);
    g_clear_pointer(&deployment->progress, tamis_progress_free);
    return outcomes;
}

static TamisOutcomes
outcomes_of(const TamisDeployment *deployment, const TamisOutcome *outcomes,
            const TamisOutcome *planned, gboolean is_plan)
{
    const TamisDeployJournal *journal = is_plan ? NULL : deployment->journal;

    return (TamisOutcomes){
        .mailboxes = (const char *const *)deployment->mailboxes->pdata,
        .outcomes = outcomes,
        .planned = planned,
        .n = deployment->mailboxes->len,
        .is_plan = is_plan,
        .is_one_place = deployment->store->is_one_place,
        .to = deployment->store->url,
        .run = journal != NULL ? tamis_deploy_journal_get_run(journal) : NULL,
        .journal = journal != NULL ? deployment->journal_path : NULL,
    };
}

static void
show(const TamisDeployment *deployment, const TamisOutcomes *outcomes)
{
    if (deployment->options->format == TAMIS_FORMAT_JSON) {
        tamis_outcomes_print_json(outcomes);
        return;
    }
    tamis_outcomes_print_text(outcomes, deployment->options->quiet);
    if (deployment->remark != NULL && !deployment->options->quiet && outcomes->planned == NULL)
        tamis_print("%s", deployment->remark);
}

static gboolean
begin_journal(TamisDeployment *deployment, TamisDeployJournalRun record, GError **error)
{
    g_autofree char *who = tamis_place_who();

    if (deployment->journal == NULL)
        deployment->journal = tamis_deploy_journal_open(deployment->journal_path, error);
    record.who = who;
    record.to = deployment->store->url;
    record.login = deployment->options->access.login;
    record.n_mailboxes = deployment->mailboxes->len;
    return deployment->journal != NULL &&
           tamis_deploy_journal_begin(deployment->journal, &record, error);
}

static int
apply(TamisDeployment *deployment, TamisDeploy *deploy, const TamisDeploymentWork *work)
{
    g_autoptr(GError) error = NULL;
    TamisOutcome *result;
    TamisOutcomes outcomes;
    guint32 counts[TAMIS_N_CHANGES], n_left;
    int status;

    if (!begin_journal(deployment, work->record, &error))
        return tamis_place_fail(error);
    deploy->apply = TRUE;
    deploy->journal = deployment->journal;
    result = visit_all(deployment, deploy, work);
    outcomes = outcomes_of(deployment, result, deploy->planned, FALSE);
    show(deployment, &outcomes);
    tamis_outcomes_count(&outcomes, counts);
    n_left = tamis_outcomes_count_left(&outcomes);
    status = tamis_outcomes_judge(&outcomes);
    tamis_outcomes_free(result, outcomes.n);
    /* A run that was interrupted has no end, and the next one sees that. */
    if (*tamis_interruption() == 0 &&
        !tamis_deploy_journal_end(deployment->journal, counts, n_left, &error))
        return tamis_place_fail(error);
    return status;
}

/* Whether there is something to do for those that the plan is about. */
static gboolean
has_work(const TamisDeployment *deployment, const TamisDeploymentWork *work,
         const TamisOutcomes *plan)
{
    guint32 counts[TAMIS_N_CHANGES];

    tamis_outcomes_count(plan, counts);
    if (work->is_always_asked)
        return TRUE;
    if (counts[TAMIS_CHANGE_CREATED] + counts[TAMIS_CHANGE_UPDATED] + counts[TAMIS_CHANGE_REMOVED] >
        0)
        return TRUE;
    return deployment->yes && counts[TAMIS_CHANGE_UNCHANGED] > 0; /* for the journal */
}

/* Shows the plan and asks. JSON is one document for a program, the plan or the result: who is asked reads the plan
 * elsewhere, and it is printed where it stays at that. */
static gboolean
is_agreed(const TamisDeployment *deployment, const TamisDeploymentWork *work,
          const TamisOutcomes *plan)
{
    gboolean is_json = deployment->options->format == TAMIS_FORMAT_JSON, agreed;

    if (deployment->dry_run || !has_work(deployment, work, plan) || *tamis_interruption() != 0) {
        show(deployment, plan);
        return FALSE;
    }
    if (is_json)
        tamis_outcomes_show_text(plan, deployment->options->quiet);
    else
        show(deployment, plan);
    agreed = deployment->yes || tamis_place_ask(work->question);
    if (is_json && !agreed)
        show(deployment, plan);
    return agreed;
}

/* Shows the plan; and, after a yes, does it. */
static int
plan_and_apply(TamisDeployment *deployment, TamisDeploy *deploy, const TamisDeploymentWork *work)
{
    TamisOutcome *planned = visit_all(deployment, deploy, work);
    TamisOutcomes plan = outcomes_of(deployment, planned, NULL, TRUE);
    int status = tamis_outcomes_judge(&plan);
    gboolean is_asked = !deployment->dry_run && has_work(deployment, work, &plan);

    if (is_agreed(deployment, work, &plan)) {
        deploy->planned = planned;
        deploy->with_diff = deploy->with_diff && deployment->options->format == TAMIS_FORMAT_JSON;
        status = apply(deployment, deploy, work);
    } else if (is_asked && *tamis_interruption() == 0) {
        status = TAMIS_EXIT_FINDINGS;
    }
    tamis_outcomes_free(planned, plan.n);
    return status;
}

int
tamis_deployment_run(TamisDeployment *deployment, TamisDeploy *deploy,
                     const TamisDeploymentWork *work)
{
    gboolean is_unread =
        deployment->options->quiet || deployment->options->format == TAMIS_FORMAT_JSON;

    deploy->store = deployment->store;
    deploy->n_jobs = deployment->options->n_jobs;
    deploy->progress = advance;
    deploy->progress_data = deployment;
    deploy->interruption = tamis_interruption();
    return deployment->yes && !deployment->dry_run && is_unread
               ? apply(deployment, deploy, work)
               : plan_and_apply(deployment, deploy, work);
}
