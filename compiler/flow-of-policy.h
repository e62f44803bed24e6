/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The flow of a policy's mailbox. Conditions become formulas once, for all mailboxes that use them.
 */
#pragma once

#include "base/blobs.h"
#include "model/flow.h"

typedef struct TamisPolicyFlows TamisPolicyFlows;

/* Lends policy and formulas. Strings of actions are the policy's; those of atoms the formulas', which are the
 * same unless these were made with strings of their own. */
TAMIS_API TamisPolicyFlows *
tamis_policy_flows_new(const TamisPolicy *policy, TamisFormulas *formulas);
TAMIS_API void tamis_policy_flows_free(TamisPolicyFlows *flows);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisPolicyFlows, tamis_policy_flows_free)

/* What the policy says that the mailbox does, whatever server runs it. Lives with the blobs; mailboxes that do the same
 * share it, or those parts of it that are the same. */
TAMIS_API TamisFlow *
tamis_policy_flows_get(TamisPolicyFlows *flows, guint32 mailbox, TamisBlobs *blobs);
/* That an engine sends the reply of the mailbox's flow (RFC 5230, 4.5, 4.6): of a policy it stands here, and not in the
 * action, since it depends on the mailbox's addresses and is seldom asked for. */
TAMIS_API TamisFormula tamis_policy_flows_answered(TamisPolicyFlows *flows, guint32 mailbox);
/* A condition of the policy as a formula of the message as it arrived. */
TAMIS_API TamisFormula tamis_policy_flows_condition(TamisPolicyFlows *flows,
                                                    TamisConditionId condition);
/* When the route by itself is active, whatever those before it do: its condition, and its window. */
TAMIS_API TamisFormula tamis_policy_flows_route(TamisPolicyFlows *flows, const TamisRoute *route);
