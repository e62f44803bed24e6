/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A policy in XML (grammar/policy.rng, docs/xml.md) to the syntax tree. */
#pragma once

#include "base/report.h"
#include "grammar/policy/tree.h"

/* As tamis_policy_parse: what the elements stand for goes to the same parser, which says the same of it, at
 * its place in the XML. Elements that the schema does not know are reported and left out. Nothing but the
 * source is read, whatever the text says. */
TAMIS_API TamisPolicySyntax *
tamis_policy_parse_xml(TamisSourceId source, TamisArena *arena, TamisReport *report);
/* As tamis_policy_parse_apart. */
TAMIS_API TamisPolicySyntax *
tamis_policy_parse_xml_apart(TamisSourceId source, TamisArena *arena, TamisArena *mailboxes,
                             TamisReport *report);
