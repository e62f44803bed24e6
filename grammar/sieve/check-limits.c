/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Walls and habits of servers that have nothing to do with what words mean: sizes, letters' case, bytes that
 * their lexers stumble over. */
#include "base/bytes.h"
#include "grammar/sieve/check-private.h"
#include "grammar/sieve/print.h"

void
tamis_sieve_complain_wall(TamisSieveChecker *checker, TamisSpan span, const char *what,
                          guint64 limit)
{
    TamisDiagnostic *diagnostic =
        tamis_sieve_find(checker, span, TAMIS_RULE_UNSUPPORTED, "%s than the server '%s' takes",
                         what, checker->server->name);

    tamis_sieve_advise(checker, diagnostic, "stay within %" G_GUINT64_FORMAT ", which it takes",
                       limit);
}

static void
check_size(TamisSieveChecker *checker, gsize length)
{
    const TamisServer *server = checker->server;

    if (server->max_script_bytes == 0 || length <= server->max_script_bytes)
        return;
    TamisDiagnostic *diagnostic = tamis_sieve_find(
        checker, (TamisSpan){checker->source, 0, 0}, TAMIS_RULE_SCRIPT_TOO_LARGE,
        "the script has %" G_GSIZE_FORMAT " bytes, and the server '%s' takes %" G_GUINT64_FORMAT,
        length, server->name, server->max_script_bytes);
    if (server->max_script_setting != NULL)
        tamis_sieve_advise(checker, diagnostic, "make it shorter, or raise '%s'",
                           server->max_script_setting);
    else
        tamis_sieve_advise(checker, diagnostic, "make it shorter");
}

/* Of the well-formed character at text, which is no ASCII; 0: there is none (The Unicode Standard, table 3-7). Of three
 * bytes most are in the middle of their range, where no second byte is wrong. */
static inline gsize
wide_length(const char *text, gsize room)
{
    const guchar *at = (const guchar *)text;

    if (at[0] > 0xe0 && at[0] < 0xed && room >= 3 && (at[1] & at[2] & 0xc0) == 0x80 &&
        ((at[1] | at[2]) & 0x40) == 0)
        return 3;
    gsize length = at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
    if (at[0] < 0xc2 || at[0] > 0xf4 || length > room || (at[1] & 0xc0) != 0x80 ||
        (length > 2 && (at[2] & 0xc0) != 0x80) || (length > 3 && (at[3] & 0xc0) != 0x80))
        return 0;
    if ((at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] > 0x9f) ||
        (at[0] == 0xf0 && at[1] < 0x90) || (at[0] == 0xf4 && at[1] > 0x8f))
        return 0;
    return length;
}

/* Where the first byte stands that is part of no UTF-8 character; NULL: nowhere. Behind the text are bytes of its
 * source that can be read. */
static const char *
find_foreign_byte(const char *text, gsize length)
{
    const char *limit = text + length;

    while (text < limit) {
        guint wide = tamis_block_bits(tamis_block_load(text));
        if (wide == 0) {
            text += sizeof(TamisBlock);
            continue;
        }
        text += __builtin_ctz(wide);
        for (; text < limit && (guchar)*text >= 0x80;) {
            gsize n = wide_length(text, (gsize)(limit - text));
            if (n == 0)
                return text;
            text += n;
        }
    }
    return NULL;
}

/* The first control character but for tabs and line breaks; NULL: there is none. Words without a byte below the
 * blank, and without DEL, are passed over. */
static const char *
find_control(const char *text, gsize length)
{
    const char *limit = text + length;

    while (text < limit) {
        if (limit - text >= (gssize)sizeof(guint64)) {
            guint64 word = tamis_bytes_load(text);
            guint64 low = (word - TAMIS_BYTES_ONES * ' ') & ~word & TAMIS_BYTES_HIGH_BITS;

            if (low == 0 && tamis_bytes_find(word, 0x7f) == 0) {
                text += sizeof(guint64);
                continue;
            }
        }
        for (gsize n = MIN(sizeof(guint64), (gsize)(limit - text)); n > 0; n--, text++)
            if ((guchar)*text < ' ' ? *text != '\t' && *text != '\n' && *text != '\r'
                                    : *text == 0x7f)
                return text;
    }
    return NULL;
}

/* What stands anywhere in a text. */
typedef struct {
    gboolean has_returns;
    gboolean has_controls; /* but for tabs and line breaks */
    gboolean has_wide;     /* bytes that are no ASCII */
} Survey;

/* The least bytes of a text, each time with others moved to 0; and all of its bits. */
typedef struct {
    TamisBlock tabs_less;   /* from the tab down, turned round: those before it are the least */
    TamisBlock breaks_less; /* from behind the line feed up: those before the blank are */
    TamisBlock dels_less;   /* DEL is */
    TamisBlock all;
} Least;

static inline void
look_at(Least *least, TamisBlock block)
{
    least->tabs_less = tamis_block_min(least->tabs_less, '\t' - 1 - block);
    least->breaks_less = tamis_block_min(least->breaks_less, block - ('\n' + 1));
    least->dels_less = tamis_block_min(least->dels_less, block ^ 0x7f);
    least->all |= block;
}

/* In one pass and without a branch, since nearly all scripts have none of it: odd are the bytes below the blank, but for
 * tabs and line feeds, and DEL. */
static Survey
survey(const char *text, gsize length)
{
    const TamisBlock none = {0};
    Least least = {~none, ~none, ~none, none};
    char rest[sizeof(TamisBlock)];

    for (gsize at = 0; at + sizeof rest <= length; at += sizeof rest)
        look_at(&least, tamis_block_load(text + at));
    memset(rest, '\n', sizeof rest);
    if (length >= sizeof rest)
        memcpy(rest, text + length - sizeof rest, sizeof rest);
    else
        memcpy(rest, text, length);
    look_at(&least, tamis_block_load(rest));
    TamisBlock odd = tamis_block_is_within(least.tabs_less, 0, '\t' - 1) |
                     tamis_block_is_within(least.breaks_less, 0, ' ' - '\n' - 2) |
                     tamis_block_is(least.dels_less, 0);
    Survey found = {.has_wide = tamis_block_bits(least.all) != 0};
    if (tamis_block_bits(odd) != 0) {
        found.has_returns = memchr(text, '\r', length) != NULL;
        found.has_controls = find_control(text, length) != NULL;
    }
    return found;
}

/* Whether there is any string that the server may stumble over, of a script of this length. */
static gboolean
has_odd_strings(const TamisSieveChecker *checker, gsize length)
{
    const TamisServer *server = checker->server;

    return checker->has_foreign || checker->has_controls || checker->has_returns ||
           server->lower_case_only || !server->unescapes_strings ||
           (server->max_string_bytes > 0 && length > server->max_string_bytes);
}

void
tamis_sieve_check_text(TamisSieveChecker *checker)
{
    TamisSourceId source = checker->source;
    gsize length;
    const char *text =
        tamis_sources_get_text(tamis_report_get_sources(checker->report), source, &length);

    checker->has_odd_strings = TRUE;
    if (checker->is_xml) { /* which has no byte to complain of */
        g_autoptr(GString) sieve = g_string_new(NULL);
        tamis_sieve_print(checker->tree, sieve);
        check_size(checker, sieve->len);
        return;
    }
    check_size(checker, length);
    Survey found = survey(text, length);
    checker->has_returns = found.has_returns;
    /* Cyrus takes it for the end of the script, in silence. */
    if (tamis_sieve_reader_has_bom(checker->reader) &&
        (tamis_sieve_is_engine(checker, TAMIS_ENGINE_PIGEONHOLE) ||
         tamis_sieve_is_engine(checker, TAMIS_ENGINE_CYRUS))) {
        TamisSpan span = {source, 0, 3};
        TamisDiagnostic *diagnostic = tamis_sieve_find(
            checker, span, TAMIS_RULE_SYNTAX,
            "a byte order mark, which the server '%s' does not take", checker->server->name);
        tamis_sieve_advise(checker, diagnostic, "save the script as UTF-8 without it");
        tamis_report_edit(checker->report, diagnostic, span, "");
    }
    /* NUL bytes are the lexer's. */
    if (found.has_controls && memchr(text, '\0', length) != NULL)
        return;
    checker->has_foreign_string = FALSE;
    checker->has_foreign = found.has_wide && find_foreign_byte(text, length) != NULL;
    checker->has_controls = found.has_controls;
    checker->has_odd_strings = has_odd_strings(checker, length);
}

static const char *
raw_text(const TamisSieveChecker *checker, TamisSpan span)
{
    gsize length;

    return tamis_sources_get_text(tamis_report_get_sources(checker->report), span.source, &length) +
           span.offset;
}

gboolean
tamis_sieve_has_raw_fault(const TamisSieveChecker *checker, const TamisSieveString *string)
{
    if (G_LIKELY(!checker->has_controls && !checker->has_foreign) || string->span.source == 0)
        return FALSE;
    const char *text = raw_text(checker, string->span);
    return find_control(text, string->span.length) != NULL ||
           find_foreign_byte(text, string->span.length) != NULL;
}

static void
check_string_bytes(TamisSieveChecker *checker, const TamisSieveString *string)
{
    TamisSpan span = string->span;
    const char *text = raw_text(checker, span);
    const char *foreign = find_foreign_byte(text, span.length);
    const char *control = find_control(text, span.length);
    TamisDiagnostic *diagnostic;

    if (foreign != NULL) {
        checker->has_foreign_string = TRUE;
        span = (TamisSpan){span.source, span.offset + (guint32)(foreign - text), 1};
        diagnostic = tamis_sieve_find(checker, span, TAMIS_RULE_UNSAFE_STRING,
                                      "bytes that are no UTF-8 in a string");
        tamis_sieve_advise(checker, diagnostic, "save the script as UTF-8 (RFC 5228, section 2.1)");
    } else if (control != NULL) {
        span = (TamisSpan){span.source, span.offset + (guint32)(control - text), 1};
        diagnostic = tamis_sieve_find(checker, span, TAMIS_RULE_UNSAFE_STRING,
                                      "control character U+%04X in a string", (guint)*control);
        tamis_sieve_advise(checker, diagnostic, "take it out");
    }
}

void
tamis_sieve_check_comment_bytes(TamisSieveChecker *checker)
{
    TamisSourceId source = checker->source;
    gsize length;
    const char *text;

    if (!checker->has_foreign || checker->has_foreign_string)
        return;
    text = tamis_sources_get_text(tamis_report_get_sources(checker->report), source, &length);
    TamisDiagnostic *diagnostic = tamis_sieve_find(
        checker, (TamisSpan){source, (guint32)(find_foreign_byte(text, length) - text), 1},
        TAMIS_RULE_SYNTAX, "a byte that is not part of any UTF-8 character");
    diagnostic->severity = TAMIS_SEVERITY_WARNING;
    tamis_sieve_advise(checker, diagnostic, "save the script as UTF-8 (RFC 5228, section 2.1)");
}

void
tamis_sieve_complain_upper_case(TamisSieveChecker *checker, const char *name, guint32 length,
                                TamisSpan span)
{
    gboolean has_upper = FALSE;

    for (guint32 i = 0; i < length; i++)
        has_upper |= g_ascii_isupper(name[i]);
    if (!has_upper)
        return;
    g_autofree char *lower = g_ascii_strdown(name, length);
    TamisDiagnostic *diagnostic =
        tamis_sieve_find(checker, span, TAMIS_RULE_UNSUPPORTED,
                         "'%.*s' is not in lower case, as the server '%s' wants it",
                         (int)MIN(length, 40), name, checker->server->name);
    tamis_sieve_advise(checker, diagnostic, "write '%s'", lower);
    tamis_report_edit(checker->report, diagnostic,
                      (TamisSpan){span.source, span.offset + span.length - length, length}, lower);
}

/* A carriage return that begins no line break. */
static gboolean
has_lone_return(const TamisSieveString *string)
{
    const char *at = string->text;
    const char *limit = at + string->length_bytes;

    while (at < limit && (at = memchr(at, '\r', (gsize)(limit - at))) != NULL) {
        if (++at == limit || *at != '\n')
            return TRUE;
    }
    return FALSE;
}

/* The word that begins a text block. */
static void
check_text_word(TamisSieveChecker *checker, const TamisSieveString *string)
{
    static const char word[] = "text";
    gsize length;

    if (string->form != TAMIS_SIEVE_TEXT || string->span.source == 0 ||
        !checker->server->lower_case_only || checker->is_xml)
        return;
    const char *text = tamis_sources_get_text(tamis_report_get_sources(checker->report),
                                              string->span.source, &length);
    tamis_sieve_check_word_case(
        checker, text + string->span.offset, strlen(word),
        (TamisSpan){string->span.source, string->span.offset, (guint32)strlen(word)});
}

static void
check_string_limits(TamisSieveChecker *checker, const TamisSieveString *string)
{
    const TamisServer *server = checker->server;

    check_text_word(checker, string);
    if ((checker->has_foreign || checker->has_controls) && string->span.source != 0)
        check_string_bytes(checker, string);
    if (server->max_string_bytes > 0 && string->length_bytes > server->max_string_bytes)
        tamis_sieve_complain_wall(checker, string->span, "the string has more bytes",
                                  server->max_string_bytes);
    if (checker->has_returns && server->engine == TAMIS_ENGINE_PIGEONHOLE &&
        has_lone_return(string)) {
        TamisDiagnostic *diagnostic =
            tamis_sieve_find(checker, string->span, TAMIS_RULE_UNSUPPORTED,
                             "a carriage return without a line feed in a string, which the server "
                             "'%s' does not take",
                             server->name);
        tamis_sieve_advise(checker, diagnostic, "take it out, or save with one kind of line ends");
    }
    if (server->unescapes_strings || string->form == TAMIS_SIEVE_TEXT ||
        (memchr(string->text, '\\', string->length_bytes) == NULL &&
         memchr(string->text, '"', string->length_bytes) == NULL))
        return;
    TamisDiagnostic *diagnostic = tamis_sieve_find(
        checker, string->span, TAMIS_RULE_UNSUPPORTED,
        "the server '%s' keeps the backslash before a quote or a backslash", server->name);
    tamis_sieve_advise(checker, diagnostic, "do without '\"' and '\\' in strings");
}

/* Cyrus takes nothing but blanks before these values. */
static void
check_tag_gap(TamisSieveChecker *checker, const TamisSieveArgument *tag)
{
    static const char *const names[] = {"comparator", "count", "value"};
    const TamisSieveArgument *value = tag->next;
    gboolean is_among = FALSE;
    gsize length;

    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        is_among |= tamis_sieve_name_is(tag->name, tag->name_length, names[i]);
    if (!is_among || value == NULL || value->kind != TAMIS_SIEVE_STRING || checker->is_xml ||
        !tamis_sieve_is_engine(checker, TAMIS_ENGINE_CYRUS))
        return;
    const char *text = tamis_sources_get_text(tamis_report_get_sources(checker->report),
                                              tag->span.source, &length);
    guint32 start = tag->span.offset + tag->span.length, end = value->span.offset;
    if (memchr(text + start, '#', end - start) == NULL &&
        memchr(text + start, '*', end - start) == NULL)
        return;
    TamisDiagnostic *diagnostic =
        tamis_sieve_find(checker, tag->span, TAMIS_RULE_UNSUPPORTED,
                         "the server '%s' takes no comment between ':%.*s' and its value",
                         checker->server->name, (int)tag->name_length, tag->name);
    tamis_sieve_advise(checker, diagnostic, "move the comment before ':%.*s'",
                       (int)tag->name_length, tag->name);
}

void
tamis_sieve_check_string_limits(TamisSieveChecker *checker, const TamisSieveArgument *argument)
{
    for (const TamisSieveString *string = argument->strings;
         checker->has_odd_strings && string != NULL; string = string->next)
        check_string_limits(checker, string);
}

void
tamis_sieve_check_some_limits(TamisSieveChecker *checker, const TamisSieveArgument *arguments)
{
    guint max_strings = checker->server->max_list_strings;

    for (const TamisSieveArgument *argument = arguments; argument != NULL;
         argument = argument->next) {
        if (argument->kind == TAMIS_SIEVE_TAG) {
            tamis_sieve_check_word_case(checker, argument->name, argument->name_length,
                                        argument->span);
            check_tag_gap(checker, argument);
            continue;
        }
        if (argument->kind == TAMIS_SIEVE_NUMBER)
            continue;
        if (max_strings > 0 && argument->n_strings > max_strings)
            tamis_sieve_complain_wall(checker, argument->span, "the list has more strings",
                                      max_strings);
        tamis_sieve_check_string_limits(checker, argument);
    }
}

/* Cyrus reads a comment that ends in two stars (an even number) and a slash on to the next star and slash,
 * with the commands between. */
void
tamis_sieve_check_comment(TamisSieveChecker *checker, const TamisSieveComment *comment)
{
    guint32 end = comment->span.offset + comment->span.length;
    guint32 n_stars = 1;
    gsize length;

    /* What is printed of XML has a blank there. */
    if (!comment->is_bracketed || checker->is_xml)
        return;
    while (n_stars <= comment->length_bytes &&
           comment->text[comment->length_bytes - n_stars] == '*')
        n_stars++;
    const char *text =
        tamis_sources_get_text(tamis_report_get_sources(checker->report), checker->source, &length);
    if (n_stars % 2 == 1 || memmem(text + end, length - end, "*/", 2) == NULL)
        return;
    TamisSpan span = {comment->span.source, end - 2, 2};
    TamisDiagnostic *diagnostic =
        tamis_sieve_find(checker, span, TAMIS_RULE_UNSUPPORTED,
                         "the server '%s' does not end the comment here, but at the next '*/'",
                         checker->server->name);
    tamis_sieve_advise(checker, diagnostic, "write a blank before the last '*'");
    tamis_report_edit(checker->report, diagnostic, (TamisSpan){span.source, span.offset, 0}, " ");
}
