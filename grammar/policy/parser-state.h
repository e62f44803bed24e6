/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the parts of the policy parser share: the token in hand, errors, recovery, blocks and values. For
 * grammar/policy/parse*.c only.
 *
 * How errors go: a function that cannot go on reports once and returns FALSE or NULL, up to the statement,
 * which skips to its end. After an error a statement is silent until its end. */
#pragma once

#include "grammar/policy/lexer.h"
#include "grammar/policy/parser.h"
#include "grammar/policy/words.h"

/* One kind of block: the statements that it has. */
typedef struct {
    const char *place; /* "a mailbox" */
    const TamisKeyword *statements;
    guint n_statements;
} TamisBlockKind;

typedef struct TamisBlock TamisBlock;
struct TamisBlock {
    const TamisBlockKind *kind;
    const TamisBlock *outer;
    TamisSpan open;
};

typedef struct {
    const TamisTokenSource *tokens;
    TamisSourceId source;
    TamisArena *arena; /* for nodes of the declaration at hand: one of the two */
    TamisArena *rest_arena, *mailbox_arena;
    TamisReport *report;
    TamisToken token; /* in hand */
    TamisKeyword keyword;
    TamisToken previous;
    TamisToken ahead;
    gboolean has_ahead;
    gboolean is_quiet;  /* this statement's error was reported */
    gboolean has_ended; /* too many errors */
    guint n_errors;
    guint32 last_error;      /* its offset + 1 */
    guint64 n_taken;         /* tokens, to see progress */
    guint64 statement_start; /* n_taken where the statement began */
    guint n_missing_braces;  /* reported; so many may turn up later */
    guint nesting;
    const char *row; /* inside `each`: the row's name */
    gsize row_length;
    const TamisBlock *block; /* the innermost */
    TamisWords words;
} TamisParser;

/* Tokens ------------------------------------------------------------------------------------------ */

void tamis_parser_advance(TamisParser *parser);
/* The token behind the one in hand. */
const TamisToken *tamis_parser_peek(TamisParser *parser);
gboolean tamis_parser_accept(TamisParser *parser, TamisTokenKind kind);
gboolean tamis_parser_accept_keyword(TamisParser *parser, TamisKeyword keyword);
/* From first to the last token taken. */
TamisSpan tamis_parser_span_from(const TamisParser *parser, TamisSpan first);

/* Errors ------------------------------------------------------------------------------------------ */

/* 'word', "a string" … */
TamisExcerpt tamis_parser_describe(const TamisToken *token);
/* NULL when this place is silent: faults of the lexer, errors that follow from one before. */
TamisDiagnostic *
tamis_parser_fail(TamisParser *parser, TamisSpan span, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* As tamis_report_help, for a diagnostic that may be NULL. */
void tamis_parser_help(TamisParser *parser, TamisDiagnostic *diagnostic, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
/* "expected WHAT, found …", with the nearest of the words that stand in single quotes in what. */
TamisDiagnostic *tamis_parser_expected(TamisParser *parser, const char *what);
/* On FALSE the error is reported. */
gboolean tamis_parser_expect(TamisParser *parser, TamisTokenKind kind, const char *what);
gboolean tamis_parser_expect_keyword(TamisParser *parser, TamisKeyword keyword);
/* The end of a statement; after a missing semicolon the statement still counts as ended where the next
 * token begins something new. */
gboolean tamis_parser_expect_semicolon(TamisParser *parser);
/* A statement that may stand once: reports the second, remembers the first. */
void tamis_parser_once(TamisParser *parser, TamisSpan *first, TamisSpan span, const char *what);

/* Recovery ---------------------------------------------------------------------------------------- */

/* To behind the semicolon or block of the statement that began at start (n_taken), or in front of the
 * enclosing brace or what starts a new statement. */
void tamis_parser_skip_statement(TamisParser *parser, guint64 start);
/* In front of the block of a statement whose head went wrong; FALSE when there is none. */
gboolean tamis_parser_skip_to_block(TamisParser *parser);
/* `{` statement … `}`. statement is called at each one's first token, and returns FALSE when it went wrong. */
void tamis_parser_block(TamisParser *parser, const TamisBlockKind *kind,
                        gboolean (*statement)(TamisParser *parser, gpointer data), gpointer data);
/* The closing brace; when it is missing, and which what was expected then, is said at its opening too. */
void tamis_parser_close(TamisParser *parser, const TamisBlock *block, const char *what);
/* At something that is no statement of this block: reports it. Always FALSE. */
gboolean tamis_parser_no_statement(TamisParser *parser);

/* Words and values (parse-value.c) ------------------------------------------------------------------- */

gboolean tamis_parse_name(TamisParser *parser, const char *what, TamisName *out_name);
gboolean tamis_parser_at_value(const TamisParser *parser);
/* The token in hand, whatever it is, as a value. */
TamisValue *tamis_parser_take_value(TamisParser *parser);
TamisValue *tamis_parse_value(TamisParser *parser, const char *what);
/* One or more. stops: keywords that end the list behind a comma, or NULL; closed by NONE. */
TamisValue *tamis_parse_values(TamisParser *parser, const char *what, const TamisKeyword *stops);
TamisValue *tamis_parse_string(TamisParser *parser, const char *what);
/* NUMBER, or with is_size also SIZE. */
TamisValue *tamis_parse_number(TamisParser *parser, const char *what, gboolean is_size);
TamisValue *tamis_parse_day(TamisParser *parser);
TamisValue *tamis_parse_instant(TamisParser *parser);
TamisValue *tamis_parse_zone(TamisParser *parser);
gboolean tamis_parse_duration(TamisParser *parser, TamisDuration *out_duration);
gboolean tamis_parse_date(TamisParser *parser, TamisDate *out_date);

/* Grammar ----------------------------------------------------------------------------------------- */

/* NULL after an error. */
TamisConditionSyntax *tamis_parse_condition(TamisParser *parser);
/* Whether a test begins with this keyword. */
gboolean tamis_keyword_starts_test(TamisKeyword keyword);
/* `{` mailbox items `}`. */
TamisItemSyntax *tamis_parse_items(TamisParser *parser);
/* `{` limits `}`. */
TamisLimitSyntax *tamis_parse_limits(TamisParser *parser);
/* Each is behind its keyword. */
gboolean tamis_parse_hours(TamisParser *parser, TamisDeclaration *declaration);
gboolean tamis_parse_forbid(TamisParser *parser, TamisDeclaration *declaration);
gboolean tamis_parse_require(TamisParser *parser, TamisDeclaration *declaration);
gboolean tamis_parse_outside(TamisParser *parser, TamisDeclaration *declaration);
gboolean tamis_parse_allow(TamisParser *parser, TamisDeclaration *declaration);
gboolean tamis_parse_test(TamisParser *parser, TamisDeclaration *declaration);
/* One declaration, from its keyword on. NULL when nothing could be made of it. */
TamisDeclaration *tamis_parse_declaration(TamisParser *parser);
extern const TamisBlockKind tamis_policy_block, tamis_items_block, tamis_actions_block,
    tamis_test_block;
