/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which forwards of a mailbox a message may have taken that is back there and goes no further: where nothing on the way
 * can change what they ask, none. Over a component, whatever the way. */
#pragma once

#include "lint/flow-facts.h"

typedef struct TamisStaying TamisStaying;

/* Lends facts. places: of the mail graph, the component's. */
TamisStaying *tamis_staying_new(TamisFlowFacts *facts, const guint32 *places, guint32 n);
void tamis_staying_free(TamisStaying *staying);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisStaying, tamis_staying_free)

/* stays: by action of the mailbox's flow, TRUE for its forwards into the component; set to FALSE for those of which it
 * is proved that who has taken one and comes back takes one of them again. Returns whether any is left. */
gboolean tamis_staying_narrow(TamisStaying *staying, guint32 mailbox, gboolean *stays);
