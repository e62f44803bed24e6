/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Mail that goes round outside of all scripts: a mailbox forwards to where alias maps and known forwards outside lead
 * back to themselves. What goes round through a mailbox is lint/loops.h's. */
#pragma once

#include "lint/chain.h"

/* step: the one that is back at a place of its way for the first time; guard: of a message that is sent there. */
typedef void (*TamisElsewhereFound)(TamisFlowFacts *facts, TamisChain *chain, guint32 step,
                                    TamisFormula guard, const TamisSolution *solution);

/* Calls found for each component of the graph without its mailboxes, of the first mailbox that has a message get
 * there. */
void tamis_elsewhere_find(TamisFlowFacts *facts, TamisElsewhereFound found);
