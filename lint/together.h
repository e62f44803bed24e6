/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Two actions that one message sets off. */
#pragma once

#include "lint/flow-facts.h"

typedef struct {
    const TamisFlowAction *first, *second;
    TamisFormula guard; /* of both */
    TamisSolution solution;
} TamisTogether;

void tamis_together_clear(TamisTogether *together);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TamisTogether, tamis_together_clear)

/* The first action of the mailbox's flow that can happen beside this one, of those that is_other takes; one that
 * is proved goes before one that is undecided. FALSE: there is none. */
gboolean
tamis_find_beside(TamisFlowFacts *facts, guint32 mailbox, const TamisFlowAction *first,
                  gboolean (*is_other)(const TamisFlowAction *first, const TamisFlowAction *other),
                  TamisTogether *out_together);
/* Whether the mailbox has an action of the kind: of a policy without making its flow. */
gboolean tamis_flow_has(TamisFlowFacts *facts, guint32 mailbox, TamisFlowKind kind);
