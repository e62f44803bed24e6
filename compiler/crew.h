/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Work that is done in batches by several threads and handed on in order: what comes out is the
 * same whatever the number of threads. */
#pragma once

#include "base/api.h"

#include <gio/gio.h>

/* A batch waits in a slot between being worked on and being handed on. Memory of a slot is free for
 * the next batch once hand_on has returned. */
typedef struct {
    /* Called in any thread and in any order; worker is that thread's number. */
    gboolean (*work)(gpointer data, guint worker, guint slot, guint32 batch, GError **error);
    /* Called in any thread, one at a time and in the order of batches. NULL: nothing to hand on. */
    gboolean (*hand_on)(gpointer data, guint slot, guint32 batch, GError **error);
    gpointer data;
} TamisCrewTask;

/* How many slots a crew of that many threads uses. */
guint tamis_crew_n_slots(guint n_workers);

/* Returns when all batches were handed on; or when one failed or it was cancelled: then error is
 * that of the first failing batch, no batch behind it was handed on, and the other threads have
 * ended. */
gboolean tamis_crew_run(const TamisCrewTask *task, guint n_workers, guint32 n_batches,
                        GCancellable *cancellable, GError **error);
