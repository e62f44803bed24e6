/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What was meant by whole constructs that Sieve does not have, told from what follows; the parser then goes on as
 * if the right one stood there. One report for each, with its fix. */
#include "grammar/sieve/parser-private.h"
#include "grammar/sieve/table.h"

#include <string.h>

typedef TamisSieveParser Parser;

static void
replace(Parser *parser, TamisDiagnostic *diagnostic, const char *text)
{
    tamis_report_edit(parser->report, diagnostic, tamis_sieve_token_span(parser), text);
}

/* What stands behind the current token and blanks. */
static const char *
behind_token(const Parser *parser)
{
    const char *at = parser->lexer.end;

    while (at < parser->lexer.limit && g_ascii_isspace(*at))
        at++;
    return at;
}

static gboolean
begins_test(const Parser *parser, const char *start)
{
    const char *end = start;

    while (end < parser->lexer.limit && (g_ascii_isalnum(*end) || *end == '_'))
        end++;
    return end > start && tamis_sieve_find_test(start, (gsize)(end - start)) != NULL &&
           tamis_sieve_find_command(start, (gsize)(end - start)) == NULL;
}

gboolean
tamis_sieve_goes_on_behind_string(const Parser *parser)
{
    const char *at = behind_token(parser), *limit = parser->lexer.limit;

    for (at++; at < limit && *at != '"'; at++)
        at += *at == '\\';
    for (at++; at < limit && g_ascii_isspace(*at);)
        at++;
    return at < limit && (*at == '"' || *at == ',');
}

TamisDiagnostic *
tamis_sieve_guess_list(Parser *parser)
{
    const char *next = behind_token(parser);

    if (tamis_sieve_peek(parser) != TAMIS_SIEVE_TOKEN_LEFT_PAREN || next == parser->lexer.limit ||
        *next != '"')
        return NULL;
    TamisDiagnostic *diagnostic = tamis_sieve_lexer_error(
        &parser->lexer, tamis_sieve_token_span(parser), "a list of strings in parentheses");
    tamis_report_help(parser->report, diagnostic,
                      "write '[' and ']' around it (RFC 5228, section 2.4.2.1)");
    replace(parser, diagnostic, "[");
    return diagnostic;
}

TamisDiagnostic *
tamis_sieve_guess_tests(Parser *parser, const TamisSieveTest *owner)
{
    if (tamis_sieve_peek(parser) != TAMIS_SIEVE_TOKEN_LEFT_BRACE || owner == NULL ||
        owner->word == NULL || owner->word->tests != TAMIS_SIEVE_TESTS_LIST ||
        !begins_test(parser, behind_token(parser)))
        return NULL;
    TamisDiagnostic *diagnostic =
        tamis_sieve_lexer_error(&parser->lexer, tamis_sieve_token_span(parser),
                                "the tests of '%s' in braces", owner->word->name);
    tamis_report_help(parser->report, diagnostic,
                      "write '(' and ')' around them (RFC 5228, section 2.6.1)");
    replace(parser, diagnostic, "(");
    return diagnostic;
}

gboolean
tamis_sieve_guess_comma(Parser *parser, gboolean is_of_tests)
{
    const char *next;

    if (tamis_sieve_peek(parser) != TAMIS_SIEVE_TOKEN_SEMICOLON ||
        (next = behind_token(parser)) == parser->lexer.limit ||
        !(is_of_tests ? begins_test(parser, next) : *next == '"'))
        return FALSE;
    TamisDiagnostic *diagnostic = tamis_sieve_lexer_error(
        &parser->lexer, tamis_sieve_token_span(parser),
        is_of_tests ? "';' between two tests of a list" : "';' between two strings of a list");
    tamis_report_help(parser->report, diagnostic, "write ',' between them");
    replace(parser, diagnostic, ",");
    return TRUE;
}

gboolean
tamis_sieve_guess_call(Parser *parser, const TamisSieveCommand *command)
{
    const char *next;

    if (G_LIKELY(tamis_sieve_peek(parser) != TAMIS_SIEVE_TOKEN_LEFT_PAREN) ||
        command->word == NULL || command->word->tests != TAMIS_SIEVE_TESTS_NONE ||
        (next = behind_token(parser)) == parser->lexer.limit ||
        (*next != ')' && *next != '"' && *next != ':'))
        return FALSE;
    if (*next == '"' && command->word->n_parameters > 0 &&
        tamis_sieve_type_shape((TamisSieveType)command->word->parameters[0].type) ==
            TAMIS_SIEVE_SHAPE_STRINGS)
        return FALSE; /* a list */
    TamisDiagnostic *diagnostic =
        tamis_sieve_fail(parser, tamis_sieve_token_span(parser),
                         "write them behind the name, without parentheses and commas (RFC 5228, "
                         "section 2.6)",
                         "the arguments of '%s' in parentheses", command->word->name);
    if (diagnostic == NULL || *next != ')')
        return TRUE;
    replace(parser, diagnostic, "");
    tamis_report_edit(parser->report, diagnostic,
                      tamis_sieve_lexer_span(&parser->lexer, next, next + 1), "");
    return TRUE;
}

void
tamis_sieve_guess_closed(Parser *parser, TamisDiagnostic *guessed, const char *sign)
{
    replace(parser, guessed, sign);
    tamis_sieve_take(parser);
}

void
tamis_sieve_guess_block(Parser *parser, const TamisSieveCommand *command)
{
    const char *next;

    if (command->word == NULL || !command->word->takes_block ||
        tamis_sieve_peek(parser) != TAMIS_SIEVE_TOKEN_SEMICOLON ||
        (next = behind_token(parser)) == parser->lexer.limit || *next != '{')
        return;
    TamisDiagnostic *diagnostic =
        tamis_sieve_lexer_error(&parser->lexer, tamis_sieve_token_span(parser),
                                "';' between '%s' and its block", command->word->name);
    tamis_report_help(parser->report, diagnostic, "take it out (RFC 5228, section 3.1)");
    replace(parser, diagnostic, "");
    tamis_sieve_keep_inner_comments(parser);
    tamis_sieve_take(parser);
}

/* At a word where a string should stand. */
void
tamis_sieve_fail_bare_text(Parser *parser)
{
    const TamisSieveLexer *lexer = &parser->lexer;
    TamisDiagnostic *diagnostic = tamis_sieve_fail(
        parser, tamis_sieve_token_span(parser), "put it in double quotes",
        "the text '%.*s' is not in quotes", (int)MIN(lexer->end - lexer->start, 80), lexer->start);

    if (diagnostic == NULL || lexer->end == lexer->limit || strchr(";,]", *lexer->end) == NULL)
        return; /* perhaps it has another word */
    tamis_report_edit(parser->report, diagnostic,
                      tamis_sieve_lexer_span(lexer, lexer->start, lexer->start), "\"");
    tamis_report_edit(parser->report, diagnostic,
                      tamis_sieve_lexer_span(lexer, lexer->end, lexer->end), "\"");
}

void
tamis_sieve_fail_bare_word(Parser *parser, const TamisSieveTest *owner)
{
    if (owner == NULL || owner->word == NULL || owner->word->tests != TAMIS_SIEVE_TESTS_LIST ||
        !begins_test(parser, parser->lexer.start))
        tamis_sieve_fail_bare_text(parser);
    else
        tamis_sieve_fail(parser, tamis_sieve_token_span(parser),
                         "write '(' and ')' around them (RFC 5228, section 2.6.1)",
                         "the tests of '%s' in brackets", owner->word->name);
}

gboolean
tamis_sieve_guess_thousands(Parser *parser)
{
    TamisSieveLexer *lexer = &parser->lexer;
    const char *start = lexer->previous_start, *end = lexer->end;

    if (lexer->kind != TAMIS_SIEVE_TOKEN_COMMA ||
        lexer->previous_kind != TAMIS_SIEVE_TOKEN_NUMBER || lexer->previous_end != lexer->start ||
        end == lexer->limit || !g_ascii_isdigit(*end))
        return FALSE;
    while (end < lexer->limit && (g_ascii_isalnum(*end) || *end == ','))
        end++;
    lexer->end = end;
    tamis_sieve_lexer_explain_fraction(lexer, start);
    parser->failed = TRUE;
    return TRUE;
}

gboolean
tamis_sieve_guess_bare_word(Parser *parser, const TamisSieveCommand *command)
{
    const TamisSieveLexer *lexer = &parser->lexer;

    if (lexer->kind != TAMIS_SIEVE_TOKEN_WORD || lexer->is_on_new_line || command->word == NULL ||
        command->word->n_required == 0 || command->word->takes_block || command->arguments != NULL)
        return FALSE;
    tamis_sieve_fail_bare_text(parser);
    return TRUE;
}

/* `elseif` and `elif`, and `else if` as two words. */
void
tamis_sieve_guess_elsif(Parser *parser, TamisSieveCommand *command)
{
    guint32 length = (guint32)(parser->lexer.end - parser->lexer.start);
    TamisSpan span = tamis_sieve_command_name_span(command);
    TamisDiagnostic *diagnostic;

    if (tamis_sieve_name_is(command->name, command->name_length, "elseif") ||
        tamis_sieve_name_is(command->name, command->name_length, "elif")) {
        diagnostic = tamis_sieve_lexer_error(&parser->lexer, span, "'%.*s' is 'elsif' in Sieve",
                                             (int)command->name_length, command->name);
    } else if (tamis_sieve_peek(parser) == TAMIS_SIEVE_TOKEN_WORD &&
               tamis_sieve_name_is(command->name, command->name_length, "else") &&
               tamis_sieve_name_is(parser->lexer.start, length, "if")) {
        span = tamis_span_join(span, tamis_sieve_token_span(parser));
        diagnostic =
            tamis_sieve_lexer_error(&parser->lexer, span, "'else if' is one word in Sieve");
        tamis_sieve_keep_inner_comments(parser);
        tamis_sieve_take(parser);
    } else {
        return;
    }
    tamis_report_help(parser->report, diagnostic, "write 'elsif'");
    tamis_report_edit(parser->report, diagnostic, span, "elsif");
    command->name = "elsif";
    command->name_length = strlen("elsif");
    command->word = tamis_sieve_find_command(command->name, command->name_length);
}
