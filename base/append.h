/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * g_string_append_len without the call, for texts that are put together of many small pieces, millions of
 * times. */
#pragma once

#include <glib.h>
#include <string.h>

static inline void
tamis_append(GString *out, const char *text, gsize length_bytes)
{
    if (G_UNLIKELY(out->allocated_len - out->len <= length_bytes)) {
        g_string_append_len(out, text, (gssize)length_bytes);
        return;
    }
    memcpy(out->str + out->len, text, length_bytes);
    out->len += length_bytes;
    out->str[out->len] = '\0';
}

#define tamis_append_literal(out, literal) tamis_append((out), "" literal, sizeof(literal) - 1)
