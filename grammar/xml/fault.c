/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The errors that people make in XML get a message and a remedy of ours; of the others libxml2's own text is
 * shown. */
#include "grammar/xml/fault.h"

#include <libxml/parser.h>
#include <libxml/relaxng.h>
#include <string.h>

void
tamis_xml_fault_clear(TamisXmlFault *fault)
{
    g_free(fault->message);
    *fault = (TamisXmlFault){NULL};
}

void
tamis_xml_fault_set(TamisXmlFault *fault, const xmlNode *node, int rank, const char *format, ...)
{
    va_list arguments;

    if (fault->message != NULL && rank <= fault->rank)
        return;
    va_start(arguments, format);
    g_free(fault->message);
    fault->message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    fault->rank = rank;
    fault->node = node;
}

/* libxml2's sentence as a message of ours: one line, no full stop, no capital. */
static char *
clean_message(const xmlError *error)
{
    char *message = g_strdup(error->message != NULL ? error->message : "not well-formed");

    g_strdelimit(message, "\n\r\t", ' ');
    g_strstrip(message);
    gsize length = strlen(message);
    if (length > 0 && message[length - 1] == '.')
        message[length - 1] = '\0';
    if (g_ascii_isupper(message[0]) && g_ascii_islower(message[1]))
        message[0] = g_ascii_tolower(message[0]);
    return message;
}

/* Violations of the schema ------------------------------------------------------------------------- */

static const xmlNode *
element_of(const xmlNode *node)
{
    while (node != NULL && node->type != XML_ELEMENT_NODE)
        node = node->parent;
    return node;
}

void
tamis_xml_fault_take_violation(void *data, xmlErrorPtr error)
{
    TamisXmlFault *fault = data;
    const xmlNode *node = element_of(error->node);
    const char *name = node != NULL ? (const char *)node->name : "";
    const char *first = error->str1 != NULL ? error->str1 : "";
    const char *second = error->str2 != NULL ? error->str2 : "";

    switch (error->code) {
    case XML_RELAXNG_ERR_ELEMWRONG:
    case XML_RELAXNG_ERR_EXTRACONTENT:
        tamis_xml_fault_set(fault, node, 9, "unexpected <%.100s>", name);
        return;
    case XML_RELAXNG_ERR_TEXTWRONG:
        tamis_xml_fault_set(fault, node, 9, "text in <%.100s>, which holds elements alone", name);
        return;
    case XML_RELAXNG_ERR_INVALIDATTR:
        tamis_xml_fault_set(fault, node, 8,
                            "<%.100s> takes no attribute '%.100s', or no such value of it", second,
                            first);
        return;
    case XML_RELAXNG_ERR_DATATYPE:
    case XML_RELAXNG_ERR_VALUE:
    case XML_RELAXNG_ERR_TYPEVAL:
        tamis_xml_fault_set(fault, node, 7, "<%.100s> takes no such value", name);
        return;
    case XML_RELAXNG_ERR_ELEMNAME:
        tamis_xml_fault_set(fault, node, 6, "expected <%.100s>, found <%.100s>", first, second);
        return;
    case XML_RELAXNG_ERR_NOELEM:
        tamis_xml_fault_set(fault, node, 5, "<%.100s> has no <%.100s>", name, first);
        return;
    case XML_RELAXNG_ERR_ATTRVALID:
        tamis_xml_fault_set(fault, node, 4, "<%.100s> has not the attributes that it takes", first);
        return;
    default: {
        g_autofree char *message = clean_message(error);
        tamis_xml_fault_set(fault, node, 1, "%.300s", message);
    }
    }
}

/* Errors of the parser ----------------------------------------------------------------------------- */

static const struct {
    int code;
    const char *message, *help;
} simple_errors[] = {
    {XML_ERR_DOCUMENT_EMPTY, "no XML", "begin the file with the root element"},
    {XML_ERR_DOCUMENT_END, "text behind the root element", "take it out"},
    {XML_ERR_UNDECLARED_ENTITY, NULL,
     "there are &amp; &lt; &gt; &quot; &apos; and numbers such as &#8364;"},
    {XML_WAR_UNDECLARED_ENTITY, NULL,
     "there are &amp; &lt; &gt; &quot; &apos; and numbers such as &#8364;"},
    {XML_ERR_ENTITYREF_SEMICOL_MISSING, "'&' without a name and ';' behind it",
     "write it as &amp;"},
    {XML_ERR_NAME_REQUIRED, "a name is missing behind '<' or '&'", "write them as &lt; and &amp;"},
    {XML_ERR_LT_IN_ATTRIBUTE, "'<' in an attribute", "write it as &lt;"},
    {XML_ERR_ATTRIBUTE_NOT_STARTED, "an attribute's value without quotes", "put it in quotes"},
    {XML_ERR_ATTRIBUTE_NOT_FINISHED, "the quotes of an attribute are never closed", "close them"},
    {XML_ERR_ATTRIBUTE_WITHOUT_VALUE, "an attribute without a value",
     "give it one: name=\"value\""},
    {XML_ERR_GT_REQUIRED, "the tag is not closed", "close it with '>'"},
    {XML_ERR_INVALID_CHARREF, "a reference to a character that XML does not have", "take it out"},
    {XML_ERR_INVALID_CHAR, "a character that XML does not have", "take it out"},
    {XML_ERR_COMMENT_NOT_FINISHED, "the comment is never closed", "close it with '-->'"},
    {XML_ERR_HYPHEN_IN_COMMENT, "'--' inside a comment", "put something between the two"},
    {XML_ERR_CDATA_NOT_FINISHED, "the CDATA section is never closed", "close it with ']]>'"},
    {XML_ERR_RESERVED_XML_NAME, "the XML declaration stands too late",
     "begin the file with it, or take it out"},
    {XML_ERR_UNSUPPORTED_ENCODING, "the encoding cannot be read", "save the file as UTF-8"},
};

void
tamis_xml_fault_of_error(TamisXmlFault *fault, const xmlError *error, gboolean has_root,
                         const xmlNode *open)
{
    const char *name = open != NULL ? (const char *)open->name : NULL;
    int code = error->code;

    /* libxml2 calls a text without any element "extra content", and one that breaks off too. */
    if (code == XML_ERR_DOCUMENT_END && !has_root)
        code = XML_ERR_DOCUMENT_EMPTY;
    else if (code == XML_ERR_DOCUMENT_END && open != NULL)
        code = XML_ERR_TAG_NOT_FINISHED;
    for (guint i = 0; i < G_N_ELEMENTS(simple_errors); i++) {
        if (simple_errors[i].code != code)
            continue;
        fault->help = simple_errors[i].help;
        if (simple_errors[i].message != NULL) {
            tamis_xml_fault_set(fault, NULL, 1, "%s", simple_errors[i].message);
            return;
        }
    }
    switch (code) {
    case XML_ERR_UNDECLARED_ENTITY:
    case XML_WAR_UNDECLARED_ENTITY:
        tamis_xml_fault_set(fault, NULL, 1, "unknown entity '&%.100s;'",
                            error->str1 != NULL ? error->str1 : "");
        return;
    case XML_ERR_ATTRIBUTE_REDEFINED:
        tamis_xml_fault_set(fault, NULL, 1, "attribute '%.100s' is said twice",
                            error->str1 != NULL ? error->str1 : "");
        fault->help = "take one of them out";
        return;
    case XML_ERR_TAG_NAME_MISMATCH:
        if (name == NULL)
            break;
        tamis_xml_fault_set(fault, NULL, 1, "this does not close <%.100s>", name);
        fault->names_open_element = TRUE;
        return;
    case XML_ERR_TAG_NOT_FINISHED:
        if (name == NULL)
            break;
        tamis_xml_fault_set(fault, NULL, 1, "the file ends inside <%.100s>", name);
        fault->names_open_element = TRUE;
        return;
    default:
        break;
    }
    g_autofree char *message = clean_message(error);
    tamis_xml_fault_set(fault, NULL, 1, "%.300s", message);
}
