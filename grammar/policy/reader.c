/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Picks the reader of a policy by its source's name. */
#include "grammar/policy/reader.h"

#include "grammar/policy/parser.h"

TamisPolicySyntax *
tamis_policy_read(TamisSourceId source, TamisArena *arena, TamisReport *report)
{
    return tamis_policy_parse(source, arena, report);
}
