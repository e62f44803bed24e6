/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Postfix virtual(5) maps in their text form: "pattern  target, target", continuation lines that begin
 * with white space, comments. */
#pragma once

#include "base/arena.h"
#include "base/report.h"

typedef struct {
    TamisSpan pattern_span;
    const char *pattern; /* "user@domain", "user" or "@domain", as written */
    TamisSpan targets_span;
    const char **targets; /* as written, n_targets */
    TamisSpan *target_spans;
    guint32 n_targets;
} TamisAliasLine;

typedef struct {
    TamisAliasLine *lines;
    guint32 n_lines;
} TamisAliasMap;

/* Faults go to the report (rule syntax); what could be read is returned. Lives in arena. */
TAMIS_API TamisAliasMap *tamis_alias_map_parse(TamisSourceId source, TamisArena *arena, TamisReport *report);
