/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The parts of a body, as the `body` test looks at them (RFC 5173), by their places in it: structure as Dovecot 2.3
 * reads it (lib-mail/message-parser.c), parts as Pigeonhole 0.5.19 lists them. */
#include "model/content-fields.h"
#include "model/message-private.h"

#include <string.h>

enum { MAX_PARTS = 10000, MAX_DEPTH = 100 };

/* A part that is being read. */
typedef struct {
    TamisContentFields content;
    gboolean has_body; /* its header ends */
    guint number;      /* of the node, in order, from 1 */
} Node;

typedef struct {
    char *text; /* owned */
    gsize length;
    guint depth;      /* of the node that it parts */
    gboolean is_last; /* `--` is behind it, where it was found */
} Boundary;

typedef struct {
    TamisMessage *message;
    const char *text; /* the body */
    gsize length, at;
    GArray *open;       /* of Node, the innermost last */
    GArray *boundaries; /* of Boundary, the innermost last */
    guint n_parts;
    const char *charset; /* of the last part */
} Reader;

/* Parts ------------------------------------------------------------------------------------------ */

/* The message keeps it. */
static const char *
kept(TamisMessage *message, const char *name)
{
    if (name != NULL)
        g_ptr_array_add(message->part_names, g_strdup(name));
    return name != NULL ? message->part_names->pdata[message->part_names->len - 1] : NULL;
}

static void
add_part(Reader *reader, const char *type, gsize start, gsize end, TamisCoding coding,
         gboolean is_html)
{
    TamisBodyPart part = {.type = kept(reader->message, type),
                          .source = reader->text + start,
                          .charset = reader->charset,
                          .source_bytes = end - start,
                          .coding = coding,
                          .is_html = is_html};

    g_array_append_val(reader->message->parts, part);
}

static Node *
innermost(Reader *reader)
{
    return &g_array_index(reader->open, Node, reader->open->len - 1);
}

static void
add_innermost(Reader *reader, gsize start, gsize end)
{
    const Node *node = innermost(reader);
    const char *type = node->content.type;

    if (node->has_body)
        add_part(reader, type, start, end, node->content.coding,
                 strcmp(type, "text/html") == 0 || strcmp(type, TAMIS_XHTML_TYPE) == 0);
}

/* Boundaries ------------------------------------------------------------------------------------- */

static void
clear_boundary(gpointer data)
{
    g_free(((Boundary *)data)->text);
}

/* The one that the line at the place is; NULL: it is none. The beginning of the line is enough; of several the longest, or
 * the innermost that is all of the line, is meant. */
static Boundary *
boundary_at(const Reader *reader, gsize at)
{
    const char *line = reader->text + at + 2, *limit = reader->text + reader->length;
    const char *newline;
    gsize left, n;
    Boundary *best = NULL;

    if (reader->length - at < 2 || line[-2] != '-' || line[-1] != '-' ||
        reader->n_parts >= MAX_PARTS)
        return NULL;
    left = (gsize)(limit - line);
    newline = memchr(line, '\n', left);
    n = newline != NULL ? (gsize)(newline - line) : left;
    if (newline != NULL && n > 0 && newline[-1] == '\r')
        n--;
    for (guint i = reader->boundaries->len; i > 0; i--) {
        Boundary *boundary = &g_array_index(reader->boundaries, Boundary, i - 1);
        gsize length = boundary->length;

        if (length > n || memcmp(line, boundary->text, length) != 0 ||
            (best != NULL && best->length >= length))
            continue;
        best = boundary;
        best->is_last = left >= length + 2 && memcmp(line + length, "--", 2) == 0;
        if (length == n || (newline != NULL && n > 2 && length == n - 2 && best->is_last))
            break;
    }
    return best;
}

static gsize
line_end(const Reader *reader, gsize at)
{
    const char *newline = memchr(reader->text + at, '\n', reader->length - at);

    return newline != NULL ? (gsize)(newline - reader->text) + 1 : reader->length;
}

/* Reads to the next boundary, whose line is next then, or to the end: NULL. The line break before it belongs to it. */
static Boundary *
read_text(Reader *reader, gsize *out_end)
{
    gsize start = reader->at;
    Boundary *found = NULL;

    *out_end = reader->at = reader->length;
    if (reader->boundaries->len == 0)
        return NULL;
    for (gsize at = start; at < reader->length && found == NULL; at = line_end(reader, at)) {
        found = boundary_at(reader, at);
        if (found == NULL)
            continue;
        reader->at = *out_end = at;
        if (at > start)
            *out_end -= at - start > 1 && reader->text[at - 2] == '\r' ? 2 : 1;
    }
    return found;
}

/* Headers ---------------------------------------------------------------------------------------- */

static void
clear_node(gpointer data)
{
    tamis_content_fields_clear(&((Node *)data)->content);
}

static void
open_node(Reader *reader)
{
    Node node = {.number = ++reader->n_parts};

    tamis_content_fields_init(&node.content);
    g_array_append_val(reader->open, node);
}

/* What is known when the header of the innermost node has been read. */
static void
finish_header(Reader *reader)
{
    Node *node = innermost(reader);
    gboolean is_deep = reader->open->len >= MAX_DEPTH;

    if (!node->content.is_said && reader->open->len > 1)
        node->content.is_message = node[-1].content.is_digest;
    if (is_deep || reader->n_parts >= MAX_PARTS)
        node->content.is_message = FALSE;
    if (is_deep)
        g_clear_pointer(&node->content.boundary, g_free);
    reader->charset = kept(reader->message, node->content.charset);
    if (node->has_body && node->content.boundary != NULL) {
        Boundary boundary = {g_strdup(node->content.boundary), strlen(node->content.boundary),
                             reader->open->len - 1, FALSE};

        g_array_append_val(reader->boundaries, boundary);
    }
}

static gboolean
is_end_of_header(const Reader *reader)
{
    const char *line = reader->text + reader->at;

    return *line == '\n' || (reader->length - reader->at > 1 && *line == '\r' && line[1] == '\n');
}

static void
take_field(Reader *reader, gsize start, gsize end)
{
    TamisField field;

    if (end > start && g_ascii_tolower(reader->text[start]) == 'c' &&
        tamis_field_read(reader->text + start, end - start, &field))
        tamis_content_fields_take(&innermost(reader)->content, &field);
}

/* The header of a node that is opened for it. Returns the boundary that ends it, before its own end; NULL: there is
 * none. */
static Boundary *
read_header(Reader *reader, gsize *out_end)
{
    gsize field = reader->at;
    Boundary *found = NULL;

    open_node(reader);
    while (reader->at < reader->length) {
        char first = reader->text[reader->at];

        if (first != ' ' && first != '\t') {
            take_field(reader, field, reader->at);
            field = reader->at;
        }
        if (is_end_of_header(reader) || (found = boundary_at(reader, reader->at)) != NULL)
            break;
        reader->at = line_end(reader, reader->at);
    }
    *out_end = reader->at;
    if (reader->at == reader->length) {
        take_field(reader, field, reader->at);
    } else if (found == NULL) {
        innermost(reader)->has_body = TRUE;
        reader->at = line_end(reader, reader->at);
    }
    finish_header(reader);
    return found;
}

/* Bodies ----------------------------------------------------------------------------------------- */

/* RFC 5173, 5.2: of a message inside, the header is the text. Of one whose type is not said so, in a digest, it is
 * empty. Returns what ended it. */
static Boundary *
read_message_header(Reader *reader)
{
    gsize start = reader->at, end, i;
    gboolean is_said = innermost(reader)->content.is_message_as_written;
    const char *charset = reader->charset;
    Boundary *found;

    i = reader->message->parts->len;
    add_innermost(reader, start, start);
    found = read_header(reader, &end);
    if (i < reader->message->parts->len && is_said) {
        TamisBodyPart *part = &g_array_index(reader->message->parts, TamisBodyPart, i);

        part->source_bytes = end - start;
        part->coding = TAMIS_CODING_LINES;
        part->charset = charset;
    }
    return found;
}

/* The body of the innermost node, up to what ends it. */
static Boundary *
read_body(Reader *reader)
{
    gsize start, end;
    Boundary *found;

    while (innermost(reader)->content.is_message && innermost(reader)->has_body) {
        found = read_message_header(reader);
        if (found != NULL)
            return found;
    }
    start = reader->at;
    found = read_text(reader, &end);
    add_innermost(reader, start, end);
    return found;
}

/* What is behind the last boundary; where there was no part, it goes on with what is before it. */
static void
add_epilogue(Reader *reader, gsize start, gsize end)
{
    const Node *node = innermost(reader);
    GArray *parts = reader->message->parts;

    if (end == start)
        return;
    if (node->number != reader->n_parts || parts->len == 0) {
        add_part(reader, node->content.type, start, end, TAMIS_CODING_NONE, FALSE);
    } else {
        TamisBodyPart *part = &g_array_index(parts, TamisBodyPart, parts->len - 1);

        part->rest = reader->text + start;
        part->rest_bytes = end - start;
    }
}

/* What is behind the boundary: another part, or the end of the whole. */
static Boundary *
read_behind(Reader *reader, const Boundary *boundary)
{
    guint depth = boundary->depth, i = (guint)(boundary - (Boundary *)reader->boundaries->data);
    gboolean is_last = boundary->is_last;
    gsize start, end;
    Boundary *found;

    g_array_set_size(reader->open, depth + 1);
    g_array_set_size(reader->boundaries, is_last ? i : i + 1);
    reader->at = line_end(reader, reader->at);
    if (!is_last) {
        found = read_header(reader, &end);
        return found != NULL ? found : read_body(reader);
    }
    start = reader->at;
    found = read_text(reader, &end);
    add_epilogue(reader, start, end);
    return found;
}

static void
read_parts(TamisMessage *message)
{
    g_autoptr(GArray) open = g_array_new(FALSE, FALSE, sizeof(Node));
    g_autoptr(GArray) boundaries = g_array_new(FALSE, FALSE, sizeof(Boundary));
    Reader reader = {.message = message,
                     .text = message->body,
                     .length = message->body_length,
                     .open = open,
                     .boundaries = boundaries};
    const TamisField *field;
    Boundary *found;

    g_array_set_clear_func(open, clear_node);
    g_array_set_clear_func(boundaries, clear_boundary);
    open_node(&reader);
    innermost(&reader)->has_body = TRUE;
    for (guint i = 0; (field = tamis_message_next_field(message, &i)) != NULL;)
        tamis_content_fields_take(&innermost(&reader)->content, field);
    finish_header(&reader);
    for (found = read_body(&reader); found != NULL;)
        found = read_behind(&reader, found);
}

const TamisBodyPart *
tamis_message_get_parts(TamisMessage *message, guint *out_n)
{
    if (message->parts == NULL) {
        message->parts = g_array_new(FALSE, FALSE, sizeof(TamisBodyPart));
        message->part_names = g_ptr_array_new_with_free_func(g_free);
        if (message->body != NULL)
            read_parts(message);
        message->part_texts = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
        g_ptr_array_set_size(message->part_texts, (gint)(2 * message->parts->len));
    }
    *out_n = message->parts->len;
    return (const TamisBodyPart *)message->parts->data;
}

const char *
tamis_message_get_raw_body(TamisMessage *message, gsize *out_length)
{
    *out_length = message->body_length;
    return message->body;
}
