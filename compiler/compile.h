/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A resolved policy to one Sieve script a mailbox, in several threads. What comes out is the same
 * whatever their number. */
#pragma once

#include "compiler/lower.h"
#include "compiler/output.h"
#include "model/mailbox-shape.h"

#define TAMIS_COMPILE_MAX_JOBS 256

typedef struct {
    const TamisPolicy *policy;
    const TamisServer *server;
    TamisInstant as_of;
    const TamisShapes *shapes; /* the policy's, where they are known; else NULL */
    guint n_jobs;              /* threads, 1 … TAMIS_COMPILE_MAX_JOBS */
    GCancellable *cancellable; /* may be NULL */
    /* Called in any thread, one at a time; may be NULL. */
    void (*progress)(guint32 n_done, guint32 n_all, gpointer data);
    gpointer progress_data;
} TamisCompile;

/* Proves each script to be its policy (compiler/proofs.h) when there is an output, and lowers every mailbox.
 * Findings (those of tamis_lower_mailbox, and script-too-large) go to the
 * report; when one of them means that a mailbox gets no script, the output can only be given up.
 * output may be NULL: then this is for the findings alone. Returns FALSE with error when the output
 * fails, when it is cancelled, and with TAMIS_PROOF_ERROR when a script is not its policy. */
TAMIS_API gboolean tamis_compile_all(const TamisCompile *compile, TamisOutput *output,
                                     TamisReport *report, GError **error);
/* Appends one mailbox's script; FALSE when it gets none, for which the report has the reason. */
TAMIS_API gboolean tamis_compile_one(const TamisCompile *compile, guint32 mailbox, GString *script,
                                     TamisReport *report);
