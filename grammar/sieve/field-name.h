/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What may be the name of a header field, eight bytes at a time. Not installed. */
#pragma once

#include "base/bytes.h"

/* Not 0: one of the bytes is no printable ASCII, or a colon. */
static inline guint64
tamis_sieve_odd_in_name(guint64 word)
{
    return (word & TAMIS_BYTES_HIGH_BITS) | tamis_bytes_below(word, ' ' + 1) |
           tamis_bytes_find(word, 0x7f) | tamis_bytes_find(word, ':');
}

/* RFC 5322, 3.6.8; the empty name as well. */
static inline gboolean
tamis_sieve_is_field_name(const char *text, gsize length)
{
    guint64 odd = 0;

    if (length < sizeof odd)
        return length == 0 || tamis_sieve_odd_in_name(tamis_bytes_spread(text, length)) == 0;
    for (gsize i = 0; i + sizeof odd <= length; i += sizeof odd)
        odd |= tamis_sieve_odd_in_name(tamis_bytes_load(text + i));
    return (odd | tamis_sieve_odd_in_name(tamis_bytes_load(text + length - sizeof odd))) == 0;
}
