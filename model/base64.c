/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Four digits at a time where nothing stands between them, else one. */
#include "model/base64.h"

/* What is no digit. */
enum { SPACE = 64, OTHER = 65 };

static guint8 values[256];

static void
fill_values(void)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    static gsize filled = 0;

    if (!g_once_init_enter(&filled))
        return;
    for (guint i = 0; i < G_N_ELEMENTS(values); i++)
        values[i] = OTHER;
    for (guint8 i = 0; i < 64; i++)
        values[(guchar)digits[i]] = i;
    values[' '] = values['\t'] = values['\r'] = values['\n'] = SPACE;
    g_once_init_leave(&filled, 1);
}

/* Groups of four from the beginning of the text; returns how many bytes of it were read. */
static gsize
decode_groups(const guchar *text, gsize length, guchar **out)
{
    gsize at = 0;
    guchar *to = *out;

    for (; at + 4 <= length; at += 4) {
        guint32 a = values[text[at]], b = values[text[at + 1]], c = values[text[at + 2]],
                d = values[text[at + 3]];

        if ((a | b | c | d) >= SPACE)
            break;
        a = a << 18 | b << 12 | c << 6 | d;
        *to++ = (guchar)(a >> 16);
        *to++ = (guchar)(a >> 8);
        *to++ = (guchar)a;
    }
    *out = to;
    return at;
}

gsize
tamis_base64_step(TamisBase64 *state, const char *text, gsize length, guchar *out)
{
    const guchar *in = (const guchar *)text;
    guchar *to = out;

    fill_values();
    for (gsize at = 0; at < length && !state->is_over; at++) {
        guint8 value;

        if (state->n_digits == 0) {
            at += decode_groups(in + at, length - at, &to);
            if (at == length)
                break;
        }
        value = values[in[at]];
        state->is_over = value == OTHER;
        if (value >= SPACE)
            continue;
        state->bits = state->bits << 6 | value;
        if (state->n_digits > 0) /* two digits make a byte, and each of the next two another */
            *to++ = (guchar)(state->bits >> (6 - 2 * state->n_digits));
        state->n_digits = (state->n_digits + 1) % 4;
    }
    return (gsize)(to - out);
}

gsize
tamis_base64_decode(const char *text, gsize length_bytes, guchar *out)
{
    TamisBase64 state = {0};

    return tamis_base64_step(&state, text, length_bytes, out);
}
