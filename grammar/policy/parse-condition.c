/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Conditions: or, and, not, parentheses, tests, and uses of named conditions. */
#include "base/suggest.h"
#include "grammar/policy/parser-state.h"

static const TamisKeyword value_stops[] = {TAMIS_KEYWORD_AND, TAMIS_KEYWORD_OR, TAMIS_KEYWORD_NONE};

static TamisConditionSyntax *parse_or(TamisParser *parser);

static TamisConditionSyntax *
new_node(TamisParser *parser, TamisConditionSyntaxKind kind)
{
    TamisConditionSyntax *node = tamis_arena_new0(parser->arena, TamisConditionSyntax);

    node->kind = kind;
    node->span = parser->token.span;
    return node;
}

static gboolean
parse_text_operator(TamisParser *parser, TamisConditionSyntax *test)
{
    switch (parser->keyword) {
    case TAMIS_KEYWORD_IS:
        test->operator= TAMIS_OPERATOR_IS;
        break;
    case TAMIS_KEYWORD_CONTAINS:
        test->operator= TAMIS_OPERATOR_CONTAINS;
        break;
    case TAMIS_KEYWORD_MATCHES:
        test->operator= TAMIS_OPERATOR_MATCHES;
        break;
    case TAMIS_KEYWORD_BEGINS:
        test->operator= TAMIS_OPERATOR_BEGINS;
        break;
    case TAMIS_KEYWORD_ENDS:
        test->operator= TAMIS_OPERATOR_ENDS;
        break;
    default:
        return FALSE;
    }
    tamis_parser_advance(parser);
    test->values = tamis_parse_values(parser, "a text", value_stops);
    return TRUE;
}

static gboolean
parse_address_operator(TamisParser *parser, TamisConditionSyntax *test)
{
    switch (parser->keyword) {
    case TAMIS_KEYWORD_IN:
        test->operator= TAMIS_OPERATOR_IN;
        tamis_parser_advance(parser);
        if (!tamis_parse_name(parser, "a group's name", &test->name))
            return FALSE;
        return TRUE;
    case TAMIS_KEYWORD_INTERNAL:
        test->operator= TAMIS_OPERATOR_INTERNAL;
        tamis_parser_advance(parser);
        return TRUE;
    case TAMIS_KEYWORD_EXTERNAL:
        test->operator= TAMIS_OPERATOR_EXTERNAL;
        tamis_parser_advance(parser);
        return TRUE;
    case TAMIS_KEYWORD_UNDER:
        test->operator= TAMIS_OPERATOR_UNDER;
        tamis_parser_advance(parser);
        test->values = tamis_parse_values(parser, "a domain", value_stops);
        return TRUE;
    default:
        return FALSE;
    }
}

#define TEXT_OPERATORS "'is', 'contains', 'matches', 'begins' or 'ends'"

/* Whether the operator was read to its end: its values may have gone wrong. */
static gboolean
is_complete(const TamisConditionSyntax *test)
{
    switch (test->operator) {
    case TAMIS_OPERATOR_IN:
        return test->name.text != NULL;
    case TAMIS_OPERATOR_INTERNAL:
    case TAMIS_OPERATOR_EXTERNAL:
    case TAMIS_OPERATOR_EXISTS:
        return TRUE;
    default:
        return test->values != NULL;
    }
}

/* subject, body, header */
static gboolean
parse_text_test(TamisParser *parser, TamisConditionSyntax *test)
{
    tamis_parser_advance(parser);
    if (test->feature == TAMIS_FEATURE_HEADER) {
        test->header = tamis_parse_string(parser, "a header field's name in quotes");
        if (test->header == NULL)
            return FALSE;
    }
    test->negated = tamis_parser_accept_keyword(parser, TAMIS_KEYWORD_NOT);
    if (test->feature == TAMIS_FEATURE_HEADER &&
        tamis_parser_accept_keyword(parser, TAMIS_KEYWORD_EXISTS)) {
        test->operator= TAMIS_OPERATOR_EXISTS;
        return TRUE;
    }
    if (parse_text_operator(parser, test))
        return is_complete(test);
    tamis_parser_expected(parser, test->feature == TAMIS_FEATURE_HEADER
                                      ? "'exists', 'is', 'contains', 'matches', 'begins' or 'ends'"
                                      : TEXT_OPERATORS);
    return FALSE;
}

/* from, to, cc, recipient, envelope */
static gboolean
parse_address_test(TamisParser *parser, TamisConditionSyntax *test)
{
    tamis_parser_advance(parser);
    if (test->feature == TAMIS_FEATURE_ENVELOPE_FROM) {
        if (tamis_parser_accept_keyword(parser, TAMIS_KEYWORD_TO)) {
            test->feature = TAMIS_FEATURE_ENVELOPE_TO;
        } else if (!tamis_parser_accept_keyword(parser, TAMIS_KEYWORD_FROM)) {
            tamis_parser_expected(parser, "'from' or 'to'");
            return FALSE;
        }
    }
    if (tamis_parser_accept_keyword(parser, TAMIS_KEYWORD_DOMAIN))
        test->part = TAMIS_PART_DOMAIN;
    else if (tamis_parser_accept_keyword(parser, TAMIS_KEYWORD_LOCAL))
        test->part = TAMIS_PART_LOCAL;
    else if (tamis_parser_accept_keyword(parser, TAMIS_KEYWORD_DETAIL))
        test->part = TAMIS_PART_DETAIL;
    test->negated = tamis_parser_accept_keyword(parser, TAMIS_KEYWORD_NOT);
    if (parse_text_operator(parser, test) ||
        (test->part == TAMIS_PART_ALL && parse_address_operator(parser, test)))
        return is_complete(test);
    tamis_parser_expected(parser, test->part != TAMIS_PART_ALL
                                      ? TEXT_OPERATORS
                                      : "'in', 'internal', 'external', 'under', 'is', 'contains', "
                                        "'matches', 'begins' or 'ends'");
    return FALSE;
}

/* size, spam score */
static gboolean
parse_number_test(TamisParser *parser, TamisConditionSyntax *test)
{
    gboolean is_size = test->feature == TAMIS_FEATURE_SIZE;

    tamis_parser_advance(parser);
    if (!is_size && !tamis_parser_expect_keyword(parser, TAMIS_KEYWORD_SCORE))
        return FALSE;
    switch (parser->token.kind) {
    case TAMIS_TOKEN_LT:
        test->compare = TAMIS_COMPARE_LT;
        break;
    case TAMIS_TOKEN_LE:
        test->compare = TAMIS_COMPARE_LE;
        break;
    case TAMIS_TOKEN_GT:
        test->compare = TAMIS_COMPARE_GT;
        break;
    case TAMIS_TOKEN_GE:
        test->compare = TAMIS_COMPARE_GE;
        break;
    default:
        tamis_parser_expected(parser, "'<', '<=', '>' or '>='");
        return FALSE;
    }
    tamis_parser_advance(parser);
    test->values =
        tamis_parse_number(parser, is_size ? "a size as 10M" : "a whole number", is_size);
    return test->values != NULL;
}

static gboolean
parse_now_test(TamisParser *parser, TamisConditionSyntax *test)
{
    tamis_parser_advance(parser);
    test->negated = tamis_parser_accept_keyword(parser, TAMIS_KEYWORD_NOT);
    if (!tamis_parser_expect_keyword(parser, TAMIS_KEYWORD_IN))
        return FALSE;
    test->operator= TAMIS_OPERATOR_IN;
    return tamis_parse_name(parser, "the name of hours", &test->name);
}

static gboolean
parse_test(TamisParser *parser, TamisConditionSyntax *test)
{
    switch (test->feature) {
    case TAMIS_FEATURE_SUBJECT:
    case TAMIS_FEATURE_BODY:
    case TAMIS_FEATURE_HEADER:
        return parse_text_test(parser, test);
    case TAMIS_FEATURE_SIZE:
    case TAMIS_FEATURE_SPAM_SCORE:
        return parse_number_test(parser, test);
    case TAMIS_FEATURE_NOW:
        return parse_now_test(parser, test);
    case TAMIS_FEATURE_MAILING_LIST:
        tamis_parser_advance(parser);
        return tamis_parser_expect_keyword(parser, TAMIS_KEYWORD_LIST);
    case TAMIS_FEATURE_AUTOMATIC:
        tamis_parser_advance(parser);
        return TRUE;
    default:
        return parse_address_test(parser, test);
    }
}

/* The feature of a test's first word; `envelope` for now is that of its sender. */
/* The first words of tests. */
static const struct {
    TamisKeyword keyword;
    TamisFeature feature;
} features[] = {
    {TAMIS_KEYWORD_SUBJECT, TAMIS_FEATURE_SUBJECT},
    {TAMIS_KEYWORD_BODY, TAMIS_FEATURE_BODY},
    {TAMIS_KEYWORD_HEADER, TAMIS_FEATURE_HEADER},
    {TAMIS_KEYWORD_FROM, TAMIS_FEATURE_FROM},
    {TAMIS_KEYWORD_TO, TAMIS_FEATURE_TO},
    {TAMIS_KEYWORD_CC, TAMIS_FEATURE_CC},
    {TAMIS_KEYWORD_RECIPIENT, TAMIS_FEATURE_RECIPIENT},
    {TAMIS_KEYWORD_ENVELOPE, TAMIS_FEATURE_ENVELOPE_FROM},
    {TAMIS_KEYWORD_SIZE, TAMIS_FEATURE_SIZE},
    {TAMIS_KEYWORD_SPAM, TAMIS_FEATURE_SPAM_SCORE},
    {TAMIS_KEYWORD_NOW, TAMIS_FEATURE_NOW},
    {TAMIS_KEYWORD_MAILING, TAMIS_FEATURE_MAILING_LIST},
    {TAMIS_KEYWORD_AUTOMATIC, TAMIS_FEATURE_AUTOMATIC},
};

static gboolean
feature_of(TamisKeyword keyword, TamisFeature *out_feature)
{
    for (gsize i = 0; i < G_N_ELEMENTS(features); i++)
        if (features[i].keyword == keyword) {
            *out_feature = features[i].feature;
            return TRUE;
        }
    return FALSE;
}

gboolean
tamis_keyword_starts_test(TamisKeyword keyword)
{
    TamisFeature feature;
    return feature_of(keyword, &feature);
}

static void
fail_no_test(TamisParser *parser)
{
    TamisDiagnostic *diagnostic =
        tamis_parser_expected(parser, "a test or the name of a condition");

    if (tamis_parser_at_value(parser))
        tamis_parser_help(parser, diagnostic,
                          "write the values of one test with ',' between them, as in contains "
                          "\"a\", \"b\"");
}

static gboolean
enter(TamisParser *parser)
{
    TamisDiagnostic *diagnostic;

    if (parser->nesting < TAMIS_POLICY_MAX_NESTING) {
        parser->nesting++;
        return TRUE;
    }
    diagnostic = tamis_parser_fail(parser, parser->token.span, "condition nests more than %d deep",
                                   TAMIS_POLICY_MAX_NESTING);
    tamis_parser_help(parser, diagnostic, "give a part of it a name: condition NAME = …;");
    return FALSE;
}

static TamisConditionSyntax *parse_unary(TamisParser *parser);

static TamisConditionSyntax *
parse_not(TamisParser *parser)
{
    TamisConditionSyntax *node = new_node(parser, TAMIS_SYNTAX_NOT);

    if (!enter(parser))
        return NULL;
    tamis_parser_advance(parser);
    node->children = parse_unary(parser);
    parser->nesting--;
    if (node->children == NULL)
        return NULL;
    node->span = tamis_parser_span_from(parser, node->span);
    return node;
}

static TamisConditionSyntax *
parse_parenthesis(TamisParser *parser)
{
    TamisSpan open = parser->token.span;
    TamisConditionSyntax *node;

    if (!enter(parser))
        return NULL;
    tamis_parser_advance(parser);
    node = parse_or(parser);
    parser->nesting--;
    if (node == NULL)
        return NULL;
    if (parser->token.kind != TAMIS_TOKEN_RIGHT) {
        TamisDiagnostic *diagnostic = tamis_parser_expected(parser, "')', 'and' or 'or'");

        if (diagnostic != NULL && !parser->has_ended)
            tamis_report_relate(parser->report, diagnostic, open, "opened here");
        return NULL;
    }
    tamis_parser_advance(parser);
    node->span = tamis_parser_span_from(parser, open);
    return node;
}

/* Whether what follows a word can only follow the first word of a test. */
static gboolean
goes_on_as_test(const TamisToken *next)
{
    static const TamisKeyword keywords[] = {
        TAMIS_KEYWORD_IS,       TAMIS_KEYWORD_CONTAINS, TAMIS_KEYWORD_MATCHES, TAMIS_KEYWORD_BEGINS,
        TAMIS_KEYWORD_ENDS,     TAMIS_KEYWORD_IN,       TAMIS_KEYWORD_UNDER,   TAMIS_KEYWORD_NOT,
        TAMIS_KEYWORD_DOMAIN,   TAMIS_KEYWORD_LOCAL,    TAMIS_KEYWORD_DETAIL,  TAMIS_KEYWORD_SCORE,
        TAMIS_KEYWORD_INTERNAL, TAMIS_KEYWORD_EXTERNAL, TAMIS_KEYWORD_LIST,    TAMIS_KEYWORD_FROM,
        TAMIS_KEYWORD_TO,
    };
    TamisKeyword keyword;

    switch (next->kind) {
    case TAMIS_TOKEN_STRING:
    case TAMIS_TOKEN_LT:
    case TAMIS_TOKEN_LE:
    case TAMIS_TOKEN_GT:
    case TAMIS_TOKEN_GE:
        return TRUE;
    case TAMIS_TOKEN_NAME:
        keyword = tamis_keyword_find(next->text, next->length_bytes);
        for (gsize i = 0; i < G_N_ELEMENTS(keywords); i++)
            if (keywords[i] == keyword)
                return TRUE;
        return FALSE;
    default:
        return FALSE;
    }
}

static void
report_unknown_test(TamisParser *parser)
{
    const char *word = parser->token.text;
    const char *candidates[G_N_ELEMENTS(features)];
    const char *near;
    g_autoptr(GString) list = g_string_new(NULL);
    TamisDiagnostic *diagnostic =
        tamis_parser_fail(parser, parser->token.span, "unknown test '%s'",
                          tamis_excerpt(word, parser->token.length_bytes).text);

    for (gsize i = 0; i < G_N_ELEMENTS(features); i++) {
        candidates[i] = tamis_keyword_text(features[i].keyword);
        g_string_append_printf(list, "%s'%s'", i == 0 ? "" : ", ", candidates[i]);
    }
    near = tamis_suggest(word, candidates, G_N_ELEMENTS(candidates));
    if (near == NULL) {
        tamis_parser_help(parser, diagnostic, "a test begins with one of %s", list->str);
        return;
    }
    tamis_parser_help(parser, diagnostic, "did you mean '%s'?", near);
    if (diagnostic != NULL && !parser->has_ended)
        tamis_report_edit(parser->report, diagnostic, parser->token.span, near);
}

static TamisConditionSyntax *
parse_unary(TamisParser *parser)
{
    TamisConditionSyntax *node;
    TamisFeature feature;

    if (parser->keyword == TAMIS_KEYWORD_NOT)
        return parse_not(parser);
    if (parser->token.kind == TAMIS_TOKEN_LEFT)
        return parse_parenthesis(parser);
    if (parser->token.kind != TAMIS_TOKEN_NAME) {
        fail_no_test(parser);
        return NULL;
    }
    if (feature_of(parser->keyword, &feature)) {
        node = new_node(parser, TAMIS_SYNTAX_TEST);
        node->feature = feature;
        if (!parse_test(parser, node))
            return NULL;
    } else if (goes_on_as_test(tamis_parser_peek(parser))) {
        report_unknown_test(parser);
        return NULL;
    } else {
        node = new_node(parser, TAMIS_SYNTAX_USE);
        tamis_parse_name(parser, "a condition", &node->name);
    }
    node->span = tamis_parser_span_from(parser, node->span);
    return node;
}

/* One or more of operand with the keyword between them. */
static TamisConditionSyntax *
parse_chain(TamisParser *parser, TamisConditionSyntaxKind kind, TamisKeyword keyword,
            TamisConditionSyntax *(*operand)(TamisParser *parser))
{
    TamisConditionSyntax *first = operand(parser), *last = first, *node;

    if (first == NULL || parser->keyword != keyword)
        return first;
    node = new_node(parser, kind);
    node->children = first;
    while (tamis_parser_accept_keyword(parser, keyword)) {
        last->next = operand(parser);
        last = last->next;
        if (last == NULL)
            return NULL;
    }
    node->span = tamis_parser_span_from(parser, first->span);
    return node;
}

static TamisConditionSyntax *
parse_and(TamisParser *parser)
{
    return parse_chain(parser, TAMIS_SYNTAX_AND, TAMIS_KEYWORD_AND, parse_unary);
}

static TamisConditionSyntax *
parse_or(TamisParser *parser)
{
    return parse_chain(parser, TAMIS_SYNTAX_OR, TAMIS_KEYWORD_OR, parse_and);
}

TamisConditionSyntax *
tamis_parse_condition(TamisParser *parser)
{
    parser->nesting = 0;
    return parse_or(parser);
}
