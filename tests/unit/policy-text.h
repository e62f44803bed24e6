/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * For the tests of the resolver: a resolved policy as text, so that a test can say what it expects of
 * one at a glance. */
#pragma once

#include "model/policy.h"

static inline const char *
text_of(const TamisPolicy *policy, TamisString string)
{
    return tamis_policy_text(policy, string);
}

static inline void
append_values(const TamisPolicy *policy, GString *out, TamisSlice values)
{
    for (guint32 i = 0; i < values.n; i++)
        g_string_append_printf(out, "%s%s", i > 0 ? "|" : " ",
                               text_of(policy, tamis_policy_value(policy, values.first + i)));
}

static inline void
append_test(const TamisPolicy *policy, GString *out, const TamisTest *test)
{
    static const char *const kinds[] = {"header", "exists", "body",  "address", "envelope",
                                        "size",   "spam",   "hours", "list",    "automatic"};
    static const char *const fields[] = {"from", "to", "cc", "recipient"};
    static const char *const parts[] = {"all", "domain", "local", "detail"};
    static const char *const matches[] = {"is", "contains", "matches", "begins", "ends", "under"};
    static const char *const comparisons[] = {"<", "<=", ">", ">="};

    g_string_append(out, kinds[test->kind]);
    if (test->kind == TAMIS_TEST_ADDRESS || test->kind == TAMIS_TEST_ENVELOPE)
        g_string_append_printf(out, " %s %s", fields[test->field], parts[test->part]);
    if (test->name != 0)
        g_string_append_printf(out, " %s", text_of(policy, test->name));
    if (test->kind <= TAMIS_TEST_ENVELOPE && test->kind != TAMIS_TEST_EXISTS)
        g_string_append_printf(out, " %s", matches[test->match]);
    if (test->kind == TAMIS_TEST_SIZE || test->kind == TAMIS_TEST_SPAM_SCORE)
        g_string_append_printf(out, " %s %" G_GUINT64_FORMAT, comparisons[test->comparison],
                               test->number);
    append_values(policy, out, test->values);
    if (test->group != TAMIS_NO_INDEX)
        g_string_append_printf(
            out, " of %s",
            text_of(policy, TAMIS_AT(policy->groups, TamisGroup, test->group)->name));
    if (test->hours != TAMIS_NO_INDEX)
        g_string_append_printf(
            out, " %s",
            text_of(policy, TAMIS_AT(policy->hours, TamisHoursDefinition, test->hours)->name));
}

static inline void
append_condition(const TamisPolicy *policy, GString *out, TamisConditionId id)
{
    const TamisCondition *condition = tamis_policy_condition(policy, id);
    const char *between = condition->kind == TAMIS_CONDITION_ALL ? " and " : " or ";

    if (id <= TAMIS_CONDITION_NEVER) {
        g_string_append(out, id == TAMIS_CONDITION_ALWAYS ? "always" : "never");
        return;
    }
    if (condition->kind == TAMIS_CONDITION_TEST) {
        append_test(policy, out, tamis_policy_test(policy, condition->test));
        return;
    }
    g_string_append(out, condition->kind == TAMIS_CONDITION_NOT ? "not (" : "(");
    for (guint32 i = 0; i < condition->children.n; i++) {
        g_string_append(out, i > 0 ? between : "");
        append_condition(policy, out,
                         g_array_index(policy->condition_children, TamisConditionId,
                                       condition->children.first + i));
    }
    g_string_append_c(out, ')');
}

static inline void
append_targets(const TamisPolicy *policy, GString *out, TamisSlice targets)
{
    for (guint32 i = 0; i < targets.n; i++)
        g_string_append_printf(
            out, " %s",
            text_of(policy, tamis_policy_target(policy, targets.first + i)->address.text));
}

static inline void
append_action(const TamisPolicy *policy, GString *out, const TamisAction *action)
{
    static const char *const kinds[] = {"forward", "reply", "keep", "discard",
                                        "reject",  "mark",  "final"};

    g_string_append_printf(out, "    %s", kinds[action->kind]);
    if (action->encryption != TAMIS_NO_INDEX)
        g_string_append_printf(
            out, " with %s",
            text_of(policy,
                    TAMIS_AT(policy->encryptions, TamisEncryption, action->encryption)->name));
    g_string_append(out, action->one_of ? " one of" : "");
    append_targets(policy, out, action->targets);
    g_string_append(out, action->without_copy ? " without copy" : "");
    if (action->name != 0)
        g_string_append_printf(out, " %s:", text_of(policy, action->name));
    if (action->text != 0)
        g_string_append_printf(out, " '%s'", text_of(policy, action->text));
    if (action->kind == TAMIS_DO_REPLY)
        g_string_append_printf(out, " every %" G_GINT64_FORMAT, action->every_s);
    if (action->from != 0)
        g_string_append_printf(out, " from %s", text_of(policy, action->from));
    g_string_append_c(out, '\n');
}

static inline void
append_instant(const TamisPolicy *policy, GString *out, const char *word, TamisInstant instant)
{
    if (instant == TAMIS_INSTANT_MIN || instant == TAMIS_INSTANT_MAX)
        return;
    g_autofree char *text = tamis_instant_to_string(instant, policy->zone);
    g_string_append_printf(out, " %s %s", word, text);
}

static inline void
append_route(const TamisPolicy *policy, GString *out, const TamisRoute *route)
{
    g_string_append_printf(out, "  %s", text_of(policy, route->name));
    append_instant(policy, out, "from", route->starting);
    append_instant(policy, out, "until", route->until);
    if (route->when != TAMIS_CONDITION_ALWAYS) {
        g_string_append(out, " when ");
        append_condition(policy, out, route->when);
    }
    g_string_append(out, route->otherwise ? " otherwise\n" : "\n");
    for (guint32 i = 0; i < route->actions.n; i++)
        append_action(policy, out, tamis_policy_action(policy, route->actions.first + i));
}

static inline char *
policy_to_string(const TamisPolicy *policy)
{
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < policy->mailboxes->len; i++) {
        const TamisMailbox *mailbox = tamis_policy_mailbox(policy, i);
        g_string_append(out, text_of(policy, mailbox->address.text));
        if (mailbox->aliases.n > 0)
            g_string_append(out, " alias");
        append_targets(policy, out, mailbox->aliases);
        g_string_append_c(out, '\n');
        for (guint32 k = 0; k < mailbox->routes.n; k++)
            append_route(policy, out, tamis_policy_route(policy, mailbox->routes.first + k));
    }
    return g_string_free(out, FALSE);
}
