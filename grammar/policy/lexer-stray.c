/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Characters that begin no token: what an input method, a word processor or another language's
 * habit puts into a policy. Each is named, with what to write instead; where that is clear, reading
 * goes on as if it stood there. */
#include "grammar/policy/lexer.h"

#include <string.h>

/* Look-alikes of our marks. */
static const struct {
    gunichar character;
    TamisTokenKind kind;
    const char *mark;
} marks[] = {
    {0xff1b, TAMIS_TOKEN_SEMICOLON, ";"}, /* fullwidth */
    {0xff0c, TAMIS_TOKEN_COMMA, ","},
    {0x3001, TAMIS_TOKEN_COMMA, ","}, /* ideographic comma */
    {0xff08, TAMIS_TOKEN_LEFT, "("},
    {0xff09, TAMIS_TOKEN_RIGHT, ")"},
    {0xff5b, TAMIS_TOKEN_OPEN, "{"},
    {0xff5d, TAMIS_TOKEN_CLOSE, "}"},
    {0xff1d, TAMIS_TOKEN_EQUALS, "="},
    {0xff0b, TAMIS_TOKEN_PLUS, "+"},
    {0xff0d, TAMIS_TOKEN_MINUS, "-"},
    {0x2010, TAMIS_TOKEN_MINUS, "-"}, /* hyphens, dashes, minus */
    {0x2011, TAMIS_TOKEN_MINUS, "-"},
    {0x2013, TAMIS_TOKEN_MINUS, "-"},
    {0x2014, TAMIS_TOKEN_MINUS, "-"},
    {0x2212, TAMIS_TOKEN_MINUS, "-"},
    {0xff1c, TAMIS_TOKEN_LT, "<"},
    {0xff1e, TAMIS_TOKEN_GT, ">"},
    {0x2264, TAMIS_TOKEN_LE, "<="},
    {0x2265, TAMIS_TOKEN_GE, ">="},
    {0x2026, TAMIS_TOKEN_DOTS, ".."},
    {0xff1a, TAMIS_TOKEN_END, ":"}, /* no tokens of their own: only named */
    {0x3002, TAMIS_TOKEN_END, "."},
    {0xff0e, TAMIS_TOKEN_END, "."},
    {0xff20, TAMIS_TOKEN_END, "@"},
    {0xff0f, TAMIS_TOKEN_END, "/"},
    {0xff03, TAMIS_TOKEN_END, "#"},
};

static const struct {
    gunichar opener, closer;
} quotes[] = {
    {0x201c, 0x201d}, {0x201d, 0x201d}, {0x201e, 0x201c}, {0xab, 0xbb},
    {0xbb, 0xab},     {0x2018, 0x2019}, {0x2019, 0x2019}, {0xff02, 0xff02},
    {0x300c, 0x300d}, {0x300e, 0x300f}, {'\'', '\''},     {'`', '`'},
};

/* Habits of other languages. */
static const struct {
    const char *text, *help;
} habits[] = {
    {"&&", "write 'and'"},
    {"||", "write 'or'"},
    {"&", "write 'and'"},
    {"|", "write 'or'"},
    {"!", "write 'not'"},
    {"[", "a list has no brackets: write the values with commas between them"},
    {"]", "a list has no brackets: write the values with commas between them"},
    {":", "leave it out"},
    {"*/", "a comment begins with '/*'"},
};

static TamisDiagnostic *
add(TamisLexer *lexer, const char *from, const char *after, const char *what)
{
    return tamis_report_add(lexer->report, tamis_lexer_span(lexer, from, after), TAMIS_RULE_SYNTAX,
                            "%s '%s'", what, tamis_excerpt(from, (gsize)(after - from)).text);
}

/* Leaves out what stands before after. */
static gboolean
skip_to(TamisLexer *lexer, const char *after)
{
    lexer->at = after;
    lexer->is_faulty = TRUE;
    return FALSE;
}

static gboolean
read_mark(TamisLexer *lexer, gunichar character, gsize length, TamisToken *token)
{
    for (gsize i = 0; i < G_N_ELEMENTS(marks); i++) {
        const char *from = lexer->at, *after = from + length;
        TamisDiagnostic *diagnostic;

        if (marks[i].character != character)
            continue;
        diagnostic = add(lexer, from, after, "unusable mark");
        tamis_report_help(lexer->report, diagnostic, "write '%s' with an ASCII keyboard",
                          marks[i].mark);
        tamis_report_edit(lexer->report, diagnostic, tamis_lexer_span(lexer, from, after),
                          marks[i].mark);
        skip_to(lexer, after);
        if (marks[i].kind == TAMIS_TOKEN_END)
            return FALSE;
        *token = (TamisToken){.kind = marks[i].kind,
                              .span = tamis_lexer_span(lexer, from, after),
                              .text = from,
                              .length_bytes = (guint32)length,
                              .starts_line = lexer->starts_line,
                              .is_faulty = TRUE};
        lexer->starts_line = lexer->is_faulty = FALSE;
        return TRUE;
    }
    return FALSE;
}

static gboolean
read_quote(TamisLexer *lexer, gunichar character, gsize length, TamisToken *token)
{
    for (gsize i = 0; i < G_N_ELEMENTS(quotes); i++) {
        const char *from = lexer->at;
        TamisDiagnostic *diagnostic;

        if (quotes[i].opener != character)
            continue;
        diagnostic = add(lexer, from, from + length, "unusable quote");
        tamis_report_help(lexer->report, diagnostic,
                          "write strings in straight double quotes: \"…\"");
        if (tamis_lexer_read_foreign_string(lexer, from + length, quotes[i].closer, token))
            return TRUE;
        skip_to(lexer, from + length);
        return FALSE;
    }
    return FALSE;
}

static void
read_other(TamisLexer *lexer, gsize length)
{
    const char *from = lexer->at, *after = from + length, *help = NULL;
    TamisDiagnostic *diagnostic;

    for (gsize i = 0; i < G_N_ELEMENTS(habits) && help == NULL; i++) {
        gsize size = strlen(habits[i].text);

        if ((gsize)(lexer->end - from) >= size && memcmp(from, habits[i].text, size) == 0) {
            help = habits[i].help;
            after = from + size;
        }
    }
    if (help == NULL) {
        while ((gsize)(lexer->end - after) >= length && memcmp(after, from, length) == 0)
            after += length;
        help = "put text in quotes: \"…\"";
    }
    skip_to(lexer, after);
    if (from < lexer->quiet_until)
        return;
    diagnostic = add(lexer, from, after, "stray character");
    tamis_report_help(lexer->report, diagnostic, "%s", help);
    lexer->quiet_until = memchr(after, '\n', (gsize)(lexer->end - after));
    if (lexer->quiet_until == NULL)
        lexer->quiet_until = lexer->end;
}

/* A slash or an at sign: the two that stand at the head of something. */
static gboolean
read_head(TamisLexer *lexer)
{
    const char *from = lexer->at, *after;
    TamisDiagnostic *diagnostic;

    if (*from == '/' && from + 1 < lexer->end && from[1] == '/') {
        after = memchr(from, '\n', (gsize)(lexer->end - from));
        diagnostic = add(lexer, from, from + 2, "stray characters");
        tamis_report_help(lexer->report, diagnostic, "a comment begins with '#'");
        lexer->at = after != NULL ? after : lexer->end;
        return TRUE;
    }
    if (*from == '@') {
        diagnostic = add(lexer, from, from + 1, "nothing before the");
        tamis_report_help(lexer->report, diagnostic,
                          "write an address as local@domain, and a whole domain without '@'");
        skip_to(lexer, from + 1);
        return TRUE;
    }
    return FALSE;
}

gboolean
tamis_lexer_read_stray(TamisLexer *lexer, TamisToken *token)
{
    const char *from = lexer->at;
    gunichar character;
    gsize length;

    if (tamis_lexer_find_fault(from, MIN(from + 4, lexer->end), &length) == from) {
        const char *after = from + length;

        while (after < lexer->end &&
               tamis_lexer_find_fault(after, MIN(after + 4, lexer->end), &length) == after)
            after += length;
        tamis_lexer_check(lexer, from, after, TAMIS_RULE_SYNTAX, "");
        return skip_to(lexer, after);
    }
    length = tamis_utf8_decode(from, lexer->end, &character);
    if (character < 0x80 && read_head(lexer))
        return FALSE;
    if (read_mark(lexer, character, length, token) || read_quote(lexer, character, length, token))
        return TRUE;
    if (lexer->at > from)
        return FALSE;
    if (g_unichar_isspace(character) || character == 0x200b || character == 0xfeff) {
        TamisDiagnostic *diagnostic =
            tamis_report_add(lexer->report, tamis_lexer_span(lexer, from, from + length),
                             TAMIS_RULE_SYNTAX, "blank U+%04X", (guint)character);
        tamis_report_help(lexer->report, diagnostic, "write a plain blank");
        tamis_report_edit(lexer->report, diagnostic, tamis_lexer_span(lexer, from, from + length),
                          " ");
        return skip_to(lexer, from + length);
    }
    read_other(lexer, length);
    return FALSE;
}
