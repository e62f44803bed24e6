/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The lexer's main road: blanks, comments, marks and words. Strings are in lexer-string.c,
 * characters that nobody expects in lexer-stray.c, shapes of words in shape.c. */
#include "grammar/policy/lexer.h"

#include <string.h>

#define BLOCK_BYTES 16

TamisSpan
tamis_lexer_span(const TamisLexer *lexer, const char *from, const char *after)
{
    return (TamisSpan){lexer->source, (guint32)(from - lexer->start), (guint32)(after - from)};
}

TamisExcerpt
tamis_excerpt(const char *text, gsize length_bytes)
{
    TamisExcerpt excerpt;
    const char *end = text + length_bytes;
    char *out = excerpt.text;

    for (guint n = 0; text < end; n++) {
        gunichar character;
        gsize length = tamis_utf8_decode(text, end, &character);

        if (length == 0 || g_unichar_iscntrl(character))
            character = 0xfffd;
        if (n == TAMIS_EXCERPT_CHARACTERS) {
            out += g_unichar_to_utf8(0x2026, out);
            break;
        }
        out += g_unichar_to_utf8(character, out);
        text += MAX(length, 1);
    }
    *out = '\0';
    return excerpt;
}

/* One pass without branches a block: printable ASCII and line feeds need no closer look. */
static const char *
skip_plain(const char *text, const char *end)
{
    while (end - text >= BLOCK_BYTES) {
        guint8 odd = 0;

        for (guint i = 0; i < BLOCK_BYTES; i++) {
            guint8 byte = (guint8)text[i];
            odd |= (guint8)((guint8)(byte - 0x20) >= 0x5f) & (guint8)(byte != '\n');
        }
        if (odd)
            break;
        text += BLOCK_BYTES;
    }
    return text;
}

static gsize
bad_utf8_length(const char *text, const char *end)
{
    const char *after = text + 1;
    gunichar character;

    while (after < end && (guint8)*after >= 0x80 && tamis_utf8_decode(after, end, &character) == 0)
        after++;
    return (gsize)(after - text);
}

const char *
tamis_lexer_find_fault(const char *text, const char *end, gsize *out_length)
{
    for (;;) {
        const char *stop;

        text = skip_plain(text, end);
        stop = MIN(text + BLOCK_BYTES, end);
        while (text < stop) {
            guint8 byte = (guint8)*text;
            gunichar character;
            gsize length;

            if ((byte >= 0x20 && byte < 0x7f) || byte == '\n' || byte == '\t' ||
                (byte == '\r' && text + 1 < end && text[1] == '\n')) {
                text++;
                continue;
            }
            length = byte < 0x80 ? 0 : tamis_utf8_decode(text, end, &character);
            if (length == 0 || (length == 2 && g_unichar_iscntrl(character))) {
                *out_length = byte < 0x80 ? 1 : length > 0 ? length : bad_utf8_length(text, end);
                return text;
            }
            text += length;
        }
        if (text >= end)
            return end;
    }
}

static void
report_fault(TamisLexer *lexer, const char *text, gsize length, TamisRule rule, const char *place)
{
    TamisSpan span = tamis_lexer_span(lexer, text, text + length);
    TamisDiagnostic *diagnostic;
    gunichar character = 0;

    if (lexer->n_encoding_faults++ >= TAMIS_LEXER_MAX_ENCODING_FAULTS)
        return;
    if (tamis_utf8_decode(text, lexer->end, &character) == 0 && *text != '\0') {
        diagnostic =
            tamis_report_add(lexer->report, span, rule, "bytes that are no UTF-8%s", place);
        tamis_report_help(lexer->report, diagnostic, "save the file as UTF-8");
        return;
    }
    diagnostic = tamis_report_add(lexer->report, span, rule, "control character U+%04X%s",
                                  (guint)character, place);
    tamis_report_help(lexer->report, diagnostic, "take it out");
}

gboolean
tamis_lexer_check(TamisLexer *lexer, const char *from, const char *after, TamisRule rule,
                  const char *place)
{
    gboolean found = FALSE;
    gsize length;

    while (lexer->next_fault < after) {
        const char *fault =
            tamis_lexer_find_fault(MAX(lexer->next_fault, from), lexer->end, &length);

        lexer->next_fault = fault;
        if (fault >= after)
            break;
        if (!found)
            report_fault(lexer, fault, length, rule, place);
        found = TRUE;
        lexer->next_fault = fault + length;
    }
    if (found)
        lexer->next_fault = tamis_lexer_find_fault(lexer->next_fault, lexer->end, &length);
    return found;
}

static void
refuse_utf16(TamisLexer *lexer)
{
    TamisDiagnostic *diagnostic =
        tamis_report_add(lexer->report, tamis_lexer_span(lexer, lexer->start, lexer->start + 2),
                         TAMIS_RULE_SYNTAX, "the file is UTF-16");

    tamis_report_help(lexer->report, diagnostic, "save the file as UTF-8");
    lexer->at = lexer->end;
    lexer->is_faulty = TRUE;
}

void
tamis_lexer_init(TamisLexer *lexer, TamisSourceId source, TamisArena *arena, TamisReport *report)
{
    gsize length;

    *lexer = (TamisLexer){.source = source, .arena = arena, .report = report, .starts_line = TRUE};
    lexer->start = tamis_sources_get_text(tamis_report_get_sources(report), source, &length);
    lexer->end = lexer->start + length;
    lexer->at = lexer->quiet_until = lexer->open_until = lexer->start;
    lexer->comments = g_array_new(FALSE, FALSE, sizeof(TamisComment));
    lexer->buffer = g_string_new(NULL);
    if (length >= 3 && memcmp(lexer->start, "\xef\xbb\xbf", 3) == 0)
        lexer->at += 3;
    else if (length >= 2 &&
             (memcmp(lexer->start, "\xff\xfe", 2) == 0 || memcmp(lexer->start, "\xfe\xff", 2) == 0))
        refuse_utf16(lexer);
    lexer->next_fault = tamis_lexer_find_fault(lexer->at, lexer->end, &length);
}

void
tamis_lexer_enter(TamisLexer *lexer, guint32 from, guint32 after)
{
    gsize length;

    lexer->at = lexer->quiet_until = lexer->start + from;
    lexer->end = lexer->start + after;
    lexer->is_faulty = lexer->starts_line = FALSE;
    lexer->scan = (TamisWordScan){0};
    lexer->next_fault = tamis_lexer_find_fault(lexer->at, lexer->end, &length);
}

void
tamis_lexer_clear(TamisLexer *lexer)
{
    g_clear_pointer(&lexer->comments, g_array_unref);
    g_string_free(lexer->buffer, TRUE);
    lexer->buffer = NULL;
}

static void
add_comment(TamisLexer *lexer, const char *from, const char *after)
{
    TamisComment comment = {.span = tamis_lexer_span(lexer, from, after)};

    tamis_lexer_check(lexer, from, after, TAMIS_RULE_SYNTAX, " in a comment");
    comment.text = tamis_arena_strndup(lexer->arena, from, (gsize)(after - from));
    g_array_append_val(lexer->comments, comment);
}

/* At a `#`. */
static void
skip_line_comment(TamisLexer *lexer)
{
    const char *from = lexer->at;
    const char *after = memchr(from, '\n', (gsize)(lexer->end - from));

    lexer->at = after != NULL ? after : lexer->end;
    after = lexer->at;
    if (after[-1] == '\r')
        after--;
    add_comment(lexer, from, after);
}

static void
skip_block_comment(TamisLexer *lexer)
{
    const char *from = lexer->at;
    const char *after = memmem(from + 2, (gsize)(lexer->end - from) - 2, "*/", 2);

    if (after == NULL) {
        TamisDiagnostic *diagnostic =
            tamis_report_add(lexer->report, tamis_lexer_span(lexer, from, from + 2),
                             TAMIS_RULE_SYNTAX, "comment is not closed");
        tamis_report_help(lexer->report, diagnostic, "close it with '*/'");
        lexer->is_faulty = TRUE;
        lexer->at = lexer->end;
        return;
    }
    lexer->at = after + 2;
    if (memchr(from, '\n', (gsize)(after - from)) != NULL)
        lexer->starts_line = TRUE;
    add_comment(lexer, from, after + 2);
}

/* Blanks and comments. */
static void
skip_space(TamisLexer *lexer)
{
    for (;;) {
        const char *at = lexer->at;

        while (at < lexer->end && (tamis_byte_classes[(guint8)*at] & TAMIS_BYTE_BLANK)) {
            if (*at == '\n')
                lexer->starts_line = TRUE;
            else if (*at == '\r' && (at + 1 == lexer->end || at[1] != '\n'))
                break;
            at++;
        }
        lexer->at = at;
        if (at == lexer->end)
            return;
        if (*at == '#')
            skip_line_comment(lexer);
        else if (*at == '/' && at + 1 < lexer->end && at[1] == '*')
            skip_block_comment(lexer);
        else
            return;
    }
}

static TamisTokenKind
mark_at(const char *at, const char *end, gsize *out_length)
{
    char next = at + 1 < end ? at[1] : '\0';

    *out_length = 1;
    switch (*at) {
    case '{':
        return TAMIS_TOKEN_OPEN;
    case '}':
        return TAMIS_TOKEN_CLOSE;
    case '(':
        return TAMIS_TOKEN_LEFT;
    case ')':
        return TAMIS_TOKEN_RIGHT;
    case ';':
        return TAMIS_TOKEN_SEMICOLON;
    case ',':
        return TAMIS_TOKEN_COMMA;
    case '=':
        return TAMIS_TOKEN_EQUALS;
    case '+':
        return TAMIS_TOKEN_PLUS;
    case '-':
        return TAMIS_TOKEN_MINUS;
    case '.':
        *out_length = 2;
        return next == '.' ? TAMIS_TOKEN_DOTS : TAMIS_TOKEN_END;
    case '<':
        *out_length = next == '=' ? 2 : 1;
        return next == '=' ? TAMIS_TOKEN_LE : TAMIS_TOKEN_LT;
    case '>':
        *out_length = next == '=' ? 2 : 1;
        return next == '=' ? TAMIS_TOKEN_GE : TAMIS_TOKEN_GT;
    default:
        return TAMIS_TOKEN_END;
    }
}

static void
put_token(TamisLexer *lexer, TamisToken *token, TamisTokenKind kind, gsize length)
{
    *token = (TamisToken){
        .kind = kind,
        .span = {lexer->source, (guint32)(lexer->at - lexer->start), (guint32)length},
        .text = lexer->at,
        .length_bytes = (guint32)length,
        .starts_line = lexer->starts_line,
        .is_faulty = lexer->is_faulty,
    };
    lexer->at += length;
    lexer->starts_line = FALSE;
    lexer->is_faulty = FALSE;
}

/* Around the word, and the remedy; NULL: to write it as corrected. */
static const struct {
    const char *before, *after, *help;
} word_faults[] = {
    [TAMIS_WORD_NO_SUCH_DAY] = {"no such day: ", "",
                                "write a day that the calendar has, as 2026-12-31"},
    [TAMIS_WORD_NO_SUCH_TIME] =
        {"no such time of day: ", "",
         "write hours 00 to 23 and minutes 00 to 59, as 09:00; 24:00 is the "
         "end of the day"},
    [TAMIS_WORD_NO_SUCH_OFFSET] = {"no such offset from UTC: ", "",
                                   "write Z, or an offset as +08:00"},
    [TAMIS_WORD_UNPADDED_DATE] = {"malformed date ", "", NULL},
    [TAMIS_WORD_SLASHED_DATE] = {"malformed date ", "", NULL},
    [TAMIS_WORD_UNPADDED_TIME] = {"malformed time ", "", NULL},
    [TAMIS_WORD_TIME_SECONDS] = {"a time of day has no seconds: ", "", NULL},
    [TAMIS_WORD_TOO_LARGE] = {"number ", " is too large", "write a smaller one"},
    [TAMIS_WORD_NO_DOMAIN] = {"address ", " has no domain", "write it as local@domain"},
    [TAMIS_WORD_GLUED] = {"no blank after ", "",
                          "put a blank between a number and a word, as in '7 days'"},
    [TAMIS_WORD_NO_SHAPE] = {"", " is neither a name nor a number, date, domain or address",
                             "a name begins with a letter; put anything else in quotes"},
};

/* "KB", "MB" behind a number: sizes have one letter. NUL: none. */
static char
size_unit(const TamisLexer *lexer, const TamisToken *token)
{
    const char *behind = lexer->start + token->span.offset + token->span.length;

    return lexer->end - behind >= 2 && strchr("KMGkmg", *behind) != NULL &&
                   (behind[1] == 'B' || behind[1] == 'b')
               ? g_ascii_toupper(*behind)
               : '\0';
}

static void
report_word(TamisLexer *lexer, const TamisToken *token, const TamisWordScan *scan)
{
    const char *help = word_faults[scan->fault].help;
    TamisDiagnostic *diagnostic = tamis_report_add(
        lexer->report, token->span, TAMIS_RULE_SYNTAX, "%s'%s'%s", word_faults[scan->fault].before,
        tamis_excerpt(token->text, token->length_bytes).text, word_faults[scan->fault].after);

    if (scan->fault == TAMIS_WORD_GLUED && size_unit(lexer, token) != '\0') {
        tamis_report_help(lexer->report, diagnostic, "write '%.*s%c'", (int)token->length_bytes,
                          token->text, size_unit(lexer, token));
        return;
    }
    if (help != NULL) {
        tamis_report_help(lexer->report, diagnostic, "%s", help);
        return;
    }
    tamis_report_help(lexer->report, diagnostic, "write '%s'", scan->corrected);
    tamis_report_edit(lexer->report, diagnostic, token->span, scan->corrected);
}

static void
correct_word(TamisLexer *lexer, TamisToken *token)
{
    const TamisWordScan *scan = &lexer->scan;

    if (scan->fault != TAMIS_WORD_GOOD) {
        report_word(lexer, token, scan);
        token->is_faulty = TRUE;
    }
    if (scan->corrected[0] != '\0') {
        token->length_bytes = (guint32)strlen(scan->corrected);
        token->text = tamis_arena_strndup(lexer->arena, scan->corrected, token->length_bytes);
        token->is_kept = TRUE;
    }
}

/* The length of a name that nothing follows which could make it another word; 0: look closer. */
static inline gsize
plain_name_length(const char *text, const char *end)
{
    const char *after = text;

    while (after < end && (tamis_byte_classes[(guint8)*after] & TAMIS_BYTES_NAME))
        after++;
    if (after < end &&
        ((tamis_byte_classes[(guint8)*after] & (TAMIS_BYTE_LOCAL | TAMIS_BYTE_HIGH)) ||
         *after == '@' || *after == '/'))
        return 0;
    return (gsize)(after - text);
}

static gboolean
read_word(TamisLexer *lexer, guint8 class, TamisToken *token)
{
    gsize length = class & TAMIS_BYTE_LETTER ? plain_name_length(lexer->at, lexer->end) : 0;

    if (length > 0) {
        put_token(lexer, token, TAMIS_TOKEN_NAME, length);
        return TRUE;
    }
    tamis_word_scan(lexer->at, lexer->end, &lexer->scan);
    if (lexer->scan.kind == TAMIS_TOKEN_END)
        return FALSE;
    put_token(lexer, token, lexer->scan.kind, lexer->scan.length_bytes);
    if (lexer->scan.fault != TAMIS_WORD_GOOD || lexer->scan.corrected[0] != '\0')
        correct_word(lexer, token);
    return TRUE;
}

void
tamis_lexer_next(gpointer data, TamisToken *out_token)
{
    TamisLexer *lexer = data;

    for (;;) {
        TamisTokenKind kind;
        guint8 class;
        gsize length;

        skip_space(lexer);
        if (lexer->at == lexer->end) {
            put_token(lexer, out_token, TAMIS_TOKEN_END, 0);
            /* A text that broke off stays broken. */
            lexer->is_faulty = out_token->is_faulty;
            return;
        }
        class = tamis_byte_classes[(guint8)*lexer->at];
        if (class != 0 && read_word(lexer, class, out_token)) {
            if (lexer->at < lexer->end && tamis_byte_classes[(guint8)*lexer->at] & TAMIS_BYTE_ODD)
                tamis_lexer_join_address(lexer, out_token);
            return;
        }
        if (*lexer->at == '"') {
            tamis_lexer_read_string(lexer, out_token);
            return;
        }
        kind = mark_at(lexer->at, lexer->end, &length);
        if (kind != TAMIS_TOKEN_END) {
            put_token(lexer, out_token, kind, length);
            return;
        }
        if (tamis_lexer_read_stray(lexer, out_token))
            return;
    }
}
