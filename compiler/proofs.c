/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Shapes are proved in batches, each with a prover of its own: what one prover has learned then depends on the
 * policy alone. */
#include "compiler/proofs.h"

#include "compiler/crew.h"
#include "compiler/lower-private.h"
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
refute(const TamisPolicy *policy, guint32 mailbox, const TamisProof *proof, GError **error)
{
    g_autofree char *text = tamis_proof_to_string(proof);

    g_set_error(error, TAMIS_PROOF_ERROR, TAMIS_PROOF_ERROR_REFUTED,
                "the script of '%s' would not do what its policy says: %s",
                tamis_policy_text(policy, tamis_policy_mailbox(policy, mailbox)->address.text),
                text);
    return FALSE;
}

/* Appends the script and proves it. FALSE without error: there is none. */
static gboolean
make_and_prove(const TamisLowerContext *context, TamisProver *prover, guint32 mailbox,
               GString *script, TamisReport *report, TamisShapeProof *out_proof, GError **error)
{
    g_autoptr(TamisArena) arena = tamis_arena_new();
    g_auto(TamisProof) proof = {TAMIS_PROOF_PROVED, NULL, NULL, NULL};
    gsize start = script->len;
    TamisLowered lowered = {0};
    const TamisSieveScript *tree = tamis_lower_mailbox(context, mailbox, arena, report, &lowered);

    if (lowered.failed)
        return FALSE;
    tamis_sieve_print(tree, script);
    tamis_prover_check(prover, mailbox, script->str + start, script->len - start,
                       lowered.good_until, &proof);
    if (proof.verdict == TAMIS_PROOF_REFUTED)
        return refute(context->policy, mailbox, &proof, error);
    *out_proof = (TamisShapeProof){proof.verdict, g_steal_pointer(&proof.reason)};
    return TRUE;
}

gboolean
tamis_proofs_compile_one(const TamisCompile *compile, guint32 mailbox, GString *script,
                         TamisReport *report, GError **error)
{
    g_autoptr(TamisLowerContext) context =
        tamis_lower_context_new(compile->policy, compile->server, compile->as_of);
    g_autoptr(TamisProver) prover =
        tamis_prover_new(compile->policy, compile->server, context->own_addresses, compile->as_of);
    TamisShapeProof proof = {TAMIS_PROOF_PROVED, NULL};
    gboolean went_well = make_and_prove(context, prover, mailbox, script, report, &proof, error);

    g_free(proof.reason);
    return went_well;
}

/* The first mailbox of a shape speaks for all. */
static gboolean
prove_shape(Run *run, TamisProver *prover, guint32 shape, GError **error)
{
    g_autoptr(TamisReport) report = tamis_report_new(run->compile->policy->sources);
    g_autoptr(GString) script = g_string_new(NULL);
    GError *refuted = NULL;

    make_and_prove(run->context, prover, tamis_shapes_first(run->shapes, shape), script, report,
                   &g_array_index(run->proofs, TamisShapeProof, shape), &refuted);
    if (refuted == NULL)
        return TRUE;
    g_propagate_error(error, refuted);
    return FALSE;
}

static gboolean
work(gpointer data, guint worker, guint slot, guint32 batch, GError **error)
{
    Run *run = data;
    const TamisCompile *compile = run->compile;
    g_autoptr(TamisProver) prover = tamis_prover_new(compile->policy, compile->server,
                                                     run->context->own_addresses, compile->as_of);
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
