/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The parts of a body, as the `body` test looks at them (RFC 5173). GMime reads the structure. */
#include "model/message-private.h"

#include "model/base64.h"
#include "model/charset.h"
#include "model/html-text.h"

#include <gmime/gmime.h>
#include <string.h>

enum { MAX_DEPTH = 64 };

/* Blanks and comments (RFC 5322, 3.2.2). */
static const char *
skip_blanks(const char *at)
{
    for (guint depth = 0; *at != '\0' && (depth > 0 || *at == '(' || g_ascii_isspace(*at)); at++) {
        if (*at == '\\' && at[1] != '\0')
            at++;
        else if (*at == '(')
            depth++;
        else if (*at == ')')
            depth--;
    }
    return at;
}

static const char *
skip_token(const char *at)
{
    while (*at > ' ' && *at < 0x7f && strchr("()<>@,;:\\\"/[]?=", *at) == NULL)
        at++;
    return at;
}

/* Whether it is a type, a slash and a subtype, and nothing else before the parameters (RFC 2045, 5.1). */
static gboolean
is_content_type(const char *value)
{
    const char *type = skip_blanks(value), *slash = skip_blanks(skip_token(type));
    const char *subtype, *end;

    if (slash == type || *slash != '/')
        return FALSE;
    subtype = skip_blanks(slash + 1);
    end = skip_token(subtype);
    return end > subtype && (*skip_blanks(end) == ';' || *skip_blanks(end) == '\0');
}

/* "text/plain", in lower case; what is not said is that, and what is said in another form is "". */
static char *
type_name(GMimeObject *object)
{
    const char *written = g_mime_object_get_header(object, "Content-Type");
    GMimeContentType *type = g_mime_object_get_content_type(object);
    const char *media = type != NULL ? g_mime_content_type_get_media_type(type) : NULL;
    const char *subtype = type != NULL ? g_mime_content_type_get_media_subtype(type) : NULL;
    g_autofree char *name = NULL;

    if (written != NULL && !is_content_type(written))
        return g_strdup("");
    name =
        g_strconcat(media != NULL ? media : "text", "/", subtype != NULL ? subtype : "plain", NULL);

    return g_ascii_strdown(name, -1);
}

typedef enum { CODING_NONE, CODING_BASE64, CODING_QUOTED, CODING_UNKNOWN } Coding;

/* Engines know no others than those of RFC 2045, and no uuencode. */
static Coding
coding_of(GMimePart *part)
{
    const char *name = g_mime_object_get_header(GMIME_OBJECT(part), "Content-Transfer-Encoding");

    switch (g_mime_part_get_content_encoding(part)) {
    case GMIME_CONTENT_ENCODING_BASE64:
        return CODING_BASE64;
    case GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE:
        return CODING_QUOTED;
    case GMIME_CONTENT_ENCODING_UUENCODE:
        return CODING_UNKNOWN;
    case GMIME_CONTENT_ENCODING_DEFAULT:
        return name == NULL || *name == '\0' ? CODING_NONE : CODING_UNKNOWN;
    default:
        return CODING_NONE;
    }
}

/* Without its transfer encoding. */
static GByteArray *
content_bytes(GMimePart *part)
{
    GByteArray *bytes = g_byte_array_new();
    GMimeDataWrapper *content = g_mime_part_get_content(part);
    Coding coding = coding_of(part);
    GMimeStream *stream;

    if (content == NULL || coding == CODING_UNKNOWN)
        return bytes;
    stream = g_mime_stream_mem_new_with_byte_array(bytes);
    g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
    if (coding == CODING_BASE64) {
        GMimeStream *coded = g_mime_data_wrapper_get_stream(content);

        g_mime_stream_reset(coded);
        g_mime_stream_write_to_stream(coded, stream);
        g_byte_array_set_size(bytes, bytes->len + 2);
        g_byte_array_set_size(bytes, (guint)tamis_base64_decode((const char *)bytes->data,
                                                                bytes->len - 2, bytes->data));
    } else {
        g_mime_data_wrapper_write_to_stream(content, stream);
    }
    g_object_unref(stream);
    return bytes;
}

/* Whether the charset is written as `charset*=` (RFC 2231), which engines do not look for. */
static gboolean
is_charset_extended(GMimePart *part)
{
    const char *at = g_mime_object_get_header(GMIME_OBJECT(part), "Content-Type");

    while (at != NULL && (at = strchr(at, ';')) != NULL) {
        at = skip_blanks(at + 1);
        if (g_ascii_strncasecmp(at, "charset*", 8) != 0)
            continue;
        at += 8;
        at += strspn(at, "0123456789");
        if (*at == '*' || *skip_blanks(at) == '=')
            return *at == '*' || at[-1] == '*';
    }
    return FALSE;
}

/* Of a part that is text; NULL: none is said. Caller frees. */
static char *
charset_of(GMimePart *part)
{
    const char *written = g_mime_object_get_content_type_parameter(GMIME_OBJECT(part), "charset");

    if (is_charset_extended(part))
        return NULL;
    return written != NULL ? g_strndup(written, strcspn(written, " \t(")) : NULL;
}

/* Whether tests see the text as it stands: it is no text, or valid UTF-8. */
static gboolean
needs_no_charset(GMimePart *part, const char *charset, const char *text, gsize length)
{
    if (charset == NULL && !GMIME_IS_TEXT_PART(part))
        return TRUE;
    return (charset == NULL || tamis_charset_is_utf8(charset)) &&
           g_utf8_validate(text, (gssize)length, NULL);
}

/* As UTF-8, where it is text. Counted, since a NUL does not end it. */
static char *
decoded_content(GMimePart *part, const char *charset, gsize *out_length)
{
    g_autoptr(GByteArray) bytes = content_bytes(part);

    if (!needs_no_charset(part, charset, (const char *)bytes->data, bytes->len)) {
        GString *text = g_string_sized_new(bytes->len);

        tamis_charset_append_utf8(text, charset, (const char *)bytes->data, bytes->len);
        *out_length = text->len;
        return g_string_free(text, FALSE);
    }
    *out_length = bytes->len;
    g_byte_array_append(bytes, (const guint8 *)"", 1);
    return (char *)g_byte_array_free(g_steal_pointer(&bytes), FALSE);
}

/* The message keeps it. */
static const char *
kept(TamisMessage *message, char *text)
{
    g_ptr_array_add(message->part_texts, text);
    return text;
}

/* Takes type; text is kept, or stands in the body. */
static void
add_part(TamisMessage *message, char *type, const char *text, gsize length)
{
    TamisBodyPart part = {kept(message, type), text, text, length, length};

    if (strcmp(type, "text/html") == 0 || strcmp(type, TAMIS_XHTML_TYPE) == 0) {
        GString *plain = tamis_html_to_text(text, length);

        part.plain_length_bytes = plain->len;
        part.plain = kept(message, g_string_free(plain, FALSE));
    }
    g_array_append_val(message->parts, part);
}

static void walk(TamisMessage *message, GMimeObject *object, guint depth);

/* What stands before the first part and behind the last are texts of the whole, the former even if it is empty. */
static void
walk_multipart(TamisMessage *message, GMimeMultipart *multipart, guint depth)
{
    const char *prologue = g_mime_multipart_get_prologue(multipart);
    const char *epilogue = g_mime_multipart_get_epilogue(multipart);

    prologue = prologue != NULL ? prologue : "";
    add_part(message, type_name(GMIME_OBJECT(multipart)), kept(message, g_strdup(prologue)),
             strlen(prologue));
    for (int i = 0; i < g_mime_multipart_get_count(multipart); i++)
        walk(message, g_mime_multipart_get_part(multipart, i), depth + 1);
    if (epilogue != NULL && *epilogue != '\0')
        add_part(message, type_name(GMIME_OBJECT(multipart)), kept(message, g_strdup(epilogue)),
                 strlen(epilogue));
}

/* RFC 5173, 5.2: of a message inside, the header is the text. Of one in a digest whose type is not said, the engine
 * takes it for an empty text before it; one whose type is none is a part as any other. */
static void
walk_message(TamisMessage *message, GMimeMessagePart *part, guint depth)
{
    const char *written = g_mime_object_get_header(GMIME_OBJECT(part), "Content-Type");
    GMimeMessage *inner = g_mime_message_part_get_message(part);
    gboolean is_message = written == NULL || is_content_type(written);
    char *text;

    if (inner == NULL)
        return;
    if (written == NULL)
        text = g_strdup("");
    else if (is_message)
        text = g_mime_object_get_headers(GMIME_OBJECT(inner), NULL);
    else
        text = g_mime_object_to_string(GMIME_OBJECT(inner), NULL);
    add_part(message, written != NULL ? type_name(GMIME_OBJECT(part)) : g_strdup("text/plain"),
             kept(message, text), strlen(text));
    if (!is_message)
        return;
    if (g_mime_message_get_mime_part(inner) != NULL)
        walk(message, g_mime_message_get_mime_part(inner), depth + 1);
}

/* The whole body, where it is the only part. */
static void
walk_leaf(TamisMessage *message, GMimePart *part, guint depth)
{
    g_autofree char *charset = charset_of(part);
    const char *text = message->body;
    gsize length = message->body_length;

    if (depth > 0 || coding_of(part) != CODING_NONE ||
        !needs_no_charset(part, charset, text, length))
        text = kept(message, decoded_content(part, charset, &length));
    add_part(message, type_name(GMIME_OBJECT(part)), text, length);
}

static void
walk(TamisMessage *message, GMimeObject *object, guint depth)
{
    if (message->parts->len >= MAX_PARTS || depth > MAX_DEPTH)
        return;
    if (GMIME_IS_MULTIPART(object))
        walk_multipart(message, GMIME_MULTIPART(object), depth);
    else if (GMIME_IS_MESSAGE_PART(object))
        walk_message(message, GMIME_MESSAGE_PART(object), depth);
    else if (GMIME_IS_PART(object))
        walk_leaf(message, GMIME_PART(object), depth);
}

static gboolean
says_what_the_body_is(const TamisField *field)
{
    return (field->name_length >= 8 && g_ascii_strncasecmp(field->name, "content-", 8) == 0) ||
           (field->name_length == 12 && g_ascii_strncasecmp(field->name, "mime-version", 12) == 0);
}

/* The fields that say what the body is, as they were read here: GMime would take a broken line before them
 * for the end of the header. */
static char *
mime_header(TamisMessage *message)
{
    GString *out = g_string_new(NULL);
    const TamisField *field;

    for (guint i = 0; (field = tamis_message_next_field(message, &i)) != NULL;) {
        if (!says_what_the_body_is(field))
            continue;
        g_string_append_len(out, field->name, field->name_length);
        g_string_append(out, ": ");
        if (field->raw != NULL)
            g_string_append_len(out, field->raw, field->raw_length);
        else
            g_string_append(out, field->value);
        g_string_append_c(out, '\n');
    }
    g_string_append_c(out, '\n');
    return g_string_free(out, FALSE);
}

static void
read_parts(TamisMessage *message)
{
    g_autofree char *header = mime_header(message);
    GMimeStream *whole = g_mime_stream_cat_new();
    GMimeStream *head = g_mime_stream_mem_new_with_buffer(header, strlen(header));
    /* GMime only reads it: a buffer would be copied. */
    GByteArray view = {(guint8 *)message->body, (guint)message->body_length};
    GMimeStream *body = g_mime_stream_mem_new_with_byte_array(&view);
    GMimeParser *parser;
    GMimeMessage *parsed;

    g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(body), FALSE);
    g_mime_stream_cat_add_source(GMIME_STREAM_CAT(whole), head);
    g_mime_stream_cat_add_source(GMIME_STREAM_CAT(whole), body);
    parser = g_mime_parser_new_with_stream(whole);
    parsed = g_mime_parser_construct_message(parser, NULL);
    if (parsed != NULL && g_mime_message_get_mime_part(parsed) != NULL)
        walk(message, g_mime_message_get_mime_part(parsed), 0);
    g_clear_object(&parsed);
    g_object_unref(parser);
    g_object_unref(body);
    g_object_unref(head);
    g_object_unref(whole);
}

const TamisBodyPart *
tamis_message_get_parts(TamisMessage *message, guint *out_n)
{
    if (message->parts == NULL) {
        message->parts = g_array_new(FALSE, FALSE, sizeof(TamisBodyPart));
        message->part_texts = g_ptr_array_new_with_free_func(g_free);
        tamis_message_start_library();
        if (message->body != NULL)
            read_parts(message);
    }
    *out_n = message->parts->len;
    return (const TamisBodyPart *)message->parts->data;
}
