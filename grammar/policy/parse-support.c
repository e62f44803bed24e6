/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the parser says when something else was expected, and where it goes on: statements, blocks,
 * and which brace is most likely missing. */
#include "grammar/policy/parser-state.h"

#include "base/suggest.h"
#include "grammar/policy/foreign-words.h"

#include <string.h>

#define MAX_STATEMENTS 32

/* 'word', "a string" … */
TamisExcerpt
tamis_parser_describe(const TamisToken *token)
{
    TamisExcerpt excerpt, out;

    if (token->kind == TAMIS_TOKEN_END)
        g_strlcpy(out.text, "the end of the file", sizeof out.text);
    else if (token->kind == TAMIS_TOKEN_STRING)
        g_strlcpy(out.text, token->is_block ? "a text block" : "a string", sizeof out.text);
    else {
        excerpt = tamis_excerpt(token->text, token->length_bytes);
        g_snprintf(out.text, sizeof out.text, "'%s'", excerpt.text);
    }
    return out;
}

/* The place behind the last token. */
static TamisSpan
span_behind(const TamisParser *parser)
{
    TamisSpan span = parser->previous.span;
    return (TamisSpan){span.source, span.offset + span.length, 0};
}

/* The nearest of the words that stand in single quotes in what; lent from words. */
static const char *
suggest_quoted(const char *word, char **words)
{
    const char *candidates[MAX_STATEMENTS];
    gsize n = 0;

    for (guint i = 0; words[i] != NULL; i++)
        if (i % 2 == 1 && n < G_N_ELEMENTS(candidates))
            candidates[n++] = words[i];
    return tamis_suggest(word, candidates, n);
}

TamisDiagnostic *
tamis_parser_expected(TamisParser *parser, const char *what)
{
    TamisDiagnostic *diagnostic =
        tamis_parser_fail(parser, parser->token.span, "expected %s, found %s", what,
                          tamis_parser_describe(&parser->token).text);

    const char *word = parser->token.kind == TAMIS_TOKEN_NAME     ? parser->token.text
                       : parser->token.kind == TAMIS_TOKEN_EQUALS ? "="
                                                                  : NULL;
    const char *foreign = word != NULL ? tamis_foreign_word(word, what) : NULL;

    tamis_parser_help(parser, diagnostic, "write %s there", what);
    if (foreign != NULL) {
        tamis_parser_help(parser, diagnostic, "%s", foreign);
    } else if (diagnostic != NULL && parser->token.kind == TAMIS_TOKEN_NAME) {
        g_auto(GStrv) words = g_strsplit(what, "'", -1);
        const char *near = suggest_quoted(parser->token.text, words);

        if (near != NULL)
            tamis_parser_help(parser, diagnostic, "did you mean '%s'?", near);
    }
    return diagnostic;
}

gboolean
tamis_parser_expect(TamisParser *parser, TamisTokenKind kind, const char *what)
{
    if (tamis_parser_accept(parser, kind))
        return TRUE;
    tamis_parser_expected(parser, what);
    return FALSE;
}

gboolean
tamis_parser_expect_keyword(TamisParser *parser, TamisKeyword keyword)
{
    char what[32];

    if (tamis_parser_accept_keyword(parser, keyword))
        return TRUE;
    g_snprintf(what, sizeof what, "'%s'", tamis_keyword_text(keyword));
    tamis_parser_expected(parser, what);
    return FALSE;
}

gboolean
tamis_parser_expect_semicolon(TamisParser *parser)
{
    TamisDiagnostic *diagnostic;
    gboolean is_new = parser->token.starts_line || parser->token.kind == TAMIS_TOKEN_CLOSE ||
                      parser->token.kind == TAMIS_TOKEN_END;
    TamisSpan span = span_behind(parser);

    if (tamis_parser_accept(parser, TAMIS_TOKEN_SEMICOLON))
        return TRUE;
    if (parser->previous.is_faulty)
        parser->is_quiet = TRUE;
    if (is_new) {
        diagnostic = tamis_parser_fail(parser, span, "expected ';' after %s",
                                       tamis_parser_describe(&parser->previous).text);
        tamis_parser_help(parser, diagnostic, "write ';' there");
        if (diagnostic != NULL)
            tamis_report_edit(parser->report, diagnostic, span, ";");
    } else {
        tamis_parser_fail(parser, parser->token.span, "expected ';' after %s, found %s",
                          tamis_parser_describe(&parser->previous).text,
                          tamis_parser_describe(&parser->token).text);
    }
    return is_new;
}

void
tamis_parser_once(TamisParser *parser, TamisSpan *first, TamisSpan span, const char *what)
{
    TamisDiagnostic *diagnostic;

    if (first->source == 0) {
        *first = span;
        return;
    }
    diagnostic = tamis_report_add(parser->report, span, TAMIS_RULE_DUPLICATE_NAME,
                                  "'%s' is said twice", what);
    tamis_report_relate(parser->report, diagnostic, *first, "first here");
    tamis_report_help(parser->report, diagnostic, "take one of them out");
}

/* Statements --------------------------------------------------------------------------------------
 */

static gboolean
has_statement(const TamisBlockKind *kind, TamisKeyword keyword)
{
    for (guint i = 0; i < kind->n_statements; i++)
        if (kind->statements[i] == keyword)
            return TRUE;
    return FALSE;
}

static const char *
suggest_statement(const TamisBlockKind *kind, const char *word)
{
    const char *candidates[MAX_STATEMENTS];
    g_autofree char *lower = g_ascii_strdown(word, -1);
    TamisKeyword keyword = tamis_keyword_find(lower, strlen(lower));

    if (keyword != TAMIS_KEYWORD_NONE && has_statement(kind, keyword))
        return tamis_keyword_text(keyword);
    g_assert(kind->n_statements <= MAX_STATEMENTS);
    for (guint i = 0; i < kind->n_statements; i++)
        candidates[i] = tamis_keyword_text(kind->statements[i]);
    return tamis_suggest(word, candidates, kind->n_statements);
}

/* Blanks that the line of the place begins with; 0 in a very long line. */
static guint
indentation(const TamisParser *parser, TamisSpan place)
{
    enum { MOST_LOOKED_AT = 4096 };
    gsize length;
    const char *text =
        tamis_sources_get_text(tamis_report_get_sources(parser->report), place.source, &length);
    const char *at = text + place.offset, *start = at;

    while (start > text && start[-1] != '\n' && at - start < MOST_LOOKED_AT)
        start--;
    return (start == text || start[-1] == '\n') ? (guint)strspn(start, " \t") : 0;
}

/* A rule of the policy that is laid out as if it belonged to this block: it was put there on purpose. */
static gboolean
is_misplaced(const TamisParser *parser)
{
    static const TamisKeyword rules[] = {TAMIS_KEYWORD_ALLOW, TAMIS_KEYWORD_FORBID,
                                         TAMIS_KEYWORD_REQUIRE};

    for (gsize i = 0; i < G_N_ELEMENTS(rules); i++)
        if (parser->keyword == rules[i])
            return indentation(parser, parser->token.span) >
                   indentation(parser, parser->block->open);
    return FALSE;
}

/* A line that begins with a statement of a block further out: a closing brace is missing. */
static gboolean
at_outer_statement(const TamisParser *parser)
{
    const TamisBlock *block = parser->block;

    if (parser->keyword == TAMIS_KEYWORD_NONE || !parser->token.starts_line ||
        has_statement(block->kind, parser->keyword) ||
        suggest_statement(block->kind, parser->token.text) != NULL || is_misplaced(parser))
        return FALSE;
    for (block = block->outer; block != NULL; block = block->outer)
        if (has_statement(block->kind, parser->keyword))
            return TRUE;
    return FALSE;
}

static gboolean
at_any_statement(const TamisParser *parser)
{
    if (parser->keyword == TAMIS_KEYWORD_NONE || !parser->token.starts_line)
        return FALSE;
    for (const TamisBlock *block = parser->block; block != NULL; block = block->outer)
        if (has_statement(block->kind, parser->keyword))
            return TRUE;
    return FALSE;
}

void
tamis_parser_skip_statement(TamisParser *parser, guint64 start)
{
    guint depth = 0;

    while (parser->token.kind != TAMIS_TOKEN_END) {
        TamisTokenKind kind = parser->token.kind;

        if (depth == 0 &&
            (kind == TAMIS_TOKEN_CLOSE || (parser->n_taken > start && at_any_statement(parser))))
            return;
        if (kind == TAMIS_TOKEN_OPEN)
            depth++;
        else if (kind == TAMIS_TOKEN_CLOSE)
            depth--;
        tamis_parser_advance(parser);
        if (depth == 0 && (kind == TAMIS_TOKEN_SEMICOLON || kind == TAMIS_TOKEN_CLOSE))
            return;
    }
}

gboolean
tamis_parser_skip_to_block(TamisParser *parser)
{
    while (parser->token.kind != TAMIS_TOKEN_OPEN) {
        if (parser->token.kind == TAMIS_TOKEN_END || parser->token.kind == TAMIS_TOKEN_CLOSE ||
            parser->token.kind == TAMIS_TOKEN_SEMICOLON ||
            (parser->n_taken > parser->statement_start && at_any_statement(parser)))
            return FALSE;
        tamis_parser_advance(parser);
    }
    return TRUE;
}

void
tamis_parser_close(TamisParser *parser, const TamisBlock *block, const char *what)
{
    TamisDiagnostic *diagnostic;

    if (tamis_parser_accept(parser, TAMIS_TOKEN_CLOSE))
        return;
    parser->is_quiet = FALSE;
    diagnostic = tamis_parser_fail(parser, span_behind(parser), "expected %s before %s", what,
                                   tamis_parser_describe(&parser->token).text);
    if (diagnostic != NULL && !parser->has_ended)
        tamis_report_relate(parser->report, diagnostic, block->open, "opened here");
    parser->n_missing_braces++;
    tamis_parser_help(parser, diagnostic, "close the block with '}'");
}

void
tamis_parser_block(TamisParser *parser, const TamisBlockKind *kind,
                   gboolean (*statement)(TamisParser *parser, gpointer data), gpointer data)
{
    TamisBlock block = {.kind = kind, .outer = parser->block};

    if (parser->token.kind != TAMIS_TOKEN_OPEN) {
        tamis_parser_expected(parser, "'{'");
        if (!tamis_parser_skip_to_block(parser))
            return;
    }
    block.open = parser->token.span;
    tamis_parser_advance(parser);
    parser->block = &block;
    while (parser->token.kind != TAMIS_TOKEN_CLOSE && parser->token.kind != TAMIS_TOKEN_END &&
           !at_outer_statement(parser)) {
        guint64 start = parser->n_taken;

        parser->is_quiet = FALSE;
        parser->statement_start = start;
        if (!statement(parser, data))
            tamis_parser_skip_statement(parser, start);
        if (parser->n_taken == start)
            tamis_parser_advance(parser);
    }
    parser->block = block.outer;
    tamis_parser_close(parser, &block, "'}'");
    parser->is_quiet = FALSE;
}

static void
report_unknown(TamisParser *parser)
{
    static const TamisBlockKind *const homes[] = {&tamis_policy_block, &tamis_items_block,
                                                  &tamis_actions_block, &tamis_test_block};
    const TamisBlockKind *kind = parser->block->kind;
    const char *word = parser->token.text, *near = suggest_statement(kind, word);
    const TamisBlockKind *home = NULL;
    g_autoptr(GString) list = g_string_new(NULL);
    TamisDiagnostic *diagnostic;

    for (gsize i = 0; i < G_N_ELEMENTS(homes) && home == NULL; i++)
        if (parser->keyword != TAMIS_KEYWORD_NONE && has_statement(homes[i], parser->keyword))
            home = homes[i];
    if (near == NULL && home != NULL) {
        diagnostic = tamis_parser_fail(parser, parser->token.span, "'%s' cannot stand in %s", word,
                                       kind->place);
        if (home == &tamis_policy_block)
            tamis_parser_help(parser, diagnostic, "put it outside of all blocks");
        else
            tamis_parser_help(parser, diagnostic, "put it into %s", home->place);
        return;
    }
    diagnostic =
        tamis_parser_fail(parser, parser->token.span, "unknown statement '%s' in %s",
                          tamis_excerpt(word, parser->token.length_bytes).text, kind->place);
    if (near != NULL) {
        tamis_parser_help(parser, diagnostic, "did you mean '%s'?", near);
        if (diagnostic != NULL && !parser->has_ended)
            tamis_report_edit(parser->report, diagnostic, parser->token.span, near);
        return;
    }
    if (kind == &tamis_actions_block && tamis_foreign_word(word, NULL) != NULL) {
        tamis_parser_help(parser, diagnostic, "%s", tamis_foreign_word(word, NULL));
        return;
    }
    for (guint i = 0; i < kind->n_statements; i++)
        g_string_append_printf(list, "%s%s", i == 0 ? "" : ", ",
                               tamis_keyword_text(kind->statements[i]));
    tamis_parser_help(parser, diagnostic, "%s has: %s", kind->place, list->str);
}

gboolean
tamis_parser_no_statement(TamisParser *parser)
{
    TamisDiagnostic *diagnostic;

    if (parser->token.kind == TAMIS_TOKEN_NAME) {
        report_unknown(parser);
    } else if (parser->token.kind == TAMIS_TOKEN_SEMICOLON) {
        diagnostic = tamis_parser_fail(parser, parser->token.span, "';' ends nothing");
        tamis_parser_help(parser, diagnostic, "take it out");
        if (diagnostic != NULL && !parser->has_ended)
            tamis_report_edit(parser->report, diagnostic, parser->token.span, "");
    } else {
        tamis_parser_help(parser,
                          tamis_parser_fail(parser, parser->token.span,
                                            "expected a statement of %s, found %s",
                                            parser->block->kind->place,
                                            tamis_parser_describe(&parser->token).text),
                          "take it out, or write what it belongs to before it");
    }
    return FALSE;
}
