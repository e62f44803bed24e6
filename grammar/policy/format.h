/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The canonical layout of a policy: the tree and its comments back to text. */
#pragma once

#include "grammar/policy/tree.h"

/* Text that parses to the same tree with the same comments; formatting it again changes nothing. sources
 * gives the original text, for blank lines and for words that are kept as written. */
TAMIS_API GString *tamis_policy_format(const TamisPolicySyntax *policy, const TamisSources *sources);
