/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a Sieve script in XML has and Sieve has not (RFC 5784, section 4.2): display directives and elements
 * of editors, which a script carries in bracketed comments of a certain form. For grammar/sieve/xml-*.c only. */
#pragma once

#include "grammar/sieve/tree.h"

#include <libxml/tree.h>

#define TAMIS_SIEVE_NAMESPACE "urn:ietf:params:xml:ns:sieve"
/* Elements inside of a display directive or an editor's element nest so deep at most. */
#define TAMIS_SIEVE_MARKUP_MAX_DEPTH 128
/* So many displayblocks stand around something at most. */
#define TAMIS_SIEVE_DISPLAY_MAX_DEPTH 128

typedef enum {
    TAMIS_SIEVE_MARKUP_NONE,  /* a comment like any other */
    TAMIS_SIEVE_MARKUP_OPEN,  /* [* attributes: a displayblock begins */
    TAMIS_SIEVE_MARKUP_CLOSE, /* *]: it ends */
    TAMIS_SIEVE_MARKUP_DATA,  /* [| content |]: a displaydata */
    TAMIS_SIEVE_MARKUP_OTHER, /* [/ element /]: of another namespace */
} TamisSieveMarkup;

/* What the comment looks like. */
TamisSieveMarkup tamis_sieve_markup_kind(const TamisSieveComment *comment);
/* What a comment that looks like one has between its marks: of OPEN the attributes as they stand in a tag,
 * with a blank before them; of DATA and OTHER the content, well-formed where Sieve's is the default namespace
 * and no other is declared. To be freed. NULL where it is none such, or none that the reader of XML would
 * take: then it is a comment like any other. */
char *tamis_sieve_markup_read(const TamisSieveComment *comment, TamisSieveMarkup kind);

/* The text of the comment that stands for a displayblock's start tag, whose attributes stand at attributes in
 * the text that it was read from. To be freed. */
char *
tamis_sieve_markup_open(const xmlNode *displayblock, const char *attributes, gsize length_bytes);
/* Of a displaydata, whose content stands at content in the text that it was read from, or of an element of
 * another namespace, which stands there as a whole. NULL: it cannot be put into a comment, since it nests
 * too deep, or an attribute or tag in it is too long. */
char *tamis_sieve_markup_data(const xmlNode *node, const char *content, gsize length_bytes);
char *tamis_sieve_markup_other(const xmlNode *node, const char *element, gsize length_bytes);

/* A comment that is none of these as the text of a <comment>. To be freed. */
char *tamis_sieve_comment_to_xml(const TamisSieveComment *comment);
