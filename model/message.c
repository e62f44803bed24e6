/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Messages: their header fields, those that were read and those that were added, and how a message is made and
 * changed. Words are decoded only when a test asks for them. */
#include "model/message-private.h"

#include "model/encoded-word.h"

#include <string.h>

static void
free_added(gpointer data)
{
    TamisField *field = data;

    if (!field->is_lent)
        g_free(field);
}

/* texts: room for value, with its end, and name. */
static TamisField
added_field(char *texts, const char *name, gsize length, const char *value, gsize value_length)
{
    return (TamisField){.value = memcpy(texts, value, value_length + 1),
                        .name = memcpy(texts + value_length + 1, name, length),
                        .name_length = (guint32)length,
                        .hash = tamis_field_hash(name, length)};
}

/* With its texts behind it. Takes nothing. */
static TamisField *
new_added(const char *name, gsize length, const char *value, guint32 size_bytes)
{
    gsize value_length = strlen(value);
    TamisField *field = g_malloc(sizeof *field + value_length + 1 + length);

    *field = added_field((char *)(field + 1), name, length, value, value_length);
    field->size_bytes = size_bytes;
    return field;
}

static void
forget_parts(TamisMessage *message)
{
    g_clear_pointer(&message->parts, g_array_unref);
    g_clear_pointer(&message->part_names, g_ptr_array_unref);
    g_clear_pointer(&message->part_texts, g_ptr_array_unref);
    message->held_bytes = 0;
}

static void
forget(TamisMessage *message)
{
    g_clear_pointer(&message->values, g_hash_table_unref);
    if (message->headers != NULL)
        g_hash_table_remove_all(message->headers);
    if (message->addresses == NULL)
        return;
    g_hash_table_remove_all(message->addresses);
    tamis_arena_reset(message->address_arena);
}

/* Fields ---------------------------------------------------------------------------------------- */

static gboolean
is_gone(const TamisMessage *message, const TamisField *field)
{
    if (field->is_gone || message->gone == NULL)
        return field->is_gone;
    gsize i = (gsize)(field - (const TamisField *)message->read->fields->data);
    return field->raw != NULL && message->gone[i];
}

/* The i-th in order, of those that are gone, too; NULL: there are not so many. */
static TamisField *
field_at(const TamisMessage *message, guint i)
{
    guint n_read = message->read != NULL ? message->read->fields->len : 0;

    if (i < message->top->len)
        return g_ptr_array_index(message->top, message->top->len - 1 - i);
    i -= message->top->len;
    if (i < n_read)
        return &g_array_index(message->read->fields, TamisField, i);
    i -= n_read;
    return i < message->bottom->len ? g_ptr_array_index(message->bottom, i) : NULL;
}

TamisField *
tamis_message_next_field(const TamisMessage *message, guint *at)
{
    TamisField *field;

    while ((field = field_at(message, (*at)++)) != NULL)
        if (!is_gone(message, field))
            return field;
    return NULL;
}

GPtrArray *
tamis_message_find_fields(const TamisMessage *message, const char *name)
{
    GPtrArray *found = g_ptr_array_new();
    const TamisFieldBlock *read = message->read;
    gsize length = strlen(name);
    guint32 hash = tamis_field_hash(name, length);
    TamisField *field;

    for (guint i = 0; i < message->top->len; i++)
        if (tamis_field_is_named((field = field_at(message, i)), hash, name, length) &&
            !is_gone(message, field))
            g_ptr_array_add(found, field);
    for (guint32 i = read != NULL ? read->first[hash & read->mask] : 0; i != 0; i = field->next) {
        field = &g_array_index(read->fields, TamisField, i - 1);
        if (tamis_field_is_named(field, hash, name, length) && !is_gone(message, field))
            g_ptr_array_add(found, field);
    }
    for (guint i = 0; i < message->bottom->len; i++)
        if (tamis_field_is_named((field = g_ptr_array_index(message->bottom, i)), hash, name,
                                 length) &&
            !is_gone(message, field))
            g_ptr_array_add(found, field);
    return found;
}

/* Values ---------------------------------------------------------------------------------------- */

/* Without line breaks, and without blanks behind the last word; NUL, which no engine lets
 * through, as a byte that is no text. */
#define NUL_BYTE ((char)0x80)

static char *
unfold(const char *raw, gsize length)
{
    char *text = g_malloc(length + 1);
    gsize n = 0;

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
tamis_message_field_text(const TamisField *field)
{
    return field->raw != NULL ? unfold(field->raw, field->raw_length) : g_strdup(field->value);
}

static const char *
field_value(TamisField *field)
{
    g_autofree char *unfolded = NULL;

    if (field->value != NULL)
        return field->value;
    unfolded = unfold(field->raw, field->raw_length);
    if (strstr(unfolded, "=?") == NULL && g_utf8_validate(unfolded, -1, NULL)) {
        field->value = g_steal_pointer(&unfolded);
    } else {
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
    g_autofree char *lower = NULL;
    const char *const *known;
    GPtrArray *values;

    if (message->headers == NULL)
        message->headers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    known = g_hash_table_lookup(message->headers, name);
    if (known != NULL) /* most names are written in lower case */
        return known;
    lower = g_ascii_strdown(name, -1);
    known = g_hash_table_lookup(message->headers, lower);
    if (known != NULL)
        return known;
    values = tamis_message_find_fields(message, lower);
    for (guint i = 0; i < values->len; i++)
        values->pdata[i] = (char *)field_value(values->pdata[i]);
    g_ptr_array_add(values, NULL);
    known = (const char *const *)g_ptr_array_free(values, FALSE);
    g_hash_table_insert(message->headers, g_steal_pointer(&lower), (gpointer)known);
    return known;
}

gboolean
tamis_message_has_many_fields(const TamisMessage *message)
{
    enum { MANY_FIELDS = 64 };
    guint n_read = message->read != NULL ? message->read->fields->len : 0;

    return message->top->len + message->bottom->len + n_read > MANY_FIELDS;
}

/* The values as a set, in lower case where it folds. */
static GHashTable *
value_set(TamisMessage *message, const char *name, gboolean fold)
{
    g_autofree char *id = g_strconcat(fold ? "~" : "=", name, NULL);
    GHashTable *set;

    if (message->values == NULL)
        message->values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                                (GDestroyNotify)g_hash_table_unref);
    set = g_hash_table_lookup(message->values, id);
    if (set != NULL)
        return set;
    set = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (const char *const *value = tamis_message_get_header(message, name); *value != NULL;
         value++)
        g_hash_table_add(set, fold ? g_ascii_strdown(*value, -1) : g_strdup(*value));
    g_hash_table_insert(message->values, g_steal_pointer(&id), set);
    return set;
}

gboolean
tamis_message_has_value(TamisMessage *message, const char *name, const char *text, gboolean fold)
{
    g_autofree char *lower = fold ? g_ascii_strdown(text, -1) : NULL;

    return g_hash_table_contains(value_set(message, name, fold), fold ? lower : text);
}

guint64
tamis_message_get_size(const TamisMessage *message)
{
    guint64 size = message->body_length + 1;
    const TamisField *field;

    if (message->has_size)
        return message->size_bytes;
    if (message->bytes != NULL)
        return (guint64)((gint64)g_bytes_get_size(message->bytes) + message->size_change_bytes);
    for (guint i = 0; (field = tamis_message_next_field(message, &i)) != NULL;)
        size += field->size_bytes;
    return size;
}

/* Making ---------------------------------------------------------------------------------------- */

TamisMessage *
tamis_message_new(void)
{
    TamisMessage *message = g_new0(TamisMessage, 1);

    message->body = "";
    message->top = g_ptr_array_new_with_free_func(free_added);
    message->bottom = g_ptr_array_new_with_free_func(free_added);
    return message;
}

/* Name and value are parted by a colon and a blank, and end with a line break. */
static guint32
count_field_bytes(gsize name_length, gsize value_length, gboolean has_crlf)
{
    return (guint32)(name_length + 2 + value_length + (has_crlf ? 2 : 1));
}

TamisMessage *
tamis_message_new_with(const TamisHeaderText *headers, guint n, const char *body)
{
    TamisMessage *message = g_new0(TamisMessage, 1);
    gsize size = n * sizeof(TamisField), body_length = body != NULL ? strlen(body) : 0;
    TamisField *fields;
    char *texts;

    for (guint i = 0; i < n; i++)
        size += strlen(headers[i].name) + strlen(headers[i].value) + 1;
    message->block = fields = g_malloc(size + body_length + 1);
    texts = (char *)(fields + n);
    message->top = g_ptr_array_new_with_free_func(free_added);
    message->bottom = g_ptr_array_new_full(n, free_added);
    for (guint i = 0; i < n; i++) {
        gsize name_length = strlen(headers[i].name), value_length = strlen(headers[i].value);

        fields[i] =
            added_field(texts, headers[i].name, name_length, headers[i].value, value_length);
        fields[i].size_bytes = count_field_bytes(name_length, value_length, FALSE);
        fields[i].is_lent = TRUE;
        message->size_change_bytes += fields[i].size_bytes;
        texts += name_length + value_length + 1;
        g_ptr_array_add(message->bottom, &fields[i]);
    }
    message->body = memcpy(texts, body != NULL ? body : "", body_length + 1);
    message->body_length = body_length;
    return message;
}

/* NULL: it has more header fields than that. */
static TamisMessage *
read_message(GBytes *bytes, guint max_fields)
{
    g_autoptr(TamisMessage) message = NULL;
    gsize length = 0;
    const char *text = g_bytes_get_data(bytes, &length);
    TamisFieldBlock *read = tamis_field_block_new(text != NULL ? text : "", length, max_fields);

    if (read == NULL)
        return NULL;
    message = tamis_message_new();
    message->bytes = g_bytes_ref(bytes);
    message->read = read;
    message->has_crlf = read->has_crlf;
    message->body = read->is_closed ? text + read->length_bytes : NULL;
    message->body_length = length - read->length_bytes;
    return g_steal_pointer(&message);
}

TamisMessage *
tamis_message_new_from_bytes(GBytes *bytes)
{
    return read_message(bytes, G_MAXUINT);
}

TamisMessage *
tamis_message_new_from_outside(GBytes *bytes, GError **error)
{
    TamisMessage *message = read_message(bytes, TAMIS_MESSAGE_MAX_FIELDS);

    if (message == NULL)
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE,
                    "its header has more than %u fields", TAMIS_MESSAGE_MAX_FIELDS);
    return message;
}

void
tamis_message_free(TamisMessage *message)
{
    if (message == NULL)
        return;
    g_clear_pointer(&message->read, tamis_field_block_unref);
    g_free(message->gone);
    g_ptr_array_unref(message->top);
    g_ptr_array_unref(message->bottom);
    g_free(message->block);
    g_clear_pointer(&message->values, g_hash_table_unref);
    g_clear_pointer(&message->headers, g_hash_table_unref);
    g_clear_pointer(&message->addresses, g_hash_table_unref);
    tamis_arena_free(message->address_arena);
    forget_parts(message);
    if (message->bytes != NULL)
        g_bytes_unref(message->bytes);
    g_free(message->made_body);
    g_free(message);
}

/* Those that are still there. */
static void
copy_added(GPtrArray *to, const GPtrArray *from)
{
    for (guint i = 0; i < from->len; i++) {
        const TamisField *field = from->pdata[i];

        if (!field->is_gone)
            g_ptr_array_add(
                to, new_added(field->name, field->name_length, field->value, field->size_bytes));
    }
}

TamisMessage *
tamis_message_copy(const TamisMessage *message)
{
    TamisMessage *copy = tamis_message_new();

    copy->bytes = message->bytes != NULL ? g_bytes_ref(message->bytes) : NULL;
    copy->made_body = message->bytes == NULL ? g_strdup(message->body) : NULL;
    copy->body = copy->made_body != NULL ? copy->made_body : message->body;
    copy->body_length = message->body_length;
    copy->size_bytes = message->size_bytes;
    copy->has_size = message->has_size;
    copy->has_crlf = message->has_crlf;
    copy->size_change_bytes = message->size_change_bytes;
    copy->read = message->read != NULL ? tamis_field_block_ref(message->read) : NULL;
    if (message->gone != NULL)
        copy->gone = g_memdup2(message->gone, message->read->fields->len);
    copy_added(copy->top, message->top);
    copy_added(copy->bottom, message->bottom);
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
    guint32 size = count_field_bytes(strlen(name), strlen(value), message->has_crlf);

    message->size_change_bytes += size;
    g_ptr_array_add(last ? message->bottom : message->top,
                    new_added(name, strlen(name), value, size));
    forget(message);
}

static void
mark_gone(TamisMessage *message, TamisField *field)
{
    message->size_change_bytes -= (gint64)field->size_bytes;
    if (field->raw == NULL) {
        field->is_gone = TRUE;
        return;
    }
    if (message->gone == NULL)
        message->gone = g_new0(guint8, message->read->fields->len);
    message->gone[field - (const TamisField *)message->read->fields->data] = TRUE;
}

void
tamis_message_delete_header(TamisMessage *message, const char *name, guint index, gboolean last,
                            TamisIsMeant is_meant, gpointer data)
{
    g_autoptr(GPtrArray) fields = tamis_message_find_fields(message, name);

    for (guint i = 0; i < fields->len; i++) {
        TamisField *field = fields->pdata[i];

        if ((index == 0 || (last ? fields->len - i : i + 1) == index) &&
            (is_meant == NULL || is_meant(field_value(field), data)))
            mark_gone(message, field);
    }
    forget(message);
}

void
tamis_message_set_body(TamisMessage *message, const char *text)
{
    g_return_if_fail(message->bytes == NULL);
    forget_parts(message);
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
