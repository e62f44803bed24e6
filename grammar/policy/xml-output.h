/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Layout of a policy in XML: two blanks a level, an element a line, comments and blank lines where the policy
 * has them. For grammar/policy/xml-writer*.c only: which element stands for what is theirs. */
#pragma once

#include "base/report.h"
#include "grammar/policy/tree.h"

#include <libxml/xmlwriter.h>

typedef struct {
    const TamisPolicySyntax *policy;
    const char *text; /* of the source, for blank lines */
    gsize length;
    TamisReport *report;
    xmlTextWriterPtr xml;
    guint depth;
    gboolean is_fresh;     /* nothing stands in the innermost element yet */
    gboolean has_children; /* the innermost element has had one: its end tag gets a line */
    gboolean wants_blank; /* an empty line comes before what is written next on a line of its own */
    gboolean is_inline;   /* elements follow on the same line */
    gboolean has_failed;
    guint32 next_comment;
} TamisXmlOutput;

/* Elements; name and value are lent for the call. */
void tamis_xml_open(TamisXmlOutput *output, const char *name);
void tamis_xml_close(TamisXmlOutput *output);
/* value NULL: no attribute. */
void tamis_xml_attribute(TamisXmlOutput *output, const char *name, const char *value);
void tamis_xml_flag(TamisXmlOutput *output, const char *name, gboolean value);
void tamis_xml_empty(TamisXmlOutput *output, const char *name);
/* <name>text</name> */
void tamis_xml_word(TamisXmlOutput *output, const char *name, const char *text);
/* The same of a string, which may be NULL: then nothing. */
void tamis_xml_string(TamisXmlOutput *output, const char *name, const TamisValue *value);
/* Around other attributes of an element whose content is a string. */
void tamis_xml_open_string(TamisXmlOutput *output, const char *name, const TamisValue *value);
void tamis_xml_close_string(TamisXmlOutput *output, const TamisValue *value);
/* <value> or <string>. */
void tamis_xml_value(TamisXmlOutput *output, const TamisValue *value);
/* The same of all in the list; on the line of the element's start tag when it is one, and the first. */
void tamis_xml_values(TamisXmlOutput *output, const TamisValue *values);

/* Before each statement: comments and the blank line that stand before it. A statement that holds no others
 * takes the comments inside it too. */
void tamis_xml_statement(TamisXmlOutput *output, TamisSpan span, gboolean is_block);
/* The same with an empty line in any case. */
void tamis_xml_paragraph(TamisXmlOutput *output, TamisSpan span, gboolean is_block);
/* Before a block is closed: the comments that are left in it. */
void tamis_xml_end_block(TamisXmlOutput *output, TamisSpan span);

/* Conditions (xml-writer-condition.c). */
void tamis_xml_condition(TamisXmlOutput *output, const TamisConditionSyntax *condition);
