/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Queries: verdicts by formula, witnesses checked by the evaluator. */
#include "model/solve.h"

#include <string.h>

struct TamisSolver {
    TamisFormulas *formulas;
    TamisSolverOptions options;
    TamisSolverCounts counts;
};

static const TamisFlow no_flow = {0};

TamisSolver *
tamis_solver_new(TamisFormulas *formulas, const TamisSolverOptions *options)
{
    TamisSolver *solver = g_new0(TamisSolver, 1);

    solver->formulas = formulas;
    solver->options = *options;
    return solver;
}

void
tamis_solver_free(TamisSolver *solver)
{
    g_free(solver);
}

void
tamis_solution_clear(TamisSolution *solution)
{
    g_clear_pointer(&solution->witness, tamis_witness_free);
}

void
tamis_maximum_clear(TamisMaximum *maximum)
{
    tamis_solution_clear(&maximum->solution);
}

static TamisWitness *
plain_witness(TamisSolver *solver)
{
    TamisWitness plain = {
        .envelope_from = (char *)"anna@outside.example",
        .envelope_to = (char *)"someone@inside.example",
        .instant = MAX(solver->options.not_before, 0),
        .size_bytes = 1000,
        .body = (char *)"",
    };

    return tamis_witness_copy(&plain);
}

static gboolean
agrees(TamisSolver *solver, TamisFormula guard, const TamisWitness *witness)
{
    g_autoptr(TamisMessage) message = tamis_witness_to_message(witness);
    TamisDelivery delivery = tamis_witness_delivery(witness);
    const char *delimiter = solver->options.delimiter != NULL ? solver->options.delimiter : "";
    g_autoptr(TamisEvaluation) evaluation =
        tamis_evaluation_new(solver->formulas, solver->options.policy, &no_flow, message, &delivery,
                             solver->options.zone, delimiter);

    return tamis_evaluation_holds(evaluation, guard) &&
           !tamis_evaluation_leaned_on_opaque(evaluation);
}

void
tamis_solver_solve(TamisSolver *solver, TamisFormula guard, TamisSolution *out_solution)
{
    TamisSolution solution = {.verdict = TAMIS_VERDICT_IMPOSSIBLE};

    if (guard != TAMIS_FORMULA_FALSE) {
        solution.witness = plain_witness(solver);
        solution.verdict = TAMIS_VERDICT_WITNESS;
        if (!agrees(solver, guard, solution.witness)) {
            tamis_solution_clear(&solution);
            solution.verdict = TAMIS_VERDICT_UNDECIDED;
            solution.reason = "conditions are not looked into yet";
        }
    }
    *out_solution = solution;
}

TamisVerdict
tamis_solver_verdict(TamisSolver *solver, TamisFormula guard)
{
    g_auto(TamisSolution) solution = {0};

    tamis_solver_solve(solver, guard, &solution);
    return solution.verdict;
}

gboolean
tamis_solver_is_impossible(TamisSolver *solver, TamisFormula guard)
{
    return tamis_solver_verdict(solver, guard) == TAMIS_VERDICT_IMPOSSIBLE;
}

void
tamis_solver_maximum(TamisSolver *solver, TamisFormula base, const TamisFormula *guards,
                     const guint32 *weights, guint32 n, guint64 stop_above,
                     TamisMaximum *out_maximum)
{
    TamisMaximum maximum = {0};

    tamis_solver_solve(solver, base, &maximum.solution);
    for (guint32 i = 0; i < n; i++) {
        guint64 weight = weights != NULL ? weights[i] : 1;

        maximum.reached += guards[i] == TAMIS_FORMULA_TRUE ? weight : 0;
        maximum.bound += guards[i] == TAMIS_FORMULA_FALSE ? 0 : weight;
    }
    *out_maximum = maximum;
}

TamisSolverCounts
tamis_solver_counts(const TamisSolver *solver)
{
    return solver->counts;
}
