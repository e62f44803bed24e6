/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The policy parser's entry, and the token in hand. Recursive descent with one token of look-ahead;
 * each part of the grammar has its file (parse-*.c). */
#include "grammar/policy/parser.h"

#include "grammar/policy/parser-state.h"

#include <string.h>

/* More errors than these help nobody, and a text that is no policy at all has them at once. */
#define MAX_ERRORS 100

static void
read_token(TamisParser *parser, TamisToken *out_token)
{
    parser->tokens->next(parser->tokens->data, out_token);
}

void
tamis_parser_advance(TamisParser *parser)
{
    TamisToken *token = &parser->token;

    parser->previous = *token;
    parser->n_taken++;
    parser->keyword = TAMIS_KEYWORD_NONE;
    if (parser->has_ended) {
        *token = (TamisToken){.kind = TAMIS_TOKEN_END, .span = token->span, .is_faulty = TRUE};
        return;
    }
    if (parser->has_ahead) {
        *token = parser->ahead;
        parser->has_ahead = FALSE;
    } else {
        read_token(parser, token);
    }
    if (token->kind == TAMIS_TOKEN_NAME) {
        TamisWord word = tamis_words_get(&parser->words, token->text, token->length_bytes);

        token->text = word.text;
        token->is_kept = TRUE;
        parser->keyword = word.keyword;
    }
}

const TamisToken *
tamis_parser_peek(TamisParser *parser)
{
    if (!parser->has_ahead) {
        read_token(parser, &parser->ahead);
        parser->has_ahead = TRUE;
    }
    return &parser->ahead;
}

gboolean
tamis_parser_accept(TamisParser *parser, TamisTokenKind kind)
{
    if (parser->token.kind != kind)
        return FALSE;
    tamis_parser_advance(parser);
    return TRUE;
}

gboolean
tamis_parser_accept_keyword(TamisParser *parser, TamisKeyword keyword)
{
    if (parser->keyword != keyword)
        return FALSE;
    tamis_parser_advance(parser);
    return TRUE;
}

TamisSpan
tamis_parser_span_from(const TamisParser *parser, TamisSpan first)
{
    return tamis_span_join(first, parser->previous.span);
}

TamisDiagnostic *
tamis_parser_fail(TamisParser *parser, TamisSpan span, const char *format, ...)
{
    gboolean is_silent = parser->is_quiet || parser->has_ended || parser->token.is_faulty ||
                         parser->last_error == span.offset + 1;
    g_autofree char *message = NULL;
    TamisDiagnostic *diagnostic;
    va_list arguments;

    parser->is_quiet = TRUE;
    if (is_silent)
        return NULL;
    parser->last_error = span.offset + 1;
    if (++parser->n_errors > MAX_ERRORS) {
        parser->has_ended = TRUE;
        diagnostic = tamis_report_add(parser->report, span, TAMIS_RULE_SYNTAX,
                                      "too many errors: the rest of the file is not read");
        tamis_report_help(parser->report, diagnostic, "mend those first");
        return diagnostic;
    }
    va_start(arguments, format);
    message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    return tamis_report_add(parser->report, span, TAMIS_RULE_SYNTAX, "%s", message);
}

void
tamis_parser_help(TamisParser *parser, TamisDiagnostic *diagnostic, const char *format, ...)
{
    g_autofree char *help = NULL;
    va_list arguments;

    if (diagnostic == NULL || parser->has_ended)
        return;
    va_start(arguments, format);
    help = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    tamis_report_help(parser->report, diagnostic, "%s", help);
}

static gboolean
parse_next_declaration(TamisParser *parser, TamisPolicySyntax *policy, TamisDeclaration ***tail)
{
    TamisDeclaration *declaration = tamis_parse_declaration(parser);

    if (declaration == NULL)
        return FALSE;
    **tail = declaration;
    *tail = &declaration->next;
    policy->n_declarations++;
    return TRUE;
}

/* A closing brace that nothing opened, unless it is one that was missed before. */
static void
refuse_brace(TamisParser *parser)
{
    if (parser->n_missing_braces > 0) {
        parser->n_missing_braces--;
    } else {
        TamisDiagnostic *diagnostic =
            tamis_parser_fail(parser, parser->token.span, "'}' closes nothing");
        tamis_parser_help(parser, diagnostic, "take it out, or look for a '{' that is missing");
    }
    tamis_parser_advance(parser);
}

TamisPolicySyntax *
tamis_policy_parse_tokens(const TamisTokenSource *tokens, TamisSourceId source, TamisArena *arena,
                          TamisArena *mailboxes, TamisReport *report)
{
    TamisPolicySyntax *policy = tamis_arena_new0(arena, TamisPolicySyntax);
    g_autofree TamisParser *parser = g_new0(TamisParser, 1);
    TamisDeclaration **tail = &policy->declarations;
    TamisBlock block = {.kind = &tamis_policy_block};

    policy->source = source;
    *parser = (TamisParser){.tokens = tokens,
                            .source = source,
                            .rest_arena = arena,
                            .mailbox_arena = mailboxes,
                            .report = report};
    parser->words.arena = arena;
    parser->block = &block;
    tamis_parser_advance(parser);
    while (parser->token.kind != TAMIS_TOKEN_END) {
        guint64 start = parser->n_taken;

        parser->is_quiet = FALSE;
        parser->statement_start = start;
        if (parser->token.kind == TAMIS_TOKEN_CLOSE) {
            refuse_brace(parser);
        } else if (!parse_next_declaration(parser, policy, &tail)) {
            tamis_parser_skip_statement(parser, start);
        }
    }
    return policy;
}

static void
keep_comments(TamisPolicySyntax *policy, const GArray *comments, TamisArena *arena)
{
    policy->n_comments = comments->len;
    policy->comments = tamis_arena_array0(arena, TamisComment, comments->len);
    if (comments->len > 0)
        memcpy(policy->comments, comments->data, sizeof(TamisComment) * comments->len);
}

TamisPolicySyntax *
tamis_policy_parse(TamisSourceId source, TamisArena *arena, TamisReport *report)
{
    return tamis_policy_parse_apart(source, arena, arena, report);
}

TamisPolicySyntax *
tamis_policy_parse_apart(TamisSourceId source, TamisArena *arena, TamisArena *mailboxes,
                         TamisReport *report)
{
    TamisTokenSource tokens = {.next = tamis_lexer_next};
    TamisPolicySyntax *policy;
    TamisLexer lexer;
    gsize length;

    tamis_sources_get_text(tamis_report_get_sources(report), source, &length);
    if (length > TAMIS_POLICY_MAX_BYTES) {
        tamis_report_help(report,
                          tamis_report_add(report, (TamisSpan){source, 0, 0}, TAMIS_RULE_SYNTAX,
                                           "the file is larger than %u MiB",
                                           TAMIS_POLICY_MAX_BYTES >> 20),
                          "part it into files that import each other, and put lists into tables");
        policy = tamis_arena_new0(arena, TamisPolicySyntax);
        policy->source = source;
        return policy;
    }
    tamis_lexer_init(&lexer, source, arena, report);
    tokens.data = &lexer;
    policy = tamis_policy_parse_tokens(&tokens, source, arena, mailboxes, report);
    keep_comments(policy, lexer.comments, arena);
    tamis_lexer_clear(&lexer);
    return policy;
}
