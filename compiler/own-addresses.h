/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Under which addresses a mailbox gets its mail: its own, its aliases, and what imported alias maps lead to one of
 * these, through other aliases too. */
#pragma once

#include "model/policy.h"

typedef struct TamisOwnAddresses TamisOwnAddresses;

/* Lends the policy. Afterwards any number of threads may ask. */
TamisOwnAddresses *tamis_own_addresses_new(const TamisPolicy *policy);
void tamis_own_addresses_free(TamisOwnAddresses *own);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisOwnAddresses, tamis_own_addresses_free)
/* Of TamisString, as written: the mailbox's own first, each once. Caller unrefs. */
GArray *tamis_own_addresses_of(const TamisOwnAddresses *own, const TamisMailbox *mailbox);
