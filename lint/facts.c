/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Facts shared by the rules over policies. Linear in the policy; no rule's own judgement stands
 * here. */
#include "lint/facts.h"

#include <string.h>

TamisFacts *
tamis_facts_new(const TamisLint *lint)
{
    const TamisPolicy *policy = lint->policy;
    TamisFacts *facts = g_new0(TamisFacts, 1);
    TamisClock midnight = {0};

    facts->lint = lint;
    facts->policy = policy;
    facts->report = lint->report;
    midnight.date = tamis_zone_to_clock(policy->zone, lint->as_of).date;
    facts->today = tamis_day_number(midnight.date);
    facts->today_start = tamis_zone_to_instant(policy->zone, midnight);
    facts->target_mailboxes = g_new(guint32, policy->targets->len);
    facts->target_externals = g_new(guint8, policy->targets->len);
    for (guint i = 0; i < policy->targets->len; i++) {
        TamisString key = tamis_policy_target(policy, i)->address.key;

        facts->target_mailboxes[i] = tamis_policy_find_mailbox(policy, key);
        facts->target_externals[i] = !tamis_policy_is_internal(policy, key);
    }
    facts->exceptions = tamis_exceptions_new(policy, lint->as_of);
    return facts;
}

void
tamis_facts_free(TamisFacts *facts)
{
    if (facts == NULL)
        return;
    g_free(facts->target_mailboxes);
    g_free(facts->target_externals);
    tamis_exceptions_free(facts->exceptions);
    tamis_shapes_free(facts->shapes);
    g_free(facts);
}

const TamisShapes *
tamis_facts_shapes(TamisFacts *facts)
{
    if (facts->shapes == NULL)
        facts->shapes = tamis_shapes_new(facts->policy);
    return facts->shapes;
}

gboolean
tamis_route_next(TamisRouteWalk *walk)
{
    while (walk->mailbox == NULL || walk->n_done == walk->mailbox->routes.n) {
        if (walk->mailbox != NULL)
            walk->mailbox_index++;
        if (walk->mailbox_index >= walk->policy->mailboxes->len)
            return FALSE;
        walk->mailbox = tamis_policy_mailbox(walk->policy, walk->mailbox_index);
        walk->n_done = 0;
    }
    walk->route = tamis_policy_route(walk->policy, walk->mailbox->routes.first + walk->n_done++);
    return TRUE;
}

gboolean
tamis_forward_next(TamisForwardWalk *walk)
{
    for (;;) {
        while (walk->routes.route == NULL || walk->n_done == walk->routes.route->actions.n) {
            if (!tamis_route_next(&walk->routes))
                return FALSE;
            walk->n_done = 0;
        }
        walk->action = tamis_policy_action(walk->routes.policy,
                                           walk->routes.route->actions.first + walk->n_done++);
        if (walk->action->kind == TAMIS_DO_FORWARD)
            return TRUE;
    }
}

gboolean
tamis_route_has(const TamisPolicy *policy, const TamisRoute *route, TamisActionKindOf kind)
{
    for (guint32 i = 0; i < route->actions.n; i++)
        if (tamis_policy_action(policy, route->actions.first + i)->kind == kind)
            return TRUE;
    return FALSE;
}

gboolean
tamis_route_has_future(const TamisFacts *facts, const TamisRoute *route)
{
    return route->starting < route->until && route->until > facts->lint->as_of;
}

static gboolean
lies_in(TamisSpan span, TamisSpan outer)
{
    return span.source == outer.source && span.offset >= outer.offset &&
           span.offset - outer.offset < outer.length;
}

/* A route written in the table's own block is brought by the row alone. */
static gboolean
is_row_of(TamisSpan use, const TamisMailbox *mailbox)
{
    return mailbox != NULL && use.source == mailbox->row.source &&
           use.offset == mailbox->row.offset;
}

TamisDiagnostic *
tamis_facts_find(TamisFacts *facts, TamisRule rule, TamisSpan span, const TamisRouteWalk *at,
                 const char *format, ...)
{
    const TamisMailbox *mailbox = at != NULL ? at->mailbox : NULL;
    const TamisRoute *route = at != NULL ? at->route : NULL;
    g_autofree char *message = NULL;
    TamisDiagnostic *diagnostic;
    va_list arguments;

    va_start(arguments, format);
    message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    diagnostic = tamis_report_add(facts->report, span, rule, "%s", message);
    if (mailbox != NULL)
        tamis_report_blame(facts->report, diagnostic,
                           tamis_policy_text(facts->policy, mailbox->address.text),
                           route != NULL ? tamis_policy_text(facts->policy, route->name) : NULL);
    if (route != NULL && route->use.source != 0 && !is_row_of(route->use, mailbox))
        tamis_report_relate(facts->report, diagnostic, route->use, "used here");
    if (mailbox != NULL && mailbox->row.source != 0 && !lies_in(span, mailbox->row))
        tamis_report_relate(facts->report, diagnostic, mailbox->row, "for this row");
    diagnostic->suppressed = tamis_exceptions_silence(facts->exceptions, rule,
                                                      mailbox != NULL ? mailbox->address.key : 0);
    return diagnostic;
}

void
tamis_facts_judge(TamisDiagnostic *diagnostic, gboolean proved)
{
    diagnostic->certainty = proved ? TAMIS_CERTAINTY_PROVED : TAMIS_CERTAINTY_POSSIBLE;
    if (!proved)
        diagnostic->severity = MIN(diagnostic->severity, TAMIS_SEVERITY_WARNING);
}

void
tamis_facts_allow(TamisFacts *facts, TamisDiagnostic *diagnostic)
{
    g_autofree char *key = NULL;
    TamisString mailbox = 0;

    if (diagnostic->mailbox != NULL) {
        key = g_ascii_strdown(diagnostic->mailbox, -1);
        mailbox = tamis_strings_find(facts->policy->strings, key, strlen(key));
    }
    if (tamis_exceptions_silence(facts->exceptions, diagnostic->rule, mailbox))
        diagnostic->suppressed = TRUE;
}

char *
tamis_route_end_to_string(const TamisPolicy *policy, TamisInstant until)
{
    TamisClock clock = tamis_zone_to_clock(policy->zone, until);
    TamisDay last;

    if (clock.hour != 0 || clock.minute != 0 || clock.second != 0)
        return tamis_instant_to_string(until, policy->zone);
    last = tamis_day_from_number(tamis_day_number(clock.date) - 1);
    return g_strdup_printf("%04d-%02u-%02u", last.year, last.month, last.day);
}
