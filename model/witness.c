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

/* Copies --------------------------------------------------------------------------------------- */

static gsize
add_bytes(gsize size, const char *text)
{
    return size + strlen(text) + 1;
}

static gsize
count_text_bytes(const TamisWitness *witness)
{
    gsize size = add_bytes(add_bytes(0, witness->envelope_from), witness->envelope_to);

    for (guint i = 0; i < witness->n_headers; i++)
        size = add_bytes(add_bytes(size, witness->headers[i].name), witness->headers[i].value);
    return witness->body != NULL ? add_bytes(size, witness->body) : size;
}

/* To where free memory begins, which it moves on. */
static char *
put_text(char **free_text, const char *text)
{
    gsize size = strlen(text) + 1;
    char *copy = memcpy(*free_text, text, size);

    *free_text += size;
    return copy;
}

TamisWitness *
tamis_witness_copy(const TamisWitness *witness)
{
    gsize headers_size = witness->n_headers * sizeof *witness->headers;
    gsize choices_size = witness->n_choices * sizeof *witness->choices;
    TamisWitness *copy =
        g_malloc(sizeof *copy + headers_size + choices_size + count_text_bytes(witness));
    char *text;

    *copy = *witness;
    copy->headers = (TamisWitnessHeader *)(copy + 1);
    copy->choices = (TamisWitnessChoice *)(copy->headers + witness->n_headers);
    if (witness->n_choices > 0)
        memcpy(copy->choices, witness->choices, choices_size);
    text = (char *)(copy->choices + witness->n_choices);
    copy->envelope_from = put_text(&text, witness->envelope_from);
    copy->envelope_to = put_text(&text, witness->envelope_to);
    for (guint i = 0; i < witness->n_headers; i++) {
        copy->headers[i].name = put_text(&text, witness->headers[i].name);
        copy->headers[i].value = put_text(&text, witness->headers[i].value);
    }
    if (witness->body != NULL)
        copy->body = put_text(&text, witness->body);
    return copy;
}

void
tamis_witness_free(TamisWitness *witness)
{
    g_free(witness);
}

/* Messages --------------------------------------------------------------------------------------- */

TamisMessage *
tamis_witness_to_message(const TamisWitness *witness)
{
    TamisMessage *message =
        tamis_message_new_with(witness->headers, witness->n_headers, witness->body);

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

char *
tamis_witness_field_name(const char *name)
{
    static const char *const others[] = {"Message-ID", "MIME-Version", "DKIM-Signature",
                                         "Content-ID", "Resent-Message-ID"};
    char *shown = g_strdup(name);
    gboolean starts = TRUE;

    for (char *at = shown; *at != '\0'; at++) {
        *at = starts ? g_ascii_toupper(*at) : *at;
        starts = *at == '-';
    }
    for (guint i = 0; i < G_N_ELEMENTS(others); i++)
        if (g_ascii_strcasecmp(name, others[i]) == 0)
            strcpy(shown, others[i]);
    return shown;
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

/* One that stands as it is, on one line. */
static gboolean
is_short(const char *value, gsize *out_length)
{
    const char *at = value;

    for (; *at != '\0' && at - value <= FOLD_BYTES - MAX_NAME_BYTES; at++)
        if ((guchar)*at >= 0x7f || (guchar)*at < ' ' || (at[0] == '=' && at[1] == '?'))
            return FALSE;
    *out_length = (gsize)(at - value);
    return *at == '\0' && *out_length <= FOLD_BYTES - MAX_NAME_BYTES;
}

static gsize
count_value_bytes(const char *value)
{
    g_autoptr(GString) written = NULL;
    gsize length = 0;

    if (is_short(value, &length))
        return length;
    written = g_string_new(NULL);
    append_value(written, value);
    return written->len;
}

guint64
tamis_witness_count_bytes(const TamisWitness *witness)
{
    const char *body = witness->body != NULL ? witness->body : "";
    guint64 n = 1;

    for (guint i = 0; i < witness->n_headers; i++)
        n +=
            strlen(witness->headers[i].name) + 2 + count_value_bytes(witness->headers[i].value) + 1;
    return *body != '\0' ? n + strlen(body) + 1 : n;
}

void
tamis_witness_append_text(const TamisWitness *witness, GString *out)
{
    const char *body = witness->body != NULL ? witness->body : "";
    gsize before = out->len;

    for (guint i = 0; i < witness->n_headers; i++) {
        g_autofree char *name = tamis_witness_field_name(witness->headers[i].name);

        g_string_append_printf(out, "%s: ", name);
        append_value(out, witness->headers[i].value);
        g_string_append_c(out, '\n');
    }
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
