/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Each listed address is looked up once. */
#include "lint/membership.h"

static void
name(TamisMembership *membership, TamisString key)
{
    guint32 mailbox = tamis_policy_find_mailbox(membership->policy, key);

    if (mailbox != TAMIS_NO_INDEX)
        membership->named[mailbox] = TRUE;
}

void
tamis_membership_init(TamisMembership *out, const TamisPolicy *policy, const TamisParty *party)
{
    TamisSlice addresses = party->addresses;

    *out = (TamisMembership){.policy = policy, .party = party};
    if (party->kind != TAMIS_LISTED || addresses.n == 0)
        return;
    out->named = g_new0(guint8, MAX(policy->mailboxes->len, 1));
    for (guint32 i = addresses.first; i < addresses.first + addresses.n; i++)
        name(out, tamis_policy_value(policy, i));
}

void
tamis_membership_clear(TamisMembership *membership)
{
    g_clear_pointer(&membership->named, g_free);
}

static gboolean
is_named(const TamisMembership *membership, guint32 mailbox)
{
    return membership->named != NULL && mailbox != TAMIS_NO_INDEX && membership->named[mailbox];
}

gboolean
tamis_membership_has_mailbox(const TamisMembership *membership, guint32 mailbox)
{
    const TamisPolicy *policy = membership->policy;

    return is_named(membership, mailbox) ||
           tamis_policy_party_has(policy, membership->party,
                                  tamis_policy_mailbox(policy, mailbox)->address.key);
}

gboolean
tamis_membership_has_target(const TamisMembership *membership, TamisString key)
{
    return tamis_policy_party_has(membership->policy, membership->party, key) ||
           (membership->named != NULL &&
            is_named(membership, tamis_policy_find_mailbox(membership->policy, key)));
}
