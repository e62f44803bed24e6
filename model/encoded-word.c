/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Finds encoded words and decodes them; charsets are GMime's business. */
#include "model/encoded-word.h"

#include <errno.h>
#include <gmime/gmime.h>
#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd"

/* `=?charset?Q?text?=` */
typedef struct {
    const char *charset, *text, *end; /* end: behind it */
    gsize charset_length, text_length;
    gboolean is_base64;
} Word;

static void
append_utf8(GString *out, const char *text, gsize length)
{
    while (length > 0) {
        const char *end;
        gboolean valid = g_utf8_validate(text, (gssize)length, &end);

        g_string_append_len(out, text, end - text);
        length -= (gsize)(end - text);
        text = end;
        if (valid || length == 0)
            return;
        if (out->len < 3 || memcmp(out->str + out->len - 3, REPLACEMENT, 3) != 0)
            g_string_append(out, REPLACEMENT);
        text++;
        length--;
    }
}

/* Charsets ------------------------------------------------------------------------------------- */

/* Converts what can be; what cannot is passed over as REPLACEMENT. */
static void
append_converted(GString *out, iconv_t converter, const char *text, gsize length)
{
    char buffer[512], *in = (char *)text;

    while (length > 0) {
        char *to = buffer;
        gsize room = sizeof buffer;
        gboolean stuck = iconv(converter, &in, &length, &to, &room) == (gsize)-1 && errno != E2BIG;

        append_utf8(out, buffer, (gsize)(to - buffer));
        if (stuck && length > 0) {
            append_utf8(out, "\xff", 1);
            in++;
            length--;
        }
    }
}

static void
append_in_charset(GString *out, const Word *word, const char *text, gsize length)
{
    g_autofree char *charset = g_strndup(word->charset, word->charset_length);
    char *language = strchr(charset, '*'); /* RFC 2231 */
    iconv_t converter;

    if (language != NULL)
        *language = '\0';
    if (g_ascii_strcasecmp(charset, "utf-8") == 0 || g_ascii_strcasecmp(charset, "utf8") == 0 ||
        (converter = g_mime_iconv_open("UTF-8", charset)) == (iconv_t)-1) {
        append_utf8(out, text, length);
        return;
    }
    append_converted(out, converter, text, length);
    g_mime_iconv_close(converter);
}

/* Words ---------------------------------------------------------------------------------------- */

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
    end = memmem(text, (gsize)(limit - text), "?=", 2);
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

static void
append_word(GString *out, const Word *word)
{
    g_autofree char *bytes = g_malloc(word->text_length + 3);
    gsize n = 0;

    if (word->is_base64) {
        gint state = 0;
        guint save = 0;
        const char *bad = memchr(word->text, '!', word->text_length);
        gsize length = bad != NULL ? (gsize)(bad - word->text) : word->text_length;

        n = g_base64_decode_step(word->text, length, (guchar *)bytes, &state, &save);
    }
    for (gsize i = 0; !word->is_base64 && i < word->text_length; i++) {
        char c = word->text[i];

        if (c == '=' && i + 2 < word->text_length && g_ascii_isxdigit(word->text[i + 1]) &&
            g_ascii_isxdigit(word->text[i + 2])) {
            c = (char)(g_ascii_xdigit_value(word->text[i + 1]) * 16 +
                       g_ascii_xdigit_value(word->text[i + 2]));
            i += 2;
        } else if (c == '_') {
            c = ' ';
        }
        bytes[n++] = c;
    }
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
        const char *next = at < last ? memmem(at, (gsize)(limit - at), "=?", 2) : NULL,
                   *blanks = at;
        Word word;

        next = next != NULL ? next : limit;
        if (!(after_word && skip_blanks(blanks, limit) == next && next < limit))
            append_utf8(out, at, (gsize)(next - at));
        at = next;
        if (at == limit)
            break;
        after_word = parse_word(at, limit, &word);
        if (after_word) {
            append_word(out, &word);
            at = word.end;
        } else {
            append_utf8(out, at, 2);
            at += 2;
        }
    }
    return g_string_free(out, FALSE);
}
