/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Two numbers as one key of a GHashTable. Its own hash of a pointer looks at one half alone, so that all
 * pairs with the same second number would meet in one place. */
#pragma once

#include <glib.h>

static inline gpointer
tamis_pair(guint32 first, guint32 second)
{
    return GSIZE_TO_POINTER((gsize)first << 32 | second);
}

static inline guint
tamis_pair_hash(gconstpointer pair)
{
    guint64 mixed = (guint64)GPOINTER_TO_SIZE(pair) * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);

    return (guint)(mixed >> 32);
}
