/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tells a script in XML by its root element, without reading the rest. */
#include "grammar/sieve/xml-reader.h"

#include "grammar/sieve/xml-markup.h"
#include "grammar/xml/tags.h"

#include <string.h>

/* Whether the tag declares the namespace for a prefix of so many bytes, which the name begins with. */
static gboolean
declares(const char *text, const TamisXmlTag *tag, guint32 name, guint32 prefix_length,
         guint32 attributes)
{
    TamisXmlAttributePlace place;

    while (tamis_xml_next_attribute(text, tag, &attributes, &place)) {
        gboolean is_it = prefix_length == 0
                             ? place.name_length == 5 && memcmp(text + place.name, "xmlns", 5) == 0
                             : place.name_length == prefix_length + 6 &&
                                   memcmp(text + place.name, "xmlns:", 6) == 0 &&
                                   memcmp(text + place.name + 6, text + name, prefix_length) == 0;
        if (is_it)
            return place.value_length == strlen(TAMIS_SIEVE_NAMESPACE) &&
                   memcmp(text + place.value, TAMIS_SIEVE_NAMESPACE, place.value_length) == 0;
    }
    return FALSE;
}

gboolean
tamis_sieve_is_xml(const char *text, gsize length_bytes)
{
    TamisXmlCursor cursor = {.text = text, .length = (guint32)MIN(length_bytes, G_MAXUINT32)};
    TamisXmlTag tag;
    guint32 name = 0, name_length = 0;

    /* Document types are passed by: the reader refuses them, but has to be found first. */
    do {
        if (!tamis_xml_next_tag(&cursor, &tag))
            return FALSE;
    } while (tamis_xml_is_document_type(&cursor, tag.start));
    tamis_xml_tag_name(text, &tag, &name, &name_length);
    const char *colon = memchr(text + name, ':', name_length);
    guint32 prefix_length = colon != NULL ? (guint32)(colon - text) - name : 0;
    guint32 local = colon != NULL ? name + prefix_length + 1 : name;
    return (name + name_length - local == 5 && memcmp(text + local, "sieve", 5) == 0) ||
           declares(text, &tag, name, prefix_length, name + name_length);
}
