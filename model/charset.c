/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Converts with the C library's iconv, which knows charsets by the names that it has for them, as in the engines. */
#include "model/charset.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

#define REPLACEMENT  "\xef\xbf\xbd"
#define NO_CONVERTER ((iconv_t)-1)

static void
append_replacement(GString *out)
{
    if (out->len < 3 || memcmp(out->str + out->len - 3, REPLACEMENT, 3) != 0)
        g_string_append(out, REPLACEMENT);
}

static void
append_valid(GString *out, const char *text, gsize length)
{
    while (length > 0) {
        const char *end;
        gboolean valid = g_utf8_validate(text, (gssize)length, &end);

        g_string_append_len(out, text, end - text);
        length -= (gsize)(end - text);
        text = end;
        if (valid || length == 0)
            return;
        if (*text == '\0')
            g_string_append_c(out, '\0');
        else
            append_replacement(out);
        text++;
        length--;
    }
}

static void
append_converted(GString *out, iconv_t converter, const char *text, gsize length)
{
    char buffer[4096], *in = (char *)text;

    while (length > 0) {
        char *to = buffer;
        gsize room = sizeof buffer;
        int fault = iconv(converter, &in, &length, &to, &room) == (gsize)-1 ? errno : 0;

        append_valid(out, buffer, (gsize)(to - buffer));
        if (fault == EINVAL) /* half a character */
            break;
        if (fault == EILSEQ && length > 0) {
            append_replacement(out);
            in++;
            length--;
        }
    }
}

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
open_converter(const char *charset)
{
    if (charset == NULL || tamis_charset_is_utf8(charset))
        return NO_CONVERTER;
    return iconv_open("UTF-8", charset);
}

void
tamis_charset_append_utf8(GString *out, const char *charset, const char *text, gsize length_bytes)
{
    iconv_t converter = open_converter(charset);

    if (converter == NO_CONVERTER) {
        append_valid(out, text, length_bytes);
        return;
    }
    append_converted(out, converter, text, length_bytes);
    iconv_close(converter);
}
