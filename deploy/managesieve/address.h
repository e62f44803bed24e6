/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where a server is: its name is looked up, and its addresses are tried, once for all connections of a run. */
#pragma once

#include "base/api.h"

#include <gio/gio.h>

/* Connects to where the host was reached last, or by its name where it was not or is there no more. timeout_s is
 * that of the socket, from then on. Any thread. Caller unrefs. NULL with error (of GIO). */
GSocketConnection *tamis_address_connect(const char *host, guint16 port, guint timeout_s,
                                         GCancellable *cancellable, GError **error);
