/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The tokens of well-formed text. What begins no token is left to lexer-guess.c. */
#include "grammar/sieve/lexer-private.h"

#include "base/bytes.h"

#include <string.h>

typedef enum {
    CLASS_OTHER,
    CLASS_LETTER, /* and the underscore */
    CLASS_DIGIT,
    CLASS_COLON,
    CLASS_QUOTE,
    CLASS_PUNCTUATION,
    CLASS_BLANK,  /* and a carriage return */
    CLASS_BREAK,  /* a line feed */
    CLASS_REMARK, /* what a comment may begin with */
} Class;

/* Loops over one class need not look for the end of the text: the byte there is a NUL (or the quote that
 * find_long_string stops at), of another class. */
static const guint8 classes[256] = {
    ['A' ... 'Z'] = CLASS_LETTER, ['a' ... 'z'] = CLASS_LETTER, ['_'] = CLASS_LETTER,
    ['0' ... '9'] = CLASS_DIGIT,  [':'] = CLASS_COLON,          ['"'] = CLASS_QUOTE,
    [';'] = CLASS_PUNCTUATION,    [','] = CLASS_PUNCTUATION,    ['('] = CLASS_PUNCTUATION,
    [')'] = CLASS_PUNCTUATION,    ['['] = CLASS_PUNCTUATION,    [']'] = CLASS_PUNCTUATION,
    ['{'] = CLASS_PUNCTUATION,    ['}'] = CLASS_PUNCTUATION,    [' '] = CLASS_BLANK,
    ['\t'] = CLASS_BLANK,         ['\r'] = CLASS_BLANK,         ['\n'] = CLASS_BREAK,
    ['#'] = CLASS_REMARK,         ['/'] = CLASS_REMARK,
};

const guint8 tamis_sieve_signs[256] = {
    [';'] = TAMIS_SIEVE_TOKEN_SEMICOLON,    [','] = TAMIS_SIEVE_TOKEN_COMMA,
    ['('] = TAMIS_SIEVE_TOKEN_LEFT_PAREN,   [')'] = TAMIS_SIEVE_TOKEN_RIGHT_PAREN,
    ['['] = TAMIS_SIEVE_TOKEN_LEFT_BRACKET, [']'] = TAMIS_SIEVE_TOKEN_RIGHT_BRACKET,
    ['{'] = TAMIS_SIEVE_TOKEN_LEFT_BRACE,   ['}'] = TAMIS_SIEVE_TOKEN_RIGHT_BRACE,
};

TamisDiagnostic *
tamis_sieve_lexer_error(TamisSieveLexer *lexer, TamisSpan span, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    lexer->n_errors++;
    return tamis_report_add(lexer->report, span, TAMIS_RULE_SYNTAX, "%s", message);
}

void
tamis_sieve_lexer_report_nul(TamisSieveLexer *lexer, const char *start, const char *end,
                             const char *where)
{
    const char *nul = memchr(start, '\0', (gsize)(end - start));
    if (nul == NULL)
        return;
    TamisDiagnostic *diagnostic = tamis_sieve_lexer_error(
        lexer, tamis_sieve_lexer_span(lexer, nul, nul + 1), "a NUL byte in a %s", where);
    tamis_report_help(lexer->report, diagnostic,
                      "take it out: some servers refuse it, others take the script to end there");
}

/* Gaps between tokens ---------------------------------------------------------------------------
 */

static void
keep_comment(TamisSieveLexer *lexer, TamisSieveComment ***end, const char *start, const char *limit,
             guint n_line_breaks)
{
    gboolean is_bracketed = *start == '/';
    const char *text = start + (is_bracketed ? 2 : 1);
    const TamisSieveComment comment = {
        .span = tamis_sieve_lexer_span(lexer, start, limit),
        .text = text,
        .length_bytes = (guint32)(limit - text) - (is_bracketed ? 2 : 0),
        .is_bracketed = is_bracketed,
        .blank_line_before = n_line_breaks > 1,
        .is_behind = n_line_breaks == 0 && start > lexer->text,
    };

    if (lexer->drops_comments) {
        lexer->hear(lexer->hearer, &comment);
        return;
    }
    **end = tamis_arena_new0(lexer->arena, TamisSieveComment);
    ***end = comment;
    *end = &(**end)->next;
}

static inline void
add_comment(TamisSieveLexer *lexer, TamisSieveComment ***end, const char *start, const char *limit,
            guint n_line_breaks)
{
    tamis_sieve_lexer_check_nul(lexer, start, limit, "comment");
    if (!lexer->drops_comments || lexer->hear != NULL)
        keep_comment(lexer, end, start, limit, n_line_breaks);
}

/* It ends with the script; not so where lines end as on an old Macintosh. */
static void
report_unended_comment(TamisSieveLexer *lexer, const char *start)
{
    TamisSpan end = tamis_sieve_lexer_span(lexer, lexer->limit, lexer->limit);
    gboolean has_returns = memchr(start, '\r', (gsize)(lexer->limit - start)) != NULL;
    TamisDiagnostic *diagnostic = tamis_report_add(
        lexer->report, tamis_sieve_lexer_span(lexer, start, lexer->limit), TAMIS_RULE_SYNTAX,
        has_returns ? "the rest of the script is a comment: a carriage return alone ends no line"
                    : "no line break at the end of the last comment");

    diagnostic->severity = TAMIS_SEVERITY_WARNING;
    if (has_returns)
        tamis_report_help(lexer->report, diagnostic,
                          "end lines with a line feed, or both (RFC 5228, section 2.2)");
    else
        tamis_report_edit(lexer->report, diagnostic, end, "\n");
}

const char *
tamis_sieve_lexer_skip_hash_comment(TamisSieveLexer *lexer, TamisSieveComment ***end,
                                    const char *at, guint n_line_breaks)
{
    const char *limit = memchr(at, '\n', (gsize)(lexer->limit - at));

    if (limit == NULL) {
        limit = lexer->limit;
        report_unended_comment(lexer, at);
    }
    const char *text_end = limit;
    if (text_end[-1] == '\r')
        text_end--;
    add_comment(lexer, end, at, text_end, n_line_breaks);
    return limit;
}

static const char *
skip_bracket_comment(TamisSieveLexer *lexer, TamisSieveComment ***end, const char *at,
                     guint n_line_breaks)
{
    const char *star = at + 2;

    while ((star = memchr(star, '*', (gsize)(lexer->limit - star))) != NULL) {
        star++;
        if (star < lexer->limit && *star == '/') {
            const char *outer_end = memchr(at + 2, '/', (gsize)(star - at - 2)) != NULL
                                        ? tamis_sieve_lexer_guess_nested(lexer, at, star + 1)
                                        : NULL;
            add_comment(lexer, end, at, star + 1, n_line_breaks);
            return outer_end != NULL ? outer_end : star + 1;
        }
    }
    TamisDiagnostic *diagnostic = tamis_sieve_lexer_error(
        lexer, tamis_sieve_lexer_span(lexer, at, at + 2), "the comment is not closed");
    tamis_report_help(lexer->report, diagnostic, "write '*/' where it ends");
    lexer->is_cut_off = TRUE;
    return lexer->limit;
}

/* Behind a comment and what else stands up to the next token. Apart, to keep the way of most gaps short. */
static G_NO_INLINE const char *
skip_comments(TamisSieveLexer *lexer, const char *at, guint *n_line_breaks)
{
    TamisSieveComment **end = &lexer->comments;

    while (*end != NULL)
        end = &(*end)->next;
    while (classes[(guchar)*at] >= CLASS_BLANK) {
        if (classes[(guchar)*at] != CLASS_REMARK) {
            *n_line_breaks += *at++ == '\n';
            continue;
        }
        gboolean is_bracketed = *at == '/';
        if (is_bracketed && at[1] != '*')
            break;
        lexer->is_on_new_line |= *n_line_breaks > 0;
        at = is_bracketed ? skip_bracket_comment(lexer, &end, at, *n_line_breaks)
                          : tamis_sieve_lexer_skip_hash_comment(lexer, &end, at, *n_line_breaks);
        *n_line_breaks = 0;
    }
    return at;
}

/* What stands in a block up to the first byte that is no blank: a bit for each line break. */
typedef struct {
    guint others; /* the bytes that are no blanks */
    guint breaks;
} Blanks;

static inline Blanks
find_blanks(const char *at)
{
    TamisBlock block = tamis_block_load(at);
    TamisBlock breaks = tamis_block_is(block, '\n');
    guint blanks = tamis_block_bits(tamis_block_is(block, ' ') | tamis_block_is(block, '\t') |
                                    tamis_block_is(block, '\r') | breaks);
    guint others = ~blanks & TAMIS_BLOCK_ALL;

    return (Blanks){others, tamis_block_bits(breaks) & (others - 1) & ~others};
}

/* Over blanks and line breaks, which are counted up to two in a block, and over comments. */
static G_NO_INLINE const char *
skip_long_gap(TamisSieveLexer *lexer, const char *at)
{
    guint n_line_breaks = 0;
    Blanks found;

    do {
        found = find_blanks(at);
        n_line_breaks += (found.breaks != 0) + ((found.breaks & (found.breaks - 1)) != 0);
        at += found.others != 0 ? (gsize)__builtin_ctz(found.others) : sizeof(TamisBlock);
    } while (found.others == 0);
    if (classes[(guchar)*at] == CLASS_REMARK)
        at = skip_comments(lexer, at, &n_line_breaks);
    lexer->is_on_new_line |= n_line_breaks > 0;
    lexer->has_blank_line = n_line_breaks > 1;
    return at;
}

/* Over more than one blank, to the next token or what stands in its place. */
static inline const char *
skip_gap(TamisSieveLexer *lexer, const char *at)
{
    Blanks found = find_blanks(at);
    const char *end = at + __builtin_ctz(found.others | 1u << sizeof(TamisBlock));

    if (G_UNLIKELY(found.others == 0 || classes[(guchar)*end] == CLASS_REMARK))
        return skip_long_gap(lexer, at);
    lexer->is_on_new_line = found.breaks != 0;
    lexer->has_blank_line = (found.breaks & (found.breaks - 1)) != 0;
    return end;
}

/* Strings ---------------------------------------------------------------------------------------
 */

static inline guint
bits_of_both(TamisBlock first, TamisBlock second)
{
    return tamis_block_bits(first) | tamis_block_bits(second) << sizeof(TamisBlock);
}

static inline TamisBlock
is_special(TamisBlock block)
{
    return tamis_block_is(block, '"') | tamis_block_is(block, '\\');
}

/* The next quote or backslash, or the limit. Notes in dollars whether there may be a dollar before it. */
static inline const char *
find_special(const char *at, const char *limit, guint *dollars)
{
    for (; at < limit; at += 2 * sizeof(TamisBlock)) {
        TamisBlock first = tamis_block_load(at);
        TamisBlock second = tamis_block_load(at + sizeof first);
        guint found = bits_of_both(is_special(first), is_special(second));
        *dollars |= bits_of_both(tamis_block_is(first, '$'), tamis_block_is(second, '$')) &
                    (found - 1) & ~found;
        if (found != 0)
            return MIN(at + __builtin_ctz(found), limit);
    }
    return limit;
}

static G_NO_INLINE void
unescape(TamisSieveLexer *lexer, const char *at, const char *end, gboolean is_literal)
{
    char *value = tamis_arena_alloc(lexer->arena, (gsize)(end - at));
    char *to = value;

    while (at < end) {
        const char *special = memchr(at, '\\', (gsize)(end - at));
        gsize n = (gsize)((special != NULL ? special : end) - at);
        memcpy(to, at, n);
        to += n;
        if (special == NULL)
            break;
        *to++ = special[1];
        at = special + 2;
    }
    tamis_sieve_lexer_set_value(lexer, value, to, TAMIS_SIEVE_QUOTED, is_literal);
}

/* The last quoted string before the one at start that runs over the end of its line: where quotes
 * do not match, it is the usual suspect. Reads the text again, which happens once at most. */
static gboolean
find_long_string(const TamisSieveLexer *lexer, const char *start, TamisSpan *out_span)
{
    g_autoptr(TamisArena) arena = tamis_arena_new();
    g_autoptr(TamisReport) report = tamis_report_new(tamis_report_get_sources(lexer->report));
    gboolean found = FALSE;
    TamisSieveLexer again;

    tamis_sieve_lexer_init(&again, lexer->source, arena, report);
    again.limit = start;
    again.plain_limit = MIN(again.plain_limit, start);
    for (tamis_sieve_lexer_next(&again); again.kind != TAMIS_SIEVE_TOKEN_END;
         tamis_sieve_lexer_next(&again)) {
        if (again.kind != TAMIS_SIEVE_TOKEN_STRING || again.head.form != TAMIS_SIEVE_QUOTED ||
            memchr(again.start, '\n', (gsize)(again.end - again.start)) == NULL)
            continue;
        *out_span = tamis_sieve_lexer_span(&again, again.start, again.end);
        found = TRUE;
    }
    return found;
}

/* Near its start: "C:\\mail\" does not end there. */
static gboolean
has_quoted_quote(const char *start, const char *limit)
{
    return memmem(start, MIN((gsize)(limit - start), (gsize)200), "\\\"", 2) != NULL;
}

static G_NO_INLINE void
report_unclosed_string(TamisSieveLexer *lexer, const char *start)
{
    TamisSpan suspect;
    gboolean has_suspect = find_long_string(lexer, start, &suspect);
    TamisDiagnostic *diagnostic = tamis_sieve_lexer_error(
        lexer, tamis_sieve_lexer_span(lexer, start, start + 1), "the string is not closed");

    if (has_suspect)
        tamis_report_relate(
            lexer->report, diagnostic, suspect,
            "this string runs over the end of its line: is its closing quote missing?");
    tamis_report_help(
        lexer->report, diagnostic,
        has_quoted_quote(start, lexer->limit)
            ? "write '\"' where it ends; a backslash before one takes it into the text"
            : "write '\"' where it ends");
    lexer->is_cut_off = TRUE;
}

/* One that is long, has escapes, dollars or NUL bytes, or is without an end. */
static G_NO_INLINE void
scan_odd_quoted(TamisSieveLexer *lexer, const char *start)
{
    guint dollars = 0;
    const char *at = find_special(start + 1, lexer->limit, &dollars);
    gboolean has_escapes = at < lexer->limit && *at == '\\';

    while (at < lexer->limit && *at == '\\') {
        if (lexer->limit - at > 1)
            dollars |= at[1] == '$'; /* engines replace what stands there without the backslash */
        at = lexer->limit - at > 1 ? find_special(at + 2, lexer->limit, &dollars) : lexer->limit;
    }
    if (at == lexer->limit)
        report_unclosed_string(lexer, start);
    if (has_escapes && at < lexer->limit)
        unescape(lexer, start + 1, at, dollars == 0);
    else
        tamis_sieve_lexer_set_value(lexer, start + 1, at, TAMIS_SIEVE_QUOTED, dollars == 0);
    tamis_sieve_lexer_check_nul(lexer, start, at, "string");
    lexer->end = at < lexer->limit ? at + 1 : at;
}

/* Most strings are shorter than two blocks, and which are shorter than one no processor can foresee. */
static inline void
scan_quoted(TamisSieveLexer *lexer, const char *start)
{
    TamisBlock first = tamis_block_load(start + 1);
    TamisBlock second = tamis_block_load(start + 1 + sizeof first);
    guint found = bits_of_both(is_special(first) | tamis_block_is(first, '$'),
                               is_special(second) | tamis_block_is(second, '$'));
    const char *at = start + 1 + (found != 0 ? __builtin_ctz(found) : 0);

    if (G_UNLIKELY(*at != '"' || at >= lexer->plain_limit)) {
        scan_odd_quoted(lexer, start);
        return;
    }
    tamis_sieve_lexer_set_value(lexer, start + 1, at, TAMIS_SIEVE_QUOTED, TRUE);
    lexer->end = at + 1;
}

/* Words and numbers -----------------------------------------------------------------------------
 */

static inline const char *
skip_word(const char *at)
{
    for (;; at += sizeof(TamisBlock)) {
        TamisBlock block = tamis_block_load(at);
        guint others =
            ~tamis_block_bits(tamis_block_is_within(block | 0x20, 'a', 'z') |
                              tamis_block_is_within(block, '0', '9') | tamis_block_is(block, '_')) &
            TAMIS_BLOCK_ALL;
        if (others != 0)
            return at + __builtin_ctz(others);
    }
}

static inline void
scan_word(TamisSieveLexer *lexer, const char *start)
{
    const char *at = skip_word(start);

    lexer->kind = TAMIS_SIEVE_TOKEN_WORD;
    lexer->end = at;
    if (G_UNLIKELY(*at == ':' && at - start == 4 && tamis_bytes_equal_lower("text", start, 4)))
        tamis_sieve_lexer_scan_text(lexer, at + 1);
    else if (G_UNLIKELY(*at == ';' && at - start == 1))
        tamis_sieve_lexer_guess_comparator(lexer);
}

static G_NO_INLINE const char *
report_number(TamisSieveLexer *lexer, const char *start, const char *end, guint64 number,
              const char *help)
{
    if (!lexer->is_quiet) {
        TamisDiagnostic *diagnostic =
            tamis_sieve_lexer_error(lexer, tamis_sieve_lexer_span(lexer, start, end),
                                    "'%.*s' is no number", (int)MIN(end - start, 40), start);
        tamis_report_help(lexer->report, diagnostic, "%s", help);
    }
    lexer->kind = TAMIS_SIEVE_TOKEN_NUMBER;
    lexer->number = number; /* no fault on top of this one */
    lexer->quantifier = 0;
    return end;
}

static G_NO_INLINE const char *
scan_number(TamisSieveLexer *lexer, const char *start)
{
    const char *at = start;
    guint64 number = 0;
    gboolean is_too_large = FALSE;
    guint shift = 0;

    for (; at < lexer->limit && classes[(guchar)*at] == CLASS_DIGIT; at++) {
        guint digit = (guint)(*at - '0');
        is_too_large |= number > (G_MAXUINT64 - digit) / 10;
        number = number * 10 + digit;
    }
    lexer->quantifier = 0;
    if (at < lexer->limit && classes[(guchar)*at] == CLASS_LETTER) {
        char quantifier = g_ascii_toupper(*at);
        const char *end = skip_word(at);
        shift = quantifier == 'K' ? 10 : quantifier == 'M' ? 20 : quantifier == 'G' ? 30 : 0;
        if ((end - at > 1 || shift == 0) && !is_too_large &&
            tamis_sieve_lexer_guess_number(lexer, at, end, number))
            return end;
        if (end - at > 1 || shift == 0)
            return report_number(
                lexer, start, end, is_too_large ? 1 : number,
                "a number may end in K, M or G (1024, 1024² or 1024³ times as much)");
        lexer->quantifier = *at++;
    }
    if (is_too_large || number > G_MAXUINT64 >> shift)
        return report_number(lexer, start, at, 1,
                             "write at most 18446744073709551615: no number is larger");
    lexer->kind = TAMIS_SIEVE_TOKEN_NUMBER;
    lexer->number = number << shift;
    return at;
}

/* Tokens ----------------------------------------------------------------------------------------
 */

/* At a sign, a string, a word or a tag; else FALSE. */
static inline gboolean
scan_common(TamisSieveLexer *lexer, const char *at, guint8 class)
{
    lexer->start = at;
    if (class == CLASS_PUNCTUATION) {
        lexer->kind = tamis_sieve_signs[(guchar)*at];
        lexer->end = at + 1;
    } else if (class == CLASS_QUOTE && at < lexer->limit) {
        scan_quoted(lexer, at);
    } else if (class == CLASS_LETTER) {
        scan_word(lexer, at);
    } else if (class == CLASS_COLON && classes[(guchar)at[1]] == CLASS_LETTER) {
        lexer->kind = TAMIS_SIEVE_TOKEN_TAG;
        lexer->end = skip_word(at + 1);
    } else {
        return FALSE;
    }
    return TRUE;
}

/* At anything else. FALSE: what is up to lexer->end is as good as a gap. */
static gboolean
scan_rare(TamisSieveLexer *lexer, const char *at)
{
    if (at == lexer->limit) {
        lexer->kind = TAMIS_SIEVE_TOKEN_END;
        lexer->end = at;
        return TRUE;
    }
    if (classes[(guchar)*at] == CLASS_DIGIT) {
        lexer->end = scan_number(lexer, at);
        return TRUE;
    }
    return tamis_sieve_lexer_guess(lexer);
}

static G_NO_INLINE void
scan_other(TamisSieveLexer *lexer, const char *at)
{
    while (!scan_rare(lexer, at)) {
        gboolean was_on_new_line = lexer->is_on_new_line;
        at = skip_gap(lexer, lexer->end);
        lexer->is_on_new_line |= was_on_new_line;
        if (scan_common(lexer, at, classes[(guchar)*at]))
            return;
    }
}

/* Apart, so that what is next to the last token is reached without a register to save. */
static G_NO_INLINE void
next_behind_gap(TamisSieveLexer *lexer, const char *at)
{
    at = skip_gap(lexer, at);
    if (!scan_common(lexer, at, classes[(guchar)*at]))
        scan_other(lexer, at);
}

void
tamis_sieve_lexer_next(TamisSieveLexer *lexer)
{
    const char *at = lexer->end;

    lexer->previous_kind = lexer->kind;
    lexer->previous_start = lexer->start;
    lexer->previous_end = at;
    lexer->comments = NULL;
    lexer->is_on_new_line = lexer->has_blank_line = FALSE;
    if (G_UNLIKELY(lexer->n_errors >= TAMIS_SIEVE_MAX_ERRORS)) {
        at = lexer->limit;
        lexer->is_cut_off = TRUE;
    }
    guint8 class = classes[(guchar)*at];
    if (class >= CLASS_BLANK) {
        class = classes[(guchar)at[1]];
        if (*at != ' ' || class >= CLASS_BLANK) {
            next_behind_gap(lexer, at);
            return;
        }
        at++;
    }
    if (!scan_common(lexer, at, class))
        scan_other(lexer, at);
}

void
tamis_sieve_lexer_hear(TamisSieveLexer lexer, const char *from, const char *to)
{
    for (; from < to; from += from < to) /* over a sign, too */
        from = skip_gap(&lexer, from);
}

void
tamis_sieve_lexer_skip_strings(TamisSieveLexer *lexer)
{
    const char *at = lexer->end, *limit = lexer->limit;
    guint dollars = 0;

    while (!lexer->has_nul) {
        while (classes[(guchar)*at] == CLASS_BLANK || classes[(guchar)*at] == CLASS_BREAK)
            at++;
        if (at >= limit || *at != '"')
            return;
        at = find_special(at + 1, limit, &dollars);
        if (limit - at < 2 || at[0] != '"' || at[1] != ',')
            return;
        lexer->kind = TAMIS_SIEVE_TOKEN_COMMA;
        lexer->start = at + 1;
        lexer->end = at += 2;
    }
}

static gboolean
is_utf16(const char *text, gsize length)
{
    return length >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0);
}

static G_NO_INLINE void
refuse_utf16(TamisSieveLexer *lexer)
{
    TamisDiagnostic *diagnostic = tamis_sieve_lexer_error(
        lexer, tamis_sieve_lexer_span(lexer, lexer->text, lexer->text + 2), "the file is UTF-16");

    tamis_report_help(lexer->report, diagnostic,
                      "save the script as UTF-8 (RFC 5228, section 2.1)");
    lexer->start = lexer->end = lexer->limit;
}

void
tamis_sieve_lexer_init(TamisSieveLexer *lexer, TamisSourceId source, TamisArena *arena,
                       TamisReport *report)
{
    gsize length;
    const char *text = tamis_sources_get_text(tamis_report_get_sources(report), source, &length);

    *lexer = (TamisSieveLexer){.source = source, .arena = arena, .report = report};
    lexer->text = text;
    lexer->limit = text + length;
    lexer->has_nul = length > 0 && memchr(text, '\0', length) != NULL;
    lexer->plain_limit = lexer->has_nul ? text : lexer->limit;
    lexer->has_bom = length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0;
    lexer->start = lexer->end = text + (lexer->has_bom ? 3 : 0);
    lexer->kind = TAMIS_SIEVE_TOKEN_END;
    if (G_UNLIKELY(is_utf16(text, length)))
        refuse_utf16(lexer);
}
