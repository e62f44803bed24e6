/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a script in XML says to people and to editors becomes comments, in the order of the text. */
#include "grammar/sieve/xml-layout.h"
#include "grammar/sieve/xml-reader-private.h"

static TamisSieveComment *
add_comment(TamisSieveXmlReader *reader, TamisSieveComments *comments, const char *text,
            TamisSpan span)
{
    TamisSieveComment *comment = tamis_arena_new0(reader->arena, TamisSieveComment);

    comment->span = span;
    comment->length_bytes = (guint32)strlen(text);
    comment->text = tamis_arena_strndup(reader->arena, text, comment->length_bytes);
    comment->is_bracketed = tamis_sieve_xml_is_bracketed(text);
    comment->blank_line_before = tamis_sieve_xml_has_blank_line(reader, span.offset);
    tamis_sieve_comments_add(comments, comment);
    return comment;
}

void
tamis_sieve_xml_take_comments(TamisSieveXmlReader *reader, TamisSieveComments *comments,
                              guint32 offset)
{
    const GArray *all = tamis_xml_document_comments(reader->document);

    for (; reader->n_xml_comments < all->len; reader->n_xml_comments++) {
        const TamisXmlComment *comment =
            &g_array_index(all, TamisXmlComment, reader->n_xml_comments);
        if (comment->span.offset >= offset)
            return;
        g_autofree char *text = g_strchomp(g_strdup(comment->text));
        add_comment(reader, comments, text, comment->span);
    }
}

void
tamis_sieve_xml_forget(TamisSieveXmlReader *reader)
{
    if (reader->n_xml_comments < tamis_xml_document_comments(reader->document)->len)
        return;
    tamis_xml_document_forget(reader->document);
    reader->n_xml_comments = 0;
}

/* Comments inside an element that is kept as it is. */
static void
skip_xml_comments(TamisSieveXmlReader *reader, TamisSpan span)
{
    TamisSieveComments none;

    tamis_sieve_comments_init(&none);
    tamis_sieve_xml_take_comments(reader, &none, span.offset + span.length);
}

static void
read_markup(TamisSieveXmlReader *reader, TamisSieveComments *comments, const xmlNode *node,
            TamisSieveMarkup kind)
{
    TamisSpan span = tamis_xml_span(reader->document, node);
    TamisSpan content =
        kind == TAMIS_SIEVE_MARKUP_DATA ? tamis_xml_content_span(reader->document, node) : span;
    const char *text = reader->text + content.offset;
    g_autofree char *comment = NULL;

    if (kind == TAMIS_SIEVE_MARKUP_DATA && node->children == NULL)
        content.length = 0;
    comment = kind == TAMIS_SIEVE_MARKUP_DATA
                  ? tamis_sieve_markup_data(node, text, content.length)
                  : tamis_sieve_markup_other(node, text, content.length);
    skip_xml_comments(reader, span);
    if (comment != NULL)
        add_comment(reader, comments, comment, span)->is_bracketed = TRUE;
    else
        tamis_sieve_xml_fault(
            reader, tamis_xml_name_span(reader->document, node), "take it out of the script",
            "<%.100s> nests too deep to be kept in a comment, or has too long tags",
            (const char *)node->name);
}

gboolean
tamis_sieve_xml_read_comment(TamisSieveXmlReader *reader, TamisSieveComments *comments,
                             const xmlNode *node)
{
    if (node->type != XML_ELEMENT_NODE)
        return FALSE;
    if (tamis_sieve_xml_is(node, "comment")) {
        const char *text = tamis_sieve_xml_text(reader, node);
        tamis_sieve_xml_check_attributes(reader, node, NULL);
        if (text != NULL)
            add_comment(reader, comments, text, tamis_xml_span(reader->document, node))
                ->is_bracketed |=
                tamis_sieve_xml_has_sign(reader, node, TAMIS_SIEVE_SIGN_BRACKETED);
        return TRUE;
    }
    if (tamis_sieve_xml_is(node, "displaydata")) {
        tamis_sieve_xml_check_attributes(reader, node, NULL);
        read_markup(reader, comments, node, TAMIS_SIEVE_MARKUP_DATA);
        return TRUE;
    }
    if (tamis_sieve_xml_is(node, NULL) || node->ns == NULL)
        return FALSE;
    read_markup(reader, comments, node, TAMIS_SIEVE_MARKUP_OTHER);
    return TRUE;
}

void
tamis_sieve_xml_read_display(TamisSieveXmlReader *reader, TamisSieveComments *comments,
                             const xmlNode *node, gboolean is_end)
{
    TamisSpan span = tamis_xml_span(reader->document, node);

    if (is_end) {
        span = tamis_xml_end_span(reader->document, node);
        add_comment(reader, comments, " *] ", span);
        return;
    }
    TamisSpan attributes = tamis_xml_attributes_span(reader->document, node);
    g_autofree char *text =
        tamis_sieve_markup_open(node, reader->text + attributes.offset, attributes.length);
    add_comment(reader, comments, text, span);
}
