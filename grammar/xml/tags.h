/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where the tags of an XML text stand. libxml2 says what a text means, but not exactly where: its columns
 * count what it has buffered, and its trees keep 16 bits of a line. Both walk over the tags in one order,
 * so that the n-th event has the n-th place. Knows nothing of what is well-formed: that is libxml2's. */
#pragma once

#include "base/api.h"

/* Offsets into the text. */
typedef struct {
    guint32 start, end; /* from `<` to behind `>` */
    gboolean is_end;    /* </name> */
    gboolean is_empty;  /* <name/> */
} TamisXmlTag;

typedef struct {
    const char *text;
    guint32 length;
    guint32 at; /* how far the text has been walked */
    /* Called for each comment and each processing instruction on the way, from `<` to behind `>`; or NULL. */
    void (*comment)(gpointer data, guint32 start, guint32 end);
    void (*instruction)(gpointer data, guint32 start, guint32 end);
    gpointer data;
} TamisXmlCursor;

/* The next tag at or behind the cursor, which moves behind it; comments, CDATA sections and processing
 * instructions are passed over. FALSE at the end, and where a `<` is never closed (the cursor is then at it). */
gboolean tamis_xml_next_tag(TamisXmlCursor *cursor, TamisXmlTag *out_tag);
/* Whether a document type declaration begins at the offset of a `<`. */
gboolean tamis_xml_is_document_type(const TamisXmlCursor *cursor, guint32 offset);
/* The name in a start or end tag. */
void tamis_xml_tag_name(const char *text, const TamisXmlTag *tag, guint32 *out_offset,
                        guint32 *out_length);

typedef struct {
    guint32 name, name_length;
    guint32 value, value_length; /* without the quotes */
} TamisXmlAttributePlace;

/* The attribute at or behind *at (at first the end of the name); FALSE behind the last one. */
gboolean tamis_xml_next_attribute(const char *text, const TamisXmlTag *tag, guint32 *at,
                                  TamisXmlAttributePlace *out_place);
