/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Base64 as it comes in mail (RFC 2045, 6.8; RFC 2047). */
#pragma once

#include "base/api.h"

#include <glib.h>

/* Decodes up to the first character that is neither a digit of base64 nor white space, with or without padding. out
 * has room for length_bytes + 2, and may be text itself where that has. Returns how many bytes came out. */
TAMIS_API gsize tamis_base64_decode(const char *text, gsize length_bytes, guchar *out);

/* The same of a text that comes in pieces; begins with zeros. */
typedef struct {
    guint32 bits;    /* of digits that make no byte yet */
    guint8 n_digits; /* of the four that make three bytes */
    gboolean is_over;
} TamisBase64;

/* Each digit gives its bytes as soon as they are whole. */
TAMIS_API gsize tamis_base64_step(TamisBase64 *state, const char *text, gsize length_bytes,
                                  guchar *out);
