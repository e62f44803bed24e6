/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What was meant by a number with a unit: a period behind ':days' and ':seconds', a size elsewhere. */
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
