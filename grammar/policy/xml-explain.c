/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Why an element is not as the schema says. RELAX NG knows that it is not; the table of forms knows what
 * would be, and so what to say. */
#include "grammar/policy/xml-private.h"

#include "base/suggest.h"

#include <string.h>

#define MAX_CANDIDATES 64
#define SEE_ALSO       "docs/xml.md has an example of each element"

typedef struct {
    const TamisXmlDocument *document;
    TamisReport *report;
} Explainer;

/* Names that a form has behind one of these marks, outside and inside brackets; `,` and `<` are skipped. */
static guint
list_names(const TamisXmlPolicyForm *form, const char *marks, char *names[MAX_CANDIDATES])
{
    const char *cursor = form->tokens;
    gsize length = 0;
    guint n = 0;

    for (;;) {
        const char *token = tamis_xml_form_token(&cursor, &length);
        if (length == 0 || n == MAX_CANDIDATES)
            return n;
        gsize skip = strspn(token, "[!");
        if (skip >= length || strchr(marks, token[skip]) == NULL)
            continue;
        skip++;
        skip += strspn(token + skip, ",<");
        if (skip < length)
            names[n++] = g_strndup(token + skip, length - skip);
    }
}

static void
free_names(char *names[MAX_CANDIDATES], guint n)
{
    for (guint i = 0; i < n; i++)
        g_free(names[i]);
}

static gboolean
is_listed(char *const *names, guint n, const char *name)
{
    for (guint i = 0; i < n; i++)
        if (strcmp(names[i], name) == 0)
            return TRUE;
    return FALSE;
}

static void
help_with(const Explainer *explainer, TamisDiagnostic *diagnostic, const char *word,
          const char *const *candidates, guint n, const char *before, const char *after)
{
    const char *nearest = tamis_suggest(word, candidates, n);

    if (nearest != NULL)
        tamis_report_help(explainer->report, diagnostic, "did you mean %s%s%s?", before, nearest,
                          after);
    else
        tamis_report_help(explainer->report, diagnostic, SEE_ALSO);
}

/* Attributes --------------------------------------------------------------------------------------- */

static gboolean
explain_attribute_value(const Explainer *explainer, const xmlNode *node, const char *name)
{
    const char *const *words = tamis_xml_attribute_words((const char *)node->name, name);
    g_autofree char *value = tamis_xml_attribute_dup(node, name);

    if (words == NULL || value == NULL || g_strv_contains(words, value))
        return FALSE;
    g_autofree char *known = g_strjoinv("', '", (char **)words);
    TamisSpan span = tamis_xml_attribute_span(explainer->document, node, name);
    TamisDiagnostic *diagnostic = tamis_report_add(explainer->report, span, TAMIS_RULE_SYNTAX,
                                                   "attribute '%s' cannot be '%s'", name,
                                                   tamis_excerpt(value, strlen(value)).text);
    const char *nearest = tamis_suggest(value, words, g_strv_length((char **)words));
    if (nearest != NULL)
        tamis_report_help(explainer->report, diagnostic, "did you mean '%s'?", nearest);
    else
        tamis_report_help(explainer->report, diagnostic, "write '%s'", known);
    return TRUE;
}

static gboolean
explain_attributes(const Explainer *explainer, const xmlNode *node, const TamisXmlPolicyForm *form)
{
    char *names[MAX_CANDIDATES];
    guint n = list_names(form, "@", names);
    gboolean found = FALSE;

    for (const xmlAttr *attribute = node->properties; attribute != NULL && !found;
         attribute = attribute->next) {
        const char *name = (const char *)attribute->name;
        found = explain_attribute_value(explainer, node, name);
        if (found || is_listed(names, n, name) || strcmp(name, "layout") == 0)
            continue;
        found = TRUE;
        TamisSpan span = tamis_xml_attribute_name_span(explainer->document, node, name);
        TamisDiagnostic *diagnostic = tamis_report_add(
            explainer->report, span, TAMIS_RULE_SYNTAX, "<%s> has no attribute '%s'",
            (const char *)node->name, tamis_excerpt(name, strlen(name)).text);
        help_with(explainer, diagnostic, name, (const char *const *)names, n, "'", "'");
    }
    free_names(names, n);
    return found;
}

/* What has to be there ----------------------------------------------------------------------------- */

static gboolean
report_missing(const Explainer *explainer, const xmlNode *node, const char *token, gsize length)
{
    const char *kind = *token == '@' ? "attribute" : "element";
    TamisSpan span = tamis_xml_name_span(explainer->document, node);
    gsize skip = 1 + strspn(token + 1, ",<");
    g_autofree char *name = g_strndup(token + skip, length - skip);

    if (*token == '@' ? xmlHasNsProp(node, BAD_CAST name, NULL) != NULL
                      : tamis_xml_child(node, name) != NULL)
        return FALSE;
    if (*token == '@')
        tamis_report_help(explainer->report,
                          tamis_report_add(explainer->report, span, TAMIS_RULE_SYNTAX,
                                           "<%s> without %s '%s'", (const char *)node->name, kind,
                                           name),
                          "add %s=\"…\"", name);
    else
        tamis_report_help(explainer->report,
                          tamis_report_add(explainer->report, span, TAMIS_RULE_SYNTAX,
                                           "<%s> without %s <%s>", (const char *)node->name, kind,
                                           name),
                          "add <%s>…</%s>", name, name);
    return TRUE;
}

static gboolean
report_no_values(const Explainer *explainer, const xmlNode *node)
{
    for (const xmlNode *child = node->children; child != NULL; child = child->next)
        if (tamis_xml_is_value(child))
            return FALSE;
    TamisDiagnostic *diagnostic =
        tamis_report_add(explainer->report, tamis_xml_name_span(explainer->document, node),
                         TAMIS_RULE_SYNTAX, "<%s> without a value", (const char *)node->name);
    tamis_report_help(explainer->report, diagnostic,
                      "write the words as <value> and the texts as <string>");
    return TRUE;
}

/* Of lists that may be empty, or beside which something else may stand. */
static gboolean
may_lack_values(const xmlNode *node)
{
    static const char *const elements[] = {"group",  "use",       "from",          "to",
                                           "cc",     "recipient", "envelope-from", "envelope-to",
                                           "header", NULL};
    return g_strv_contains(elements, (const char *)node->name);
}

static gboolean
explain_missing(const Explainer *explainer, const xmlNode *node, const TamisXmlPolicyForm *form)
{
    const char *cursor = form->tokens;
    gsize length = 0;
    guint depth = 0;

    for (;;) {
        const char *token = tamis_xml_form_token(&cursor, &length);
        if (length == 0)
            return FALSE;
        if (*token == '[')
            depth++;
        else if (*token == ']')
            depth--;
        if (depth > 0 || length < 2 || strchr("@$%", *token) == NULL)
            continue;
        if (strncmp(token, "%values", length) == 0) {
            if (!may_lack_values(node) && report_no_values(explainer, node))
                return TRUE;
            continue;
        }
        if (*token == '%' &&
            (token[1] == ',' || token[1] == '|' || token[1] == '&' ||
             strncmp(token, "%others", length) == 0 || strncmp(token, "%word", length) == 0))
            continue;
        if (report_missing(explainer, node, token, length))
            return TRUE;
    }
}

/* Children ----------------------------------------------------------------------------------------- */

static guint
list_children(const TamisXmlPolicyForm *form, const char *candidates[], guint max)
{
    gsize n_forms = 0;
    const TamisXmlPolicyForm *forms = tamis_xml_forms(&n_forms);
    guint n = 0;

    for (gsize i = 0; i < n_forms && n < max; i++)
        if (forms[i].context == form->inside)
            candidates[n++] = forms[i].element;
    return n;
}

static gboolean
is_in_policy(const xmlNode *node)
{
    return node->ns != NULL && strcmp((const char *)node->ns->href, TAMIS_POLICY_NAMESPACE) == 0;
}

static void
report_unexpected(const Explainer *explainer, const xmlNode *node, const char *const *candidates,
                  guint n)
{
    const char *name = (const char *)node->name;
    TamisSpan span = tamis_xml_name_span(explainer->document, node);
    TamisDiagnostic *diagnostic;

    if (!is_in_policy(node)) {
        gboolean is_include =
            node->ns != NULL && strstr((const char *)node->ns->href, "XInclude") != NULL;
        diagnostic = tamis_report_add(explainer->report, span, TAMIS_RULE_SYNTAX,
                                      is_include ? "XInclude is not followed"
                                                 : "<%s> is not in the namespace of policies",
                                      tamis_excerpt(name, strlen(name)).text);
        tamis_report_help(explainer->report, diagnostic,
                          is_include ? "write <import>file.xml</import>" : SEE_ALSO);
        return;
    }
    diagnostic = tamis_report_add(explainer->report, span, TAMIS_RULE_SYNTAX, "unexpected <%s>",
                                  tamis_excerpt(name, strlen(name)).text);
    help_with(explainer, diagnostic, name, candidates, n, "<", ">");
}

static gboolean
explain_element(const Explainer *explainer, const xmlNode *node, TamisXmlContext context);

static gboolean
explain_children(const Explainer *explainer, const xmlNode *node, const TamisXmlPolicyForm *form)
{
    const char *candidates[MAX_CANDIDATES];
    char *names[MAX_CANDIDATES];
    guint n = list_children(form, candidates, MAX_CANDIDATES);
    guint n_names = list_names(form, "$", names);
    gboolean found = FALSE;

    for (guint i = 0; i < n_names && n < MAX_CANDIDATES; i++)
        candidates[n++] = names[i];
    for (const xmlNode *child = node->children; child != NULL && !found; child = child->next) {
        const char *name = (const char *)child->name;
        if (child->type != XML_ELEMENT_NODE || (is_in_policy(child) && tamis_xml_is_value(child)) ||
            is_listed(names, n_names, name))
            continue;
        if (!is_in_policy(child) || tamis_xml_form_find(form->inside, name) == NULL) {
            report_unexpected(explainer, child, candidates, n);
            found = TRUE;
        } else {
            found = explain_element(explainer, child, form->inside);
        }
    }
    free_names(names, n_names);
    return found;
}

static gboolean
explain_element(const Explainer *explainer, const xmlNode *node, TamisXmlContext context)
{
    const TamisXmlPolicyForm *form = tamis_xml_form_find(context, (const char *)node->name);

    return form != NULL &&
           (explain_attributes(explainer, node, form) || explain_missing(explainer, node, form) ||
            explain_children(explainer, node, form));
}

void
tamis_xml_explain(const TamisXmlDocument *document, const xmlNode *node,
                  const TamisXmlViolation *violation, TamisReport *report)
{
    Explainer explainer = {document, report};
    const char *name = (const char *)node->name;

    if (!is_in_policy(node) || tamis_xml_form_find(TAMIS_XML_IN_POLICY, name) == NULL) {
        const char *candidates[MAX_CANDIDATES];
        const TamisXmlPolicyForm top = {.inside = TAMIS_XML_IN_POLICY};
        guint n = list_children(&top, candidates, MAX_CANDIDATES);
        report_unexpected(&explainer, node, candidates, n);
        return;
    }
    if (explain_element(&explainer, node, TAMIS_XML_IN_POLICY))
        return;
    TamisDiagnostic *diagnostic =
        tamis_report_add(report, tamis_xml_name_span(document, violation->node), TAMIS_RULE_SYNTAX,
                         "%s", violation->message);
    tamis_report_help(report, diagnostic, SEE_ALSO);
}
