/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Conditions to text. Parentheses stand where the tree needs them, and where a reader was helped by them:
 * around `and` inside `or`, if they were written. */
#include "grammar/policy/format-state.h"

static const char *const feature_texts[] = {
    [TAMIS_FEATURE_SUBJECT] = "subject",
    [TAMIS_FEATURE_BODY] = "body",
    [TAMIS_FEATURE_HEADER] = "header ",
    [TAMIS_FEATURE_FROM] = "from",
    [TAMIS_FEATURE_TO] = "to",
    [TAMIS_FEATURE_CC] = "cc",
    [TAMIS_FEATURE_RECIPIENT] = "recipient",
    [TAMIS_FEATURE_ENVELOPE_FROM] = "envelope from",
    [TAMIS_FEATURE_ENVELOPE_TO] = "envelope to",
    [TAMIS_FEATURE_SIZE] = "size",
    [TAMIS_FEATURE_SPAM_SCORE] = "spam score",
    [TAMIS_FEATURE_NOW] = "now",
    [TAMIS_FEATURE_MAILING_LIST] = "mailing list",
    [TAMIS_FEATURE_AUTOMATIC] = "automatic",
};

static const char *const part_texts[] = {
    [TAMIS_PART_ALL] = "",
    [TAMIS_PART_DOMAIN] = " domain",
    [TAMIS_PART_LOCAL] = " local",
    [TAMIS_PART_DETAIL] = " detail",
};

static const char *const operator_texts[] = {
    [TAMIS_OPERATOR_NONE] = "",
    [TAMIS_OPERATOR_IS] = " is",
    [TAMIS_OPERATOR_CONTAINS] = " contains",
    [TAMIS_OPERATOR_MATCHES] = " matches",
    [TAMIS_OPERATOR_BEGINS] = " begins",
    [TAMIS_OPERATOR_ENDS] = " ends",
    [TAMIS_OPERATOR_EXISTS] = " exists",
    [TAMIS_OPERATOR_IN] = " in ",
    [TAMIS_OPERATOR_INTERNAL] = " internal",
    [TAMIS_OPERATOR_EXTERNAL] = " external",
    [TAMIS_OPERATOR_UNDER] = " under",
};

static const char *const compare_texts[] = {
    [TAMIS_COMPARE_LT] = " < ",
    [TAMIS_COMPARE_LE] = " <= ",
    [TAMIS_COMPARE_GT] = " > ",
    [TAMIS_COMPARE_GE] = " >= ",
};

static void
print_test(TamisPrinter *printer, const TamisConditionSyntax *test)
{
    tamis_print_text(printer, feature_texts[test->feature]);
    switch (test->feature) {
    case TAMIS_FEATURE_SIZE:
    case TAMIS_FEATURE_SPAM_SCORE:
        tamis_print_text(printer, compare_texts[test->compare]);
        tamis_print_value(printer, test->values);
        return;
    case TAMIS_FEATURE_HEADER:
        tamis_print_value(printer, test->header);
        break;
    default:
        break;
    }
    tamis_print_text(printer, part_texts[test->part]);
    if (test->negated)
        tamis_print_text(printer, " not");
    tamis_print_text(printer, operator_texts[test->operator]);
    if (test->operator== TAMIS_OPERATOR_IN)
        tamis_print_text(printer, test->name.text);
    else if (test->values != NULL)
        tamis_print_list(printer, test->values, TAMIS_INDENT);
}

static gboolean
is_chain(const TamisConditionSyntax *condition)
{
    return condition->kind == TAMIS_SYNTAX_AND || condition->kind == TAMIS_SYNTAX_OR;
}

static gboolean
needs_parentheses(const TamisPrinter *printer, const TamisConditionSyntax *child,
                  TamisConditionSyntaxKind parent)
{
    if (!is_chain(child))
        return FALSE;
    if (parent != TAMIS_SYNTAX_OR || child->kind != TAMIS_SYNTAX_AND)
        return TRUE;
    /* A chain in parentheses begins before its first member. */
    return printer->is_policy_text && child->span.offset < child->children->span.offset;
}

static void print_condition(TamisPrinter *printer, const TamisConditionSyntax *condition);

static void
print_child(TamisPrinter *printer, const TamisConditionSyntax *child,
            TamisConditionSyntaxKind parent)
{
    gboolean has_parentheses = needs_parentheses(printer, child, parent);

    if (!is_chain(child)) {
        print_condition(printer, child);
        return;
    }
    if (has_parentheses)
        tamis_print_text(printer, "(");
    tamis_print_condition(printer, child);
    if (has_parentheses)
        tamis_print_text(printer, ")");
}

static void
print_condition(TamisPrinter *printer, const TamisConditionSyntax *condition)
{
    const TamisConditionSyntax *child = condition->children;

    switch (condition->kind) {
    case TAMIS_SYNTAX_TEST:
        print_test(printer, condition);
        return;
    case TAMIS_SYNTAX_USE:
        tamis_print_text(printer, condition->name.text);
        tamis_printer_close_comments(printer, condition->name.span);
        return;
    case TAMIS_SYNTAX_NOT:
        tamis_print_text(printer, "not ");
        print_child(printer, child, TAMIS_SYNTAX_NOT);
        return;
    case TAMIS_SYNTAX_AND:
    case TAMIS_SYNTAX_OR:
        print_child(printer, child, condition->kind);
        for (child = child->next; child != NULL; child = child->next) {
            tamis_printer_gap(printer, child->span, TAMIS_GAP_LINE);
            tamis_print_text(printer, condition->kind == TAMIS_SYNTAX_AND ? "and " : "or ");
            print_child(printer, child, condition->kind);
        }
        return;
    }
}

void
tamis_print_condition(TamisPrinter *printer, const TamisConditionSyntax *condition)
{
    tamis_pretty_open(printer->pretty);
    tamis_pretty_indent(printer->pretty, TAMIS_INDENT);
    print_condition(printer, condition);
    tamis_pretty_indent(printer->pretty, -TAMIS_INDENT);
    tamis_pretty_close(printer->pretty);
}
