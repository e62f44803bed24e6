/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Loops of messages that are changed on the way round and are again what they were when they are back, since a script
 * takes out of them what another has put in. What a message that never changes does is lint/loops.h's. */
#pragma once

#include "lint/chain.h"

/* step: the one that is back at the mailbox of step 0 for the first time; guard: of a message that goes round from
 * there without end, as it was sent to see. */
typedef void (*TamisUnmarkedFound)(TamisFlowFacts *facts, TamisChain *chain, guint32 step,
                                   TamisFormula guard, const TamisSolution *solution);

/* Calls found for each component with a script that deletes headers: the shortest way round from a mailbox of it that
 * passes each once and has no forward of told (spans, as keys of tamis_pair), to which its own are added. out_left:
 * mailboxes (guint32) of a component where none was found before the steps ended. */
void tamis_unmarked_find(TamisFlowFacts *facts, GHashTable *told, TamisUnmarkedFound found,
                         GArray *out_left);
