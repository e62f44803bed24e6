/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Looking at eight bytes of text at a time. */
#pragma once

#include <glib.h>
#include <string.h>

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

/* The index of the first byte that was found. */
static inline guint
tamis_bytes_first(guint64 found)
{
    return (guint)__builtin_ctzll(found) / 8;
}
