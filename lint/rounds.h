/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Ways round in a graph whose edges have guards: closed walks whose guards one message can fulfil
 * together. Nothing here knows mail; what can be fulfilled the caller says. */
#pragma once

#include "lint/graph.h"
#include "model/solve.h"

typedef struct {
    guint32 from, to;
    TamisFormula guard;
    guint64 text; /* edges that one change of the text would remove have the same */
} TamisRoundEdge;

typedef struct {
    TamisFormulas *formulas;
    TamisSolver *solver;
    guint32 n_nodes;
    const TamisRoundEdge *edges;
    guint32 n_edges;
    guint64 max_steps; /* some ten nanoseconds each, counted and not measured */
} TamisRoundsQuery;

typedef struct {
    guint32 *edges; /* in the order of the walk, from its lowest node */
    guint32 n_edges;
    TamisFormula guard;   /* of all of them */
    TamisVerdict verdict; /* WITNESS or UNDECIDED */
} TamisRound;

typedef struct {
    GArray *rounds; /* of TamisRound: shorter ones first */
    GArray *left;   /* guint32: nodes for which the steps did not suffice */
    guint64 steps;  /* that were taken */
} TamisRounds;

/* The shortest round of each text: after one was found the walk goes on without that text of it that
 * has the fewest edges, so that a hub's rounds are told apart, and one group's are one. A node is in
 * a few rounds at most. */
TamisRounds *tamis_rounds_find(const TamisRoundsQuery *query);
void tamis_rounds_free(TamisRounds *rounds);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisRounds, tamis_rounds_free)
