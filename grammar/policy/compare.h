/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whether two syntax trees say the same, wherever it was written. */
#pragma once

#include "grammar/policy/tree.h"

/* Everything but spans, sources and comments. */
TAMIS_API gboolean tamis_policy_same(const TamisPolicySyntax *a, const TamisPolicySyntax *b);
TAMIS_API gboolean tamis_declaration_same(const TamisDeclaration *a, const TamisDeclaration *b);
