/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A report for people, editors and machines. Suppressed findings are counted and not shown. Every
 * format is UTF-8, ends in a line break if not empty, and is the same for the same report. */
#pragma once

#include "base/report.h"

typedef enum {
    TAMIS_FORMAT_TEXT,
    TAMIS_FORMAT_JSON,
    TAMIS_FORMAT_SARIF,  /* 2.1.0 */
    TAMIS_FORMAT_JUNIT,  /* a test suite a source, a test case a finding */
    TAMIS_FORMAT_GITHUB, /* workflow commands */
    TAMIS_FORMAT_GCC,    /* one line a place, for editors */
} TamisFormat;

typedef struct {
    gboolean context;    /* text: the source's lines with carets, else one line a place */
    gboolean color;      /* text: ANSI escapes */
    TamisSeverity least; /* text: what is less severe is left out */
    /* json: one more member of the document, its value as JSON; NULL: none */
    const char *member, *member_json;
} TamisRenderOptions;

/* "text", "json" …; FALSE when there is no such format. */
TAMIS_API gboolean tamis_format_from_string(const char *name, TamisFormat *out_format);
/* Appends the report in its present order. */
TAMIS_API void tamis_render(GString *out, TamisReport *report, TamisFormat format,
                            const TamisRenderOptions *options);
