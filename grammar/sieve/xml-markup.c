/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whether something is XML, and what it holds, the reader of documents says: a comment's content is wrapped
 * into a document of its own. So nothing becomes markup that could not be read again, and no comment can
 * close the element that it is put into. */
#include "grammar/sieve/xml-markup.h"

#include "grammar/xml/document.h"

static gboolean
is_sieve(const xmlNode *node, const char *name)
{
    return node->ns != NULL && xmlStrEqual(node->ns->href, BAD_CAST TAMIS_SIEVE_NAMESPACE) &&
           xmlStrEqual(node->name, BAD_CAST name);
}

/* Attributes ---------------------------------------------------------------------------------------- */

static void
append_attribute(GString *xml, const char *prefix, const char *name, const char *value)
{
    xmlChar *escaped = xmlEncodeSpecialChars(NULL, BAD_CAST value);
    gsize start = xml->len;

    g_string_append_printf(xml, " %s%s%s=\"%s\"", prefix, *prefix != '\0' ? ":" : "", name,
                           (const char *)escaped);
    xmlFree(escaped);
    /* Unless they are written as numbers, attributes have blanks alone. */
    for (gsize i = start; i < xml->len; i++)
        if (xml->str[i] == '\n' || xml->str[i] == '\t') {
            const char *number = xml->str[i] == '\n' ? "&#10;" : "&#9;";
            g_string_overwrite(xml, i, "&");
            g_string_insert(xml, (gssize)i + 1, number + 1);
        }
}

/* Inside of a comment nothing may look like its end. */
static void
hide_ends(GString *xml)
{
    g_string_replace(xml, "*/", "*&#47;", 0);
}

/* Attributes of other namespaces bring the declaration with them. */
static char *
attributes_of(const xmlNode *node)
{
    g_autoptr(GString) xml = g_string_new(NULL);
    g_autoptr(GHashTable) declared = g_hash_table_new(g_str_hash, g_str_equal);

    for (const xmlAttr *attribute = node->properties; attribute != NULL;
         attribute = attribute->next) {
        const xmlNs *ns = attribute->ns;
        const char *prefix = ns != NULL && ns->prefix != NULL ? (const char *)ns->prefix : "";
        xmlChar *value = xmlNodeListGetString(node->doc, attribute->children, 1);
        if (*prefix != '\0' && strcmp(prefix, "xml") != 0 &&
            g_hash_table_add(declared, (gpointer)prefix))
            append_attribute(xml, "xmlns", prefix, (const char *)ns->href);
        append_attribute(xml, prefix, (const char *)attribute->name,
                         value != NULL ? (const char *)value : "");
        xmlFree(value);
    }
    hide_ends(xml);
    return g_string_free(g_steal_pointer(&xml), FALSE);
}

/* Reading comments ---------------------------------------------------------------------------------- */

typedef struct {
    TamisSieveMarkup kind;
    guint n_elements;
    gboolean is_wrong;
} Probe;

static void
probe_element(gpointer data, const xmlNode *node, const TamisXmlViolation *violation)
{
    Probe *probe = data;

    probe->is_wrong |= probe->n_elements++ > 0;
    switch (probe->kind) {
    case TAMIS_SIEVE_MARKUP_OPEN:
        probe->is_wrong |= !is_sieve(node, "displayblock") || node->children != NULL;
        break;
    case TAMIS_SIEVE_MARKUP_DATA:
        probe->is_wrong |= !is_sieve(node, "displaydata");
        break;
    default:
        probe->is_wrong |=
            node->ns == NULL || xmlStrEqual(node->ns->href, BAD_CAST TAMIS_SIEVE_NAMESPACE);
        break;
    }
}

/* Whether what stands between the tags is one displayblock, one displaydata, or one element of others. */
static gboolean
probe_xml(Probe *probe, const char *before, const char *content, gsize length_bytes,
          const char *behind)
{
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    g_autoptr(TamisArena) arena = tamis_arena_new();
    g_autoptr(GString) text = g_string_new("<sieve xmlns=\"" TAMIS_SIEVE_NAMESPACE "\">");
    const TamisXmlForm form = {
        .root = "sieve",
        .namespace = TAMIS_SIEVE_NAMESPACE,
        .max_depth = TAMIS_SIEVE_MARKUP_MAX_DEPTH,
        .element = probe_element,
        .data = probe,
    };

    g_string_append(text, before);
    g_string_append_len(text, content, (gssize)length_bytes);
    g_string_append(text, behind);
    g_string_append(text, "</sieve>");
    TamisSourceId source = tamis_sources_add_text(sources, "comment.xml", text->str, text->len);
    g_autoptr(TamisXmlDocument) document = tamis_xml_document_new(&form, source, arena, report);
    while (tamis_xml_document_read(document))
        ;
    return tamis_report_count(report) == 0 && !probe->is_wrong && probe->n_elements > 0;
}

static gboolean
takes_content(TamisSieveMarkup kind, const char *content, gsize length_bytes)
{
    Probe probe = {.kind = kind};

    if (kind == TAMIS_SIEVE_MARKUP_DATA)
        return probe_xml(&probe, "<displaydata>", content, length_bytes, "</displaydata>");
    return probe_xml(&probe, "", content, length_bytes, "");
}

static gboolean
takes_attributes(const char *text, gsize length_bytes)
{
    Probe probe = {.kind = TAMIS_SIEVE_MARKUP_OPEN};

    return probe_xml(&probe, "<displayblock ", text, length_bytes, "/>");
}

static gboolean
is_blank(char c)
{
    return c == ' ' || g_ascii_iscntrl(c);
}

/* Without the blanks around it, and what becomes a blank. */
static const char *
strip_text(const char *text, gsize length_bytes, gsize *out_length)
{
    const char *end = text + length_bytes;

    while (text < end && is_blank(*text))
        text++;
    while (end > text && is_blank(end[-1]))
        end--;
    *out_length = (gsize)(end - text);
    return text;
}

TamisSieveMarkup
tamis_sieve_markup_kind(const TamisSieveComment *comment)
{
    gsize length = 0;

    if (!comment->is_bracketed)
        return TAMIS_SIEVE_MARKUP_NONE;
    const char *text = strip_text(comment->text, comment->length_bytes, &length);
    if (length == 2 && memcmp(text, "*]", 2) == 0)
        return TAMIS_SIEVE_MARKUP_CLOSE;
    if (length >= 2 && memcmp(text, "[*", 2) == 0)
        return TAMIS_SIEVE_MARKUP_OPEN;
    if (length >= 4 && memcmp(text, "[|", 2) == 0 && memcmp(text + length - 2, "|]", 2) == 0)
        return TAMIS_SIEVE_MARKUP_DATA;
    if (length >= 4 && memcmp(text, "[/", 2) == 0 && memcmp(text + length - 2, "/]", 2) == 0)
        return TAMIS_SIEVE_MARKUP_OTHER;
    return TAMIS_SIEVE_MARKUP_NONE;
}

char *
tamis_sieve_markup_read(const TamisSieveComment *comment, TamisSieveMarkup kind)
{
    gsize length = 0;
    g_autofree char *whole = tamis_sieve_comment_to_xml(comment);
    const char *text = strip_text(whole, strlen(whole), &length);

    if (kind == TAMIS_SIEVE_MARKUP_OPEN) {
        if (!takes_attributes(text + 2, length - 2))
            return NULL;
        g_autofree char *attributes = g_strstrip(g_strndup(text + 2, length - 2));
        return *attributes != '\0' ? g_strconcat(" ", attributes, NULL) : g_strdup("");
    }
    if (!takes_content(kind, text + 2, length - 4))
        return NULL;
    char *content = g_strndup(text + 2, length - 4);
    return kind == TAMIS_SIEVE_MARKUP_OTHER ? g_strstrip(content) : content;
}

/* Writing comments ---------------------------------------------------------------------------------- */

char *
tamis_sieve_markup_open(const xmlNode *displayblock, const char *attributes, gsize length_bytes)
{
    gboolean is_kept = memmem(attributes, length_bytes, "*/", 2) == NULL &&
                       takes_attributes(attributes, length_bytes);
    g_autofree char *text =
        is_kept ? g_strndup(attributes, length_bytes) : attributes_of(displayblock);

    g_strstrip(text);
    return g_strconcat(" [* ", text, *text != '\0' ? " " : "", NULL);
}

static void
declare(xmlNode *node, const xmlNs *ns)
{
    if (ns != NULL && ns->prefix != NULL && strcmp((const char *)ns->prefix, "xml") != 0)
        xmlNewNs(node, ns->href, ns->prefix); /* none where the node declares the prefix already */
}

/* Declares on node what it and all in it take from around it. */
static void
declare_namespaces(xmlNode *node, const xmlNode *inner)
{
    declare(node, inner->ns);
    for (const xmlAttr *attribute = inner->properties; attribute != NULL;
         attribute = attribute->next)
        declare(node, attribute->ns);
    for (const xmlNode *child = inner->children; child != NULL; child = child->next)
        if (child->type == XML_ELEMENT_NODE)
            declare_namespaces(node, child);
}

/* A copy of the node that stands by itself where Sieve's namespace is the default one. */
static void
append_node(GString *xml, const xmlNode *node)
{
    xmlDocPtr document = xmlNewDoc(NULL);
    document->encoding = xmlStrdup(BAD_CAST "UTF-8"); /* else all but ASCII is written as numbers */
    xmlNode *copy = xmlDocCopyNode((xmlNode *)node, document, 1);
    const xmlNs *around = xmlSearchNs(node->doc, (xmlNode *)node, NULL);
    xmlBufferPtr buffer = xmlBufferCreate();

    if (copy->type == XML_ELEMENT_NODE) {
        const char *href = around != NULL ? (const char *)around->href : "";
        declare_namespaces(copy, node);
        if (strcmp(href, TAMIS_SIEVE_NAMESPACE) != 0)
            xmlNewNs(copy, BAD_CAST href, NULL);
    }
    xmlNodeDump(buffer, document, copy, 0, 0);
    g_string_append(xml, (const char *)xmlBufferContent(buffer));
    xmlBufferFree(buffer);
    xmlFreeNode(copy);
    xmlFreeDoc(document);
}

/* In XML's comments no reference is one. */
static void
hide_ends_in_comments(GString *xml)
{
    gsize start = 0;

    for (const char *found; (found = strstr(xml->str + start, "<!--")) != NULL;) {
        const char *end = strstr(found, "-->");
        gsize at = (gsize)(found - xml->str);
        gsize limit = end != NULL ? (gsize)(end - xml->str) : xml->len;
        for (; at < limit; at++)
            if (xml->str[at] == '*' && xml->str[at + 1] == '/')
                xml->str[at] = ' ';
        start = limit;
    }
    hide_ends(xml);
}

/* As it was written where it can stand so, else written anew. */
static char *
comment_of(TamisSieveMarkup kind, const xmlNode *first, gboolean with_next, const char *content,
           gsize length_bytes)
{
    char mark = kind == TAMIS_SIEVE_MARKUP_DATA ? '|' : '/';
    g_autoptr(GString) xml = g_string_new_len(content, (gssize)length_bytes);

    if (strstr(xml->str, "*/") != NULL || !takes_content(kind, xml->str, xml->len)) {
        g_string_truncate(xml, 0);
        for (const xmlNode *node = first; node != NULL; node = with_next ? node->next : NULL)
            append_node(xml, node);
        hide_ends_in_comments(xml);
        if (!takes_content(kind, xml->str, xml->len))
            return NULL;
    }
    const char *blank = kind == TAMIS_SIEVE_MARKUP_DATA ? "" : " ";
    return g_strdup_printf(" [%c%s%s%s%c] ", mark, blank, xml->str, blank, mark);
}

char *
tamis_sieve_markup_data(const xmlNode *node, const char *content, gsize length_bytes)
{
    return comment_of(TAMIS_SIEVE_MARKUP_DATA, node->children, TRUE, content, length_bytes);
}

char *
tamis_sieve_markup_other(const xmlNode *node, const char *element, gsize length_bytes)
{
    return comment_of(TAMIS_SIEVE_MARKUP_OTHER, node, FALSE, element, length_bytes);
}

/* Plain comments ------------------------------------------------------------------------------------ */

char *
tamis_sieve_comment_to_xml(const TamisSieveComment *comment)
{
    g_autofree char *valid = g_utf8_make_valid(comment->text, comment->length_bytes);
    g_autoptr(GString) text = g_string_new(valid);

    if (comment->is_bracketed)
        g_string_replace(text, "\r\n", "\n", 0);
    for (gsize i = 0; i < text->len; i++) {
        char c = text->str[i];
        gboolean is_kept = c == '\t' || (c == '\n' && comment->is_bracketed);
        if (g_ascii_iscntrl(c) && !is_kept)
            text->str[i] = ' ';
    }
    g_string_replace(text, "\xef\xbf\xbe", "\xef\xbf\xbd", 0);
    g_string_replace(text, "\xef\xbf\xbf", "\xef\xbf\xbd", 0);
    while (!comment->is_bracketed && text->len > 0 && g_ascii_isspace(text->str[text->len - 1]))
        g_string_truncate(text, text->len - 1);
    return g_string_free(g_steal_pointer(&text), FALSE);
}
