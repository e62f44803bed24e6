/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Messages that come back to a mailbox once, where no message goes round. */
#pragma once

#include "lint/chain.h"

/* step: the one that is back at the mailbox of step 0; guard: that a message is, and goes no further. */
typedef void (*TamisReturnFound)(TamisFlowFacts *facts, TamisChain *chain, guint32 step,
                                 TamisFormula guard, const TamisSolution *solution);

/* Mailboxes (guint32) of one component, of which there are more ways than could be tried. */
typedef void (*TamisReturnsLeft)(TamisFlowFacts *facts, const GArray *mailboxes);

/* Calls found for each text that sends a message back, the shortest way of each mailbox first. Only
 * components in which the way matters are looked at: elsewhere what comes back goes round. In a large one the first way
 * of each mailbox is enough, and is not told where it shares a text with one that was. */
void tamis_returns_find(TamisFlowFacts *facts, TamisReturnFound found, TamisReturnsLeft left);
