/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Words by shape. One scan over the bytes that names and numbers are made of decides most words;
 * what follows them (a dot, an at sign, a slash, a colon) decides the rest. */
#include "grammar/policy/shape.h"

#include <string.h>

#define L TAMIS_BYTE_LETTER
#define D TAMIS_BYTE_DIGIT
#define J TAMIS_BYTE_JOIN
#define O TAMIS_BYTE_LOCAL
#define H TAMIS_BYTE_HIGH
#define B TAMIS_BYTE_BLANK
#define X TAMIS_BYTE_ODD
const guint8 tamis_byte_classes[256] = {
    ['\t'] = B,        ['\n'] = B, ['\r'] = B, [' '] = B, ['a' ... 'z'] = L, ['A' ... 'Z'] = L,
    ['0' ... '9'] = D, ['_'] = J,  ['-'] = J,  ['.'] = O, ['+'] = O,         [0x80 ... 0xff] = H,
    ['\''] = X,        ['&'] = X,  ['!'] = X,  ['|'] = X, ['*'] = X,         ['$'] = X,
    ['%'] = X,         ['?'] = X,  ['^'] = X,  ['~'] = X, ['`'] = X,         ['/'] = X};
#undef L
#undef D
#undef J
#undef O
#undef H
#undef B
#undef X

#define MAX_DIGITS_CHECKED 18 /* so many always fit */

static inline guint8
class_at(const char *text, const char *end)
{
    return text < end ? tamis_byte_classes[(guint8)*text] : 0;
}

static inline gboolean
is_at(const char *text, const char *end, char c)
{
    return text < end && *text == c;
}

gsize
tamis_utf8_decode(const char *text, const char *end, gunichar *out_character)
{
    gunichar character;

    if (text >= end)
        return 0;
    character = g_utf8_get_char_validated(text, end - text);
    if (character == (gunichar)-1 || character == (gunichar)-2)
        return 0;
    *out_character = character;
    return (gsize)g_utf8_skip[(guint8)*text];
}

/* A character beyond ASCII inside a name: vowel signs count as the letters that they belong to. */
static gsize
high_length(const char *text, const char *end)
{
    gunichar character;
    gsize length = tamis_utf8_decode(text, end, &character);

    if (length > 0 && (g_unichar_isalpha(character) || g_unichar_ismark(character) ||
                       g_unichar_isdigit(character)))
        return length;
    return 0;
}

/* Letters, digits and whatever is in classes, from text on. */
static const char *
skip_run(const char *text, const char *end, guint8 classes)
{
    for (;;) {
        gsize length;

        while (text < end && (tamis_byte_classes[(guint8)*text] & classes))
            text++;
        if (!(class_at(text, end) & TAMIS_BYTE_HIGH))
            return text;
        length = high_length(text, end);
        if (length == 0)
            return text;
        text += length;
    }
}

static const char *
skip_digits(const char *text, const char *end)
{
    while (class_at(text, end) & TAMIS_BYTE_DIGIT)
        text++;
    return text;
}

static gboolean
is_label(const char *text, const char *end)
{
    guint8 class = class_at(text, end);
    return (class & TAMIS_BYTES_NAME) || ((class & TAMIS_BYTE_HIGH) && high_length(text, end) > 0);
}

/* Labels with single dots between them. */
static const char *
skip_domain(const char *text, const char *end)
{
    if (!is_label(text, end))
        return text;
    for (;;) {
        text = skip_run(text, end, TAMIS_BYTES_NAME);
        if (!is_at(text, end, '.') || !is_label(text + 1, end))
            return text;
        text++;
    }
}

static void
finish(TamisWordScan *scan, TamisTokenKind kind, const char *start, const char *after)
{
    scan->kind = kind;
    scan->length_bytes = (gsize)(after - start);
}

static void
finish_bad(TamisWordScan *scan, TamisTokenKind kind, const char *start, const char *after,
           TamisWordFault fault)
{
    finish(scan, kind, start, after);
    scan->fault = fault;
}

/* word: from start to there all bytes are such as names are made of. */
static gboolean
scan_address(const char *start, const char *word, const char *end, TamisWordScan *scan)
{
    const char *at, *after;

    if (scan->no_at_before != NULL && start < scan->no_at_before)
        return FALSE;
    at = skip_run(word, end, TAMIS_BYTES_NAME | TAMIS_BYTE_LOCAL);
    if (at == start || !is_at(at, end, '@')) {
        scan->no_at_before = at;
        return FALSE;
    }
    after = at;
    while (is_at(after, end, '@'))
        after = skip_domain(after + 1, end);
    if (after[-1] == '@')
        finish_bad(scan, TAMIS_TOKEN_ADDRESS, start, after, TAMIS_WORD_NO_DOMAIN);
    else
        finish(scan, TAMIS_TOKEN_ADDRESS, start, after);
    return TRUE;
}

static guint
two_digits(const char *text)
{
    return (guint)(text[0] - '0') * 10 + (guint)(text[1] - '0');
}

static gboolean
has_digits(const char *text, const char *end, gsize n)
{
    return (gsize)(end - text) >= n && skip_digits(text, text + n) == text + n;
}

/* hh:mm */
static gboolean
has_time(const char *text, const char *end)
{
    return end - text >= 5 && has_digits(text, end, 2) && text[2] == ':' &&
           has_digits(text + 3, end, 2);
}

static gboolean
is_time_of_day(const char *text)
{
    guint hour = two_digits(text), minute = two_digits(text + 3);
    return (hour < 24 && minute < 60) || (hour == 24 && minute == 0);
}

static guint
days_of_month(guint year, guint month)
{
    static const guint8 days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    gboolean leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (leap && month == 2 ? 1u : 0u);
}

/* yyyy-mm-dd; a day that is not there is corrected to the nearest one before. */
static void
check_day(const char *text, TamisWordScan *scan)
{
    guint year = two_digits(text) * 100 + two_digits(text + 2);
    guint month = two_digits(text + 5), day = two_digits(text + 8);

    if (year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= days_of_month(year, month))
        return;
    scan->fault = TAMIS_WORD_NO_SUCH_DAY;
    year = MAX(year, 1);
    month = CLAMP(month, 1, 12);
    g_snprintf(scan->corrected, sizeof scan->corrected, "%04u-%02u-%02u", year, month,
               CLAMP(day, 1, days_of_month(year, month)));
}

/* The end of a time of day with its seconds and offset; text stands at hh:mm. */
static const char *
scan_clock(const char *text, const char *end, TamisWordScan *scan)
{
    const char *after = text + 5, *sign;
    gboolean good = is_time_of_day(text);

    if (is_at(after, end, ':') && has_digits(after + 1, end, 2)) {
        good = good && after[1] < '6' && (two_digits(text) < 24 || two_digits(after + 1) == 0);
        after += 3;
    }
    if (!good)
        scan->fault = TAMIS_WORD_NO_SUCH_TIME;
    if (is_at(after, end, 'Z'))
        return after + 1;
    sign = after;
    while (sign < end && (*sign == ' ' || *sign == '\t'))
        sign++;
    if ((is_at(sign, end, '+') || (sign == after && is_at(sign, end, '-'))) &&
        has_time(sign + 1, end)) {
        after = sign + 6;
        if (good && (two_digits(sign + 1) > 23 || sign[4] > '5'))
            scan->fault = TAMIS_WORD_NO_SUCH_OFFSET;
    }
    return after;
}

/* Words written with more blanks than one, or with one before the offset, in the usual form. */
static void
squeeze(const char *start, const char *after, TamisWordScan *scan)
{
    gsize length = 0;
    const char *text;

    if ((start[10] == 'T' || (start[10] == ' ' && start[11] != ' ' && start[11] != '\t')) &&
        memchr(start + 11, ' ', (gsize)(after - start) - 11) == NULL &&
        memchr(start + 11, '\t', (gsize)(after - start) - 11) == NULL)
        return;
    for (text = start; text < after && length < sizeof scan->corrected - 1; text++) {
        if (*text != ' ' && *text != '\t')
            scan->corrected[length++] = *text;
        else if (length == 10)
            scan->corrected[length++] = ' ';
    }
    scan->corrected[length] = '\0';
}

/* start stands at yyyy-mm-dd. */
static void
scan_date(const char *start, const char *word, const char *end, TamisWordScan *scan)
{
    const char *time = start + 10, *after;

    check_day(start, scan);
    if (is_at(time, end, 'T') && has_time(time + 1, end)) {
        time++;
    } else {
        while (time < end && (*time == ' ' || *time == '\t'))
            time++;
    }
    if (time > start + 10 && has_time(time, end)) {
        after = scan_clock(time, end, scan);
        finish(scan, TAMIS_TOKEN_INSTANT, start, after);
        if (scan->fault != TAMIS_WORD_GOOD)
            g_strlcpy(scan->corrected, "2000-01-01 00:00", sizeof scan->corrected);
        else
            squeeze(start, after, scan);
        if (class_at(after, end) & (TAMIS_BYTE_LETTER | TAMIS_BYTE_DIGIT))
            finish_bad(scan, TAMIS_TOKEN_INSTANT, start, skip_run(after, end, TAMIS_BYTES_NAME),
                       TAMIS_WORD_NO_SHAPE);
        return;
    }
    /* `2026-12-31-7 days` subtracts; any other continuation is no date. */
    if (word == start + 10 || (start[10] == '-' && class_at(start + 11, end) & TAMIS_BYTE_DIGIT))
        finish(scan, TAMIS_TOKEN_DATE, start, start + 10);
    else
        finish_bad(scan, TAMIS_TOKEN_DATE, start, word, TAMIS_WORD_NO_SHAPE);
    if (scan->fault == TAMIS_WORD_NO_SHAPE)
        g_strlcpy(scan->corrected, "2000-01-01", sizeof scan->corrected);
}

/* A date with its month or day unpadded, or with slashes; mark is what stands between. */
static gboolean
scan_loose_date(const char *start, const char *end, char mark, TamisWordScan *scan)
{
    const char *month = start + 5, *month_end, *day, *day_end;
    char text[11];

    if (!has_digits(start, end, 4) || !is_at(start + 4, end, mark))
        return FALSE;
    month_end = skip_digits(month, end);
    day = month_end + 1;
    if (month_end == month || month_end > month + 2 || !is_at(month_end, end, mark))
        return FALSE;
    day_end = skip_digits(day, end);
    if (day_end == day || day_end > day + 2 || (class_at(day_end, end) & TAMIS_BYTES_NAME))
        return FALSE;
    memcpy(text, start, 4);
    text[4] = text[7] = '-';
    text[5] = month_end - month == 2 ? month[0] : '0';
    text[6] = month_end[-1];
    text[8] = day_end - day == 2 ? day[0] : '0';
    text[9] = day_end[-1];
    text[10] = '\0';
    check_day(text, scan);
    if (scan->corrected[0] == '\0')
        g_strlcpy(scan->corrected, text, sizeof scan->corrected);
    finish_bad(scan, TAMIS_TOKEN_DATE, start, day_end,
               mark == '-' ? TAMIS_WORD_UNPADDED_DATE : TAMIS_WORD_SLASHED_DATE);
    return TRUE;
}

/* start stands at digits, colon at the `:` behind them. */
static gboolean
scan_time(const char *start, const char *colon, const char *end, TamisWordScan *scan)
{
    const char *after = skip_digits(colon + 1, end);

    if (after == colon + 1)
        return FALSE;
    finish(scan, TAMIS_TOKEN_TIME, start, after);
    if (colon - start == 1 && after - colon == 3) {
        scan->fault = TAMIS_WORD_UNPADDED_TIME;
        g_snprintf(scan->corrected, sizeof scan->corrected, "0%.4s", start);
        if (!is_time_of_day(scan->corrected))
            scan->fault = TAMIS_WORD_NO_SUCH_TIME;
    } else if (colon - start != 2 || after - colon != 3 || !is_time_of_day(start)) {
        scan->fault = TAMIS_WORD_NO_SUCH_TIME;
    }
    if (is_at(after, end, ':') && class_at(after + 1, end) & TAMIS_BYTE_DIGIT) {
        after = skip_digits(after + 1, end);
        finish_bad(scan, TAMIS_TOKEN_TIME, start, after,
                   scan->fault == TAMIS_WORD_GOOD ? TAMIS_WORD_TIME_SECONDS : scan->fault);
        g_snprintf(scan->corrected, sizeof scan->corrected, "%.5s", start);
    }
    if (class_at(after, end) & (TAMIS_BYTE_LETTER | TAMIS_BYTE_HIGH))
        finish_bad(scan, TAMIS_TOKEN_TIME, start, skip_run(after, end, TAMIS_BYTES_NAME),
                   TAMIS_WORD_NO_SHAPE);
    if (scan->fault == TAMIS_WORD_NO_SUCH_TIME || scan->fault == TAMIS_WORD_NO_SHAPE)
        g_strlcpy(scan->corrected, "12:00", sizeof scan->corrected);
    return TRUE;
}

/* A whole number with the shift of its quantifier fits 63 bits. */
static gboolean
is_too_large(const char *digits, const char *after, guint shift)
{
    guint64 number = 0;

    if (after - digits <= MAX_DIGITS_CHECKED && shift == 0)
        return FALSE;
    for (; digits < after; digits++) {
        if (number > G_MAXINT64 / 10)
            return TRUE;
        number = number * 10 + (guint64)(*digits - '0');
    }
    return number > ((guint64)G_MAXINT64 >> shift);
}

static guint
quantifier_shift(char c)
{
    switch (c) {
    case 'k':
    case 'K':
        return 10;
    case 'm':
    case 'M':
        return 20;
    case 'g':
    case 'G':
        return 30;
    default:
        return 0;
    }
}

static void
scan_number(const char *start, const char *word, const char *end, TamisWordScan *scan)
{
    const char *digits = skip_digits(start, word);
    guint shift = digits < word ? quantifier_shift(*digits) : 0;

    if (digits == word)
        finish(scan, TAMIS_TOKEN_NUMBER, start, word);
    else if (shift > 0 && word == digits + 1)
        finish(scan, TAMIS_TOKEN_SIZE, start, word);
    else if (class_at(digits, end) & (TAMIS_BYTE_LETTER | TAMIS_BYTE_HIGH) &&
             tamis_name_length(digits, end) > 0)
        finish_bad(scan, TAMIS_TOKEN_NUMBER, start, digits, TAMIS_WORD_GLUED);
    else
        finish_bad(scan, TAMIS_TOKEN_NUMBER, start, word, TAMIS_WORD_NO_SHAPE);
    if (scan->fault == TAMIS_WORD_NO_SHAPE) {
        g_strlcpy(scan->corrected, "1", sizeof scan->corrected);
    } else if (is_too_large(start, digits, scan->kind == TAMIS_TOKEN_SIZE ? shift : 0)) {
        scan->fault = TAMIS_WORD_TOO_LARGE;
        g_strlcpy(scan->corrected, "1", sizeof scan->corrected);
    }
}

/* A word that begins with a digit; word is the end of the bytes that names are made of. */
static void
scan_digits(const char *start, const char *word, const char *end, TamisWordScan *scan)
{
    if (is_at(word, end, '.')) {
        const char *after = skip_domain(start, end);

        if (after > word) {
            finish(scan, TAMIS_TOKEN_DOMAIN, start, after);
            return;
        }
    }
    if (has_digits(start, end, 4) && word - start >= 10 && start[4] == '-' &&
        has_digits(start + 5, end, 2) && start[7] == '-' && has_digits(start + 8, end, 2) &&
        !(class_at(start + 10, end) & TAMIS_BYTE_DIGIT)) {
        scan_date(start, word, end, scan);
        return;
    }
    if (is_at(word, end, ':') && skip_digits(start, word) == word &&
        scan_time(start, word, end, scan))
        return;
    if (scan_loose_date(start, end, '-', scan) || scan_loose_date(start, end, '/', scan))
        return;
    scan_number(start, word, end, scan);
}

/* A word that begins with a letter. */
static void
scan_letters(const char *start, const char *word, const char *end, TamisWordScan *scan)
{
    const char *after;

    if (is_at(word, end, '.')) {
        after = skip_domain(start, end);
        if (after > word) {
            finish(scan, TAMIS_TOKEN_DOMAIN, start, after);
            return;
        }
    }
    if (is_at(word, end, '/') && class_at(word + 1, end) & TAMIS_BYTE_LETTER &&
        class_at(start, end) & TAMIS_BYTE_LETTER) {
        after = word;
        while (after < end &&
               (tamis_byte_classes[(guint8)*after] & TAMIS_BYTES_NAME || *after == '+' ||
                (*after == '/' && class_at(after + 1, end) & TAMIS_BYTE_LETTER)))
            after++;
        finish(scan, TAMIS_TOKEN_ZONE, start, after);
        return;
    }
    finish(scan, TAMIS_TOKEN_NAME, start, word);
}

static gboolean
starts_name(const char *text, const char *end)
{
    gunichar character;

    if (class_at(text, end) & TAMIS_BYTE_LETTER)
        return TRUE;
    return (class_at(text, end) & TAMIS_BYTE_HIGH) &&
           tamis_utf8_decode(text, end, &character) > 0 && g_unichar_isalpha(character);
}

gsize
tamis_name_length(const char *text, const char *end)
{
    return starts_name(text, end) ? (gsize)(skip_run(text, end, TAMIS_BYTES_NAME) - text) : 0;
}

void
tamis_word_scan(const char *text, const char *end, TamisWordScan *scan)
{
    const char *word;
    guint8 class = class_at(text, end);

    scan->kind = TAMIS_TOKEN_END;
    scan->fault = TAMIS_WORD_GOOD;
    scan->length_bytes = 0;
    scan->corrected[0] = '\0';
    /* What is not scanned to its end here must not be scanned again from its next byte on. */
    if (text < end && (*text == '-' || class & TAMIS_BYTE_LOCAL)) {
        scan_address(text, text, end, scan);
        return;
    }
    if (!(class & TAMIS_BYTES_NAME) && !starts_name(text, end))
        return;
    if (scan->run_end == NULL || scan->run_end <= text)
        scan->run_end = skip_run(text, end, TAMIS_BYTES_NAME);
    word = scan->run_end;
    if (word < end && (tamis_byte_classes[(guint8)*word] & TAMIS_BYTE_LOCAL || *word == '@') &&
        scan_address(text, word, end, scan))
        return;
    if (class & TAMIS_BYTE_DIGIT)
        scan_digits(text, word, end, scan);
    else if (*text != '_')
        scan_letters(text, word, end, scan);
    else
        finish_bad(scan, TAMIS_TOKEN_NAME, text, word, TAMIS_WORD_NO_SHAPE);
}

TamisTokenKind
tamis_word_shape(const char *text, gsize length_bytes)
{
    TamisWordScan scan = {0};

    tamis_word_scan(text, text + length_bytes, &scan);
    return scan.fault == TAMIS_WORD_GOOD && scan.length_bytes == length_bytes ? scan.kind
                                                                              : TAMIS_TOKEN_END;
}
