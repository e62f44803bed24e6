/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the policy no longer has, by the journal; and how much of that --prune removes at once: a table that was
 * cut short takes nobody's script. */
#pragma once

#include "deploy/journal.h"

typedef struct {
    guint n;       /* mailboxes that may go in any case */
    guint percent; /* of those that have a script of Tamis; the larger of both counts */
} TamisPruneLimit;

/* "40" or "25%"; NULL: the default. FALSE: neither. */
gboolean tamis_prune_limit_parse(const char *text, TamisPruneLimit *out_limit);
/* Mailboxes with a script of Tamis that are not wanted (of TamisWanted) any more; sorted. Caller unrefs. */
GPtrArray *tamis_prune_find(const TamisDeployJournalHistory *history, const GArray *wanted);
gboolean tamis_prune_allows(const TamisPruneLimit *limit, guint n_gone, guint n_known);
/* Says that it does not. */
void tamis_prune_complain(const TamisPruneLimit *limit, const GPtrArray *gone, guint n_known);
