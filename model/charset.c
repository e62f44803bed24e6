/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Converts with the C library's iconv, which knows charsets by the names that it has for them, as in the engines. */
#include "model/charset.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

#define REPLACEMENT  "\xef\xbf\xbd"
#define NO_CONVERTER ((iconv_t)-1)

/* Longer is no character in any charset. */
enum { MAX_HALF_BYTES = 24 };

struct TamisConverter {
    iconv_t iconv;
    char half[2 * MAX_HALF_BYTES]; /* the beginning of a character */
    guint8 n_half;
    guint8 n_whole;         /* of half, what is of whole characters, in UTF-8 */
    gboolean ends_replaced; /* what was given so far */
};

gboolean
tamis_charset_is_utf8(const char *charset)
{
    static const char *const names[] = {"utf-8", "utf8", "us-ascii", "ascii"};

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        if (g_ascii_strcasecmp(charset, names[i]) == 0)
            return TRUE;
    return FALSE;
}

static iconv_t
open_iconv(const char *charset)
{
    if (charset == NULL || tamis_charset_is_utf8(charset))
        return NO_CONVERTER;
    return iconv_open("UTF-8", charset);
}

TamisConverter *
tamis_converter_new(const char *charset)
{
    TamisConverter *converter = g_new0(TamisConverter, 1);

    converter->iconv = open_iconv(charset);
    return converter;
}

static void
close_iconv(TamisConverter *converter)
{
    if (converter->iconv != NO_CONVERTER)
        iconv_close(converter->iconv);
}

void
tamis_converter_free(TamisConverter *converter)
{
    if (converter == NULL)
        return;
    close_iconv(converter);
    g_free(converter);
}

static gboolean
ends_replaced(const TamisConverter *converter, const GString *out)
{
    if (out->len == 0)
        return converter->ends_replaced;
    return out->len >= 3 && memcmp(out->str + out->len - 3, REPLACEMENT, 3) == 0;
}

static void
append_replacement(const TamisConverter *converter, GString *out)
{
    if (!ends_replaced(converter, out))
        g_string_append(out, REPLACEMENT);
}

/* Of what stands at the end, and more bytes can make a character of. */
static gsize
half_bytes(const char *text, gsize length)
{
    for (gsize n = 1; n <= MIN(length, 3); n++) {
        guchar first = (guchar)text[length - n];
        gsize wanted = first >= 0xf5   ? 0
                       : first >= 0xf0 ? 4
                       : first >= 0xe0 ? 3
                       : first >= 0xc2 ? 2
                                       : 0;

        if ((first & 0xc0) != 0x80)
            return wanted > n ? n : 0;
    }
    return 0;
}

/* The bytes of whole characters: each has as many as its first byte says, whatever they are (Dovecot's lib/unichar.c). */
static gsize
whole_bytes(const char *text, gsize length)
{
    gsize at = 0;

    while (at < length) {
        guchar first = (guchar)text[at];
        gsize n = first < 0xc2 || first >= 0xfe ? 1
                  : first >= 0xfc               ? 6
                  : first >= 0xf8               ? 5
                  : first >= 0xf0               ? 4
                  : first >= 0xe0               ? 3
                                                : 2;

        if (n > length - at)
            break;
        at += n;
    }
    return at;
}

static void
append_valid(const TamisConverter *converter, GString *out, const char *text, gsize length)
{
    const char *at = text, *limit = text + length;

    while (at < limit) {
        const char *end;

        g_utf8_validate(at, limit - at, &end);
        g_string_append_len(out, at, end - at);
        if (end < limit && *end == '\0')
            g_string_append_c(out, '\0');
        else if (end < limit)
            append_replacement(converter, out);
        at = end + 1;
    }
}

/* Returns how much of the text was read; what is left is half a character. */
static gsize
append_converted(const TamisConverter *converter, GString *out, const char *text, gsize length)
{
    char buffer[4096], *in = (char *)text;

    while (length > 0) {
        char *to = buffer;
        gsize room = sizeof buffer;
        int fault = iconv(converter->iconv, &in, &length, &to, &room) == (gsize)-1 ? errno : 0;

        append_valid(converter, out, buffer, (gsize)(to - buffer));
        if (fault == EINVAL)
            break;
        if (fault == EILSEQ && length > 0) {
            append_replacement(converter, out);
            in++;
            length--;
        }
    }
    return (gsize)(in - text);
}

static void
hold(TamisConverter *converter, const char *text, gsize length)
{
    converter->n_half = (guint8)MIN(length, MAX_HALF_BYTES);
    memmove(converter->half, text, converter->n_half);
}

static void
step_converted(TamisConverter *converter, const char *text, gsize length, GString *out)
{
    while (converter->n_half > 0 && length > 0) {
        gsize held = converter->n_half, more = MIN(length, MAX_HALF_BYTES), n;

        memcpy(converter->half + held, text, more);
        n = append_converted(converter, out, converter->half, held + more);
        if (n < held) { /* little text, or text that is none */
            hold(converter, converter->half + n, held + more - n);
            text += more;
            length -= more;
        } else {
            converter->n_half = 0;
            text += n - held;
            length -= n - held;
        }
    }
    if (length > 0) {
        gsize n = append_converted(converter, out, text, length);

        hold(converter, text + n, length - n);
    }
}

/* The end of the text decides of what stands there: it is held. */
static void
step_utf8(TamisConverter *converter, const char *text, gsize length, GString *out)
{
    g_autoptr(GString) joined = NULL;
    gsize whole, n;

    if (converter->n_half > 0) {
        joined = g_string_new_len(converter->half, converter->n_half);
        g_string_append_len(joined, text, (gssize)length);
        text = joined->str;
        length = joined->len;
    }
    whole =
        converter->n_whole + whole_bytes(text + converter->n_whole, length - converter->n_whole);
    n = whole - half_bytes(text, whole);
    append_valid(converter, out, text, n);
    hold(converter, text + n, length - n);
    converter->n_whole = (guint8)(whole - n);
}

void
tamis_converter_step(TamisConverter *converter, const char *text, gsize length, GString *out)
{
    if (converter->iconv == NO_CONVERTER)
        step_utf8(converter, text, length, out);
    else
        step_converted(converter, text, length, out);
    converter->ends_replaced = ends_replaced(converter, out);
}

void
tamis_converter_finish(TamisConverter *converter, GString *out)
{
    append_valid(converter, out, converter->half, converter->n_whole);
    converter->n_half = converter->n_whole = 0;
}

void
tamis_charset_append_utf8(GString *out, const char *charset, const char *text, gsize length_bytes)
{
    TamisConverter converter = {.iconv = open_iconv(charset)};

    if (converter.iconv != NO_CONVERTER)
        append_converted(&converter, out, text, length_bytes);
    else
        append_valid(&converter, out, text, length_bytes);
    close_iconv(&converter);
}
