/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Conditions as XML. */
#include "grammar/policy/xml-output.h"

static const char *const features[] = {
    [TAMIS_FEATURE_SUBJECT] = "subject",
    [TAMIS_FEATURE_BODY] = "body",
    [TAMIS_FEATURE_HEADER] = "header",
    [TAMIS_FEATURE_FROM] = "from",
    [TAMIS_FEATURE_TO] = "to",
    [TAMIS_FEATURE_CC] = "cc",
    [TAMIS_FEATURE_RECIPIENT] = "recipient",
    [TAMIS_FEATURE_ENVELOPE_FROM] = "envelope-from",
    [TAMIS_FEATURE_ENVELOPE_TO] = "envelope-to",
    [TAMIS_FEATURE_SIZE] = "size",
    [TAMIS_FEATURE_SPAM_SCORE] = "spam-score",
    [TAMIS_FEATURE_NOW] = "now",
    [TAMIS_FEATURE_MAILING_LIST] = "mailing-list",
    [TAMIS_FEATURE_AUTOMATIC] = "automatic",
};

static const char *const operators[] = {
    [TAMIS_OPERATOR_NONE] = NULL,           [TAMIS_OPERATOR_IS] = "is",
    [TAMIS_OPERATOR_CONTAINS] = "contains", [TAMIS_OPERATOR_MATCHES] = "matches",
    [TAMIS_OPERATOR_BEGINS] = "begins",     [TAMIS_OPERATOR_ENDS] = "ends",
    [TAMIS_OPERATOR_EXISTS] = "exists",     [TAMIS_OPERATOR_IN] = "in",
    [TAMIS_OPERATOR_INTERNAL] = "internal", [TAMIS_OPERATOR_EXTERNAL] = "external",
    [TAMIS_OPERATOR_UNDER] = "under",
};

static const char *const parts[] = {
    [TAMIS_PART_ALL] = NULL,
    [TAMIS_PART_DOMAIN] = "domain",
    [TAMIS_PART_LOCAL] = "local",
    [TAMIS_PART_DETAIL] = "detail",
};

static const char *const comparisons[] = {
    [TAMIS_COMPARE_LT] = "less",
    [TAMIS_COMPARE_LE] = "at-most",
    [TAMIS_COMPARE_GT] = "more",
    [TAMIS_COMPARE_GE] = "at-least",
};

static void
write_test(TamisXmlOutput *output, const TamisConditionSyntax *test)
{
    const char *name = features[test->feature];

    if (test->feature == TAMIS_FEATURE_SIZE || test->feature == TAMIS_FEATURE_SPAM_SCORE) {
        tamis_xml_open(output, name);
        tamis_xml_attribute(output, "compare", comparisons[test->compare]);
        xmlTextWriterWriteString(output->xml, BAD_CAST test->values->text);
        tamis_xml_close(output);
        return;
    }
    tamis_xml_open(output, name);
    tamis_xml_attribute(output, "part", parts[test->part]);
    tamis_xml_flag(output, "negated", test->negated);
    if (test->feature == TAMIS_FEATURE_NOW) {
        tamis_xml_attribute(output, "in", test->name.text);
    } else {
        tamis_xml_attribute(output, "match", operators[test->operator]);
        if (test->operator== TAMIS_OPERATOR_IN)
            tamis_xml_attribute(output, "group", test->name.text);
    }
    tamis_xml_string(output, "field", test->header);
    tamis_xml_values(output, test->values);
    tamis_xml_close(output);
}

void
tamis_xml_condition(TamisXmlOutput *output, const TamisConditionSyntax *condition)
{
    static const char *const names[] = {
        [TAMIS_SYNTAX_OR] = "or", [TAMIS_SYNTAX_AND] = "and", [TAMIS_SYNTAX_NOT] = "not"};

    switch (condition->kind) {
    case TAMIS_SYNTAX_OR:
    case TAMIS_SYNTAX_AND:
    case TAMIS_SYNTAX_NOT:
        tamis_xml_open(output, names[condition->kind]);
        for (const TamisConditionSyntax *child = condition->children; child != NULL;
             child = child->next)
            tamis_xml_condition(output, child);
        tamis_xml_close(output);
        return;
    case TAMIS_SYNTAX_USE:
        tamis_xml_open(output, "condition");
        tamis_xml_attribute(output, "name", condition->name.text);
        tamis_xml_close(output);
        return;
    case TAMIS_SYNTAX_TEST:
        write_test(output, condition);
        return;
    }
}
