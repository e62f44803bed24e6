/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What each element of a policy in XML stands for, as the tokens that the policy language would have there:
 * one table for the reader, and for what is said of an element that has no place.
 *
 * A form's tokens are words with blanks between them:
 *   keyword      the keyword; also the marks { } ( ) ; = - .. by themselves
 *   @name        the words in the attribute; @,name: with a comma between each two
 *   @<name       the attribute's comparison, less, at-most, more or at-least, as a mark
 *   $            the element's own content, a string; $name: that of the child with this name
 *   %word        the element's own content, words
 *   %values      the children <value> and <string>, with commas between them
 *   %name        the form of the child with this name
 *   %others      the forms of all children not named so far; %,others with commas, %|others with `or`, %&others with `and`
 *                keyword between each two
 *   (? )?        parentheses where the element stands in one that binds more tightly
 *   [@name …]    only if there is this attribute; [%name …] this child; [^name …] this attribute of the
 *                parent; with an exclamation mark, as in [!@name …], only if there is not
 * A child or attribute in brackets, or behind %others and %values, may be missing; others have to be there. */
#pragma once

#include "base/api.h"

/* What an element may stand in. */
typedef enum {
    TAMIS_XML_IN_POLICY,
    TAMIS_XML_IN_ORGANIZATION,
    TAMIS_XML_IN_GROUP,
    TAMIS_XML_IN_HOURS,
    TAMIS_XML_IN_OPEN,
    TAMIS_XML_IN_FORMULA,
    TAMIS_XML_IN_ENCRYPTION,
    TAMIS_XML_IN_LIMITS,
    TAMIS_XML_IN_RULE,
    TAMIS_XML_IN_PARTY,
    TAMIS_XML_IN_ITEMS,
    TAMIS_XML_IN_ROUTE,
    TAMIS_XML_IN_REPLY,
    TAMIS_XML_IN_EACH,
    TAMIS_XML_IN_EXTERNAL,
    TAMIS_XML_IN_ALLOW,
    TAMIS_XML_IN_TEST,
    TAMIS_XML_IN_MESSAGE,
    TAMIS_XML_IN_EXPECT,
    TAMIS_XML_IN_NOTHING, /* no children but values and strings */
} TamisXmlContext;

typedef struct {
    TamisXmlContext context;
    const char *element;
    const char *tokens;
    TamisXmlContext inside; /* of its children */
} TamisXmlPolicyForm;

/* The element's form in this context, or NULL. */
const TamisXmlPolicyForm *tamis_xml_form_find(TamisXmlContext context, const char *element);
/* All forms, n of them. */
const TamisXmlPolicyForm *tamis_xml_forms(gsize *out_n);
/* The attribute's values where it has a fixed set, NULL-terminated; else NULL. */
const char *const *tamis_xml_attribute_words(const char *element, const char *attribute);
