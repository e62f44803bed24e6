/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Policy text to syntax tree. */
#pragma once

#include "base/report.h"
#include "grammar/policy/tokens.h"
#include "grammar/policy/tree.h"

/* Blocks, parentheses and `not` nest this deep at most. */
#define TAMIS_POLICY_MAX_NESTING 64
#define TAMIS_POLICY_MAX_BYTES   (512u << 20)

/* Parses one source of the report's sources. Errors (rule syntax) go to the report; after one the parser
 * goes on at the next statement or declaration, so one run shows several. The tree holds everything that
 * could be read and lives in arena. Never NULL. */
TAMIS_API TamisPolicySyntax *
tamis_policy_parse(TamisSourceId source, TamisArena *arena, TamisReport *report);
/* The same with the nodes of mailboxes that stand in no `each` in an arena of their own, in the order of the text: who
 * visits them one by one can drop those behind (tamis_arena_drop_before). Their texts are in arena. */
TAMIS_API TamisPolicySyntax *tamis_policy_parse_apart(TamisSourceId source, TamisArena *arena,
                                                      TamisArena *mailboxes, TamisReport *report);
/* The same from tokens that come from elsewhere; source is the one that the tree names. Comments are the
 * caller's to add. */
TAMIS_API TamisPolicySyntax *
tamis_policy_parse_tokens(const TamisTokenSource *tokens, TamisSourceId source, TamisArena *arena,
                          TamisArena *mailboxes, TamisReport *report);
