/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the two halves of the parser share: parser.c reads one command up to its semicolon or block, reader.c
 * goes from command to command. For nobody else. */
#pragma once

#include "grammar/sieve/lexer.h"
#include "grammar/sieve/parser.h"
#include "grammar/sieve/reader.h"

/* A list of tests that is being read. */
typedef struct TamisSieveOpenTests TamisSieveOpenTests;
struct TamisSieveOpenTests {
    TamisSieveOpenTests *outer;
    TamisSieveTest *owner; /* NULL: the command */
    TamisSieveTest *first, **end;
    TamisArenaMark mark; /* before the first */
    guint depth;
    gboolean was_heard;       /* in part */
    TamisDiagnostic *guessed; /* it stands in braces; or NULL */
};

typedef struct {
    TamisSieveLexer lexer;
    TamisArena *arena;
    TamisReport *report;
    guint depth;                        /* of blocks */
    guint test_depth;                   /* of tests in the current command */
    TamisSieveComment **inner_end;      /* where comments inside the current command go */
    gboolean failed;                    /* in the current command */
    const TamisSieveWord *test_word;    /* of the test that begins at the current token */
    const TamisSieveCommand *command;   /* the one that is being read */
    TamisSieveHearTests hear_tests;     /* NULL: none are heard */
    TamisSieveHearStrings hear_strings; /* likewise */
    gboolean is_passing;                /* over a block that nobody wants */
    TamisSieveOpenTests *open_tests;    /* the innermost */
    TamisArenaMark tests_mark;          /* before the first of the outermost */
    guint max_strings;                  /* kept of the next list before they are heard */
    gboolean has_looked_ahead;          /* over the arguments at hand, to their end … */
    gboolean fails_ahead;               /* … and they cannot be read to it */
    TamisSieveArgument *ahead;          /* those behind the one at hand, if so */
    gboolean has_heard;                 /* tests of the list that was read last */
    TamisSieveLexer head;               /* where the current command begins, if tests are heard */
    gboolean has_read_head;             /* from there to its end, unheard … */
    gboolean is_head_broken;            /* … which failed: nothing of it is heard */
} TamisSieveParser;

static inline TamisSieveTokenKind
tamis_sieve_peek(const TamisSieveParser *parser)
{
    return parser->lexer.kind;
}

static inline void
tamis_sieve_take(TamisSieveParser *parser)
{
    tamis_sieve_lexer_next(&parser->lexer);
}

static inline TamisSpan
tamis_sieve_token_span(const TamisSieveParser *parser)
{
    return tamis_sieve_lexer_span(&parser->lexer, parser->lexer.start, parser->lexer.end);
}

/* From a token's start to the end of the last token that was taken. */
static inline TamisSpan
tamis_sieve_span_from(const TamisSieveParser *parser, const char *start)
{
    return tamis_sieve_lexer_span(&parser->lexer, start, parser->lexer.previous_end);
}

/* Right behind the previous token. */
static inline TamisSpan
tamis_sieve_gap_span(const TamisSieveParser *parser)
{
    return tamis_sieve_lexer_span(&parser->lexer, parser->lexer.previous_end,
                                  parser->lexer.previous_end);
}

/* Whether the current command will turn out to be broken: then nothing of it is heard, as nothing of it is checked where
 * it stands in a tree. It is read once to find out, when the first of it would be heard. */
gboolean tamis_sieve_is_broken_ahead(TamisSieveParser *parser);

/* Gives the comments before the current token to the current command. */
static inline void
tamis_sieve_keep_inner_comments(TamisSieveParser *parser)
{
    if (G_LIKELY(parser->lexer.comments == NULL))
        return;
    *parser->inner_end = parser->lexer.comments;
    while (*parser->inner_end != NULL)
        parser->inner_end = &(*parser->inner_end)->next;
    parser->lexer.comments = NULL;
}

/* The current token, for people; buffer is for its text. */
const char *
tamis_sieve_describe_token(const TamisSieveParser *parser, char *buffer, gsize size_bytes);
/* The command cannot be read on; help is the remedy. NULL if the fault has been reported by the lexer. */
TamisDiagnostic *tamis_sieve_fail(TamisSieveParser *parser, TamisSpan span, const char *help,
                                  const char *format, ...) G_GNUC_PRINTF(4, 5);
/* Another thing than the current token was expected. */
void tamis_sieve_fail_unexpected(TamisSieveParser *parser, const char *expected, const char *help);
/* A word where a string should stand. */
void tamis_sieve_fail_bare_text(TamisSieveParser *parser);
/* To the semicolon or brace that ends the broken command, or to the next command. */
void tamis_sieve_skip_command(TamisSieveParser *parser);
/* parser.c: has what was read of a list of tests heard, and of those around it first. FALSE: nobody is interested in
 * it. */
gboolean tamis_sieve_hear_open_tests(TamisSieveParser *parser, TamisSieveOpenTests *open);
/* parser-arguments.c: those before the tests, linked from *end; test: whose they are, NULL: the command's. */
void tamis_sieve_parse_some_arguments(TamisSieveParser *parser, const TamisSieveTest *test,
                                      TamisSieveArgument **end);
/* Likewise; there are none behind many words. */
static inline void
tamis_sieve_parse_arguments(TamisSieveParser *parser, const TamisSieveTest *test,
                            TamisSieveArgument **end)
{
    /* A parenthesis may stand for the bracket of a list. */
    const guint beginnings = 1u << TAMIS_SIEVE_TOKEN_TAG | 1u << TAMIS_SIEVE_TOKEN_NUMBER |
                             1u << TAMIS_SIEVE_TOKEN_STRING | 1u << TAMIS_SIEVE_TOKEN_LEFT_BRACKET |
                             1u << TAMIS_SIEVE_TOKEN_LEFT_PAREN;

    if (beginnings >> tamis_sieve_peek(parser) & 1)
        tamis_sieve_parse_some_arguments(parser, test, end);
}

void tamis_sieve_fail_comma_at_end(TamisSieveParser *parser, char close);
/* parser-guess.c: whether something else was meant by the current token, which is reported then. */
/* Whether another string, or a ',', stands behind the string that follows the current token. */
gboolean tamis_sieve_goes_on_behind_string(const TamisSieveParser *parser);
/* `(` before strings: a list of them. */
TamisDiagnostic *tamis_sieve_guess_list(TamisSieveParser *parser);
/* `{` before tests, behind a word that takes several; owner: the test, or NULL. */
TamisDiagnostic *tamis_sieve_guess_tests(TamisSieveParser *parser, const TamisSieveTest *owner);
/* `;` in a list, of tests or of strings. Not taken. */
gboolean tamis_sieve_guess_comma(TamisSieveParser *parser, gboolean is_of_tests);
/* `(` behind a command that takes no tests; it has failed then. */
gboolean tamis_sieve_guess_call(TamisSieveParser *parser, const TamisSieveCommand *command);
/* The token that closes what was guessed, where sign should stand; taken. */
void tamis_sieve_guess_closed(TamisSieveParser *parser, TamisDiagnostic *guessed, const char *sign);
/* `;` before a block: passed over. */
void tamis_sieve_guess_block(TamisSieveParser *parser, const TamisSieveCommand *command);
/* A word where the first string of a list should stand: a test, where the owner of the list takes tests. */
void tamis_sieve_fail_bare_word(TamisSieveParser *parser, const TamisSieveTest *owner);
/* A comma between the digits of a number; the command has failed then. */
gboolean tamis_sieve_guess_thousands(TamisSieveParser *parser);
/* A word that is the command's argument; the command has failed then. */
gboolean tamis_sieve_guess_bare_word(TamisSieveParser *parser, const TamisSieveCommand *command);
/* A command that is `elsif` in other languages becomes one. */
void tamis_sieve_guess_elsif(TamisSieveParser *parser, TamisSieveCommand *command);
/* At a word: the command up to its semicolon or the brace of its block, which is not taken. Where neither
 * stands there, that was reported. */
TamisSieveCommand *tamis_sieve_parse_head(TamisSieveParser *parser);
