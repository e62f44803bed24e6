/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Messages that come back to a mailbox once, where no message goes round. */
#pragma once

#include "lint/chain.h"

/* step: the one that is back at the mailbox of step 0; guard: that a message is, and goes no further. */
typedef void (*TamisReturnFound)(TamisFlowFacts *facts, TamisChain *chain, guint32 step,
                                 TamisFormula guard, const TamisSolution *solution);

/* Calls found for each text that sends a message back, the shortest way of each mailbox first. Only
 * components in which the way matters are looked at: elsewhere what comes back goes round. In one of more than
 * some hundred mailboxes each has its share of the component's steps, so that of long ways back some are not found. */
void tamis_returns_find(TamisFlowFacts *facts, TamisReturnFound found);
