/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What was deployed, when, by whom: JSON, one record a line, only ever appended. A change is written down
 * before it is made, with what was there before, and its result after it; so an interrupted run is seen, and
 * any run can be taken back. docs/deploy.md describes the records. */
#pragma once

#include "deploy/plan.h"

#define TAMIS_DEPLOY_JOURNAL_VERSION 1

/* One run's beginning. Strings are lent. */
typedef struct {
    const char *verb; /* "deploy", "rollback" */
    const char *who;  /* user@host */
    const char *to;   /* the store's URL */
    const char *login;
    const char *policy_sha256; /* NULL: none */
    const char *undoes;        /* the run that a rollback takes back, or NULL */
    guint32 n_mailboxes;
} TamisDeployJournalRun;

typedef struct TamisDeployJournal TamisDeployJournal;

/* Whether a journal may begin with that, be it cut short. */
gboolean tamis_deploy_journal_begins(const char *text, gsize length_bytes);
/* Opens for appending, makes it (mode 0600) where it is missing, and locks it. TAMIS_DEPLOY_ERROR_LOCKED where
 * another run has it, TAMIS_DEPLOY_ERROR_INVALID where it is another file, which stays as it is, GFileError where
 * the file cannot be used. */
TAMIS_API TamisDeployJournal *tamis_deploy_journal_open(const char *path, GError **error);
TAMIS_API void tamis_deploy_journal_free(TamisDeployJournal *journal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisDeployJournal, tamis_deploy_journal_free)

/* Any thread, from here on. FALSE with error: nothing may be changed that cannot be written down. */
TAMIS_API gboolean tamis_deploy_journal_begin(TamisDeployJournal *journal,
                                              const TamisDeployJournalRun *run, GError **error);
/* The run's name. Lent. */
TAMIS_API const char *tamis_deploy_journal_get_run(const TamisDeployJournal *journal);
/* Before a mailbox is changed: what was active, and what will be. */
gboolean tamis_deploy_journal_change(TamisDeployJournal *journal, const char *mailbox,
                                     const TamisFound *found, const TamisPlan *plan,
                                     const char *sha256, GError **error);
/* After it: name and sha256 of what is active now, NULL where there is nothing of Tamis. */
gboolean tamis_deploy_journal_result(TamisDeployJournal *journal, const char *mailbox,
                                     TamisDeployChange change, const char *name, const char *sha256,
                                     const char *reason, GError **error);
/* counts: of each TamisDeployChange; n_left: mailboxes where another try has a chance. On disk when this returns. */
TAMIS_API gboolean tamis_deploy_journal_end(TamisDeployJournal *journal,
                                            const guint32 counts[TAMIS_N_CHANGES], guint32 n_left,
                                            GError **error);

/* Reading --------------------------------------------------------------------------------------- */

/* What the journal knows of a mailbox. */
typedef struct {
    char *name;                           /* of Tamis's script there */
    char sha256[TAMIS_SHA256_DIGITS + 1]; /* of what was wanted */
} TamisDeployJournalState;

/* A change that a run made, or was about to make. */
typedef struct {
    char *mailbox;
    char *before_name; /* NULL: nothing was active */
    GString *before;   /* its text, NULL likewise */
    char *after_name;  /* what became active, or NULL */
} TamisDeployJournalChange;

typedef struct {
    GHashTable *states; /* mailbox → TamisDeployJournalState: where Tamis has a script */
    char *to;           /* of the last run; NULL: there was none */
    char *unfinished;   /* the last run, when it did not end; else NULL */
    /* The last deployment that changed something and was not taken back in every mailbox, or NULL; and its changes,
     * of TamisDeployJournalChange, with those of an interrupted one that it went on with. */
    char *undoable;
    char *undoable_to, *undoable_at;
    GPtrArray *changes;
} TamisDeployJournalHistory;

/* Of runs to that place alone (NULL: to any). A file that is not there is an empty history; a line that a crash
 * cut short is passed over. */
TAMIS_API TamisDeployJournalHistory *
tamis_deploy_journal_read(const char *path, const char *to, gboolean with_changes, GError **error);
TAMIS_API void tamis_deploy_journal_history_free(TamisDeployJournalHistory *history);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisDeployJournalHistory, tamis_deploy_journal_history_free)
