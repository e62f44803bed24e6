/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a server that sends a byte now and then does not get round: a socket's own time-out counts from its last
 * byte, and TLS reads a whole record, or a whole handshake, before it gives anything back. And what a user who
 * presses Ctrl-C does not have to wait for. */
#pragma once

#include "base/api.h"

#include <gio/gio.h>
#include <signal.h>

typedef struct TamisDeadline TamisDeadline;

/* Of one socket, or of what a cancellable ends while there is no socket (the other is NULL). Once *interruption is not
 * 0 no deadline is later than a second from then (NULL: it never is). Any thread. */
TamisDeadline *tamis_deadline_new(GSocket *socket, GCancellable *cancellable,
                                  const volatile sig_atomic_t *interruption);
void tamis_deadline_free(TamisDeadline *deadline);

/* The socket is shut down, or the cancellable cancelled, when this moment (of g_get_monotonic_time) comes before the
 * end does. */
void tamis_deadline_begin(TamisDeadline *deadline, gint64 at_us);
/* Whether it was in time. */
gboolean tamis_deadline_end(TamisDeadline *deadline);
