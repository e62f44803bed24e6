/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Postfix virtual(5) maps in their text form: "pattern  target, target", continuation lines that
 * begin with white space, comments. */
#pragma once

#include "base/arena.h"
#include "base/report.h"

#define TAMIS_ALIAS_MAP_MAX_FAULTS 100

typedef struct {
    TamisSpan pattern_span;
    const char *pattern; /* "user@domain", "user" (also a bare "domain") or "@domain", as written */
    TamisSpan targets_span;
    /* As written, n_targets: "user@domain", "user", or "@domain", which keeps the user. */
    const char **targets;
    TamisSpan *target_spans;
    guint32 n_targets;
} TamisAliasLine;

typedef struct {
    TamisAliasLine *lines;
    guint32 n_lines;
} TamisAliasMap;

/* Faults go to the report and what could be read is returned; it lives in arena. A line that can't
 * be read is an error (syntax, unsafe-string). What Postfix itself passes over is no error: of two
 * lines with one pattern the first counts (duplicate-name, a warning), and a command, a file or an
 * :include: among the targets, which only aliases(5) knows, is left out (bad-address, a hint).
 * After TAMIS_ALIAS_MAP_MAX_FAULTS findings the rest is not read. */
TAMIS_API TamisAliasMap *
tamis_alias_map_parse(TamisSourceId source, TamisArena *arena, TamisReport *report);
