/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Recursive descent, bounded in depth. A fault is reported where it is seen; the rest of its
 * command is skipped and the command marked as broken, with its block read all the same. */
#include "grammar/sieve/parser.h"

#include "grammar/sieve/lexer.h"
#include "grammar/sieve/table.h"

#include <string.h>

typedef struct {
    TamisSieveLexer lexer;
    TamisArena *arena;
    TamisReport *report;
    guint depth;                   /* of blocks */
    guint test_depth;              /* of tests in the current command */
    TamisSieveComment **inner_end; /* where comments inside the current command go */
    gboolean failed;               /* in the current command */
} Parser;

static TamisSieveCommand *
parse_commands(Parser *parser, TamisSieveComment *comments, TamisSieveComment **out_last);

static inline TamisSieveTokenKind
peek(const Parser *parser)
{
    return parser->lexer.kind;
}

static inline TamisSpan
token_span(const Parser *parser)
{
    return tamis_sieve_lexer_span(&parser->lexer, parser->lexer.start, parser->lexer.end);
}

/* Right behind the previous token. */
static TamisSpan
gap_span(const Parser *parser)
{
    const TamisSieveLexer *lexer = &parser->lexer;
    return tamis_sieve_lexer_span(lexer, lexer->previous_end, lexer->previous_end);
}

/* From a token's start to the end of the last token that was taken. */
static inline TamisSpan
span_from(const Parser *parser, const char *start)
{
    return tamis_sieve_lexer_span(&parser->lexer, start, parser->lexer.previous_end);
}

/* Takes the token; comments in the gap behind it stand between the command's words, unless it is
 * over. */
static void
take(Parser *parser)
{
    tamis_sieve_lexer_next(&parser->lexer);
}

/* Gives the comments before the current token to the current command. */
static inline void
keep_inner_comments(Parser *parser)
{
    if (G_LIKELY(parser->lexer.comments == NULL))
        return;
    *parser->inner_end = parser->lexer.comments;
    while (*parser->inner_end != NULL)
        parser->inner_end = &(*parser->inner_end)->next;
    parser->lexer.comments = NULL;
}

static const char *
describe_token(const Parser *parser, char *buffer, gsize size_bytes)
{
    const TamisSieveLexer *lexer = &parser->lexer;

    switch (lexer->kind) {
    case TAMIS_SIEVE_TOKEN_END:
        return "the end of the script";
    case TAMIS_SIEVE_TOKEN_STRING:
        return "a string";
    case TAMIS_SIEVE_TOKEN_NUMBER:
        return "a number";
    default:
        g_snprintf(buffer, size_bytes, "'%.*s'", (int)MIN(lexer->end - lexer->start, 40),
                   lexer->start);
        return buffer;
    }
}

/* Where a string that runs over its line's end stands right before the fault, its closing quote is
 * likely to be the opening one of the next. */
static void
suspect_string(Parser *parser, TamisDiagnostic *diagnostic)
{
    const TamisSieveLexer *lexer = &parser->lexer;

    if (lexer->previous_kind != TAMIS_SIEVE_TOKEN_STRING || *lexer->previous_start != '"' ||
        memchr(lexer->previous_start, '\n', (gsize)(lexer->previous_end - lexer->previous_start)) ==
            NULL)
        return;
    tamis_report_relate(parser->report, diagnostic,
                        tamis_sieve_lexer_span(lexer, lexer->previous_start, lexer->previous_end),
                        "this string runs over the end of its line: is its closing quote missing?");
}

/* The command cannot be read on; help is the remedy. NULL if the fault has been reported by the lexer. */
static TamisDiagnostic *
fail(Parser *parser, TamisSpan span, const char *help, const char *format, ...)
{
    va_list arguments;

    parser->failed = TRUE;
    if (peek(parser) == TAMIS_SIEVE_TOKEN_GARBAGE ||
        (peek(parser) == TAMIS_SIEVE_TOKEN_END && parser->lexer.is_cut_off))
        return NULL;
    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    TamisDiagnostic *diagnostic = tamis_sieve_lexer_error(&parser->lexer, span, "%s", message);
    suspect_string(parser, diagnostic);
    tamis_report_help(parser->report, diagnostic, "%s", help);
    return diagnostic;
}

static void
fail_unexpected(Parser *parser, const char *expected, const char *help)
{
    char buffer[64];

    fail(parser, token_span(parser), help, "%s where %s should stand",
         describe_token(parser, buffer, sizeof buffer), expected);
}

static void
fail_no_test(Parser *parser)
{
    fail_unexpected(
        parser, "a test",
        "write a test, such as 'header :contains \"subject\" \"…\"' (RFC 5228, section 5)");
}

/* A sign is missing behind the previous token. */
static void
fail_missing(Parser *parser, const char *sign, const char *behind, guint32 behind_length)
{
    TamisSpan span = gap_span(parser);
    const char *help = *sign == ';' ? "end the command with ';' (RFC 5228, section 2.9)"
                                    : "write the block in '{' and '}' (RFC 5228, section 2.9)";
    TamisDiagnostic *diagnostic = fail(parser, span, help, "'%s' is missing behind '%.*s'", sign,
                                       (int)MIN(behind_length, 40), behind);
    if (diagnostic != NULL)
        tamis_report_edit(parser->report, diagnostic, span, sign);
}

/* Whether the token is a command and never a test: where one stands as a test, a sign is missing before it. */
static gboolean
is_command_word(const Parser *parser)
{
    const TamisSieveLexer *lexer = &parser->lexer;
    gsize length = (gsize)(lexer->end - lexer->start);

    return lexer->kind == TAMIS_SIEVE_TOKEN_WORD &&
           tamis_sieve_find_test(lexer->start, length) == NULL &&
           tamis_sieve_find_command(lexer->start, length) != NULL;
}

/* Strings and other arguments -------------------------------------------------------------------
 */

static TamisSieveString *
parse_string(Parser *parser)
{
    TamisSieveString *string = tamis_arena_new0(parser->arena, TamisSieveString);

    keep_inner_comments(parser);
    string->text = parser->lexer.value;
    string->length_bytes = parser->lexer.value_length;
    string->form = parser->lexer.form;
    string->is_literal = parser->lexer.is_literal;
    string->span = token_span(parser);
    take(parser);
    return string;
}

static void
fail_comma_at_end(Parser *parser, char close)
{
    const TamisSieveLexer *lexer = &parser->lexer;
    TamisSpan span = tamis_sieve_lexer_span(lexer, lexer->previous_start, lexer->previous_end);
    TamisDiagnostic *diagnostic =
        fail(parser, span, "take it out, or write what should follow", "',' before '%c'", close);

    if (diagnostic != NULL)
        tamis_report_edit(parser->report, diagnostic, span, "");
}

/* Behind `[`. */
static void
parse_list(Parser *parser, TamisSieveArgument *argument)
{
    TamisSieveString **end = &argument->strings;

    for (;;) {
        if (peek(parser) == TAMIS_SIEVE_TOKEN_RIGHT_BRACKET && argument->n_strings > 0) {
            fail_comma_at_end(parser, ']');
            parser->failed = FALSE;
            break;
        }
        if (peek(parser) != TAMIS_SIEVE_TOKEN_STRING) {
            if (peek(parser) == TAMIS_SIEVE_TOKEN_RIGHT_BRACKET)
                fail(parser, token_span(parser),
                     "write at least one string in it (RFC 5228, section 2.4.2.1)",
                     "an empty list");
            else
                fail_unexpected(parser, "a string of the list",
                                "write strings in double quotes, with ',' between them "
                                "(RFC 5228, section 2.4.2.1)");
            return;
        }
        *end = parse_string(parser);
        end = &(*end)->next;
        argument->n_strings++;
        keep_inner_comments(parser);
        if (peek(parser) == TAMIS_SIEVE_TOKEN_STRING) {
            TamisSpan gap = gap_span(parser);
            TamisDiagnostic *diagnostic = fail(parser, gap, "write ',' between them",
                                               "',' is missing between two strings of a list");
            tamis_report_edit(parser->report, diagnostic, gap, ",");
            parser->failed = FALSE;
            continue;
        }
        if (peek(parser) != TAMIS_SIEVE_TOKEN_COMMA)
            break;
        take(parser);
        keep_inner_comments(parser);
    }
    if (peek(parser) == TAMIS_SIEVE_TOKEN_RIGHT_BRACKET) {
        take(parser);
        return;
    }
    TamisDiagnostic *diagnostic = fail(parser, gap_span(parser), "write ']' behind its last string",
                                       "']' is missing behind the list");
    if (diagnostic != NULL)
        tamis_report_edit(parser->report, diagnostic, gap_span(parser), "]");
}

/* Arguments before the tests, linked from *end. */
static void
parse_arguments(Parser *parser, TamisSieveArgument **end)
{
    for (;;) {
        const TamisSieveLexer *lexer = &parser->lexer;
        TamisSieveTokenKind kind = lexer->kind;
        const char *start = lexer->start;

        if (kind < TAMIS_SIEVE_TOKEN_TAG ||
            (kind > TAMIS_SIEVE_TOKEN_STRING && kind != TAMIS_SIEVE_TOKEN_LEFT_BRACKET))
            return;
        TamisSieveArgument *argument = tamis_arena_new0(parser->arena, TamisSieveArgument);
        *end = argument;
        end = &argument->next;
        keep_inner_comments(parser);
        switch (kind) {
        case TAMIS_SIEVE_TOKEN_TAG:
            argument->kind = TAMIS_SIEVE_TAG;
            argument->name = start + 1;
            argument->name_length = (guint32)(lexer->end - start - 1);
            take(parser);
            break;
        case TAMIS_SIEVE_TOKEN_NUMBER:
            argument->kind = TAMIS_SIEVE_NUMBER;
            argument->number = lexer->number;
            argument->quantifier = lexer->quantifier;
            take(parser);
            break;
        case TAMIS_SIEVE_TOKEN_STRING:
            argument->kind = TAMIS_SIEVE_STRING;
            argument->n_strings = 1;
            argument->strings = parse_string(parser);
            break;
        default:
            argument->kind = TAMIS_SIEVE_LIST;
            take(parser);
            parse_list(parser, argument);
            break;
        }
        argument->span = span_from(parser, start);
        if (parser->failed)
            return;
    }
}

/* Tests -----------------------------------------------------------------------------------------
 */

static TamisSieveTest *parse_tests(Parser *parser, gboolean *out_is_list);

static TamisSieveTest *
parse_test(Parser *parser)
{
    const char *start = parser->lexer.start;
    TamisSieveTest *test = tamis_arena_new0(parser->arena, TamisSieveTest);

    keep_inner_comments(parser);
    test->name = start;
    test->name_length = (guint32)(parser->lexer.end - start);
    test->word = tamis_sieve_find_test(test->name, test->name_length);
    take(parser);
    parse_arguments(parser, &test->arguments);
    if (!parser->failed)
        test->tests = parse_tests(parser, &test->is_list);
    test->span = span_from(parser, start);
    return test;
}

/* Behind `(`. */
static TamisSieveTest *
parse_test_list(Parser *parser)
{
    TamisSieveTest *first = NULL, **end = &first;

    for (;;) {
        if (peek(parser) == TAMIS_SIEVE_TOKEN_RIGHT_PAREN && first != NULL) {
            fail_comma_at_end(parser, ')');
            parser->failed = FALSE;
            break;
        }
        if (peek(parser) != TAMIS_SIEVE_TOKEN_WORD || is_command_word(parser)) {
            fail_no_test(parser);
            return first;
        }
        *end = parse_test(parser);
        end = &(*end)->next;
        if (parser->failed)
            return first;
        keep_inner_comments(parser);
        if (peek(parser) != TAMIS_SIEVE_TOKEN_COMMA)
            break;
        take(parser);
        keep_inner_comments(parser);
    }
    if (peek(parser) == TAMIS_SIEVE_TOKEN_RIGHT_PAREN) {
        take(parser);
        return first;
    }
    TamisDiagnostic *diagnostic =
        fail(parser, gap_span(parser), "write ')' behind the last test, or ',' before the next",
             "')' is missing behind the list of tests");
    if (diagnostic != NULL)
        tamis_report_edit(parser->report, diagnostic, gap_span(parser), ")");
    return first;
}

static TamisSieveTest *
parse_tests(Parser *parser, gboolean *out_is_list)
{
    TamisSieveTokenKind kind = peek(parser);
    TamisSieveTest *tests = NULL;

    *out_is_list = kind == TAMIS_SIEVE_TOKEN_LEFT_PAREN;
    if (kind != TAMIS_SIEVE_TOKEN_LEFT_PAREN &&
        (kind != TAMIS_SIEVE_TOKEN_WORD || is_command_word(parser)))
        return NULL;
    if (parser->test_depth >= TAMIS_SIEVE_MAX_NESTING) {
        fail(parser, token_span(parser), "take 'not not' and lists of one test away",
             "tests nest more than %d deep", TAMIS_SIEVE_MAX_NESTING);
        return NULL;
    }
    parser->test_depth++;
    if (*out_is_list) {
        keep_inner_comments(parser);
        take(parser);
        tests = parse_test_list(parser);
    } else {
        tests = parse_test(parser);
    }
    parser->test_depth--;
    return tests;
}

/* Commands --------------------------------------------------------------------------------------
 */

/* To the semicolon or brace that ends the broken command, or to the next command. */
static void
skip_command(Parser *parser)
{
    parser->lexer.is_quiet = TRUE;
    for (;;) {
        TamisSieveTokenKind kind = peek(parser);
        if (kind == TAMIS_SIEVE_TOKEN_END || kind == TAMIS_SIEVE_TOKEN_SEMICOLON ||
            kind == TAMIS_SIEVE_TOKEN_LEFT_BRACE || kind == TAMIS_SIEVE_TOKEN_RIGHT_BRACE)
            break;
        if (parser->lexer.is_on_new_line && is_command_word(parser))
            break;
        keep_inner_comments(parser);
        take(parser);
    }
    parser->lexer.is_quiet = FALSE;
}

/* Takes those that stand on the line of what precedes them off the front of the list. */
static TamisSieveComment *
split_trailing(TamisSieveComment **comments)
{
    TamisSieveComment *first = *comments, *last = NULL;

    for (TamisSieveComment *comment = first; comment != NULL && comment->is_behind;
         comment = comment->next)
        last = comment;
    if (last == NULL)
        return NULL;
    *comments = last->next;
    last->next = NULL;
    return first;
}

static TamisSieveComment *
join_comments(TamisSieveComment *first, TamisSieveComment *second)
{
    TamisSieveComment **end = &first;

    while (*end != NULL)
        end = &(*end)->next;
    *end = second;
    return first;
}

/* Over a block that is too deep, to its closing brace. */
static void
skip_block(Parser *parser)
{
    guint64 depth = 0;

    parser->lexer.is_quiet = TRUE;
    for (; peek(parser) != TAMIS_SIEVE_TOKEN_END; take(parser)) {
        if (peek(parser) == TAMIS_SIEVE_TOKEN_LEFT_BRACE)
            depth++;
        if (peek(parser) == TAMIS_SIEVE_TOKEN_RIGHT_BRACE && depth-- == 0)
            break;
    }
    parser->lexer.is_quiet = FALSE;
}

/* At `{`; comments stood before it. */
static void
parse_block(Parser *parser, TamisSieveCommand *command)
{
    TamisSpan brace = token_span(parser);
    TamisSieveComment *comments = parser->lexer.comments;

    command->has_block = TRUE;
    take(parser);
    comments = join_comments(comments, parser->lexer.comments);
    parser->lexer.comments = NULL;
    if (parser->depth >= TAMIS_SIEVE_MAX_NESTING) {
        TamisDiagnostic *diagnostic = tamis_sieve_lexer_error(
            &parser->lexer, brace, "blocks nest more than %d deep", TAMIS_SIEVE_MAX_NESTING);
        tamis_report_help(parser->report, diagnostic,
                          "join the tests of blocks inside each other with 'allof'");
        command->block_comments = comments;
        skip_block(parser);
    } else {
        parser->depth++;
        command->block = parse_commands(parser, comments, &command->block_comments);
        parser->depth--;
    }
    if (peek(parser) == TAMIS_SIEVE_TOKEN_RIGHT_BRACE) {
        take(parser);
        return;
    }
    parser->failed = FALSE;
    fail(parser, brace, "write '}' where it ends", "the block is not closed");
    /* Blocks around it are open too, which is no other fault. */
    parser->lexer.is_cut_off = TRUE;
}

/* `else if`, as other languages have it. */
static void
join_else_if(Parser *parser, TamisSieveCommand *command)
{
    guint32 length = (guint32)(parser->lexer.end - parser->lexer.start);

    if (peek(parser) != TAMIS_SIEVE_TOKEN_WORD ||
        !tamis_sieve_name_is(command->name, command->name_length, "else") ||
        !tamis_sieve_name_is(parser->lexer.start, length, "if"))
        return;
    TamisSpan span = tamis_span_join(tamis_sieve_command_name_span(command), token_span(parser));
    TamisDiagnostic *diagnostic =
        tamis_sieve_lexer_error(&parser->lexer, span, "'else if' is one word in Sieve");
    tamis_report_help(parser->report, diagnostic, "write 'elsif'");
    tamis_report_edit(parser->report, diagnostic, span, "elsif");
    command->name = "elsif";
    command->name_length = strlen("elsif");
    command->word = tamis_sieve_find_command(command->name, command->name_length);
    keep_inner_comments(parser);
    take(parser);
}

static gboolean
takes_block(const TamisSieveCommand *command)
{
    return command->word != NULL && command->word->takes_block;
}

/* What takes a test has a command in its place: `if keep { … }`. */
static gboolean
has_command_for_test(const Parser *parser, const TamisSieveCommand *command)
{
    return takes_block(command) && command->tests == NULL && command->arguments == NULL &&
           !parser->lexer.is_on_new_line && is_command_word(parser);
}

/* Whether the command is over, and only its last sign is missing. */
static gboolean
is_end_missing(const Parser *parser, const TamisSieveCommand *command)
{
    return peek(parser) == TAMIS_SIEVE_TOKEN_END || peek(parser) == TAMIS_SIEVE_TOKEN_RIGHT_BRACE ||
           (is_command_word(parser) && !has_command_for_test(parser, command));
}

/* What to do about the token that stands where the semicolon or the block should. */
static const char *
end_remedy(const Parser *parser, const TamisSieveCommand *command)
{
    const TamisSieveLexer *lexer = &parser->lexer;
    guint32 length = (guint32)(lexer->end - lexer->start);

    if (command->tests != NULL && lexer->kind == TAMIS_SIEVE_TOKEN_WORD &&
        tamis_sieve_name_is(lexer->start, length, "and"))
        return "join tests that must all hold as 'allof (…, …)'";
    if (command->tests != NULL && lexer->kind == TAMIS_SIEVE_TOKEN_WORD &&
        tamis_sieve_name_is(lexer->start, length, "or"))
        return "join tests of which one must hold as 'anyof (…, …)'";
    if (command->tests != NULL &&
        (lexer->kind == TAMIS_SIEVE_TOKEN_COMMA || lexer->kind == TAMIS_SIEVE_TOKEN_WORD))
        return "join several tests as 'allof (…, …)' or 'anyof (…, …)'";
    if (lexer->kind == TAMIS_SIEVE_TOKEN_RIGHT_PAREN ||
        lexer->kind == TAMIS_SIEVE_TOKEN_RIGHT_BRACKET)
        return "take it out, or open what it closes";
    return takes_block(command) ? "take it out, and write the block in '{' and '}'"
                                : "take it out, and end the command with ';'";
}

/* Something else stands where the semicolon or the block should. */
static void
fail_end(Parser *parser, const TamisSieveCommand *command)
{
    char buffer[64];

    if (has_command_for_test(parser, command))
        fail_no_test(parser);
    else
        fail(parser, token_span(parser), end_remedy(parser, command),
             "%s where '%s' should stand, behind '%.*s'",
             describe_token(parser, buffer, sizeof buffer), takes_block(command) ? "{" : ";",
             (int)MIN(command->name_length, 40), command->name);
}

/* Semicolon or block. */
static void
parse_end(Parser *parser, TamisSieveCommand *command)
{
    if (!parser->failed && peek(parser) != TAMIS_SIEVE_TOKEN_SEMICOLON &&
        peek(parser) != TAMIS_SIEVE_TOKEN_LEFT_BRACE) {
        if (is_end_missing(parser, command)) {
            fail_missing(parser, takes_block(command) ? "{" : ";", command->name,
                         command->name_length);
            command->is_broken = takes_block(command) || parser->lexer.is_cut_off;
            return;
        }
        fail_end(parser, command);
    }
    command->is_broken = parser->failed;
    if (parser->failed)
        skip_command(parser);
    if (peek(parser) == TAMIS_SIEVE_TOKEN_LEFT_BRACE) {
        parse_block(parser, command);
    } else if (peek(parser) == TAMIS_SIEVE_TOKEN_SEMICOLON) {
        command->trailing = parser->lexer.comments;
        take(parser);
    }
}

static TamisSieveCommand *
parse_command(Parser *parser, TamisSieveComment *comments)
{
    const char *start = parser->lexer.start;
    TamisSieveCommand *command = tamis_arena_new0(parser->arena, TamisSieveCommand);

    parser->failed = FALSE;
    parser->inner_end = &command->inner;
    command->span = token_span(parser);
    command->name = start;
    command->name_length = (guint32)(parser->lexer.end - start);
    command->word = tamis_sieve_find_command(command->name, command->name_length);
    command->blank_line_before = parser->lexer.has_blank_line;
    command->comments = comments;
    take(parser);
    join_else_if(parser, command);
    parse_arguments(parser, &command->arguments);
    if (!parser->failed) {
        gboolean is_list;
        command->tests = parse_tests(parser, &is_list);
        command->is_list = is_list;
    }
    parse_end(parser, command);
    command->span = span_from(parser, start);
    command->trailing = join_comments(command->trailing, split_trailing(&parser->lexer.comments));
    return command;
}

/* At a token that begins no command. */
static void
skip_stray(Parser *parser)
{
    TamisDiagnostic *diagnostic;

    parser->failed = FALSE;
    switch (peek(parser)) {
    case TAMIS_SIEVE_TOKEN_RIGHT_BRACE:
        fail(parser, token_span(parser), "take it out, or write the '{' that it closes",
             "'}' closes no block");
        take(parser);
        return;
    case TAMIS_SIEVE_TOKEN_SEMICOLON:
        diagnostic = fail(parser, token_span(parser), "take it out", "';' ends no command");
        tamis_report_edit(parser->report, diagnostic, token_span(parser), "");
        break;
    default:
        fail_unexpected(parser, "a command",
                        "take it out, or write the command that it belongs to before it");
        break;
    }
    skip_command(parser);
    if (peek(parser) == TAMIS_SIEVE_TOKEN_SEMICOLON)
        take(parser);
}

/* Up to the closing brace or the end. comments stand before the first; those behind the last
 * command are returned in out_last. */
static TamisSieveCommand *
parse_commands(Parser *parser, TamisSieveComment *comments, TamisSieveComment **out_last)
{
    TamisSieveCommand *first = NULL, **end = &first;

    for (;;) {
        TamisSieveTokenKind kind = peek(parser);
        comments = join_comments(comments, parser->lexer.comments);
        parser->lexer.comments = NULL;
        if (kind == TAMIS_SIEVE_TOKEN_END ||
            (kind == TAMIS_SIEVE_TOKEN_RIGHT_BRACE && parser->depth > 0))
            break;
        if (kind == TAMIS_SIEVE_TOKEN_WORD) {
            *end = parse_command(parser, comments);
            end = &(*end)->next;
            comments = NULL;
        } else if (kind == TAMIS_SIEVE_TOKEN_LEFT_BRACE) {
            TamisSieveCommand stray = {.name = ""};
            fail_unexpected(parser, "a command",
                            "write what the block belongs to before it: 'if', 'elsif' or 'else'");
            parse_block(parser, &stray);
        } else {
            parser->inner_end = &comments;
            while (*parser->inner_end != NULL)
                parser->inner_end = &(*parser->inner_end)->next;
            skip_stray(parser);
        }
    }
    *out_last = comments;
    return first;
}

TamisSieveScript *
tamis_sieve_parse(TamisSourceId source, TamisArena *arena, TamisReport *report)
{
    TamisSieveScript *script = tamis_arena_new0(arena, TamisSieveScript);
    Parser parser = {.arena = arena, .report = report};

    tamis_sieve_lexer_init(&parser.lexer, source, arena, report);
    tamis_sieve_lexer_next(&parser.lexer);
    script->source = source;
    script->has_bom = parser.lexer.has_bom;
    script->commands = parse_commands(&parser, NULL, &script->comments);
    script->n_errors = parser.lexer.n_errors;
    return script;
}
