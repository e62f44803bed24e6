/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The syntax tree of a policy as XML (grammar/policy.rng, docs/xml.md). */
#pragma once

#include "base/report.h"
#include "grammar/policy/tree.h"

/* XML that tamis_policy_parse_xml reads to the same tree, with blank lines and comments kept at the statement
 * before which they stand. NULL when a string holds a character that XML has no way to write (U+FFFE,
 * U+FFFF): then a finding (unsafe-string) is in the report. The tree comes from a text without errors. */
TAMIS_API GString *tamis_policy_write_xml(const TamisPolicySyntax *policy, TamisReport *report);
