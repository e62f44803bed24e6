/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any bytes as a policy in XML: what is read without error is written, as XML and as text, and read again to
 * the same policy. */
#include "grammar/policy/compare.h"
#include "grammar/policy/format.h"
#include "grammar/policy/reader.h"
#include "grammar/policy/xml-writer.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static TamisPolicySyntax *
read_text(TamisReport *report, TamisArena *arena, const char *name, const char *text, gsize length)
{
    TamisSourceId source =
        tamis_sources_add_text(tamis_report_get_sources(report), name, text, length);
    return tamis_policy_read(source, arena, report);
}

static gboolean
has_errors(const TamisReport *report)
{
    return tamis_report_count_severity(report, TAMIS_SEVERITY_ERROR) > 0;
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    g_autoptr(TamisArena) arena = tamis_arena_new();
    TamisPolicySyntax *policy = read_text(report, arena, "a.xml", (const char *)data, size);

    for (guint i = 0; i < tamis_report_count(report); i++) {
        TamisSpan span = tamis_report_get(report, i)->span;
        g_assert((gsize)span.offset + span.length <= size);
        tamis_sources_locate(sources, span);
    }
    if (has_errors(report))
        return 0;
    GString *formatted = tamis_policy_format(policy, sources);
    g_assert(tamis_policy_same(
        policy, read_text(report, arena, "b.tamis", formatted->str, formatted->len)));
    g_assert(!has_errors(report));
    g_string_free(formatted, TRUE);

    GString *xml = tamis_policy_write_xml(policy, report);
    if (xml == NULL)
        return 0;
    TamisPolicySyntax *again = read_text(report, arena, "c.xml", xml->str, xml->len);
    g_assert(!has_errors(report));
    g_assert(tamis_policy_same(policy, again));
    GString *twice = tamis_policy_write_xml(again, report);
    g_assert(strcmp(twice->str, xml->str) == 0);
    g_string_free(xml, TRUE);
    g_string_free(twice, TRUE);
    return 0;
}
