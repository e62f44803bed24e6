/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Folding is letter by letter. What GLib says of a letter of two bytes is kept: most texts that are not ASCII are made of
 * them. Others are GLib's as a whole. */
#include "model/fold.h"

#include "base/bytes.h"

#include <string.h>

enum { FIRST_LETTER = 0x80, N_LETTERS = 0x800 - FIRST_LETTER, MOST_BYTES = 7 };

/* A folded letter as its bytes, the last one first, and 0xff before them; 0: not asked for yet. */
static guint64 known[N_LETTERS];

static guint64
fold_letter(const char *letter)
{
    g_autofree char *folded = g_utf8_casefold(letter, 2);
    gsize n = strlen(folded);
    guint64 packed = 0xff;

    g_assert(n <= MOST_BYTES);
    while (n > 0)
        packed = packed << 8 | (guint8)folded[--n];
    return packed;
}

/* Where the letter of two bytes ends when it is written. Threads that meet here find the same. */
static char *
put_letter(char *to, const char *letter)
{
    guint at = ((guint)(letter[0] & 0x1f) << 6 | (guint)(letter[1] & 0x3f)) - FIRST_LETTER;
    guint64 packed = __atomic_load_n(&known[at], __ATOMIC_RELAXED);

    if (packed == 0) {
        packed = fold_letter(letter);
        __atomic_store_n(&known[at], packed, __ATOMIC_RELAXED);
    }
    for (; packed != 0xff; packed >>= 8)
        *to++ = (char)(packed & 0xff);
    return to;
}

static gboolean
is_letter_of_two(const char *text, gsize length)
{
    return length >= 2 && (guchar)text[0] >= 0xc2 && (guchar)text[0] < 0xe0 &&
           ((guchar)text[1] & 0xc0) == 0x80;
}

char *
tamis_text_fold(const char *text, gsize length)
{
    char *folded = g_malloc(MOST_BYTES * (length / 2) + length % 2 + length + 1), *to = folded;

    for (gsize i = 0; i < length; i++) {
        if ((guchar)text[i] < 0x80 && text[i] != '\0') {
            *to++ = tamis_byte_lower(text[i]);
        } else if (is_letter_of_two(text + i, length - i)) {
            to = put_letter(to, text + i++);
        } else {
            g_free(folded);
            return g_utf8_casefold(text, (gssize)length);
        }
    }
    *to = '\0';
    return folded;
}
