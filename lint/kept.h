/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Copies that stay in a mailbox, for the rules about them. */
#pragma once

#include "lint/flow-facts.h"

/* FALSE: by the form of the policy's routes some copy always stays where anything is forwarded. */
gboolean tamis_mailbox_may_keep_nothing(const TamisFlowFacts *facts, guint32 mailbox);
/* That a message for the mailbox leaves no copy in it. */
TamisFormula tamis_flow_keeps_nothing(TamisFlowFacts *facts, guint32 mailbox);
/* Where the forward's target stands in the policy (in a group, a table …); else the forward itself. */
TamisSpan tamis_forward_target_span(const TamisFlowFacts *facts, guint32 mailbox,
                                    const TamisFlowAction *forward);
