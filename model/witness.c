/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Witnesses, and what they are as messages. */
#include "model/witness.h"

#include <string.h>

enum {
    LINE_BYTES = 72,
    CHUNK_BYTES = 36,
    USUAL_BYTES = 512,
    FOLD_BYTES = 100,
    MAX_NAME_BYTES = 20,
    MAX_RUN_BYTES = 800
};

void
tamis_witness_free(TamisWitness *witness)
{
    if (witness == NULL)
        return;
    g_free(witness->envelope_from);
    g_free(witness->envelope_to);
    g_free(witness->body);
    for (guint i = 0; i < witness->n_headers; i++) {
        g_free(witness->headers[i].name);
        g_free(witness->headers[i].value);
    }
    g_free(witness->headers);
    g_free(witness->choices);
    g_free(witness);
}

TamisMessage *
tamis_witness_to_message(const TamisWitness *witness)
{
    TamisMessage *message = tamis_message_new();

    for (guint i = 0; i < witness->n_headers; i++)
        tamis_message_append_header(message, witness->headers[i].name, witness->headers[i].value);
    if (witness->body != NULL)
        tamis_message_set_body(message, witness->body);
    tamis_message_set_size(message, witness->size_bytes);
    return message;
}

TamisDelivery
tamis_witness_delivery(const TamisWitness *witness)
{
    return (TamisDelivery){
        .envelope_from = witness->envelope_from,
        .envelope_to = witness->envelope_to,
        .instant = witness->instant,
        .grades = witness->grades,
    };
}

/* Text ------------------------------------------------------------------------------------------- */

static gboolean
is_plain(const char *text)
{
    for (; *text != '\0'; text++) {
        if ((guchar)*text >= 0x7f || (guchar)*text < ' ')
            return FALSE;
    }
    return TRUE;
}

/* RFC 2047: words of at most 75 characters, never within a character. */
static void
append_encoded(GString *out, const char *text, gsize length)
{
    for (gsize at = 0; at < length;) {
        gsize n = MIN(CHUNK_BYTES, length - at);
        g_autofree char *word = NULL;

        while (n > 1 && at + n < length && ((guchar)text[at + n] & 0xc0) == 0x80)
            n--;
        word = g_base64_encode((const guchar *)text + at, n);
        g_string_append_printf(out, "%s=?UTF-8?B?%s?=", at > 0 ? "\n " : "", word);
        at += n;
    }
}

/* "list-id" as "List-Id". */
static void
append_name(GString *out, const char *name)
{
    gboolean start = TRUE;
    gsize at = out->len;

    if (g_ascii_strcasecmp(name, "message-id") == 0) {
        g_string_append(out, "Message-ID");
        return;
    }
    g_string_append(out, name);
    for (; at < out->len; at++) {
        if (start)
            out->str[at] = g_ascii_toupper(out->str[at]);
        start = out->str[at] == '-';
    }
}

/* Whether blanks are near enough for lines of at most 998 characters (RFC 5322, 2.1.1). */
static gboolean
folds(const char *value)
{
    gsize run = 0;

    for (; *value != '\0' && run < MAX_RUN_BYTES; value++)
        run = *value == ' ' ? 0 : run + 1;
    return run < MAX_RUN_BYTES;
}

/* A line ends before a blank that is followed by something else, once it is long enough. */
static void
append_folded(GString *out, const char *value)
{
    gsize column = MAX_NAME_BYTES, length = strlen(value);

    if (MAX_NAME_BYTES + length <= FOLD_BYTES) {
        g_string_append_len(out, value, (gssize)length);
        return;
    }
    for (; *value != '\0'; value++, column++) {
        if (*value == ' ' && column > FOLD_BYTES && value[1] != ' ' && value[1] != '\0') {
            g_string_append_c(out, '\n');
            column = 0;
        }
        g_string_append_c(out, *value);
    }
}

/* A value that only words can carry: not printable ASCII, or what would be read as a word. An address at its
 * end stays in plain text. */
static void
append_value(GString *out, const char *value)
{
    const char *angle = g_str_has_suffix(value, ">") ? strrchr(value, '<') : NULL;

    if (is_plain(value) && strstr(value, "=?") == NULL && folds(value)) {
        append_folded(out, value);
    } else if (angle != NULL && angle > value && is_plain(angle)) {
        append_encoded(out, value, (gsize)(angle - value) - (angle[-1] == ' '));
        g_string_append_printf(out, " %s", angle);
    } else {
        append_encoded(out, value, strlen(value));
    }
}

void
tamis_witness_append_text(const TamisWitness *witness, GString *out)
{
    const char *body = witness->body != NULL ? witness->body : "";
    gboolean has_type = FALSE;
    gsize before = out->len;

    for (guint i = 0; i < witness->n_headers; i++) {
        has_type |= g_ascii_strcasecmp(witness->headers[i].name, "content-type") == 0;
        append_name(out, witness->headers[i].name);
        g_string_append_len(out, ": ", 2);
        append_value(out, witness->headers[i].value);
        g_string_append_c(out, '\n');
    }
    if (!is_plain(body) && !has_type)
        g_string_append(out, "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
                             "Content-Transfer-Encoding: 8bit\n");
    g_string_append_c(out, '\n');
    g_string_append(out, body);
    if (*body != '\0')
        g_string_append_c(out, '\n');
    while (out->len - before < witness->size_bytes &&
           witness->size_bytes <= TAMIS_MESSAGE_MAX_BYTES) {
        gsize n = MIN(LINE_BYTES, witness->size_bytes - (out->len - before));

        for (gsize i = 1; i < n; i++)
            g_string_append_c(out, '.');
        g_string_append_c(out, '\n');
    }
}

char *
tamis_witness_to_text(const TamisWitness *witness, gsize *out_length)
{
    GString *out = g_string_sized_new(USUAL_BYTES);

    tamis_witness_append_text(witness, out);
    if (out_length != NULL)
        *out_length = out->len;
    return g_string_free(out, FALSE);
}
