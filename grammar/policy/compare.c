/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Trees field by field. Lists are walked side by side; only conditions recurse, as deep as they nest. */
#include "grammar/policy/compare.h"

#include <string.h>

/* Two lists of one type, by same(x, y) on the members. */
#define SAME_LIST(Type, a, b, same)                                                                \
    const Type *x = (a), *y = (b);                                                                 \
    for (; x != NULL && y != NULL; x = x->next, y = y->next)                                       \
        if (!same(x, y))                                                                           \
            return FALSE;                                                                          \
    return x == y

static gboolean
same_value(const TamisValue *a, const TamisValue *b)
{
    return a->kind == b->kind && a->is_block == b->is_block && a->length_bytes == b->length_bytes &&
           memcmp(a->text, b->text, a->length_bytes) == 0;
}

static gboolean
same_values(const TamisValue *a, const TamisValue *b)
{
    SAME_LIST(TamisValue, a, b, same_value);
}

static gboolean
same_name(const TamisName *a, const TamisName *b)
{
    return g_strcmp0(a->text, b->text) == 0;
}

/* An unset one has no place. */
static gboolean
same_duration(const TamisDuration *a, const TamisDuration *b)
{
    gboolean is_set = a->span.source != 0;

    return is_set == (b->span.source != 0) &&
           (!is_set || (a->number == b->number && a->unit == b->unit));
}

static gboolean
same_date(const TamisDate *a, const TamisDate *b)
{
    return same_values(a->base, b->base) && a->sign == b->sign &&
           (a->sign == 0 || same_duration(&a->duration, &b->duration));
}

static gboolean same_conditions(const TamisConditionSyntax *a, const TamisConditionSyntax *b);

static gboolean
same_condition(const TamisConditionSyntax *a, const TamisConditionSyntax *b)
{
    if (a->kind != b->kind || a->feature != b->feature || a->part != b->part ||
        a->negated != b->negated || a->compare != b->compare)
        return FALSE;
    return (a->operator) == (b->operator) && same_name(&a->name, &b->name) &&
           same_values(a->header, b->header) && same_values(a->values, b->values) &&
           same_conditions(a->children, b->children);
}

static gboolean
same_conditions(const TamisConditionSyntax *a, const TamisConditionSyntax *b)
{
    SAME_LIST(TamisConditionSyntax, a, b, same_condition);
}

static gboolean
same_action(const TamisActionSyntax *a, const TamisActionSyntax *b)
{
    return a->kind == b->kind && same_values(a->targets, b->targets) &&
           same_name(&a->encryption, &b->encryption) && a->one_of == b->one_of &&
           a->without_copy == b->without_copy && same_values(a->text, b->text) &&
           same_values(a->subject, b->subject) && same_values(a->from, b->from) &&
           same_duration(&a->every, &b->every) && a->is_bare == b->is_bare;
}

static gboolean
same_actions(const TamisActionSyntax *a, const TamisActionSyntax *b)
{
    SAME_LIST(TamisActionSyntax, a, b, same_action);
}

static gboolean
same_limit(const TamisLimitSyntax *a, const TamisLimitSyntax *b)
{
    return a->limit == b->limit && same_values(a->number, b->number) &&
           same_duration(&a->duration, &b->duration);
}

static gboolean
same_limits(const TamisLimitSyntax *a, const TamisLimitSyntax *b)
{
    SAME_LIST(TamisLimitSyntax, a, b, same_limit);
}

static gboolean
same_route(const TamisRouteSyntax *a, const TamisRouteSyntax *b)
{
    return same_name(&a->name, &b->name) && same_date(&a->starting, &b->starting) &&
           same_date(&a->until, &b->until) && a->otherwise == b->otherwise &&
           same_conditions(a->when, b->when) && same_actions(a->actions, b->actions);
}

static gboolean
same_item(const TamisItemSyntax *a, const TamisItemSyntax *b)
{
    return a->kind == b->kind && same_name(&a->name, &b->name) &&
           same_values(a->values, b->values) && same_limits(a->limits, b->limits) &&
           same_route(&a->route, &b->route);
}

static gboolean
same_items(const TamisItemSyntax *a, const TamisItemSyntax *b)
{
    SAME_LIST(TamisItemSyntax, a, b, same_item);
}

static gboolean
same_where(const TamisWhereSyntax *a, const TamisWhereSyntax *b)
{
    return same_name(&a->column, &b->column) && same_values(a->is, b->is);
}

static gboolean
same_range(const TamisRangeSyntax *a, const TamisRangeSyntax *b)
{
    return same_values(a->start, b->start) && same_values(a->end, b->end) &&
           a->start_minute == b->start_minute && a->end_minute == b->end_minute;
}

static gboolean
same_ranges(const TamisRangeSyntax *a, const TamisRangeSyntax *b)
{
    SAME_LIST(TamisRangeSyntax, a, b, same_range);
}

static gboolean
same_line(const TamisDaysSyntax *a, const TamisDaysSyntax *b)
{
    return a->days == b->days && same_values(a->words, b->words) &&
           same_ranges(a->ranges, b->ranges);
}

static gboolean
same_days(const TamisDaysSyntax *a, const TamisDaysSyntax *b)
{
    SAME_LIST(TamisDaysSyntax, a, b, same_line);
}

static gboolean
same_except(const TamisExceptSyntax *a, const TamisExceptSyntax *b)
{
    return same_values(a->first, b->first) && same_values(a->last, b->last);
}

static gboolean
same_excepts(const TamisExceptSyntax *a, const TamisExceptSyntax *b)
{
    SAME_LIST(TamisExceptSyntax, a, b, same_except);
}

static gboolean
same_party(const TamisPartySyntax *a, const TamisPartySyntax *b)
{
    return a->kind == b->kind && same_values(a->values, b->values);
}

static gboolean
same_field(const TamisMessageFieldSyntax *a, const TamisMessageFieldSyntax *b)
{
    return a->field == b->field && same_values(a->name, b->name) && same_values(a->value, b->value);
}

static gboolean
same_fields(const TamisMessageFieldSyntax *a, const TamisMessageFieldSyntax *b)
{
    SAME_LIST(TamisMessageFieldSyntax, a, b, same_field);
}

static gboolean
same_step(const TamisTestStepSyntax *a, const TamisTestStepSyntax *b)
{
    return a->is_message == b->is_message && same_values(a->to, b->to) &&
           same_fields(a->fields, b->fields) && a->expect == b->expect &&
           a->negated == b->negated && a->encrypted == b->encrypted &&
           same_values(a->value, b->value);
}

static gboolean
same_steps(const TamisTestStepSyntax *a, const TamisTestStepSyntax *b)
{
    SAME_LIST(TamisTestStepSyntax, a, b, same_step);
}

static gboolean
same_setting(const TamisSettingSyntax *a, const TamisSettingSyntax *b)
{
    return a->kind == b->kind && same_values(a->values, b->values);
}

static gboolean
same_settings(const TamisSettingSyntax *a, const TamisSettingSyntax *b)
{
    SAME_LIST(TamisSettingSyntax, a, b, same_setting);
}

static gboolean
same_declarations(const TamisDeclaration *a, const TamisDeclaration *b)
{
    SAME_LIST(TamisDeclaration, a, b, tamis_declaration_same);
}

gboolean
tamis_declaration_same(const TamisDeclaration *a, const TamisDeclaration *b)
{
    if (a->kind != b->kind || !same_name(&a->name, &b->name))
        return FALSE;
    switch (a->kind) {
    case TAMIS_DECLARATION_ORGANIZATION:
        return same_settings(a->organization, b->organization);
    case TAMIS_DECLARATION_IMPORT:
        return a->import.is_aliases == b->import.is_aliases &&
               same_values(a->import.path, b->import.path);
    case TAMIS_DECLARATION_GROUP:
        return same_values(a->group.values, b->group.values) &&
               same_values(a->group.csv, b->group.csv) &&
               same_name(&a->group.column, &b->group.column) &&
               same_where(&a->group.where, &b->group.where);
    case TAMIS_DECLARATION_HOURS:
        return same_days(a->hours.days, b->hours.days) &&
               same_excepts(a->hours.excepts, b->hours.excepts) &&
               same_values(a->hours.timezone, b->hours.timezone);
    case TAMIS_DECLARATION_CONDITION:
        return same_condition(a->condition, b->condition);
    case TAMIS_DECLARATION_ENCRYPTION:
        return a->encryption.means == b->encryption.means &&
               same_values(a->encryption.values, b->encryption.values);
    case TAMIS_DECLARATION_LIMITS:
        return same_limits(a->limits, b->limits);
    case TAMIS_DECLARATION_FORBID:
        return same_values(a->forbid.title, b->forbid.title) &&
               same_party(&a->forbid.from, &b->forbid.from) &&
               same_party(&a->forbid.to, &b->forbid.to) && a->forbid.unless == b->forbid.unless &&
               same_name(&a->forbid.condition, &b->forbid.condition);
    case TAMIS_DECLARATION_REQUIRE:
        return same_values(a->require.title, b->require.title) &&
               a->require.kind == b->require.kind &&
               same_name(&a->require.group, &b->require.group) &&
               same_party(&a->require.from, &b->require.from) &&
               same_party(&a->require.to, &b->require.to);
    case TAMIS_DECLARATION_TEMPLATE:
        return same_values(a->template.parameters, b->template.parameters) &&
               same_items(a->template.items, b->template.items);
    case TAMIS_DECLARATION_MAILBOX:
        return same_values(a->mailbox.addresses, b->mailbox.addresses) &&
               same_items(a->mailbox.items, b->mailbox.items);
    case TAMIS_DECLARATION_EACH:
        return same_values(a->each.csv, b->each.csv) &&
               same_where(&a->each.where, &b->each.where) &&
               same_declarations(a->each.mailboxes, b->each.mailboxes);
    case TAMIS_DECLARATION_OUTSIDE:
        return same_values(a->outside.address, b->outside.address) &&
               same_values(a->outside.targets, b->outside.targets);
    case TAMIS_DECLARATION_ALLOW:
        return same_values(a->allow.in, b->allow.in) &&
               same_values(a->allow.until, b->allow.until) &&
               same_values(a->allow.because, b->allow.because);
    case TAMIS_DECLARATION_TEST:
        return same_values(a->test.title, b->test.title) &&
               same_steps(a->test.steps, b->test.steps);
    }
    return FALSE;
}

gboolean
tamis_policy_same(const TamisPolicySyntax *a, const TamisPolicySyntax *b)
{
    return same_declarations(a->declarations, b->declarations);
}
