/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which of many guards plainly exclude each other. */
#pragma once

#include "model/formula.h"

/* Writes for each of n different guards the number of its set (below n): of one set no message makes two true. A
 * bounded number of comparisons is made; guards behind them are sets of their own. Formulas may be added. */
void tamis_cover(TamisFormulas *formulas, const TamisFormula *guards, guint n, guint *out_sets);
