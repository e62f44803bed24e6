/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The rules over flows, run in one fixed order: errors first. */
#include "lint/flows.h"

static const TamisFlowRule rules[] = {
    tamis_flow_rule_engine_crash,     tamis_flow_rule_forward_loop,
    tamis_flow_rule_forward_to_self,  tamis_flow_rule_forbidden_forward,
    tamis_flow_rule_missing_copy,     tamis_flow_rule_mail_lost,
    tamis_flow_rule_reject_conflict,  tamis_flow_rule_reply_conflict,
    tamis_flow_rule_too_many_targets, tamis_flow_rule_too_many_actions,
    tamis_flow_rule_too_many_copies,  tamis_flow_rule_too_many_hops,
    tamis_flow_rule_forward_return,   tamis_flow_rule_forward_without_copy,
    tamis_flow_rule_empty_window,     tamis_flow_rule_expired_route,
    tamis_flow_rule_dead_route,
};

void
tamis_flow_rules_run(TamisFlowFacts *facts)
{
    for (guint i = 0; i < G_N_ELEMENTS(rules); i++)
        rules[i](facts);
}
