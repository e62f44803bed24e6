/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Messages that come back to a mailbox and set off a forward that was made already. Cyrus does not make it again, and
 * takes the copy away all the same (3.6; its duplicate database has Message-ID and target): there the message ends. */
#pragma once

#include "lint/chain.h"

/* Whether something is left of a message where this was done: it is kept, sent on, rejected, or thrown away by will. */
gboolean tamis_flow_action_saves(const TamisFlowAction *action);

/* step: the one that is back at the mailbox of step 0; guard: that a message is, and that of all mailboxes on the way
 * none kept it, or sent it anywhere but on this way. */
typedef void (*TamisSwallowedFound)(TamisFlowFacts *facts, TamisChain *chain, guint32 step,
                                    TamisFormula guard, const TamisSolution *solution);

/* Calls found for each mailbox that may send a message round, with its shortest way that loses one and has no forward of
 * told (spans, as keys of tamis_pair), to which its own are added. */
void tamis_swallowed_find(TamisFlowFacts *facts, GHashTable *told, TamisSwallowedFound found);
