/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Finds where base64 ends, and what is missing there. GLib decodes. */
#include "model/base64.h"

gsize
tamis_base64_decode(const char *text, gsize length_bytes, guchar *out)
{
    gint state = 0;
    guint save = 0;
    gsize length = 0, n, n_digits = 0;

    for (; length < length_bytes; length++) {
        char c = text[length];

        if (g_ascii_isalnum(c) || c == '+' || c == '/')
            n_digits++;
        else if (!g_ascii_isspace(c))
            break;
    }
    n = g_base64_decode_step(text, length, out, &state, &save);
    if (n_digits % 4 >= 2)
        n += g_base64_decode_step("==", 4 - n_digits % 4, out + n, &state, &save);
    return n;
}
