/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * All mailboxes of a run, on many connections at once: looked at, and changed where that is asked for. What
 * fails for a while is tried again; what fails for good stops that mailbox, and a place that nobody comes into
 * stops the run. */
#pragma once

#include "deploy/journal.h"

#include <signal.h>

#define TAMIS_DEPLOY_MAX_JOBS 64
#define TAMIS_DEPLOY_ATTEMPTS 5

typedef struct {
    TamisDeployChange change;
    char *reason;   /* why it failed or was refused, or what is odd about a success; or NULL */
    int error_code; /* TamisDeployError of what failed */
    TamisOwner owner;
    gboolean is_included;   /* the user's script runs too */
    gboolean has_leftovers; /* scripts of Tamis that run nowhere, and go */
    char *before;           /* name of what was active, or NULL */
    char *active;           /* of what is, or would be; or NULL */
    char *diff;             /* where it was asked for and something changes; or NULL */
    char *warnings;         /* of the server's compiler, or NULL */
} TamisOutcome;

TAMIS_API void tamis_outcomes_free(TamisOutcome *outcomes, gsize n_outcomes);

typedef struct {
    TamisStore *store;
    const TamisWanted *wanted;
    guint32 n_wanted;
    TamisPlanRules rules;
    gboolean apply;     /* else only looks */
    gboolean with_diff; /* diffs of what changes */
    guint n_jobs;       /* 1 … TAMIS_DEPLOY_MAX_JOBS */
    guint n_attempts;   /* 0: TAMIS_DEPLOY_ATTEMPTS */
    guint32
        n_canary; /* that many are changed first, one by one; when one fails nothing else is. 0: none */
    double per_second;           /* changes at most; 0: as many as go */
    TamisDeployJournal *journal; /* NULL: none. Begun and ended by the caller */
    const TamisDeployJournalHistory
        *known;             /* what the journal has already need not be written again; or NULL */
    gboolean trust_journal; /* what it says is there is believed without a look */
    /* Of an earlier look, or NULL: what was refused or needs nothing is not looked at again, and a mailbox that
     * changed since then is not touched. */
    const TamisOutcome *planned;
    /* One at a time, in any thread. May be NULL. */
    void (*progress)(guint32 n_done, guint32 n_all, gpointer data);
    gpointer progress_data;
    const volatile sig_atomic_t
        *interruption; /* other than 0 ends the run between two mailboxes; may be NULL */
} TamisDeploy;

/* n_wanted outcomes in the order of wanted; caller frees. Nothing is an error here: each mailbox has its own. */
TAMIS_API TamisOutcome *tamis_deploy_run(const TamisDeploy *deploy);

/* Takes the last run of the history back, mailbox by mailbox, where what it made active still is. Outcomes in
 * the order of history->changes. wanted of deploy is not used. */
TAMIS_API TamisOutcome *
tamis_deploy_undo(const TamisDeploy *deploy, const TamisDeployJournalHistory *history);
