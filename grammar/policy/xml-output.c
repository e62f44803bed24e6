/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The writer's hand: libxml2 quotes, this decides about lines, comments and what cannot be written. */
#include "grammar/policy/xml-output.h"

#include <string.h>

static void
write_line_start(TamisXmlOutput *output)
{
    xmlTextWriterWriteRaw(output->xml, BAD_CAST "\n");
    for (guint i = 0; i < output->depth; i++)
        xmlTextWriterWriteRaw(output->xml, BAD_CAST "  ");
}

void
tamis_xml_open(TamisXmlOutput *output, const char *name)
{
    if (!output->is_inline)
        write_line_start(output);
    xmlTextWriterStartElement(output->xml, BAD_CAST name);
    output->depth++;
    output->is_fresh = TRUE;
    output->has_children = FALSE;
}

void
tamis_xml_close(TamisXmlOutput *output)
{
    output->depth--;
    if (output->has_children)
        write_line_start(output);
    xmlTextWriterEndElement(output->xml);
    output->is_fresh = FALSE;
    output->has_children = TRUE;
}

void
tamis_xml_attribute(TamisXmlOutput *output, const char *name, const char *value)
{
    xmlChar *escaped;

    if (value == NULL)
        return;
    /* The writer's own way would write every letter beyond ASCII as a reference. */
    escaped = xmlEncodeSpecialChars(NULL, BAD_CAST value);
    xmlTextWriterStartAttribute(output->xml, BAD_CAST name);
    xmlTextWriterWriteRaw(output->xml, escaped);
    xmlTextWriterEndAttribute(output->xml);
    xmlFree(escaped);
}

void
tamis_xml_flag(TamisXmlOutput *output, const char *name, gboolean value)
{
    if (value)
        tamis_xml_attribute(output, name, "true");
}

void
tamis_xml_empty(TamisXmlOutput *output, const char *name)
{
    tamis_xml_open(output, name);
    tamis_xml_close(output);
}

void
tamis_xml_word(TamisXmlOutput *output, const char *name, const char *text)
{
    tamis_xml_open(output, name);
    xmlTextWriterWriteString(output->xml, BAD_CAST text);
    tamis_xml_close(output);
}

/* Strings of a policy without errors have no control character but tabs and line breaks. */
static void
check_string(TamisXmlOutput *output, const TamisValue *value)
{
    for (const char *at = value->text; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar character = g_utf8_get_char(at);
        if (character != 0xfffe && character != 0xffff)
            continue;
        TamisDiagnostic *diagnostic =
            tamis_report_add(output->report, value->span, TAMIS_RULE_UNSAFE_STRING,
                             "character U+%04X, which XML does not have", character);
        tamis_report_help(output->report, diagnostic, "take it out");
        output->has_failed = TRUE;
        return;
    }
}

void
tamis_xml_open_string(TamisXmlOutput *output, const char *name, const TamisValue *value)
{
    check_string(output, value);
    tamis_xml_open(output, name);
    tamis_xml_attribute(output, "layout", value->is_block ? "block" : NULL);
}

void
tamis_xml_close_string(TamisXmlOutput *output, const TamisValue *value)
{
    if (value->length_bytes > 0)
        xmlTextWriterWriteString(output->xml, BAD_CAST value->text);
    tamis_xml_close(output);
}

void
tamis_xml_string(TamisXmlOutput *output, const char *name, const TamisValue *value)
{
    if (value == NULL)
        return;
    tamis_xml_open_string(output, name, value);
    tamis_xml_close_string(output, value);
}

void
tamis_xml_value(TamisXmlOutput *output, const TamisValue *value)
{
    if (value->kind == TAMIS_VALUE_STRING)
        tamis_xml_string(output, "string", value);
    else
        tamis_xml_word(output, "value", value->text);
}

void
tamis_xml_values(TamisXmlOutput *output, const TamisValue *values)
{
    if (values != NULL && values->next == NULL && output->is_fresh) {
        output->is_inline = TRUE;
        tamis_xml_value(output, values);
        output->is_inline = output->has_children = FALSE;
        return;
    }
    for (; values != NULL; values = values->next)
        tamis_xml_value(output, values);
}

/* Comments and blank lines ------------------------------------------------------------------------- */

/* Steps back over blanks: to behind what stands before this place on its line, or to the line's start. */
static gsize
skip_blanks_back(const TamisXmlOutput *output, gsize at)
{
    while (at > 0 && (output->text[at - 1] == ' ' || output->text[at - 1] == '\t' ||
                      output->text[at - 1] == '\r'))
        at--;
    return at;
}

/* Whether an empty line stands before this place. */
static gboolean
has_blank_line(const TamisXmlOutput *output, TamisSpan span)
{
    guint n = 0;

    if (span.source != output->policy->source || span.offset > output->length)
        return FALSE;
    for (gsize at = skip_blanks_back(output, span.offset); at > 0 && output->text[at - 1] == '\n';
         at = skip_blanks_back(output, at - 1))
        n++;
    return n > 1;
}

static void
write_blank_line(TamisXmlOutput *output, TamisSpan span)
{
    if (!output->is_fresh && (output->wants_blank || has_blank_line(output, span)))
        xmlTextWriterWriteRaw(output->xml, BAD_CAST "\n");
    output->wants_blank = FALSE;
}

/* Whether something stands before the comment on its line. */
static gboolean
is_behind(const TamisXmlOutput *output, TamisSpan span)
{
    if (span.source != output->policy->source || span.offset > output->length)
        return FALSE;
    gsize at = skip_blanks_back(output, span.offset);
    gboolean is_behind_bom = at == 3 && memcmp(output->text, "\xef\xbb\xbf", 3) == 0;
    return at > 0 && output->text[at - 1] != '\n' && !is_behind_bom;
}

/* What stands between <!-- and -->: no two hyphens in a row, so a backslash goes between them, and a blank
 * before the end. */
static char *
comment_body(const char *text)
{
    g_autoptr(GString) body = g_string_new(NULL);
    gsize length = strlen(text);
    gboolean is_block = g_str_has_prefix(text, "/*");

    if (is_block && length >= 4)
        length -= 2;
    for (gsize i = is_block ? 2 : 1; i < length; i++) {
        if (text[i] == '-' && body->len > 0 && body->str[body->len - 1] == '-')
            g_string_append_c(body, '\\');
        g_string_append_c(body, text[i]);
    }
    while (body->len > 0 && g_ascii_isspace(body->str[body->len - 1]))
        g_string_truncate(body, body->len - 1);
    g_string_append_c(body, ' ');
    g_string_replace(body, "\xef\xbf\xbe", "\xef\xbf\xbd", 0);
    g_string_replace(body, "\xef\xbf\xbf", "\xef\xbf\xbd", 0);
    return g_string_free(g_steal_pointer(&body), FALSE);
}

static void
write_comment(TamisXmlOutput *output, const TamisComment *comment, gboolean on_this_line)
{
    g_autofree char *body = comment_body(comment->text);

    if (on_this_line) {
        xmlTextWriterWriteRaw(output->xml, BAD_CAST " ");
    } else {
        write_blank_line(output, comment->span);
        write_line_start(output);
        output->is_fresh = FALSE;
    }
    xmlTextWriterWriteRaw(output->xml, BAD_CAST "<!--");
    xmlTextWriterWriteRaw(output->xml, BAD_CAST body);
    xmlTextWriterWriteRaw(output->xml, BAD_CAST "-->");
    output->has_children = TRUE;
}

/* The comments before `end`; one that stands before `start` may stay behind what it stood behind. */
static void
write_comments(TamisXmlOutput *output, guint32 start, guint32 end)
{
    const TamisPolicySyntax *policy = output->policy;
    gboolean is_first = TRUE;

    for (; output->next_comment < policy->n_comments; output->next_comment++) {
        const TamisComment *comment = &policy->comments[output->next_comment];
        if (comment->span.offset >= end)
            return;
        write_comment(output, comment,
                      is_first && comment->span.offset < start && is_behind(output, comment->span));
        is_first = FALSE;
    }
}

void
tamis_xml_statement(TamisXmlOutput *output, TamisSpan span, gboolean is_block)
{
    write_comments(output, span.offset, is_block ? span.offset : span.offset + span.length);
    write_blank_line(output, span);
}

void
tamis_xml_paragraph(TamisXmlOutput *output, TamisSpan span, gboolean is_block)
{
    output->wants_blank = TRUE;
    tamis_xml_statement(output, span, is_block);
}

void
tamis_xml_end_block(TamisXmlOutput *output, TamisSpan span)
{
    write_comments(output, span.offset + span.length, span.offset + span.length);
}
