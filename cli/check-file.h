/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * All that tamis check finds in one file or folder, for the verbs that ask for it. */
#pragma once

#include "cli/check-script.h"
#include "compiler/manifest.h"

typedef struct {
    TamisScriptCheck script;
    const TamisManifest *manifest; /* NULL: none was named */
} TamisFileCheck;

/* Adds the findings about a folder of scripts, a script, or else a policy, sorted and numbered, so that a finding has
 * the same number whatever else is checked in the run. FALSE: it cannot be read or written, which was said. */
gboolean tamis_check_file(const TamisFileCheck *check, const char *path, TamisReport *report);
