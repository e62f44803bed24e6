/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What became of mailboxes, for people and for programs. */
#pragma once

#include "cli/cli.h"
#include "deploy/deploy.h"

typedef struct {
    const char *const *mailboxes; /* n of them, in the outcomes' order */
    const TamisOutcome *outcomes;
    const TamisOutcome
        *planned; /* shown already: text tells what came otherwise; NULL: nothing was */
    guint32 n;
    gboolean is_plan;      /* nothing has been done yet */
    gboolean is_one_place; /* what was there is nowhere else than in the journal */
    const char *to;
    const char *run;     /* of the journal, or NULL */
    const char *journal; /* its path, or NULL */
} TamisOutcomes;

void tamis_outcomes_count(const TamisOutcomes *outcomes, guint32 counts[TAMIS_N_CHANGES]);
/* One line a mailbox, diffs and warnings below it, and a sum. */
void tamis_outcomes_print_text(const TamisOutcomes *outcomes, gboolean quiet);
/* The same to standard error, for who is asked while standard output is a program's. */
void tamis_outcomes_show_text(const TamisOutcomes *outcomes, gboolean quiet);
void tamis_outcomes_print_json(const TamisOutcomes *outcomes);
/* The verb's exit status: 0; 1 where a mailbox failed or was refused; 2 where nobody came in at all. */
int tamis_outcomes_judge(const TamisOutcomes *outcomes);
/* Mailboxes where another try has a chance: all that failed or were not tried, but those that nobody can enter any
 * more although others can be. */
guint32 tamis_outcomes_count_left(const TamisOutcomes *outcomes);
