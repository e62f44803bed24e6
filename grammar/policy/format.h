/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The canonical layout of a policy: the tree and its comments back to text. */
#pragma once

#include "grammar/policy/tree.h"

/* Text that parses to the same tree with the same comments (but for their indentation and blanks at
 * the ends of lines); formatting it again changes nothing. The policy has no errors. sources gives
 * the original text: where comments and empty lines stood, and, where it is in the policy language,
 * how strings were spelled and blocks broken; NULL when there is none. Ownership is the caller's. */
TAMIS_API GString *
tamis_policy_format(const TamisPolicySyntax *policy, const TamisSources *sources);
/* Whether two declarations are lines of one paragraph where no source says: else an empty line parts them. */
gboolean
tamis_declarations_are_together(const TamisDeclaration *before, const TamisDeclaration *after);
