/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The proofs of a whole policy: of each shape (model/mailbox-shape.h) one script, which speaks for all. */
#pragma once

#include "compiler/compile.h"
#include "compiler/prove.h"
#include "model/mailbox-shape.h"

#define TAMIS_PROOF_ERROR (tamis_proof_error_quark())
TAMIS_API GQuark tamis_proof_error_quark(void);
typedef enum {
    TAMIS_PROOF_ERROR_REFUTED, /* a bug in Tamis: the message says whose script differs, and for which message */
} TamisProofError;

typedef struct {
    TamisProofVerdict verdict; /* never REFUTED */
    char *reason;              /* UNDECIDED */
} TamisShapeProof;

/* One mailbox's script, appended when it is proved or not decided. FALSE: with error it is refuted, without
 * one the mailbox gets none, for which the report has the reason. */
TAMIS_API gboolean tamis_proofs_compile_one(const TamisCompile *compile, guint32 mailbox,
                                            GString *script, TamisReport *report, GError **error);

/* In several threads, and the same whatever their number. A shape that cannot be lowered counts as proved: nothing
 * is written then. By shape; NULL: one is refuted, or it was cancelled. Caller frees. */
GArray *tamis_proofs_make(const TamisCompile *compile, const TamisLowerContext *context,
                          const TamisShapes *shapes, GError **error);
