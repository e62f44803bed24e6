/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A digest of a text that has no tree. For layout.c alone. */
#pragma once

#include "grammar/sieve/compare.h"
#include "grammar/sieve/lexer.h"

/* The token that the lexer is at: all of a script that has no errors make the digest that its tree has. Its comments are
 * digested for themselves. */
void tamis_sieve_digest_token(TamisSieveDigest *digest, const TamisSieveLexer *lexer);
