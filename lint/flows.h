/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The rules over flows, each in lint/flows/<slug>.c with the meaning that docs/findings/<slug>.md
 * gives. They judge policies, scripts and folders of scripts alike. */
#pragma once

#include "lint/flow-facts.h"

void tamis_flow_rules_run(TamisFlowFacts *facts);

void tamis_flow_rule_dead_route(TamisFlowFacts *facts);
void tamis_flow_rule_empty_window(TamisFlowFacts *facts);
void tamis_flow_rule_engine_crash(TamisFlowFacts *facts);
void tamis_flow_rule_expired_route(TamisFlowFacts *facts);
void tamis_flow_rule_forbidden_forward(TamisFlowFacts *facts);
void tamis_flow_rule_forward_loop(TamisFlowFacts *facts);
void tamis_flow_rule_forward_return(TamisFlowFacts *facts);
void tamis_flow_rule_forward_to_self(TamisFlowFacts *facts);
void tamis_flow_rule_forward_without_copy(TamisFlowFacts *facts);
void tamis_flow_rule_mail_lost(TamisFlowFacts *facts);
void tamis_flow_rule_missing_copy(TamisFlowFacts *facts);
void tamis_flow_rule_reject_conflict(TamisFlowFacts *facts);
void tamis_flow_rule_reply_conflict(TamisFlowFacts *facts);
void tamis_flow_rule_too_many_actions(TamisFlowFacts *facts);
void tamis_flow_rule_too_many_copies(TamisFlowFacts *facts);
void tamis_flow_rule_too_many_hops(TamisFlowFacts *facts);
void tamis_flow_rule_too_many_targets(TamisFlowFacts *facts);
