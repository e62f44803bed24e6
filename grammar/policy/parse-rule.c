/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Hours, and what a policy forbids, requires, allows and knows of the outside. */
#include "grammar/policy/parser-state.h"

#include <string.h>

/* Hours -------------------------------------------------------------------------------------------
 */

static const TamisKeyword hours_statements[] = {TAMIS_KEYWORD_DAILY, TAMIS_KEYWORD_EXCEPT,
                                                TAMIS_KEYWORD_TIMEZONE};
static const TamisBlockKind hours_block = {"hours", hours_statements,
                                           G_N_ELEMENTS(hours_statements)};

typedef struct {
    TamisDeclaration *declaration;
    TamisDaysSyntax **days_tail;
    TamisExceptSyntax **excepts_tail;
    TamisSpan timezone;
} Hours;

static const char day_names[7][4] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

static gboolean
day_of(const char *text, guint *out_day)
{
    for (guint i = 0; i < G_N_ELEMENTS(day_names); i++)
        if (strncmp(text, day_names[i], 3) == 0) {
            *out_day = i;
            return TRUE;
        }
    return FALSE;
}

/* The bits of "daily", "mon" or "mon-fri"; 0 when it is none of them. */
static guint8
days_of(const char *text)
{
    gsize length = strlen(text);
    guint first, last;
    guint8 days = 0;

    if (strcmp(text, "daily") == 0)
        return 0x7f;
    if ((length != 3 && length != 7) || !day_of(text, &first))
        return 0;
    last = first;
    if (length == 7 && (text[3] != '-' || !day_of(text + 4, &last)))
        return 0;
    for (guint day = first;; day = (day + 1) % 7) {
        days |= (guint8)(1u << day);
        if (day == last)
            return days;
    }
}

static gboolean
at_days(const TamisParser *parser)
{
    return parser->token.kind == TAMIS_TOKEN_NAME && days_of(parser->token.text) != 0;
}

static gboolean
begins_with_day(const char *text)
{
    if (strcmp(text, "daily") == 0)
        return TRUE;
    for (guint i = 0; i < G_N_ELEMENTS(day_names); i++)
        if (g_ascii_strncasecmp(text, day_names[i], 3) == 0)
            return TRUE;
    return FALSE;
}

static void
fail_days(TamisParser *parser)
{
    TamisDiagnostic *diagnostic = tamis_parser_expected(parser, "days as mon or mon-fri");
    g_autofree char *lower = NULL;

    if (parser->token.kind != TAMIS_TOKEN_NAME)
        return;
    lower = g_ascii_strdown(parser->token.text, -1);
    if (days_of(lower) != 0) {
        tamis_parser_help(parser, diagnostic, "write '%s'", lower);
        return;
    }
    for (guint i = 0; i < G_N_ELEMENTS(day_names); i++)
        if (g_str_has_prefix(lower, day_names[i]) && strchr(lower, '-') == NULL) {
            tamis_parser_help(parser, diagnostic, "write '%s'", day_names[i]);
            return;
        }
    tamis_parser_help(parser, diagnostic, "days are mon, tue, wed, thu, fri, sat, sun, and daily");
}

static guint16
minute_of(const TamisValue *time)
{
    const char *text = time->text;
    return (guint16)(((text[0] - '0') * 10 + text[1] - '0') * 60 + (text[3] - '0') * 10 + text[4] -
                     '0');
}

static TamisValue *
parse_time(TamisParser *parser)
{
    TamisDiagnostic *diagnostic;

    if (parser->token.kind == TAMIS_TOKEN_TIME)
        return tamis_parser_take_value(parser);
    diagnostic = tamis_parser_expected(parser, "a time of day");
    tamis_parser_help(parser, diagnostic, "write it as 09:00");
    return NULL;
}

static TamisRangeSyntax *
parse_range(TamisParser *parser)
{
    TamisRangeSyntax *range = tamis_arena_new0(parser->arena, TamisRangeSyntax);

    gboolean is_faulty = parser->token.is_faulty;

    range->span = parser->token.span;
    range->start = parse_time(parser);
    if (range->start == NULL || !tamis_parser_expect(parser, TAMIS_TOKEN_MINUS, "'-'"))
        return NULL;
    is_faulty |= parser->token.is_faulty;
    range->end = parse_time(parser);
    if (range->end == NULL)
        return NULL;
    range->span = tamis_parser_span_from(parser, range->span);
    range->start_minute = minute_of(range->start);
    range->end_minute = minute_of(range->end);
    if (range->start_minute == 24 * 60) {
        TamisDiagnostic *diagnostic =
            tamis_parser_fail(parser, range->start->span, "a range cannot begin at the day's end");
        tamis_parser_help(parser, diagnostic, "write 00:00 on the next day");
        parser->is_quiet = FALSE;
        range->start_minute = 0;
    } else if (range->start_minute == range->end_minute && !is_faulty) {
        TamisDiagnostic *diagnostic =
            tamis_parser_fail(parser, range->span, "the range begins and ends at one time");
        tamis_parser_help(parser, diagnostic, "write 00:00-24:00 for the whole day");
        parser->is_quiet = FALSE;
    }
    return range;
}

static gboolean
parse_days(TamisParser *parser, Hours *hours)
{
    TamisDaysSyntax *line = tamis_arena_new0(parser->arena, TamisDaysSyntax);
    TamisValue **words_tail = &line->words;
    TamisRangeSyntax **ranges_tail = &line->ranges;

    line->span = parser->token.span;
    do {
        if (!at_days(parser)) {
            fail_days(parser);
            return FALSE;
        }
        line->days |= days_of(parser->token.text);
        *words_tail = tamis_parser_take_value(parser);
        words_tail = &(*words_tail)->next;
    } while (strcmp(line->words->text, "daily") != 0 &&
             tamis_parser_accept(parser, TAMIS_TOKEN_COMMA));
    do {
        *ranges_tail = parse_range(parser);
        if (*ranges_tail == NULL)
            return FALSE;
        ranges_tail = &(*ranges_tail)->next;
    } while (tamis_parser_accept(parser, TAMIS_TOKEN_COMMA));
    if (!tamis_parser_expect_semicolon(parser))
        return FALSE;
    line->span = tamis_parser_span_from(parser, line->span);
    *hours->days_tail = line;
    hours->days_tail = &line->next;
    return TRUE;
}

static gboolean
parse_except(TamisParser *parser, Hours *hours)
{
    TamisExceptSyntax *except = tamis_arena_new0(parser->arena, TamisExceptSyntax);

    except->span = parser->previous.span;
    except->first = tamis_parse_day(parser);
    if (except->first == NULL)
        return FALSE;
    if (tamis_parser_accept(parser, TAMIS_TOKEN_DOTS)) {
        except->last = tamis_parse_day(parser);
        if (except->last == NULL)
            return FALSE;
        /* Dates of this form sort as text. */
        if (strcmp(except->last->text, except->first->text) < 0) {
            TamisDiagnostic *diagnostic =
                tamis_parser_fail(parser, tamis_span_join(except->first->span, except->last->span),
                                  "'%s' is before '%s'", except->last->text, except->first->text);
            tamis_parser_help(parser, diagnostic, "write the first day first");
        }
    }
    if (!tamis_parser_expect_semicolon(parser))
        return FALSE;
    except->span = tamis_parser_span_from(parser, except->span);
    *hours->excepts_tail = except;
    hours->excepts_tail = &except->next;
    return TRUE;
}

static gboolean
parse_hours_statement(TamisParser *parser, gpointer data)
{
    Hours *hours = data;

    if (tamis_parser_accept_keyword(parser, TAMIS_KEYWORD_EXCEPT))
        return parse_except(parser, hours);
    if (tamis_parser_accept_keyword(parser, TAMIS_KEYWORD_TIMEZONE)) {
        tamis_parser_once(parser, &hours->timezone, parser->previous.span, "timezone");
        hours->declaration->hours.timezone = tamis_parse_zone(parser);
        return hours->declaration->hours.timezone != NULL && tamis_parser_expect_semicolon(parser);
    }
    if (parser->token.kind == TAMIS_TOKEN_NAME && !begins_with_day(parser->token.text))
        return tamis_parser_no_statement(parser);
    return parse_days(parser, hours);
}

gboolean
tamis_parse_hours(TamisParser *parser, TamisDeclaration *declaration)
{
    Hours hours = {.declaration = declaration,
                   .days_tail = &declaration->hours.days,
                   .excepts_tail = &declaration->hours.excepts};

    if (!tamis_parse_name(parser, "a name for the hours", &declaration->name) &&
        !tamis_parser_skip_to_block(parser))
        return FALSE;
    tamis_parser_block(parser, &hours_block, parse_hours_statement, &hours);
    return declaration->name.text != NULL;
}

/* Forbid, require ---------------------------------------------------------------------------------
 */

static const TamisKeyword party_stops[] = {TAMIS_KEYWORD_TO, TAMIS_KEYWORD_FROM,
                                           TAMIS_KEYWORD_UNLESS, TAMIS_KEYWORD_NONE};

static gboolean
parse_party(TamisParser *parser, TamisPartySyntax *party)
{
    party->span = parser->token.span;
    if (tamis_parser_accept_keyword(parser, TAMIS_KEYWORD_INTERNAL)) {
        party->kind = TAMIS_PARTY_INTERNAL;
    } else if (tamis_parser_accept_keyword(parser, TAMIS_KEYWORD_EXTERNAL)) {
        party->kind = TAMIS_PARTY_EXTERNAL;
    } else {
        party->kind = TAMIS_PARTY_VALUES;
        party->values = tamis_parse_values(parser, "'internal', 'external' or values", party_stops);
        if (party->values == NULL)
            return FALSE;
    }
    party->span = tamis_parser_span_from(parser, party->span);
    return TRUE;
}

/* "forward" [ "from" party ] [ "to" party ] */
static gboolean
parse_forwards(TamisParser *parser, TamisPartySyntax *from, TamisPartySyntax *to)
{
    if (!tamis_parser_expect_keyword(parser, TAMIS_KEYWORD_FORWARD))
        return FALSE;
    while (parser->keyword == TAMIS_KEYWORD_FROM || parser->keyword == TAMIS_KEYWORD_TO) {
        gboolean is_from = parser->keyword == TAMIS_KEYWORD_FROM;

        if (to->kind != TAMIS_PARTY_ANY || (is_from && from->kind != TAMIS_PARTY_ANY)) {
            TamisDiagnostic *diagnostic = tamis_parser_fail(
                parser, parser->token.span, "unexpected '%s'", tamis_keyword_text(parser->keyword));
            tamis_parser_help(parser, diagnostic,
                              "write 'from' at most once, and 'to' at most once behind it");
        }
        tamis_parser_advance(parser);
        if (!parse_party(parser, is_from ? from : to))
            return FALSE;
    }
    return TRUE;
}

gboolean
tamis_parse_forbid(TamisParser *parser, TamisDeclaration *declaration)
{
    declaration->forbid.title = tamis_parse_string(parser, "a title in quotes");
    if (declaration->forbid.title == NULL ||
        !parse_forwards(parser, &declaration->forbid.from, &declaration->forbid.to))
        return FALSE;
    if (tamis_parser_accept_keyword(parser, TAMIS_KEYWORD_UNLESS)) {
        if (tamis_parser_accept_keyword(parser, TAMIS_KEYWORD_ENCRYPTED)) {
            declaration->forbid.unless = TAMIS_UNLESS_ENCRYPTED;
        } else if (tamis_parser_accept_keyword(parser, TAMIS_KEYWORD_COPIED)) {
            declaration->forbid.unless = TAMIS_UNLESS_COPIED;
        } else {
            declaration->forbid.unless = TAMIS_UNLESS_CONDITION;
            if (!tamis_parse_name(parser, "'encrypted', 'copied' or the name of a condition",
                                  &declaration->forbid.condition))
                return FALSE;
        }
    }
    return tamis_parser_expect_semicolon(parser);
}

static gboolean
parse_required(TamisParser *parser, TamisDeclaration *declaration)
{
    switch (parser->keyword) {
    case TAMIS_KEYWORD_EXPIRY:
        declaration->require.kind = TAMIS_REQUIRE_EXPIRY;
        break;
    case TAMIS_KEYWORD_COPY:
        declaration->require.kind = TAMIS_REQUIRE_COPY;
        break;
    case TAMIS_KEYWORD_VERIFIED:
        declaration->require.kind = TAMIS_REQUIRE_VERIFIED;
        tamis_parser_advance(parser);
        return tamis_parser_expect_keyword(parser, TAMIS_KEYWORD_IN) &&
               tamis_parse_name(parser, "a group's name", &declaration->require.group);
    default:
        tamis_parser_expected(parser, "'expiry', 'copy' or 'verified'");
        return FALSE;
    }
    tamis_parser_advance(parser);
    return TRUE;
}

gboolean
tamis_parse_require(TamisParser *parser, TamisDeclaration *declaration)
{
    declaration->require.title = tamis_parse_string(parser, "a title in quotes");
    return declaration->require.title != NULL && parse_required(parser, declaration) &&
           tamis_parser_expect_keyword(parser, TAMIS_KEYWORD_FOR) &&
           parse_forwards(parser, &declaration->require.from, &declaration->require.to) &&
           tamis_parser_expect_semicolon(parser);
}

/* External, allow ---------------------------------------------------------------------------------
 */

gboolean
tamis_parse_outside(TamisParser *parser, TamisDeclaration *declaration)
{
    declaration->outside.address = tamis_parse_value(parser, "an address");
    if (declaration->outside.address == NULL ||
        !tamis_parser_expect_keyword(parser, TAMIS_KEYWORD_FORWARDS) ||
        !tamis_parser_expect_keyword(parser, TAMIS_KEYWORD_TO))
        return FALSE;
    declaration->outside.targets = tamis_parse_values(parser, "an address or a group", NULL);
    return declaration->outside.targets != NULL && tamis_parser_expect_semicolon(parser);
}

gboolean
tamis_parse_allow(TamisParser *parser, TamisDeclaration *declaration)
{
    static const TamisKeyword stops[] = {TAMIS_KEYWORD_UNTIL, TAMIS_KEYWORD_BECAUSE,
                                         TAMIS_KEYWORD_NONE};

    if (!tamis_parse_name(parser, "the name of a finding", &declaration->name))
        return FALSE;
    if (tamis_parser_accept_keyword(parser, TAMIS_KEYWORD_IN)) {
        declaration->allow.in = tamis_parse_values(parser, "an address", stops);
        if (declaration->allow.in == NULL)
            return FALSE;
    }
    if (tamis_parser_accept_keyword(parser, TAMIS_KEYWORD_UNTIL)) {
        declaration->allow.until = tamis_parse_day(parser);
        if (declaration->allow.until == NULL)
            return FALSE;
        if (parser->previous.is_faulty) /* no such day: nobody knows whether it is over */
            declaration->allow.until = NULL;
    }
    if (!tamis_parser_expect_keyword(parser, TAMIS_KEYWORD_BECAUSE))
        return FALSE;
    declaration->allow.because = tamis_parse_string(parser, "a reason in quotes");
    return declaration->allow.because != NULL && tamis_parser_expect_semicolon(parser);
}
