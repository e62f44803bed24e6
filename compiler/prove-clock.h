/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * For guards that are mostly time: opening hours against their clock written out for years. The time line is cut
 * where a test of it changes; in each piece they are constants, and what is left is a question without time. */
#pragma once

#include "model/solve.h"

typedef struct TamisProofClock TamisProofClock;

/* Lends all of it. from and to: [from, to) is asked of; to is finite. */
TamisProofClock *
tamis_proof_clock_new(TamisFormulas *formulas, TamisSolver *solver, const TamisPolicy *policy,
                      TamisInstant from, TamisInstant to);
void tamis_proof_clock_free(TamisProofClock *clock);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisProofClock, tamis_proof_clock_free)

/* As tamis_solver_solve, of messages in [from, to); for_ever: and of all later ones. */
void tamis_proof_clock_solve(TamisProofClock *clock, TamisFormula guard, gboolean for_ever,
                             TamisSolution *out_solution);
/* Whether the guard has opening hours, of which the solver alone would need long. */
gboolean tamis_proof_clock_is_quicker(TamisProofClock *clock, TamisFormula guard);
/* Whether the tests of seconds and minutes alone make the guard impossible, by one of their cycles: `one of` against
 * how a script writes it. FALSE says nothing. */
gboolean tamis_proof_clock_is_impossible(TamisProofClock *clock, TamisFormula guard);
/* The guard, at an instant of [from, to); TAMIS_INSTANT_MIN and _MAX: open. */
TamisFormula tamis_proof_between(TamisFormulas *formulas, TamisFormula guard, TamisInstant from,
                                 TamisInstant to);
