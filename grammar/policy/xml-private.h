/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the parts of the policy's XML reader share. For grammar/policy/xml-*.c only. */
#pragma once

#include "grammar/policy/lexer.h"
#include "grammar/policy/xml-forms.h"
#include "grammar/xml/document.h"

#define TAMIS_POLICY_NAMESPACE "urn:tamis:policy:1"

static inline gboolean
tamis_xml_is_value(const xmlNode *node)
{
    return node->type == XML_ELEMENT_NODE && (xmlStrEqual(node->name, BAD_CAST "value") ||
                                              xmlStrEqual(node->name, BAD_CAST "string"));
}

/* The child with this name, or NULL. */
const xmlNode *tamis_xml_child(const xmlNode *node, const char *name);
/* The text of the next of a form's tokens, whose length goes to *out_length (0: none is left). */
const char *tamis_xml_form_token(const char **cursor, gsize *out_length);
/* Whether the form names the child, as %name or $name. */
gboolean tamis_xml_form_names(const TamisXmlPolicyForm *form, const char *child);

/* Says what is wrong with an element that is not as the schema says. */
void tamis_xml_explain(const TamisXmlDocument *document, const xmlNode *node,
                       const TamisXmlViolation *violation, TamisReport *report);
