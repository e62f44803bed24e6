/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Shapes are proved in batches, each with a prover of its own: what one prover has learned then depends on the
 * policy alone. */
#include "compiler/proofs.h"

#include "compiler/crew.h"
#include "grammar/sieve/print.h"

#define BATCH_SHAPES 64

G_DEFINE_QUARK(tamis - proof - error, tamis_proof_error)

typedef struct {
    const TamisCompile *compile;
    const TamisLowerContext *context;
    const TamisShapes *shapes;
    GArray *proofs; /* of TamisShapeProof */
} Run;

static gboolean
refute(const Run *run, guint32 mailbox, const TamisProof *proof, GError **error)
{
    const TamisPolicy *policy = run->compile->policy;
    g_autofree char *text = tamis_proof_to_string(proof);

    g_set_error(error, TAMIS_PROOF_ERROR, TAMIS_PROOF_ERROR_REFUTED,
                "the script of '%s' would not do what its policy says: %s",
                tamis_policy_text(policy, tamis_policy_mailbox(policy, mailbox)->address.text),
                text);
    return FALSE;
}

static gboolean
prove_shape(Run *run, TamisProver *prover, guint32 shape, GError **error)
{
    guint32 mailbox = tamis_shapes_first(run->shapes, shape);
    TamisShapeProof *known = &g_array_index(run->proofs, TamisShapeProof, shape);
    g_autoptr(TamisArena) arena = tamis_arena_new();
    g_autoptr(TamisReport) report = tamis_report_new(run->compile->policy->sources);
    g_autoptr(GString) script = g_string_new(NULL);
    g_auto(TamisProof) proof = {TAMIS_PROOF_PROVED, NULL, NULL, NULL};
    TamisLowered lowered = {0};
    const TamisSieveScript *tree =
        tamis_lower_mailbox(run->context, mailbox, arena, report, &lowered);

    if (lowered.failed)
        return TRUE;
    tamis_sieve_print(tree, script);
    tamis_prover_check(prover, mailbox, script->str, script->len, lowered.good_until, &proof);
    if (proof.verdict == TAMIS_PROOF_REFUTED)
        return refute(run, mailbox, &proof, error);
    known->verdict = proof.verdict;
    known->reason = g_steal_pointer(&proof.reason);
    return TRUE;
}

static gboolean
work(gpointer data, guint worker, guint slot, guint32 batch, GError **error)
{
    Run *run = data;
    const TamisCompile *compile = run->compile;
    g_autoptr(TamisProver) prover =
        tamis_prover_new(compile->policy, compile->server, compile->as_of);
    guint32 first = batch * BATCH_SHAPES;
    guint32 end = MIN(first + BATCH_SHAPES, run->proofs->len);

    for (guint32 i = first; i < end; i++)
        if (!prove_shape(run, prover, i, error))
            return FALSE;
    return TRUE;
}

static void
clear_proof(gpointer data)
{
    g_free(((TamisShapeProof *)data)->reason);
}

GArray *
tamis_proofs_make(const TamisCompile *compile, const TamisLowerContext *context,
                  const TamisShapes *shapes, GError **error)
{
    g_autoptr(GArray) proofs = g_array_new(FALSE, TRUE, sizeof(TamisShapeProof));
    Run run = {compile, context, shapes, proofs};
    const TamisCrewTask task = {work, NULL, &run};
    guint32 n = tamis_shapes_count(shapes);
    guint32 n_batches = n / BATCH_SHAPES + (n % BATCH_SHAPES != 0);

    g_array_set_size(proofs, n);
    g_array_set_clear_func(proofs, clear_proof);
    if (!tamis_crew_run(&task, CLAMP(compile->n_jobs, 1, MAX(n_batches, 1)), n_batches,
                        compile->cancellable, error))
        return NULL;
    return g_steal_pointer(&proofs);
}
