/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Date parts and what dates are compared with (RFC 5260). Engines compare texts: a value in another
 * form than the one that they make never matches, or always. */
#include "base/bytes.h"
#include "base/suggest.h"
#include "grammar/sieve/check-private.h"

#include <stdio.h>

/* Date parts ------------------------------------------------------------------------------------ */

typedef enum {
    PART_YEAR,
    PART_MONTH,
    PART_DAY,
    PART_DATE,
    PART_JULIAN,
    PART_HOUR,
    PART_MINUTE,
    PART_SECOND,
    PART_TIME,
    PART_ISO8601,
    PART_STD11,
    PART_ZONE,
    PART_WEEKDAY,
    N_PARTS,
} Part;

typedef struct {
    const char *name;
    const char *form;  /* what the server makes, for people */
    const char *shape; /* 0: a digit, anything else itself; NULL: not checked by shape */
    guint8 min, max;   /* of a part of two digits or one */
} PartInfo;

static const PartInfo parts[N_PARTS] = {
    [PART_YEAR] = {"year", "four digits", "0000", 0, 0},
    [PART_MONTH] = {"month", "two digits, \"01\" to \"12\"", "00", 1, 12},
    [PART_DAY] = {"day", "two digits, \"01\" to \"31\"", "00", 1, 31},
    [PART_DATE] = {"date", "\"yyyy-mm-dd\"", "0000-00-00", 0, 0},
    [PART_JULIAN] = {"julian", "digits", NULL, 0, 0},
    [PART_HOUR] = {"hour", "two digits, \"00\" to \"23\"", "00", 0, 23},
    [PART_MINUTE] = {"minute", "two digits, \"00\" to \"59\"", "00", 0, 59},
    [PART_SECOND] = {"second", "two digits, \"00\" to \"60\"", "00", 0, 60},
    [PART_TIME] = {"time", "\"hh:mm:ss\"", "00:00:00", 0, 0},
    [PART_ISO8601] = {"iso8601", "\"yyyy-mm-ddThh:mm:ss+hh:mm\"", NULL, 0, 0},
    [PART_STD11] = {"std11", NULL, NULL, 0, 0}, /* any text may be one */
    [PART_ZONE] = {"zone", "\"+hhmm\"", NULL, 0, 0},
    [PART_WEEKDAY] = {"weekday", "\"0\" (Sunday) to \"6\"", "0", 0, 6},
};

static Part
find_part(const char *text, gsize length)
{
    for (Part part = 0; part < N_PARTS; part++)
        if (length > 0 && ((parts[part].name[0] ^ text[0]) & ~0x20) == 0 &&
            strlen(parts[part].name) == length &&
            tamis_bytes_equal_lower(parts[part].name, text, length))
            return part;
    return N_PARTS;
}

/* RFC 5260 means the modified Julian day; Cyrus gives the Julian day, 2,400,001 more (seen with 3.6.1, read in 3.10). */
static void
warn_of_julian(TamisSieveChecker *checker, const TamisSieveString *string)
{
    if (!tamis_sieve_is_engine(checker, TAMIS_ENGINE_CYRUS))
        return;
    TamisDiagnostic *diagnostic =
        tamis_sieve_find(checker, string->span, TAMIS_RULE_UNSUPPORTED,
                         "the server '%s' counts days of 'julian' from another day than the RFC",
                         checker->server->name);
    diagnostic->severity = TAMIS_SEVERITY_WARNING;
    tamis_sieve_advise(checker, diagnostic, "compare 'date' (RFC 5260, section 4.2)");
}

void
tamis_sieve_check_date_part(TamisSieveChecker *checker, const TamisSieveString *string)
{
    const char *names[N_PARTS];
    const char *text;
    gsize length;

    gboolean is_fixed = tamis_sieve_resolve(checker, string, &text, &length);
    if (tamis_sieve_is_engine(checker, TAMIS_ENGINE_CYRUS)) { /* which puts no variable in here */
        text = string->text;
        length = string->length_bytes;
        is_fixed = TRUE;
    }
    if (!is_fixed)
        return;
    Part found = find_part(text, length);
    if (found == PART_JULIAN)
        warn_of_julian(checker, string);
    if (found != N_PARTS)
        return;
    TamisDiagnostic *diagnostic =
        tamis_sieve_find(checker, string->span, TAMIS_RULE_MALFORMED_TIME,
                         "there is no date part '%.*s'", (int)MIN(length, 60), text);
    for (Part part = 0; part < N_PARTS; part++)
        names[part] = parts[part].name;
    g_autofree char *lower = g_ascii_strdown(text, (gssize)MIN(length, 60));
    const char *near = tamis_suggest(lower, names, N_PARTS);
    if (near != NULL)
        tamis_sieve_advise(checker, diagnostic, "did you mean '%s'?", near);
    else
        tamis_sieve_advise(checker, diagnostic,
                           "write year, month, day, date, julian, hour, minute, second, time, "
                           "iso8601, std11, zone or weekday (RFC 5260, section 4.2)");
}

/* Values ---------------------------------------------------------------------------------------- */

static gboolean
fits_shape(const char *text, gsize length, const char *shape)
{
    if (strlen(shape) != length)
        return FALSE;
    for (gsize i = 0; i < length; i++)
        if (shape[i] == '0' ? !g_ascii_isdigit(text[i]) : text[i] != shape[i])
            return FALSE;
    return TRUE;
}

static guint
two_digits(const char *text)
{
    return (guint)(text[0] - '0') * 10 + (guint)(text[1] - '0');
}

/* "2026-02-30" has the shape of a date and is none. */
static gboolean
is_date(const char *text)
{
    guint year = two_digits(text) * 100 + two_digits(text + 2);
    guint month = two_digits(text + 5), day = two_digits(text + 8);

    if (year == 0 || month < 1 || month > 12)
        return FALSE;
    return g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year);
}

static gboolean
is_time(const char *text)
{
    return two_digits(text) < 24 && two_digits(text + 3) < 60 && two_digits(text + 6) <= 60;
}

gboolean
tamis_sieve_is_iso8601(const char *text, gsize length)
{
    if (length < 20 || !fits_shape(text, 19, "0000-00-00T00:00:00") || !is_date(text) ||
        !is_time(text + 11))
        return FALSE;
    if (length == 20)
        return text[19] == 'Z';
    return length == 25 && (text[19] == '+' || text[19] == '-') &&
           fits_shape(text + 20, 5, "00:00");
}

static gboolean
is_digits(const char *text, gsize length)
{
    for (gsize i = 0; i < length; i++)
        if (!g_ascii_isdigit(text[i]))
            return FALSE;
    return length > 0;
}

static gboolean
is_value(Part part, const char *text, gsize length)
{
    const PartInfo *info = &parts[part];

    if (info->shape != NULL && !fits_shape(text, length, info->shape))
        return FALSE;
    switch (part) {
    case PART_DATE:
        return is_date(text);
    case PART_TIME:
        return is_time(text);
    case PART_ISO8601:
        return tamis_sieve_is_iso8601(text, length);
    case PART_ZONE:
        return tamis_sieve_is_offset(text, length);
    case PART_JULIAN:
        return is_digits(text, length);
    case PART_STD11:
    case PART_YEAR:
        return TRUE;
    default:
        break;
    }
    guint number = info->max > 9 ? two_digits(text) : (guint)(*text - '0');
    return number >= info->min && number <= info->max;
}

/* A date with the year first or, in dots, last. */
static gboolean
read_date(const char *text, gsize length, guint *out_year, guint *out_month, guint *out_day)
{
    char first[2], second[2];
    int end = 0;

    if ((sscanf(text, "%4u%1[-/.]%2u%1[-/.]%2u%n", out_year, first, out_month, second, out_day,
                &end) != 5 ||
         *first != *second || (gsize)end != length) &&
        (length != strlen("yyyymmdd") ||
         sscanf(text, "%4u%2u%2u%n", out_year, out_month, out_day, &end) != 3 ||
         (gsize)end != length) &&
        (sscanf(text, "%2u.%2u.%4u%n", out_day, out_month, out_year, &end) != 3 ||
         (gsize)end != length))
        return FALSE;
    return *out_year >= 1000;
}

/* "Mon", "Monday": the index of the name that begins so; -1: none does. */
static int
find_name(const char *text, gsize length, const char *const *names, int n_names)
{
    for (int i = 0; length >= 3 && i < n_names; i++)
        if (g_ascii_strncasecmp(text, names[i], length) == 0)
            return i;
    return -1;
}

static char *
repair_name(Part part, const char *text, gsize length)
{
    static const char *const months[] = {"january",   "february", "march",    "april",
                                         "may",       "june",     "july",     "august",
                                         "september", "october",  "november", "december"};
    static const char *const weekdays[] = {"sunday",   "monday", "tuesday", "wednesday",
                                           "thursday", "friday", "saturday"};
    int month = part == PART_MONTH ? find_name(text, length, months, G_N_ELEMENTS(months)) : -1;
    int weekday =
        part == PART_WEEKDAY ? find_name(text, length, weekdays, G_N_ELEMENTS(weekdays)) : -1;

    if (month >= 0)
        return g_strdup_printf("%02d", month + 1);
    return weekday >= 0 ? g_strdup_printf("%d", weekday) : NULL;
}

/* The value as the server makes it, where what was meant is clear. */
static char *
repair_value(Part part, const char *text, gsize length)
{
    const PartInfo *info = &parts[part];
    g_autofree char *copy = g_strndup(text, length);
    guint year, month, day, hour, minute, second;
    int end = 0;
    char *repaired = repair_name(part, copy, length);

    if (part == PART_WEEKDAY && strcmp(copy, "7") == 0)
        return g_strdup("0");
    if (part == PART_DATE && read_date(copy, length, &year, &month, &day))
        repaired = g_strdup_printf("%04u-%02u-%02u", year, month, day);
    else if (part == PART_TIME &&
             sscanf(copy, "%2u:%2u:%2u%n", &hour, &minute, &second, &end) == 3 &&
             (gsize)end == length)
        repaired = g_strdup_printf("%02u:%02u:%02u", hour, minute, second);
    else if (part == PART_TIME && sscanf(copy, "%2u:%2u%n", &hour, &minute, &end) == 2 &&
             (gsize)end == length)
        repaired = g_strdup_printf("%02u:%02u:00", hour, minute);
    else if (info->max > 9 && length == 1 && g_ascii_isdigit(*copy))
        repaired = g_strdup_printf("0%s", copy);
    if (repaired != NULL && is_value(part, repaired, strlen(repaired)))
        return repaired;
    g_free(repaired);
    return NULL;
}

/* Of a date in a month that is shorter: that month's last day, else NULL. */
static char *
find_last_day(const char *text, gsize length)
{
    g_autofree char *copy = g_strndup(text, length);
    guint year, month, day;

    if (!read_date(copy, length, &year, &month, &day) || month < 1 || month > 12 || day < 29 ||
        day > 31)
        return NULL;
    return g_strdup_printf("%04u-%02u-%02u", year, month,
                           g_date_get_days_in_month((GDateMonth)month, (GDateYear)year));
}

static TamisDiagnostic *
find_fault(TamisSieveChecker *checker, Part part, const TamisSieveString *key, const char *text,
           gsize length, const char *fault)
{
    return tamis_sieve_find(checker, key->span, TAMIS_RULE_MALFORMED_TIME,
                            "'%.*s' %s of the date part '%s'", (int)MIN(length, 60), text, fault,
                            parts[part].name);
}

static void
advise_form(TamisSieveChecker *checker, TamisDiagnostic *diagnostic, Part part)
{
    tamis_sieve_advise(checker, diagnostic,
                       "write %s: servers compare texts (RFC 5260, section 4.2)", parts[part].form);
}

static void
complain_value(TamisSieveChecker *checker, Part part, const TamisSieveString *key, const char *text,
               gsize length)
{
    TamisDiagnostic *diagnostic = find_fault(checker, part, key, text, length, "is no value");
    g_autofree char *repaired = repair_value(part, text, length);
    g_autofree char *last =
        repaired == NULL && part == PART_DATE ? find_last_day(text, length) : NULL;

    if (last != NULL) {
        tamis_sieve_advise(checker, diagnostic,
                           "there is no such day: the last of that month is \"%s\"", last);
        return;
    }
    if (repaired == NULL) {
        advise_form(checker, diagnostic, part);
        return;
    }
    g_autofree char *quoted = g_strdup_printf("\"%s\"", repaired);
    tamis_sieve_advise(checker, diagnostic, "write %s", quoted);
    if (text == key->text)
        tamis_report_edit(checker->report, diagnostic, key->span, quoted);
}

/* Tests ----------------------------------------------------------------------------------------- */

static gboolean
is_numeric(const TamisSieveBound *bound)
{
    const TamisSieveArgument *comparator = tamis_sieve_bound_value(bound, TAMIS_TAG_COMPARATOR);

    return comparator != NULL &&
           tamis_sieve_comparator_extension(comparator->strings->text,
                                            comparator->strings->length_bytes) ==
               TAMIS_EXTENSION_COMPARATOR_NUMERIC;
}

/* Of a text without a digit at its front, i;ascii-numeric makes more than any number (RFC 4790, 9.1.1). */
static gboolean
is_number_of(Part part, const char *text, gsize length)
{
    guint64 number = 0;

    for (gsize i = 0; i < length && g_ascii_isdigit(text[i]) && number < G_MAXUINT32; i++)
        number = number * 10 + (guint64)(text[i] - '0');
    return length > 0 && g_ascii_isdigit(*text) &&
           (parts[part].max == 0 || (number >= parts[part].min && number <= parts[part].max));
}

static void
check_numbers(TamisSieveChecker *checker, Part part, const TamisSieveArgument *keys)
{
    const char *text;
    gsize length;

    for (const TamisSieveString *key = keys->strings; key != NULL; key = key->next) {
        if (!tamis_sieve_resolve(checker, key, &text, &length) || is_number_of(part, text, length))
            continue;
        TamisDiagnostic *diagnostic = find_fault(checker, part, key, text, length, "is no number");
        if (part == PART_WEEKDAY)
            tamis_sieve_advise(checker, diagnostic, "servers make 0 (Sunday) to 6");
        else if (parts[part].max > 0)
            tamis_sieve_advise(checker, diagnostic, "servers make %u to %u", parts[part].min,
                               parts[part].max);
        else
            tamis_sieve_advise(checker, diagnostic, "write digits");
    }
}

static gboolean
is_whole_number(Part part)
{
    static const Part whole_numbers[] = {PART_YEAR, PART_MONTH,  PART_DAY,    PART_JULIAN,
                                         PART_HOUR, PART_MINUTE, PART_SECOND, PART_WEEKDAY};

    for (guint i = 0; i < G_N_ELEMENTS(whole_numbers); i++)
        if (whole_numbers[i] == part)
            return TRUE;
    return FALSE;
}

/* i;ascii-numeric reads digits up to the first other character. */
static void
check_numeric(TamisSieveChecker *checker, const TamisSieveBound *bound, Part part,
              const TamisSieveArgument *keys)
{
    if (!is_numeric(bound) || is_whole_number(part))
        return;
    TamisDiagnostic *diagnostic = tamis_sieve_find(
        checker, keys->span, TAMIS_RULE_MALFORMED_TIME,
        "'i;ascii-numeric' compares no more than the first digits of the date part '%s'",
        parts[part].name);
    const TamisSieveArgument *tag = tamis_sieve_bound_tag(bound, TAMIS_TAG_COMPARATOR);
    const TamisSieveArgument *value = tamis_sieve_bound_value(bound, TAMIS_TAG_COMPARATOR);
    tamis_report_relate(checker->report, diagnostic, tamis_span_join(tag->span, value->span),
                        "the comparator is set here");
    tamis_sieve_advise(checker, diagnostic, "take the comparator out: texts compare right");
    if (value->next != NULL) {
        TamisSpan span = tag->span;
        span.length = value->next->span.offset - span.offset;
        tamis_report_edit(checker->report, diagnostic, span, "");
    }
}

static gboolean
has_wildcard(const char *text, gsize length)
{
    return memchr(text, '*', length) != NULL || memchr(text, '?', length) != NULL;
}

#define MAX_SHAPE_BYTES 16

/* Whether a text of the shape fits a key: as a pattern, or as a part where is_part. */
static gboolean
may_fit(const char *shape, const char *key, gsize length, gboolean is_part)
{
    gsize n = strlen(shape);
    /* By length: whether so much of the shape is what the key says so far. */
    gboolean reached[MAX_SHAPE_BYTES + 1] = {TRUE};

    g_assert(n <= MAX_SHAPE_BYTES);
    for (gsize i = 0; is_part && i <= n; i++)
        reached[i] = TRUE;
    for (gsize at = 0; at < length; at++) {
        gboolean is_escaped = !is_part && key[at] == '\\' && at + 1 < length;
        char c = key[is_escaped ? ++at : at];

        if (!is_part && !is_escaped && c == '*') {
            for (gsize i = 0; i < n; i++)
                reached[i + 1] |= reached[i];
            continue;
        }
        for (gsize i = n; i > 0; i--)
            reached[i] =
                reached[i - 1] && ((!is_part && !is_escaped && c == '?') ||
                                   (shape[i - 1] == '0' ? g_ascii_isdigit(c) : shape[i - 1] == c));
        reached[0] = FALSE;
    }
    for (gsize i = 0; is_part && i < n; i++)
        reached[n] |= reached[i];
    return reached[n];
}

/* Servers write the offset of the test's own zone behind an instant, and compare texts. */
static void
check_offset(TamisSieveChecker *checker, const TamisSieveBound *bound, const TamisSieveString *key,
             const char *text, gsize length)
{
    const TamisSieveArgument *zone = tamis_sieve_bound_value(bound, TAMIS_TAG_ZONE);
    const char *offset;
    gsize offset_length;

    if (zone == NULL || !tamis_sieve_is_iso8601(text, length) ||
        !tamis_sieve_resolve(checker, zone->strings, &offset, &offset_length) ||
        !tamis_sieve_is_offset(offset, offset_length))
        return;
    gboolean is_utc = memcmp(offset + 1, "0000", 4) == 0;
    if (is_utc ? text[19] == 'Z'
               : length == 25 && memcmp(text + 19, offset, 3) == 0 &&
                     memcmp(text + 23, offset + 3, 2) == 0)
        return;
    TamisDiagnostic *diagnostic = tamis_sieve_find(
        checker, key->span, TAMIS_RULE_MALFORMED_TIME,
        "'%.*s' is compared as a text with instants of the zone '%.5s'", (int)length, text, offset);
    tamis_report_relate(checker->report, diagnostic, zone->span, "the zone is set here");
    if (is_utc) {
        tamis_sieve_advise(checker, diagnostic, "write the instant of UTC, with 'Z' at its end");
        return;
    }
    if (tamis_sieve_is_engine(checker, TAMIS_ENGINE_CYRUS) && text[19] == 'Z') {
        diagnostic->severity = TAMIS_SEVERITY_WARNING; /* it writes 'Z' in every zone */
        tamis_sieve_advise(checker, diagnostic,
                           "write ':zone \"+0000\"', or the time of that zone with '%.3s:%.2s' at "
                           "its end",
                           offset, offset + 3);
        return;
    }
    tamis_sieve_advise(checker, diagnostic,
                       "write the instant in that zone, with '%.3s:%.2s' at its end", offset,
                       offset + 3);
}

/* A day's name stands first in std11, and '+' before '-' in a zone: their texts are in no order of time. */
static void
check_order(TamisSieveChecker *checker, const TamisSieveBound *bound, Part part,
            const TamisSieveArgument *keys)
{
    const TamisSieveArgument *relation = tamis_sieve_bound_value(bound, TAMIS_TAG_VALUE);
    const char *text;
    gsize length;

    if ((part != PART_STD11 && part != PART_ZONE) || relation == NULL ||
        !tamis_sieve_resolve(checker, relation->strings, &text, &length) || length == 0 ||
        (*text != 'g' && *text != 'G' && *text != 'l' && *text != 'L'))
        return;
    TamisDiagnostic *diagnostic =
        tamis_sieve_find(checker, keys->span, TAMIS_RULE_MALFORMED_TIME,
                         "texts of the date part '%s' do not sort by time", parts[part].name);
    tamis_report_relate(checker->report, diagnostic, relation->span,
                        "the texts are put in order here");
    tamis_sieve_advise(checker, diagnostic,
                       "compare 'date', 'time' or 'iso8601' in a zone that is said");
}

/* The part of a date that keys are compared with; FALSE: they are no texts of one. */
static gboolean
find_compared_part(TamisSieveChecker *checker, const TamisSieveBound *bound, Part *out_part)
{
    const TamisSieveArgument *name = tamis_sieve_bound_parameter(bound, TAMIS_SIEVE_TYPE_DATE_PART);
    const char *text;
    gsize length;

    if (name == NULL || tamis_sieve_bound_tag(bound, TAMIS_TAG_COUNT) != NULL ||
        tamis_sieve_bound_tag(bound, TAMIS_TAG_REGEX) != NULL ||
        tamis_sieve_bound_tag(bound, TAMIS_TAG_LIST) != NULL ||
        !tamis_sieve_resolve(checker, name->strings, &text, &length))
        return FALSE;
    *out_part = find_part(text, length);
    return *out_part != N_PARTS;
}

static void
check_text_keys(TamisSieveChecker *checker, const TamisSieveBound *bound, Part part,
                const TamisSieveArgument *keys)
{
    gboolean is_glob = tamis_sieve_bound_tag(bound, TAMIS_TAG_MATCHES) != NULL;
    gboolean is_part = tamis_sieve_bound_tag(bound, TAMIS_TAG_CONTAINS) != NULL;
    const char *text;
    gsize length;

    for (const TamisSieveString *key = keys->strings; key != NULL; key = key->next) {
        if (!tamis_sieve_resolve(checker, key, &text, &length))
            continue;
        if (is_part || (is_glob && has_wildcard(text, length))) {
            if (parts[part].shape != NULL && !may_fit(parts[part].shape, text, length, is_part))
                tamis_sieve_advise(
                    checker, find_fault(checker, part, key, text, length, "fits no value"),
                    "write what fits %s: servers compare texts (RFC 5260, section 4.2)",
                    parts[part].form);
        } else if (!is_value(part, text, length)) {
            complain_value(checker, part, key, text, length);
        } else if (part == PART_ISO8601) {
            check_offset(checker, bound, key, text, length);
        }
    }
}

void
tamis_sieve_check_time_keys(TamisSieveChecker *checker, const TamisSieveBound *bound,
                            const TamisSieveArgument *keys)
{
    Part part;

    if (!find_compared_part(checker, bound, &part))
        return;
    if (!is_numeric(bound))
        check_text_keys(checker, bound, part, keys);
    else if (is_whole_number(part))
        check_numbers(checker, part, keys);
}

void
tamis_sieve_check_times(TamisSieveChecker *checker, const TamisSieveBound *bound)
{
    const TamisSieveArgument *keys = tamis_sieve_bound_parameter(bound, TAMIS_SIEVE_TYPE_KEYS);
    Part part;

    if (keys == NULL || !find_compared_part(checker, bound, &part))
        return;
    check_order(checker, bound, part, keys);
    check_numeric(checker, bound, part, keys);
    tamis_sieve_check_time_keys(checker, bound, keys);
}
