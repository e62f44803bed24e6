/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Drives libxml2's push parser over a text that has been looked through for what it must not have. Places
 * come from our own walk over the tags (tags.h); the trees, the schema and what is well-formed from libxml2. */
#include "grammar/xml/document.h"

#include "grammar/grammar-resources.h"
#include "grammar/xml/fault.h"
#include "grammar/xml/tags.h"

#include <gio/gio.h>
#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/relaxng.h>
#include <string.h>

#define CHUNK_BYTES 65536
/* Of a tag that is refused: enough to see which. */
#define SHOWN_BYTES 9

/* Of one element; its index + 1 is the node's _private. */
typedef struct {
    TamisXmlTag start, end;
} Place;

struct TamisXmlDocument {
    const TamisXmlForm *form;
    TamisSourceId source;
    TamisArena *arena;
    TamisReport *report;
    const char *text;
    guint32 length;
    guint32 base; /* where the parser's text begins: behind a byte order mark */
    guint32 fed;  /* up to where the parser has it */
    xmlParserCtxtPtr parser;
    xmlSAXHandler sax;
    xmlRelaxNGValidCtxtPtr validator;
    TamisXmlCursor cursor;
    GArray *places;       /* of Place: the root's, then those of the child in hand */
    GArray *comments;     /* of TamisXmlComment */
    GArray *instructions; /* of TamisSpan */
    guint depth;
    guint n_faults;
    gboolean was_empty; /* the last tag was <name/>, its end is still to come */
    gboolean has_ended;
    TamisXmlFault violation;
};

static TamisSpan
span_of(const TamisXmlDocument *document, guint32 start, guint32 end)
{
    return (TamisSpan){document->source, start, end - start};
}

static void
end_reading(TamisXmlDocument *document)
{
    document->has_ended = TRUE;
    if (document->parser != NULL)
        xmlStopParser(document->parser);
}

static void G_GNUC_PRINTF(4, 5)
    refuse(TamisXmlDocument *document, TamisSpan span, const char *help, const char *format, ...)
{
    va_list arguments;

    if (!document->has_ended) {
        va_start(arguments, format);
        g_autofree char *message = g_strdup_vprintf(format, arguments);
        va_end(arguments);
        TamisDiagnostic *diagnostic =
            tamis_report_add(document->report, span, TAMIS_RULE_SYNTAX, "%s", message);
        if (help != NULL)
            tamis_report_help(document->report, diagnostic, "%s", help);
    }
    end_reading(document);
}

/* Before anything is parsed ----------------------------------------------------------------------- */

/* The value of encoding="…" in the XML declaration is UTF-8, or it is not said. */
static gboolean
check_encoding(TamisXmlDocument *document)
{
    static const char key[] = "encoding";
    const char *start = document->text + document->cursor.at;
    guint32 length = document->length - document->cursor.at;
    const char *end = length >= 5 && memcmp(start, "<?xml", 5) == 0
                          ? g_strstr_len(start, MIN(length, 1024u), "?>")
                          : NULL;
    const char *found = end != NULL ? memmem(start, (gsize)(end - start), key, strlen(key)) : NULL;

    if (found == NULL)
        return TRUE;
    found += strlen(key);
    while (found < end && strchr(" \t\r\n=\"'", *found) != NULL)
        found++;
    gsize n = 0;
    while (found + n < end && strchr("\"' \t\r\n", found[n]) == NULL)
        n++;
    g_autofree char *name = g_ascii_strdown(found, (gssize)n);
    if (strcmp(name, "utf-8") == 0 || strcmp(name, "us-ascii") == 0)
        return TRUE;
    guint32 offset = (guint32)(found - document->text);
    refuse(document, span_of(document, offset, offset + (guint32)n), "save the file as UTF-8",
           "the encoding '%s' cannot be read", name);
    return FALSE;
}

static gboolean
check_characters(TamisXmlDocument *document)
{
    const char *bad = NULL;

    if (document->length >= 3 && memcmp(document->text, "\xef\xbb\xbf", 3) == 0)
        document->cursor.at = document->base = document->fed = 3;
    else if (document->length >= 2 && (memcmp(document->text, "\xff\xfe", 2) == 0 ||
                                       memcmp(document->text, "\xfe\xff", 2) == 0)) {
        refuse(document, span_of(document, 0, 2), "save the file as UTF-8", "the file is UTF-16");
        return FALSE;
    }
    /* Before the bytes: a declared GBK is more telling than the first character that is none. */
    if (!check_encoding(document))
        return FALSE;
    if (g_utf8_validate_len(document->text, document->length, &bad))
        return TRUE;
    guint32 offset = (guint32)(bad - document->text);
    refuse(document, span_of(document, offset, offset + 1), "save the file as UTF-8",
           *bad == '\0' ? "control character U+0000" : "bytes that are no UTF-8");
    return FALSE;
}

/* What libxml2 must not even see: document types, and tags so long that its checks for doubled attributes,
 * which take the square of their number, would go on for hours. */
static gboolean
check_tags(TamisXmlDocument *document)
{
    TamisXmlCursor cursor = document->cursor;
    gboolean is_closed = TRUE;

    cursor.comment = cursor.instruction = NULL;
    while (is_closed) {
        TamisXmlTag tag;
        is_closed = tamis_xml_next_tag(&cursor, &tag);
        if (!is_closed)
            tag = (TamisXmlTag){.start = cursor.at, .end = cursor.length};
        const char *start = document->text + tag.start;
        TamisSpan span = span_of(document, tag.start, MIN(tag.end, tag.start + SHOWN_BYTES));
        gboolean is_section = tag.end - tag.start > 1 && (start[1] == '!' || start[1] == '?');
        if (is_section && tamis_xml_is_document_type(&cursor, tag.start)) {
            refuse(document, span,
                   "take the '<!DOCTYPE …>' out: no entity and no other file is ever read",
                   "a document type declaration");
            return FALSE;
        }
        if (!is_section && tag.end - tag.start > TAMIS_XML_MAX_TAG_BYTES) {
            refuse(document, span, NULL, "a tag of more than %u KiB",
                   TAMIS_XML_MAX_TAG_BYTES >> 10);
            return FALSE;
        }
    }
    return TRUE;
}

/* Events -------------------------------------------------------------------------------------------- */

static Place *
place_of(const TamisXmlDocument *document, const xmlNode *node)
{
    guint index = GPOINTER_TO_UINT(node->_private);

    g_assert(index > 0 && index <= document->places->len);
    return &g_array_index(document->places, Place, index - 1);
}

static void
check_validity(TamisXmlDocument *document)
{
    tamis_xml_fault_clear(&document->violation);
    if (document->validator == NULL)
        return;
    /* libxml2 reports each failure as a chain; fault.c keeps the link that tells most. */
    xmlRelaxNGSetValidStructuredErrors(document->validator, tamis_xml_fault_take_violation,
                                       &document->violation);
    if (xmlRelaxNGValidateDoc(document->validator, document->parser->myDoc) != 0 &&
        document->violation.message == NULL)
        tamis_xml_fault_set(&document->violation, xmlDocGetRootElement(document->parser->myDoc), 0,
                            "not as the schema says");
}

static gboolean
is_in_namespace(const xmlNode *node, const char *namespace)
{
    return node->ns != NULL && node->ns->href != NULL &&
           strcmp((const char *)node->ns->href, namespace) == 0;
}

static void
check_root(TamisXmlDocument *document, const xmlNode *root)
{
    const char *name = (const char *)root->name;
    const TamisXmlForm *form = document->form;
    TamisSpan span = tamis_xml_name_span(document, root);

    if (strcmp(name, form->root) != 0 || !is_in_namespace(root, form->namespace)) {
        g_autofree char *help =
            g_strdup_printf("begin it with <%s xmlns=\"%s\">", form->root, form->namespace);
        if (strcmp(name, form->root) == 0)
            refuse(document, span, help, "<%.100s> without its namespace", name);
        else
            refuse(document, span, help, "<%.100s> where <%s> was expected", name, form->root);
        return;
    }
    check_validity(document);
    if (document->violation.message != NULL)
        refuse(document, span, NULL, "%s", document->violation.message);
}

static TamisXmlDocument *
document_of(void *context)
{
    return ((xmlParserCtxtPtr)context)->_private;
}

static gboolean
check_start(TamisXmlDocument *document, int n_namespaces, int n_attributes)
{
    TamisXmlTag tag = document->cursor.at > 0
                          ? g_array_index(document->places, Place, document->places->len - 1).start
                          : (TamisXmlTag){0};
    TamisSpan span = span_of(document, tag.start, MIN(tag.end, tag.start + SHOWN_BYTES));
    guint max_depth =
        document->form->max_depth > 0 ? document->form->max_depth : TAMIS_XML_MAX_DEPTH;

    if (document->depth > max_depth) {
        refuse(document, span, NULL, "elements nest more than %u deep", max_depth);
        return FALSE;
    }
    if (n_attributes + n_namespaces > TAMIS_XML_MAX_ATTRIBUTES) {
        refuse(document, span, NULL, "an element has more than %d attributes",
               TAMIS_XML_MAX_ATTRIBUTES);
        return FALSE;
    }
    return TRUE;
}

static void
on_start(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
         int n_namespaces, const xmlChar **namespaces, int n_attributes, int n_defaulted,
         const xmlChar **attributes)
{
    TamisXmlDocument *document = document_of(context);
    Place place = {{0}};

    if (document->has_ended)
        return;
    if (!tamis_xml_next_tag(&document->cursor, &place.start)) {
        end_reading(document);
        return;
    }
    place.end = place.start;
    document->was_empty = place.start.is_empty;
    g_array_append_val(document->places, place);
    document->depth++;
    if (!check_start(document, n_namespaces, n_attributes))
        return;
    xmlSAX2StartElementNs(context, name, prefix, uri, n_namespaces, namespaces, n_attributes,
                          n_defaulted, attributes);
    xmlNode *node = document->parser->node;
    node->_private = GUINT_TO_POINTER(document->places->len);
    if (document->depth == 1)
        check_root(document, node);
}

static void
finish_child(TamisXmlDocument *document, xmlNode *node)
{
    check_validity(document);
    const TamisXmlFault *fault = &document->violation;
    TamisXmlViolation violation = {fault->node != NULL ? fault->node : node, fault->message};
    document->form->element(document->form->data, node, fault->message != NULL ? &violation : NULL);
    xmlUnlinkNode(node);
    xmlFreeNode(node);
    /* The root's own place stays. */
    g_array_set_size(document->places, 1);
    if (fault->message != NULL && ++document->n_faults >= TAMIS_XML_MAX_FAULTS)
        refuse(document, span_of(document, document->cursor.at, document->cursor.at), NULL,
               "too many errors: the rest of the file is not read");
}

static void
on_end(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    TamisXmlDocument *document = document_of(context);
    xmlNode *node = document->parser->node;
    TamisXmlTag tag;

    if (document->has_ended)
        return;
    if (!document->was_empty) {
        if (!tamis_xml_next_tag(&document->cursor, &tag)) {
            end_reading(document);
            return;
        }
        place_of(document, node)->end = tag;
    }
    document->was_empty = FALSE;
    xmlSAX2EndElementNs(context, name, prefix, uri);
    document->depth--;
    if (document->depth == 1)
        finish_child(document, node);
}

static void
on_characters(void *context, const xmlChar *text, int length)
{
    TamisXmlDocument *document = document_of(context);

    /* Between the root's children blanks need no nodes, and would never be freed. */
    if (document->depth == 1) {
        for (int i = 0; i < length && !document->has_ended; i++)
            if (strchr(" \t\r\n", text[i]) == NULL || text[i] == '\0')
                refuse(document, span_of(document, document->cursor.at, document->cursor.at),
                       "put it into an element", "text between the elements of <%s>",
                       document->form->root);
        return;
    }
    if (!document->has_ended)
        xmlSAX2Characters(context, text, length);
}

/* Only inside the root's children, which are freed; where it stands is the cursor's to tell. */
static void
on_comment(void *context, const xmlChar *text)
{
    TamisXmlDocument *document = document_of(context);

    if (!document->has_ended && document->depth > 1 && document->form->keeps_comments)
        xmlSAX2Comment(context, text);
}

/* Never reached, for check_tags() has refused it: what an entity could do, nobody gets to try. */
static void
on_document_type(void *context, const xmlChar *name, const xmlChar *external_id,
                 const xmlChar *system_id)
{
    refuse(document_of(context), TAMIS_NO_SPAN, NULL, "a document type declaration");
}

/* The place where the parser stands. */
static guint32
parser_offset(const TamisXmlDocument *document)
{
    long consumed = xmlByteConsumed(document->parser);

    if (consumed < 0)
        return document->cursor.at;
    return (guint32)MIN((gsize)document->base + (gsize)consumed, document->length);
}

/* libxml2 notices some faults late: what is never closed is shown where it was opened, an end tag whole. */
static TamisSpan
error_span(const TamisXmlDocument *document, int code, gboolean is_open)
{
    TamisXmlCursor cursor = document->cursor;
    TamisXmlTag tag;
    guint32 at = parser_offset(document);

    cursor.comment = cursor.instruction = NULL;
    switch (code) {
    case XML_ERR_TAG_NAME_MISMATCH:
        if (tamis_xml_next_tag(&cursor, &tag))
            return span_of(document, tag.start, tag.end);
        break;
    case XML_ERR_COMMENT_NOT_FINISHED:
    case XML_ERR_CDATA_NOT_FINISHED:
        if (!tamis_xml_next_tag(&cursor, &tag))
            return span_of(document, cursor.at, MIN(cursor.at + 4, document->length));
        break;
    case XML_ERR_DOCUMENT_END:
        if (is_open)
            return span_of(document, document->length, document->length);
        break;
    default:
        break;
    }
    return span_of(document, at, at);
}

static void
on_error(void *context, xmlErrorPtr error)
{
    TamisXmlDocument *document = document_of(context);
    TamisXmlFault fault = {NULL};

    if (document->has_ended || error->level < XML_ERR_ERROR)
        return;
    const xmlNode *open = document->parser->node;
    TamisSpan span = error_span(document, error->code, open != NULL);
    tamis_xml_fault_of_error(&fault, error, document->places->len > 0, open);
    TamisDiagnostic *diagnostic =
        tamis_report_add(document->report, span, TAMIS_RULE_SYNTAX, "%s", fault.message);
    if (fault.help != NULL)
        tamis_report_help(document->report, diagnostic, "%s", fault.help);
    if (fault.names_open_element && open != NULL) {
        gboolean has_prefix = open->ns != NULL && open->ns->prefix != NULL;
        tamis_report_help(document->report, diagnostic, "write </%.100s%s%.100s> before it",
                          has_prefix ? (const char *)open->ns->prefix : "", has_prefix ? ":" : "",
                          open->name);
        tamis_report_relate(document->report, diagnostic, tamis_xml_name_span(document, open),
                            "opened here");
    }
    tamis_xml_fault_clear(&fault);
    end_reading(document);
}

static void
keep_comment(gpointer data, guint32 start, guint32 end)
{
    TamisXmlDocument *document = data;
    TamisXmlComment comment = {
        span_of(document, start, end),
        tamis_arena_strndup(document->arena, document->text + start + 4, end - start - 7),
    };
    g_array_append_val(document->comments, comment);
}

static void
keep_instruction(gpointer data, guint32 start, guint32 end)
{
    TamisXmlDocument *document = data;
    TamisSpan span = span_of(document, start, end);

    if (document->form->keeps_instructions)
        g_array_append_val(document->instructions, span);
}

/* The document --------------------------------------------------------------------------------------- */

static xmlRelaxNGPtr
parse_schema(const char *resource)
{
    g_autoptr(GBytes) bytes = g_resource_lookup_data(tamis_grammar_get_resource(), resource,
                                                     G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    g_assert(bytes != NULL);
    gsize length = 0;
    const char *text = g_bytes_get_data(bytes, &length);
    xmlRelaxNGParserCtxtPtr context = xmlRelaxNGNewMemParserCtxt(text, (int)length);
    xmlRelaxNGPtr schema = xmlRelaxNGParse(context);
    xmlRelaxNGFreeParserCtxt(context);
    g_assert(schema != NULL);
    return schema;
}

/* Each schema is parsed once and kept: that takes longer than to read a small file with it. Validation does
 * not change it. */
static void
load_schema(TamisXmlDocument *document)
{
    static GMutex mutex;
    static GHashTable *schemas;

    g_mutex_lock(&mutex);
    if (schemas == NULL)
        schemas = g_hash_table_new(g_str_hash, g_str_equal);
    xmlRelaxNGPtr schema = g_hash_table_lookup(schemas, document->form->schema);
    if (schema == NULL) {
        schema = parse_schema(document->form->schema);
        g_hash_table_insert(schemas, g_strdup(document->form->schema), schema);
    }
    document->validator = xmlRelaxNGNewValidCtxt(schema);
    g_mutex_unlock(&mutex);
}

static void
open_parser(TamisXmlDocument *document)
{
    document->sax = (xmlSAXHandler){
        .initialized = XML_SAX2_MAGIC,
        .startDocument = xmlSAX2StartDocument,
        .internalSubset = on_document_type,
        .startElementNs = on_start,
        .endElementNs = on_end,
        .characters = on_characters,
        .cdataBlock = on_characters,
        .comment = on_comment,
        .serror = on_error,
    };
    document->parser = xmlCreatePushParserCtxt(&document->sax, NULL, NULL, 0, NULL);
    g_assert(document->parser != NULL);
    document->parser->_private = document;
    /* HUGE lifts limits of libxml2's that are narrower than ours: length of a text, depth. */
    xmlCtxtUseOptions(document->parser, XML_PARSE_NONET | XML_PARSE_HUGE | XML_PARSE_COMPACT);
}

TamisXmlDocument *
tamis_xml_document_new(const TamisXmlForm *form, TamisSourceId source, TamisArena *arena,
                       TamisReport *report)
{
    TamisXmlDocument *document = g_new0(TamisXmlDocument, 1);
    gsize length = 0;

    document->form = form;
    document->source = source;
    document->arena = arena;
    document->report = report;
    document->text = tamis_sources_get_text(tamis_report_get_sources(report), source, &length);
    document->length = (guint32)length;
    document->cursor = (TamisXmlCursor){document->text, document->length, 0,
                                        keep_comment,   keep_instruction, document};
    document->places = g_array_new(FALSE, FALSE, sizeof(Place));
    document->comments = g_array_new(FALSE, FALSE, sizeof(TamisXmlComment));
    document->instructions = g_array_new(FALSE, FALSE, sizeof(TamisSpan));
    if (!check_characters(document) || !check_tags(document))
        return document;
    if (form->schema != NULL)
        load_schema(document);
    open_parser(document);
    return document;
}

void
tamis_xml_document_free(TamisXmlDocument *document)
{
    if (document == NULL)
        return;
    if (document->parser != NULL) {
        xmlFreeDoc(document->parser->myDoc);
        xmlFreeParserCtxt(document->parser);
        xmlRelaxNGFreeValidCtxt(document->validator);
    }
    tamis_xml_fault_clear(&document->violation);
    g_array_unref(document->places);
    g_array_unref(document->comments);
    g_array_unref(document->instructions);
    g_free(document);
}

gboolean
tamis_xml_document_read(TamisXmlDocument *document)
{
    if (document->has_ended)
        return FALSE;
    guint32 n = MIN(CHUNK_BYTES, document->length - document->fed);
    const char *chunk = document->text + document->fed;
    document->fed += n;
    gboolean is_last = document->fed == document->length;
    xmlParseChunk(document->parser, chunk, (int)n, is_last);
    TamisXmlTag none;
    if (is_last && !document->has_ended) {
        /* Comments behind the root. */
        tamis_xml_next_tag(&document->cursor, &none);
        document->has_ended = TRUE;
    }
    return !document->has_ended;
}

const GArray *
tamis_xml_document_comments(const TamisXmlDocument *document)
{
    return document->comments;
}

const GArray *
tamis_xml_document_instructions(const TamisXmlDocument *document)
{
    return document->instructions;
}

void
tamis_xml_document_forget(TamisXmlDocument *document)
{
    g_array_set_size(document->comments, 0);
    g_array_set_size(document->instructions, 0);
    tamis_arena_reset(document->arena);
}

char *
tamis_xml_attribute_dup(const xmlNode *node, const char *name)
{
    xmlChar *value = xmlGetNoNsProp(node, BAD_CAST name);
    char *copy = g_strdup((const char *)value);

    xmlFree(value);
    return copy;
}

/* Places --------------------------------------------------------------------------------------------- */

TamisSpan
tamis_xml_name_span(const TamisXmlDocument *document, const xmlNode *node)
{
    guint32 offset = 0, length = 0;

    tamis_xml_tag_name(document->text, &place_of(document, node)->start, &offset, &length);
    return (TamisSpan){document->source, offset, length};
}

static gboolean
find_attribute(const TamisXmlDocument *document, const xmlNode *node, const char *name,
               TamisXmlAttributePlace *out_place)
{
    const TamisXmlTag *tag = &place_of(document, node)->start;
    guint32 offset = 0, length = 0;

    tamis_xml_tag_name(document->text, tag, &offset, &length);
    guint32 at = offset + length;
    while (tamis_xml_next_attribute(document->text, tag, &at, out_place))
        if (out_place->name_length == strlen(name) &&
            memcmp(document->text + out_place->name, name, out_place->name_length) == 0)
            return TRUE;
    return FALSE;
}

TamisSpan
tamis_xml_attribute_span(const TamisXmlDocument *document, const xmlNode *node, const char *name)
{
    TamisXmlAttributePlace place;

    if (!find_attribute(document, node, name, &place))
        return tamis_xml_name_span(document, node);
    return (TamisSpan){document->source, place.value, place.value_length};
}

TamisSpan
tamis_xml_attribute_name_span(const TamisXmlDocument *document, const xmlNode *node,
                              const char *name)
{
    TamisXmlAttributePlace place;

    if (!find_attribute(document, node, name, &place))
        return tamis_xml_name_span(document, node);
    return (TamisSpan){document->source, place.name, place.name_length};
}

TamisSpan
tamis_xml_attributes_span(const TamisXmlDocument *document, const xmlNode *node)
{
    const TamisXmlTag *tag = &place_of(document, node)->start;
    guint32 offset = 0, length = 0;

    tamis_xml_tag_name(document->text, tag, &offset, &length);
    return span_of(document, offset + length, tag->end - (tag->is_empty ? 2 : 1));
}

TamisSpan
tamis_xml_content_span(const TamisXmlDocument *document, const xmlNode *node)
{
    const Place *place = place_of(document, node);

    if (place->end.end == place->start.end)
        return span_of(document, place->start.start, place->start.end);
    return span_of(document, place->start.end, place->end.start);
}

TamisSpan
tamis_xml_end_span(const TamisXmlDocument *document, const xmlNode *node)
{
    const Place *place = place_of(document, node);

    if (place->end.end == place->start.end)
        return span_of(document, place->start.end - 2, place->start.end);
    return span_of(document, place->end.start, place->end.end);
}

TamisSpan
tamis_xml_span(const TamisXmlDocument *document, const xmlNode *node)
{
    const Place *place = place_of(document, node);

    return span_of(document, place->start.start, place->end.end);
}
