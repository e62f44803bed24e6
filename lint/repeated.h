/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What one route says twice and means once: of two replies, or two rejections, the first takes place, and the
 * other would be dropped without a word. Between routes the first active one is meant, and that is no fault. */
#pragma once

#include "lint/flow-facts.h"

/* Of a policy; kind is TAMIS_DO_REPLY or TAMIS_DO_REJECT. does: "answers", "rejects"; first: what the earlier is
 * called. */
void tamis_flow_find_repeated(TamisFlowFacts *facts, TamisActionKindOf kind, TamisRule rule,
                              const char *does, const char *first);
