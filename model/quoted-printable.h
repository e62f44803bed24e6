/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Quoted-printable (RFC 2045, 6.7) of a text that comes in pieces, as Dovecot 2.3 reads it: what is not well formed
 * stays as it is written, lines end in CR LF, and blanks at their ends are lost. */
#pragma once

#include "base/api.h"

#include <glib.h>

typedef struct {
    GString *
        held; /* what is not decided: an `=` and what is behind it, or blanks that may end a line; lost at the end */
    guint8 holds;
} TamisQuotedPrintable;

TAMIS_API void tamis_quoted_printable_init(TamisQuotedPrintable *state);
/* Appends to out. */
TAMIS_API void tamis_quoted_printable_step(TamisQuotedPrintable *state, const char *text,
                                           gsize length_bytes, GString *out);
TAMIS_API void tamis_quoted_printable_clear(TamisQuotedPrintable *state);
