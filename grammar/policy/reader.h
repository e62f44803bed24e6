/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A policy in either of its forms to a syntax tree. */
#pragma once

#include "base/report.h"
#include "grammar/policy/tree.h"

/* Whether a source is in XML: its name ends in ".xml", or in nothing that is ours ("-" is standard input) and the text
 * begins with '<', as no policy does. */
TAMIS_API gboolean tamis_policy_is_xml(const TamisSources *sources, TamisSourceId source);

/* As tamis_policy_parse (grammar/policy/parser.h): faults go to the report, the tree holds everything that
 * could be read. Never NULL. */
TAMIS_API TamisPolicySyntax *
tamis_policy_read(TamisSourceId source, TamisArena *arena, TamisReport *report);
/* As tamis_policy_parse_apart. */
TAMIS_API TamisPolicySyntax *tamis_policy_read_apart(TamisSourceId source, TamisArena *arena,
                                                     TamisArena *mailboxes, TamisReport *report);
