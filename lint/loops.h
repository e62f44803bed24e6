/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Loops of mail: messages that a mailbox forwards and, when they are back, forwards again. */
#pragma once

#include "lint/flow-facts.h"
#include "lint/hops.h"

typedef struct {
    const TamisHops *hops;
    const guint32 *way; /* indexes of hops, from a mailbox round to it */
    guint32 n_way;      /* 0: undecided among the stations of left, and no way is known */
    TamisFormula guard; /* of the message that sets out and goes round */
    const TamisSolution *solution;
    const TamisInstant *instants; /* of each address of the path; NULL: all at the witness's */
    const GArray *left;           /* guint32 */
    guint n_more;                 /* further ways round the same component that are not told */
} TamisLoop;

typedef void (*TamisLoopFound)(TamisFlowFacts *facts, const TamisLoop *loop);

/* Calls found for each, component by component, the shortest first. A message that is shown has gone
 * round twice, hop by hop. */
void tamis_loops_find(TamisFlowFacts *facts, TamisLoopFound found);
/* The addresses on the way, the first one at the end again. Lent strings; caller frees. */
GPtrArray *tamis_loop_get_path(TamisFlowFacts *facts, const TamisLoop *loop);
/* Whether the hop sends the message anew, as no alias map does. */
gboolean tamis_hop_is_forward(TamisFlowFacts *facts, const TamisHops *hops, const TamisHop *hop);
