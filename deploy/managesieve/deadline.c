/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One thread for all sockets of the program. It is woken only where a deadline comes before the moment for which it
 * waits: an answer in time costs no system call. A signal cannot wake it, so it looks for that now and then. */
#include "deploy/managesieve/deadline.h"

#define LOOK_EVERY_US ((gint64)100 * 1000)
#define GRACE_US      ((gint64)G_USEC_PER_SEC) /* for an answer that is on its way */

struct TamisDeadline {
    GSocket *socket;           /* or NULL */
    GCancellable *cancellable; /* or NULL */
    const volatile sig_atomic_t *interruption;
    gint64 at_us; /* 0: nobody waits */
    gboolean is_past;
};

static GMutex lock; /* of all that follows, and of every deadline */
static GCond changed;
static GPtrArray *deadlines; /* NULL: there is no thread yet */
static gint64 wakes_at_us;
static gint64 interrupted_at_us; /* 0: not seen yet */

static void
cut(TamisDeadline *deadline)
{
    deadline->at_us = 0;
    deadline->is_past = TRUE;
    if (deadline->socket != NULL)
        g_socket_shutdown(deadline->socket, TRUE, TRUE, NULL);
    if (deadline->cancellable != NULL)
        g_cancellable_cancel(deadline->cancellable);
}

/* When it is late now that someone may have pressed Ctrl-C. */
static gint64
get_end(const TamisDeadline *deadline, gint64 now_us)
{
    if (deadline->interruption == NULL || g_atomic_int_get(deadline->interruption) == 0)
        return deadline->at_us;
    if (interrupted_at_us == 0)
        interrupted_at_us = now_us;
    return MIN(deadline->at_us, interrupted_at_us + GRACE_US);
}

/* Shuts down what is late. The next moment to look, or G_MAXINT64. */
static gint64
cut_late(gint64 now_us)
{
    gint64 next_us = G_MAXINT64;

    for (guint i = 0; i < deadlines->len; i++) {
        TamisDeadline *deadline = g_ptr_array_index(deadlines, i);

        if (deadline->interruption != NULL)
            next_us = MIN(next_us, now_us + LOOK_EVERY_US);
        if (deadline->at_us == 0)
            continue;
        gint64 end_us = get_end(deadline, now_us);
        if (end_us <= now_us)
            cut(deadline);
        else
            next_us = MIN(next_us, end_us);
    }
    return next_us;
}

static gpointer
watch(gpointer unused G_GNUC_UNUSED)
{
    g_mutex_lock(&lock);
    for (;;) {
        wakes_at_us = cut_late(g_get_monotonic_time());
        if (wakes_at_us == G_MAXINT64)
            g_cond_wait(&changed, &lock);
        else
            g_cond_wait_until(&changed, &lock, wakes_at_us);
    }
    return NULL;
}

TamisDeadline *
tamis_deadline_new(GSocket *socket, GCancellable *cancellable,
                   const volatile sig_atomic_t *interruption)
{
    g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&lock);
    TamisDeadline *deadline = g_new0(TamisDeadline, 1);

    if (socket != NULL)
        deadline->socket = g_object_ref(socket);
    if (cancellable != NULL)
        deadline->cancellable = g_object_ref(cancellable);
    deadline->interruption = interruption;
    if (deadlines == NULL) {
        deadlines = g_ptr_array_new();
        wakes_at_us = G_MAXINT64;
        g_thread_unref(g_thread_new("deadlines", watch, NULL));
    }
    g_ptr_array_add(deadlines, deadline);
    if (interruption != NULL && wakes_at_us > g_get_monotonic_time() + LOOK_EVERY_US)
        g_cond_signal(&changed);
    return deadline;
}

void
tamis_deadline_free(TamisDeadline *deadline)
{
    if (deadline == NULL)
        return;
    g_mutex_lock(&lock);
    g_ptr_array_remove_fast(deadlines, deadline);
    g_mutex_unlock(&lock);
    g_clear_object(&deadline->socket);
    g_clear_object(&deadline->cancellable);
    g_free(deadline);
}

void
tamis_deadline_begin(TamisDeadline *deadline, gint64 at_us)
{
    g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&lock);

    deadline->at_us = at_us;
    if (at_us < wakes_at_us)
        g_cond_signal(&changed);
}

gboolean
tamis_deadline_end(TamisDeadline *deadline)
{
    g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&lock);

    deadline->at_us = 0;
    return !deadline->is_past;
}
