/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Messages. The header block is split here, without copying; GMime decodes words, reads addresses, dates
 * and MIME structure, each only when a test asks for it. */
#include "model/message.h"

#include <gmime/gmime.h>
#include <string.h>

/* More fields than this are not looked at: hostile input. */
enum { MAX_FIELDS = 100000, MAX_PARTS = 10000, MAX_ADDRESSES = 100000 };

typedef struct {
    char *name;  /* owned, lower case */
    char *value; /* owned, decoded; NULL: not decoded yet */
    const char *raw;
    gsize raw_length;
} Field;

struct TamisMessage {
    GBytes *bytes;   /* NULL: made */
    char *made_body; /* owned; NULL: none was set */
    const char *body;
    gsize body_length;
    GPtrArray *fields;     /* of Field */
    GHashTable *headers;   /* name -> char **, lent values */
    GHashTable *addresses; /* name -> GArray of TamisMailAddress */
    GPtrArray *address_texts;
    GArray *parts; /* of TamisBodyPart; NULL: not read yet */
    guint64 size_bytes;
    gboolean has_size;
};

static void
start_library(void)
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

    g_free(field->name);
    g_free(field->value);
    g_free(field);
}

static void
clear_part(gpointer data)
{
    TamisBodyPart *part = data;

    g_free((char *)part->type);
    g_free((char *)part->text);
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
    while (end > start && (text[end - 1] == '\n' || text[end - 1] == '\r'))
        end--;
    return end;
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
    field = g_new0(Field, 1);
    field->name = g_ascii_strdown(text + start, (gssize)(name_end - start));
    field->raw = colon + 1;
    field->raw_length = end - (gsize)(colon + 1 - text);
    g_ptr_array_add(message->fields, field);
}

static void
split_header(TamisMessage *message, const char *text, gsize length)
{
    gsize at = 0;

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
            take_field(message, text, start, content_end(text, start, end));
        at = end;
    }
    message->body = text + at;
    message->body_length = length - at;
}

/* Values ---------------------------------------------------------------------------------------- */

/* Without line breaks, the blank that begins a continued line as a space; NUL, which no engine lets
 * through, as a question mark. */
static char *
unfold(const char *raw, gsize length)
{
    char *text = g_malloc(length + 1);
    gsize n = 0;

    for (gsize i = 0; i < length; i++) {
        if (raw[i] == '\r' || raw[i] == '\n')
            continue;
        if (raw[i] == '\t' && i > 0 && raw[i - 1] == '\n')
            text[n++] = ' ';
        else
            text[n++] = raw[i] == '\0' ? '?' : raw[i];
    }
    text[n] = '\0';
    return g_strstrip(text);
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
        g_autofree char *decoded = NULL;

        start_library();
        decoded = g_mime_utils_header_decode_text(NULL, unfolded);
        field->value = g_strstrip(g_utf8_make_valid(decoded, -1));
    }
    return field->value;
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

/* Addresses ------------------------------------------------------------------------------------- */

static const char *
keep_text(TamisMessage *message, char *text)
{
    g_ptr_array_add(message->address_texts, text);
    return text;
}

static void
add_address(TamisMessage *message, GArray *addresses, const char *whole)
{
    const char *at = strrchr(whole, '@');
    TamisMailAddress address = {"", "", keep_text(message, g_strdup(whole)), at != NULL};

    if (at != NULL) {
        address.local = keep_text(message, g_strndup(whole, at - whole));
        address.domain = keep_text(message, g_strdup(at + 1));
    }
    g_array_append_val(addresses, address);
}

/* As it is written, which is what engines compare: GMime also tells a domain's readable form for its A-label,
 * and the A-label for what is written readable. */
static const char *
written_address(InternetAddressMailbox *mailbox, gboolean is_ascii)
{
    return is_ascii ? internet_address_mailbox_get_idn_addr(mailbox)
                    : internet_address_mailbox_get_addr(mailbox);
}

static void
flatten(TamisMessage *message, InternetAddressList *list, gboolean is_ascii, GArray *addresses,
        guint depth)
{
    for (int i = 0; list != NULL && i < internet_address_list_length(list); i++) {
        InternetAddress *entry = internet_address_list_get_address(list, i);

        if (addresses->len >= MAX_ADDRESSES || depth > 8)
            return;
        if (INTERNET_ADDRESS_IS_GROUP(entry))
            flatten(message, internet_address_group_get_members(INTERNET_ADDRESS_GROUP(entry)),
                    is_ascii, addresses, depth + 1);
        else if (INTERNET_ADDRESS_IS_MAILBOX(entry) &&
                 written_address(INTERNET_ADDRESS_MAILBOX(entry), is_ascii) != NULL)
            add_address(message, addresses,
                        written_address(INTERNET_ADDRESS_MAILBOX(entry), is_ascii));
    }
}

const TamisMailAddress *
tamis_message_get_addresses(TamisMessage *message, const char *name, guint *out_n)
{
    g_autofree char *lower = g_ascii_strdown(name, -1);
    GArray *addresses = g_hash_table_lookup(message->addresses, lower);

    if (addresses == NULL) {
        addresses = g_array_new(FALSE, FALSE, sizeof(TamisMailAddress));
        for (guint i = 0; i < message->fields->len; i++) {
            Field *field = g_ptr_array_index(message->fields, i);
            g_autofree char *unfolded = NULL;
            InternetAddressList *list;

            if (strcmp(field->name, lower) != 0)
                continue;
            start_library();
            unfolded =
                field->raw != NULL ? unfold(field->raw, field->raw_length) : g_strdup(field->value);
            list = internet_address_list_parse(NULL, unfolded);
            flatten(message, list, g_str_is_ascii(unfolded), addresses, 0);
            g_clear_object(&list);
        }
        g_hash_table_insert(message->addresses, g_steal_pointer(&lower), addresses);
    }
    *out_n = addresses->len;
    return (const TamisMailAddress *)addresses->data;
}

gboolean
tamis_message_parse_date(const char *text, gint64 *out_instant, gint32 *out_offset_s)
{
    g_autoptr(GDateTime) date = NULL;

    start_library();
    date = g_mime_utils_header_decode_date(text);
    if (date == NULL)
        return FALSE;
    *out_instant = g_date_time_to_unix(date);
    *out_offset_s = (gint32)(g_date_time_get_utc_offset(date) / G_TIME_SPAN_SECOND);
    return TRUE;
}

/* Body ------------------------------------------------------------------------------------------ */

const char *
tamis_message_get_raw_body(TamisMessage *message, gsize *out_length)
{
    *out_length = message->body_length;
    return message->body;
}

/* "text/plain", in lower case; what is not said is that. */
static char *
type_name(GMimeObject *object)
{
    GMimeContentType *type = g_mime_object_get_content_type(object);
    const char *media = type != NULL ? g_mime_content_type_get_media_type(type) : NULL;
    const char *subtype = type != NULL ? g_mime_content_type_get_media_subtype(type) : NULL;
    g_autofree char *name =
        g_strconcat(media != NULL ? media : "text", "/", subtype != NULL ? subtype : "plain", NULL);

    return g_ascii_strdown(name, -1);
}

static char *
decoded_content(GMimePart *part, gsize *out_length)
{
    GMimeDataWrapper *content = g_mime_part_get_content(part);
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    GMimeStream *stream = g_mime_stream_mem_new_with_byte_array(bytes);

    g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
    if (content != NULL)
        g_mime_data_wrapper_write_to_stream(content, stream);
    g_object_unref(stream);
    *out_length = bytes->len;
    g_byte_array_append(bytes, (const guint8 *)"", 1);
    return (char *)g_byte_array_free(g_steal_pointer(&bytes), FALSE);
}

static void
add_part(G_GNUC_UNUSED GMimeObject *parent, GMimeObject *object, gpointer data)
{
    TamisMessage *message = data;
    TamisBodyPart part = {NULL, NULL, 0};

    if (!GMIME_IS_PART(object) || message->parts->len >= MAX_PARTS)
        return;
    if (GMIME_IS_TEXT_PART(object)) {
        char *text = g_mime_text_part_get_text(GMIME_TEXT_PART(object));

        part.text = text != NULL ? text : g_strdup("");
        part.length_bytes = strlen(part.text);
    } else {
        part.text = decoded_content(GMIME_PART(object), &part.length_bytes);
    }
    part.type = type_name(object);
    g_array_append_val(message->parts, part);
}

static void
read_parts(TamisMessage *message)
{
    gsize length = 0;
    const char *data = g_bytes_get_data(message->bytes, &length);
    GMimeStream *stream;
    GMimeParser *parser;
    GMimeMessage *parsed;

    if (data == NULL) /* an empty message */
        return;
    start_library();
    stream = g_mime_stream_mem_new_with_buffer(data, length);
    parser = g_mime_parser_new_with_stream(stream);
    parsed = g_mime_parser_construct_message(parser, NULL);
    if (parsed != NULL)
        g_mime_message_foreach(parsed, add_part, message);
    g_clear_object(&parsed);
    g_object_unref(parser);
    g_object_unref(stream);
}

const TamisBodyPart *
tamis_message_get_parts(TamisMessage *message, guint *out_n)
{
    if (message->parts == NULL) {
        message->parts = g_array_new(FALSE, FALSE, sizeof(TamisBodyPart));
        g_array_set_clear_func(message->parts, clear_part);
        if (message->bytes != NULL) {
            read_parts(message);
        } else {
            TamisBodyPart part = {g_strdup("text/plain"),
                                  g_strndup(message->body, message->body_length),
                                  message->body_length};

            g_array_append_val(message->parts, part);
        }
    }
    *out_n = message->parts->len;
    return (const TamisBodyPart *)message->parts->data;
}

guint64
tamis_message_get_size(const TamisMessage *message)
{
    guint64 size = message->body_length + 1;

    if (message->has_size)
        return message->size_bytes;
    if (message->bytes != NULL)
        return g_bytes_get_size(message->bytes);
    for (guint i = 0; i < message->fields->len; i++) {
        const Field *field = g_ptr_array_index(message->fields, i);

        size += strlen(field->name) + 2 + strlen(field->value) + 1;
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

TamisMessage *
tamis_message_new_from_file(const char *path, GError **error)
{
    g_autoptr(GMappedFile) file = g_mapped_file_new(path, FALSE, error);
    g_autoptr(GBytes) bytes = NULL;

    if (file == NULL)
        return NULL;
    if (g_mapped_file_get_length(file) > TAMIS_MESSAGE_MAX_BYTES) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE, "'%s' is larger than %u MiB",
                    path, TAMIS_MESSAGE_MAX_BYTES >> 20);
        return NULL;
    }
    bytes = g_mapped_file_get_bytes(file);
    return tamis_message_new_from_bytes(bytes);
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
    if (message->bytes != NULL)
        g_bytes_unref(message->bytes);
    g_free(message->made_body);
    g_free(message);
}

static Field *
new_field(const char *name, const char *value)
{
    Field *field = g_new0(Field, 1);

    field->name = g_ascii_strdown(name, -1);
    field->value = g_strdup(value);
    return field;
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
    for (guint i = 0; i < message->fields->len; i++) {
        const Field *field = g_ptr_array_index(message->fields, i);
        Field *same = new_field(field->name, field->value);

        same->raw = field->raw;
        same->raw_length = field->raw_length;
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
    g_ptr_array_insert(message->fields, last ? -1 : 0, new_field(name, value));
    forget(message);
}

void
tamis_message_delete_header(TamisMessage *message, const char *name, guint index, gboolean last,
                            TamisIsMeant is_meant, gpointer data)
{
    guint n = 0, seen = 0;

    for (guint i = 0; i < message->fields->len; i++)
        n += g_ascii_strcasecmp(((Field *)g_ptr_array_index(message->fields, i))->name, name) == 0;
    for (guint i = 0; i < message->fields->len;) {
        Field *field = g_ptr_array_index(message->fields, i);
        gboolean named = g_ascii_strcasecmp(field->name, name) == 0;

        seen += named;
        if (named && (index == 0 || (last ? n - seen + 1 : seen) == index) &&
            (is_meant == NULL || is_meant(field_value(field), data)))
            g_ptr_array_remove_index(message->fields, i);
        else
            i++;
    }
    forget(message);
}

void
tamis_message_set_body(TamisMessage *message, const char *text)
{
    g_return_if_fail(message->bytes == NULL);
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
