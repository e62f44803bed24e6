/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Patterns of a script that its server gets wrong. */
#pragma once

#include "lint/script-facts.h"

/* crashes: a message can end the delivery. */
typedef void (*TamisGlobFound)(const TamisScriptFacts *facts, const TamisSieveString *glob,
                               gboolean crashes);

/* Calls found for each that is known to be misread, in the order of the text. */
void tamis_script_globs_find(const TamisScriptFacts *facts, TamisGlobFound found);
