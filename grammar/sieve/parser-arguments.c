/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The arguments of one command or test. Long lists of strings are heard and let go of part by part; what they are,
 * may be told by what stands behind them, which is looked for then. */
#include "grammar/sieve/parser-private.h"

typedef TamisSieveParser Parser;

/* How many strings of a command or test are kept before they are heard; of its last lists, if it has that many. */
#define MAX_PENDING_STRINGS   1024u
#define LEAST_PENDING_STRINGS 128u

/* A list that is being read. */
typedef struct {
    const TamisSieveTest *test; /* whose argument it is; NULL: the command's */
    TamisSieveArgument *list;
    TamisDiagnostic *guessed; /* it stands in parentheses; or NULL */
    TamisSieveString **end;   /* of what has not been heard */
    TamisArenaMark mark;      /* before that */
    guint n_pending;
    guint n_arguments; /* up to it */
} OpenStrings;

static void parse_open_strings(Parser *parser, OpenStrings *open);
static void
parse_more_arguments(Parser *parser, const TamisSieveTest *test, TamisSieveArgument **end, guint n);

/* Looking ahead --------------------------------------------------------------------------------- */

/* At the sign behind a string: reads on, unheard, to the end of the arguments, for those behind the list. Of each of
 * their lists one string is kept. That happens once for all long lists of a command or test, so its time is linear. */
static void
look_ahead(Parser *parser, const OpenStrings *open)
{
    g_autoptr(TamisReport) unheard = tamis_report_new(tamis_report_get_sources(parser->report));
    TamisSieveArgument list = *open->list;
    TamisSieveComment *comments = NULL;
    Parser ahead = *parser;
    OpenStrings rest = {.test = open->test, .list = &list, .end = &list.strings};

    ahead.report = ahead.lexer.report = unheard;
    ahead.lexer.hear = NULL;
    ahead.inner_end = &comments;
    ahead.is_passing = TRUE;
    ahead.max_strings = 1;
    if (open->guessed != NULL)
        rest.guessed = tamis_report_add(unheard, TAMIS_NO_SPAN, TAMIS_RULE_SYNTAX, "guessed");
    rest.mark = tamis_arena_mark(ahead.arena);
    tamis_sieve_take(&ahead);
    parse_open_strings(&ahead, &rest);
    if (!ahead.failed)
        parse_more_arguments(&ahead, open->test, &list.next, open->n_arguments);
    parser->has_looked_ahead = TRUE;
    parser->fails_ahead = ahead.failed;
    parser->ahead = list.next;
}

/* What was read of the list is heard, unless nobody is interested in it. */
static void
hear_strings(Parser *parser, OpenStrings *open)
{
    if (parser->is_passing) {
        tamis_sieve_lexer_skip_strings(&parser->lexer);
        return;
    }
    if (tamis_sieve_is_broken_ahead(parser))
        return;
    if (!parser->has_looked_ahead) {
        look_ahead(parser, open);
        open->mark = tamis_arena_mark(parser->arena); /* what was found stays */
    }
    if (parser->fails_ahead || (open->test != NULL && parser->open_tests != NULL &&
                                !tamis_sieve_hear_open_tests(parser, parser->open_tests)))
        return;
    open->list->next = parser->ahead;
    parser->hear_strings(parser->lexer.hearer, parser->command, open->test, open->list);
    open->list->next = NULL;
}

/* At the sign behind a string, before the next is read. */
static inline void
let_go_of_strings(Parser *parser, OpenStrings *open)
{
    if (++open->n_pending < parser->max_strings || parser->hear_strings == NULL)
        return;
    hear_strings(parser, open);
    open->n_pending = 0;
    open->list->strings = NULL;
    open->end = &open->list->strings;
    tamis_arena_release(parser->arena, open->mark);
}

/* Strings and other arguments -------------------------------------------------------------------
 */

/* At a string; out is its place. */
static inline void
parse_string(Parser *parser, TamisSieveString *out)
{
    const TamisSieveLexer *lexer = &parser->lexer;

    tamis_sieve_keep_inner_comments(parser);
    out->text = lexer->value;
    out->head = lexer->head;
    out->span = tamis_sieve_token_span(parser);
    tamis_sieve_lexer_next_sign(&parser->lexer);
}

void
tamis_sieve_fail_comma_at_end(Parser *parser, char close)
{
    const TamisSieveLexer *lexer = &parser->lexer;
    TamisSpan span = tamis_sieve_lexer_span(lexer, lexer->previous_start, lexer->previous_end);
    TamisDiagnostic *diagnostic = tamis_sieve_fail(
        parser, span, "take it out, or write what should follow", "',' before '%c'", close);

    if (diagnostic != NULL)
        tamis_report_edit(parser->report, diagnostic, span, "");
}

static void
fail_no_string(Parser *parser, const TamisSieveTest *owner)
{
    if (tamis_sieve_peek(parser) == TAMIS_SIEVE_TOKEN_RIGHT_BRACKET)
        tamis_sieve_fail(parser, tamis_sieve_token_span(parser),
                         "write at least one string in it (RFC 5228, section 2.4.2.1)",
                         "an empty list");
    else if (tamis_sieve_peek(parser) == TAMIS_SIEVE_TOKEN_WORD)
        tamis_sieve_fail_bare_word(parser, owner);
    else
        tamis_sieve_fail_unexpected(parser, "a string of the list",
                                    "write strings in double quotes, with ',' between them "
                                    "(RFC 5228, section 2.4.2.1)");
}

static void
parse_list_end(Parser *parser, const OpenStrings *open)
{
    if (tamis_sieve_peek(parser) == TAMIS_SIEVE_TOKEN_RIGHT_BRACKET) {
        tamis_sieve_take(parser);
        return;
    }
    if (open->guessed != NULL && tamis_sieve_peek(parser) == TAMIS_SIEVE_TOKEN_RIGHT_PAREN) {
        tamis_sieve_guess_closed(parser, open->guessed, "]");
        return;
    }
    TamisDiagnostic *diagnostic =
        tamis_sieve_fail(parser, tamis_sieve_gap_span(parser), "write ']' behind its last string",
                         "']' is missing behind the list");
    if (diagnostic != NULL)
        tamis_report_edit(parser->report, diagnostic, tamis_sieve_gap_span(parser), "]");
}

/* Behind `[`, or what stands for it, or a comma. */
static void
parse_open_strings(Parser *parser, OpenStrings *open)
{
    TamisSieveArgument *argument = open->list;

    for (;;) {
        if ((tamis_sieve_peek(parser) == TAMIS_SIEVE_TOKEN_RIGHT_BRACKET ||
             (tamis_sieve_peek(parser) == TAMIS_SIEVE_TOKEN_RIGHT_PAREN &&
              open->guessed != NULL)) &&
            argument->n_strings > 0) {
            tamis_sieve_fail_comma_at_end(parser, *parser->lexer.start);
            parser->failed = FALSE;
            break;
        }
        if (tamis_sieve_peek(parser) != TAMIS_SIEVE_TOKEN_STRING) {
            fail_no_string(parser, open->test);
            return;
        }
        *open->end = tamis_arena_new0(parser->arena, TamisSieveString);
        parse_string(parser, *open->end);
        argument->is_literal &= (*open->end)->is_literal;
        open->end = &(*open->end)->next;
        argument->n_strings++;
        tamis_sieve_keep_inner_comments(parser);
        if (tamis_sieve_peek(parser) == TAMIS_SIEVE_TOKEN_STRING) {
            TamisSpan gap = tamis_sieve_gap_span(parser);
            TamisDiagnostic *diagnostic =
                tamis_sieve_fail(parser, gap, "write ',' between them",
                                 "',' is missing between two strings of a list");
            tamis_report_edit(parser->report, diagnostic, gap, ",");
            parser->failed = FALSE;
            continue;
        }
        if (tamis_sieve_peek(parser) != TAMIS_SIEVE_TOKEN_COMMA &&
            !tamis_sieve_guess_comma(parser, FALSE))
            break;
        let_go_of_strings(parser, open);
        tamis_sieve_take(parser);
        tamis_sieve_keep_inner_comments(parser);
    }
    parse_list_end(parser, open);
}

/* At `[`, or at `(` in its place: guessed then. n: how many arguments stand before it. */
static void
parse_list(Parser *parser, const TamisSieveTest *test, TamisSieveArgument *argument,
           TamisDiagnostic *guessed, guint n)
{
    OpenStrings open = {
        .test = test,
        .list = argument,
        .guessed = guessed,
        .end = &argument->strings,
        .mark = tamis_arena_mark(parser->arena),
        .n_arguments = n + 1,
    };

    argument->kind = TAMIS_SIEVE_LIST;
    argument->is_literal = TRUE;
    tamis_sieve_take(parser);
    parse_open_strings(parser, &open);
    if (parser->max_strings > LEAST_PENDING_STRINGS)
        parser->max_strings -= MIN(open.n_pending, parser->max_strings - LEAST_PENDING_STRINGS);
}

/* Behind n arguments: what is missing in tamis_sieve_parse_arguments. */
static void
parse_more_arguments(Parser *parser, const TamisSieveTest *test, TamisSieveArgument **end, guint n)
{
    for (;; n++) {
        const TamisSieveLexer *lexer = &parser->lexer;
        TamisSieveTokenKind kind = lexer->kind;
        const char *start = lexer->start;
        TamisDiagnostic *guessed = NULL;

        if (G_UNLIKELY(kind == TAMIS_SIEVE_TOKEN_LEFT_PAREN) &&
            (guessed = tamis_sieve_guess_list(parser)) != NULL)
            kind = TAMIS_SIEVE_TOKEN_LEFT_BRACKET;
        if (kind < TAMIS_SIEVE_TOKEN_TAG ||
            (kind > TAMIS_SIEVE_TOKEN_STRING && kind != TAMIS_SIEVE_TOKEN_LEFT_BRACKET))
            return;
        if (G_UNLIKELY(n == TAMIS_SIEVE_MAX_ARGUMENTS)) {
            tamis_sieve_fail(parser, tamis_sieve_token_span(parser),
                             "put strings into one list, in '[' and ']'",
                             "there are more than %d arguments", TAMIS_SIEVE_MAX_ARGUMENTS);
            return;
        }
        TamisSieveArgument *argument = tamis_arena_new0(parser->arena, TamisSieveArgument);
        *end = argument;
        end = &argument->next;
        if (G_UNLIKELY(parser->ahead != NULL))
            parser->ahead = parser->ahead->next;
        tamis_sieve_keep_inner_comments(parser);
        switch (kind) {
        case TAMIS_SIEVE_TOKEN_TAG:
            argument->kind = TAMIS_SIEVE_TAG;
            argument->name = start + 1;
            argument->name_length = (guint32)(lexer->end - start - 1);
            tamis_sieve_take(parser);
            break;
        case TAMIS_SIEVE_TOKEN_NUMBER:
            argument->kind = TAMIS_SIEVE_NUMBER;
            argument->number = lexer->number;
            argument->quantifier = lexer->quantifier;
            tamis_sieve_take(parser);
            break;
        case TAMIS_SIEVE_TOKEN_STRING:
            argument->kind = TAMIS_SIEVE_STRING;
            argument->n_strings = 1;
            argument->strings = tamis_arena_new0(parser->arena, TamisSieveString);
            parse_string(parser, argument->strings);
            argument->is_literal = argument->strings->is_literal;
            break;
        default:
            parse_list(parser, test, argument, guessed, n);
            break;
        }
        argument->span = tamis_sieve_span_from(parser, start);
        if (parser->failed)
            return;
    }
}

void
tamis_sieve_parse_some_arguments(Parser *parser, const TamisSieveTest *test,
                                 TamisSieveArgument **end)
{
    parser->max_strings = MAX_PENDING_STRINGS;
    parser->has_looked_ahead = FALSE;
    parser->ahead = NULL;
    parse_more_arguments(parser, test, end, 0);
}
