/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * XML that somebody wrote, read safely: the children of the root one by one, each as a small tree, checked
 * against a RELAX NG schema, with the exact place of every tag, attribute and text. Nothing is ever opened
 * because of what the text says: a document type, with it every entity, and any encoding but UTF-8 are
 * refused. For the readers of XML alone: what the elements mean is theirs. */
#pragma once

#include "base/arena.h"
#include "base/report.h"

#include <libxml/tree.h>

#define TAMIS_XML_MAX_DEPTH      192
#define TAMIS_XML_MAX_ATTRIBUTES 64
#define TAMIS_XML_MAX_TAG_BYTES  (64u << 10)
/* After so many faulty children the rest is not read. */
#define TAMIS_XML_MAX_FAULTS 100

typedef struct {
    TamisSpan span;
    const char *text; /* without <!-- and -->, in the arena */
} TamisXmlComment;

/* What libxml2 found against the schema, the most telling of it. */
typedef struct {
    const xmlNode *node;
    char *message; /* in our words as far as it goes */
} TamisXmlViolation;

typedef struct {
    /* A resource of the library with the schema, whose root takes its children in any order; NULL: what
     * the elements hold is the callee's to check. */
    const char *schema;
    const char *root, *namespace; /* what the root element is called */
    guint max_depth;              /* elements nest so deep at most; 0: TAMIS_XML_MAX_DEPTH */
    gboolean keeps_comments;      /* in the trees too, as nodes without a place */
    gboolean keeps_instructions;  /* for tamis_xml_document_instructions() */
    /* Called at the end of each child of the root, in order. violation is NULL when it is as the schema
     * says; else the callee has to report it. The tree is freed behind the call. */
    void (*element)(gpointer data, const xmlNode *node, const TamisXmlViolation *violation);
    gpointer data;
} TamisXmlForm;

typedef struct TamisXmlDocument TamisXmlDocument;

/* arena: for comments alone. Never NULL; faults go to the report (syntax, unsafe-string) when the text is read. form is lent. */
TamisXmlDocument *tamis_xml_document_new(const TamisXmlForm *form, TamisSourceId source,
                                         TamisArena *arena, TamisReport *report);
void tamis_xml_document_free(TamisXmlDocument *document);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisXmlDocument, tamis_xml_document_free)

/* Reads on for a while, which may call form->element any number of times. FALSE at the end, or where an
 * error makes going on pointless. */
gboolean tamis_xml_document_read(TamisXmlDocument *document);
/* All comments so far, in the order of the text: of TamisXmlComment. Lent. */
const GArray *tamis_xml_document_comments(const TamisXmlDocument *document);

/* All processing instructions so far, in the order of the text, from '<' to behind '>': of TamisSpan. Lent. */
const GArray *tamis_xml_document_instructions(const TamisXmlDocument *document);

/* Comments and instructions so far; the document's arena, in which nothing else may be then, is reset. */
void tamis_xml_document_forget(TamisXmlDocument *document);

/* The value of an attribute without namespace, or NULL. */
char *tamis_xml_attribute_dup(const xmlNode *node, const char *name);

/* Places, of a node while form->element runs: the element's name in its start tag; an attribute's value
 * without quotes (the name's span if it has none such); all that stands behind the name in the start tag; what
 * stands between the tags; the end tag, or the
 * "/>" of a tag that is both; all of it. */
TamisSpan tamis_xml_name_span(const TamisXmlDocument *document, const xmlNode *node);
TamisSpan
tamis_xml_attribute_span(const TamisXmlDocument *document, const xmlNode *node, const char *name);
TamisSpan tamis_xml_attribute_name_span(const TamisXmlDocument *document, const xmlNode *node,
                                        const char *name);
TamisSpan tamis_xml_attributes_span(const TamisXmlDocument *document, const xmlNode *node);
TamisSpan tamis_xml_content_span(const TamisXmlDocument *document, const xmlNode *node);
TamisSpan tamis_xml_end_span(const TamisXmlDocument *document, const xmlNode *node);
TamisSpan tamis_xml_span(const TamisXmlDocument *document, const xmlNode *node);
