/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Looking at eight bytes of text at a time, or at sixteen; letters' case, without a call a byte. */
#pragma once

#include <glib.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define TAMIS_BYTES_ONES      G_GUINT64_CONSTANT(0x0101010101010101)
#define TAMIS_BYTES_HIGH_BITS G_GUINT64_CONSTANT(0x8080808080808080)

/* The eight bytes at text, the first one lowest. */
static inline guint64
tamis_bytes_load(const char *text)
{
    guint64 word;

    memcpy(&word, text, sizeof word);
    return GUINT64_FROM_LE(word);
}

/* The high bit of each byte that is byte: exact up to the first one, perhaps wrong behind it. */
static inline guint64
tamis_bytes_find(guint64 word, char byte)
{
    guint64 zeroed = word ^ (TAMIS_BYTES_ONES * (guchar)byte);

    return (zeroed - TAMIS_BYTES_ONES) & ~zeroed & TAMIS_BYTES_HIGH_BITS;
}

/* The high bit of each byte below limit, which is 0x80 at most: exact up to the first one, perhaps wrong behind it. */
static inline guint64
tamis_bytes_below(guint64 word, guint8 limit)
{
    return (word - TAMIS_BYTES_ONES * limit) & ~word & TAMIS_BYTES_HIGH_BITS;
}

/* The bytes of a text of less than eight, in no order and some of them several times; of an empty one blanks. */
static inline guint64
tamis_bytes_spread(const char *text, gsize length)
{
    guint32 first, last;

    if (length >= sizeof first) {
        memcpy(&first, text, sizeof first);
        memcpy(&last, text + length - sizeof last, sizeof last);
        return (guint64)first << 32 | last;
    }
    if (length == 0)
        return TAMIS_BYTES_ONES * ' ';
    return (guint64)(guchar)text[0] * G_GUINT64_CONSTANT(0x0101010101010000) |
           (guint64)(guchar)text[length / 2] << 8 | (guchar)text[length - 1];
}

/* Whether two texts are the same: for short ones, where memcmp would take most of its time to begin. */
static inline gboolean
tamis_bytes_equal(const char *a, const char *b, gsize length)
{
    guint32 a_first, a_last, b_first, b_last;

    if (length >= sizeof(guint64)) {
        for (gsize i = 0; i + sizeof(guint64) <= length; i += sizeof(guint64))
            if (tamis_bytes_load(a + i) != tamis_bytes_load(b + i))
                return FALSE;
        return tamis_bytes_load(a + length - sizeof(guint64)) ==
               tamis_bytes_load(b + length - sizeof(guint64));
    }
    if (length < sizeof a_first)
        return length == 0 ||
               (a[0] == b[0] && a[length / 2] == b[length / 2] && a[length - 1] == b[length - 1]);
    memcpy(&a_first, a, sizeof a_first);
    memcpy(&b_first, b, sizeof b_first);
    memcpy(&a_last, a + length - sizeof a_last, sizeof a_last);
    memcpy(&b_last, b + length - sizeof b_last, sizeof b_last);
    return a_first == b_first && a_last == b_last;
}

/* Whether text is lower, which is in lower case, in any case. */
static inline gboolean
tamis_bytes_equal_lower(const char *lower, const char *text, gsize length)
{
    if (G_LIKELY(tamis_bytes_equal(lower, text, length)))
        return TRUE;
    for (gsize i = 0; i < length; i++)
        if (lower[i] != text[i] &&
            (lower[i] < 'a' || lower[i] > 'z' || lower[i] != (text[i] | 0x20)))
            return FALSE;
    return TRUE;
}

/* As g_ascii_tolower and g_ascii_toupper, which are calls. */
static inline char
tamis_byte_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static inline char
tamis_byte_upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - ('a' - 'A')) : c;
}

/* Sixteen bytes ---------------------------------------------------------------------------------- */

typedef guint8 TamisBlock __attribute__((vector_size(16)));

#define TAMIS_BLOCK_ALL 0xffffu

static inline TamisBlock
tamis_block_load(const char *text)
{
    TamisBlock block;

    memcpy(&block, text, sizeof block);
    return block;
}

/* All bits of each byte that is byte. */
static inline TamisBlock
tamis_block_is(TamisBlock block, char byte)
{
    return (TamisBlock)(block == (TamisBlock){0} + (guint8)byte);
}

/* All bits of each byte from first to last. */
static inline TamisBlock
tamis_block_is_within(TamisBlock block, char first, char last)
{
    TamisBlock above = block - (guint8)first;

    return (TamisBlock)(above <= (TamisBlock){0} + (guint8)(last - first));
}

/* The lesser of each two bytes. */
static inline TamisBlock
tamis_block_min(TamisBlock a, TamisBlock b)
{
#ifdef __SSE2__
    return (TamisBlock)_mm_min_epu8((__m128i)a, (__m128i)b);
#else
    TamisBlock is_less = (TamisBlock)(a < b);

    return (a & is_less) | (b & ~is_less);
#endif
}

/* The high bits of the bytes, the first one's lowest. */
static inline guint
tamis_block_bits(TamisBlock block)
{
#ifdef __SSE2__
    return (guint)_mm_movemask_epi8((__m128i)block);
#else
    guint bits = 0;

    for (guint i = 0; i < sizeof block; i++)
        bits |= (guint)(block[i] >> 7) << i;
    return bits;
#endif
}
