/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Addresses that need quotes around the whole and have none, or have them around the part before the `@`
 * alone: o'brien@acme.example, "o'brien"@acme.example. What was meant is clear, so reading goes on with the
 * address, as one string. */
#include "grammar/policy/lexer.h"

#include <string.h>

#define MAX_ADDRESS_BYTES 320

/* What an address takes from text on; NULL when it has no `@` or is longer than addresses are. */
static const char *
address_end(const char *text, const char *end)
{
    const char *after = text, *at = NULL;

    while (after<end && * after> ' ' && strchr(";,{}()\"", *after) == NULL) {
        if (*after == '@')
            at = after;
        if (++after - text > MAX_ADDRESS_BYTES)
            return NULL;
    }
    return at != NULL ? after : NULL;
}

/* The token becomes what the buffer holds, up to after. */
static void
take_buffer(TamisLexer *lexer, TamisToken *token, const char *after)
{
    token->kind = TAMIS_TOKEN_STRING;
    token->span = tamis_lexer_span(lexer, lexer->start + token->span.offset, after);
    token->length_bytes = (guint32)lexer->buffer->len;
    token->text = tamis_arena_strndup(lexer->arena, lexer->buffer->str, lexer->buffer->len);
    token->is_kept = token->is_faulty = TRUE;
    lexer->at = after;
}

static void
suggest(TamisLexer *lexer, TamisDiagnostic *diagnostic, const TamisToken *token)
{
    g_autoptr(GString) quoted = g_string_new("\"");

    for (const char *at = token->text; *at != '\0'; at++) {
        if (*at == '"' || *at == '\\')
            g_string_append_c(quoted, '\\');
        g_string_append_c(quoted, *at);
    }
    g_string_append_c(quoted, '"');
    tamis_report_help(lexer->report, diagnostic, "put the whole address in quotes: %s",
                      tamis_excerpt(quoted->str, quoted->len).text);
    tamis_report_edit(lexer->report, diagnostic, token->span, quoted->str);
}

void
tamis_lexer_join_address(TamisLexer *lexer, TamisToken *word)
{
    const char *from = lexer->at, *after;
    const char *start = lexer->start + word->span.offset;
    TamisDiagnostic *diagnostic;

    if ((*from == '/' && from + 1 < lexer->end && from[1] == '*') ||
        (after = address_end(from, lexer->end)) == NULL)
        return;
    diagnostic = tamis_report_add(lexer->report, tamis_lexer_span(lexer, from, from + 1),
                                  TAMIS_RULE_SYNTAX, "address with '%c' before the '@'", *from);
    g_string_truncate(lexer->buffer, 0);
    g_string_append_len(lexer->buffer, start, after - start);
    take_buffer(lexer, word, after);
    suggest(lexer, diagnostic, word);
}

void
tamis_lexer_join_quoted_local(TamisLexer *lexer, TamisToken *string)
{
    const char *at = lexer->at, *after = address_end(at, lexer->end);
    TamisDiagnostic *diagnostic;

    if (after == NULL)
        return;
    diagnostic = tamis_report_add(lexer->report, string->span, TAMIS_RULE_SYNTAX,
                                  "quotes around a part of an address");
    g_string_truncate(lexer->buffer, 0);
    g_string_append_len(lexer->buffer, string->text, string->length_bytes);
    g_string_append_len(lexer->buffer, at, after - at);
    take_buffer(lexer, string, after);
    suggest(lexer, diagnostic, string);
}
