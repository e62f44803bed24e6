/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A ring of slots under one lock. Whoever finishes the batch that is next in order hands it on,
 * with all that were waiting for it; the others go on working. */
#include "compiler/crew.h"

#define SLOTS_A_WORKER 4

typedef enum { SLOT_FREE, SLOT_DONE, SLOT_FAILED } SlotState;

typedef struct {
    const TamisCrewTask *task;
    GCancellable *cancellable;
    guint32 n_batches;
    guint n_slots;
    GMutex lock;
    GCond moved; /* a slot became free, or the run is over */
    SlotState *slots;
    GError **errors; /* by slot */
    guint32 next;    /* batch that nobody has taken */
    guint32 turn;    /* batch that is to be handed on next */
    gboolean handing_on;
    gboolean stopped;
    GError *error;
} Crew;

typedef struct {
    Crew *crew;
    guint worker;
} Member;

guint
tamis_crew_n_slots(guint n_workers)
{
    return n_workers * SLOTS_A_WORKER;
}

/* Called and returns with the lock held. Takes the error; the first one counts. */
static void
stop(Crew *crew, GError *error)
{
    if (crew->stopped) {
        g_clear_error(&error);
        return;
    }
    crew->stopped = TRUE;
    crew->error = error;
    g_cond_broadcast(&crew->moved);
}

/* Called and returns with the lock held. */
static void
hand_on_in_order(Crew *crew)
{
    if (crew->handing_on)
        return;
    crew->handing_on = TRUE;
    while (!crew->stopped && crew->turn < crew->n_batches) {
        guint slot = crew->turn % crew->n_slots;
        g_autoptr(GError) error = NULL;

        if (crew->slots[slot] == SLOT_FREE)
            break;
        if (crew->slots[slot] == SLOT_FAILED) {
            stop(crew, g_steal_pointer(&crew->errors[slot]));
            break;
        }
        if (crew->task->hand_on != NULL) {
            gboolean went_well;

            g_mutex_unlock(&crew->lock);
            went_well = crew->task->hand_on(crew->task->data, slot, crew->turn, &error);
            g_mutex_lock(&crew->lock);
            if (!went_well) {
                stop(crew, g_steal_pointer(&error));
                break;
            }
        }
        crew->slots[slot] = SLOT_FREE;
        crew->turn++;
        g_cond_broadcast(&crew->moved);
    }
    crew->handing_on = FALSE;
}

/* Called and returns with the lock held. Whether there is a batch to work on. */
static gboolean
take_batch(Crew *crew, guint32 *out_batch)
{
    g_autoptr(GError) error = NULL;

    while (!crew->stopped && crew->next < crew->n_batches &&
           crew->next - crew->turn >= crew->n_slots)
        g_cond_wait(&crew->moved, &crew->lock);
    if (crew->stopped || crew->next >= crew->n_batches)
        return FALSE;
    if (g_cancellable_set_error_if_cancelled(crew->cancellable, &error)) {
        stop(crew, g_steal_pointer(&error));
        return FALSE;
    }
    *out_batch = crew->next++;
    return TRUE;
}

static gpointer
work(gpointer data)
{
    Member *member = data;
    Crew *crew = member->crew;
    guint32 batch;

    g_mutex_lock(&crew->lock);
    while (take_batch(crew, &batch)) {
        guint slot = batch % crew->n_slots;
        gboolean went_well;

        g_mutex_unlock(&crew->lock);
        went_well =
            crew->task->work(crew->task->data, member->worker, slot, batch, &crew->errors[slot]);
        g_mutex_lock(&crew->lock);
        crew->slots[slot] = went_well ? SLOT_DONE : SLOT_FAILED;
        /* What comes after a failing batch is of no use; those before it still decide which error
         * it is. */
        if (!went_well)
            crew->n_batches = MIN(crew->n_batches, batch + 1);
        hand_on_in_order(crew);
    }
    g_mutex_unlock(&crew->lock);
    return NULL;
}

gboolean
tamis_crew_run(const TamisCrewTask *task, guint n_workers, guint32 n_batches,
               GCancellable *cancellable, GError **error)
{
    Crew crew = {.task = task, .cancellable = cancellable, .n_batches = n_batches};
    g_autofree Member *members = g_new(Member, n_workers);
    g_autofree GThread **threads = g_new0(GThread *, n_workers);

    g_assert(n_workers > 0);
    crew.n_slots = tamis_crew_n_slots(n_workers);
    crew.slots = g_new0(SlotState, crew.n_slots);
    crew.errors = g_new0(GError *, crew.n_slots);
    g_mutex_init(&crew.lock);
    g_cond_init(&crew.moved);
    for (guint i = 0; i < n_workers; i++)
        members[i] = (Member){&crew, i};
    /* Where the system gives no more threads, those that there are do the work. */
    for (guint i = 1; i < n_workers; i++)
        threads[i] = g_thread_try_new("tamis-crew", work, &members[i], NULL);
    work(&members[0]);
    for (guint i = 1; i < n_workers; i++) {
        if (threads[i] != NULL)
            g_thread_join(threads[i]);
    }
    for (guint i = 0; i < crew.n_slots; i++)
        g_clear_error(&crew.errors[i]);
    g_free(crew.errors);
    g_free(crew.slots);
    g_cond_clear(&crew.moved);
    g_mutex_clear(&crew.lock);
    if (crew.error == NULL)
        return TRUE;
    g_propagate_error(error, crew.error);
    return FALSE;
}
