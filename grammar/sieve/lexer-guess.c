/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What was meant where no token begins: texts without double quotes, signs of other languages, the
 * wide punctuation that an input method gives. One report for each such place, with a fix where
 * there is one. */
#include "grammar/sieve/lexer.h"

#include "grammar/sieve/reference.h"

#include <string.h>

/* Nothing farther away is looked at, so that a hostile text costs no more than a long one. */
#define MAX_GUESSED_BYTES ((gsize)1000)

/* Characters that look like others. */
static const struct {
    const char *utf8;
    const char *ascii; /* " ": a blank */
    const char *name;
} lookalikes[] = {
    {"；", ";", "a full-width semicolon"},   {"，", ",", "a full-width comma"},
    {"、", ",", "an ideographic comma"},     {"（", "(", "a full-width parenthesis"},
    {"）", ")", "a full-width parenthesis"}, {"［", "[", "a full-width bracket"},
    {"］", "]", "a full-width bracket"},     {"【", "[", "a full-width bracket"},
    {"】", "]", "a full-width bracket"},     {"｛", "{", "a full-width brace"},
    {"｝", "}", "a full-width brace"},       {"\u3000", " ", "an ideographic space"},
    {"\u00a0", " ", "a no-break space"},     {"\u200b", " ", "a zero-width space"},
    {"\ufeff", " ", "a byte order mark"},
};

/* Pairs of quotation marks that no string can stand in. */
static const struct {
    const char *open, *close;
} quotes[] = {
    {"'", "'"}, {"“", "”"},   {"‘", "’"}, {"„", "“"},
    {"”", "”"}, {"＂", "＂"}, {"`", "`"}, {"`", "'"},
};

/* Operators of other languages, the longer ones first. */
static const struct {
    const char *sign;
    const char *help;
} operators[] = {
    {"&&", "write 'allof (…, …)' where all tests must hold"},
    {"||", "write 'anyof (…, …)' where one test must hold"},
    {"==", "write the match type as a tag: 'header :is \"subject\" \"…\"'"},
    {"!=", "write 'not' before the test"},
    {"!", "write 'not' before the test"},
    {"=", "write the match type as a tag, 'header :is \"subject\" \"…\"', and a variable as "
          "'set \"name\" \"…\"'"},
    {"-", "write a number without a sign: none is negative (RFC 5228, section 2.4.1)"},
};

static gboolean
begins_with(const TamisSieveLexer *lexer, const char *at, const char *text)
{
    gsize length = strlen(text);

    return (gsize)(lexer->limit - at) >= length && memcmp(at, text, length) == 0;
}

static gboolean
guess_lookalike(TamisSieveLexer *lexer, gboolean *out_is_blank)
{
    static const struct {
        char c;
        TamisSieveTokenKind kind;
    } kinds[] = {
        {';', TAMIS_SIEVE_TOKEN_SEMICOLON},    {',', TAMIS_SIEVE_TOKEN_COMMA},
        {'(', TAMIS_SIEVE_TOKEN_LEFT_PAREN},   {')', TAMIS_SIEVE_TOKEN_RIGHT_PAREN},
        {'[', TAMIS_SIEVE_TOKEN_LEFT_BRACKET}, {']', TAMIS_SIEVE_TOKEN_RIGHT_BRACKET},
        {'{', TAMIS_SIEVE_TOKEN_LEFT_BRACE},   {'}', TAMIS_SIEVE_TOKEN_RIGHT_BRACE},
    };

    for (guint i = 0; i < G_N_ELEMENTS(lookalikes); i++) {
        if (!begins_with(lexer, lexer->start, lookalikes[i].utf8))
            continue;
        *out_is_blank = *lookalikes[i].ascii == ' ';
        lexer->end = lexer->start + strlen(lookalikes[i].utf8);
        TamisSpan span = tamis_sieve_lexer_span(lexer, lexer->start, lexer->end);
        TamisDiagnostic *diagnostic =
            tamis_sieve_lexer_error(lexer, span, "%s outside of a string", lookalikes[i].name);
        tamis_report_help(lexer->report, diagnostic,
                          *out_is_blank ? "write a plain blank" : "write '%s'",
                          lookalikes[i].ascii);
        tamis_report_edit(lexer->report, diagnostic, span, lookalikes[i].ascii);
        for (guint j = 0; j < G_N_ELEMENTS(kinds); j++)
            if (kinds[j].c == *lookalikes[i].ascii)
                lexer->kind = kinds[j].kind;
        return TRUE;
    }
    return FALSE;
}

/* A string in quotation marks of another kind, closed on the same line. */
static gboolean
guess_quotes(TamisSieveLexer *lexer)
{
    gsize length = MIN((gsize)(lexer->limit - lexer->start), MAX_GUESSED_BYTES);
    const char *line_end = memchr(lexer->start, '\n', length);

    if (line_end == NULL)
        line_end = lexer->start + length;
    for (guint i = 0; i < G_N_ELEMENTS(quotes); i++) {
        if (!begins_with(lexer, lexer->start, quotes[i].open))
            continue;
        const char *text = lexer->start + strlen(quotes[i].open);
        const char *close =
            memmem(text, (gsize)(line_end - text), quotes[i].close, strlen(quotes[i].close));
        if (close == NULL || memchr(text, '"', (gsize)(close - text)) != NULL)
            continue;
        lexer->end = close + strlen(quotes[i].close);
        lexer->kind = TAMIS_SIEVE_TOKEN_STRING;
        lexer->value = text;
        lexer->head = (TamisSieveStringHead){.length_bytes = (guint32)(close - text),
                                             .form = TAMIS_SIEVE_QUOTED};
        TamisDiagnostic *diagnostic =
            tamis_sieve_lexer_error(lexer, tamis_sieve_lexer_span(lexer, lexer->start, lexer->end),
                                    "a string in other than double quotes");
        tamis_report_help(lexer->report, diagnostic, "write '\"' on both sides");
        if (memchr(text, '\\', (gsize)(close - text)) == NULL) {
            tamis_report_edit(lexer->report, diagnostic,
                              tamis_sieve_lexer_span(lexer, lexer->start, text), "\"");
            tamis_report_edit(lexer->report, diagnostic,
                              tamis_sieve_lexer_span(lexer, close, lexer->end), "\"");
        }
        return TRUE;
    }
    return FALSE;
}

static gboolean
ends_bare_text(char c)
{
    return strchr(" \t\r\n;,()[]{}\"", c) != NULL; /* and NUL */
}

/* Whether a command may begin here. */
static gboolean
is_at_command(const TamisSieveLexer *lexer)
{
    return lexer->previous_kind == TAMIS_SIEVE_TOKEN_END ||
           lexer->previous_kind == TAMIS_SIEVE_TOKEN_SEMICOLON ||
           lexer->previous_kind == TAMIS_SIEVE_TOKEN_LEFT_BRACE ||
           lexer->previous_kind == TAMIS_SIEVE_TOKEN_RIGHT_BRACE;
}

/* A ':' with nothing behind it, as Python has it, or behind the name of a tag. */
static gboolean
guess_colon(TamisSieveLexer *lexer)
{
    if (*lexer->start == ':' && lexer->start + 1 < lexer->limit &&
        g_ascii_isdigit(lexer->start[1]) && lexer->previous_end != lexer->start) {
        lexer->end = lexer->start + 1;
        TamisSpan colon = tamis_sieve_lexer_span(lexer, lexer->start, lexer->end);
        TamisDiagnostic *before = tamis_sieve_lexer_error(lexer, colon, "a ':' before a number");
        tamis_report_help(lexer->report, before,
                          "take it out: tags alone begin with it (RFC 5228, section 2.6.2)");
        tamis_report_edit(lexer->report, before, colon, "");
        return TRUE;
    }
    if (*lexer->start != ':' ||
        (lexer->start + 1 < lexer->limit &&
         (lexer->start[1] == '\0' || strchr(" \t\r\n:", lexer->start[1]) == NULL)))
        return FALSE;
    lexer->end = lexer->start + 1;
    TamisSpan span = tamis_sieve_lexer_span(lexer, lexer->start, lexer->end);
    TamisDiagnostic *diagnostic = tamis_sieve_lexer_error(lexer, span, "a ':' that begins no tag");
    if (lexer->previous_kind == TAMIS_SIEVE_TOKEN_TAG && lexer->previous_end == lexer->start) {
        tamis_report_help(lexer->report, diagnostic, "take it out: a tag has its ':' in front");
        tamis_report_edit(lexer->report, diagnostic, span, "");
        return TRUE;
    }
    tamis_report_help(lexer->report, diagnostic,
                      "write it right before a tag's name, as ':contains', and a block in '{' and "
                      "'}' (RFC 5228, section 2.6.2)");
    return TRUE;
}

/* `size > 10M`: the tag that was meant, and how to say the rest. */
static gboolean
guess_relation(TamisSieveLexer *lexer)
{
    char sign = *lexer->start;
    gboolean is_open = lexer->start + 1 < lexer->limit && lexer->start[1] == '=';
    gboolean is_size =
        lexer->previous_kind == TAMIS_SIEVE_TOKEN_WORD &&
        tamis_sieve_name_is(lexer->previous_start,
                            (guint32)(lexer->previous_end - lexer->previous_start), "size");

    if ((sign != '<' && sign != '>') || is_at_command(lexer) ||
        (lexer->start + 1 < lexer->limit &&
         (lexer->start[1] == '\0' || strchr(" \t\r\n=0123456789", lexer->start[1]) == NULL)))
        return FALSE;
    lexer->end = lexer->start + (is_open ? 2 : 1);
    TamisSpan span = tamis_sieve_lexer_span(lexer, lexer->start, lexer->end);
    TamisDiagnostic *diagnostic =
        tamis_sieve_lexer_error(lexer, span, "Sieve has no '%c%s'", sign, is_open ? "=" : "");
    if (!is_size) {
        tamis_report_help(lexer->report, diagnostic,
                          "write ':value \"%s\" :comparator \"i;ascii-numeric\"' behind the test's "
                          "name (RFC 5231)",
                          sign == '>' ? (is_open ? "ge" : "gt") : (is_open ? "le" : "lt"));
        return TRUE;
    }
    tamis_report_help(lexer->report, diagnostic, "write '%ssize :%s 10M' (RFC 5228, section 5.9)",
                      is_open ? "not " : "", (sign == '>') != is_open ? "over" : "under");
    if (!is_open)
        tamis_report_edit(lexer->report, diagnostic, span, sign == '>' ? ":over" : ":under");
    return TRUE;
}

static gboolean
guess_operator(TamisSieveLexer *lexer)
{
    for (guint i = 0; i < G_N_ELEMENTS(operators); i++) {
        if (!begins_with(lexer, lexer->start, operators[i].sign))
            continue;
        lexer->end = lexer->start + strlen(operators[i].sign);
        TamisDiagnostic *diagnostic =
            tamis_sieve_lexer_error(lexer, tamis_sieve_lexer_span(lexer, lexer->start, lexer->end),
                                    "Sieve has no '%s'", operators[i].sign);
        if (strcmp(operators[i].sign, "=") == 0 && lexer->previous_kind == TAMIS_SIEVE_TOKEN_TAG) {
            tamis_report_help(lexer->report, diagnostic, "write the tag's value behind a blank");
            tamis_report_edit(lexer->report, diagnostic,
                              tamis_sieve_lexer_span(lexer, lexer->start, lexer->end), " ");
            return TRUE;
        }
        tamis_report_help(lexer->report, diagnostic, "%s", operators[i].help);
        return TRUE;
    }
    return FALSE;
}

/* A comment as other languages write it; FALSE: white space. */
static gboolean
guess_comment(TamisSieveLexer *lexer)
{
    if (!begins_with(lexer, lexer->start, "//"))
        return FALSE;
    lexer->end = memchr(lexer->start, '\n', (gsize)(lexer->limit - lexer->start));
    if (lexer->end == NULL)
        lexer->end = lexer->limit;
    TamisSpan span = tamis_sieve_lexer_span(lexer, lexer->start, lexer->start + 2);
    TamisDiagnostic *diagnostic = tamis_sieve_lexer_error(lexer, span, "'//' begins no comment");
    tamis_report_help(lexer->report, diagnostic, "begin it with '#'");
    tamis_report_edit(lexer->report, diagnostic, span, "#");
    return TRUE;
}

/* Whether two characters stand there, as those around comments. */
static gboolean
is_pair(const char *at, const char *limit, const char *pair)
{
    return at + 1 < limit && at[0] == pair[0] && at[1] == pair[1];
}

/* Behind the next end of a comment that begins nowhere; NULL: there is none, or something that may hold it. */
static const char *
find_stray_end(const char *at, const char *limit)
{
    for (; at < limit; at++) {
        if (is_pair(at, limit, "*/"))
            return at + 2;
        if (is_pair(at, limit, "/*") || (*at == ':' && at[-1] == 't'))
            return NULL;
        if (*at == '"') {
            for (at++; at < limit && *at != '"'; at++)
                at += *at == '\\';
        } else if (*at == '#') {
            while (at < limit && *at != '\n')
                at++;
        }
    }
    return NULL;
}

const char *
tamis_sieve_lexer_guess_nested(TamisSieveLexer *lexer, const char *start, const char *end)
{
    const char *inner = memmem(start + 2, (gsize)(end - start - 2), "/*", 2);

    if (inner == NULL || inner + 2 == end) /* the slash of an end */
        return NULL;
    const char *limit = end + MIN((gsize)(lexer->limit - end), MAX_GUESSED_BYTES);
    const char *outer_end = find_stray_end(end, limit), *next = inner;
    if (outer_end == NULL)
        return NULL;
    while ((next = memmem(next + 2, (gsize)(end - next - 2), "/*", 2)) != NULL) {
        const char *another = find_stray_end(outer_end, limit);
        if (another == NULL)
            break;
        outer_end = another;
    }
    TamisDiagnostic *diagnostic = tamis_sieve_lexer_error(
        lexer, tamis_sieve_lexer_span(lexer, inner, inner + 2), "a comment in a comment");
    tamis_report_relate(lexer->report, diagnostic, tamis_sieve_lexer_span(lexer, end - 2, end),
                        "the outer one ends here already");
    tamis_report_help(lexer->report, diagnostic,
                      "comments do not nest: end it once, or begin lines with '#' (RFC 5228, "
                      "section 2.3)");
    return outer_end;
}

static gboolean
guess_nul(TamisSieveLexer *lexer)
{
    if (*lexer->start != '\0')
        return FALSE;
    lexer->end = lexer->start + 1;
    while (lexer->end < lexer->limit && *lexer->end == '\0')
        lexer->end++;
    TamisDiagnostic *diagnostic = tamis_sieve_lexer_error(
        lexer, tamis_sieve_lexer_span(lexer, lexer->start, lexer->end), "a NUL byte");
    tamis_report_help(lexer->report, diagnostic,
                      "take it out: some servers refuse it, others take the script to end there");
    return TRUE;
}

/* Whether `:text` ends the line before, where `text:` was meant. */
static gboolean
is_behind_text_tag(const TamisSieveLexer *lexer, const char *start)
{
    static const char tag[] = ":text";
    const char *at = start;

    while (at > lexer->text && g_ascii_isspace(at[-1]))
        at--;
    return memchr(at, '\n', (gsize)(start - at)) != NULL &&
           at - lexer->text >= (gssize)strlen(tag) &&
           g_ascii_strncasecmp(at - strlen(tag), tag, strlen(tag)) == 0;
}

/* Up to what can stand behind a text; report or not. A word such as user@host or INBOX.Work without
 * quotes has its part before the strange character in the previous token. */
static void
take_bare_text(TamisSieveLexer *lexer, gboolean is_joined)
{
    const char *start = is_joined ? lexer->previous_start : lexer->start;
    gboolean has_letters = FALSE;
    TamisDiagnostic *diagnostic;

    lexer->end = lexer->start + 1;
    while (lexer->end < lexer->limit && !ends_bare_text(*lexer->end))
        lexer->end++;
    if (lexer->is_quiet)
        return;
    gsize length = (gsize)(lexer->end - start);
    TamisSpan span = tamis_sieve_lexer_span(lexer, start, lexer->end);
    g_autofree char *shown = g_utf8_make_valid(start, (gssize)MIN(length, 80));
    for (const char *at = start; at < lexer->end; at++)
        has_letters |= g_ascii_isalnum(*at) || (guchar)*at >= 0x80;
    if (!has_letters) {
        diagnostic = tamis_sieve_lexer_error(lexer, span, "unexpected '%s'", shown);
        tamis_report_help(
            lexer->report, diagnostic,
            length == 2 && strncmp(start, "*/", 2) == 0 ? "take it out: no comment is open here"
            : length == 1 && *start == '.' ? "a text that ends in such a line begins with 'text:'"
            : is_at_command(lexer)
                ? "begin a command with its name, and a comment with '#'"
                : "take it out, or put it in double quotes where it is meant as a "
                  "text");
        return;
    }
    if (!is_joined && is_at_command(lexer)) {
        diagnostic = tamis_sieve_lexer_error(lexer, span, "'%s' begins no command", shown);
        tamis_report_help(lexer->report, diagnostic,
                          *start == '$' ? "write 'set \"name\" \"value\";' (RFC 5229, section 4)"
                                        : "begin a command with its name, and a comment with '#'");
        return;
    }
    if (is_joined && lexer->previous_kind == TAMIS_SIEVE_TOKEN_NUMBER &&
        (*lexer->start == '.' || *lexer->start == ',')) {
        tamis_sieve_lexer_explain_fraction(lexer, start);
        return;
    }
    diagnostic = tamis_sieve_lexer_error(lexer, span, "the text '%s' is not in quotes", shown);
    if (is_behind_text_tag(lexer, start)) {
        tamis_report_help(lexer->report, diagnostic,
                          "begin a text with 'text:', where ':text' stands");
        return;
    }
    if (*start == '$' && tamis_sieve_is_identifier(start + 1, length - 1)) {
        g_autofree char *value = g_strdup_printf("\"${%s}\"", shown + 1);
        tamis_report_help(lexer->report, diagnostic,
                          "write %s for what a variable holds (RFC 5229, section 3)", value);
        tamis_report_edit(lexer->report, diagnostic, span, value);
        return;
    }
    tamis_report_help(lexer->report, diagnostic, "put it in double quotes");
    if (memchr(start, '\\', length) != NULL || memchr(start, '#', length) != NULL)
        return; /* perhaps a comment begins there */
    tamis_report_edit(lexer->report, diagnostic, tamis_sieve_lexer_span(lexer, start, start), "\"");
    tamis_report_edit(lexer->report, diagnostic,
                      tamis_sieve_lexer_span(lexer, lexer->end, lexer->end), "\"");
}

void
tamis_sieve_lexer_guess_comparator(TamisSieveLexer *lexer)
{
    const char *at = lexer->end + 1;

    if (!tamis_sieve_lexer_is_behind_tag(lexer, ":comparator") || at >= lexer->limit ||
        !g_ascii_isalpha(*at))
        return;
    while (at < lexer->limit && (g_ascii_isalnum(*at) || *at == '-'))
        at++;
    lexer->end = at;
    lexer->kind = TAMIS_SIEVE_TOKEN_STRING;
    lexer->value = lexer->start;
    lexer->head = (TamisSieveStringHead){.length_bytes = (guint32)(at - lexer->start),
                                         .form = TAMIS_SIEVE_QUOTED};
    if (lexer->is_quiet)
        return;
    TamisDiagnostic *diagnostic = tamis_sieve_lexer_error(
        lexer, tamis_sieve_lexer_span(lexer, lexer->start, at), "the text '%.*s' is not in quotes",
        (int)MIN(at - lexer->start, 80), lexer->start);
    tamis_report_help(lexer->report, diagnostic, "put it in double quotes");
    tamis_report_edit(lexer->report, diagnostic,
                      tamis_sieve_lexer_span(lexer, lexer->start, lexer->start), "\"");
    tamis_report_edit(lexer->report, diagnostic, tamis_sieve_lexer_span(lexer, at, at), "\"");
}

gboolean
tamis_sieve_lexer_guess(TamisSieveLexer *lexer)
{
    gboolean is_blank = FALSE;
    gboolean is_joined =
        lexer->previous_end == lexer->start && (lexer->previous_kind == TAMIS_SIEVE_TOKEN_WORD ||
                                                lexer->previous_kind == TAMIS_SIEVE_TOKEN_NUMBER);

    lexer->kind = TAMIS_SIEVE_TOKEN_GARBAGE;
    if (guess_nul(lexer) || guess_comment(lexer))
        return FALSE;
    if (guess_lookalike(lexer, &is_blank))
        return !is_blank;
    if (!lexer->is_quiet && guess_colon(lexer))
        return TRUE;
    if (is_joined || lexer->is_quiet ||
        (!guess_quotes(lexer) && !guess_relation(lexer) &&
         (is_at_command(lexer) || !guess_operator(lexer))))
        take_bare_text(lexer, is_joined);
    return TRUE;
}
