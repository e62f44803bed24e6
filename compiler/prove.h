/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whether a script is its policy: the flow of the one against the flow of the other, which share nothing with the
 * lowering. docs/solver.md says what is decided. */
#pragma once

#include "compiler/own-addresses.h"
#include "grammar/server.h"
#include "model/policy.h"
#include "model/witness.h"

typedef enum {
    TAMIS_PROOF_PROVED,    /* no message at any instant is treated differently */
    TAMIS_PROOF_UNDECIDED, /* nothing that differs was found, and not all was decided */
    TAMIS_PROOF_REFUTED,   /* a message is */
} TamisProofVerdict;

typedef struct {
    TamisProofVerdict verdict;
    char *what;            /* UNDECIDED, REFUTED: the action, and which side does it */
    char *reason;          /* UNDECIDED: what remained */
    TamisWitness *witness; /* REFUTED: the message; NULL: the script is none */
} TamisProof;

void tamis_proof_clear(TamisProof *proof);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TamisProof, tamis_proof_clear)
/* "forward to 'a@acme.example' by the script alone, for: Subject: x, at …". Caller frees. */
char *tamis_proof_to_string(const TamisProof *proof);

/* One thread. Formulas and verdicts are kept from one mailbox to the next, so it grows. */
typedef struct TamisProver TamisProver;

/* Lends policy, which is only read, its addresses, and server. Nothing is said of instants before as_of. */
TamisProver *tamis_prover_new(const TamisPolicy *policy, const TamisServer *server,
                              const TamisOwnAddresses *own_addresses, TamisInstant as_of);
void tamis_prover_free(TamisProver *prover);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisProver, tamis_prover_free)

/* Of actions alone: forwards (each target, encrypted by which means, with which arguments), copies, replies with
 * their texts, intervals, senders and addresses, rejections with their texts, marks, and that each is done to the
 * message as it should be then. Programs are taken to succeed. good_until: nothing is said from there on. */
void tamis_prover_check(TamisProver *prover, guint32 mailbox, const char *script,
                        gsize length_bytes, TamisInstant good_until, TamisProof *out_proof);
