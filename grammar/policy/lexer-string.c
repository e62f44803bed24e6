/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Strings and text blocks to template form: escapes, placeholders, indentation. What a string may
 * hold is checked here as far as its characters go; what a place takes (a line, a header) is the
 * resolver's. */
#include "grammar/policy/lexer.h"
#include "grammar/policy/template-text.h"

#include <string.h>

#define MAX_ESCAPE_DIGITS 6

static gboolean
is_special(char c)
{
    return c == '"' || c == '\\' || c == '$' || c == '\n';
}

static void
put_string(TamisLexer *lexer, TamisToken *token, const char *from, const char *after)
{
    *token = (TamisToken){
        .kind = TAMIS_TOKEN_STRING,
        .span = tamis_lexer_span(lexer, from, after),
        .is_kept = TRUE,
        .starts_line = lexer->starts_line,
        .is_faulty = lexer->is_faulty,
    };
    lexer->at = after;
    lexer->starts_line = FALSE;
    lexer->is_faulty = FALSE;
}

static void
put_text(TamisLexer *lexer, TamisToken *token, const char *text, gsize length)
{
    token->text = tamis_arena_strndup(lexer->arena, text, length);
    token->length_bytes = (guint32)length;
}

/* The span of a fault inside the token, which is marked. */
static TamisSpan
blame(TamisLexer *lexer, TamisToken *token, const char *from, const char *after)
{
    token->is_faulty = TRUE;
    return tamis_lexer_span(lexer, from, after);
}

/* Literal characters; what no text may hold was reported and is left out. */
static void
append_clean(TamisLexer *lexer, const char *text, const char *end)
{
    while (text < end) {
        gsize length;
        const char *fault = tamis_lexer_find_fault(text, end, &length);

        tamis_template_append_literal(lexer->buffer, text, (gsize)(fault - text));
        text = fault < end ? fault + length : end;
    }
}

/* The value of u{…} in [text, end), which begins behind the `u`; 0 when it is malformed. */
static gsize
read_code_point(const char *text, const char *end, gunichar *out_character)
{
    const char *digit = text + 1;
    gunichar character = 0;

    if (text == end || *text != '{')
        return 0;
    while (digit < end && g_ascii_isxdigit(*digit) && digit - text <= MAX_ESCAPE_DIGITS)
        character = character * 16 + (gunichar)g_ascii_xdigit_value(*digit++);
    if (digit == text + 1 || digit == end || *digit != '}' || !g_unichar_validate(character))
        return 0;
    *out_character = character;
    return (gsize)(digit + 1 - text);
}

static gsize
read_unicode_escape(TamisLexer *lexer, TamisToken *token, const char *escape, const char *end)
{
    gunichar character = 0;
    gsize length = read_code_point(escape + 2, end, &character);
    char utf8[6];

    if (length == 0) {
        TamisDiagnostic *diagnostic =
            tamis_report_add(lexer->report, blame(lexer, token, escape, escape + 2),
                             TAMIS_RULE_SYNTAX, "malformed escape '\\u'");
        tamis_report_help(lexer->report, diagnostic, "write a character as \\u{20ac}");
        return 2;
    }
    if (g_unichar_iscntrl(character) && character != '\n' && character != '\t') {
        TamisDiagnostic *diagnostic = tamis_report_add(
            lexer->report, blame(lexer, token, escape, escape + 2 + length),
            TAMIS_RULE_UNSAFE_STRING, "control character U+%04X in a string", (guint)character);
        tamis_report_help(lexer->report, diagnostic, "take it out");
        return 2 + length;
    }
    tamis_template_append_literal(lexer->buffer, utf8, (gsize)g_unichar_to_utf8(character, utf8));
    return 2 + length;
}

/* At a backslash; returns how many bytes it takes. */
static gsize
read_escape(TamisLexer *lexer, TamisToken *token, const char *escape, const char *end)
{
    char c = escape + 1 < end ? escape[1] : '\0';
    TamisDiagnostic *diagnostic;
    gunichar character;
    gsize length;

    if (c == '"' || c == '\\') {
        g_string_append_c(lexer->buffer, c);
        return 2;
    }
    if (c == 'n') {
        g_string_append_c(lexer->buffer, '\n');
        return 2;
    }
    if (c == 'u')
        return read_unicode_escape(lexer, token, escape, end);
    length = tamis_utf8_decode(escape + 1, end, &character);
    if (length == 0 || g_unichar_iscntrl(character))
        length = 0;
    diagnostic = tamis_report_add(lexer->report, blame(lexer, token, escape, escape + 1 + length),
                                  TAMIS_RULE_SYNTAX, "unknown escape '%s'",
                                  tamis_excerpt(escape, length + 1).text);
    tamis_report_help(lexer->report, diagnostic,
                      "write \\\\ for a backslash; there are \\\", \\\\, \\n and \\u{…}");
    return 1;
}

/* At a dollar sign; returns how many bytes it takes. */
static gsize
read_dollar(TamisLexer *lexer, TamisToken *token, const char *dollar, const char *end)
{
    const char *cursor = dollar;
    TamisDiagnostic *diagnostic;
    TamisTemplatePart part;

    if (end - dollar >= 3 && memcmp(dollar, "$${", 3) == 0) {
        g_string_append(lexer->buffer, "$${");
        return 3;
    }
    if (end - dollar < 2 || dollar[1] != '{') {
        g_string_append_c(lexer->buffer, '$');
        return 1;
    }
    if (end - dollar < 3 || dollar[2] != '$') {
        tamis_template_next(&cursor, end, &part);
        if (part.kind != TAMIS_TEMPLATE_MALFORMED) {
            tamis_template_append_placeholder(lexer->buffer, dollar + 2,
                                              (gsize)(cursor - dollar) - 3);
            return (gsize)(cursor - dollar);
        }
    } else {
        cursor = dollar + 2;
    }
    diagnostic = tamis_report_add(lexer->report, blame(lexer, token, dollar, cursor),
                                  TAMIS_RULE_SYNTAX, "malformed placeholder '%s'",
                                  tamis_excerpt(dollar, (gsize)(cursor - dollar)).text);
    tamis_report_help(lexer->report, diagnostic,
                      "write '${name}' or '${row.column}'; a literal '${' is '$${'");
    g_string_append(lexer->buffer, "$${");
    return 2;
}

/* Appends the value of a piece of source, which holds no line break, to the buffer. */
static void
decode(TamisLexer *lexer, TamisToken *token, const char *text, const char *end)
{
    while (text < end) {
        const char *stop = text;

        while (stop < end && *stop != '\\' && *stop != '$')
            stop++;
        append_clean(lexer, text, stop);
        if (stop == end)
            return;
        text = stop + (*stop == '\\' ? read_escape(lexer, token, stop, end)
                                     : read_dollar(lexer, token, stop, end));
    }
}

/* Where a string that is not closed on its line most likely ends: before the marks that follow it. */
static const char *
guess_end(const char *text, const char *end)
{
    const char *after = text;

    while (after < end && strchr("\n;{}", *after) == NULL)
        after++;
    while (after > text && strchr(" \t\r,)", after[-1]) != NULL)
        after--;
    return after;
}

static void
read_line_string(TamisLexer *lexer, TamisToken *token)
{
    const char *from = lexer->at, *text = from + 1, *after = text;
    gboolean is_plain = TRUE, is_open;

    for (;;) {
        while (after < lexer->end && !is_special(*after))
            after++;
        if (after == lexer->end || *after == '"' || *after == '\n')
            break;
        is_plain = FALSE;
        after += *after == '\\' && after + 1 < lexer->end && after[1] != '\n' ? 2 : 1;
    }
    is_open = after == lexer->end || *after == '\n';
    if (is_open)
        after = guess_end(text, lexer->end);
    put_string(lexer, token, from, is_open ? after : after + 1);
    if (is_open) {
        TamisDiagnostic *diagnostic =
            tamis_report_add(lexer->report, blame(lexer, token, from, after), TAMIS_RULE_SYNTAX,
                             "string is not closed on its line");
        tamis_report_help(lexer->report, diagnostic,
                          "close it with '\"', or write a text block between lines of \"\"\"");
    }
    if (lexer->next_fault < after &&
        tamis_lexer_check(lexer, text, after, TAMIS_RULE_UNSAFE_STRING, " in a string")) {
        token->is_faulty = TRUE;
        is_plain = FALSE;
    }
    if (is_plain) {
        put_text(lexer, token, text, (gsize)(after - text));
        return;
    }
    g_string_truncate(lexer->buffer, 0);
    decode(lexer, token, text, after);
    put_text(lexer, token, lexer->buffer->str, lexer->buffer->len);
}

/* The closing quotes of a block, or NULL. */
static const char *
find_block_end(const char *text, const char *end)
{
    const char *at = text;

    while ((at = memchr(at, '"', (gsize)(end - at))) != NULL) {
        const char *backslash = at;

        while (backslash > text && backslash[-1] == '\\')
            backslash--;
        if ((at - backslash) % 2 == 0 && end - at >= 3 && at[1] == '"' && at[2] == '"')
            return at;
        at++;
    }
    return NULL;
}

static const char *
skip_blanks(const char *text, const char *end)
{
    while (text < end && (*text == ' ' || *text == '\t'))
        text++;
    return text;
}

/* The end of the line at text, without its line break. */
static const char *
line_end(const char *text, const char *end, const char **out_next)
{
    const char *feed = memchr(text, '\n', (gsize)(end - text));

    *out_next = feed != NULL ? feed + 1 : NULL;
    if (feed == NULL)
        return end;
    return feed > text && feed[-1] == '\r' ? feed - 1 : feed;
}

/* How many bytes of blanks all lines of [text, end) that hold something begin with alike; the last line,
 * in front of the quotes, counts even when it is blank. */
static gsize
common_indent(const char *text, const char *end)
{
    const char *model = NULL;
    gsize indent = 0;

    while (text != NULL) {
        const char *next;
        const char *stop = line_end(text, end, &next);
        const char *first = skip_blanks(text, stop);
        gsize length = 0;

        if (first < stop || next == NULL) {
            if (model == NULL) {
                model = text;
                indent = (gsize)(first - text);
            }
            while (length < indent && length < (gsize)(first - text) &&
                   text[length] == model[length])
                length++;
            indent = length;
        }
        text = next;
    }
    return indent;
}

void
tamis_block_lines_start(TamisBlockLines *lines, const char *text, const char *end)
{
    const char *first = skip_blanks(text, end);

    if (first < end && *first == '\r')
        first++;
    lines->starts_line = first < end && *first == '\n';
    if (lines->starts_line)
        text = first + 1;
    lines->next = text;
    lines->end = end;
    lines->indent = common_indent(text, end);
}

gboolean
tamis_block_lines_next(TamisBlockLines *lines, const char **out_line, gsize *out_length)
{
    const char *text = lines->next, *stop;

    if (text == NULL)
        return FALSE;
    stop = line_end(text, lines->end, &lines->next);
    if (skip_blanks(text, stop) == stop) {
        *out_line = stop;
        *out_length = 0;
        return lines->next != NULL; /* else it is the closing quotes' own line */
    }
    *out_line = text + lines->indent;
    *out_length = (gsize)(stop - *out_line);
    return TRUE;
}

static void
decode_block(TamisLexer *lexer, TamisToken *token, TamisBlockLines *lines)
{
    gboolean is_first = TRUE;
    const char *line;
    gsize length;

    g_string_truncate(lexer->buffer, 0);
    while (tamis_block_lines_next(lines, &line, &length)) {
        if (!is_first)
            g_string_append_c(lexer->buffer, '\n');
        decode(lexer, token, line, line + length);
        is_first = FALSE;
    }
}

static void
read_block(TamisLexer *lexer, TamisToken *token)
{
    const char *from = lexer->at, *end = find_block_end(from + 3, lexer->end);
    TamisBlockLines lines;

    put_string(lexer, token, from, end != NULL ? end + 3 : lexer->end);
    token->is_block = TRUE;
    if (end == NULL) {
        TamisDiagnostic *diagnostic =
            tamis_report_add(lexer->report, blame(lexer, token, from, from + 3), TAMIS_RULE_SYNTAX,
                             "text block is not closed");
        tamis_report_help(lexer->report, diagnostic, "close it with a line of \"\"\"");
        lexer->is_faulty = TRUE;
        end = lexer->end;
    }
    if (tamis_lexer_check(lexer, from, end, TAMIS_RULE_UNSAFE_STRING, " in a string"))
        token->is_faulty = TRUE;
    tamis_block_lines_start(&lines, from + 3, end);
    if (!lines.starts_line && !token->is_faulty) {
        TamisDiagnostic *diagnostic =
            tamis_report_add(lexer->report, blame(lexer, token, from, from + 3), TAMIS_RULE_SYNTAX,
                             "text block does not begin on a line of its own");
        tamis_report_help(lexer->report, diagnostic, "put a line break after the quotes");
    }
    decode_block(lexer, token, &lines);
    put_text(lexer, token, lexer->buffer->str, lexer->buffer->len);
}

void
tamis_lexer_read_string(TamisLexer *lexer, TamisToken *token)
{
    if (lexer->end - lexer->at >= 3 && memcmp(lexer->at, "\"\"\"", 3) == 0)
        read_block(lexer, token);
    else
        read_line_string(lexer, token);
    if (lexer->at < lexer->end && *lexer->at == '@' && !token->is_block)
        tamis_lexer_join_quoted_local(lexer, token);
}

gboolean
tamis_lexer_read_foreign_string(TamisLexer *lexer, const char *text, gunichar closer,
                                TamisToken *token)
{
    const char *from = lexer->at, *after = text;
    gunichar character = 0;
    gsize length = 0;

    if (from < lexer->open_until)
        return FALSE;
    while (after < lexer->end && *after != '\n') {
        length = MAX(tamis_utf8_decode(after, lexer->end, &character), 1);
        if (character == closer || character == '"')
            break;
        after += length;
    }
    if (after >= lexer->end || *after == '\n') {
        lexer->open_until = after;
        return FALSE;
    }
    put_string(lexer, token, from, after + length);
    token->is_faulty = TRUE;
    g_string_truncate(lexer->buffer, 0);
    append_clean(lexer, text, after);
    put_text(lexer, token, lexer->buffer->str, lexer->buffer->len);
    return TRUE;
}
