/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The solver: whether a guard can be true of some message at some instant. docs/solver.md tells what is
 * exact. Atoms of a changed message (version above 0) have no meaning here: model/carry.h rewrites them. */
#pragma once

#include "model/witness.h"

typedef struct TamisSolver TamisSolver;

#define TAMIS_SOLVER_DEFAULT_STEPS G_GUINT64_CONSTANT(20000000)

/* All is lent. */
typedef struct {
    const TamisPolicy *policy; /* hours, domains; NULL for scripts */
    const TamisZone *zone;     /* the server's own, for dates without one; NULL: UTC */
    const char *delimiter;     /* of an address's detail; NULL or "": none */
    TamisInstant not_before;   /* no witness is earlier; TAMIS_INSTANT_MIN counts as 1970 */
    TamisInstant not_after;    /* nor later; TAMIS_INSTANT_MAX: the end of year 9999 */
    guint64 max_steps; /* of work for one query (some ten nanoseconds each); 0: the default */
} TamisSolverOptions;

typedef enum {
    TAMIS_VERDICT_IMPOSSIBLE, /* no message at any instant makes the guard true */
    TAMIS_VERDICT_WITNESS,    /* this one does, the evaluator agrees */
    TAMIS_VERDICT_UNDECIDED,  /* neither was found, and why */
} TamisVerdict;

/* reason: for UNDECIDED, what remained: "the budget ran out …"; lent, valid until the solver is freed. */
typedef struct {
    TamisVerdict verdict;
    gboolean leans_on_opaque; /* WITNESS: holds only if opaque atoms are as its choices say */
    const char *reason;
    TamisWitness *witness; /* WITNESS: the receiver's, tamis_solution_clear frees it; else NULL */
} TamisSolution;

TAMIS_API void tamis_solution_clear(TamisSolution *solution);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TamisSolution, tamis_solution_clear)

/* Lends formulas and options' pointers. A solver is used by one thread, and its table of formulas by nobody
 * else meanwhile; formulas may be added between queries. */
TAMIS_API TamisSolver *tamis_solver_new(TamisFormulas *formulas, const TamisSolverOptions *options);
TAMIS_API void tamis_solver_free(TamisSolver *solver);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisSolver, tamis_solver_free)

/* Verdicts are kept by formula. out is overwritten, not cleared. Prefers a witness that leans on nothing
 * opaque. */
TAMIS_API void
tamis_solver_solve(TamisSolver *solver, TamisFormula guard, TamisSolution *out_solution);
/* The verdict alone: no witness is made; cheap when asked again. */
TAMIS_API TamisVerdict tamis_solver_verdict(TamisSolver *solver, TamisFormula guard);
/* The same with so many steps at most; what is undecided for want of more may be asked again. */
TAMIS_API TamisVerdict tamis_solver_verdict_within(TamisSolver *solver, TamisFormula guard,
                                                   guint64 max_steps);
/* Whether it is proved that the guard is never true. */
TAMIS_API gboolean tamis_solver_is_impossible(TamisSolver *solver, TamisFormula guard);

/* Which of others hold of one message that makes the guard true (by index, TRUE or FALSE); FALSE: no message was
 * found. */
TAMIS_API gboolean tamis_solver_sample(TamisSolver *solver, TamisFormula guard,
                                       const TamisFormula *others, guint32 n, guint8 *out_holds);

/* The most that one message can reach. */
typedef struct {
    guint64 reached;        /* the weight that solution's witness reaches: a lower bound */
    guint64 bound;          /* no message reaches more; reached == bound: the maximum is proved */
    TamisSolution solution; /* WITNESS: of reached. IMPOSSIBLE: base itself is. UNDECIDED: why */
} TamisMaximum;

TAMIS_API void tamis_maximum_clear(TamisMaximum *maximum);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TamisMaximum, tamis_maximum_clear)

/* The largest sum of weights (NULL: 1 each) of guards that hold at once, where base holds too. Stops as soon
 * as a message that reaches more than stop_above is found; a proof that none does is enough as well (bound is
 * then what is known; G_MAXUINT64 asks for the maximum itself). */
TAMIS_API void tamis_solver_maximum(TamisSolver *solver, TamisFormula base,
                                    const TamisFormula *guards, const guint32 *weights, guint32 n,
                                    guint64 stop_above, TamisMaximum *out_maximum);

/* What the solver did since it was made. */
typedef struct {
    guint64 n_queries, n_cached, n_steps;
    guint64
        n_disagreements; /* witnesses that the evaluator refused: bugs in Tamis; undecided is said */
} TamisSolverCounts;

TAMIS_API TamisSolverCounts tamis_solver_counts(const TamisSolver *solver);
