/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Looks exceptions up by rule and by what they name. Each list is walked once, to mark all of it as
 * used; from then on its name alone tells: so the cost is that of the policy's text and the findings. */
#include "lint/exceptions.h"

#include <string.h>

/* An allow under one of the names that it gives; linked, TAMIS_NO_INDEX ends. */
typedef struct {
    guint32 allow, next;
} Entry;

struct TamisExceptions {
    const TamisPolicy *policy;
    GArray *entries;
    /* Rule and name (an address's key, a domain; 0: everywhere) to the index of the first entry + 1,
     * or WALKED. */
    GHashTable *first;
    guint8 *used; /* by allow */
};

#define WALKED GUINT_TO_POINTER(G_MAXUINT32)

/* What says that the text means nothing cannot be excused, and neither can an exception. */
static gboolean
can_be_silenced(TamisRule rule)
{
    switch (rule) {
    case TAMIS_RULE_SYNTAX:
    case TAMIS_RULE_TYPE:
    case TAMIS_RULE_UNKNOWN_NAME:
    case TAMIS_RULE_DUPLICATE_NAME:
    case TAMIS_RULE_DEFINITION_CYCLE:
    case TAMIS_RULE_EMPTY_GROUP:
    case TAMIS_RULE_EXPIRED_ALLOW:
    case TAMIS_RULE_STALE_ALLOW:
        return FALSE;
    default:
        return TRUE;
    }
}

static gpointer
pack(TamisRule rule, TamisString name)
{
    return GSIZE_TO_POINTER((gsize)rule << 32 | name);
}

static void
add_entry(TamisExceptions *exceptions, guint32 allow, TamisString name)
{
    TamisRule rule = TAMIS_AT(exceptions->policy->allows, TamisAllow, allow)->rule;
    gpointer key = pack(rule, name);
    Entry entry = {allow, GPOINTER_TO_UINT(g_hash_table_lookup(exceptions->first, key)) - 1};

    g_array_append_val(exceptions->entries, entry);
    g_hash_table_insert(exceptions->first, key, GUINT_TO_POINTER(exceptions->entries->len));
}

/* An alias of a mailbox, or a subaddress, names it as well. */
static TamisString
mailbox_key(const TamisPolicy *policy, TamisString key)
{
    guint32 mailbox = tamis_policy_find_mailbox(policy, key);

    return mailbox != TAMIS_NO_INDEX ? tamis_policy_mailbox(policy, mailbox)->address.key : key;
}

static void
add_allow(TamisExceptions *exceptions, guint32 index)
{
    const TamisPolicy *policy = exceptions->policy;
    const TamisParty *in = &TAMIS_AT(policy->allows, TamisAllow, index)->in;

    if (in->kind == TAMIS_ANYONE)
        add_entry(exceptions, index, 0);
    for (guint32 i = in->addresses.first; i < in->addresses.first + in->addresses.n; i++)
        add_entry(exceptions, index, mailbox_key(policy, tamis_policy_value(policy, i)));
    for (guint32 i = in->domains.first; i < in->domains.first + in->domains.n; i++)
        add_entry(exceptions, index, tamis_policy_value(policy, i));
}

TamisExceptions *
tamis_exceptions_new(const TamisPolicy *policy, TamisInstant as_of)
{
    TamisExceptions *exceptions = g_new0(TamisExceptions, 1);

    exceptions->policy = policy;
    exceptions->entries = g_array_new(FALSE, FALSE, sizeof(Entry));
    exceptions->first = g_hash_table_new(NULL, NULL);
    exceptions->used = g_new0(guint8, policy->allows->len);
    for (guint i = 0; i < policy->allows->len; i++) {
        const TamisAllow *allow = TAMIS_AT(policy->allows, TamisAllow, i);

        if (allow->rule < TAMIS_N_RULES && can_be_silenced(allow->rule) &&
            !(allow->has_until && allow->until_end <= as_of))
            add_allow(exceptions, i);
    }
    return exceptions;
}

void
tamis_exceptions_free(TamisExceptions *exceptions)
{
    if (exceptions == NULL)
        return;
    g_array_unref(exceptions->entries);
    g_hash_table_unref(exceptions->first);
    g_free(exceptions->used);
    g_free(exceptions);
}

static gboolean
silences(TamisExceptions *exceptions, TamisRule rule, TamisString name)
{
    gpointer key = pack(rule, name), found = g_hash_table_lookup(exceptions->first, key);

    if (found == NULL || found == WALKED)
        return found != NULL;
    for (guint32 i = GPOINTER_TO_UINT(found) - 1; i != TAMIS_NO_INDEX;) {
        const Entry *entry = TAMIS_AT(exceptions->entries, Entry, i);

        exceptions->used[entry->allow] = TRUE;
        i = entry->next;
    }
    g_hash_table_insert(exceptions->first, key, WALKED);
    return TRUE;
}

gboolean
tamis_exceptions_silence(TamisExceptions *exceptions, TamisRule rule, TamisString mailbox)
{
    const TamisPolicy *policy = exceptions->policy;
    gboolean silenced;
    const char *domain;
    TamisString name;

    if (exceptions->entries->len == 0)
        return FALSE;
    silenced = silences(exceptions, rule, 0);
    if (mailbox == 0)
        return silenced;
    silenced |= silences(exceptions, rule, mailbox);
    domain = tamis_address_domain(tamis_policy_text(policy, mailbox));
    name = tamis_strings_find(policy->strings, domain, strlen(domain));
    return name != 0 && silences(exceptions, rule, name) ? TRUE : silenced;
}

gboolean
tamis_exceptions_is_used(const TamisExceptions *exceptions, guint allow)
{
    return exceptions->used[allow];
}
