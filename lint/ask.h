/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Questions to the solver out of a budget of steps, some ten nanoseconds each: counted, and not measured, so that
 * every run ends at the same place. */
#pragma once

#include "model/solve.h"

/* What a question takes beside the solver's own steps, and one whose answer is known. */
enum { TAMIS_ASK_STEPS = 400, TAMIS_ASK_AGAIN_STEPS = 10 };

/* The guard's verdict, with max_steps at most; takes from *steps what it took. */
static inline TamisVerdict
tamis_ask(TamisSolver *solver, TamisFormula guard, guint64 max_steps, guint64 *steps)
{
    TamisSolverCounts before = tamis_solver_counts(solver), after;
    TamisVerdict verdict = tamis_solver_verdict_within(solver, guard, max_steps);
    guint64 taken;

    after = tamis_solver_counts(solver);
    taken = after.n_steps - before.n_steps +
            (after.n_queries > before.n_queries ? TAMIS_ASK_STEPS : TAMIS_ASK_AGAIN_STEPS);
    *steps -= MIN(*steps, taken);
    return verdict;
}
