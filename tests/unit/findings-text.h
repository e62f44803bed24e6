/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What was found, as the tests of XML expect it. */
#pragma once

#include "base/report.h"

/* "2:5-2:9: message (help)\n" each. */
static inline char *
findings_text(const TamisReport *report)
{
    TamisSources *sources = tamis_report_get_sources(report);
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < tamis_report_count(report); i++) {
        const TamisDiagnostic *diagnostic = tamis_report_get(report, i);
        TamisPosition position = tamis_sources_locate(sources, diagnostic->span);
        g_string_append_printf(text, "%u:%u-%u:%u: %s", position.line, position.column,
                               position.end_line, position.end_column, diagnostic->message);
        if (diagnostic->help != NULL)
            g_string_append_printf(text, " (%s)", diagnostic->help);
        g_string_append_c(text, '\n');
    }
    return g_string_free(text, FALSE);
}
