/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The policy's own tests: messages, and what is expected of them. */
#include "grammar/policy/parser-state.h"

#include <string.h>

static const TamisKeyword test_statements[] = {TAMIS_KEYWORD_MESSAGE, TAMIS_KEYWORD_EXPECT};
const TamisBlockKind tamis_test_block = {"a test", test_statements, G_N_ELEMENTS(test_statements)};

/* In the order of TamisMessageField. */
static const TamisKeyword message_statements[] = {
    TAMIS_KEYWORD_FROM,     TAMIS_KEYWORD_TO,   TAMIS_KEYWORD_CC,   TAMIS_KEYWORD_SUBJECT,
    TAMIS_KEYWORD_HEADER,   TAMIS_KEYWORD_BODY, TAMIS_KEYWORD_SIZE, TAMIS_KEYWORD_SPAM,
    TAMIS_KEYWORD_ENVELOPE, TAMIS_KEYWORD_AT,   TAMIS_KEYWORD_FILE};
static const TamisBlockKind message_block = {"a message", message_statements,
                                             G_N_ELEMENTS(message_statements)};

/* In the order of TamisExpectKind. */
static const TamisKeyword expectations[] = {
    TAMIS_KEYWORD_FORWARD, TAMIS_KEYWORD_MARK,    TAMIS_KEYWORD_COPY, TAMIS_KEYWORD_REPLY,
    TAMIS_KEYWORD_REJECT,  TAMIS_KEYWORD_DISCARD, TAMIS_KEYWORD_FILE, TAMIS_KEYWORD_DELIVERY};

static gboolean
index_of(const TamisKeyword *keywords, gsize n, TamisKeyword keyword, guint *out_index)
{
    for (guint i = 0; i < n; i++)
        if (keywords[i] == keyword) {
            *out_index = i;
            return TRUE;
        }
    return FALSE;
}

typedef struct {
    TamisMessageFieldSyntax **tail;
    TamisSpan seen[G_N_ELEMENTS(message_statements)];
} Message;

static gboolean
parse_field_value(TamisParser *parser, TamisMessageFieldSyntax *field)
{
    switch (field->field) {
    case TAMIS_MESSAGE_HEADER:
        field->name = tamis_parse_string(parser, "a header field's name in quotes");
        if (field->name == NULL)
            return FALSE;
        field->value = tamis_parse_string(parser, "the header field's value in quotes");
        break;
    case TAMIS_MESSAGE_SIZE:
        field->value = tamis_parse_number(parser, "a size as 10M", TRUE);
        break;
    case TAMIS_MESSAGE_SPAM_SCORE:
        if (!tamis_parser_expect_keyword(parser, TAMIS_KEYWORD_SCORE))
            return FALSE;
        field->value = tamis_parse_number(parser, "a whole number", FALSE);
        break;
    case TAMIS_MESSAGE_ENVELOPE_FROM:
        if (!tamis_parser_expect_keyword(parser, TAMIS_KEYWORD_FROM))
            return FALSE;
        field->value = tamis_parse_value(parser, "an address");
        break;
    case TAMIS_MESSAGE_AT:
        field->value = tamis_parse_instant(parser);
        break;
    default:
        field->value = tamis_parse_string(parser, "a text in quotes");
    }
    return field->value != NULL;
}

static gboolean
parse_field(TamisParser *parser, gpointer data)
{
    Message *message = data;
    TamisSpan span = parser->token.span;
    TamisMessageFieldSyntax *field;
    guint which;

    if (!index_of(message_statements, G_N_ELEMENTS(message_statements), parser->keyword, &which))
        return tamis_parser_no_statement(parser);
    if (which != TAMIS_MESSAGE_HEADER)
        tamis_parser_once(parser, &message->seen[which], span, tamis_keyword_text(parser->keyword));
    field = tamis_arena_new0(parser->arena, TamisMessageFieldSyntax);
    field->field = (TamisMessageField)which;
    tamis_parser_advance(parser);
    if (!parse_field_value(parser, field) || !tamis_parser_expect_semicolon(parser))
        return FALSE;
    field->span = tamis_parser_span_from(parser, span);
    *message->tail = field;
    message->tail = &field->next;
    return TRUE;
}

static gboolean
parse_message(TamisParser *parser, TamisTestStepSyntax *step)
{
    Message message = {.tail = &step->fields};
    gboolean is_good = tamis_parser_expect_keyword(parser, TAMIS_KEYWORD_TO);

    step->is_message = TRUE;
    if (is_good)
        step->to = tamis_parse_value(parser, "a mailbox's address");
    if (step->to == NULL && !tamis_parser_skip_to_block(parser))
        return FALSE;
    tamis_parser_block(parser, &message_block, parse_field, &message);
    return step->to != NULL;
}

static gboolean
parse_expectation(TamisParser *parser, TamisTestStepSyntax *step)
{
    switch (step->expect) {
    case TAMIS_EXPECT_FORWARD:
        step->encrypted = tamis_parser_accept_keyword(parser, TAMIS_KEYWORD_ENCRYPTED);
        if (!tamis_parser_accept_keyword(parser, TAMIS_KEYWORD_TO))
            return TRUE;
        step->value = tamis_parse_value(parser, "an address");
        break;
    case TAMIS_EXPECT_MARK:
        step->value = tamis_parse_string(parser, "a header field in quotes");
        break;
    case TAMIS_EXPECT_FILE:
        if (!tamis_parser_expect_keyword(parser, TAMIS_KEYWORD_IN))
            return FALSE;
        step->value = tamis_parse_string(parser, "a folder in quotes");
        break;
    case TAMIS_EXPECT_DELIVERY:
        if (!tamis_parser_expect_keyword(parser, TAMIS_KEYWORD_TO))
            return FALSE;
        step->value = tamis_parse_value(parser, "an address");
        break;
    default:
        return TRUE;
    }
    return step->value != NULL;
}

static gboolean
parse_expect(TamisParser *parser, TamisTestStepSyntax *step)
{
    guint which;

    step->negated = tamis_parser_accept_keyword(parser, TAMIS_KEYWORD_NO);
    if (!index_of(expectations, G_N_ELEMENTS(expectations), parser->keyword, &which)) {
        tamis_parser_expected(parser, "'forward', 'mark', 'copy', 'reply', 'reject', 'discard', "
                                      "'file in' or 'delivery to'");
        return FALSE;
    }
    step->expect = (TamisExpectKind)which;
    tamis_parser_advance(parser);
    return parse_expectation(parser, step) && tamis_parser_expect_semicolon(parser);
}

typedef struct {
    TamisTestStepSyntax **tail;
    gboolean has_message; /* one was begun, well or not */
} Test;

static gboolean
parse_step(TamisParser *parser, gpointer data)
{
    Test *test = data;
    TamisSpan span = parser->token.span;
    TamisTestStepSyntax *step = tamis_arena_new0(parser->arena, TamisTestStepSyntax);

    if (parser->keyword == TAMIS_KEYWORD_MESSAGE) {
        test->has_message = TRUE;
        tamis_parser_advance(parser);
        if (!parse_message(parser, step))
            return FALSE;
    } else if (parser->keyword == TAMIS_KEYWORD_EXPECT) {
        if (!test->has_message) {
            TamisDiagnostic *diagnostic =
                tamis_parser_fail(parser, span, "'expect' without a message above it");
            tamis_parser_help(parser, diagnostic, "write 'message to ADDRESS { … }' first");
        }
        tamis_parser_advance(parser);
        if (!parse_expect(parser, step))
            return FALSE;
    } else {
        return tamis_parser_no_statement(parser);
    }
    step->span = tamis_parser_span_from(parser, span);
    *test->tail = step;
    test->tail = &step->next;
    return TRUE;
}

gboolean
tamis_parse_test(TamisParser *parser, TamisDeclaration *declaration)
{
    Test test = {.tail = &declaration->test.steps};

    declaration->test.title = tamis_parse_string(parser, "a title in quotes");
    if (declaration->test.title == NULL && !tamis_parser_skip_to_block(parser))
        return FALSE;
    tamis_parser_block(parser, &tamis_test_block, parse_step, &test);
    return declaration->test.title != NULL;
}
