/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Guards for a message that goes round. Marks only add up, so on an endless round the message has
 * them all: a guard over such a message needs no history. What depends on the address that the
 * server is given is settled by that address, and `one of` is free at each hop. */
#pragma once

#include "compiler/site.h"
#include "model/evaluate.h"

typedef struct TamisSteady TamisSteady;

/* Lends site. */
TamisSteady *tamis_steady_new(TamisSite *site);
void tamis_steady_free(TamisSteady *steady);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisSteady, tamis_steady_free)

/* Whether some action, route or command of the flow depends on the address that the server is given. */
gboolean tamis_steady_asks_recipient(TamisSteady *steady, const TamisFlow *flow);
/* That the action happens to a message delivered to this address, and that the flow's changes
 * before it change nothing (a mark is there already). free_shares: whoever's turn it is; else the
 * instant decides. */
TamisFormula
tamis_steady_guard(TamisSteady *steady, const TamisFlow *flow, const TamisFlowAction *action,
                   TamisString address, gboolean free_shares);
/* Makes it the turn of a member for whom the guard holds, if there is one. */
void tamis_steady_assume_turn(TamisSteady *steady, TamisEvaluation *evaluation, TamisFormula guard);
