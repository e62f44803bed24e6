/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What any element of a script in XML may have: its attributes, its text, its place. Says what is wrong with
 * them. */
#include "grammar/sieve/xml-reader-private.h"

#include "base/suggest.h"

#include <string.h>

#define XML_BLANKS " \t\r\n"

void
tamis_sieve_xml_fault(TamisSieveXmlReader *reader, TamisSpan span, const char *help,
                      const char *format, ...)
{
    va_list arguments;

    reader->script->n_errors++;
    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    TamisDiagnostic *diagnostic =
        tamis_report_add(reader->report, span, TAMIS_RULE_SYNTAX, "%s", message);
    if (help != NULL)
        tamis_report_help(reader->report, diagnostic, "%s", help);
}

gboolean
tamis_sieve_xml_is(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && node->ns != NULL &&
           xmlStrEqual(node->ns->href, BAD_CAST TAMIS_SIEVE_NAMESPACE) &&
           (name == NULL || xmlStrEqual(node->name, BAD_CAST name));
}

void
tamis_sieve_xml_unexpected(TamisSieveXmlReader *reader, const xmlNode *node,
                           const char *const *known, const char *help)
{
    const char *name = (const char *)node->name;
    const char *nearest = tamis_suggest(name, known, g_strv_length((char **)known));
    TamisSpan span = tamis_xml_name_span(reader->document, node);

    if (node->ns == NULL) {
        tamis_sieve_xml_fault(reader, span,
                              "declare it: <sieve xmlns=\"" TAMIS_SIEVE_NAMESPACE "\">",
                              "<%.100s> is in no namespace", name);
        return;
    }
    g_autofree char *meant = nearest != NULL && tamis_sieve_xml_is(node, NULL)
                                 ? g_strdup_printf("did you mean <%s>?", nearest)
                                 : NULL;
    tamis_sieve_xml_fault(reader, span, meant != NULL ? meant : help, "<%.100s> in <%.100s>", name,
                          (const char *)node->parent->name);
}

void
tamis_sieve_xml_check_attributes(TamisSieveXmlReader *reader, const xmlNode *node, const char *name)
{
    for (const xmlAttr *attribute = node->properties; attribute != NULL;
         attribute = attribute->next) {
        const char *prefix = attribute->ns != NULL ? (const char *)attribute->ns->prefix : NULL;
        if ((prefix == NULL && g_strcmp0((const char *)attribute->name, name) == 0) ||
            g_strcmp0(prefix, "xml") == 0)
            continue;
        g_autofree char *full =
            prefix != NULL ? g_strdup_printf("%s:%s", prefix, (const char *)attribute->name)
                           : g_strdup((const char *)attribute->name);
        g_autofree char *help =
            name != NULL && prefix == NULL && tamis_is_slip(full, name)
                ? g_strdup_printf("did you mean '%s'?", name)
            : name != NULL
                ? g_strdup_printf("it has '%s' alone: what an editor has to say goes into "
                                  "<displayblock>, <displaydata> or elements of its own",
                                  name)
                : NULL;
        tamis_sieve_xml_fault(reader, tamis_xml_attribute_name_span(reader->document, node, full),
                              help, "<%.100s> has no attribute '%.100s'", (const char *)node->name,
                              full);
    }
}

/* Behind what stands before the child: a text has no place of its own. */
static guint32
gap_offset(const TamisSieveXmlReader *reader, const xmlNode *child)
{
    const xmlNode *before = child->prev;
    while (before != NULL && before->type != XML_ELEMENT_NODE)
        before = before->prev;
    if (before == NULL)
        return tamis_xml_content_span(reader->document, child->parent).offset;
    TamisSpan span = tamis_xml_span(reader->document, before);
    return span.offset + span.length;
}

void
tamis_sieve_xml_check_text(TamisSieveXmlReader *reader, const xmlNode *child)
{
    if (child->type != XML_TEXT_NODE && child->type != XML_CDATA_SECTION_NODE)
        return;
    const char *content = child->content != NULL ? (const char *)child->content : "";
    if (strspn(content, XML_BLANKS) == strlen(content))
        return;
    guint32 offset = gap_offset(reader, child);
    for (;;) {
        offset += (guint32)strspn(reader->text + offset, XML_BLANKS);
        const char *end = g_str_has_prefix(reader->text + offset, "<!--")
                              ? strstr(reader->text + offset + 4, "-->")
                              : NULL;
        if (end == NULL)
            break;
        offset = (guint32)(end - reader->text) + 3;
    }
    guint32 length = (guint32)strcspn(reader->text + offset, XML_BLANKS "<");
    tamis_sieve_xml_fault(reader, (TamisSpan){reader->source, offset, length},
                          "a string stands in <str>, a number in <num>", "text in <%.100s>",
                          (const char *)child->parent->name);
}

const char *
tamis_sieve_xml_text(TamisSieveXmlReader *reader, const xmlNode *node)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (const xmlNode *child = node->children; child != NULL; child = child->next) {
        if (child->type == XML_ELEMENT_NODE) {
            tamis_sieve_xml_fault(reader, tamis_xml_name_span(reader->document, child),
                                  "write '<' as &lt; where it belongs to the text",
                                  "<%.100s> in <%.100s>, which holds text alone",
                                  (const char *)child->name, (const char *)node->name);
            return NULL;
        }
        if (child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE)
            g_string_append(text, child->content != NULL ? (const char *)child->content : "");
    }
    return tamis_arena_strndup(reader->arena, text->str, text->len);
}

static gboolean
is_identifier(const char *text, gsize length)
{
    for (gsize i = 0; i < length; i++)
        if (!g_ascii_isalpha(text[i]) && text[i] != '_' && (i == 0 || !g_ascii_isdigit(text[i])))
            return FALSE;
    return length > 0;
}

const char *
tamis_sieve_xml_name(TamisSieveXmlReader *reader, const xmlNode *node, TamisSpan *out_span)
{
    gboolean is_tag = tamis_sieve_xml_is(node, "tag");
    g_autofree char *attribute = is_tag ? NULL : tamis_xml_attribute_dup(node, "name");
    const char *text = is_tag ? tamis_sieve_xml_text(reader, node) : attribute;

    *out_span = is_tag ? tamis_xml_content_span(reader->document, node)
                       : tamis_xml_attribute_span(reader->document, node, "name");
    if (text == NULL && is_tag)
        return NULL;
    if (text == NULL) {
        tamis_sieve_xml_fault(reader, *out_span, "say what it is: name=\"…\"",
                              "<%.100s> without attribute 'name'", (const char *)node->name);
        return NULL;
    }
    gsize blanks = strspn(reader->text + out_span->offset, XML_BLANKS);
    text += strspn(text, XML_BLANKS);
    gsize length = strlen(text);
    while (length > 0 && strchr(XML_BLANKS, text[length - 1]) != NULL)
        length--;
    if (!is_identifier(text, length)) {
        const char *help = is_tag && *text == ':' ? "leave the ':' out"
                                                  : "a name has letters, digits and '_' and begins "
                                                    "with no digit (RFC 5228, section 2.1)";
        tamis_sieve_xml_fault(reader, *out_span, help, "'%.*s' is no name of a %s",
                              (int)MIN(length, 40), text,
                              is_tag                             ? "tag"
                              : tamis_sieve_xml_is(node, "test") ? "test"
                                                                 : "command");
        return NULL;
    }
    out_span->offset += (guint32)MIN(blanks, out_span->length);
    out_span->length = (guint32)length;
    return tamis_arena_strndup(reader->arena, text, length);
}
