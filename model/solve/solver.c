/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Questions: a model of the boolean structure, the tests that it leans on, whether a message can meet them;
 * if not, which of them cannot be together, and on to the next model. */
#include "model/solve/query.h"

#include <string.h>

static const TamisFlow no_flow = {0};

TamisSolver *
tamis_solver_new(TamisFormulas *formulas, const TamisSolverOptions *options)
{
    TamisSolver *solver = g_new0(TamisSolver, 1);

    solver->formulas = formulas;
    solver->options = *options;
    if (solver->options.max_steps == 0)
        solver->options.max_steps = TAMIS_SOLVER_DEFAULT_STEPS;
    solver->verdicts = g_array_new(FALSE, TRUE, sizeof(guint8));
    solver->memo = tamis_memo_new();
    solver->instants = tamis_memo_new_instants();
    solver->reasons = g_hash_table_new(NULL, NULL);
    tamis_texts_init(&solver->texts, formulas, options->delimiter);
    solver->timeline = (TamisTimeline){&solver->texts, options->policy, options->zone, 0};
    solver->sat = tamis_sat_new();
    solver->literals = g_array_new(FALSE, TRUE, sizeof(guint32));
    solver->rounds = g_array_new(FALSE, TRUE, sizeof(guint32));
    solver->reason_rounds = g_array_new(FALSE, TRUE, sizeof(guint32));
    solver->leaves = g_array_new(FALSE, FALSE, sizeof(TamisLeaf));
    solver->leaf_of = g_array_new(FALSE, FALSE, sizeof(guint32));
    solver->claims = g_array_new(FALSE, FALSE, sizeof(TamisClaim));
    solver->core = g_array_new(FALSE, FALSE, sizeof(TamisClaim));
    solver->changed = g_array_new(FALSE, FALSE, sizeof(TamisFormula));
    solver->spare_tests.element_bytes = sizeof(TamisTextTest);
    solver->spare_times.element_bytes = sizeof(TamisTimeTest);
    solver->spare_numbers.element_bytes = sizeof(guint32);
    solver->spare_addresses.element_bytes = sizeof(TamisValueAddresses);
    solver->reason_texts = g_string_chunk_new(256);
    tamis_draft_init(&solver->draft);
    return solver;
}

void
tamis_solver_free(TamisSolver *solver)
{
    if (solver == NULL)
        return;
    g_array_unref(solver->verdicts);
    g_hash_table_unref(solver->memo);
    g_hash_table_unref(solver->instants);
    g_hash_table_unref(solver->reasons);
    tamis_texts_clear(&solver->texts);
    tamis_sat_free(solver->sat);
    g_array_unref(solver->literals);
    g_array_unref(solver->rounds);
    g_array_unref(solver->reason_rounds);
    g_array_unref(solver->leaves);
    g_array_unref(solver->leaf_of);
    g_array_unref(solver->claims);
    g_array_unref(solver->core);
    g_array_unref(solver->changed);
    tamis_spare_clear(&solver->spare_tests);
    tamis_spare_clear(&solver->spare_times);
    tamis_spare_clear(&solver->spare_numbers);
    tamis_spare_clear(&solver->spare_addresses);
    g_string_chunk_free(solver->reason_texts);
    tamis_draft_clear(&solver->draft);
    g_free(solver);
}

void
tamis_solution_clear(TamisSolution *solution)
{
    g_clear_pointer(&solution->witness, tamis_witness_free);
}

TamisSolverCounts
tamis_solver_counts(const TamisSolver *solver)
{
    return solver->counts;
}

/* The loop --------------------------------------------------------------------------------------- */

/* Not all of the core's claims at once. */
static void
exclude_core(TamisSolver *solver)
{
    g_autofree TamisLiteral *clause = g_new(TamisLiteral, solver->core->len + 1);

    for (guint i = 0; i < solver->core->len; i++) {
        TamisClaim claim = g_array_index(solver->core, TamisClaim, i);

        clause[i] =
            tamis_literal(tamis_leaf(solver, claim)->variable, !tamis_claim_is_negated(claim));
    }
    tamis_sat_add_clause(solver->sat, clause, solver->core->len);
}

static TamisVerdict
undecided(TamisSolver *solver, const char *reason)
{
    if (solver->reason == NULL)
        solver->reason = reason;
    return TAMIS_VERDICT_UNDECIDED;
}

TamisVerdict
tamis_solver_run(TamisSolver *solver, const TamisLiteral *assumptions, guint32 n,
                 const TamisFormula *formulas, guint32 n_formulas)
{
    if (solver->too_deep)
        return undecided(solver, "conditions nest too deeply");
    for (;;) {
        TamisSatResult model = tamis_sat_run(solver->sat, assumptions, n, &solver->texts.steps);
        TamisTextResult result;

        if (model == TAMIS_SAT_BUDGET)
            return undecided(solver, "the budget ran out on the conditions' structure");
        if (model == TAMIS_SAT_NONE)
            return solver->met_unknown ? TAMIS_VERDICT_UNDECIDED : TAMIS_VERDICT_IMPOSSIBLE;
        tamis_encode_begin_reasons(solver);
        for (guint32 i = 0; i < n_formulas; i++)
            tamis_encode_add_reasons(solver, formulas[i], FALSE);
        result = tamis_theory_check(solver);
        if (result == TAMIS_TEXT_FOUND)
            return TAMIS_VERDICT_WITNESS;
        if (result == TAMIS_TEXT_UNKNOWN) {
            solver->met_unknown = TRUE;
            undecided(solver, solver->texts.reason);
        }
        exclude_core(solver);
    }
}

/* Witnesses -------------------------------------------------------------------------------------- */

/* All is lent. */
static TamisEvaluation *
evaluate(TamisSolver *solver, const TamisWitness *witness, TamisMessage *message,
         const TamisDelivery *delivery)
{
    TamisEvaluation *evaluation =
        tamis_evaluation_new(solver->formulas, solver->options.policy, &no_flow, message, delivery,
                             solver->options.zone, solver->texts.delimiter);

    /* Of a changed message nothing is known here. */
    for (guint i = 0; i < solver->changed->len; i++)
        tamis_evaluation_assume(evaluation, g_array_index(solver->changed, TamisFormula, i), FALSE);
    for (guint i = 0; i < witness->n_choices; i++)
        tamis_evaluation_assume(evaluation, witness->choices[i].atom, witness->choices[i].holds);
    return evaluation;
}

/* NULL: it is none. */
static TamisWitness *
to_checked_witness(TamisSolver *solver, const TamisFormula *formulas, guint32 n_formulas)
{
    TamisWitness *witness = tamis_draft_to_witness(solver);
    g_autoptr(TamisMessage) message = tamis_witness_to_message(witness);
    TamisDelivery delivery = tamis_witness_delivery(witness);
    g_autoptr(TamisEvaluation) evaluation = evaluate(solver, witness, message, &delivery);
    gboolean agrees = TRUE;

    for (guint32 i = 0; i < n_formulas && agrees; i++)
        agrees = tamis_evaluation_holds(evaluation, formulas[i]);
    if (agrees)
        return witness;
    tamis_witness_free(witness);
    return NULL;
}

TamisWitness *
tamis_solver_take_witness(TamisSolver *solver, const TamisFormula *formulas, guint32 n_formulas)
{
    g_autoptr(GPtrArray) before = tamis_draft_give_form(solver);
    TamisWitness *witness = to_checked_witness(solver, formulas, n_formulas);

    /* What tests of several headers ask together is not looked at where values are given their form. */
    if (witness == NULL && tamis_draft_take_back(&solver->draft, before))
        witness = to_checked_witness(solver, formulas, n_formulas);
    return witness;
}

/* Questions -------------------------------------------------------------------------------------- */

static TamisVerdict
ask(TamisSolver *solver, TamisFormula guard, gboolean strict)
{
    tamis_encode_begin(solver, strict);
    tamis_encode_assert(solver, guard);
    return tamis_solver_run(solver, NULL, 0, &guard, 1);
}

/* First without opaque atoms, then with them. */
static TamisVerdict
decide(TamisSolver *solver, TamisFormula guard, guint64 max_steps, gboolean *out_leans)
{
    TamisVerdict verdict;

    solver->texts.steps = max_steps;
    tamis_arena_reset(solver->texts.arena);
    solver->counts.n_queries++;
    *out_leans = FALSE;
    verdict = ask(solver, guard, TRUE);
    if (verdict != TAMIS_VERDICT_WITNESS && solver->has_opaque) {
        verdict = ask(solver, guard, FALSE);
        *out_leans = verdict == TAMIS_VERDICT_WITNESS;
    }
    solver->counts.n_steps += max_steps - solver->texts.steps;
    return verdict;
}

static void
keep_verdict(TamisSolver *solver, TamisFormula guard, TamisVerdict verdict)
{
    if (guard >= solver->verdicts->len)
        g_array_set_size(solver->verdicts, tamis_formulas_count(solver->formulas));
    g_array_index(solver->verdicts, guint8, guard) = (guint8)(1 + verdict);
    if (verdict == TAMIS_VERDICT_UNDECIDED)
        g_hash_table_insert(solver->reasons, GUINT_TO_POINTER(guard), (gpointer)solver->reason);
}

static gboolean
find_verdict(TamisSolver *solver, TamisFormula guard, TamisVerdict *out_verdict)
{
    guint8 known =
        guard < solver->verdicts->len ? g_array_index(solver->verdicts, guint8, guard) : 0;

    if (known == 0)
        return FALSE;
    solver->counts.n_cached++;
    *out_verdict = (TamisVerdict)(known - 1);
    return TRUE;
}

void
tamis_solver_solve(TamisSolver *solver, TamisFormula guard, TamisSolution *out_solution)
{
    TamisSolution solution = {0};

    if (find_verdict(solver, guard, &solution.verdict) &&
        solution.verdict != TAMIS_VERDICT_WITNESS) {
        solution.reason = g_hash_table_lookup(solver->reasons, GUINT_TO_POINTER(guard));
        *out_solution = solution;
        return;
    }
    solution.verdict = decide(solver, guard, solver->options.max_steps, &solution.leans_on_opaque);
    if (solution.verdict == TAMIS_VERDICT_WITNESS) {
        solution.witness = tamis_solver_take_witness(solver, &guard, 1);
        if (solution.witness == NULL) {
            solver->counts.n_disagreements++;
            solution = (TamisSolution){.verdict = TAMIS_VERDICT_UNDECIDED};
            solver->reason = "the evaluator disagrees with the solver: this is a bug in Tamis";
        }
    }
    keep_verdict(solver, guard, solution.verdict);
    if (solution.verdict == TAMIS_VERDICT_UNDECIDED)
        solution.reason = solver->reason;
    *out_solution = solution;
}

TamisVerdict
tamis_solver_verdict_within(TamisSolver *solver, TamisFormula guard, guint64 max_steps)
{
    TamisVerdict verdict;
    gboolean leans;

    if (find_verdict(solver, guard, &verdict))
        return verdict;
    max_steps = MIN(max_steps, solver->options.max_steps);
    verdict = decide(solver, guard, max_steps, &leans);
    if (verdict != TAMIS_VERDICT_UNDECIDED || max_steps == solver->options.max_steps)
        keep_verdict(solver, guard, verdict);
    return verdict;
}

TamisVerdict
tamis_solver_verdict(TamisSolver *solver, TamisFormula guard)
{
    return tamis_solver_verdict_within(solver, guard, solver->options.max_steps);
}

gboolean
tamis_solver_is_impossible(TamisSolver *solver, TamisFormula guard)
{
    return tamis_solver_verdict(solver, guard) == TAMIS_VERDICT_IMPOSSIBLE;
}

gboolean
tamis_solver_sample(TamisSolver *solver, TamisFormula guard, const TamisFormula *others, guint32 n,
                    guint8 *out_holds)
{
    g_auto(TamisSolution) solution = {0};

    tamis_solver_solve(solver, guard, &solution);
    if (solution.witness == NULL)
        return FALSE;
    g_autoptr(TamisMessage) message = tamis_witness_to_message(solution.witness);
    TamisDelivery delivery = tamis_witness_delivery(solution.witness);
    g_autoptr(TamisEvaluation) evaluation = evaluate(solver, solution.witness, message, &delivery);

    for (guint32 i = 0; i < n; i++)
        out_holds[i] = (guint8)tamis_evaluation_holds(evaluation, others[i]);
    return TRUE;
}
