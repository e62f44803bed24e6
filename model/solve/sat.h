/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The boolean core: clauses, unit propagation, conflict-driven learning. Knows nothing of what a variable
 * means. A literal is 2 × variable, + 1 where negated. Not installed. */
#pragma once

#include "base/api.h"

typedef guint32 TamisLiteral;
#define tamis_literal(variable, negated) (2 * (variable) + ((negated) ? 1u : 0u))
#define tamis_literal_variable(literal)  ((literal) >> 1)
#define tamis_literal_not(literal)       ((literal) ^ 1u)

typedef struct TamisSat TamisSat;

typedef enum { TAMIS_SAT_MODEL, TAMIS_SAT_NONE, TAMIS_SAT_BUDGET } TamisSatResult;

TamisSat *tamis_sat_new(void);
void tamis_sat_free(TamisSat *sat);
/* Forgets variables and clauses, keeps the memory. */
void tamis_sat_reset(TamisSat *sat);
guint32 tamis_sat_add_variable(TamisSat *sat);
/* literals is changed. Between two runs clauses may be added; an empty one makes everything impossible. */
void tamis_sat_add_clause(TamisSat *sat, TamisLiteral *literals, guint32 n);
/* A model in which the assumptions hold too. Takes what it does from *steps, which stays above 0 unless
 * BUDGET. Variables that nothing forces are false. */
TamisSatResult
tamis_sat_run(TamisSat *sat, const TamisLiteral *assumptions, guint32 n, guint64 *steps);
/* Of the last model. */
gboolean tamis_sat_holds(const TamisSat *sat, TamisLiteral literal);
/* Whether it holds in every model. */
gboolean tamis_sat_is_forced(const TamisSat *sat, TamisLiteral literal);
