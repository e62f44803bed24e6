/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A policy, a table, an alias map and another policy, parted by lines of "%%%", resolved: it ends, every
 * index of the result lies where it should, conditions are in normal form, and no text that could reach a
 * script has a character that may not stand in it. */
#include "compiler/resolve.h"

#include <string.h>

#define N_PARTS 4

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

typedef struct {
    const char *text[N_PARTS];
    gsize length_bytes[N_PARTS];
    TamisSourceId ids[N_PARTS];
} Parts;

static void
split(Parts *parts, const char *text, gsize size)
{
    for (guint i = 0; i < N_PARTS; i++) {
        const char *end = i + 1 < N_PARTS ? memmem(text, size, "%%%\n", 4) : NULL;
        gsize n = end != NULL ? (gsize)(end - text) : size;
        parts->text[i] = text;
        parts->length_bytes[i] = n;
        text = end != NULL ? end + 4 : text + n;
        size -= end != NULL ? n + 4 : n;
    }
}

static TamisSourceId
open_part(TamisSources *sources, const char *path, gsize max_bytes, gpointer data, GError **error)
{
    static const char *const endings[N_PARTS] = {"p.tamis", ".csv", "virtual", ".tamis"};
    Parts *parts = data;

    for (guint i = 0; i < N_PARTS; i++) {
        if (!g_str_has_suffix(path, endings[i]))
            continue;
        if (parts->ids[i] == 0)
            parts->ids[i] =
                tamis_sources_add_text(sources, path, parts->text[i], parts->length_bytes[i]);
        return parts->ids[i];
    }
    g_set_error(error, TAMIS_SOURCE_ERROR, TAMIS_SOURCE_ERROR_UNREADABLE, "cannot read '%s'", path);
    return 0;
}

/* What the result has to be --------------------------------------------------------------------- */

static void
check_slice(TamisSlice slice, const GArray *array)
{
    g_assert(slice.first <= array->len && slice.n <= array->len - slice.first);
}

static void
check_text(const TamisPolicy *policy, TamisString string, gboolean is_line)
{
    const char *text = tamis_policy_text(policy, string);
    gsize length = tamis_strings_length(policy->strings, string);

    g_assert(g_utf8_validate_len(text, length, NULL));
    for (const char *at = text; at < text + length; at = g_utf8_next_char(at)) {
        gunichar point = g_utf8_get_char(at);
        g_assert(!g_unichar_iscntrl(point) ||
                 (!is_line && (point == '\t' || point == '\n' || point == '\r')));
    }
}

static void
check_targets(const TamisPolicy *policy, TamisSlice targets)
{
    TamisAddress again;

    check_slice(targets, policy->targets);
    for (guint32 i = 0; i < targets.n; i++) {
        const TamisTarget *target = tamis_policy_target(policy, targets.first + i);
        TamisString key = target->address.key;
        const char *text = tamis_policy_text(policy, key);
        if (*text == '@')
            continue; /* an alias map's */
        g_assert(tamis_address_parse(policy->strings, text, strlen(text), &again) ==
                 TAMIS_ADDRESS_OK);
        g_assert(again.key == key);
    }
}

static void
check_condition(const TamisPolicy *policy, TamisConditionId id)
{
    const TamisCondition *condition = tamis_policy_condition(policy, id);

    check_slice(condition->children, policy->condition_children);
    if (condition->kind == TAMIS_CONDITION_TEST) {
        g_assert(condition->test < policy->tests->len);
        return;
    }
    g_assert(condition->kind != TAMIS_CONDITION_TRUE || id == TAMIS_CONDITION_ALWAYS);
    g_assert(condition->children.n >= (condition->kind >= TAMIS_CONDITION_NOT ? 1
                                       : id == TAMIS_CONDITION_ALWAYS         ? 0
                                                                              : 2));
    for (guint32 i = 0; i < condition->children.n; i++) {
        TamisConditionId child = g_array_index(policy->condition_children, TamisConditionId,
                                               condition->children.first + i);
        g_assert(child < id);
        g_assert(tamis_policy_condition(policy, child)->kind != condition->kind);
        g_assert(child > TAMIS_CONDITION_NEVER || id == TAMIS_CONDITION_NEVER);
    }
}

static void
check_conditions(const TamisPolicy *policy)
{
    for (guint i = 0; i < policy->conditions->len; i++)
        check_condition(policy, i);
    for (guint i = 0; i < policy->tests->len; i++) {
        const TamisTest *test = tamis_policy_test(policy, i);
        check_slice(test->values, policy->values);
        check_text(policy, test->name, TRUE);
        g_assert(test->group == TAMIS_NO_INDEX || test->group < policy->groups->len);
        for (guint32 k = 0; k < test->values.n; k++)
            check_text(policy, tamis_policy_value(policy, test->values.first + k),
                       test->kind != TAMIS_TEST_BODY);
    }
}

static void
check_actions(const TamisPolicy *policy, TamisSlice actions)
{
    check_slice(actions, policy->actions);
    for (guint32 i = 0; i < actions.n; i++) {
        const TamisAction *action = tamis_policy_action(policy, actions.first + i);
        gboolean is_text = action->kind == TAMIS_DO_REPLY || action->kind == TAMIS_DO_REJECT;
        check_targets(policy, action->targets);
        check_text(policy, action->text, !is_text);
        check_text(policy, action->name, TRUE);
        check_text(policy, action->from, TRUE);
        g_assert(action->encryption == TAMIS_NO_INDEX ||
                 action->encryption < policy->encryptions->len);
    }
}

static void
check_mailboxes(const TamisPolicy *policy)
{
    for (guint i = 0; i < policy->mailboxes->len; i++) {
        const TamisMailbox *mailbox = tamis_policy_mailbox(policy, i);
        check_slice(mailbox->routes, policy->routes);
        check_targets(policy, mailbox->aliases);
        g_assert(mailbox->limits < policy->limits->len);
        g_assert(tamis_policy_find_mailbox(policy, mailbox->address.key) == i);
        for (guint32 k = 0; k < mailbox->routes.n; k++) {
            const TamisRoute *route = tamis_policy_route(policy, mailbox->routes.first + k);
            g_assert(route->when < policy->conditions->len);
            check_text(policy, route->name, TRUE);
            check_actions(policy, route->actions);
        }
    }
}

static void
check_others(const TamisPolicy *policy)
{
    for (guint i = 0; i < policy->groups->len; i++) {
        const TamisGroup *group = TAMIS_AT(policy->groups, TamisGroup, i);
        check_slice(group->values, policy->values);
        check_slice(group->members.addresses, policy->values);
        check_slice(group->members.domains, policy->values);
        check_targets(policy, group->addresses);
        g_assert(group->addresses.n + group->n_domains <= group->values.n);
    }
    for (guint i = 0; i < policy->aliases->len; i++)
        check_targets(policy, TAMIS_AT(policy->aliases, TamisAliasEntry, i)->targets);
    for (guint i = 0; i < policy->outsides->len; i++)
        check_targets(policy, TAMIS_AT(policy->outsides, TamisOutside, i)->targets);
    for (guint i = 0; i < policy->expectations->len; i++)
        g_assert(TAMIS_AT(policy->expectations, TamisExpectation, i)->message <
                 policy->test_messages->len);
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisReport) report = tamis_report_new(sources);
    Parts parts = {0};
    TamisResolveOptions options = {.open = open_part, .open_data = &parts};

    split(&parts, (const char *)data, size);
    g_autoptr(TamisPolicy) policy = tamis_policy_load(sources, "p.tamis", &options, report, NULL);
    g_assert(policy != NULL);
    check_conditions(policy);
    check_mailboxes(policy);
    check_others(policy);
    for (guint i = 0; i < tamis_report_count(report); i++)
        if (tamis_report_get(report, i)->span.source != 0)
            tamis_sources_locate(sources, tamis_report_get(report, i)->span);
    return 0;
}
