/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One thread for all sockets of the program. It is woken only where a deadline comes before the moment for which it
 * waits: an answer in time costs no system call. */
#include "deploy/managesieve/deadline.h"

struct TamisDeadline {
    GSocket *socket;
    gint64 at_us; /* 0: nobody waits */
    gboolean is_past;
};

static GMutex lock; /* of all that follows, and of every deadline */
static GCond changed;
static GPtrArray *deadlines; /* NULL: there is no thread yet */
static gint64 wakes_at_us;

/* Shuts down what is late. The next moment to look, or G_MAXINT64. */
static gint64
cut_late(gint64 now_us)
{
    gint64 next_us = G_MAXINT64;

    for (guint i = 0; i < deadlines->len; i++) {
        TamisDeadline *deadline = g_ptr_array_index(deadlines, i);

        if (deadline->at_us == 0)
            continue;
        if (deadline->at_us > now_us) {
            next_us = MIN(next_us, deadline->at_us);
            continue;
        }
        deadline->at_us = 0;
        deadline->is_past = TRUE;
        g_socket_shutdown(deadline->socket, TRUE, TRUE, NULL);
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
tamis_deadline_new(GSocket *socket)
{
    g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&lock);
    TamisDeadline *deadline = g_new0(TamisDeadline, 1);

    deadline->socket = g_object_ref(socket);
    if (deadlines == NULL) {
        deadlines = g_ptr_array_new();
        wakes_at_us = G_MAXINT64;
        g_thread_unref(g_thread_new("deadlines", watch, NULL));
    }
    g_ptr_array_add(deadlines, deadline);
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
    g_object_unref(deadline->socket);
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
