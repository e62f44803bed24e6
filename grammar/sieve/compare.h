/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whether two Sieve trees say the same, for those who rewrite scripts and must not change them. */
#pragma once

#include "grammar/sieve/tree.h"

/* The same commands, tests and arguments in the same order, with the same values, and no comment lost. How
 * strings and numbers were written does not matter, nor do the case of words, blank lines, and whether lines
 * inside strings end in LF or CRLF (engines make no difference). */
TAMIS_API gboolean tamis_sieve_same(const TamisSieveScript *a, const TamisSieveScript *b);

/* What a script says, in few bytes: two that are not the same to tamis_sieve_same have, but for bad luck, different
 * ones. Zero before the first command. */
typedef struct {
    guint64 commands;
    guint64 comments; /* a sum: they may change places */
} TamisSieveDigest;

/* The next command, with what stands in its block. */
TAMIS_API void
tamis_sieve_digest_command(TamisSieveDigest *digest, const TamisSieveCommand *command);
TAMIS_API void
tamis_sieve_digest_comments(TamisSieveDigest *digest, const TamisSieveComment *comments);
TAMIS_API TamisSieveDigest tamis_sieve_digest_script(const TamisSieveScript *script);

/* Takes out every carriage return before a line feed, in a script or a string: line ends inside of strings
 * mean the same either way. */
TAMIS_API void tamis_sieve_unify_line_ends(GString *text);
