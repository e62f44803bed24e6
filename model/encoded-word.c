/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Finds encoded words and decodes them. */
#include "model/encoded-word.h"

#include "model/base64.h"
#include "model/charset.h"

#include <string.h>

/* An octet that stands for a NUL, which would end the text. */
#define SUBSTITUTE '\x1a'

/* `=?charset?Q?text?=` */
typedef struct {
    const char *charset, *text, *end; /* end: behind it */
    gsize charset_length, text_length;
    gboolean is_base64;
} Word;

static void
append_in_charset(GString *out, const Word *word, const char *text, gsize length)
{
    g_autofree char *charset = g_strndup(word->charset, word->charset_length);
    gsize start = out->len;

    tamis_charset_append_utf8(out, charset, text, length);
    for (gsize i = start; i < out->len; i++)
        if (out->str[i] == '\0')
            out->str[i] = SUBSTITUTE;
}

/* Two characters, by the first: a sanitizer has memmem look at all of the text each time. NULL: they are not there. */
static const char *
find_pair(const char *at, const char *limit, const char *pair)
{
    while (limit - at >= 2) {
        at = memchr(at, pair[0], (gsize)(limit - at - 1));
        if (at == NULL || at[1] == pair[1])
            return at;
        at++;
    }
    return NULL;
}

static gboolean
parse_word(const char *at, const char *limit, Word *out)
{
    const char *charset = at + 2, *encoding, *text, *end;

    if (limit - at < 8 || at[0] != '=' || at[1] != '?')
        return FALSE;
    encoding = memchr(charset, '?', (gsize)(limit - charset));
    if (encoding == NULL || encoding == charset || limit - encoding < 5 || encoding[2] != '?' ||
        strchr("QqBb", encoding[1]) == NULL)
        return FALSE;
    text = encoding + 3;
    end = find_pair(text, limit, "?=");
    if (end == NULL)
        return FALSE;
    *out = (Word){charset,
                  text,
                  end + 2,
                  (gsize)(encoding - charset),
                  (gsize)(end - text),
                  encoding[1] == 'B' || encoding[1] == 'b'};
    return TRUE;
}

static gsize
decode_quoted(const Word *word, char *out)
{
    gsize n = 0;

    for (gsize i = 0; i < word->text_length; i++) {
        char c = word->text[i];

        if (c == '=' && i + 2 < word->text_length && g_ascii_isxdigit(word->text[i + 1]) &&
            g_ascii_isxdigit(word->text[i + 2])) {
            c = (char)(g_ascii_xdigit_value(word->text[i + 1]) * 16 +
                       g_ascii_xdigit_value(word->text[i + 2]));
            i += 2;
        } else if (c == '_') {
            c = ' ';
        }
        out[n++] = c;
    }
    return n;
}

static void
append_word(GString *out, const Word *word)
{
    g_autofree char *bytes = g_malloc(word->text_length + 3);
    gsize n = word->is_base64 ? tamis_base64_decode(word->text, word->text_length, (guchar *)bytes)
                              : decode_quoted(word, bytes);

    append_in_charset(out, word, bytes, n);
}

static const char *
skip_blanks(const char *at, const char *limit)
{
    while (at < limit && (*at == ' ' || *at == '\t'))
        at++;
    return at;
}

/* The last `?=`; behind it no word ends, and looking for one again and again would be quadratic. */
static const char *
last_end(const char *text, gsize length)
{
    for (gsize i = length; i >= 2; i--)
        if (text[i - 2] == '?' && text[i - 1] == '=')
            return text + i - 2;
    return text;
}

char *
tamis_encoded_words_decode(const char *text, gsize length)
{
    const char *at = text, *limit = text + length;
    GString *out = g_string_sized_new(length);
    gboolean after_word = FALSE;
    const char *last = last_end(text, length);

    while (at < limit) {
        const char *next = at < last ? find_pair(at, limit, "=?") : NULL, *blanks = at;
        Word word;

        next = next != NULL ? next : limit;
        if (!(after_word && skip_blanks(blanks, limit) == next && next < limit))
            tamis_charset_append_utf8(out, NULL, at, (gsize)(next - at));
        at = next;
        if (at == limit)
            break;
        after_word = parse_word(at, limit, &word);
        if (after_word) {
            append_word(out, &word);
            at = word.end;
        } else {
            tamis_charset_append_utf8(out, NULL, at, 2);
            at += 2;
        }
    }
    return g_string_free(out, FALSE);
}
