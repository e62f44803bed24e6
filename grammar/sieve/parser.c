/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Recursive descent, bounded in depth. A fault is reported where it is seen; the rest of its
 * command is skipped and the command marked as broken, with its block read all the same. */
#include "grammar/sieve/parser-private.h"
#include "grammar/sieve/table.h"

#include <string.h>

typedef TamisSieveParser Parser;

const char *
tamis_sieve_describe_token(const Parser *parser, char *buffer, gsize size_bytes)
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

TamisDiagnostic *
tamis_sieve_fail(Parser *parser, TamisSpan span, const char *help, const char *format, ...)
{
    va_list arguments;

    parser->failed = TRUE;
    if (tamis_sieve_peek(parser) == TAMIS_SIEVE_TOKEN_GARBAGE ||
        (tamis_sieve_peek(parser) == TAMIS_SIEVE_TOKEN_END && parser->lexer.is_cut_off))
        return NULL;
    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    TamisDiagnostic *diagnostic = tamis_sieve_lexer_error(&parser->lexer, span, "%s", message);
    suspect_string(parser, diagnostic);
    tamis_report_help(parser->report, diagnostic, "%s", help);
    return diagnostic;
}

void
tamis_sieve_fail_unexpected(Parser *parser, const char *expected, const char *help)
{
    char buffer[64];

    tamis_sieve_fail(parser, tamis_sieve_token_span(parser), help, "%s where %s should stand",
                     tamis_sieve_describe_token(parser, buffer, sizeof buffer), expected);
}

static void
fail_no_test(Parser *parser)
{
    tamis_sieve_fail_unexpected(
        parser, "a test",
        "write a test, such as 'header :contains \"subject\" \"…\"' (RFC 5228, section 5)");
}

/* A sign is missing behind the previous token. */
static void
fail_missing(Parser *parser, const char *sign, const char *behind, guint32 behind_length)
{
    TamisSpan span = tamis_sieve_gap_span(parser);
    const char *help = *sign == ';' ? "end the command with ';' (RFC 5228, section 2.9)"
                                    : "write the block in '{' and '}' (RFC 5228, section 2.9)";
    TamisDiagnostic *diagnostic =
        tamis_sieve_fail(parser, span, help, "'%s' is missing behind '%.*s'", sign,
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

/* Whether a test begins here. Keeps the word of it, for parse_test. */
static inline gboolean
is_test(Parser *parser)
{
    const TamisSieveLexer *lexer = &parser->lexer;
    gsize length = (gsize)(lexer->end - lexer->start);

    if (lexer->kind != TAMIS_SIEVE_TOKEN_WORD)
        return FALSE;
    parser->test_word = tamis_sieve_find_test(lexer->start, length);
    return G_LIKELY(parser->test_word != NULL) ||
           tamis_sieve_find_command(lexer->start, length) == NULL;
}

/* Long lists, which are heard while they are read ------------------------------------------------- */

/* What the tests of a command take before they are heard. */
#define MAX_PENDING_BYTES (64 * 1024)

gboolean
tamis_sieve_hear_open_tests(Parser *parser, TamisSieveOpenTests *open)
{
    gboolean is_wanted = open->outer == NULL || tamis_sieve_hear_open_tests(parser, open->outer);

    if (is_wanted)
        is_wanted = parser->hear_tests(parser->lexer.hearer, parser->command, open->owner,
                                       open->first, open->depth);
    for (const TamisSieveTest *test = open->first; test != NULL && open->owner != NULL;
         test = test->next)
        open->owner->n_heard++;
    open->first = NULL;
    open->end = &open->first;
    open->was_heard = TRUE;
    return is_wanted;
}

/* Tests -----------------------------------------------------------------------------------------
 */

static TamisSieveTest *
parse_some_tests(Parser *parser, TamisSieveTest *owner, gboolean *out_is_list);

/* A brace is that of the command's block, unless a list of tests is to stand there. */
static inline gboolean
may_begin_tests(const Parser *parser, const TamisSieveTest *owner)
{
    switch (tamis_sieve_peek(parser)) {
    case TAMIS_SIEVE_TOKEN_WORD:
    case TAMIS_SIEVE_TOKEN_LEFT_PAREN:
        return TRUE;
    case TAMIS_SIEVE_TOKEN_LEFT_BRACE:
        return owner != NULL && owner->word != NULL && owner->word->tests == TAMIS_SIEVE_TESTS_LIST;
    default:
        return FALSE;
    }
}

static inline TamisSieveTest *
parse_tests(Parser *parser, TamisSieveTest *owner, gboolean *out_is_list)
{
    *out_is_list = FALSE;
    return may_begin_tests(parser, owner) ? parse_some_tests(parser, owner, out_is_list) : NULL;
}

static TamisSieveTest *
parse_test(Parser *parser)
{
    const char *start = parser->lexer.start;
    TamisSieveTest *test = tamis_arena_new0(parser->arena, TamisSieveTest);

    tamis_sieve_keep_inner_comments(parser);
    test->span = tamis_sieve_token_span(parser);
    test->name = start;
    test->name_length = (guint32)(parser->lexer.end - start);
    test->word = parser->test_word;
    tamis_sieve_take(parser);
    tamis_sieve_parse_arguments(parser, test, &test->arguments);
    if (!parser->failed)
        test->tests = parse_tests(parser, test, &test->is_list);
    test->span = tamis_sieve_span_from(parser, start);
    return test;
}

/* Lets go of tests of a long list, when another one follows: so what is left is never an empty list. */
static void
let_go(Parser *parser, TamisSieveOpenTests *open)
{
    if (parser->hear_tests == NULL ||
        (!open->was_heard &&
         tamis_arena_used_bytes(parser->arena, parser->tests_mark) < MAX_PENDING_BYTES))
        return;
    if (!parser->is_passing && !tamis_sieve_is_broken_ahead(parser)) {
        tamis_sieve_hear_open_tests(parser, open);
    } else {
        open->first = NULL;
        open->end = &open->first;
    }
    tamis_arena_release(parser->arena, open->mark);
}

/* Behind `(`. */
static void
parse_open_tests(Parser *parser, TamisSieveOpenTests *open)
{
    for (;;) {
        if ((tamis_sieve_peek(parser) == TAMIS_SIEVE_TOKEN_RIGHT_PAREN ||
             (tamis_sieve_peek(parser) == TAMIS_SIEVE_TOKEN_RIGHT_BRACE &&
              open->guessed != NULL)) &&
            open->first != NULL) {
            tamis_sieve_fail_comma_at_end(parser, *parser->lexer.start);
            parser->failed = FALSE;
            break;
        }
        if (!is_test(parser)) {
            fail_no_test(parser);
            return;
        }
        let_go(parser, open);
        TamisSieveTest *test = parse_test(parser);
        *open->end = test; /* which may have moved meanwhile */
        open->end = &test->next;
        if (parser->failed)
            return;
        tamis_sieve_keep_inner_comments(parser);
        if (tamis_sieve_peek(parser) != TAMIS_SIEVE_TOKEN_COMMA &&
            !tamis_sieve_guess_comma(parser, TRUE))
            break;
        tamis_sieve_take(parser);
        tamis_sieve_keep_inner_comments(parser);
    }
    if (tamis_sieve_peek(parser) == TAMIS_SIEVE_TOKEN_RIGHT_PAREN) {
        tamis_sieve_take(parser);
        return;
    }
    if (open->guessed != NULL && tamis_sieve_peek(parser) == TAMIS_SIEVE_TOKEN_RIGHT_BRACE) {
        tamis_sieve_guess_closed(parser, open->guessed, ")");
        return;
    }
    TamisDiagnostic *diagnostic =
        tamis_sieve_fail(parser, tamis_sieve_gap_span(parser),
                         "write ')' behind the last test, or ',' before the next",
                         "')' is missing behind the list of tests");
    if (diagnostic != NULL)
        tamis_report_edit(parser->report, diagnostic, tamis_sieve_gap_span(parser), ")");
}

static TamisSieveTest *
parse_test_list(Parser *parser, TamisSieveTest *owner, TamisDiagnostic *guessed)
{
    TamisSieveOpenTests open = {
        .outer = parser->open_tests,
        .owner = owner,
        .end = &open.first,
        .mark = tamis_arena_mark(parser->arena),
        .depth = parser->test_depth,
        .guessed = guessed,
    };

    if (open.outer == NULL)
        parser->tests_mark = open.mark;
    parser->open_tests = &open;
    parse_open_tests(parser, &open);
    parser->open_tests = open.outer;
    parser->has_heard = open.was_heard;
    return open.first;
}

static TamisSieveTest *
parse_some_tests(Parser *parser, TamisSieveTest *owner, gboolean *out_is_list)
{
    TamisSieveTokenKind kind = tamis_sieve_peek(parser);
    TamisSieveTest *tests = NULL;
    TamisDiagnostic *guessed = NULL;

    if (kind == TAMIS_SIEVE_TOKEN_LEFT_BRACE)
        guessed = tamis_sieve_guess_tests(parser, owner);
    *out_is_list = kind == TAMIS_SIEVE_TOKEN_LEFT_PAREN || guessed != NULL;
    if (!*out_is_list && !is_test(parser))
        return NULL;
    if (parser->test_depth >= TAMIS_SIEVE_MAX_NESTING) {
        tamis_sieve_fail(parser, tamis_sieve_token_span(parser),
                         "take 'not not' and lists of one test away",
                         "tests nest more than %d deep", TAMIS_SIEVE_MAX_NESTING);
        return NULL;
    }
    parser->test_depth++;
    if (*out_is_list) {
        tamis_sieve_keep_inner_comments(parser);
        tamis_sieve_take(parser);
        tests = parse_test_list(parser, owner, guessed);
    } else {
        tests = parse_test(parser);
    }
    parser->test_depth--;
    return tests;
}

/* Commands --------------------------------------------------------------------------------------
 */

void
tamis_sieve_skip_command(Parser *parser)
{
    parser->lexer.is_quiet = TRUE;
    for (;;) {
        TamisSieveTokenKind kind = tamis_sieve_peek(parser);
        if (kind == TAMIS_SIEVE_TOKEN_END || kind == TAMIS_SIEVE_TOKEN_SEMICOLON ||
            kind == TAMIS_SIEVE_TOKEN_LEFT_BRACE || kind == TAMIS_SIEVE_TOKEN_RIGHT_BRACE)
            break;
        if (parser->lexer.is_on_new_line && is_command_word(parser))
            break;
        tamis_sieve_keep_inner_comments(parser);
        tamis_sieve_take(parser);
    }
    parser->lexer.is_quiet = FALSE;
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
    return takes_block(command) && command->word->tests != TAMIS_SIEVE_TESTS_NONE &&
           command->tests == NULL && command->arguments == NULL && !parser->lexer.is_on_new_line &&
           is_command_word(parser);
}

/* Whether the command is over, and only its last sign is missing. */
static gboolean
is_end_missing(const Parser *parser, const TamisSieveCommand *command)
{
    return tamis_sieve_peek(parser) == TAMIS_SIEVE_TOKEN_END ||
           tamis_sieve_peek(parser) == TAMIS_SIEVE_TOKEN_RIGHT_BRACE ||
           (is_command_word(parser) && !has_command_for_test(parser, command));
}

/* Whether strings stand there with a comma between them, as in a list without its brackets. */
static gboolean
is_bare_list(const Parser *parser)
{
    const TamisSieveLexer *lexer = &parser->lexer;
    const char *next = lexer->end;

    if (lexer->kind != TAMIS_SIEVE_TOKEN_COMMA || lexer->previous_kind != TAMIS_SIEVE_TOKEN_STRING)
        return FALSE;
    while (next < lexer->limit && g_ascii_isspace(*next))
        next++;
    return next < lexer->limit && *next == '"';
}

/* Whether the last test wants more than it has, and what stands behind the comma is that. */
static gboolean
is_test_unfinished(const TamisSieveTest *test)
{
    guint n_values = 0;

    while (test->next != NULL || test->tests != NULL)
        test = test->next != NULL ? test->next : test->tests;
    const TamisSieveWord *word = tamis_sieve_test_word(test);
    for (const TamisSieveArgument *argument = test->arguments; argument != NULL;
         argument = argument->next)
        n_values += argument->kind != TAMIS_SIEVE_TAG;
    return word != NULL && n_values < word->n_required;
}

/* Whether the last argument is the value of a tag that takes a list. */
static gboolean
is_value_of_list_tag(const TamisSieveWord *word, const TamisSieveArgument *arguments)
{
    const TamisSieveArgument *last = arguments, *before = NULL;

    while (last != NULL && last->next != NULL) {
        before = last;
        last = last->next;
    }
    if (before == NULL || before->kind != TAMIS_SIEVE_TAG)
        return FALSE;
    int index = tamis_sieve_find_tag(word, before->name, before->name_length);
    return index >= 0 && word->tags[index].type != TAMIS_SIEVE_TYPE_NONE &&
           tamis_sieve_type_shape((TamisSieveType)word->tags[index].type) ==
               TAMIS_SIEVE_SHAPE_STRINGS;
}

static const char *
bare_list_remedy(const Parser *parser, const TamisSieveCommand *command)
{
    const TamisSieveWord *word = command->word;

    if (command->tests != NULL && is_test_unfinished(command->tests) &&
        !tamis_sieve_goes_on_behind_string(parser))
        return "take it out: arguments stand one behind the other";
    if (command->tests == NULL && word != NULL && word->n_parameters == 1 &&
        !is_value_of_list_tag(word, command->arguments) &&
        tamis_sieve_type_shape((TamisSieveType)word->parameters[0].type) ==
            TAMIS_SIEVE_SHAPE_STRING)
        return "write a command for each of them";
    return "put them into one list, in '[' and ']' (RFC 5228, section 2.4.2.1)";
}

/* What to do about the token that stands where the semicolon or the block should. */
static const char *
end_remedy(const Parser *parser, const TamisSieveCommand *command)
{
    const TamisSieveLexer *lexer = &parser->lexer;
    guint32 length = (guint32)(lexer->end - lexer->start);

    if (is_bare_list(parser))
        return bare_list_remedy(parser, command);
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
    else if (!tamis_sieve_guess_thousands(parser))
        tamis_sieve_fail(parser, tamis_sieve_token_span(parser), end_remedy(parser, command),
                         "%s where '%s' should stand, behind '%.*s'",
                         tamis_sieve_describe_token(parser, buffer, sizeof buffer),
                         takes_block(command) ? "{" : ";", (int)MIN(command->name_length, 40),
                         command->name);
}

/* Whether the sign that ends the command stands there, and no block behind it that was meant. */
static inline gboolean
is_at_end(const Parser *parser, const TamisSieveCommand *command)
{
    TamisSieveTokenKind kind = tamis_sieve_peek(parser);

    return !parser->failed && (kind == TAMIS_SIEVE_TOKEN_LEFT_BRACE ||
                               (kind == TAMIS_SIEVE_TOKEN_SEMICOLON && !takes_block(command)));
}

/* Up to the semicolon or the block. */
static G_NO_INLINE void
parse_odd_end(Parser *parser, TamisSieveCommand *command)
{
    if (!parser->failed && tamis_sieve_peek(parser) == TAMIS_SIEVE_TOKEN_SEMICOLON)
        tamis_sieve_guess_block(parser, command);
    if (!parser->failed && tamis_sieve_peek(parser) != TAMIS_SIEVE_TOKEN_SEMICOLON &&
        tamis_sieve_peek(parser) != TAMIS_SIEVE_TOKEN_LEFT_BRACE &&
        !tamis_sieve_guess_bare_word(parser, command)) {
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
        tamis_sieve_skip_command(parser);
}

TamisSieveCommand *
tamis_sieve_parse_head(Parser *parser)
{
    const char *start = parser->lexer.start;
    TamisSieveCommand *command = tamis_arena_new0(parser->arena, TamisSieveCommand);

    if (parser->hear_tests != NULL && !parser->is_passing) {
        parser->head = parser->lexer;
        parser->has_read_head = FALSE;
    }
    parser->failed = FALSE;
    parser->command = command;
    parser->inner_end = &command->inner;
    command->span = tamis_sieve_token_span(parser);
    command->name = start;
    command->name_length = (guint32)(parser->lexer.end - start);
    command->word = tamis_sieve_find_command(command->name, command->name_length);
    command->blank_line_before = parser->lexer.has_blank_line != 0;
    tamis_sieve_take(parser);
    if (G_UNLIKELY(command->word == NULL || command->word->id == TAMIS_WORD_ELSE))
        tamis_sieve_guess_elsif(parser, command);
    if (G_LIKELY(tamis_sieve_peek(parser) != TAMIS_SIEVE_TOKEN_LEFT_PAREN ||
                 !tamis_sieve_guess_call(parser, command)))
        tamis_sieve_parse_arguments(parser, NULL, &command->arguments);
    if (!parser->failed) {
        gboolean is_list;
        parser->has_heard = FALSE;
        command->tests = parse_tests(parser, NULL, &is_list);
        command->is_list = is_list;
        command->has_heard = is_list && parser->has_heard;
    }
    if (G_UNLIKELY(!is_at_end(parser, command)))
        parse_odd_end(parser, command);
    command->has_block = tamis_sieve_peek(parser) == TAMIS_SIEVE_TOKEN_LEFT_BRACE;
    command->span = tamis_sieve_span_from(parser, start);
    return command;
}

gboolean
tamis_sieve_is_broken_ahead(Parser *parser)
{
    if (parser->has_read_head)
        return parser->is_head_broken;
    g_autoptr(TamisReport) unheard = tamis_report_new(tamis_report_get_sources(parser->report));
    TamisArenaMark mark = tamis_arena_mark(parser->arena);
    Parser ahead = *parser;

    ahead.lexer = parser->head;
    ahead.report = ahead.lexer.report = unheard;
    ahead.lexer.hear = NULL;
    ahead.is_passing = TRUE;
    ahead.test_depth = 0;
    ahead.open_tests = NULL;
    parser->is_head_broken = tamis_sieve_parse_head(&ahead)->is_broken;
    parser->has_read_head = TRUE;
    tamis_arena_release(parser->arena, mark);
    return parser->is_head_broken;
}
