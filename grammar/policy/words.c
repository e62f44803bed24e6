/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Keywords by bisection; other words by a direct-mapped cache, whose size does not grow with the
 * text. */
#include "grammar/policy/words.h"

#include <string.h>

#define LONGEST_KEYWORD     12
#define LONGEST_CACHED_WORD 64

static const char *const keywords[TAMIS_N_KEYWORDS] = {NULL,
#define KEYWORD_TEXT(name, text) text,
                                                       TAMIS_KEYWORDS(KEYWORD_TEXT)
#undef KEYWORD_TEXT
};

const char *
tamis_keyword_text(TamisKeyword keyword)
{
    return keywords[keyword];
}

TamisKeyword
tamis_keyword_find(const char *text, gsize length_bytes)
{
    guint low = 1, high = TAMIS_N_KEYWORDS;

    if (length_bytes == 0 || length_bytes > LONGEST_KEYWORD || !g_ascii_islower(*text))
        return TAMIS_KEYWORD_NONE;
    while (low < high) {
        guint middle = (low + high) / 2;
        int order = strncmp(text, keywords[middle], length_bytes);

        if (order == 0 && keywords[middle][length_bytes] == '\0')
            return (TamisKeyword)middle;
        if (order > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return TAMIS_KEYWORD_NONE;
}

/* The first and the last eight bytes and the length tell most words apart. */
static guint
slot_of(const char *text, gsize length)
{
    guint64 head = 0, tail = 0;

    memcpy(&head, text, MIN(length, 8));
    if (length > 8)
        memcpy(&tail, text + length - 8, 8);
    head = (head ^ (tail * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15)) ^ length) *
           G_GUINT64_CONSTANT(0xff51afd7ed558ccd);
    return (guint)(head >> 40) % TAMIS_WORDS_SLOTS;
}

static TamisWord
new_word(TamisWords *words, const char *text, gsize length)
{
    TamisWord word = {.length_bytes = (guint32)length, .keyword = tamis_keyword_find(text, length)};

    word.text = word.keyword != TAMIS_KEYWORD_NONE
                    ? keywords[word.keyword]
                    : tamis_arena_strndup(words->arena, text, length);
    return word;
}

TamisWord
tamis_words_get(TamisWords *words, const char *text, gsize length_bytes)
{
    TamisWord *slot;

    if (length_bytes == 0 || length_bytes > LONGEST_CACHED_WORD)
        return new_word(words, text, length_bytes);
    slot = &words->slots[slot_of(text, length_bytes)];
    if (slot->length_bytes != length_bytes || memcmp(slot->text, text, length_bytes) != 0)
        *slot = new_word(words, text, length_bytes);
    return *slot;
}
