/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An explanation for people (a tree) and for programs (JSON). */
#pragma once

#include "cli/cli.h"
#include "compiler/explain.h"

typedef struct {
    TamisSources *sources;
    TamisInstant at;
    gboolean why; /* each test's value */
    gboolean color;
} TamisExplainStyle;

/* Appends the whole text. */
void tamis_explain_as_text(const TamisExplanation *explanation, TamisSite *site,
                           const TamisExplainStyle *style, GString *out);
void tamis_explain_as_json(const TamisExplanation *explanation, TamisSite *site,
                           const TamisExplainStyle *style, GString *out);
