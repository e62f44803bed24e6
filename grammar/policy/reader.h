/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A policy in either of its forms to a syntax tree: XML when the source's name ends in ".xml", else text. */
#pragma once

#include "base/report.h"
#include "grammar/policy/tree.h"

/* As tamis_policy_parse (grammar/policy/parser.h): faults go to the report, the tree holds everything that
 * could be read. Never NULL. */
TAMIS_API TamisPolicySyntax *
tamis_policy_read(TamisSourceId source, TamisArena *arena, TamisReport *report);
