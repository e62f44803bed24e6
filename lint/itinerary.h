/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * When a message passes the hops of its way. One instant does for most; where `one of` is met twice
 * on a way it may wait for its turn, as mail does in queues. */
#pragma once

#include "lint/flow-facts.h"

/* What sends a message on: an action of a mailbox's flow, or an alias map (flow NULL), which always does. */
typedef struct {
    const TamisFlow *flow;
    const TamisFlowAction *action;
    const char *to; /* what the mailbox's server is given */
} TamisLeg;

/* The earliest instants, none before the one ahead of it, at which each leg sends the witness's message on. Opaque tests
 * are as the witness chose them; the first instant may be later than the witness's. FALSE: none were found. */
gboolean tamis_itinerary_find(TamisFlowFacts *facts, const TamisWitness *witness,
                              const TamisLeg *legs, guint n_legs, TamisInstant *out_instants);
