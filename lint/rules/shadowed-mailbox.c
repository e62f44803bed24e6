/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An imported alias map sends mail to a mailbox, or to an alias of it, elsewhere, so that its
 * script never sees it. Follows the map as Postfix does: the address, the address without its
 * detail, then the catch-all of its domain; an address that stands in its own line is delivered. */
#include "lint/rules.h"

#include <string.h>

/* Beyond this an expansion is too wide to say anything. */
#define MAX_ADDRESSES 256

typedef struct {
    const TamisPolicy *policy;
    guint32 *entry_of_string; /* by string: the first line of an address, or TAMIS_NO_INDEX */
    gboolean has_catch_all;
} Map;

static void
map_init(Map *map, const TamisPolicy *policy)
{
    guint32 n = tamis_strings_count(policy->strings);

    map->policy = policy;
    map->has_catch_all = FALSE;
    map->entry_of_string = g_new(guint32, n);
    memset(map->entry_of_string, 0xff, n * sizeof(guint32));
    for (guint i = policy->aliases->len; i-- > 0;) {
        TamisString key = TAMIS_AT(policy->aliases, TamisAliasEntry, i)->address.key;

        map->entry_of_string[key] = i;
        map->has_catch_all |= *tamis_policy_text(policy, key) == '@';
    }
}

static guint32
find_text(const Map *map, const char *text, gsize length_bytes)
{
    TamisString string = tamis_strings_find(map->policy->strings, text, length_bytes);

    return string != 0 ? map->entry_of_string[string] : TAMIS_NO_INDEX;
}

static guint32
find_entry(const Map *map, TamisString key)
{
    const char *text = tamis_policy_text(map->policy, key);
    const char *delimiter = tamis_policy_text(map->policy, map->policy->delimiter);
    char buffer[TAMIS_ADDRESS_BUFFER_BYTES];
    guint32 entry = map->entry_of_string[key];
    gsize n;

    if (entry != TAMIS_NO_INDEX)
        return entry;
    n = tamis_address_without_detail(text, strlen(text), delimiter, buffer);
    if (n > 0)
        entry = find_text(map, buffer, n);
    if (entry == TAMIS_NO_INDEX && map->has_catch_all) {
        const char *domain = tamis_address_domain(text);

        entry = find_text(map, domain - 1, strlen(domain) + 1);
    }
    return entry;
}

static gboolean
has_target(const TamisPolicy *policy, const TamisAliasEntry *entry, TamisString key)
{
    for (guint32 i = 0; i < entry->targets.n; i++)
        if (tamis_policy_target(policy, entry->targets.first + i)->address.key == key)
            return TRUE;
    return FALSE;
}

static gboolean
add_key(GArray *keys, TamisString key)
{
    for (guint i = 0; i < keys->len; i++)
        if (g_array_index(keys, TamisString, i) == key)
            return TRUE;
    if (keys->len == MAX_ADDRESSES)
        return FALSE;
    g_array_append_val(keys, key);
    return TRUE;
}

/* Whether mail to an address ends in the mailbox; TRUE also where that cannot be told. */
static gboolean
reaches(const Map *map, TamisString address, guint32 mailbox)
{
    const TamisPolicy *policy = map->policy;
    g_autoptr(GArray) keys = g_array_new(FALSE, FALSE, sizeof(TamisString));

    g_array_append_val(keys, address);
    for (guint i = 0; i < keys->len; i++) {
        TamisString key = g_array_index(keys, TamisString, i);
        guint32 index = find_entry(map, key);
        const TamisAliasEntry *entry;

        if (index == TAMIS_NO_INDEX) {
            if (tamis_policy_find_mailbox(policy, key) == mailbox)
                return TRUE;
            continue;
        }
        entry = TAMIS_AT(policy->aliases, TamisAliasEntry, index);
        if (has_target(policy, entry, key) && tamis_policy_find_mailbox(policy, key) == mailbox)
            return TRUE;
        for (guint32 j = 0; j < entry->targets.n; j++)
            if (!add_key(keys, tamis_policy_target(policy, entry->targets.first + j)->address.key))
                return TRUE;
    }
    return FALSE;
}

static void
check(TamisFacts *facts, const Map *map, guint32 mailbox_index, const TamisAddress *address,
      TamisSpan span)
{
    const TamisPolicy *policy = facts->policy;
    TamisRouteWalk at = {.mailbox = tamis_policy_mailbox(policy, mailbox_index)};
    const char *text = tamis_policy_text(policy, address->text);
    guint32 index = find_entry(map, address->key);
    TamisDiagnostic *diagnostic;
    const TamisAliasEntry *entry;

    if (index == TAMIS_NO_INDEX || reaches(map, address->key, mailbox_index))
        return;
    entry = TAMIS_AT(policy->aliases, TamisAliasEntry, index);
    diagnostic = tamis_facts_find(
        facts, TAMIS_RULE_SHADOWED_MAILBOX, span, &at,
        "the alias map sends mail to '%s' elsewhere before its script could run", text);
    tamis_report_relate(facts->report, diagnostic, entry->span, "sent elsewhere here");
    if (entry->address.key == address->key)
        tamis_report_help(facts->report, diagnostic,
                          "add '%s' to the targets of that line, or take the line out", text);
    else
        tamis_report_help(facts->report, diagnostic, "add the line '%s %s' to the alias map", text,
                          text);
}

void
tamis_rule_shadowed_mailbox(TamisFacts *facts)
{
    const TamisPolicy *policy = facts->policy;
    Map map;

    if (policy->aliases->len == 0)
        return;
    map_init(&map, policy);
    for (guint32 i = 0; i < policy->mailboxes->len; i++) {
        const TamisMailbox *mailbox = tamis_policy_mailbox(policy, i);

        check(facts, &map, i, &mailbox->address, mailbox->span);
        for (guint32 j = 0; j < mailbox->aliases.n; j++) {
            const TamisTarget *alias = tamis_policy_target(policy, mailbox->aliases.first + j);

            check(facts, &map, i, &alias->address, alias->span);
        }
    }
    g_free(map.entry_of_string);
}
