/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Sets of bytes, and how they part each other. Not installed. */
#pragma once

#include <glib.h>

typedef struct TamisByteSet {
    guint64 bits[4];
} TamisByteSet;

static inline gboolean
tamis_byte_set_has(const TamisByteSet *set, guint byte)
{
    return (set->bits[byte / 64] >> byte % 64 & 1) != 0;
}

static inline void
tamis_byte_set_add(TamisByteSet *set, guint byte)
{
    set->bits[byte / 64] |= G_GUINT64_CONSTANT(1) << byte % 64;
}

static inline void
tamis_byte_set_remove(TamisByteSet *set, guint byte)
{
    set->bits[byte / 64] &= ~(G_GUINT64_CONSTANT(1) << byte % 64);
}

static inline gboolean
tamis_byte_set_is_empty(const TamisByteSet *set)
{
    return (set->bits[0] | set->bits[1] | set->bits[2] | set->bits[3]) == 0;
}

static inline gboolean
tamis_byte_set_is_equal(const TamisByteSet *a, const TamisByteSet *b)
{
    return ((a->bits[0] ^ b->bits[0]) | (a->bits[1] ^ b->bits[1]) | (a->bits[2] ^ b->bits[2]) |
            (a->bits[3] ^ b->bits[3])) == 0;
}

static inline TamisByteSet
tamis_byte_set_and(const TamisByteSet *a, const TamisByteSet *b)
{
    return (TamisByteSet){{a->bits[0] & b->bits[0], a->bits[1] & b->bits[1],
                           a->bits[2] & b->bits[2], a->bits[3] & b->bits[3]}};
}

static inline TamisByteSet
tamis_byte_set_without(const TamisByteSet *a, const TamisByteSet *b)
{
    return (TamisByteSet){{a->bits[0] & ~b->bits[0], a->bits[1] & ~b->bits[1],
                           a->bits[2] & ~b->bits[2], a->bits[3] & ~b->bits[3]}};
}

/* The lowest; the set is not empty. */
static inline guint
tamis_byte_set_first(const TamisByteSet *set)
{
    guint word = 0;

    while (set->bits[word] == 0)
        word++;
    return 64 * word + (guint)__builtin_ctzll(set->bits[word]);
}

/* Where by has some of the set and not all, they are parted: one part stays, the other is in out_other. Else FALSE, and
 * neither is touched. The part with the highest byte stays, which is mostly the larger one. */
static inline gboolean
tamis_byte_set_split(TamisByteSet *set, const TamisByteSet *by, TamisByteSet *out_other)
{
    TamisByteSet in = tamis_byte_set_and(set, by), out = tamis_byte_set_without(set, by);

    if (tamis_byte_set_is_empty(&in) || tamis_byte_set_is_empty(&out))
        return FALSE;
    *set = tamis_byte_set_has(by, 255) ? in : out;
    *out_other = tamis_byte_set_has(by, 255) ? out : in;
    return TRUE;
}
