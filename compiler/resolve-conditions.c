/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Conditions in normal form: names followed, lists flat, negation once and above a test. One without
 * parameters and cells exists once, however many mailboxes share it. Single tests are
 * resolve-features.c's. */
#include "compiler/resolve-plans.h"

#include <string.h>

/* Of a condition written out as a tree. */
typedef struct {
    guint32 n_tests, nesting;
} Size;

static Size
size_of(const TamisResolver *r, TamisConditionId id)
{
    return id < r->condition_sizes->len ? g_array_index(r->condition_sizes, Size, id)
                                        : (Size){0, 0};
}

/* TAMIS_CONDITION_NEVER, reported, when it is too large. */
static TamisConditionId
add_condition(TamisResolver *r, TamisCondition *condition, const TamisConditionId *children,
              guint32 n_children)
{
    TamisPolicy *policy = r->policy;
    Size size = {condition->kind == TAMIS_CONDITION_TEST ? 1 : 0, 0};

    for (guint32 i = 0; i < n_children; i++) {
        Size child = size_of(r, children[i]);
        size.n_tests += MIN(child.n_tests, TAMIS_CONDITION_MAX_TESTS + 1 - size.n_tests);
        size.nesting = MAX(size.nesting, child.nesting + 1);
    }
    if (size.n_tests > TAMIS_CONDITION_MAX_TESTS || size.nesting > TAMIS_CONDITION_MAX_NESTING) {
        TamisDiagnostic *diagnostic = tamis_report_add(
            r->report, condition->span, TAMIS_RULE_SYNTAX,
            size.n_tests > TAMIS_CONDITION_MAX_TESTS
                ? "the condition has more than %d tests, names followed"
                : "the condition nests deeper than %d, names followed",
            size.n_tests > TAMIS_CONDITION_MAX_TESTS ? TAMIS_CONDITION_MAX_TESTS
                                                     : TAMIS_CONDITION_MAX_NESTING);
        tamis_report_help(r->report, diagnostic, "put addresses and words into one list");
        return TAMIS_CONDITION_NEVER;
    }
    condition->children = (TamisSlice){policy->condition_children->len, n_children};
    if (n_children > 0)
        g_array_append_vals(policy->condition_children, children, n_children);
    g_array_append_vals(policy->conditions, condition, 1);
    g_array_set_size(r->condition_sizes, policy->conditions->len);
    g_array_index(r->condition_sizes, Size, policy->conditions->len - 1) = size;
    return policy->conditions->len - 1;
}

TamisConditionId
tamis_resolve_add_test(TamisResolver *r, const TamisTest *test)
{
    TamisCondition condition = {
        .kind = TAMIS_CONDITION_TEST, .test = r->policy->tests->len, .span = test->span};

    g_array_append_vals(r->policy->tests, test, 1);
    return add_condition(r, &condition, NULL, 0);
}

static TamisConditionId
child_of(const TamisResolver *r, const TamisCondition *condition, guint32 i)
{
    return g_array_index(r->policy->condition_children, TamisConditionId,
                         condition->children.first + i);
}

static TamisConditionId
negate(TamisResolver *r, TamisConditionId id, TamisSpan span)
{
    const TamisCondition *condition = tamis_policy_condition(r->policy, id);
    TamisCondition negated = {.kind = TAMIS_CONDITION_NOT, .span = span};

    if (id == TAMIS_CONDITION_ALWAYS)
        return TAMIS_CONDITION_NEVER;
    if (condition->kind == TAMIS_CONDITION_NOT)
        return child_of(r, condition, 0);
    return add_condition(r, &negated, &id, 1);
}

static gboolean
has_id(const GArray *ids, TamisConditionId id)
{
    for (guint i = 0; i < ids->len; i++)
        if (g_array_index(ids, TamisConditionId, i) == id)
            return TRUE;
    return FALSE;
}

/* Only conditions with names come twice, and long lists are rare: marks above a few. */
static void
add_id(TamisResolver *r, GArray *ids, TamisConditionId id)
{
    const guint few = 16;

    if (ids->len == few) {
        tamis_marks_clear(&r->marks);
        for (guint i = 0; i < ids->len; i++)
            tamis_marks_add(&r->marks, g_array_index(ids, TamisConditionId, i));
    }
    if (ids->len < few ? !has_id(ids, id) : tamis_marks_add(&r->marks, id))
        g_array_append_val(ids, id);
}

TamisConditionId
tamis_resolve_combine(TamisResolver *r, TamisConditionKind kind, const TamisConditionId *parts,
                      guint32 n_parts, TamisSpan span)
{
    TamisConditionId neutral =
        kind == TAMIS_CONDITION_ALL ? TAMIS_CONDITION_ALWAYS : TAMIS_CONDITION_NEVER;
    TamisConditionId absorbing =
        kind == TAMIS_CONDITION_ALL ? TAMIS_CONDITION_NEVER : TAMIS_CONDITION_ALWAYS;
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(TamisConditionId));
    TamisCondition condition = {.kind = kind, .span = span};

    for (guint32 i = 0; i < n_parts; i++) {
        const TamisCondition *part = tamis_policy_condition(r->policy, parts[i]);
        if (parts[i] == absorbing)
            return absorbing;
        if (part->kind != kind) {
            if (parts[i] != neutral)
                add_id(r, ids, parts[i]);
            continue;
        }
        for (guint32 k = 0; k < part->children.n; k++)
            add_id(r, ids, child_of(r, part, k));
    }
    if (ids->len == 0)
        return neutral;
    if (ids->len == 1)
        return g_array_index(ids, TamisConditionId, 0);
    return add_condition(r, &condition, (const TamisConditionId *)(gpointer)ids->data, ids->len);
}

/* Making ------------------------------------------------------------------------------------------- */

TamisConditionId
tamis_resolve_condition(TamisResolver *r, const TamisFrame *frame, const TamisConditionPlan *plan)
{
    g_autoptr(GArray) parts = NULL;

    switch (plan->kind) {
    case TAMIS_CONDITION_TRUE:
        return plan->constant;
    case TAMIS_CONDITION_TEST: {
        TamisConditionId test = tamis_resolve_feature(r, frame, plan);
        return plan->negated ? negate(r, test, plan->span) : test;
    }
    case TAMIS_CONDITION_NOT:
        return negate(r, tamis_resolve_condition(r, frame, plan->children), plan->span);
    default:
        break;
    }
    parts = g_array_new(FALSE, FALSE, sizeof(TamisConditionId));
    for (const TamisConditionPlan *at = plan->children; at != NULL; at = at->next) {
        TamisConditionId part = tamis_resolve_condition(r, frame, at);
        g_array_append_val(parts, part);
    }
    return tamis_resolve_combine(r, plan->kind, (const TamisConditionId *)(gpointer)parts->data,
                                 parts->len, plan->span);
}

/* Binding ------------------------------------------------------------------------------------------ */

static void
resolve_named(TamisResolver *r, guint32 index, TamisSpan use)
{
    const TamisNamed *named = tamis_resolve_get_named(r, TAMIS_DEFINES_CONDITION, index);
    TamisConditionPlan *plan;

    if (!tamis_resolve_enter(r, TAMIS_DEFINES_CONDITION, index, use))
        return;
    plan =
        tamis_resolve_bind_condition(r, r->arena, &tamis_no_scope, named->declaration->condition);
    TAMIS_AT(r->policy->named_conditions, TamisConditionDefinition, index)->condition =
        plan->constant;
    tamis_resolve_leave(r);
}

TamisConditionId
tamis_resolve_use_condition(TamisResolver *r, const TamisName *name)
{
    guint32 index = tamis_resolve_use_name(r, TAMIS_DEFINES_CONDITION, name);

    if (index == TAMIS_NO_INDEX)
        return TAMIS_CONDITION_NEVER;
    resolve_named(r, index, name->span);
    return TAMIS_AT(r->policy->named_conditions, TamisConditionDefinition, index)->condition;
}

/* Makes a constant of a plan that no frame can change. */
static void
settle(TamisResolver *r, TamisConditionPlan *plan)
{
    for (const TamisConditionPlan *at = plan->children; at != NULL; at = at->next)
        if (at->kind != TAMIS_CONDITION_TRUE)
            return;
    if (plan->kind == TAMIS_CONDITION_TEST && !plan->is_constant)
        return;
    plan->constant = tamis_resolve_condition(r, &tamis_no_frame, plan);
    plan->kind = TAMIS_CONDITION_TRUE;
}

static void
bind_children(TamisResolver *r, TamisArena *arena, const TamisScope *scope,
              const TamisConditionSyntax *syntax, TamisConditionPlan *plan)
{
    TamisConditionPlan **end = &plan->children;

    for (const TamisConditionSyntax *at = syntax->children; at != NULL; at = at->next) {
        *end = tamis_resolve_bind_condition(r, arena, scope, at);
        end = &(*end)->next;
    }
}

TamisConditionPlan *
tamis_resolve_bind_condition(TamisResolver *r, TamisArena *arena, const TamisScope *scope,
                             const TamisConditionSyntax *syntax)
{
    TamisConditionPlan *plan = tamis_arena_new0(arena, TamisConditionPlan);

    plan->kind = TAMIS_CONDITION_TRUE;
    plan->constant = TAMIS_CONDITION_ALWAYS;
    if (syntax == NULL)
        return plan;
    plan->span = syntax->span;
    switch (syntax->kind) {
    case TAMIS_SYNTAX_USE:
        plan->constant = tamis_resolve_use_condition(r, &syntax->name);
        return plan;
    case TAMIS_SYNTAX_OR:
        plan->kind = TAMIS_CONDITION_ANY;
        break;
    case TAMIS_SYNTAX_AND:
        plan->kind = TAMIS_CONDITION_ALL;
        break;
    case TAMIS_SYNTAX_NOT:
        plan->kind = TAMIS_CONDITION_NOT;
        break;
    case TAMIS_SYNTAX_TEST:
        plan->kind = TAMIS_CONDITION_TEST;
        tamis_resolve_bind_feature(r, arena, scope, syntax, plan);
        break;
    }
    bind_children(r, arena, scope, syntax, plan);
    /* What could not be read was reported: go on without it. */
    if (plan->kind == TAMIS_CONDITION_NOT && plan->children == NULL)
        plan->kind = TAMIS_CONDITION_TRUE;
    else
        settle(r, plan);
    return plan;
}

void
tamis_resolve_conditions(TamisResolver *r)
{
    guint n = r->named[TAMIS_DEFINES_CONDITION]->len;

    for (guint i = 0; i < n; i++) {
        const TamisNamed *named = tamis_resolve_get_named(r, TAMIS_DEFINES_CONDITION, i);
        TamisConditionDefinition definition = {
            .name = named->name, .span = named->span, .condition = TAMIS_CONDITION_NEVER};
        g_array_append_val(r->policy->named_conditions, definition);
    }
    for (guint i = 0; i < n; i++)
        resolve_named(r, i, tamis_resolve_get_named(r, TAMIS_DEFINES_CONDITION, i)->span);
}
