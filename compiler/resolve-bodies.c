/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What stands in a mailbox or a template: routes, aliases, limits, uses of templates. Which mailbox it
 * becomes is resolve-mailboxes.c's. */
#include "compiler/resolve-plans.h"

#include <string.h>

/* Findings of one body; each costs a search. */
#define MOST_SAME_ROUTES 100

/* Binding ------------------------------------------------------------------------------------------ */

static void
bind_route(TamisResolver *r, TamisArena *arena, const TamisScope *scope,
           const TamisRouteSyntax *syntax, TamisRoutePlan *plan)
{
    const char *name = syntax->name.text != NULL ? syntax->name.text : "";

    plan->route = (TamisRoute){.name = tamis_strings_add(r->strings, name, strlen(name)),
                               .span = syntax->name.span,
                               .otherwise = syntax->otherwise,
                               .starting_span = syntax->starting.span,
                               .until_span = syntax->until.span};
    r->route = plan->route.name;
    tamis_resolve_bind_date(r, arena, scope, &syntax->starting, FALSE, &plan->starting);
    tamis_resolve_bind_date(r, arena, scope, &syntax->until, TRUE, &plan->until);
    plan->when = tamis_resolve_bind_condition(r, arena, scope, syntax->when);
    plan->actions = tamis_resolve_bind_actions(r, arena, scope, syntax->actions);
    r->route = 0;
}

static void resolve_template(TamisResolver *r, guint32 index, TamisSpan use);

/* FALSE when there is nothing to make of it, which is reported. */
static gboolean
bind_use(TamisResolver *r, TamisArena *arena, const TamisScope *scope,
         const TamisItemSyntax *syntax, TamisItemPlan *plan)
{
    guint32 index = tamis_resolve_use_name(r, TAMIS_DEFINES_TEMPLATE, &syntax->name);
    const TamisNamed *named;

    plan->values = tamis_resolve_bind(r, arena, scope, syntax->values);
    if (index == TAMIS_NO_INDEX)
        return FALSE;
    resolve_template(r, index, syntax->name.span);
    named = tamis_resolve_get_named(r, TAMIS_DEFINES_TEMPLATE, index);
    plan->template = g_ptr_array_index(r->templates, index);
    if (named->is_broken)
        return FALSE;
    if (plan->values.n == plan->template->n_parameters)
        return TRUE;
    TamisDiagnostic *diagnostic = tamis_report_add(
        r->report, syntax->name.span, TAMIS_RULE_TYPE,
        "template '%s' takes %u value%s and is given %u", syntax->name.text,
        plan->template->n_parameters, plan->template->n_parameters == 1 ? "" : "s", plan->values.n);
    tamis_report_help(r->report, diagnostic, "give it a value for each parameter, in their order");
    tamis_report_relate(r->report, diagnostic, named->span, "defined here");
    return FALSE;
}

static gboolean
bind_item(TamisResolver *r, TamisArena *arena, const TamisScope *scope,
          const TamisItemSyntax *syntax, TamisItemPlan *plan)
{
    plan->kind = syntax->kind;
    plan->span = syntax->span;
    switch (syntax->kind) {
    case TAMIS_ITEM_ALIAS:
        plan->values = tamis_resolve_bind(r, arena, scope, syntax->values);
        return TRUE;
    case TAMIS_ITEM_USE:
        return bind_use(r, arena, scope, syntax, plan);
    case TAMIS_ITEM_ROUTE:
        bind_route(r, arena, scope, &syntax->route, &plan->route);
        return TRUE;
    case TAMIS_ITEM_LIMITS:
        return FALSE; /* merged beforehand */
    }
    g_assert_not_reached();
}

static void
report_same_route(TamisResolver *r, const TamisItemSyntax *items, const TamisName *name)
{
    const TamisItemSyntax *first = items;

    while (first->kind != TAMIS_ITEM_ROUTE || first->route.name.text == NULL ||
           strcmp(first->route.name.text, name->text) != 0)
        first = first->next;
    TamisDiagnostic *diagnostic =
        tamis_report_add(r->report, name->span, TAMIS_RULE_DUPLICATE_NAME,
                         "route '%s' is defined more than once", name->text);
    tamis_report_help(r->report, diagnostic, "give each route of the mailbox a name of its own");
    tamis_report_relate(r->report, diagnostic, first->route.name.span, "first defined here");
}

static void
check_route_names(TamisResolver *r, const TamisItemSyntax *items)
{
    guint left = MOST_SAME_ROUTES;

    tamis_marks_clear(&r->marks);
    for (const TamisItemSyntax *at = items; at != NULL && left > 0; at = at->next) {
        const TamisName *name = &at->route.name;
        if (at->kind != TAMIS_ITEM_ROUTE || name->text == NULL ||
            tamis_marks_add(&r->marks,
                            tamis_strings_add(r->strings, name->text, strlen(name->text))))
            continue;
        report_same_route(r, items, name);
        left--;
    }
}

/* What the block says itself goes before what its templates say. */
static void
merge_limits(TamisResolver *r, const TamisItemSyntax *items, TamisBodyPlan *body)
{
    TamisLimits own = {0};

    for (guint32 i = 0; i < body->n; i++)
        if (body->items[i].kind == TAMIS_ITEM_USE)
            tamis_resolve_override_limits(&body->limits, &body->items[i].template->body.limits);
    for (const TamisItemSyntax *at = items; at != NULL; at = at->next)
        if (at->kind == TAMIS_ITEM_LIMITS)
            tamis_resolve_limits(r, at->limits, &own);
    tamis_resolve_override_limits(&body->limits, &own);
}

void
tamis_resolve_bind_body(TamisResolver *r, TamisArena *arena, const TamisScope *scope,
                        const TamisItemSyntax *items, TamisBodyPlan *out_body)
{
    TamisBodyPlan body = {0};
    guint32 n = 0;

    check_route_names(r, items);
    for (const TamisItemSyntax *at = items; at != NULL; at = at->next)
        n++;
    body.items = tamis_arena_array0(arena, TamisItemPlan, n);
    for (const TamisItemSyntax *at = items; at != NULL; at = at->next)
        if (bind_item(r, arena, scope, at, &body.items[body.n]))
            body.n++;
        else
            body.items[body.n] = (TamisItemPlan){0};
    merge_limits(r, items, &body);
    *out_body = body;
}

/* Templates ---------------------------------------------------------------------------------------- */

static void
bind_parameters(TamisResolver *r, const TamisDeclaration *declaration, TamisTemplatePlan *plan)
{
    guint32 n = 0;

    for (const TamisValue *at = declaration->template.parameters; at != NULL; at = at->next)
        if (++n > TAMIS_MAX_PARAMETERS) {
            tamis_report_help(r->report,
                              tamis_report_add(r->report, at->span, TAMIS_RULE_SYNTAX,
                                               "template '%s' has more than %d parameters",
                                               declaration->name.text, TAMIS_MAX_PARAMETERS),
                              "part it into two templates");
            n = TAMIS_MAX_PARAMETERS;
            break;
        }
    plan->parameters = tamis_arena_array0(r->arena, TamisName, n);
    plan->parameters_used = tamis_arena_array0(r->arena, gboolean, n);
    for (const TamisValue *at = declaration->template.parameters; plan->n_parameters < n;
         at = at->next) {
        for (guint32 i = 0; i < plan->n_parameters; i++)
            if (strcmp(plan->parameters[i].text, at->text) == 0) {
                TamisDiagnostic *diagnostic =
                    tamis_report_add(r->report, at->span, TAMIS_RULE_DUPLICATE_NAME,
                                     "parameter '%s' is defined more than once", at->text);
                tamis_report_help(r->report, diagnostic, "give each parameter a name of its own");
                tamis_report_relate(r->report, diagnostic, plan->parameters[i].span,
                                    "first defined here");
                break;
            }
        plan->parameters[plan->n_parameters++] = (TamisName){at->span, at->text};
    }
}

static void
resolve_template(TamisResolver *r, guint32 index, TamisSpan use)
{
    const TamisNamed *named = tamis_resolve_get_named(r, TAMIS_DEFINES_TEMPLATE, index);
    TamisTemplatePlan *plan = g_ptr_array_index(r->templates, index);

    if (!tamis_resolve_enter(r, TAMIS_DEFINES_TEMPLATE, index, use))
        return;
    TamisScope scope = {.parameters = plan->parameters,
                        .n_parameters = plan->n_parameters,
                        .parameters_used = plan->parameters_used,
                        .template = named->declaration->name.text};
    tamis_resolve_bind_body(r, r->arena, &scope, named->declaration->template.items, &plan->body);
    tamis_resolve_leave(r);
}

void
tamis_resolve_templates(TamisResolver *r)
{
    guint n = r->named[TAMIS_DEFINES_TEMPLATE]->len;

    for (guint i = 0; i < n; i++) {
        TamisTemplatePlan *plan = tamis_arena_new0(r->arena, TamisTemplatePlan);
        bind_parameters(r, tamis_resolve_get_named(r, TAMIS_DEFINES_TEMPLATE, i)->declaration,
                        plan);
        g_ptr_array_add(r->templates, plan);
    }
    for (guint i = 0; i < n; i++)
        resolve_template(r, i, tamis_resolve_get_named(r, TAMIS_DEFINES_TEMPLATE, i)->span);
}

void
tamis_resolve_add_parameter_definitions(TamisResolver *r)
{
    for (guint i = 0; i < r->templates->len; i++) {
        const TamisTemplatePlan *plan = g_ptr_array_index(r->templates, i);
        for (guint32 k = 0; k < plan->n_parameters; k++) {
            const TamisName *name = &plan->parameters[k];
            TamisDefinition definition = {
                TAMIS_DEFINES_PARAMETER,
                tamis_strings_add(r->strings, name->text, strlen(name->text)), name->span,
                plan->parameters_used[k]};
            g_array_append_val(r->policy->definitions, definition);
        }
    }
}

/* Making ------------------------------------------------------------------------------------------- */

static gboolean
count_step(TamisResolver *r, TamisSpan place)
{
    if (!tamis_resolve_step(r, place))
        return FALSE;
    r->mailbox_steps++;
    if (r->mailbox_steps == TAMIS_MAX_MAILBOX_STEPS + 1)
        tamis_resolve_help(
            r,
            tamis_resolve_fault(r, TAMIS_RULE_SYNTAX, &tamis_no_frame, NULL, place,
                                "the mailbox '%s' has more than %d routes and uses of templates",
                                tamis_strings_get(r->strings, r->mailbox), TAMIS_MAX_MAILBOX_STEPS),
            "put into one route what has one condition");
    return r->mailbox_steps <= TAMIS_MAX_MAILBOX_STEPS;
}

/* Where the mailbox's own text brought it in: its outermost `use`, else the table's row. */
static TamisSpan
way_of(const TamisFrame *frame)
{
    while (frame->parent != NULL && frame->parent->use.source != 0)
        frame = frame->parent;
    if (frame->use.source != 0 || frame->row == NULL)
        return frame->use;
    return frame->row->span;
}

static void
make_route(TamisResolver *r, const TamisFrame *frame, TamisRoutePlan *plan)
{
    TamisRoute route = plan->route;

    r->route = route.name;
    route.use = way_of(frame);
    route.starting = TAMIS_INSTANT_MIN;
    route.until = TAMIS_INSTANT_MAX;
    tamis_resolve_date(r, frame, &plan->starting, &route.starting);
    tamis_resolve_date(r, frame, &plan->until, &route.until);
    route.when = tamis_resolve_condition(r, frame, plan->when);
    route.actions = tamis_resolve_actions(r, frame, &plan->actions);
    g_array_append_val(r->policy->routes, route);
    r->route = 0;
}

static void
claim_aliases(TamisResolver *r, const TamisFrame *frame, const TamisOperands *operands,
              TamisClaimAlias claim)
{
    TamisAddress address;

    for (guint32 i = 0; i < operands->n; i++) {
        TamisTerm term = tamis_resolve_evaluate(r, frame, &operands->items[i]);
        if (tamis_resolve_to_address(r, frame, &term, operands->items[i].span, "an address",
                                     &address))
            claim(r, &address, term.origin);
    }
}

void
tamis_resolve_make_body(TamisResolver *r, const TamisFrame *frame, const TamisBodyPlan *body,
                        TamisClaimAlias claim)
{
    for (guint32 i = 0; i < body->n; i++) {
        TamisItemPlan *item = &body->items[i];
        if (!count_step(r, item->span))
            return;
        if (item->kind == TAMIS_ITEM_ALIAS) {
            claim_aliases(r, frame, &item->values, claim);
        } else if (item->kind == TAMIS_ITEM_ROUTE) {
            make_route(r, frame, &item->route);
        } else {
            TamisTerm *arguments = tamis_arena_array0(r->scratch, TamisTerm, item->values.n);
            TamisFrame inner = {.parent = frame, .use = item->span, .arguments = arguments};
            for (guint32 k = 0; k < item->values.n; k++)
                arguments[k] = tamis_resolve_evaluate(r, frame, &item->values.items[k]);
            tamis_resolve_make_body(r, &inner, &item->template->body, claim);
        }
    }
}
