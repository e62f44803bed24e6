/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The words that structured header fields are made of (RFC 5322, 3.2 and 4.1): atoms, quoted strings, domain
 * literals, with blanks and comments between them. As generous as Dovecot 2.3's reader. */
#pragma once

#include <glib.h>

/* at moves over unfolded text that ends at end. */
typedef struct {
    const char *at, *end;
} TamisFieldReader;

/* Over blanks and comments. FALSE: a comment does not end; at is the end then. */
gboolean tamis_field_skip_blanks(TamisFieldReader *reader);
/* What stands at at, '\0' at the end. */
char tamis_field_peek(const TamisFieldReader *reader);
/* Over the character if it is there. */
gboolean tamis_field_take(TamisFieldReader *reader, char wanted);

/* A character of an atom; all above ASCII are. */
gboolean tamis_is_atom_char(char c);
/* These append to out, if it is not NULL, and skip the blanks behind. FALSE: there is none here, or it does not end. */
gboolean tamis_field_read_atom(TamisFieldReader *reader, GString *out);
gboolean tamis_field_read_quoted(TamisFieldReader *reader, GString *out);
gboolean tamis_field_read_literal(TamisFieldReader *reader, GString *out);
