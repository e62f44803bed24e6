/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tests of a policy as atoms, in the form that the lowered Sieve test has when it is read back: so
 * a script made by Tamis and its policy share their atoms. */
#pragma once

#include "model/formula.h"

/* That engines answer the message at all (RFC 5230, 4.5 and 4.6): it names the mailbox (own: keys of its
 * addresses) or what the server was given, it is no mailing list's and not automatic, and its sender is a
 * person's address and not one of the mailbox's own. own is changed. */
TAMIS_API TamisFormula tamis_formula_is_answered(TamisFormulas *formulas, TamisString *own,
                                                 guint32 n_own);

TAMIS_API TamisFormula tamis_atom_of_test(TamisFormulas *formulas, const TamisPolicy *policy,
                                          const TamisTest *test);
