/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The forwards that a policy's `require` statements judge. What is asked of them stands in the
 * rules. */
#pragma once

#include "lint/facts.h"

/* first: the first target of the forward that the statement is about. */
typedef void (*TamisRequireVisit)(TamisFacts *facts, const TamisForwardWalk *walk,
                                  const TamisRequire *require, const TamisTarget *first);

/* Every forward from a mailbox that the statement is about to a target that it is about; for each
 * `require` with this demand, in the policy's order. */
void tamis_requires_visit(TamisFacts *facts, TamisDemand demand, TamisRequireVisit visit);
