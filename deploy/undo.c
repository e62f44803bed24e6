/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Taking a run back: what ran before it is put where it was, read back, and activated. Where someone changed
 * something since, nothing is touched. */
#include "deploy/deploy-private.h"

#include "base/display.h"
#include "deploy/wrapper.h"

#include <string.h>

#define MAX_NAMES 99

/* Whether the name is free, or has what ran before already. */
static gboolean
is_name_for(const TamisFound *found, TamisVisit *visit, const TamisDeployJournalChange *was,
            const char *name)
{
    GString *there;
    gboolean same;

    if (!tamis_found_has(found, name))
        return TRUE;
    there = visit->store->class->get(visit, name, NULL);
    same = there != NULL &&
           tamis_script_equal(there->str, there->len, was->before->str, was->before->len);
    if (there != NULL)
        g_string_free(there, TRUE);
    return same;
}

/* What ran before, under its name or one like it: what has another text by now stays as it is. */
static char *
name_for(const TamisFound *found, TamisVisit *visit, const TamisDeployJournalChange *was)
{
    char *name = g_strdup(was->before_name);

    for (guint n = 1; n <= MAX_NAMES && !is_name_for(found, visit, was, name); n++) {
        g_free(name);
        name = n == 1 ? g_strconcat(was->before_name, "-before", NULL)
                      : g_strdup_printf("%s-before-%u", was->before_name, n);
    }
    return name;
}

static gboolean
write_change(Crew *crew, const TamisDeployJournalChange *was, const TamisFound *found,
             const char *activate, TamisDeployChange change, GError **error)
{
    g_autofree char *sha256 = NULL;
    TamisPlan plan = {.change = change, .activate = activate, .name = (char *)activate};

    if (crew->deploy->journal == NULL)
        return TRUE;
    if (activate != NULL)
        sha256 = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)was->before->str,
                                             was->before->len);
    return tamis_deploy_journal_change(crew->deploy->journal, was->mailbox, found, &plan, sha256,
                                       error);
}

static void
tidy(TamisVisit *visit, const TamisFound *found, const char *kept)
{
    for (guint i = 0; i < found->scripts->len; i++) {
        const char *name = g_array_index(found->scripts, TamisStoredScript, i).name;
        if (tamis_script_name_is_own(name) && g_strcmp0(name, kept) != 0)
            tamis_mailbox_tidy(visit, name);
    }
}

static gboolean
restore(Crew *crew, TamisVisit *visit, const TamisDeployJournalChange *was, const TamisFound *found,
        TamisOutcome *outcome, GError **error)
{
    g_autofree char *name = was->before_name != NULL ? name_for(found, visit, was) : NULL;
    g_autoptr(GArray) scripts = NULL;

    g_free(outcome->active);
    outcome->active = g_strdup(name);
    outcome->change = name != NULL ? TAMIS_CHANGE_UPDATED : TAMIS_CHANGE_REMOVED;
    if (!crew->deploy->apply)
        return TRUE;
    if (!tamis_crew_keep_pace(crew)) {
        outcome->change = TAMIS_CHANGE_NOT_TRIED;
        return TRUE;
    }
    if (!write_change(crew, was, found, name, outcome->change, error)) {
        g_atomic_int_set(&crew->stop, 1);
        return FALSE;
    }
    if (name != NULL && !tamis_mailbox_put(visit, name, was->before->str, was->before->len,
                                           tamis_found_has(found, name), NULL, &scripts, error))
        return FALSE;
    if (!tamis_mailbox_check_active(visit, found->active, &scripts, error) ||
        !tamis_mailbox_activate(visit, name, NULL, error))
        return FALSE;
    /* A wrapper needs its script, which may be any of Tamis's. */
    if (name == NULL || !g_str_has_prefix(name, TAMIS_WRAPPER_PREFIX))
        tidy(visit, found, name);
    return TRUE;
}

/* Takes the reason. */
static gboolean
refuse(TamisOutcome *outcome, char *reason)
{
    outcome->change = TAMIS_CHANGE_REFUSED;
    g_free(outcome->reason);
    outcome->reason = reason;
    return TRUE;
}

/* The script of the user's that what ran before runs too, where that is gone; else NULL. Caller frees. */
static char *
find_gone(const TamisFound *found, const TamisDeployJournalChange *was)
{
    g_autofree char *core = NULL;
    g_autofree char *included = NULL;

    if (was->before != NULL)
        tamis_wrapper_parse(was->before->str, was->before->len, &core, &included);
    return included != NULL && !tamis_found_has(found, included) ? g_steal_pointer(&included)
                                                                 : NULL;
}

static gboolean
handle(Crew *crew, TamisVisit *visit, guint32 index, gboolean was_tried, TamisOutcome *outcome,
       GError **error)
{
    const TamisDeployJournalChange *was = g_ptr_array_index(crew->undone->changes, index);
    TamisDeployChange before = outcome->change;
    g_auto(TamisFound) found = {NULL};

    if (!tamis_visit_enter(visit, was->mailbox, error))
        return FALSE;
    g_atomic_int_set(&crew->n_in_vain, 0);
    g_atomic_int_set(&crew->came_in, 1);
    if (!tamis_mailbox_look(visit, was->after_name, &found, error))
        return FALSE;
    outcome->owner = found.owner;
    g_free(outcome->before);
    outcome->before = g_strdup(found.active);
    if (g_strcmp0(found.active, was->before_name) == 0 &&
        g_strcmp0(was->before_name, was->after_name) != 0) {
        outcome->change =
            was_tried && before != TAMIS_CHANGE_NOT_TRIED ? before : TAMIS_CHANGE_UNCHANGED;
        return TRUE;
    }
    if (g_strcmp0(found.active, was->after_name) != 0 || found.owner == TAMIS_OWNER_EDITED) {
        return refuse(outcome, g_strdup("someone has changed it since the deployment"));
    }
    g_autofree char *gone = find_gone(&found, was);
    if (gone != NULL) {
        g_autofree char *shown = tamis_display_dup(gone);
        return refuse(outcome,
                      g_strdup_printf("what ran before runs '%s' too, which is gone", shown));
    }
    return restore(crew, visit, was, &found, outcome, error);
}

static void
handle_one(Crew *crew, TamisVisit *visit, guint32 index)
{
    const TamisDeployJournalChange *was = g_ptr_array_index(crew->undone->changes, index);
    TamisOutcome *outcome = &crew->outcomes[index];
    g_autoptr(GError) error = NULL;

    tamis_crew_try(crew, visit, index, handle, outcome);
    if (crew->deploy->journal != NULL && crew->deploy->apply &&
        outcome->change != TAMIS_CHANGE_NOT_TRIED) {
        g_autofree char *sha256 =
            was->before != NULL
                ? g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)was->before->str,
                                              was->before->len)
                : NULL;
        gboolean own =
            was->before != NULL && tamis_script_is_generated(was->before->str, was->before->len);
        gboolean went_well =
            outcome->change == TAMIS_CHANGE_UPDATED || outcome->change == TAMIS_CHANGE_UNCHANGED;
        /* Where what runs now is not Tamis's the journal's state is that it has nothing there. */
        TamisDeployChange noted = went_well && !own ? TAMIS_CHANGE_REMOVED : outcome->change;
        if (!tamis_deploy_journal_result(crew->deploy->journal, was->mailbox, noted,
                                         own ? outcome->active : NULL, sha256, outcome->reason,
                                         &error))
            tamis_outcome_fail(outcome, error);
    }
    if (crew->deploy->progress != NULL) {
        g_mutex_lock(&crew->lock);
        crew->deploy->progress(++crew->n_done, crew->n_all, crew->deploy->progress_data);
        g_mutex_unlock(&crew->lock);
    }
}

TamisOutcome *
tamis_deploy_undo(const TamisDeploy *deploy, const TamisDeployJournalHistory *history)
{
    Crew crew;

    tamis_crew_init(&crew, deploy, history->changes->len);
    crew.undone = history;
    crew.handle_one = handle_one;
    tamis_crew_work(&crew);
    return tamis_crew_finish(&crew);
}
