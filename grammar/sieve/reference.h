/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What stands behind `${` in a string: an encoded character (RFC 5228, section 2.4.2.4) or a variable
 * (RFC 5229, section 3). The form alone: which of them counts, and what a variable holds, its reader knows. */
#pragma once

#include "base/api.h"

typedef struct {
    const char *name; /* with its namespace; not NUL-terminated */
    gsize length;
    const char *end;    /* behind the brace */
    gboolean is_number; /* a match variable */
    gboolean has_namespace;
} TamisSieveReference;

typedef enum {
    TAMIS_SIEVE_ENCODED_NOT,
    TAMIS_SIEVE_ENCODED_OK,
    TAMIS_SIEVE_ENCODED_BEYOND, /* a code point that is none: an error (RFC 5228) */
} TamisSieveEncoded;

gboolean tamis_sieve_is_identifier(const char *text, gsize length);
/* The next `${` before limit, or NULL. */
const char *tamis_sieve_find_dollar(const char *at, const char *limit);
/* At `${`: encoded characters are appended to out (may be NULL); *out_end stands behind the brace. What is
 * malformed is ENCODED_NOT and stands for itself. takes_beginnings: so does Pigeonhole with `${h:40}`, `${:40}` and
 * `${u:40}` (0.5, ext-encoded-character.c). */
TamisSieveEncoded
tamis_sieve_decode_character(const char *at, const char *limit, gboolean takes_beginnings,
                             GString *out, const char **out_end);
/* All of a text, appended to out with its encoded characters decoded, in which variables are looked for then
 * (RFC 5229, section 3.1). ENCODED_NOT: it has none, and nothing is appended. */
TamisSieveEncoded tamis_sieve_decode_characters(const char *text, gsize length,
                                                gboolean takes_beginnings, GString *out);
/* At `${`; FALSE: it is no reference and stands for itself. */
gboolean tamis_sieve_parse_reference(const char *at, const char *limit, TamisSieveReference *out);
