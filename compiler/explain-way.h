/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How a message takes a way that is known: whose turn it is in a `one of`, and how tests turn out that cannot be read. */
#pragma once

#include "model/evaluate.h"
#include "model/witness.h"

typedef TamisEvaluation *(*TamisMakeEvaluation)(gpointer data);

/* An evaluation made by make in which the guard holds, since open tests are taken as out_taken (of
 * TamisWitnessChoice) has them; NULL: there is none, or too many tests are open. Caller frees. */
TamisEvaluation *
tamis_explain_evaluate_way(const TamisFormulas *formulas, const TamisFlow *flow, TamisFormula guard,
                           TamisMakeEvaluation make, gpointer data, GArray *out_taken);
