/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The threads of a run. Each takes the next mailbox, until there is none or something stops all. */
#include "deploy/deploy-private.h"

#include "base/diff.h"

#include <string.h>

#define FIRST_PAUSE_US ((gint64)200 * 1000)
#define LONGEST_NAP_US ((gint64)50 * 1000)
#define MAX_IN_VAIN                                                                                \
    3 /* mailboxes that nobody came to, one after the other, before the run gives up */

void
tamis_outcomes_free(TamisOutcome *outcomes, gsize n_outcomes)
{
    for (gsize i = 0; i < n_outcomes && outcomes != NULL; i++) {
        g_free(outcomes[i].reason);
        g_free(outcomes[i].before);
        g_free(outcomes[i].active);
        g_free(outcomes[i].diff);
        g_free(outcomes[i].warnings);
    }
    g_free(outcomes);
}

/* Time ------------------------------------------------------------------------------------------ */

static gboolean
is_stopped(Crew *crew)
{
    return g_atomic_int_get(&crew->stop) != 0 ||
           (crew->deploy->interruption != NULL &&
            g_atomic_int_get(crew->deploy->interruption) != 0);
}

static void
pause_until(Crew *crew, gint64 until_us)
{
    gint64 now_us;

    while ((now_us = g_get_monotonic_time()) < until_us && !is_stopped(crew))
        g_usleep((gulong)MIN(until_us - now_us, LONGEST_NAP_US));
}

/* Twice as long each time, and not all threads at once. */
static void
back_off(Crew *crew, guint attempt)
{
    gint64 pause_us = FIRST_PAUSE_US << MIN(attempt, 6);

    pause_until(crew, g_get_monotonic_time() + pause_us / 2 +
                          (gint64)(g_random_double() * (double)pause_us));
}

gboolean
tamis_crew_keep_pace(Crew *crew)
{
    gint64 now_us = g_get_monotonic_time(), mine_us;

    if (crew->deploy->per_second <= 0)
        return TRUE;
    g_mutex_lock(&crew->lock);
    mine_us = MAX(crew->next_change_us, now_us);
    crew->next_change_us = mine_us + (gint64)(G_USEC_PER_SEC / crew->deploy->per_second);
    g_mutex_unlock(&crew->lock);
    pause_until(crew, mine_us);
    return g_get_monotonic_time() >= mine_us;
}

/* One mailbox ----------------------------------------------------------------------------------- */

void
tamis_outcome_fail(TamisOutcome *outcome, const GError *error)
{
    g_free(outcome->reason);
    outcome->change = TAMIS_CHANGE_FAILED;
    outcome->reason = g_strdup(error->message);
    outcome->error_code = error->domain == TAMIS_DEPLOY_ERROR ? error->code : -1;
}

static void
describe(TamisOutcome *outcome, const TamisFound *found, const TamisPlan *plan,
         const TamisWanted *wanted, gboolean with_diff)
{
    const GString *old = found->active_text;
    g_autoptr(GString) diff = NULL;

    outcome->owner = found->owner;
    outcome->is_included = plan->wrapper_name != NULL;
    outcome->has_leftovers = plan->stale->len > 0;
    g_free(outcome->before);
    outcome->before = g_strdup(found->active);
    g_free(outcome->active);
    outcome->active = g_strdup(plan->activate);
    if (!with_diff || outcome->diff != NULL || plan->change != TAMIS_CHANGE_UPDATED ||
        wanted->text == NULL || old == NULL || plan->wrapper_name != NULL ||
        found->included != NULL) /* both scripts stay: no line of them changes */
        return;
    diff = g_string_new(NULL);
    tamis_diff_append(diff, "on the server", old->str, old->len, wanted->mailbox, wanted->text,
                      wanted->length_bytes);
    outcome->diff = g_string_free(g_steal_pointer(&diff), FALSE);
}

/* Whether it is still as the plan that was shown has it. */
static gboolean
is_as_planned(const TamisOutcome *planned, const TamisFound *found, const TamisPlan *plan)
{
    return planned == NULL || planned->change == TAMIS_CHANGE_FAILED ||
           (planned->change == plan->change && planned->owner == found->owner &&
            g_strcmp0(planned->before, found->active) == 0) ||
           plan->change == TAMIS_CHANGE_UNCHANGED;
}

static gboolean
change(Crew *crew, TamisVisit *visit, const TamisWanted *wanted, const TamisFound *found,
       const TamisPlan *plan, TamisOutcome *outcome, GError **error)
{
    g_autoptr(GString) warnings = g_string_new(NULL);
    TamisDeployJournal *journal = crew->deploy->journal;

    if (plan->change != TAMIS_CHANGE_UNCHANGED) {
        if (!tamis_crew_keep_pace(crew)) {
            outcome->change = TAMIS_CHANGE_NOT_TRIED;
            return TRUE;
        }
        if (journal != NULL && !tamis_deploy_journal_change(journal, wanted->mailbox, found, plan,
                                                            wanted->sha256, error)) {
            g_atomic_int_set(&crew->stop, 1); /* nor can what comes after it be written down */
            return FALSE;
        }
    }
    if (!tamis_mailbox_apply(visit, found, plan, wanted, warnings, error))
        return FALSE;
    if (warnings->len > 0)
        outcome->warnings = g_strdup(warnings->str);
    return TRUE;
}

static gboolean
has_changed_something(const TamisOutcome *outcome)
{
    return outcome->change == TAMIS_CHANGE_CREATED || outcome->change == TAMIS_CHANGE_UPDATED ||
           outcome->change == TAMIS_CHANGE_REMOVED;
}

static const TamisDeployJournalState *
known_state(const TamisDeploy *deploy, const TamisWanted *wanted)
{
    return deploy->known != NULL ? g_hash_table_lookup(deploy->known->states, wanted->mailbox)
                                 : NULL;
}

/* What is active there by the journal, or after a run that went well. */
static char *
guess_active(const TamisDeploy *deploy, const TamisWanted *wanted)
{
    const TamisDeployJournalState *state = known_state(deploy, wanted);

    if (state != NULL)
        return g_strdup(state->name);
    return wanted->text != NULL ? tamis_wanted_dup_name(wanted) : NULL;
}

static gboolean
is_known(const TamisDeploy *deploy, const TamisWanted *wanted)
{
    const TamisDeployJournalState *state = known_state(deploy, wanted);

    return state != NULL && g_str_equal(state->sha256, wanted->sha256);
}

/* Whether the script is going to be put, as far as the plan and the journal know. */
static gboolean
is_put_expected(const TamisDeploy *deploy, guint32 index)
{
    const TamisWanted *wanted = &deploy->wanted[index];

    if (!deploy->apply || wanted->text == NULL || is_known(deploy, wanted))
        return FALSE;
    return deploy->planned == NULL || has_changed_something(&deploy->planned[index]);
}

/* Looks, plans, and does it. FALSE with error: failed, perhaps to be tried again. */
static gboolean
handle(Crew *crew, TamisVisit *visit, guint32 index, gboolean was_tried, TamisOutcome *outcome,
       GError **error)
{
    const TamisDeploy *deploy = crew->deploy;
    const TamisWanted *wanted = &deploy->wanted[index];
    TamisDeployChange before = outcome->change;
    gboolean was_changed = was_tried && has_changed_something(outcome);
    g_autofree char *guess = guess_active(deploy, wanted);
    g_auto(TamisFound) found = {NULL};
    g_auto(TamisPlan) plan = {TAMIS_CHANGE_FAILED};

    if (!tamis_visit_enter(visit, wanted->mailbox, error))
        return FALSE;
    g_atomic_int_set(&crew->n_in_vain, 0);
    g_atomic_int_set(&crew->came_in, 1);
    if (is_put_expected(deploy, index))
        tamis_visit_expect(visit, tamis_wanted_dup_name(wanted), wanted->length_bytes);
    if (!tamis_mailbox_look(visit, guess, &found, error))
        return FALSE;
    if (!tamis_mailbox_plan(visit, &found, wanted, &deploy->rules, &plan, error))
        return FALSE;
    /* What an attempt before this one did, before its connection broke, was done by this run. */
    outcome->change = plan.change == TAMIS_CHANGE_UNCHANGED && was_changed ? before : plan.change;
    describe(outcome, &found, &plan, wanted, deploy->with_diff);
    if (plan.change == TAMIS_CHANGE_REFUSED) {
        g_free(outcome->reason);
        outcome->reason = g_strdup(plan.reason);
        return TRUE;
    }
    if (!deploy->apply)
        return TRUE;
    if (!is_as_planned(deploy->planned != NULL && !was_tried ? &deploy->planned[index] : NULL,
                       &found, &plan)) {
        g_set_error(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_CHANGED,
                    "the mailbox was changed by someone since the plan was shown");
        return FALSE;
    }
    return change(crew, visit, wanted, &found, &plan, outcome, error);
}

static gboolean
is_in_vain(const Crew *crew, const TamisOutcome *outcome)
{
    return outcome->error_code == TAMIS_DEPLOY_ERROR_UNREACHABLE ||
           (outcome->error_code == TAMIS_DEPLOY_ERROR_LOGIN &&
            crew->deploy->store->access->login != NULL);
}

/* After a failure: whether the next mailboxes have a better chance. */
static void
consider_stopping(Crew *crew, const TamisOutcome *outcome)
{
    if (outcome->error_code == TAMIS_DEPLOY_ERROR_TLS)
        g_atomic_int_set(&crew->stop, 1);
    /* Counted only until someone came in: one mailbox that is missing is no reason to stop. */
    if (is_in_vain(crew, outcome) && g_atomic_int_add(&crew->n_in_vain, 1) + 1 >= MAX_IN_VAIN &&
        (outcome->error_code == TAMIS_DEPLOY_ERROR_UNREACHABLE ||
         g_atomic_int_get(&crew->came_in) == 0))
        g_atomic_int_set(&crew->stop, 1);
}

static void
write_result(Crew *crew, const TamisWanted *wanted, TamisOutcome *outcome)
{
    g_autoptr(GError) error = NULL;
    TamisDeployJournal *journal = crew->deploy->journal;

    if (journal == NULL || !crew->deploy->apply || outcome->change == TAMIS_CHANGE_NOT_TRIED)
        return;
    if (outcome->change == TAMIS_CHANGE_UNCHANGED && is_known(crew->deploy, wanted))
        return;
    if (!tamis_deploy_journal_result(journal, wanted->mailbox, outcome->change,
                                     wanted->text != NULL ? outcome->active : NULL, wanted->sha256,
                                     outcome->reason, &error) &&
        outcome->change != TAMIS_CHANGE_FAILED)
        tamis_outcome_fail(outcome, error);
}

void
tamis_crew_try(Crew *crew, TamisVisit *visit, guint32 index, Handler handler, TamisOutcome *outcome)
{
    guint n_attempts =
        crew->deploy->n_attempts != 0 ? crew->deploy->n_attempts : TAMIS_DEPLOY_ATTEMPTS;

    for (guint attempt = 0;; attempt++) {
        g_autoptr(GError) error = NULL;
        gboolean went_well = handler(crew, visit, index, attempt > 0, outcome, &error);

        tamis_visit_leave(visit);
        if (went_well)
            return;
        if (attempt + 1 >= n_attempts || !tamis_deploy_error_is_transient(error) ||
            is_stopped(crew)) {
            tamis_outcome_fail(outcome, error);
            consider_stopping(crew, outcome);
            return;
        }
        back_off(crew, attempt);
    }
}

/* Whether the plan said all there is to say. */
static gboolean
is_settled(const TamisOutcome *planned)
{
    return planned->change == TAMIS_CHANGE_REFUSED ||
           (planned->change == TAMIS_CHANGE_UNCHANGED && !planned->has_leftovers);
}

static void
take_planned(TamisOutcome *outcome, const TamisOutcome *planned)
{
    *outcome = *planned;
    outcome->reason = g_strdup(planned->reason);
    outcome->before = g_strdup(planned->before);
    outcome->active = g_strdup(planned->active);
    outcome->diff = outcome->warnings = NULL;
}

static void
handle_one(Crew *crew, TamisVisit *visit, guint32 index)
{
    const TamisDeploy *deploy = crew->deploy;
    TamisOutcome *outcome = &crew->outcomes[index];

    if (deploy->trust_journal && deploy->wanted[index].text != NULL &&
        is_known(deploy, &deploy->wanted[index])) {
        outcome->change = TAMIS_CHANGE_UNCHANGED;
        outcome->owner = TAMIS_OWNER_TAMIS;
        outcome->before = g_strdup(known_state(deploy, &deploy->wanted[index])->name);
        outcome->active = g_strdup(outcome->before);
    } else if (deploy->planned != NULL && is_settled(&deploy->planned[index])) {
        take_planned(outcome, &deploy->planned[index]);
        write_result(crew, &deploy->wanted[index], outcome);
    } else {
        tamis_crew_try(crew, visit, index, handle, outcome);
        write_result(crew, &deploy->wanted[index], outcome);
    }
    if (deploy->progress != NULL) {
        g_mutex_lock(&crew->lock);
        deploy->progress(++crew->n_done, deploy->n_wanted, deploy->progress_data);
        g_mutex_unlock(&crew->lock);
    }
}

/* The crew -------------------------------------------------------------------------------------- */

static gpointer
work(gpointer data)
{
    Crew *crew = data;
    TamisVisit *visit = tamis_visit_new(crew->deploy->store);
    guint32 index;

    while (!is_stopped(crew) && (index = (guint32)g_atomic_int_add(&crew->next, 1)) < crew->n_all)
        crew->handle_one(crew, visit, index);
    tamis_visit_free(visit);
    return NULL;
}

void
tamis_crew_work(Crew *crew)
{
    guint n_jobs = CLAMP(crew->deploy->n_jobs, 1, TAMIS_DEPLOY_MAX_JOBS);
    GThread *threads[TAMIS_DEPLOY_MAX_JOBS];

    n_jobs = MIN(n_jobs, MAX(crew->n_all, 1));
    for (guint i = 1; i < n_jobs; i++)
        threads[i] = g_thread_new("deploy", work, crew);
    work(crew);
    for (guint i = 1; i < n_jobs; i++)
        g_thread_join(threads[i]);
}

/* The first that are changed, one by one; the first that fails stops all. */
static void
send_canaries(Crew *crew)
{
    TamisVisit *visit = tamis_visit_new(crew->deploy->store);
    guint32 n_changed = 0;

    while (n_changed < crew->deploy->n_canary && (guint32)crew->next < crew->n_all &&
           !is_stopped(crew)) {
        const TamisOutcome *outcome = &crew->outcomes[crew->next];
        handle_one(crew, visit, (guint32)crew->next++);
        n_changed += has_changed_something(outcome);
        if (outcome->change == TAMIS_CHANGE_FAILED)
            crew->stop = 1;
    }
    tamis_visit_free(visit);
}

void
tamis_crew_init(Crew *crew, const TamisDeploy *deploy, guint32 n_all)
{
    *crew = (Crew){.deploy = deploy, .n_all = n_all};
    g_mutex_init(&crew->lock);
    crew->outcomes = g_new0(TamisOutcome, n_all);
    for (guint32 i = 0; i < n_all; i++)
        crew->outcomes[i].change = TAMIS_CHANGE_NOT_TRIED;
}

TamisOutcome *
tamis_crew_finish(Crew *crew)
{
    g_mutex_clear(&crew->lock);
    return crew->outcomes;
}

TamisOutcome *
tamis_deploy_run(const TamisDeploy *deploy)
{
    Crew crew;

    tamis_crew_init(&crew, deploy, deploy->n_wanted);
    crew.handle_one = handle_one;
    if (deploy->n_canary > 0 && deploy->apply)
        send_canaries(&crew);
    tamis_crew_work(&crew);
    return tamis_crew_finish(&crew);
}
