/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The line from mailboxes to an output: lower, print, hash, describe for the manifest, put. A batch
 * of mailboxes goes down it in one thread; findings and manifest entries are joined in the order of
 * batches. */
#include "compiler/compile.h"

#include "compiler/crew.h"
#include "compiler/output-private.h"
#include "compiler/proofs.h"
#include "compiler/stencil.h"
#include "grammar/sieve/print.h"
#include "model/mailbox-shape.h"

/* Small enough that two threads end together, large enough that locks cost nothing. */
#define BATCH_MAILBOXES 128
/* A stencil costs as much as some scripts, and stays in memory. */
#define STENCIL_MAILBOXES 8

typedef struct {
    TamisArena *arena;
    GString *text;
    GString *file;
    TamisManifestEntries *entries;
} Worker;

/* A batch's results. */
typedef struct {
    TamisReport *report; /* NULL: no findings */
    GString *entries;
    TamisManifestTotals totals;
} Slot;

typedef struct {
    const TamisCompile *compile;
    TamisLowerContext *context;
    TamisOutput *output;
    TamisReport *report;
    Worker *workers;
    Slot *slots;
    const TamisShapes *shapes;
    GArray *proofs;     /* of TamisShapeProof by shape; NULL: nothing is written */
    gpointer *stencils; /* by shape: TamisStencil; NULL: not made yet; no_stencil; atomic */
    guint32 n_mailboxes;
    TamisManifestTotals totals;
    gint has_failed; /* atomic: a mailbox gets no script, so nothing more needs to be put */
} Run;

static const TamisManifestTotals NO_TOTALS = {.good_until = TAMIS_INSTANT_MAX};

static void
add_totals(TamisManifestTotals *totals, const TamisNeeds *needs, TamisInstant good_until)
{
    tamis_needs_add(&totals->needs, needs);
    totals->good_until = MIN(totals->good_until, good_until);
}

static gboolean
put_script(Run *run, guint worker_number, guint slot_number, const TamisLowered *lowered,
           guint32 mailbox, GError **error)
{
    const TamisPolicy *policy = run->compile->policy;
    Worker *worker = &run->workers[worker_number];
    Slot *slot = &run->slots[slot_number];
    struct sha256_ctx sha256;
    TamisNeeds needs = tamis_needs_of(lowered, worker->text->len);
    TamisScript script = {
        .mailbox = mailbox,
        .address = tamis_policy_text(policy, tamis_policy_mailbox(policy, mailbox)->address.key),
        .text = worker->text->str,
        .length_bytes = worker->text->len,
        .lowered = lowered,
        .undecided =
            g_array_index(run->proofs, TamisShapeProof, tamis_shapes_get(run->shapes, mailbox))
                .reason,
    };

    g_string_truncate(worker->file, 0);
    tamis_layout_append(run->output->layout, script.address, worker->file);
    script.file = worker->file->str;
    sha256_init(&sha256);
    sha256_update(&sha256, script.length_bytes, (const guint8 *)script.text);
    sha256_digest(&sha256, sizeof script.sha256, script.sha256);
    tamis_manifest_entries_append(worker->entries, &script, slot->entries);
    add_totals(&slot->totals, &needs, lowered->good_until);
    slot->totals.n_undecided += script.undecided != NULL;
    return run->output->class->put(run->output, worker_number, slot_number, &script, error);
}

/* Stands for the stencil of a shape that has none. */
static char no_stencil;

/* NULL: there is none. */
static const TamisStencil *
get_stencil(Run *run, guint32 mailbox)
{
    guint32 shape = tamis_shapes_get(run->shapes, mailbox);
    gpointer known = g_atomic_pointer_get(&run->stencils[shape]), made;

    if (known != NULL)
        return known == &no_stencil ? NULL : known;
    if (tamis_shapes_n_mailboxes(run->shapes, shape) < STENCIL_MAILBOXES)
        return NULL;
    made = tamis_stencil_new(run->context, mailbox);
    /* Another thread may have made one meanwhile: any is as good. */
    if (!g_atomic_pointer_compare_and_exchange(&run->stencils[shape], NULL,
                                               made != NULL ? made : &no_stencil)) {
        tamis_stencil_free(made);
        made = g_atomic_pointer_get(&run->stencils[shape]);
    }
    return made == &no_stencil ? NULL : made;
}

static gboolean
lower_and_print(Run *run, Worker *worker, guint32 mailbox, TamisReport *report,
                TamisLowered *lowered)
{
    const TamisSieveScript *script =
        tamis_lower_mailbox(run->context, mailbox, worker->arena, report, lowered);

    if (!lowered->failed)
        tamis_sieve_print(script, worker->text);
    tamis_arena_reset(worker->arena);
    return !lowered->failed;
}

static gboolean
compile_mailbox(Run *run, guint worker_number, guint slot_number, guint32 mailbox,
                TamisReport *report, GError **error)
{
    const TamisCompile *compile = run->compile;
    Worker *worker = &run->workers[worker_number];
    const TamisStencil *stencil = get_stencil(run, mailbox);
    TamisLowered lowered = {0};

    g_string_truncate(worker->text, 0);
    if (stencil != NULL && tamis_stencil_fill(stencil, mailbox, worker->text)) {
        lowered = *tamis_stencil_get_lowered(stencil);
    } else if (!lower_and_print(run, worker, mailbox, report, &lowered)) {
        g_atomic_int_set(&run->has_failed, 1);
        return TRUE;
    }
    tamis_check_script_size(compile->policy, compile->server, mailbox, worker->text->len, report);
    if (run->output == NULL || g_atomic_int_get(&run->has_failed))
        return TRUE;
    return put_script(run, worker_number, slot_number, &lowered, mailbox, error);
}

static gboolean
work(gpointer data, guint worker, guint slot_number, guint32 batch, GError **error)
{
    Run *run = data;
    Slot *slot = &run->slots[slot_number];
    guint32 first = batch * BATCH_MAILBOXES;
    guint32 end = MIN(first + BATCH_MAILBOXES, run->n_mailboxes);

    slot->totals = NO_TOTALS;
    g_string_truncate(slot->entries, 0);
    if (slot->report == NULL)
        slot->report = tamis_report_new(tamis_report_get_sources(run->report));
    for (guint32 i = first; i < end; i++) {
        if (!compile_mailbox(run, worker, slot_number, i, slot->report, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
hand_on(gpointer data, guint slot_number, guint32 batch, GError **error)
{
    Run *run = data;
    Slot *slot = &run->slots[slot_number];
    TamisOutput *output = run->output;

    if (tamis_report_count(slot->report) > 0) {
        tamis_report_merge(run->report, slot->report);
        g_clear_pointer(&slot->report, tamis_report_free);
    }
    add_totals(&run->totals, &slot->totals.needs, slot->totals.good_until);
    run->totals.n_undecided += slot->totals.n_undecided;
    if (output != NULL && !g_atomic_int_get(&run->has_failed)) {
        if (!tamis_manifest_writer_add(output->manifest, slot->entries, error))
            return FALSE;
        if (output->class->hand_on != NULL && !output->class->hand_on(output, slot_number, error))
            return FALSE;
    }
    if (run->compile->progress != NULL)
        run->compile->progress(MIN((batch + 1) * BATCH_MAILBOXES, run->n_mailboxes),
                               run->n_mailboxes, run->compile->progress_data);
    return TRUE;
}

static void
run_init(Run *run, guint n_workers, guint n_slots)
{
    run->workers = g_new0(Worker, n_workers);
    run->slots = g_new0(Slot, n_slots);
    run->stencils = g_new0(gpointer, MAX(tamis_shapes_count(run->shapes), 1));
    for (guint i = 0; i < n_workers; i++) {
        run->workers[i].arena = tamis_arena_new();
        run->workers[i].text = g_string_sized_new(4096);
        run->workers[i].file = g_string_new(NULL);
        run->workers[i].entries =
            tamis_manifest_entries_new(run->compile->policy, run->compile->server);
    }
    for (guint i = 0; i < n_slots; i++)
        run->slots[i].entries = g_string_new(NULL);
}

static void
run_clear(Run *run, guint n_workers, guint n_slots)
{
    for (guint i = 0; i < n_workers; i++) {
        tamis_arena_free(run->workers[i].arena);
        g_string_free(run->workers[i].text, TRUE);
        g_string_free(run->workers[i].file, TRUE);
        tamis_manifest_entries_free(run->workers[i].entries);
    }
    for (guint i = 0; i < n_slots; i++) {
        tamis_report_free(run->slots[i].report);
        g_string_free(run->slots[i].entries, TRUE);
    }
    for (guint32 i = 0; i < tamis_shapes_count(run->shapes); i++)
        if (run->stencils[i] != &no_stencil)
            tamis_stencil_free(run->stencils[i]);
    g_free(run->stencils);
    g_free(run->workers);
    g_free(run->slots);
}

/* What the output has to know of the policy before the first script: found out while that is proved. */
typedef struct {
    const TamisPolicy *policy;
    const TamisLayout *layout;
    GThread *thread; /* NULL: none was to be had */
    GError *error;
    char *inputs;
} Preparation;

static gpointer
prepare(gpointer data)
{
    Preparation *preparation = data;

    if (tamis_layout_check(preparation->layout, preparation->policy, &preparation->error))
        preparation->inputs = tamis_manifest_describe_inputs(preparation->policy->sources);
    return NULL;
}

static void
preparation_start(Preparation *preparation, guint n_jobs)
{
    if (n_jobs > 1)
        preparation->thread = g_thread_try_new("tamis-prepare", prepare, preparation, NULL);
    if (preparation->thread == NULL)
        prepare(preparation);
}

static gboolean
preparation_wait(Preparation *preparation, GError **error)
{
    if (preparation->thread != NULL)
        g_thread_join(g_steal_pointer(&preparation->thread));
    if (preparation->error == NULL)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&preparation->error));
    return FALSE;
}

static void
preparation_clear(Preparation *preparation)
{
    if (preparation->thread != NULL)
        g_thread_join(preparation->thread);
    g_clear_error(&preparation->error);
    g_free(preparation->inputs);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Preparation, preparation_clear)

static gboolean
begin_output(const Run *run, Preparation *preparation, guint n_workers, guint n_slots,
             GError **error)
{
    TamisOutput *output = run->output;

    return output == NULL ||
           (preparation_wait(preparation, error) &&
            output->class->begin(output, run->compile->policy, n_workers, n_slots, error) &&
            tamis_manifest_writer_begin(output->manifest, preparation->inputs, run->compile->server,
                                        error));
}

gboolean
tamis_compile_all(const TamisCompile *compile, TamisOutput *output, TamisReport *report,
                  GError **error)
{
    guint n_workers = CLAMP(compile->n_jobs, 1, TAMIS_COMPILE_MAX_JOBS);
    guint n_slots = tamis_crew_n_slots(n_workers);
    g_auto(Preparation) preparation = {compile->policy, output != NULL ? output->layout : NULL};
    g_autoptr(TamisLowerContext) context =
        tamis_lower_context_new(compile->policy, compile->server, compile->as_of);
    g_autoptr(TamisShapes) own_shapes = NULL;
    g_autoptr(GArray) proofs = NULL;
    Run run = {.compile = compile,
               .context = context,
               .output = output,
               .report = report,
               .shapes = compile->shapes,
               .n_mailboxes = compile->policy->mailboxes->len,
               .totals = NO_TOTALS};
    guint32 n_batches =
        run.n_mailboxes / BATCH_MAILBOXES + (run.n_mailboxes % BATCH_MAILBOXES != 0);
    TamisCrewTask task = {work, hand_on, &run};
    gboolean went_well;

    n_workers = MIN(n_workers, MAX(n_batches, 1));
    if (output != NULL)
        preparation_start(&preparation, n_workers);
    if (run.shapes == NULL)
        run.shapes = own_shapes = tamis_shapes_new(compile->policy);
    if (output != NULL)
        run.proofs = proofs = tamis_proofs_make(compile, context, run.shapes, error);
    if ((output != NULL && proofs == NULL) ||
        !begin_output(&run, &preparation, n_workers, n_slots, error))
        return FALSE;
    run_init(&run, n_workers, n_slots);
    went_well = tamis_crew_run(&task, n_workers, n_batches, compile->cancellable, error);
    run_clear(&run, n_workers, n_slots);
    if (!went_well)
        return FALSE;
    if (output == NULL || run.has_failed)
        return TRUE;
    output->needs = run.totals.needs;
    output->is_complete = tamis_manifest_writer_end(
        output->manifest, compile->policy, compile->server, &run.totals, compile->as_of,
        output->keeps_as_of, &output->manifest_change, error);
    return output->is_complete;
}

gboolean
tamis_compile_one(const TamisCompile *compile, guint32 mailbox, GString *script,
                  TamisReport *report)
{
    g_autoptr(TamisLowerContext) context =
        tamis_lower_context_new(compile->policy, compile->server, compile->as_of);
    g_autoptr(TamisArena) arena = tamis_arena_new();
    TamisLowered lowered = {0};
    const TamisSieveScript *tree = tamis_lower_mailbox(context, mailbox, arena, report, &lowered);
    gsize start = script->len;

    if (lowered.failed)
        return FALSE;
    tamis_sieve_print(tree, script);
    tamis_check_script_size(compile->policy, compile->server, mailbox, script->len - start, report);
    return TRUE;
}
