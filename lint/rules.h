/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The rules over policies, each in lint/rules/<slug>.c with the meaning that
 * docs/findings/<slug>.md gives. The order and the conditions under which they run are
 * lint/lint.c's. */
#pragma once

#include "lint/facts.h"

typedef void (*TamisPolicyRule)(TamisFacts *facts);

void tamis_rule_empty_window(TamisFacts *facts);
void tamis_rule_expired_allow(TamisFacts *facts);
void tamis_rule_expired_route(TamisFacts *facts);
void tamis_rule_expires_soon(TamisFacts *facts);
void tamis_rule_forward_to_self(TamisFacts *facts);
void tamis_rule_lifetime_exceeded(TamisFacts *facts);
void tamis_rule_missing_expiry(TamisFacts *facts);
void tamis_rule_needs_setting(TamisFacts *facts);
void tamis_rule_rebuild_due(TamisFacts *facts);
void tamis_rule_shadowed_mailbox(TamisFacts *facts);
void tamis_rule_spf_breakage(TamisFacts *facts);
void tamis_rule_stale_allow(TamisFacts *facts);
void tamis_rule_unknown_target(TamisFacts *facts);
void tamis_rule_unsupported(TamisFacts *facts);
void tamis_rule_unused_name(TamisFacts *facts);
void tamis_rule_unverified_target(TamisFacts *facts);
