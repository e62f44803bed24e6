/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Messages. The header block is split here, without copying; GMime decodes words, reads addresses, dates
 * and MIME structure, each only when a test asks for it. */
#include "model/message-private.h"

#include "model/encoded-word.h"

#include <gmime/gmime.h>
#include <string.h>

void
tamis_message_start_library(void)
{
    static gsize started = 0;

    if (g_once_init_enter(&started)) {
        g_mime_init();
        g_once_init_leave(&started, 1);
    }
}

static void
free_field(gpointer data)
{
    Field *field = data;

    g_free(field->value);
    g_free(field);
}

static Field *
new_field(const char *name, gsize length)
{
    Field *field = g_malloc(sizeof *field + length + 1);

    *field = (Field){NULL};
    for (gsize i = 0; i < length; i++)
        field->name[i] = g_ascii_tolower(name[i]);
    field->name[length] = '\0';
    return field;
}

static void
forget(TamisMessage *message)
{
    g_hash_table_remove_all(message->headers);
    g_hash_table_remove_all(message->addresses);
    g_ptr_array_set_size(message->address_texts, 0);
}

/* Header block ---------------------------------------------------------------------------------- */

static gsize
line_end(const char *text, gsize length, gsize at)
{
    const char *newline = memchr(text + at, '\n', length - at);

    return newline != NULL ? (gsize)(newline - text) + 1 : length;
}

static gsize
content_end(const char *text, gsize start, gsize end)
{
    if (end > start && text[end - 1] == '\n')
        end--;
    else
        return end;
    return end > start && text[end - 1] == '\r' ? end - 1 : end;
}

static void
take_field(TamisMessage *message, const char *text, gsize start, gsize end)
{
    const char *colon = memchr(text + start, ':', end - start);
    gsize name_end = colon != NULL ? (gsize)(colon - text) : start;
    Field *field;

    while (name_end > start && (text[name_end - 1] == ' ' || text[name_end - 1] == '\t'))
        name_end--;
    if (name_end == start || memchr(text + start, ' ', name_end - start) != NULL)
        return; /* no field: engines pass over such lines */
    field = new_field(text + start, name_end - start);
    field->raw = colon + 1;
    field->raw_length = content_end(text, start, end) - (gsize)(colon + 1 - text);
    field->size_bytes = end - start;
    g_ptr_array_add(message->fields, field);
}

static void
split_header(TamisMessage *message, const char *text, gsize length)
{
    const char *newline = memchr(text, '\n', length);
    gsize at = 0;

    message->has_crlf = newline != NULL && newline > text && newline[-1] == '\r';
    if (length >= 5 && memcmp(text, "From ", 5) == 0) /* an mbox separator */
        at = line_end(text, length, 0);
    while (at < length) {
        gsize start = at, end = line_end(text, length, at);

        if (content_end(text, start, end) == start) {
            at = end;
            break;
        }
        while (end < length && (text[end] == ' ' || text[end] == '\t'))
            end = line_end(text, length, end);
        if (message->fields->len < MAX_FIELDS)
            take_field(message, text, start, end);
        at = end;
    }
    message->body = text + at;
    message->body_length = length - at;
}

/* Values ---------------------------------------------------------------------------------------- */

/* Without line breaks, and without blanks before the first and behind the last; NUL, which no engine lets
 * through, as a byte that is no text. */
#define NUL_BYTE ((char)0x80)

static char *
unfold(const char *raw, gsize length)
{
    char *text;
    gsize n = 0;

    while (length > 0 && (*raw == ' ' || *raw == '\t')) {
        raw++;
        length--;
    }
    text = g_malloc(length + 1);
    for (gsize i = 0; i < length; i++) {
        if (raw[i] == '\n' || (raw[i] == '\r' && i + 1 < length && raw[i + 1] == '\n'))
            continue;
        if (raw[i] == '\t' && i > 0 && raw[i - 1] == '\n')
            text[n++] = ' ';
        else
            text[n++] = raw[i] == '\0' ? NUL_BYTE : raw[i];
    }
    while (n > 0 && (text[n - 1] == ' ' || text[n - 1] == '\t'))
        n--;
    text[n] = '\0';
    return text;
}

char *
tamis_message_field_text(const Field *field)
{
    return field->raw != NULL ? unfold(field->raw, field->raw_length) : g_strdup(field->value);
}

static const char *
field_value(Field *field)
{
    g_autofree char *unfolded = NULL;

    if (field->value != NULL)
        return field->value;
    unfolded = unfold(field->raw, field->raw_length);
    if (strstr(unfolded, "=?") == NULL && g_utf8_validate(unfolded, -1, NULL)) {
        field->value = g_steal_pointer(&unfolded);
    } else {
        tamis_message_start_library();
        field->value = g_strchomp(tamis_encoded_words_decode(unfolded, strlen(unfolded)));
    }
    return field->value;
}

gboolean
tamis_header_is_single(const char *name)
{
    static const char *const names[] = {"from",   "subject",     "date",      "message-id",
                                        "sender", "in-reply-to", "references"};

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        if (g_ascii_strcasecmp(name, names[i]) == 0)
            return TRUE;
    return FALSE;
}

const char *const *
tamis_message_get_header(TamisMessage *message, const char *name)
{
    g_autofree char *lower = g_ascii_strdown(name, -1);
    const char *const *known = g_hash_table_lookup(message->headers, lower);
    GPtrArray *values;

    if (known != NULL)
        return known;
    values = g_ptr_array_new();
    for (guint i = 0; i < message->fields->len; i++) {
        Field *field = g_ptr_array_index(message->fields, i);

        if (strcmp(field->name, lower) == 0)
            g_ptr_array_add(values, (char *)field_value(field));
    }
    g_ptr_array_add(values, NULL);
    known = (const char *const *)g_ptr_array_free(values, FALSE);
    g_hash_table_insert(message->headers, g_steal_pointer(&lower), (gpointer)known);
    return known;
}

const char *
tamis_message_get_raw_body(TamisMessage *message, gsize *out_length)
{
    *out_length = message->body_length;
    return message->body;
}

guint64
tamis_message_get_size(const TamisMessage *message)
{
    guint64 size = message->body_length + 1;

    if (message->has_size)
        return message->size_bytes;
    if (message->bytes != NULL)
        return (guint64)((gint64)g_bytes_get_size(message->bytes) + message->size_change_bytes);
    for (guint i = 0; i < message->fields->len; i++) {
        const Field *field = g_ptr_array_index(message->fields, i);

        size += field->size_bytes;
    }
    return size;
}

/* Making ---------------------------------------------------------------------------------------- */

TamisMessage *
tamis_message_new(void)
{
    TamisMessage *message = g_new0(TamisMessage, 1);

    message->body = "";
    message->fields = g_ptr_array_new_with_free_func(free_field);
    message->headers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    message->addresses =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_array_unref);
    message->address_texts = g_ptr_array_new_with_free_func(g_free);
    return message;
}

TamisMessage *
tamis_message_new_from_bytes(GBytes *bytes)
{
    TamisMessage *message = tamis_message_new();
    gsize length = 0;
    const char *text = g_bytes_get_data(bytes, &length);

    message->bytes = g_bytes_ref(bytes);
    split_header(message, text != NULL ? text : "", length);
    return message;
}

void
tamis_message_free(TamisMessage *message)
{
    if (message == NULL)
        return;
    g_ptr_array_unref(message->fields);
    g_hash_table_unref(message->headers);
    g_hash_table_unref(message->addresses);
    g_ptr_array_unref(message->address_texts);
    g_clear_pointer(&message->parts, g_array_unref);
    g_clear_pointer(&message->part_texts, g_ptr_array_unref);
    if (message->bytes != NULL)
        g_bytes_unref(message->bytes);
    g_free(message->made_body);
    g_free(message);
}

TamisMessage *
tamis_message_copy(const TamisMessage *message)
{
    TamisMessage *copy = tamis_message_new();

    copy->bytes = message->bytes != NULL ? g_bytes_ref(message->bytes) : NULL;
    copy->made_body = g_strdup(message->made_body);
    copy->body = copy->made_body != NULL ? copy->made_body : message->body;
    copy->body_length = message->body_length;
    copy->size_bytes = message->size_bytes;
    copy->has_size = message->has_size;
    copy->has_crlf = message->has_crlf;
    copy->size_change_bytes = message->size_change_bytes;
    for (guint i = 0; i < message->fields->len; i++) {
        const Field *field = g_ptr_array_index(message->fields, i);
        Field *same = new_field(field->name, strlen(field->name));

        same->value = g_strdup(field->value);
        same->raw = field->raw;
        same->raw_length = field->raw_length;
        same->size_bytes = field->size_bytes;
        g_ptr_array_add(copy->fields, same);
    }
    return copy;
}

void
tamis_message_append_header(TamisMessage *message, const char *name, const char *value)
{
    tamis_message_add_header(message, name, value, TRUE);
}

void
tamis_message_add_header(TamisMessage *message, const char *name, const char *value, gboolean last)
{
    Field *field = new_field(name, strlen(name));

    field->value = g_strdup(value);
    field->size_bytes = strlen(name) + 2 + strlen(value) + (message->has_crlf ? 2 : 1);
    message->size_change_bytes += (gint64)field->size_bytes;
    g_ptr_array_insert(message->fields, last ? -1 : 0, field);
    forget(message);
}

void
tamis_message_delete_header(TamisMessage *message, const char *name, guint index, gboolean last,
                            TamisIsMeant is_meant, gpointer data)
{
    GPtrArray *kept = g_ptr_array_new_with_free_func(free_field);
    guint n = 0, seen = 0;

    for (guint i = 0; i < message->fields->len; i++)
        n += g_ascii_strcasecmp(((Field *)g_ptr_array_index(message->fields, i))->name, name) == 0;
    for (guint i = 0; i < message->fields->len; i++) {
        Field *field = g_ptr_array_index(message->fields, i);
        gboolean named = g_ascii_strcasecmp(field->name, name) == 0;

        seen += named;
        if (named && (index == 0 || (last ? n - seen + 1 : seen) == index) &&
            (is_meant == NULL || is_meant(field_value(field), data))) {
            message->size_change_bytes -= (gint64)field->size_bytes;
            free_field(field);
        } else {
            g_ptr_array_add(kept, field);
        }
    }
    g_ptr_array_set_free_func(message->fields, NULL);
    g_ptr_array_unref(message->fields);
    message->fields = kept;
    forget(message);
}

void
tamis_message_set_body(TamisMessage *message, const char *text)
{
    g_return_if_fail(message->bytes == NULL);
    g_clear_pointer(&message->parts, g_array_unref);
    g_clear_pointer(&message->part_texts, g_ptr_array_unref);
    g_free(message->made_body);
    message->body = message->made_body = g_strdup(text);
    message->body_length = strlen(text);
}

void
tamis_message_set_size(TamisMessage *message, guint64 size_bytes)
{
    message->size_bytes = size_bytes;
    message->has_size = TRUE;
}
