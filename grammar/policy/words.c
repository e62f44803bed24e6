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

static inline guint64
load(const char *text, gsize n)
{
    guint64 bytes = 0;

    memcpy(&bytes, text, n);
    return bytes;
}

/* The first eight and the last eight bytes, which overlap in words of less than sixteen. */
static inline void
load_ends(const char *text, gsize length, guint64 *out_head, guint64 *out_tail)
{
    if (length >= 8) {
        *out_head = load(text, 8);
        *out_tail = load(text + length - 8, 8);
    } else if (length >= 4) {
        *out_head = load(text, 4);
        *out_tail = load(text + length - 4, 4);
    } else {
        *out_head = (guint8)text[0] | (guint64)(guint8)text[length / 2] << 8;
        *out_tail = (guint8)text[length - 1];
    }
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
    guint64 head, tail, hash;
    guint slot;

    if (length_bytes == 0 || length_bytes > LONGEST_CACHED_WORD)
        return new_word(words, text, length_bytes);
    load_ends(text, length_bytes, &head, &tail);
    hash = (head ^ tail * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15) ^ length_bytes) *
           G_GUINT64_CONSTANT(0xff51afd7ed558ccd);
    slot = (guint)(hash >> 48) % TAMIS_WORDS_SLOTS;
    if (words->slots[slot].head != head || words->slots[slot].tail != tail ||
        words->slots[slot].word.length_bytes != length_bytes ||
        (length_bytes > 16 && memcmp(words->slots[slot].word.text, text, length_bytes) != 0)) {
        words->slots[slot].head = head;
        words->slots[slot].tail = tail;
        words->slots[slot].word = new_word(words, text, length_bytes);
    }
    return words->slots[slot].word;
}
