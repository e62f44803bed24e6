/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which extensions a script uses and which it requires, by the table of the language alone. */
#pragma once

#include "grammar/sieve/extension.h"
#include "grammar/sieve/tree.h"

/* What the commands, tests, tags, comparators and envelope parts of the script need. Extensions that
 * change how strings are read (variables, encoded-character) are in it only where a command or test of
 * theirs is used; comparators that every server has are not in it. Where several extensions bring a word,
 * the script's own require decides. Unknown words need nothing. */
TAMIS_API TamisExtensionSet tamis_sieve_script_requires(const TamisSieveScript *script);

/* What the script's require commands name, as far as it is known. */
TAMIS_API TamisExtensionSet tamis_sieve_script_required(const TamisSieveScript *script);
