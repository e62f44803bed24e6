/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which bytes of a string cannot be copied into quotes as they are, for the writer of Sieve. Not
 * installed. */
#pragma once

#include "base/bytes.h"

/* Whether bytes of a string need more than to be copied, eight at a time. */
static inline gboolean
is_special_word(const char *text)
{
    guint64 word = tamis_bytes_load(text);

    return (tamis_bytes_find(word, '"') | tamis_bytes_find(word, '\\') |
            tamis_bytes_find(word, '\n')) != 0;
}

static inline gboolean
is_special(char c)
{
    return c == '"' || c == '\\' || c == '\n';
}

static inline gboolean
has_special(const char *text, gsize length)
{
    gsize i = 0;
    if (length < sizeof(guint64)) {
        for (; i < length; i++)
            if (is_special(text[i]))
                return TRUE;
        return FALSE;
    }
    for (; i + sizeof(guint64) <= length; i += sizeof(guint64))
        if (is_special_word(text + i))
            return TRUE;
    return is_special_word(text + length - sizeof(guint64));
}
