/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What stands in a mailbox or a template: aliases, limits, uses of templates, routes and their
 * actions. */
#include "grammar/policy/parser-state.h"

static const TamisKeyword item_statements[] = {TAMIS_KEYWORD_ALIAS, TAMIS_KEYWORD_LIMITS,
                                               TAMIS_KEYWORD_USE, TAMIS_KEYWORD_ROUTE};
const TamisBlockKind tamis_items_block = {"a mailbox or template", item_statements,
                                          G_N_ELEMENTS(item_statements)};

static const TamisKeyword action_statements[] = {
    TAMIS_KEYWORD_FORWARD, TAMIS_KEYWORD_REPLY, TAMIS_KEYWORD_KEEP, TAMIS_KEYWORD_DISCARD,
    TAMIS_KEYWORD_REJECT,  TAMIS_KEYWORD_MARK,  TAMIS_KEYWORD_FINAL};
const TamisBlockKind tamis_actions_block = {"a route", action_statements,
                                            G_N_ELEMENTS(action_statements)};

static const TamisKeyword reply_statements[] = {TAMIS_KEYWORD_SUBJECT, TAMIS_KEYWORD_TEXT,
                                                TAMIS_KEYWORD_EVERY, TAMIS_KEYWORD_FROM};
static const TamisBlockKind reply_block = {"a reply", reply_statements,
                                           G_N_ELEMENTS(reply_statements)};

static const TamisKeyword limit_statements[] = {TAMIS_KEYWORD_TARGETS, TAMIS_KEYWORD_HOPS,
                                                TAMIS_KEYWORD_COPIES, TAMIS_KEYWORD_SCRIPT_SIZE,
                                                TAMIS_KEYWORD_LIFETIME};
static const TamisBlockKind limits_block = {"limits", limit_statements,
                                            G_N_ELEMENTS(limit_statements)};

/* Limits ------------------------------------------------------------------------------------------
 */

typedef struct {
    TamisLimitSyntax **tail;
    TamisSpan seen[TAMIS_N_LIMITS];
} Limits;

static gboolean
limit_of(TamisKeyword keyword, TamisLimit *out_limit)
{
    for (gsize i = 0; i < G_N_ELEMENTS(limit_statements); i++)
        if (limit_statements[i] == keyword) {
            *out_limit = (TamisLimit)i; /* both lists are in this order */
            return TRUE;
        }
    return FALSE;
}

static gboolean
parse_limit(TamisParser *parser, gpointer data)
{
    Limits *limits = data;
    TamisLimitSyntax *limit;
    TamisSpan span = parser->token.span;
    TamisLimit which;

    if (!limit_of(parser->keyword, &which))
        return tamis_parser_no_statement(parser);
    limit = tamis_arena_new0(parser->arena, TamisLimitSyntax);
    limit->limit = which;
    tamis_parser_once(parser, &limits->seen[which], span,
                      tamis_keyword_text(limit_statements[which]));
    tamis_parser_advance(parser);
    if (which == TAMIS_LIMIT_LIFETIME) {
        if (!tamis_parse_duration(parser, &limit->duration))
            return FALSE;
    } else {
        gboolean is_size = which == TAMIS_LIMIT_SCRIPT_SIZE;

        limit->number =
            tamis_parse_number(parser, is_size ? "a size as 100K" : "a whole number", is_size);
        if (limit->number == NULL)
            return FALSE;
    }
    if (!tamis_parser_expect_semicolon(parser))
        return FALSE;
    limit->span = tamis_parser_span_from(parser, span);
    *limits->tail = limit;
    limits->tail = &limit->next;
    return TRUE;
}

TamisLimitSyntax *
tamis_parse_limits(TamisParser *parser)
{
    TamisLimitSyntax *first = NULL;
    Limits limits = {.tail = &first};

    tamis_parser_block(parser, &limits_block, parse_limit, &limits);
    return first;
}

/* Actions -----------------------------------------------------------------------------------------
 */

static gboolean
parse_forward(TamisParser *parser, TamisActionSyntax *action)
{
    static const TamisKeyword stops[] = {TAMIS_KEYWORD_WITHOUT, TAMIS_KEYWORD_NONE};

    if (tamis_parser_accept_keyword(parser, TAMIS_KEYWORD_ENCRYPTED)) {
        if (!tamis_parser_expect_keyword(parser, TAMIS_KEYWORD_WITH) ||
            !tamis_parse_name(parser, "the name of an encryption", &action->encryption))
            return FALSE;
    }
    if (!tamis_parser_expect_keyword(parser, TAMIS_KEYWORD_TO))
        return FALSE;
    if (parser->keyword == TAMIS_KEYWORD_ONE) {
        const TamisToken *ahead = tamis_parser_peek(parser);

        if (ahead->kind == TAMIS_TOKEN_NAME &&
            tamis_keyword_find(ahead->text, ahead->length_bytes) == TAMIS_KEYWORD_OF) {
            action->one_of = TRUE;
            tamis_parser_advance(parser);
            tamis_parser_advance(parser);
        }
    }
    action->targets = tamis_parse_values(parser, "an address or a group", stops);
    if (action->targets == NULL)
        return FALSE;
    if (tamis_parser_accept_keyword(parser, TAMIS_KEYWORD_WITHOUT)) {
        if (!tamis_parser_expect_keyword(parser, TAMIS_KEYWORD_COPY))
            return FALSE;
        action->without_copy = TRUE;
    }
    return TRUE;
}

typedef struct {
    TamisActionSyntax *action;
    TamisSpan subject, text, every, from;
} Reply;

static gboolean
parse_reply_statement(TamisParser *parser, gpointer data)
{
    Reply *reply = data;
    TamisKeyword keyword = parser->keyword;
    TamisSpan span = parser->token.span, *seen;
    TamisValue **out_value;

    switch (keyword) {
    case TAMIS_KEYWORD_SUBJECT:
        seen = &reply->subject;
        out_value = &reply->action->subject;
        break;
    case TAMIS_KEYWORD_TEXT:
        seen = &reply->text;
        out_value = &reply->action->text;
        break;
    case TAMIS_KEYWORD_FROM:
        seen = &reply->from;
        out_value = &reply->action->from;
        break;
    case TAMIS_KEYWORD_EVERY:
        seen = &reply->every;
        out_value = NULL;
        break;
    default:
        return tamis_parser_no_statement(parser);
    }
    tamis_parser_once(parser, seen, span, tamis_keyword_text(keyword));
    tamis_parser_advance(parser);
    if (out_value == NULL) {
        if (!tamis_parse_duration(parser, &reply->action->every))
            return FALSE;
    } else {
        *out_value = tamis_parse_string(parser, "a text in quotes");
        if (*out_value == NULL)
            return FALSE;
    }
    return tamis_parser_expect_semicolon(parser);
}

static gboolean
parse_reply(TamisParser *parser, TamisActionSyntax *action)
{
    Reply reply = {.action = action};
    TamisSpan span = parser->previous.span;
    guint n_errors = parser->n_errors;

    if (parser->token.kind != TAMIS_TOKEN_OPEN) {
        action->is_bare = TRUE;
        action->text = tamis_parse_string(parser, "a text in quotes or '{'");
        return action->text != NULL && tamis_parser_expect_semicolon(parser);
    }
    tamis_parser_block(parser, &reply_block, parse_reply_statement, &reply);
    if (reply.text.source == 0 && parser->n_errors == n_errors) {
        TamisDiagnostic *diagnostic = tamis_parser_fail(parser, span, "reply without a text");
        tamis_parser_help(parser, diagnostic, "write in it: text \"…\";");
    }
    return TRUE;
}

static gboolean
parse_keep(TamisParser *parser, TamisActionSyntax *action)
{
    if (parser->token.kind == TAMIS_TOKEN_STRING) {
        tamis_parser_help(parser, tamis_parser_expected(parser, "'in' or ';'"),
                          "write 'keep in \"Folder\"'");
        return FALSE;
    }
    if (!tamis_parser_accept_keyword(parser, TAMIS_KEYWORD_IN))
        return TRUE;
    action->text = tamis_parse_string(parser, "a folder in quotes");
    return action->text != NULL;
}

static gboolean
parse_action_body(TamisParser *parser, TamisActionSyntax *action)
{
    switch (action->kind) {
    case TAMIS_ACTION_FORWARD:
        return parse_forward(parser, action);
    case TAMIS_ACTION_KEEP:
        return parse_keep(parser, action);
    case TAMIS_ACTION_REJECT:
        action->text = tamis_parse_string(parser, "a reason in quotes");
        return action->text != NULL;
    case TAMIS_ACTION_MARK:
        action->text = tamis_parse_string(parser, "a header field in quotes");
        return action->text != NULL;
    default:
        return TRUE;
    }
}

static gboolean
action_of(TamisKeyword keyword, TamisActionKind *out_kind)
{
    for (gsize i = 0; i < G_N_ELEMENTS(action_statements); i++)
        if (action_statements[i] == keyword) {
            *out_kind = (TamisActionKind)i; /* both lists are in this order */
            return TRUE;
        }
    return FALSE;
}

/* data: where the next action goes, TamisActionSyntax *** */
static gboolean
parse_action(TamisParser *parser, gpointer data)
{
    TamisActionSyntax ***tail = data, *action;
    TamisSpan span = parser->token.span;
    TamisActionKind kind;

    if (!action_of(parser->keyword, &kind))
        return tamis_parser_no_statement(parser);
    action = tamis_arena_new0(parser->arena, TamisActionSyntax);
    action->kind = kind;
    tamis_parser_advance(parser);
    if (kind == TAMIS_ACTION_REPLY) {
        if (!parse_reply(parser, action))
            return FALSE;
        if (action->text == NULL)
            return TRUE; /* reported, and left out */
    } else if (!parse_action_body(parser, action) || !tamis_parser_expect_semicolon(parser)) {
        return FALSE;
    }
    action->span = tamis_parser_span_from(parser, span);
    **tail = action;
    *tail = &action->next;
    return TRUE;
}

/* Routes ------------------------------------------------------------------------------------------
 */

static gboolean
is_route_word(TamisKeyword keyword)
{
    return keyword == TAMIS_KEYWORD_STARTING || keyword == TAMIS_KEYWORD_UNTIL ||
           keyword == TAMIS_KEYWORD_WHEN || keyword == TAMIS_KEYWORD_OTHERWISE;
}

static gboolean
parse_route_name(TamisParser *parser, TamisRouteSyntax *route)
{
    /* `route when subject …`: the name was forgotten, not chosen. */
    if (is_route_word(parser->keyword)) {
        const TamisToken *ahead = tamis_parser_peek(parser);
        TamisKeyword next = ahead->kind == TAMIS_TOKEN_NAME
                                ? tamis_keyword_find(ahead->text, ahead->length_bytes)
                                : TAMIS_KEYWORD_NONE;

        if (ahead->kind != TAMIS_TOKEN_OPEN && !is_route_word(next)) {
            TamisDiagnostic *diagnostic =
                tamis_parser_fail(parser, parser->token.span, "expected a route's name before '%s'",
                                  parser->token.text);
            tamis_parser_help(parser, diagnostic, "give the route a name: route NAME %s …",
                              parser->token.text);
            route->name = (TamisName){parser->token.span, "route"};
            return TRUE;
        }
    }
    return tamis_parse_name(parser, "a route's name", &route->name);
}

/* Parts in the wrong order are read all the same, so that only this is said about them. */
static void
check_order(TamisParser *parser, guint *stage, guint next, TamisSpan span)
{
    if (next > *stage) {
        *stage = next;
        return;
    }
    if (next == *stage)
        tamis_parser_help(
            parser,
            tamis_parser_fail(parser, span,
                              next == 3 ? "a route has one 'when' or 'otherwise'"
                                        : "a route has one of each: it is said twice"),
            "%s", next == 3 ? "join the conditions by 'and' or 'or'" : "take one of them out");
    else {
        TamisDiagnostic *diagnostic =
            tamis_parser_fail(parser, span, "the parts of a route stand in another order");
        tamis_parser_help(parser, diagnostic,
                          "write 'starting …', then 'until …', then 'when …' or 'otherwise'");
    }
}

static gboolean
parse_route_part(TamisParser *parser, TamisRouteSyntax *route, guint *stage)
{
    TamisKeyword keyword = parser->keyword;
    TamisSpan span = parser->token.span;

    check_order(parser, stage,
                keyword == TAMIS_KEYWORD_STARTING ? 1
                : keyword == TAMIS_KEYWORD_UNTIL  ? 2
                                                  : 3,
                span);
    tamis_parser_advance(parser);
    switch (keyword) {
    case TAMIS_KEYWORD_STARTING:
        return tamis_parse_date(parser, &route->starting);
    case TAMIS_KEYWORD_UNTIL:
        return tamis_parse_date(parser, &route->until);
    case TAMIS_KEYWORD_WHEN:
        route->when = tamis_parse_condition(parser);
        return route->when != NULL;
    default:
        route->otherwise = TRUE;
        return TRUE;
    }
}

static gboolean
parse_route(TamisParser *parser, TamisRouteSyntax *route)
{
    TamisActionSyntax **tail = &route->actions;
    gboolean is_good = parse_route_name(parser, route);
    guint stage = 0;

    while (is_good && is_route_word(parser->keyword))
        is_good = parse_route_part(parser, route, &stage);
    if (is_good && parser->token.kind != TAMIS_TOKEN_OPEN)
        tamis_parser_expected(parser, route->when != NULL
                                          ? "'and', 'or' or '{'"
                                          : "'starting', 'until', 'when', 'otherwise' or '{'");
    if (!tamis_parser_skip_to_block(parser))
        return FALSE;
    tamis_parser_block(parser, &tamis_actions_block, parse_action, &tail);
    return route->name.text != NULL;
}

/* Items -------------------------------------------------------------------------------------------
 */

static gboolean
parse_use(TamisParser *parser, TamisItemSyntax *item)
{
    if (!tamis_parse_name(parser, "a template's name", &item->name) ||
        !tamis_parser_expect(parser, TAMIS_TOKEN_LEFT, "'('"))
        return FALSE;
    if (parser->token.kind != TAMIS_TOKEN_RIGHT) {
        item->values = tamis_parse_values(parser, "a value or ')'", NULL);
        if (item->values == NULL)
            return FALSE;
    }
    return tamis_parser_expect(parser, TAMIS_TOKEN_RIGHT, "',' or ')'") &&
           tamis_parser_expect_semicolon(parser);
}

static gboolean
parse_item_body(TamisParser *parser, TamisItemSyntax *item)
{
    switch (item->kind) {
    case TAMIS_ITEM_ALIAS:
        item->values = tamis_parse_values(parser, "an address", NULL);
        return item->values != NULL && tamis_parser_expect_semicolon(parser);
    case TAMIS_ITEM_LIMITS:
        item->limits = tamis_parse_limits(parser);
        return TRUE;
    case TAMIS_ITEM_USE:
        return parse_use(parser, item);
    default:
        return parse_route(parser, &item->route);
    }
}

static gboolean
item_of(TamisKeyword keyword, TamisItemKind *out_kind)
{
    for (gsize i = 0; i < G_N_ELEMENTS(item_statements); i++)
        if (item_statements[i] == keyword) {
            *out_kind = (TamisItemKind)i; /* both lists are in this order */
            return TRUE;
        }
    return FALSE;
}

/* data: where the next item goes, TamisItemSyntax *** */
static gboolean
parse_item(TamisParser *parser, gpointer data)
{
    TamisItemSyntax ***tail = data, *item;
    TamisSpan span = parser->token.span;
    TamisItemKind kind;

    if (!item_of(parser->keyword, &kind))
        return tamis_parser_no_statement(parser);
    item = tamis_arena_new0(parser->arena, TamisItemSyntax);
    item->kind = kind;
    tamis_parser_advance(parser);
    if (!parse_item_body(parser, item))
        return FALSE;
    item->span = tamis_parser_span_from(parser, span);
    **tail = item;
    *tail = &item->next;
    return TRUE;
}

TamisItemSyntax *
tamis_parse_items(TamisParser *parser)
{
    TamisItemSyntax *first = NULL, **tail = &first;

    tamis_parser_block(parser, &tamis_items_block, parse_item, &tail);
    return first;
}
