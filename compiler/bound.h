/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How much one message can set off in a mailbox at most, as far as the form of its routes shows it:
 * windows that part, `otherwise`, `final`. Conditions are taken to be free of each other. */
#pragma once

#include "model/policy.h"

/* What is asked for. */
typedef struct {
    TamisInstant as_of; /* nothing earlier counts */
    /* Where the sums of all routes are not above these, they are the answer, which is quicker. */
    guint32 enough_targets, enough_actions;
    gboolean by_actions; /* name the routes with most actions, not those with most targets */
} TamisCrowdQuery;

/* The most that there may be. Free with tamis_crowd_clear. */
typedef struct {
    guint32 n_targets; /* different addresses */
    guint32 n_actions; /* these, and whatever else the server runs */
    /* The routes that together bring most targets (or actions), in order, and those whose
     * conditions have to fail for it (before an `otherwise`, or with `final`): indexes of the
     * policy's routes. NULL where the sums were enough. */
    GArray *active, *inactive;
    TamisInstant from, to; /* when: part of every active route's window */
    gboolean is_rough;     /* too many routes to look closely: the sums of all, active is empty */
} TamisCrowd;

void tamis_crowd_of_mailbox(const TamisPolicy *policy, const TamisMailbox *mailbox,
                            const TamisCrowdQuery *query, TamisCrowd *out_crowd);
void tamis_crowd_clear(TamisCrowd *crowd);
