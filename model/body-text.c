/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The text of a body's part, window by window: its coding, its charset and its tags are undone one behind the other. */
#include "model/base64.h"
#include "model/charset.h"
#include "model/html-text.h"
#include "model/message-private.h"
#include "model/quoted-printable.h"

#include <string.h>

/* Texts whose source is longer are not held, nor more than that of all of them together. */
#define MAX_HELD_PART_BYTES ((gsize)128 << 10)
#define MAX_HELD_BYTES      ((gsize)4 << 20)

typedef struct {
    const TamisBodyPart *part;
    gboolean plain;
    TamisBase64 base64;
    TamisQuotedPrintable quoted;
    char last; /* CODING_LINES: the last character */
    TamisConverter *converter;
    TamisHtmlText html;
    GString *decoded, *converted, *stripped; /* of one window */
    gboolean is_enough;
} Reading;

static void
start(Reading *reading)
{
    tamis_quoted_printable_init(&reading->quoted);
    tamis_html_text_init(&reading->html);
    reading->converter = tamis_converter_new(reading->part->charset);
    reading->decoded = g_string_new(NULL);
    reading->converted = g_string_new(NULL);
    reading->stripped = g_string_new(NULL);
}

static void
finish(Reading *reading)
{
    tamis_quoted_printable_clear(&reading->quoted);
    tamis_html_text_clear(&reading->html);
    tamis_converter_free(reading->converter);
    g_string_free(reading->decoded, TRUE);
    g_string_free(reading->converted, TRUE);
    g_string_free(reading->stripped, TRUE);
}

static void
append_lines(Reading *reading, const char *source, gsize length)
{
    while (length > 0) {
        const char *newline = memchr(source, '\n', length);
        gsize n = newline != NULL ? (gsize)(newline - source) : length;

        g_string_append_len(reading->decoded, source, (gssize)n);
        reading->last = n > 0 ? source[n - 1] : reading->last;
        if (newline != NULL) {
            g_string_append(reading->decoded, reading->last == '\r' ? "\n" : "\r\n");
            reading->last = '\n';
            n++;
        }
        source += n;
        length -= n;
    }
}

static void
append_base64(Reading *reading, const char *source, gsize length)
{
    GString *out = reading->decoded;

    g_string_set_size(out, length + 2);
    g_string_set_size(out, tamis_base64_step(&reading->base64, source, length, (guchar *)out->str));
}

/* A window's text; lent until the next. */
static void
read_window(Reading *reading, const char *source, gsize length, const char **out_text,
            gsize *out_length)
{
    const GString *out = reading->decoded;

    g_string_truncate(reading->decoded, 0);
    g_string_truncate(reading->converted, 0);
    g_string_truncate(reading->stripped, 0);
    if (reading->part->coding == TAMIS_CODING_BASE64)
        append_base64(reading, source, length);
    else if (reading->part->coding == TAMIS_CODING_QUOTED)
        tamis_quoted_printable_step(&reading->quoted, source, length, reading->decoded);
    else if (reading->part->coding == TAMIS_CODING_LINES)
        append_lines(reading, source, length);
    if (reading->part->coding == TAMIS_CODING_NONE) {
        tamis_converter_step(reading->converter, source, length, reading->converted);
        out = reading->converted;
    } else if (reading->part->coding != TAMIS_CODING_LINES) {
        tamis_converter_step(reading->converter, out->str, out->len, reading->converted);
        out = reading->converted;
    }
    if (reading->plain && reading->part->is_html) {
        tamis_html_text_step(&reading->html, out->str, out->len, reading->stripped);
        out = reading->stripped;
    }
    *out_text = out->str;
    *out_length = out->len;
}

typedef struct {
    gsize bytes; /* of a window */
    TamisTakePiece take;
    gpointer data;
} Window;

/* FALSE: enough, or the text is over. */
static gboolean
read_source(Reading *reading, const char *source, gsize length, const Window *window)
{
    gboolean goes_on = TRUE;

    for (gsize at = 0; at < length && goes_on; at += window->bytes) {
        const char *text;
        gsize n;

        read_window(reading, source + at, MIN(window->bytes, length - at), &text, &n);
        reading->is_enough = n > 0 && !window->take(text, n, window->data);
        goes_on = !reading->is_enough && !reading->base64.is_over;
    }
    return goes_on;
}

/* What was held until the end was known. */
static void
read_end(Reading *reading, const Window *window)
{
    const GString *out = reading->converted;

    g_string_truncate(reading->converted, 0);
    g_string_truncate(reading->stripped, 0);
    tamis_converter_finish(reading->converter, reading->converted);
    if (reading->plain && reading->part->is_html) {
        tamis_html_text_step(&reading->html, out->str, out->len, reading->stripped);
        out = reading->stripped;
    }
    if (out->len > 0)
        window->take(out->str, out->len, window->data);
}

void
tamis_body_part_read(const TamisBodyPart *part, gboolean plain, gsize window_bytes,
                     TamisTakePiece take, gpointer data)
{
    Reading reading = {.part = part, .plain = plain};
    const Window window = {window_bytes, take, data};

    if (part->coding == TAMIS_CODING_UNKNOWN)
        return;
    start(&reading);
    if (read_source(&reading, part->source, part->source_bytes, &window))
        read_source(&reading, part->rest, part->rest_bytes, &window);
    if (!reading.is_enough)
        read_end(&reading, &window);
    finish(&reading);
}

/* Held texts ------------------------------------------------------------------------------------- */

/* Whether the source is the text. */
static gboolean
is_as_it_stands(const TamisBodyPart *part, gboolean plain)
{
    return part->coding == TAMIS_CODING_NONE && part->rest_bytes == 0 &&
           !(plain && part->is_html) &&
           (part->charset == NULL || tamis_charset_is_utf8(part->charset)) &&
           g_utf8_validate(part->source, (gssize)part->source_bytes, NULL);
}

static gboolean
append_piece(const char *piece, gsize length, gpointer data)
{
    g_string_append_len(data, piece, (gssize)length);
    return TRUE;
}

/* NULL: it is too long. */
static GBytes *
new_text(TamisMessage *message, const TamisBodyPart *part, gboolean plain)
{
    GString *text;

    if (is_as_it_stands(part, plain))
        return g_bytes_new_static(part->source, part->source_bytes);
    if (part->source_bytes + part->rest_bytes > MAX_HELD_PART_BYTES ||
        message->held_bytes > MAX_HELD_BYTES)
        return NULL;
    text = g_string_sized_new(part->source_bytes);
    tamis_body_part_read(part, plain, TAMIS_BODY_WINDOW_BYTES, append_piece, text);
    message->held_bytes += text->len;
    return g_string_free_to_bytes(text);
}

const char *
tamis_message_get_part_text(TamisMessage *message, guint i, gboolean plain, gsize *out_length)
{
    const TamisBodyPart *part = &g_array_index(message->parts, TamisBodyPart, i);
    gpointer *text = &message->part_texts->pdata[2 * i + (plain && part->is_html)];
    const char *bytes;

    if (*text == NULL)
        *text = new_text(message, part, plain);
    if (*text == NULL)
        return NULL;
    bytes = g_bytes_get_data(*text, out_length);
    return bytes != NULL ? bytes : "";
}
