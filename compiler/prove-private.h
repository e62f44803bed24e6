/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What prove.c and prove-deeds.c share. Not installed. */
#pragma once

#include "compiler/flow-of-policy.h"
#include "compiler/flow-of-sieve.h"
#include "compiler/own-addresses.h"
#include "compiler/prove.h"

/* What can be done to a message, under which guard by either side. */
typedef struct {
    const char
        *what; /* "forward to 'a@acme.example'"; two that are the same are written the same */
    TamisFormula by_policy, by_script;
    TamisFormula unless; /* where it does not matter */
} TamisDeed;

/* One mailbox in comparison. */
typedef struct {
    const TamisPolicy *policy;
    const TamisMailbox *mailbox;
    guint32 index; /* of the mailbox */
    const TamisOwnAddresses *own_addresses;
    const TamisServer *server;
    TamisFormulas *formulas; /* with strings of their own */
    TamisPolicyFlows *flows; /* of its formulas */
    TamisArena *arena;
    const TamisFlow *of_policy; /* its strings are the policy's */
    const TamisFlow *of_script; /* its guards are over the message as it arrived */
    GArray *deeds;              /* of TamisDeed */
    GHashTable *known;          /* what -> index of deeds */
    const char *undecided;      /* why the deeds are not all; NULL: they are */
} TamisDeeds;

/* Fills deeds with all of both flows. */
void tamis_deeds_gather(TamisDeeds *deeds);
