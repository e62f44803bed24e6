/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Strings of several lines: `text:`, up to a dot alone on its line (RFC 5228, section 2.4.2). */
#include "grammar/sieve/lexer-private.h"

#include <string.h>

/* Where the line that closes a text block begins, or NULL. */
static const char *
find_lone_dot(TamisSieveLexer *lexer, const char *line, gboolean *out_is_stuffed)
{
    while (line < lexer->limit) {
        if (*line == '.') {
            gsize rest = (gsize)(lexer->limit - line);
            if (rest > 1 && line[1] == '\n')
                return line;
            if (rest > 2 && line[1] == '\r' && line[2] == '\n')
                return line;
            *out_is_stuffed |= rest > 1 && line[1] == '.';
        }
        line = memchr(line, '\n', (gsize)(lexer->limit - line));
        if (line == NULL)
            return NULL;
        line++;
    }
    return NULL;
}

static void
unstuff(TamisSieveLexer *lexer, const char *line, const char *end)
{
    char *value = tamis_arena_alloc(lexer->arena, (gsize)(end - line));
    char *to = value;

    while (line < end) {
        const char *next = (const char *)memchr(line, '\n', (gsize)(end - line)) + 1;
        if (line[0] == '.' && line[1] == '.')
            line++;
        memcpy(to, line, (gsize)(next - line));
        to += next - line;
        line = next;
    }
    tamis_sieve_lexer_set_value(lexer, value, to, TAMIS_SIEVE_TEXT, FALSE);
}

static const char *
next_line(const char *line, const char *limit)
{
    const char *end = memchr(line, '\n', (gsize)(limit - line));
    return end != NULL ? end + 1 : NULL;
}

static void
report_unclosed_block(TamisSieveLexer *lexer, const char *start, const char *line)
{
    TamisDiagnostic *diagnostic = tamis_sieve_lexer_error(
        lexer, tamis_sieve_lexer_span(lexer, start, start + strlen("text:")),
        "the text is not closed");

    /* A dot with blanks around it, or one at the very end, looks as if it did. */
    for (; line != NULL && line < lexer->limit; line = next_line(line, lexer->limit)) {
        const char *at = line;
        while (at < lexer->limit && (*at == ' ' || *at == '\t'))
            at++;
        const char *dot = at;
        if (at == lexer->limit || *at++ != '.')
            continue;
        while (at < lexer->limit && (*at == ' ' || *at == '\t' || *at == '\r' || *at == ';'))
            at++;
        if (at < lexer->limit && *at != '\n')
            continue;
        tamis_report_relate(lexer->report, diagnostic, tamis_sieve_lexer_span(lexer, dot, dot + 1),
                            "the closing dot must be alone on its line, without blanks");
        break;
    }
    tamis_report_help(lexer->report, diagnostic, "write a line with nothing but '.' where it ends");
    lexer->is_cut_off = TRUE;
}

void
tamis_sieve_lexer_scan_text(TamisSieveLexer *lexer, const char *at)
{
    const char *start = lexer->start, *head_end = at;
    gboolean is_stuffed = FALSE;

    while (at < lexer->limit && (*at == ' ' || *at == '\t'))
        at++;
    if (at < lexer->limit && *at == '#') {
        TamisSieveComment **end = &lexer->comments;
        while (*end != NULL)
            end = &(*end)->next;
        at = tamis_sieve_lexer_skip_hash_comment(lexer, &end, at, 0);
    } else if (at < lexer->limit && *at == '\r') {
        at++;
    }
    if (at < lexer->limit && *at != '\n') {
        TamisDiagnostic *diagnostic =
            tamis_sieve_lexer_error(lexer, tamis_sieve_lexer_span(lexer, start, head_end),
                                    "the text does not begin on a line of its own");
        tamis_report_help(lexer->report, diagnostic, "break the line behind 'text:'");
        lexer->kind = TAMIS_SIEVE_TOKEN_GARBAGE;
        lexer->end = head_end;
        return;
    }
    const char *line = at < lexer->limit ? at + 1 : at;
    const char *dot = find_lone_dot(lexer, line, &is_stuffed);
    if (dot == NULL) {
        report_unclosed_block(lexer, start, line);
        is_stuffed = FALSE;
        dot = lexer->limit;
    }
    tamis_sieve_lexer_check_nul(lexer, line, dot, "string");
    if (is_stuffed)
        unstuff(lexer, line, dot);
    else
        tamis_sieve_lexer_set_value(lexer, line, dot, TAMIS_SIEVE_TEXT, FALSE);
    lexer->end = dot == lexer->limit
                     ? dot
                     : (const char *)memchr(dot, '\n', (gsize)(lexer->limit - dot)) + 1;
}
