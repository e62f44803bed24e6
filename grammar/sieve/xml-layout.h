/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the text of a script has and RFC 5784 cannot say: signs, which are processing instructions `<?tamis SIGN?>`
 * that other programs pass over. They stand only where the text would not come back as it was without.
 * For grammar/sieve/xml-*.c only. */
#pragma once

#include "grammar/sieve/tree.h"

/* Of comments that no element may stand for at their place, which is here. Inside of a command's head they are the
 * last ones of its preamble, behind a command the first ones that follow; as many as there are signs. */
#define TAMIS_SIEVE_SIGN_COMMENT "comment"
/* Of a comment: it is a bracketed one, which its text does not tell. */
#define TAMIS_SIEVE_SIGN_BRACKETED "bracketed"
/* Of a string: it was quoted, or a text block, which its text does not tell. */
#define TAMIS_SIEVE_SIGN_QUOTED "quoted"
#define TAMIS_SIEVE_SIGN_TEXT   "text"

/* Whether a comment with this text is read as a bracketed one: it ends in a blank, or has a line break. */
gboolean tamis_sieve_xml_is_bracketed(const char *text);
/* Whether a string with this text is read as a text block: it ends in a line break, and carriage returns stand before
 * line breaks alone. */
gboolean tamis_sieve_xml_is_block(const char *text, gsize length_bytes);
/* The largest quantifier that divides the number: 'K', 'M', 'G', or 0. */
char tamis_sieve_xml_quantifier(guint64 number);
/* Of a number: it has this quantifier. */
const char *tamis_sieve_xml_quantifier_sign(char quantifier);
