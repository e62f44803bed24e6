/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tests of a policy as atoms, in the form that the lowered Sieve test has when it is read back: so
 * a script made by Tamis and its policy share their atoms. */
#pragma once

#include "model/formula.h"

TAMIS_API TamisFormula tamis_atom_of_test(TamisFormulas *formulas, const TamisPolicy *policy,
                                          const TamisTest *test);
