/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Files to a resolved policy: imports, tables, groups, templates, names, dates. */
#pragma once

#include "base/report.h"
#include "model/policy.h"

/* Adds the file at path to the sources and returns its id, or 0 with error. */
typedef TamisSourceId (*TamisFileOpener)(TamisSources *sources, const char *path, gsize max_bytes,
                                         gpointer data, GError **error);

typedef struct {
    TamisFileOpener open; /* NULL: tamis_sources_add_file; for editors, fuzzers, archives */
    gpointer open_data;
} TamisResolveOptions;

/* Reads the policy's file (text or XML, see grammar/policy/reader.h) with all that it imports, and resolves it. What is
 * wrong with the texts goes to the report; the policy holds what could be resolved, and is complete when
 * the report has no error. Returns NULL with error only when the file itself cannot be read. Imported
 * files that cannot be read are findings (rule syntax at the import). options may be NULL. */
TAMIS_API TamisPolicy *
tamis_policy_load(TamisSources *sources, const char *path, const TamisResolveOptions *options,
                  TamisReport *report, GError **error);
