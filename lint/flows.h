/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The rules over flows, each in lint/flows/<slug>.c with the meaning that docs/findings/<slug>.md
 * gives. They judge policies, scripts and folders of scripts alike. */
#pragma once

#include "lint/flow-facts.h"

void tamis_flow_rule_forward_loop(TamisFlowFacts *facts);
