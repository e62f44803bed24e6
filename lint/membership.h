/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Who is meant by a party of a `forbid` or `require`. An address in it names its mailbox, whichever of the mailbox's
 * addresses it is: the own one, an alias, a subaddress. */
#pragma once

#include "model/policy.h"

typedef struct {
    const TamisPolicy *policy;
    const TamisParty *party;
    guint8 *named; /* by mailbox: by an address; NULL: the party lists none */
} TamisMembership;

/* Lends both. */
void
tamis_membership_init(TamisMembership *out, const TamisPolicy *policy, const TamisParty *party);
void tamis_membership_clear(TamisMembership *membership);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TamisMembership, tamis_membership_clear)
gboolean tamis_membership_has_mailbox(const TamisMembership *membership, guint32 mailbox);
/* Whether mail to the address (a key) is mail to the party. */
gboolean tamis_membership_has_target(const TamisMembership *membership, TamisString key);
