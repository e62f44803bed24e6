/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What deploy and rollback do alike: a place is opened and locked, all mailboxes are looked at, the plan is shown
 * and asked about, then done and written into the journal. */
#pragma once

#include "cli/cli.h"
#include "cli/outcomes.h"
#include "cli/progress.h"
#include "deploy/deploy.h"
#include "deploy/lock.h"

typedef struct {
    const TamisVerb *verb;
    const TamisOptions *options;
    gboolean yes, dry_run;
    TamisAccessOwner access;
    TamisStore *store;
    TamisLock *lock;
    char *journal_path;
    TamisDeployJournal *journal; /* NULL: not open yet */
    TamisDeployJournalHistory *history;
    GPtrArray *mailboxes; /* in the outcomes' order, lent */
    const char
        *remark; /* behind the text of a plan or a result, one or more whole lines; or NULL */
    TamisProgress *progress;
} TamisDeployment;

void tamis_deployment_clear(TamisDeployment *deployment);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TamisDeployment, tamis_deployment_clear)

/* Access and store. 0, or the status to end with, after all is said. So do the next ones. */
int tamis_deployment_open(TamisDeployment *deployment, const char *url);
/* The place's lock, unless it is a dry run. */
int tamis_deployment_lock(TamisDeployment *deployment);

/* Locks the journal where there is one already, unless it is a dry run, and reads it: of runs to that place (NULL:
 * to any). Nobody adds to it from here on. */
int
tamis_deployment_read_journal(TamisDeployment *deployment, const char *to, gboolean with_changes);

/* A verb's own part. */
typedef struct {
    /* Visits all mailboxes; one outcome each. */
    TamisOutcome *(*visit)(const TamisDeployment *deployment, const TamisDeploy *deploy);
    const char *doing;        /* "deploying", for the bar */
    const char *question;     /* "Apply this to 'URL'?" */
    gboolean is_always_asked; /* even where nothing would change */
    TamisDeployJournalRun record;
} TamisDeploymentWork;

/* The verb's exit status. Of deploy, what this sets is not set yet. */
int tamis_deployment_run(TamisDeployment *deployment, TamisDeploy *deploy,
                         const TamisDeploymentWork *work);
