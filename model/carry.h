/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Guards carried back: what a test asks of a message that was changed and sent on, as a guard over the
 * message that set out. So a way through many mailboxes is a conjunction. Marks are added and deleted under
 * their guards, the recipient changes, the sender as the server has it; instant, size and body stay; a share
 * is free at each later hop; after a filter a test is opaque, and so is what cannot be said exactly. */
#pragma once

#include "model/flow.h"

typedef struct TamisCarry TamisCarry;

/* A message at a stop of its way. Immutable, lives as long as its TamisCarry, or until it is made to
 * forget. */
typedef struct TamisStop TamisStop;

/* What a server writes as envelope sender when it sends on (Pigeonhole: sieve_redirect_envelope_from); the
 * null sender stays null whatever is set. */
typedef enum {
    TAMIS_SENDER_KEPT,
    TAMIS_SENDER_RECIPIENT, /* the address that the message was given here for */
    TAMIS_SENDER_FIXED,     /* sender */
} TamisSenderRule;

/* Lends formulas (and writes to it). delimiter as for the solver. */
TAMIS_API TamisCarry *tamis_carry_new(TamisFormulas *formulas, const char *delimiter);
TAMIS_API void tamis_carry_free(TamisCarry *carry);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisCarry, tamis_carry_free)

/* The message as it sets out; everything about it is open. */
TAMIS_API const TamisStop *tamis_carry_start(TamisCarry *carry);
/* The next stop: what the flow made of the message until `version` is sent to recipient (a key). sender: the
 * address, for FIXED. */
TAMIS_API const TamisStop *
tamis_carry_send(TamisCarry *carry, const TamisStop *stop, const TamisFlow *flow, guint32 version,
                 TamisString recipient, TamisSenderRule rule, TamisString sender);
/* The same message in another mailbox, as an alias does: only the recipient changes (0: stays). */
TAMIS_API const TamisStop *
tamis_carry_readdress(TamisCarry *carry, const TamisStop *stop, TamisString recipient);
/* Frees all stops: when other ways are looked at. */
TAMIS_API void tamis_carry_forget(TamisCarry *carry);

/* guard, one of the flow's (atoms of any version), of the message that arrives at this stop: as a guard over
 * the message that set out. Atoms are then of version 0. */
TAMIS_API TamisFormula tamis_carry_guard(TamisCarry *carry, const TamisStop *stop,
                                         const TamisFlow *flow, TamisFormula guard);

/* That the envelope recipient is one of these addresses (keys) or a subaddress of one: what the message that
 * sets out for a mailbox fulfils. */
TAMIS_API TamisFormula tamis_carry_addressed_to(TamisCarry *carry, const TamisString *keys,
                                                guint32 n);
