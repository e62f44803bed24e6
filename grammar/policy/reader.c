/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Picks the reader of a policy by its source. */
#include "grammar/policy/reader.h"

#include "grammar/policy/parser.h"
#include "grammar/policy/xml-reader.h"

#include <string.h>

gboolean
tamis_policy_is_xml(const TamisSources *sources, TamisSourceId source)
{
    const char *name = tamis_sources_get_name(sources, source);
    gsize length = 0;
    const char *text = tamis_sources_get_text(sources, source, &length);
    gsize at = length >= 3 && strncmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

    if (g_str_has_suffix(name, ".xml") || g_str_has_suffix(name, ".tamis"))
        return g_str_has_suffix(name, ".xml");
    while (at < length && g_ascii_isspace(text[at]))
        at++;
    return at < length && text[at] == '<';
}

TamisPolicySyntax *
tamis_policy_read(TamisSourceId source, TamisArena *arena, TamisReport *report)
{
    return tamis_policy_read_apart(source, arena, arena, report);
}

TamisPolicySyntax *
tamis_policy_read_apart(TamisSourceId source, TamisArena *arena, TamisArena *mailboxes,
                        TamisReport *report)
{
    return tamis_policy_is_xml(tamis_report_get_sources(report), source)
               ? tamis_policy_parse_xml_apart(source, arena, mailboxes, report)
               : tamis_policy_parse_apart(source, arena, mailboxes, report);
}
