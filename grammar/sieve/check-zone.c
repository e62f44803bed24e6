/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Zones of date tests (RFC 5260, section 4.1): offsets, and names where the server knows them. */
#include "grammar/sieve/check-private.h"

/* The years whose clocks tell whether a zone ever changes its own. */
#define FIRST_YEAR 2024
#define LAST_YEAR  2037

gboolean
tamis_sieve_is_offset(const char *text, gsize length)
{
    if (length != 5 || (text[0] != '+' && text[0] != '-'))
        return FALSE;
    for (gsize i = 1; i < 5; i++)
        if (!g_ascii_isdigit(text[i]))
            return FALSE;
    return text[1] < '2' || (text[1] == '2' && text[2] < '4') ? text[3] < '6' : FALSE;
}

/* "Asia/Shanghai", by its form. */
static gboolean
is_zone_name(const char *text, gsize length)
{
    gboolean has_slash = FALSE;

    if (length == 0 || !g_ascii_isalpha(text[0]))
        return FALSE;
    for (gsize i = 0; i < length; i++) {
        if (!g_ascii_isalnum(text[i]) && strchr("_+-/", text[i]) == NULL)
            return FALSE;
        has_slash |= text[i] == '/';
    }
    return has_slash || (length == 3 && g_ascii_strncasecmp(text, "UTC", 3) == 0);
}

/* … and whether there is one of that name. */
static gboolean
is_zone(const char *text, gsize length)
{
    if (length == 3)
        return is_zone_name(text, length);
    g_autofree char *name = g_strndup(text, length);
    g_autoptr(GTimeZone) zone =
        is_zone_name(text, length) ? g_time_zone_new_identifier(name) : NULL;

    return zone != NULL;
}

/* "+8", "+08:00", "0800", "Z" as RFC 5260 writes them; NULL when that is not clear. */
static char *
repair_offset(const char *text, gsize length)
{
    char sign = length > 0 && (*text == '+' || *text == '-') ? *text : '+';
    gsize at = length > 0 && (*text == '+' || *text == '-');
    guint hours = 0, minutes = 0, n_digits = 0;

    for (; at < length && g_ascii_isdigit(text[at]) && n_digits < 4; at++, n_digits++)
        hours = hours * 10 + (guint)(text[at] - '0');
    if (n_digits == 4 || n_digits == 3) {
        minutes = hours % 100;
        hours /= 100;
    } else if (n_digits == 0) {
        return NULL;
    } else if (at + 3 == length && text[at] == ':' && g_ascii_isdigit(text[at + 1]) &&
               g_ascii_isdigit(text[at + 2])) {
        minutes = (guint)(text[at + 1] - '0') * 10 + (guint)(text[at + 2] - '0');
        at += 3;
    }
    if (at != length || hours > 14 || minutes > 59)
        return NULL;
    return g_strdup_printf("%c%02u%02u", sign, hours, minutes);
}

/* Names of UTC that servers do not know. */
static gboolean
is_utc(const char *text, gsize length)
{
    static const char *const names[] = {"utc", "ut", "gmt", "z", "zulu", "etc/utc", "etc/gmt"};

    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        if (tamis_sieve_name_is(text, (guint32)length, names[i]))
            return TRUE;
    return FALSE;
}

/* The least and the greatest offset of a zone's clocks, in minutes. FALSE: there is no such zone. */
static gboolean
find_offsets(const char *text, gsize length, int *out_least, int *out_greatest)
{
    g_autofree char *name = g_strndup(text, length);
    g_autoptr(GTimeZone) zone =
        is_zone_name(text, length) ? g_time_zone_new_identifier(name) : NULL;

    if (zone == NULL)
        return FALSE;
    for (int year = FIRST_YEAR; year <= LAST_YEAR; year++) {
        for (int month = 1; month <= 12; month++) {
            g_autoptr(GDateTime) day = g_date_time_new(zone, year, month, 1, 12, 0, 0);
            int minutes = (int)(g_date_time_get_utc_offset(day) / G_TIME_SPAN_MINUTE);
            gboolean is_first = year == FIRST_YEAR && month == 1;

            *out_least = is_first ? minutes : MIN(*out_least, minutes);
            *out_greatest = is_first ? minutes : MAX(*out_greatest, minutes);
        }
    }
    return TRUE;
}

static char *
print_offset(int minutes)
{
    return g_strdup_printf("\"%c%02d%02d\"", minutes < 0 ? '-' : '+', ABS(minutes) / 60,
                           ABS(minutes) % 60);
}

/* What the server makes of it, behind the finding's text. Of some digits Cyrus 3.6 makes another offset. */
static const char *
describe_effect(const TamisSieveChecker *checker, const char *text, gsize length)
{
    guint n_digits = 0;

    for (gsize i = 0; i < length; i++)
        n_digits += g_ascii_isdigit(text[i]);
    if (n_digits == 4 && length == 5 && (*text == '+' || *text == '-'))
        return tamis_sieve_is_engine(checker, TAMIS_ENGINE_PIGEONHOLE)
                   ? ", and takes it for an offset beyond any"
                   : "";
    if (tamis_sieve_is_engine(checker, TAMIS_ENGINE_PIGEONHOLE))
        return ", and takes its own instead";
    return tamis_sieve_is_engine(checker, TAMIS_ENGINE_CYRUS) && n_digits < 3
               ? ", and the test never holds"
               : "";
}

static void
suggest_offset(TamisSieveChecker *checker, TamisDiagnostic *diagnostic, TamisSpan span,
               const char *offset)
{
    tamis_sieve_advise(checker, diagnostic, "write %s (RFC 5260, section 4.1)", offset);
    tamis_report_edit(checker->report, diagnostic, span, offset);
}

/* The offset of a zone by its name; where its clocks change, both of them. */
static gboolean
suggest_zone(TamisSieveChecker *checker, TamisDiagnostic *diagnostic,
             const TamisSieveString *string, const char *text, gsize length)
{
    int least = 0, greatest = 0;

    if (!is_utc(text, length) && !find_offsets(text, length, &least, &greatest))
        return FALSE;
    g_autofree char *first = print_offset(least);
    g_autofree char *second = print_offset(greatest);
    if (least == greatest)
        suggest_offset(checker, diagnostic, string->span, first);
    else
        tamis_sieve_advise(checker, diagnostic,
                           "write %s, or %s for the time when clocks are put forward (RFC 5260, "
                           "section 4.1); a policy's hours write both",
                           first, second);
    return TRUE;
}

void
tamis_sieve_check_zone(TamisSieveChecker *checker, const TamisSieveString *string)
{
    const char *text;
    gsize length;

    if (!tamis_sieve_resolve(checker, string, &text, &length) ||
        tamis_sieve_is_offset(text, length) ||
        (checker->server->zone_names && is_zone(text, length)))
        return;
    TamisDiagnostic *diagnostic =
        tamis_sieve_find(checker, string->span, TAMIS_RULE_UNKNOWN_ZONE,
                         "the server '%s' does not know the zone '%.*s'%s", checker->server->name,
                         (int)MIN(length, 60), text, describe_effect(checker, text, length));
    g_autofree char *repaired = repair_offset(text, length);
    g_autofree char *quoted = repaired != NULL ? g_strdup_printf("\"%s\"", repaired) : NULL;
    if (quoted != NULL)
        suggest_offset(checker, diagnostic, string->span, quoted);
    else if (!suggest_zone(checker, diagnostic, string, text, length))
        tamis_sieve_advise(checker, diagnostic,
                           checker->server->zone_names
                               ? "write an IANA zone such as \"Europe/Berlin\", or an offset"
                               : "write an offset such as \"+0800\" (RFC 5260, section 4.1)");
}
