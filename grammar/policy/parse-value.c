/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Names, values, strings, numbers, dates and durations. Whether a value's kind fits its place
 * beyond its shape is the resolver's. */
#include "grammar/policy/parser-state.h"

#include "base/suggest.h"

#include <string.h>

/* Some 2,700 years: longer ones would leave the calendar. */
#define MAX_DURATION 1000000

#define MAX_STOPS 4

static const TamisValueKind value_kinds[] = {
    [TAMIS_TOKEN_STRING] = TAMIS_VALUE_STRING,   [TAMIS_TOKEN_ADDRESS] = TAMIS_VALUE_ADDRESS,
    [TAMIS_TOKEN_DOMAIN] = TAMIS_VALUE_DOMAIN,   [TAMIS_TOKEN_DATE] = TAMIS_VALUE_DATE,
    [TAMIS_TOKEN_INSTANT] = TAMIS_VALUE_INSTANT, [TAMIS_TOKEN_NAME] = TAMIS_VALUE_NAME,
    [TAMIS_TOKEN_NUMBER] = TAMIS_VALUE_NUMBER,   [TAMIS_TOKEN_SIZE] = TAMIS_VALUE_SIZE,
    [TAMIS_TOKEN_TIME] = TAMIS_VALUE_TIME,       [TAMIS_TOKEN_ZONE] = TAMIS_VALUE_ZONE,
};

static gboolean
is_word(TamisTokenKind kind)
{
    return kind >= TAMIS_TOKEN_STRING && kind <= TAMIS_TOKEN_ZONE;
}

gboolean
tamis_parse_name(TamisParser *parser, const char *what, TamisName *out_name)
{
    if (parser->token.kind != TAMIS_TOKEN_NAME) {
        TamisDiagnostic *diagnostic = tamis_parser_expected(parser, what);

        if (is_word(parser->token.kind))
            tamis_parser_help(parser, diagnostic,
                              "a name begins with a letter and holds letters, digits, '_' and '-'");
        return FALSE;
    }
    out_name->span = parser->token.span;
    out_name->text = parser->token.text;
    tamis_parser_advance(parser);
    return TRUE;
}

gboolean
tamis_parser_at_value(const TamisParser *parser)
{
    return parser->token.kind >= TAMIS_TOKEN_STRING && parser->token.kind <= TAMIS_TOKEN_NAME;
}

/* Inside `each row`, `row.address` is a cell. */
static gboolean
is_column(const TamisParser *parser)
{
    const TamisToken *token = &parser->token;
    const char *end = token->text + token->length_bytes, *column;

    if (parser->row == NULL || token->kind != TAMIS_TOKEN_DOMAIN ||
        token->length_bytes < parser->row_length + 2 ||
        memcmp(token->text, parser->row, parser->row_length) != 0 ||
        token->text[parser->row_length] != '.')
        return FALSE;
    column = token->text + parser->row_length + 1;
    return tamis_name_length(column, end) == (gsize)(end - column);
}

TamisValue *
tamis_parser_take_value(TamisParser *parser)
{
    TamisValue *value = tamis_arena_new0(parser->arena, TamisValue);
    const TamisToken *token = &parser->token;

    g_assert(is_word(token->kind));
    value->kind = is_column(parser) ? TAMIS_VALUE_COLUMN : value_kinds[token->kind];
    value->span = token->span;
    value->length_bytes = token->length_bytes;
    value->is_block = token->is_block;
    value->text = token->is_kept
                      ? token->text
                      : tamis_words_get(&parser->words, token->text, token->length_bytes).text;
    tamis_parser_advance(parser);
    return value;
}

TamisValue *
tamis_parse_value(TamisParser *parser, const char *what)
{
    if (!tamis_parser_at_value(parser)) {
        tamis_parser_expected(parser, what);
        return NULL;
    }
    return tamis_parser_take_value(parser);
}

static gboolean
at_stop(const TamisParser *parser, const TamisKeyword *stops)
{
    for (; stops != NULL && *stops != TAMIS_KEYWORD_NONE; stops++)
        if (parser->keyword == *stops)
            return TRUE;
    return FALSE;
}

/* A word that nearly is one of those that may follow the list. */
static gboolean
report_near_stop(TamisParser *parser, const TamisKeyword *stops)
{
    const char *candidates[MAX_STOPS], *near;
    TamisDiagnostic *diagnostic;
    gsize n = 0;

    for (; stops != NULL && n < MAX_STOPS && stops[n] != TAMIS_KEYWORD_NONE; n++)
        candidates[n] = tamis_keyword_text(stops[n]);
    near = tamis_suggest(parser->token.text, candidates, n);
    if (near == NULL)
        return FALSE;
    diagnostic =
        tamis_parser_fail(parser, parser->token.span, "unexpected word '%s'",
                          tamis_excerpt(parser->token.text, parser->token.length_bytes).text);
    tamis_parser_help(parser, diagnostic, "did you mean '%s'?", near);
    return TRUE;
}

/* Behind a value: whether the next token is one more, and only its comma was forgotten. */
static gboolean
is_comma_missing(TamisParser *parser, const TamisKeyword *stops)
{
    TamisSpan span = parser->previous.span;
    TamisDiagnostic *diagnostic;

    if (!tamis_parser_at_value(parser))
        return FALSE;
    if (parser->token.kind == TAMIS_TOKEN_NAME &&
        (parser->keyword != TAMIS_KEYWORD_NONE || report_near_stop(parser, stops)))
        return FALSE;
    span = (TamisSpan){span.source, span.offset + span.length, 0};
    if (strcmp(parser->previous.text, "not") == 0 && parser->previous.kind == TAMIS_TOKEN_NAME) {
        diagnostic = tamis_parser_fail(parser, parser->previous.span, "'not' stands too late");
        tamis_parser_help(parser, diagnostic,
                          "write it in front, as in 'subject not contains \"x\"'");
        return TRUE;
    }
    diagnostic = tamis_parser_fail(parser, span, "expected ',' after %s",
                                   tamis_parser_describe(&parser->previous).text);
    tamis_parser_help(parser, diagnostic, "write ',' between the values of a list");
    if (diagnostic != NULL && !parser->has_ended)
        tamis_report_edit(parser->report, diagnostic, span, ",");
    return TRUE;
}

TamisValue *
tamis_parse_values(TamisParser *parser, const char *what, const TamisKeyword *stops)
{
    TamisValue *first = tamis_parse_value(parser, what), *last = first;

    while (last != NULL) {
        if (parser->token.kind == TAMIS_TOKEN_COMMA) {
            tamis_parser_advance(parser);
            if (!tamis_parser_at_value(parser) || at_stop(parser, stops))
                break;
        } else if (at_stop(parser, stops) || !is_comma_missing(parser, stops)) {
            break;
        }
        /* A misplaced `not` was reported: no one looks for a group of that name. */
        if (parser->is_quiet && strcmp(last->text, "not") == 0)
            last->kind = TAMIS_VALUE_STRING;
        last->next = tamis_parser_take_value(parser);
        last = last->next;
    }
    return first;
}

TamisValue *
tamis_parse_string(TamisParser *parser, const char *what)
{
    TamisDiagnostic *diagnostic;
    TamisValue *value;

    if (parser->token.kind == TAMIS_TOKEN_STRING)
        return tamis_parser_take_value(parser);
    diagnostic = tamis_parser_expected(parser, what);
    if (!is_word(parser->token.kind))
        return NULL;
    tamis_parser_help(parser, diagnostic, "put it in quotes: \"%s\"",
                      tamis_excerpt(parser->token.text, parser->token.length_bytes).text);
    value = tamis_parser_take_value(parser);
    value->kind = TAMIS_VALUE_STRING;
    return value;
}

TamisValue *
tamis_parse_number(TamisParser *parser, const char *what, gboolean is_size)
{
    if (parser->token.kind == TAMIS_TOKEN_NUMBER ||
        (is_size && parser->token.kind == TAMIS_TOKEN_SIZE))
        return tamis_parser_take_value(parser);
    tamis_parser_expected(parser, what);
    return NULL;
}

TamisValue *
tamis_parse_day(TamisParser *parser)
{
    TamisDiagnostic *diagnostic;

    if (parser->token.kind == TAMIS_TOKEN_DATE)
        return tamis_parser_take_value(parser);
    diagnostic = tamis_parser_expected(parser, "a date");
    tamis_parser_help(parser, diagnostic, "write a date as 2026-12-31, without quotes");
    return NULL;
}

TamisValue *
tamis_parse_instant(TamisParser *parser)
{
    TamisDiagnostic *diagnostic;

    if (parser->token.kind == TAMIS_TOKEN_INSTANT)
        return tamis_parser_take_value(parser);
    diagnostic = tamis_parser_expected(parser, "a date with a time");
    tamis_parser_help(parser, diagnostic, "write it as 2026-12-31 18:00, without quotes");
    return NULL;
}

TamisValue *
tamis_parse_zone(TamisParser *parser)
{
    TamisDiagnostic *diagnostic;

    if (parser->token.kind == TAMIS_TOKEN_ZONE || parser->token.kind == TAMIS_TOKEN_NAME)
        return tamis_parser_take_value(parser);
    diagnostic = tamis_parser_expected(parser, "a time zone");
    tamis_parser_help(parser, diagnostic, "write its IANA name as Asia/Shanghai, without quotes");
    return NULL;
}

/* Numbers of tokens fit: the lexer sees to that. */
static gint64
token_number(const TamisToken *token)
{
    gint64 number = 0;

    for (guint32 i = 0; i < token->length_bytes; i++)
        number = number * 10 + (token->text[i] - '0');
    return number;
}

static gboolean
parse_unit(TamisParser *parser, TamisDuration *duration)
{
    TamisDiagnostic *diagnostic;

    switch (parser->keyword) {
    case TAMIS_KEYWORD_DAY:
    case TAMIS_KEYWORD_DAYS:
        duration->unit = TAMIS_UNIT_DAYS;
        break;
    case TAMIS_KEYWORD_HOUR:
    case TAMIS_KEYWORD_HOURS:
        duration->unit = TAMIS_UNIT_HOURS;
        break;
    default:
        diagnostic = tamis_parser_expected(parser, "'days' or 'hours'");
        if (parser->token.kind == TAMIS_TOKEN_NAME && g_str_has_prefix(parser->token.text, "week"))
            tamis_parser_help(parser, diagnostic, "write '%" G_GINT64_FORMAT " days'",
                              duration->number * 7);
        else
            tamis_parser_help(parser, diagnostic, "write a duration as '7 days' or '12 hours'");
        return FALSE;
    }
    tamis_parser_advance(parser);
    return TRUE;
}

gboolean
tamis_parse_duration(TamisParser *parser, TamisDuration *out_duration)
{
    TamisDuration duration = {.span = parser->token.span};

    if (parser->token.kind != TAMIS_TOKEN_NUMBER) {
        TamisDiagnostic *diagnostic = tamis_parser_expected(parser, "a duration");

        tamis_parser_help(parser, diagnostic, "write it as '7 days' or '12 hours'");
        return FALSE;
    }
    duration.number = token_number(&parser->token);
    if (duration.number > MAX_DURATION) {
        tamis_parser_help(parser,
                          tamis_parser_fail(parser, parser->token.span,
                                            "duration of %" G_GINT64_FORMAT
                                            " is longer than any calendar",
                                            duration.number),
                          "write a shorter one");
        duration.number = MAX_DURATION;
    }
    tamis_parser_advance(parser);
    if (!parse_unit(parser, &duration))
        return FALSE;
    duration.span = tamis_parser_span_from(parser, duration.span);
    *out_duration = duration;
    return TRUE;
}

static gboolean
at_date(const TamisParser *parser)
{
    return parser->token.kind == TAMIS_TOKEN_DATE || parser->token.kind == TAMIS_TOKEN_INSTANT ||
           parser->token.kind == TAMIS_TOKEN_NAME || is_column(parser);
}

gboolean
tamis_parse_date(TamisParser *parser, TamisDate *out_date)
{
    TamisDate date = {.span = parser->token.span};

    if (!at_date(parser)) {
        TamisDiagnostic *diagnostic = tamis_parser_expected(parser, "a date");

        tamis_parser_help(parser, diagnostic,
                          "write it as 2026-12-31 or 2026-12-31 18:00, without quotes");
        return FALSE;
    }
    date.base = tamis_parser_take_value(parser);
    if (parser->token.kind == TAMIS_TOKEN_PLUS || parser->token.kind == TAMIS_TOKEN_MINUS) {
        date.sign = parser->token.kind == TAMIS_TOKEN_PLUS ? 1 : -1;
        tamis_parser_advance(parser);
        if (!tamis_parse_duration(parser, &date.duration))
            return FALSE;
    }
    date.span = tamis_parser_span_from(parser, date.span);
    *out_date = date;
    return TRUE;
}
