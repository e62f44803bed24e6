/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A walk over the tags of a text that is well-formed as far as it is walked; on any other it ends, somewhere. */
#include "grammar/xml/tags.h"

#include <string.h>

/* Behind the next occurrence of what ends a section, or G_MAXUINT32. */
static guint32
skip_section(const TamisXmlCursor *cursor, guint32 at, const char *ending)
{
    const char *found = memmem(cursor->text + at, cursor->length - at, ending, strlen(ending));
    return found != NULL ? (guint32)(found - cursor->text + (gssize)strlen(ending)) : G_MAXUINT32;
}

static gboolean
starts_with(const TamisXmlCursor *cursor, guint32 at, const char *prefix)
{
    gsize length = strlen(prefix);
    return cursor->length - at >= length && memcmp(cursor->text + at, prefix, length) == 0;
}

/* Behind the `>` of the tag, quotes respected. */
static guint32
skip_tag(const TamisXmlCursor *cursor, guint32 at)
{
    char quote = '\0';

    for (; at < cursor->length; at++) {
        char c = cursor->text[at];
        if (quote != '\0') {
            if (c == quote)
                quote = '\0';
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '>') {
            return at + 1;
        }
    }
    return G_MAXUINT32;
}

gboolean
tamis_xml_next_tag(TamisXmlCursor *cursor, TamisXmlTag *out_tag)
{
    while (cursor->at < cursor->length) {
        const char *found = memchr(cursor->text + cursor->at, '<', cursor->length - cursor->at);
        if (found == NULL) {
            cursor->at = cursor->length;
            return FALSE;
        }
        guint32 start = (guint32)(found - cursor->text);
        guint32 end;
        gboolean is_tag = FALSE;
        void (*heard)(gpointer data, guint32 start, guint32 end) = NULL;
        cursor->at = start;
        if (starts_with(cursor, start, "<!--")) {
            heard = cursor->comment;
            end = skip_section(cursor, start + 4, "-->");
        } else if (starts_with(cursor, start, "<![CDATA[")) {
            end = skip_section(cursor, start + 9, "]]>");
        } else if (starts_with(cursor, start, "<?")) {
            heard = cursor->instruction;
            end = skip_section(cursor, start + 2, "?>");
        } else {
            is_tag = TRUE;
            end = skip_tag(cursor, start + 1);
        }
        if (end == G_MAXUINT32)
            return FALSE;
        cursor->at = end;
        if (heard != NULL)
            heard(cursor->data, start, end);
        if (!is_tag)
            continue;
        *out_tag = (TamisXmlTag){
            .start = start,
            .end = end,
            .is_end = cursor->text[start + 1] == '/',
            .is_empty = end - start > 2 && cursor->text[end - 2] == '/',
        };
        return TRUE;
    }
    return FALSE;
}

gboolean
tamis_xml_is_document_type(const TamisXmlCursor *cursor, guint32 offset)
{
    return starts_with(cursor, offset, "<!") && !starts_with(cursor, offset, "<!--") &&
           !starts_with(cursor, offset, "<![CDATA[");
}

static gboolean
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static gboolean
ends_name(char c)
{
    return is_blank(c) || c == '=' || c == '/' || c == '>';
}

void
tamis_xml_tag_name(const char *text, const TamisXmlTag *tag, guint32 *out_offset,
                   guint32 *out_length)
{
    guint32 at = tag->start + (tag->is_end ? 2 : 1);

    *out_offset = at;
    while (at < tag->end && !ends_name(text[at]))
        at++;
    *out_length = at - *out_offset;
}

gboolean
tamis_xml_next_attribute(const char *text, const TamisXmlTag *tag, guint32 *at,
                         TamisXmlAttributePlace *out_place)
{
    guint32 i = *at;
    TamisXmlAttributePlace place;

    while (i < tag->end && is_blank(text[i]))
        i++;
    place.name = i;
    while (i < tag->end && !ends_name(text[i]))
        i++;
    place.name_length = i - place.name;
    while (i < tag->end && (is_blank(text[i]) || text[i] == '='))
        i++;
    if (place.name_length == 0 || i >= tag->end || (text[i] != '"' && text[i] != '\''))
        return FALSE;
    place.value = i + 1;
    const char *close = memchr(text + place.value, text[i], tag->end - place.value);
    if (close == NULL)
        return FALSE;
    place.value_length = (guint32)(close - text) - place.value;
    *at = place.value + place.value_length + 1;
    *out_place = place;
    return TRUE;
}
