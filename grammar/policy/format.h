/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The canonical layout of a policy: the tree and its comments back to text. */
#pragma once

#include "grammar/policy/tree.h"

/* Text that parses to the same tree with the same comments (but for their indentation and blanks at the ends
 * of lines); formatting it again changes nothing. The policy has no errors. sources gives the original text,
 * for blank lines and for strings that are kept as written; NULL when the tree was not made from policy
 * text. Ownership is the caller's. */
TAMIS_API GString *
tamis_policy_format(const TamisPolicySyntax *policy, const TamisSources *sources);
