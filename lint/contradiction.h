/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Why no message makes a guard true: the few tests in it that cannot hold together. */
#pragma once

#include "lint/flow-facts.h"

/* Shows those tests at the finding where they are three at most and are written in [from, before) of one source;
 * else, and where it would take long to find them, nothing. guard: impossible. */
void tamis_contradiction_tell(TamisFlowFacts *facts, TamisDiagnostic *diagnostic,
                              TamisFormula guard, TamisSpan from, guint32 before);
