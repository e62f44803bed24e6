/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The alias maps as pairs that are sorted by what they lead to. */
#include "compiler/own-addresses.h"

/* Of maps that lead from one to the next. */
#define MAX_DEPTH 16

/* An alias of an imported map that leads to the target. Both are keys. */
typedef struct {
    TamisString target, alias;
} Pair;

struct TamisOwnAddresses {
    const TamisPolicy *policy;
    GArray *pairs; /* of Pair, sorted */
};

/* What is being gathered. */
typedef struct {
    GArray *all;      /* of TamisString, as written */
    GHashTable *seen; /* keys */
} Gathering;

static int
compare_pairs(gconstpointer a_data, gconstpointer b_data)
{
    const Pair *a = a_data, *b = b_data;

    if (a->target != b->target)
        return a->target < b->target ? -1 : 1;
    return a->alias < b->alias ? -1 : a->alias > b->alias;
}

TamisOwnAddresses *
tamis_own_addresses_new(const TamisPolicy *policy)
{
    TamisOwnAddresses *own = g_new0(TamisOwnAddresses, 1);

    own->policy = policy;
    own->pairs = g_array_new(FALSE, FALSE, sizeof(Pair));
    for (guint i = 0; i < policy->aliases->len; i++) {
        const TamisAliasEntry *entry = &g_array_index(policy->aliases, TamisAliasEntry, i);

        if (tamis_policy_text(policy, entry->address.key)[0] == '@')
            continue; /* a whole domain is no address of one's own */
        for (guint32 t = 0; t < entry->targets.n; t++) {
            Pair pair = {tamis_policy_target(policy, entry->targets.first + t)->address.key,
                         entry->address.key};

            g_array_append_val(own->pairs, pair);
        }
    }
    g_array_sort(own->pairs, compare_pairs);
    return own;
}

void
tamis_own_addresses_free(TamisOwnAddresses *own)
{
    if (own == NULL)
        return;
    g_array_unref(own->pairs);
    g_free(own);
}

static gboolean
take(Gathering *gathering, TamisString key, TamisString text)
{
    if (!g_hash_table_add(gathering->seen, GUINT_TO_POINTER(key)))
        return FALSE;
    g_array_append_val(gathering->all, text);
    return TRUE;
}

static void
take_imported(const TamisOwnAddresses *own, TamisString target, guint depth, Gathering *gathering)
{
    guint low = 0, high = own->pairs->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (g_array_index(own->pairs, Pair, middle).target < target)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < own->pairs->len && depth < MAX_DEPTH; low++) {
        const Pair *pair = &g_array_index(own->pairs, Pair, low);

        if (pair->target != target)
            break;
        if (take(gathering, pair->alias, pair->alias))
            take_imported(own, pair->alias, depth + 1, gathering);
    }
}

GArray *
tamis_own_addresses_of(const TamisOwnAddresses *own, const TamisMailbox *mailbox)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    Gathering gathering = {g_array_new(FALSE, FALSE, sizeof(TamisString)), seen};

    take(&gathering, mailbox->address.key, mailbox->address.text);
    for (guint32 i = 0; i < mailbox->aliases.n; i++) {
        TamisAddress alias = tamis_policy_target(own->policy, mailbox->aliases.first + i)->address;

        take(&gathering, alias.key, alias.text);
        take_imported(own, alias.key, 0, &gathering);
    }
    take_imported(own, mailbox->address.key, 0, &gathering);
    return gathering.all;
}
