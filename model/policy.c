/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The policy's arrays, and the questions that more than one reader asks of them. What fills them is
 * the resolver. */
#include "model/policy.h"

#include <string.h>

#define MOST_COMPARED_DOMAINS 8

TamisPolicy *
tamis_policy_new(TamisSources *sources)
{
    TamisPolicy *policy = g_new0(TamisPolicy, 1);
    const TamisCondition first[] = {{.kind = TAMIS_CONDITION_TRUE},
                                    {.kind = TAMIS_CONDITION_NOT, .children = {0, 1}}};
    TamisConditionId always = TAMIS_CONDITION_ALWAYS;
    TamisLimits no_limits = {0};

    policy->sources = sources;
    policy->strings = tamis_strings_new();
    policy->latest = TAMIS_INSTANT_MIN;
    policy->internals.kind = TAMIS_LISTED;
    policy->values = g_array_new(FALSE, FALSE, sizeof(TamisString));
    policy->targets = g_array_new(FALSE, FALSE, sizeof(TamisTarget));
    policy->conditions = g_array_new(FALSE, FALSE, sizeof(TamisCondition));
    policy->condition_children = g_array_new(FALSE, FALSE, sizeof(TamisConditionId));
    policy->tests = g_array_new(FALSE, FALSE, sizeof(TamisTest));
    policy->groups = g_array_new(FALSE, FALSE, sizeof(TamisGroup));
    policy->hours = g_array_new(FALSE, FALSE, sizeof(TamisHoursDefinition));
    policy->named_conditions = g_array_new(FALSE, FALSE, sizeof(TamisConditionDefinition));
    policy->encryptions = g_array_new(FALSE, FALSE, sizeof(TamisEncryption));
    policy->limits = g_array_new(FALSE, FALSE, sizeof(TamisLimits));
    policy->forbids = g_array_new(FALSE, FALSE, sizeof(TamisForbid));
    policy->requires = g_array_new(FALSE, FALSE, sizeof(TamisRequire));
    policy->allows = g_array_new(FALSE, FALSE, sizeof(TamisAllow));
    policy->outsides = g_array_new(FALSE, FALSE, sizeof(TamisOutside));
    policy->aliases = g_array_new(FALSE, FALSE, sizeof(TamisAliasEntry));
    policy->mailboxes = g_array_new(FALSE, FALSE, sizeof(TamisMailbox));
    policy->routes = g_array_new(FALSE, FALSE, sizeof(TamisRoute));
    policy->actions = g_array_new(FALSE, FALSE, sizeof(TamisAction));
    policy->test_cases = g_array_new(FALSE, FALSE, sizeof(TamisTestCase));
    policy->test_messages = g_array_new(FALSE, FALSE, sizeof(TamisTestMessage));
    policy->message_headers = g_array_new(FALSE, FALSE, sizeof(TamisMessageHeader));
    policy->expectations = g_array_new(FALSE, FALSE, sizeof(TamisExpectation));
    policy->definitions = g_array_new(FALSE, FALSE, sizeof(TamisDefinition));
    policy->mailbox_of_string = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_array_append_vals(policy->conditions, first, G_N_ELEMENTS(first));
    g_array_append_val(policy->condition_children, always);
    g_array_append_val(policy->limits, no_limits);
    return policy;
}

static void
free_hours(GArray *hours)
{
    for (guint i = 0; i < hours->len; i++)
        g_clear_pointer(&TAMIS_AT(hours, TamisHoursDefinition, i)->hours, tamis_hours_free);
}

void
tamis_policy_free(TamisPolicy *policy)
{
    if (policy == NULL)
        return;
    free_hours(policy->hours);
    GArray *arrays[] = {
        policy->values,      policy->targets,       policy->conditions,
        policy->tests,       policy->groups,        policy->condition_children,
        policy->hours,       policy->encryptions,   policy->named_conditions,
        policy->limits,      policy->forbids,       policy->requires,
        policy->allows,      policy->outsides,      policy->aliases,
        policy->mailboxes,   policy->routes,        policy->actions,
        policy->test_cases,  policy->test_messages, policy->message_headers,
        policy->definitions, policy->expectations,  policy->mailbox_of_string,
    };
    for (gsize i = 0; i < G_N_ELEMENTS(arrays); i++)
        g_array_unref(arrays[i]);
    tamis_strings_free(policy->strings);
    g_free(policy);
}

static guint32
mailbox_of(const TamisPolicy *policy, TamisString key)
{
    return key != 0 && key < policy->mailbox_of_string->len
               ? g_array_index(policy->mailbox_of_string, guint32, key)
               : TAMIS_NO_INDEX;
}

guint32
tamis_policy_find_mailbox(const TamisPolicy *policy, TamisString key)
{
    char buffer[TAMIS_ADDRESS_BUFFER_BYTES];
    guint32 mailbox = mailbox_of(policy, key);

    if (mailbox != TAMIS_NO_INDEX)
        return mailbox;
    gsize n = tamis_address_without_detail(tamis_policy_text(policy, key),
                                           tamis_strings_length(policy->strings, key),
                                           tamis_policy_text(policy, policy->delimiter), buffer);
    return mailbox_of(policy, tamis_strings_find(policy->strings, buffer, n));
}

static gboolean
slice_has(const TamisPolicy *policy, TamisSlice slice, TamisString wanted)
{
    guint32 low = slice.first, high = slice.first + slice.n;

    while (low < high) {
        guint32 middle = low + (high - low) / 2;
        TamisString value = tamis_policy_value(policy, middle);
        if (value == wanted)
            return TRUE;
        if (value < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    return FALSE;
}

static gboolean
is_listed(const TamisPolicy *policy, const TamisParty *party, TamisString key)
{
    if (slice_has(policy, party->addresses, key))
        return TRUE;
    if (party->domains.n == 0)
        return FALSE;
    const char *domain = tamis_address_domain(tamis_policy_text(policy, key));
    TamisString known = tamis_strings_find(policy->strings, domain, strlen(domain));
    return known != 0 && slice_has(policy, party->domains, known);
}

/* The few domains are compared with the address's end: asked of every target, this is not to look
 * anything up. */
gboolean
tamis_policy_is_internal(const TamisPolicy *policy, TamisString key)
{
    const char *text = tamis_policy_text(policy, key);
    gsize n = tamis_strings_length(policy->strings, key);

    if (policy->domains.n > MOST_COMPARED_DOMAINS)
        return is_listed(policy, &policy->internals, key);
    for (guint32 i = policy->domains.first; i < policy->domains.first + policy->domains.n; i++) {
        TamisString domain = tamis_policy_value(policy, i);
        gsize domain_bytes = tamis_strings_length(policy->strings, domain);

        if (n > domain_bytes && text[n - domain_bytes - 1] == '@' &&
            memcmp(text + n - domain_bytes, tamis_policy_text(policy, domain), domain_bytes) == 0)
            return TRUE;
    }
    return FALSE;
}

gboolean
tamis_policy_party_has(const TamisPolicy *policy, const TamisParty *party, TamisString key)
{
    switch (party->kind) {
    case TAMIS_ANYONE:
        return TRUE;
    case TAMIS_INTERNALS:
        return tamis_policy_is_internal(policy, key);
    case TAMIS_EXTERNALS:
        return !tamis_policy_is_internal(policy, key);
    case TAMIS_LISTED:
        return is_listed(policy, party, key);
    }
    g_assert_not_reached();
}

gboolean
tamis_policy_group_has(const TamisPolicy *policy, guint32 group, TamisString key)
{
    return is_listed(policy, &TAMIS_AT(policy->groups, TamisGroup, group)->members, key);
}

gboolean
tamis_test_equal(const TamisPolicy *policy, const TamisTest *a, const TamisTest *b)
{
    if (a->kind != b->kind || a->field != b->field || a->part != b->part || a->match != b->match ||
        a->comparison != b->comparison || a->name != b->name || a->hours != b->hours ||
        a->number != b->number || a->values.n != b->values.n)
        return FALSE;
    if (a->values.first == b->values.first)
        return TRUE;
    return memcmp(&tamis_policy_value(policy, a->values.first),
                  &tamis_policy_value(policy, b->values.first),
                  a->values.n * sizeof(TamisString)) == 0;
}
