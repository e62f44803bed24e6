/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Conditions that plainly can hold: without reasoning about strings, for those who have to tell a
 * finding that is proved from one that is possible. */
#pragma once

#include "compiler/bound.h"
#include "lint/facts.h"

/* Collects what has to hold; starts as {.policy = …, .from = …, .to = …}. */
typedef struct {
    const TamisPolicy *policy;
    TamisInstant from, to; /* at an instant of this window */
    guint n_demands;
    struct {
        const TamisTest *test;
        gboolean holds;
    } demands[32];
    guint n_tries;
} TamisPlain;

/* Demands that the condition holds, or does not. FALSE: it is not plain that this and all before
 * can be true of one message, and the collection is of no more use. */
gboolean tamis_plain_demand(TamisPlain *plain, TamisConditionId condition, gboolean holds);
/* Demands that this route of the mailbox (index of the policy's routes) is active, at an instant of
 * its window not before `from`. */
gboolean tamis_plain_demand_route(TamisPlain *plain, const TamisMailbox *mailbox, guint32 index);
/* Whether there is an instant for all of it. */
gboolean tamis_plain_has_instant(const TamisPlain *plain);
