/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the tests of the policy language share: findings as lines of text, to be compared whole. */
#pragma once

#include "base/catalogue.h"
#include "base/report.h"

/* "2:5-2:8 syntax: message (help: …)" a line, with "  2:1 …" for what is related. */
static inline char *
list_findings(TamisReport *report)
{
    TamisSources *sources = tamis_report_get_sources(report);
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < tamis_report_count(report); i++) {
        const TamisDiagnostic *finding = tamis_report_get(report, i);
        TamisPosition at = tamis_sources_locate(sources, finding->span);

        g_string_append_printf(out, "%u:%u-%u:%u %s: %s", at.line, at.column, at.end_line,
                               at.end_column, tamis_catalogue_get(finding->rule)->slug,
                               finding->message);
        if (finding->help != NULL)
            g_string_append_printf(out, " (help: %s)", finding->help);
        g_string_append_c(out, '\n');
        for (guint j = 0; finding->related != NULL && j < finding->related->len; j++) {
            const TamisRelated *related = &g_array_index(finding->related, TamisRelated, j);
            at = tamis_sources_locate(sources, related->span);
            g_string_append_printf(out, "  %u:%u %s\n", at.line, at.column, related->message);
        }
    }
    return g_string_free(out, FALSE);
}
