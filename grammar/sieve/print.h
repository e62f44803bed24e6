/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The one writer of Sieve text. It alone quotes strings, so nothing that comes from a policy, a table or
 * a name can become a command. Canonical layout: four blanks a level, one command a line, a list on one
 * line where it fits into 100 columns and one string a line where it does not. LF line ends. */
#pragma once

#include "grammar/sieve/tree.h"

/* Appends the script. Strings are written quoted (`"` and `\` escaped; line breaks inside stand as they
 * are), except those whose form is TAMIS_SIEVE_TEXT and which end in a line break: those become text:
 * blocks with dots stuffed. Comment text is written with line breaks and other control characters
 * replaced by blanks, a closing star-slash inside a bracketed one broken up. */
TAMIS_API void tamis_sieve_print(const TamisSieveScript *script, GString *output);
