/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The forwards that a policy's `require` statements judge. What is asked of them stands in the
 * rules. */
#pragma once

#include "lint/facts.h"
#include "lint/membership.h"

/* The statement is about the targets in `to`; first: the first one of the forward. */
typedef void (*TamisRequireVisit)(TamisFacts *facts, const TamisForwardWalk *walk,
                                  const TamisRequire *require, const TamisMembership *to,
                                  const TamisTarget *first);

/* Every forward from a mailbox that the statement is about to a target that it is about; for each
 * `require` with this demand, in the policy's order. */
void tamis_requires_visit(TamisFacts *facts, TamisDemand demand, TamisRequireVisit visit);
