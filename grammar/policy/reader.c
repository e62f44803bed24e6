/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Picks the reader of a policy by its source's name. */
#include "grammar/policy/reader.h"

#include "grammar/policy/parser.h"
#include "grammar/policy/xml-reader.h"

TamisPolicySyntax *
tamis_policy_read(TamisSourceId source, TamisArena *arena, TamisReport *report)
{
    const char *name = tamis_sources_get_name(tamis_report_get_sources(report), source);

    if (g_str_has_suffix(name, ".xml"))
        return tamis_policy_parse_xml(source, arena, report);
    return tamis_policy_parse(source, arena, report);
}
