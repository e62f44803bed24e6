/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tells a Sieve script from other texts where no name does it. */
#pragma once

#include "base/api.h"

/* Whether the first word of a text, behind blanks and comments, is a command of Sieve; of 'require', which policies have
 * too, what follows counts. Nothing is said of an empty text: FALSE. */
TAMIS_API gboolean tamis_sieve_recognize(const char *text, gsize length_bytes);
/* Whether a file of this name is a script: it ends in .sieve, or in .siv (RFC 5228, section 7). */
TAMIS_API gboolean tamis_sieve_is_name(const char *name);
