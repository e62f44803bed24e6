/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What was meant by a number with a unit, a period behind ':days' and ':seconds', a size elsewhere, and by one with a
 * fraction. */
#include "grammar/sieve/lexer.h"

#include <string.h>

gboolean
tamis_sieve_lexer_is_behind_tag(const TamisSieveLexer *lexer, const char *tag)
{
    gsize length = strlen(tag);

    return lexer->previous_kind == TAMIS_SIEVE_TOKEN_TAG &&
           (gsize)(lexer->previous_end - lexer->previous_start) == length &&
           g_ascii_strncasecmp(lexer->previous_start, tag, length) == 0;
}

/* 0: the unit is none. */
static guint32
unit_seconds(const char *unit, guint32 length)
{
    static const struct {
        const char *name;
        guint32 seconds;
    } units[] = {
        {"s", 1},          {"sec", 1},         {"second", 1},       {"seconds", 1},
        {"min", 60},       {"mins", 60},       {"minute", 60},      {"minutes", 60},
        {"h", 3600},       {"hour", 3600},     {"hours", 3600},     {"d", 86400},
        {"day", 86400},    {"days", 86400},    {"w", 604800},       {"week", 604800},
        {"weeks", 604800}, {"month", 2592000}, {"months", 2592000},
    };

    for (guint i = 0; i < G_N_ELEMENTS(units); i++)
        if (tamis_sieve_name_is(unit, length, units[i].name))
            return units[i].seconds;
    return 0;
}

/* How often 1024; -1: the unit is none. */
static int
unit_power(const char *unit, guint32 length)
{
    static const char *const names[][5] = {
        {"B", "bytes", "byte", "octets", NULL},    {"KB", "KiB", "kbyte", "kilobytes", NULL},
        {"MB", "MiB", "mbyte", "megabytes", NULL}, {"GB", "GiB", "gbyte", "gigabytes", NULL},
        {"T", "TB", "TiB", "terabytes", NULL},
    };

    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        for (guint k = 0; names[i][k] != NULL; k++)
            if (tamis_sieve_name_is(unit, length, names[i][k]))
                return (int)i;
    return -1;
}

static TamisDiagnostic *
complain(TamisSieveLexer *lexer, TamisSpan span)
{
    return tamis_sieve_lexer_error(lexer, span, "'%.*s' is no number", (int)MIN(span.length, 40),
                                   lexer->start);
}

static void
suggest(TamisSieveLexer *lexer, const char *end, const char *meant, const char *reason)
{
    TamisSpan span = tamis_sieve_lexer_span(lexer, lexer->start, end);
    TamisDiagnostic *diagnostic = complain(lexer, span);

    tamis_report_help(lexer->report, diagnostic, "write %s%s", meant, reason);
    tamis_report_edit(lexer->report, diagnostic, span, meant);
}

/* A day and a half, or a unit that nobody knows: what was meant is not clear. */
static void
explain_period(TamisSieveLexer *lexer, const char *end, guint64 number, guint64 seconds)
{
    TamisDiagnostic *diagnostic = complain(lexer, tamis_sieve_lexer_span(lexer, lexer->start, end));
    gboolean is_days = tamis_sieve_lexer_is_behind_tag(lexer, ":days");

    if (seconds > 0)
        tamis_report_help(lexer->report, diagnostic,
                          "write ':days %" G_GUINT64_FORMAT "', or ':seconds %" G_GUINT64_FORMAT
                          "' (RFC 6131)",
                          lexer->number, seconds);
    else
        tamis_report_help(lexer->report, diagnostic,
                          "write the number alone, as %" G_GUINT64_FORMAT ": ':%s' says the unit",
                          number, is_days ? "days" : "seconds");
}

static gboolean
guess_period(TamisSieveLexer *lexer, const char *unit, const char *end, guint64 number,
             guint32 tag_s)
{
    guint64 seconds = number * unit_seconds(unit, (guint32)(end - unit));
    gboolean is_whole = seconds > 0 && seconds % tag_s == 0;
    g_autofree char *meant = NULL;

    lexer->number = seconds == 0 ? MAX(number, 1) : (seconds + tag_s - 1) / tag_s;
    if (lexer->is_quiet)
        return TRUE;
    meant = g_strdup_printf("%" G_GUINT64_FORMAT, lexer->number);
    if (is_whole)
        suggest(lexer, end, meant,
                tag_s == 1 ? ": ':seconds' says the unit" : ": ':days' says the unit");
    else
        explain_period(lexer, end, number, seconds);
    return TRUE;
}

static gboolean
guess_size(TamisSieveLexer *lexer, const char *unit, const char *end, guint64 number)
{
    int power = unit_power(unit, (guint32)(end - unit));
    guint shift = power > 3 ? 10 : 0;
    static const char *const quantifiers[] = {"", "K", "M", "G", "G"};

    if (power < 0 || number > G_MAXUINT64 >> (10 * (guint)power))
        return FALSE;
    lexer->number = number << (10 * (guint)power);
    if (lexer->is_quiet)
        return TRUE;
    g_autofree char *meant =
        g_strdup_printf("%" G_GUINT64_FORMAT "%s", number << shift, quantifiers[power]);
    suggest(lexer, end, meant, " (RFC 5228, section 2.4.1)");
    return TRUE;
}

gboolean
tamis_sieve_lexer_guess_number(TamisSieveLexer *lexer, const char *unit, const char *end,
                               guint64 number)
{
    guint32 tag_s = tamis_sieve_lexer_is_behind_tag(lexer, ":days")      ? 86400
                    : tamis_sieve_lexer_is_behind_tag(lexer, ":seconds") ? 1
                                                                         : 0;

    if (number > G_MAXUINT32)
        return FALSE;
    lexer->kind = TAMIS_SIEVE_TOKEN_NUMBER;
    lexer->quantifier = 0;
    return tag_s > 0 ? guess_period(lexer, unit, end, number, tag_s)
                     : guess_size(lexer, unit, end, number);
}

/* Fractions ------------------------------------------------------------------------------------- */

/* Whether the word or tag stands before the text, with blanks between. */
static gboolean
is_behind(const TamisSieveLexer *lexer, const char *start, const char *tag)
{
    const char *at = start;
    gsize length = strlen(tag);

    while (at > lexer->text && g_ascii_isspace(at[-1]))
        at--;
    return (gsize)(at - lexer->text) >= length &&
           g_ascii_strncasecmp(at - length, tag, length) == 0;
}

/* "1.000.000" in groups of three: the number without its signs. NULL: it is none. */
static char *
join_thousands(const char *start, const char *end)
{
    g_autoptr(GString) digits = g_string_new(NULL);
    const char *at = start;

    while (at < end && g_ascii_isdigit(*at))
        g_string_append_c(digits, *at++);
    if (digits->len == 0 || digits->len > 3 || *start == '0' || at == end)
        return NULL;
    while (at < end) {
        if (end - at < 4 || (*at != '.' && *at != ',') || !g_ascii_isdigit(at[1]) ||
            !g_ascii_isdigit(at[2]) || !g_ascii_isdigit(at[3]))
            return NULL;
        g_string_append_len(digits, at + 1, 3);
        at += 4;
    }
    return digits->len > 18 ? NULL : g_string_free(g_steal_pointer(&digits), FALSE);
}

/* "1.5" and what stands behind it, as a number of thousandths; FALSE: more than that is written. */
static gboolean
read_fraction(const char *start, const char *end, guint64 *out_thousandths, const char **out_rest)
{
    guint64 number = 0, part = 0;
    guint n_digits = 0;
    const char *at = start;

    for (; at < end && g_ascii_isdigit(*at) && number < 100000; at++)
        number = number * 10 + (guint64)(*at - '0');
    if (at == end || (*at != '.' && *at != ','))
        return FALSE;
    for (at++; at < end && g_ascii_isdigit(*at) && n_digits < 3; at++, n_digits++)
        part = part * 10 + (guint64)(*at - '0');
    if (n_digits == 0 || (at < end && g_ascii_isdigit(*at)))
        return FALSE;
    for (; n_digits < 3; n_digits++)
        part *= 10;
    *out_thousandths = number * 1000 + part;
    *out_rest = at;
    return TRUE;
}

/* "1.5M" as "1536K": bytes where that is not whole. NULL: the unit is none. */
static char *
scale_down(guint64 thousandths, const char *unit, const char *end)
{
    int power = end == unit + 1 && strchr("KkMmGg", *unit) != NULL
                    ? (int)(strchr("KMG", g_ascii_toupper(*unit)) - "KMG") + 1
                    : unit_power(unit, (guint32)(end - unit));

    if (power < 1 || power > 3)
        return NULL;
    guint64 bytes = ((thousandths << (10 * (guint)power)) + 500) / 1000;
    return bytes % 1024 == 0 ? g_strdup_printf("%" G_GUINT64_FORMAT "K", bytes / 1024)
                             : g_strdup_printf("%" G_GUINT64_FORMAT, bytes);
}

void
tamis_sieve_lexer_explain_fraction(TamisSieveLexer *lexer, const char *start)
{
    const char *end = lexer->end, *rest = end;
    TamisSpan span = tamis_sieve_lexer_span(lexer, start, end);
    TamisDiagnostic *diagnostic = tamis_sieve_lexer_error(lexer, span, "'%.*s' is no number",
                                                          (int)MIN(span.length, 40), start);
    gboolean is_days = is_behind(lexer, start, ":days");
    g_autofree char *meant = join_thousands(start, end);
    guint64 thousandths;
    gboolean is_fraction = read_fraction(start, end, &thousandths, &rest);

    if (meant == NULL && is_fraction && rest == end && thousandths % 1000 == 0)
        meant = g_strdup_printf("%" G_GUINT64_FORMAT, thousandths / 1000);
    if (meant == NULL && is_fraction && rest < end)
        meant = scale_down(thousandths, rest, end);
    if (meant != NULL) {
        tamis_report_help(lexer->report, diagnostic, "write %s (RFC 5228, section 2.4.1)", meant);
        tamis_report_edit(lexer->report, diagnostic, span, meant);
    } else if (is_days && is_fraction && rest == end) {
        tamis_report_help(lexer->report, diagnostic,
                          "write a whole number of days, or ':seconds %" G_GUINT64_FORMAT
                          "' (RFC 6131)",
                          thousandths * 86400 / 1000);
    } else {
        tamis_report_help(lexer->report, diagnostic,
                          "write a whole number (RFC 5228, section 2.4.1)");
    }
}
