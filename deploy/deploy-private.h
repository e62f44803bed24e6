/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Between the two kinds of runs: what their threads share. */
#pragma once

#include "deploy/deploy.h"
#include "deploy/mailbox.h"

typedef struct Crew Crew;
/* One attempt at one mailbox. FALSE with error. */
typedef gboolean (*Handler)(Crew *crew, TamisVisit *visit, guint32 index, gboolean was_tried,
                            TamisOutcome *outcome, GError **error);

struct Crew {
    const TamisDeploy *deploy;
    const TamisDeployJournalHistory *undone;
    TamisOutcome *outcomes;
    void (*handle_one)(Crew *crew, TamisVisit *visit, guint32 index);
    guint32 n_all;
    gint next;      /* atomic, mailbox */
    gint stop;      /* atomic: no more mailboxes */
    gint n_in_vain; /* atomic: mailboxes in a row that nobody came to */
    gint came_in;   /* atomic: someone came in somewhere */
    GMutex lock;    /* of what follows */
    gint64 next_change_us;
    guint32 n_done;
};

void tamis_crew_init(Crew *crew, const TamisDeploy *deploy, guint32 n_all);
void tamis_crew_work(Crew *crew);
/* The outcomes; the crew is no more. */
TamisOutcome *tamis_crew_finish(Crew *crew);
/* Attempts until it went well or there is no point in another. */
void tamis_crew_try(Crew *crew, TamisVisit *visit, guint32 index, Handler handler,
                    TamisOutcome *outcome);
/* Waits for this change's turn. FALSE: the run ended before. */
gboolean tamis_crew_keep_pace(Crew *crew);
void tamis_outcome_fail(TamisOutcome *outcome, const GError *error);
