/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Two scripts of one mailbox, run one after the other by a third that includes both (RFC 6609): whether each
 * then does with every message what it does alone. Proved on their flows by the solver; what remains common is
 * the implicit keep, which stays where neither drops it. */
#pragma once

#include "base/report.h"
#include "grammar/server.h"
#include "model/witness.h"

typedef enum {
    TAMIS_INCLUDE_PROVED,
    TAMIS_INCLUDE_UNREADABLE, /* the script has errors, or includes others */
    TAMIS_INCLUDE_DIFFERS,    /* an action of it happens where it would not alone, or the reverse */
    TAMIS_INCLUDE_CHANGED,    /* it acts on a message that the other has changed */
    TAMIS_INCLUDE_REJECTS,    /* it rejects where the other acts: servers drop such a run */
    TAMIS_INCLUDE_REPLIES,    /* both reply to one message: likewise */
    TAMIS_INCLUDE_TARGETS,    /* more addresses in one run than the server forwards to */
    TAMIS_INCLUDE_ACTIONS,    /* more actions in one run than it takes */
    TAMIS_INCLUDE_UNDECIDED,  /* neither is proved; detail says why */
} TamisIncludeVerdict;

/* script: 0 or 1, the one that the verdict is about. */
typedef struct {
    TamisIncludeVerdict verdict;
    guint script;
    guint32 line;          /* of the action in it, 1-based; 0: of none */
    char *detail;          /* NULL: none */
    TamisWitness *witness; /* a message that shows it; NULL: none */
} TamisIncludeProof;

TAMIS_API void tamis_include_proof_clear(TamisIncludeProof *proof);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TamisIncludeProof, tamis_include_proof_clear)

typedef struct {
    const char *text;
    gsize length_bytes;
} TamisIncludedScript;

/* The scripts in the order in which they run, for mailbox. From not_before on. Any thread. */
TAMIS_API void
tamis_include_prove(const TamisIncludedScript scripts[2], const TamisServer *server,
                    const char *mailbox, TamisInstant not_before, TamisIncludeProof *out_proof);
