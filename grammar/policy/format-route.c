/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Mailboxes' items to text: aliases, limits, uses, routes and their actions. */
#include "grammar/policy/format-state.h"
#include "grammar/policy/reply-parts.h"

#include <string.h>

void
tamis_print_arguments(TamisPrinter *printer, const TamisValue *values)
{
    tamis_print_text(printer, "(");
    if (values != NULL) {
        tamis_pretty_open(printer->pretty);
        tamis_pretty_indent(printer->pretty, TAMIS_INDENT);
        tamis_print_values(printer, values, TAMIS_GAP_SOFT);
        tamis_pretty_indent(printer->pretty, -TAMIS_INDENT);
        tamis_pretty_soft(printer->pretty);
        tamis_pretty_close(printer->pretty);
    }
    tamis_print_text(printer, ")");
}

void
tamis_print_limits(TamisPrinter *printer, const TamisLimitSyntax *limits, TamisSpan block)
{
    static const char *const keywords[] = {
        [TAMIS_LIMIT_TARGETS] = "targets",   [TAMIS_LIMIT_HOPS] = "hops",
        [TAMIS_LIMIT_COPIES] = "copies",     [TAMIS_LIMIT_SCRIPT_SIZE] = "script-size",
        [TAMIS_LIMIT_LIFETIME] = "lifetime",
    };

    gsize width = 0;

    for (const TamisLimitSyntax *limit = limits; limit != NULL; limit = limit->next)
        width = MAX(width, strlen(keywords[limit->limit]));
    tamis_print_text(printer, "limits");
    tamis_print_open(printer);
    for (const TamisLimitSyntax *limit = limits; limit != NULL; limit = limit->next) {
        tamis_print_statement(printer, limit->span, limit == limits, FALSE);
        if (limit->number != NULL) {
            tamis_print_setting(printer, keywords[limit->limit], (guint)width, limit->number);
        } else {
            tamis_print_keyword(printer, keywords[limit->limit], (guint)width);
            tamis_print_text(printer, " ");
            tamis_print_duration(printer, &limit->duration);
            tamis_print_text(printer, ";");
        }
    }
    tamis_print_close(printer, block);
}

static void
print_forward(TamisPrinter *printer, const TamisActionSyntax *action)
{
    tamis_print_text(printer, "forward");
    if (action->encryption.text != NULL) {
        tamis_print_text(printer, " encrypted with ");
        tamis_print_text(printer, action->encryption.text);
    }
    tamis_print_text(printer, action->one_of ? " to one of" : " to");
    tamis_pretty_open(printer->pretty);
    tamis_pretty_indent(printer->pretty, TAMIS_INDENT);
    tamis_print_values(printer, action->targets, TAMIS_GAP_LINE);
    if (action->without_copy) {
        tamis_pretty_line(printer->pretty);
        tamis_print_text(printer, "without copy");
    }
    tamis_pretty_indent(printer->pretty, -TAMIS_INDENT);
    tamis_pretty_close(printer->pretty);
    tamis_print_text(printer, ";");
}

static void
print_reply(TamisPrinter *printer, const TamisActionSyntax *action)
{
    TamisReplyPart parts[TAMIS_MAX_REPLY_PARTS];
    guint n = tamis_reply_parts(action, parts);
    gsize width = 0;

    if (action->is_bare) {
        tamis_print_setting(printer, "reply", 0, action->text);
        return;
    }
    for (guint i = 0; i < n; i++)
        width = MAX(width, strlen(parts[i].keyword));
    tamis_print_text(printer, "reply");
    tamis_print_open(printer);
    for (guint i = 0; i < n; i++) {
        const TamisReplyPart *part = &parts[i];

        tamis_print_statement(printer, tamis_printer_setting_span(printer, part->span), i == 0,
                              FALSE);
        if (part->value != NULL) {
            tamis_print_setting(printer, part->keyword, (guint)width, part->value);
        } else {
            tamis_print_keyword(printer, part->keyword, (guint)width);
            tamis_print_text(printer, " ");
            tamis_print_duration(printer, &action->every);
            tamis_print_text(printer, ";");
        }
    }
    tamis_print_close(printer, action->span);
}

static void
print_action(TamisPrinter *printer, const TamisActionSyntax *action)
{
    switch (action->kind) {
    case TAMIS_ACTION_FORWARD:
        print_forward(printer, action);
        break;
    case TAMIS_ACTION_REPLY:
        print_reply(printer, action);
        break;
    case TAMIS_ACTION_KEEP:
        if (action->text != NULL)
            tamis_print_setting(printer, "keep in", 0, action->text);
        else
            tamis_print_text(printer, "keep;");
        break;
    case TAMIS_ACTION_DISCARD:
        tamis_print_text(printer, "discard;");
        break;
    case TAMIS_ACTION_REJECT:
        tamis_print_setting(printer, "reject", 0, action->text);
        break;
    case TAMIS_ACTION_MARK:
        tamis_print_setting(printer, "mark", 0, action->text);
        break;
    case TAMIS_ACTION_FINAL:
        tamis_print_text(printer, "final;");
        break;
    }
}

/* The parts of a head break together; one alone breaks inside rather than before. */
static void
open_part(TamisPrinter *printer, TamisSpan span, gboolean is_alone, const char *keyword)
{
    if (is_alone)
        tamis_pretty_open(printer->pretty);
    tamis_printer_gap(printer, span, TAMIS_GAP_LINE);
    if (is_alone)
        tamis_pretty_close(printer->pretty);
    tamis_print_text(printer, keyword);
}

static void
print_route_head(TamisPrinter *printer, const TamisRouteSyntax *route)
{
    gboolean is_alone =
        (route->starting.base != NULL) + (route->until.base != NULL) + (route->when != NULL) == 1;
    int indent = is_alone ? TAMIS_HEAD_INDENT - TAMIS_INDENT : TAMIS_HEAD_INDENT;

    tamis_print_text(printer, "route ");
    tamis_print_text(printer, route->name.text);
    tamis_pretty_open(printer->pretty);
    tamis_pretty_indent(printer->pretty, indent);
    if (route->starting.base != NULL) {
        open_part(printer, route->starting.span, is_alone, "starting ");
        tamis_print_date(printer, &route->starting);
    }
    if (route->until.base != NULL) {
        open_part(printer, route->until.span, is_alone, "until ");
        tamis_print_date(printer, &route->until);
    }
    if (route->when != NULL) {
        open_part(printer, route->when->span, is_alone, "when ");
        tamis_print_condition(printer, route->when);
    }
    if (route->otherwise) {
        tamis_pretty_line(printer->pretty);
        tamis_print_text(printer, "otherwise");
    }
    tamis_pretty_indent(printer->pretty, -indent);
    tamis_pretty_close(printer->pretty);
}

static void
print_route(TamisPrinter *printer, const TamisItemSyntax *item)
{
    const TamisActionSyntax *action = item->route.actions;

    print_route_head(printer, &item->route);
    tamis_print_open(printer);
    for (; action != NULL; action = action->next) {
        tamis_print_statement(printer, action->span, action == item->route.actions,
                              action->kind == TAMIS_ACTION_REPLY && !action->is_bare);
        print_action(printer, action);
    }
    tamis_print_close(printer, item->span);
}

static void
print_item(TamisPrinter *printer, const TamisItemSyntax *item)
{
    switch (item->kind) {
    case TAMIS_ITEM_ALIAS:
        tamis_print_text(printer, "alias");
        tamis_print_list(printer, item->values, TAMIS_INDENT);
        tamis_print_text(printer, ";");
        break;
    case TAMIS_ITEM_LIMITS:
        tamis_print_limits(printer, item->limits, item->span);
        break;
    case TAMIS_ITEM_USE:
        tamis_print_text(printer, "use ");
        tamis_print_text(printer, item->name.text);
        tamis_print_arguments(printer, item->values);
        tamis_print_text(printer, ";");
        break;
    case TAMIS_ITEM_ROUTE:
        print_route(printer, item);
        break;
    }
}

void
tamis_print_items(TamisPrinter *printer, const TamisItemSyntax *items, TamisSpan block)
{
    tamis_print_open(printer);
    for (const TamisItemSyntax *item = items; item != NULL; item = item->next) {
        tamis_print_statement(printer, item->span, item == items,
                              item->kind == TAMIS_ITEM_LIMITS || item->kind == TAMIS_ITEM_ROUTE);
        print_item(printer, item);
    }
    tamis_print_close(printer, block);
}
