/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Hands one message to a server over LMTP (RFC 2033), on loopback. */
#pragma once

#include <gio/gio.h>

/* The server's answer to the message, or to what came before it where that was refused: *out_code 250 when it
 * has taken it, *out_text what it says. FALSE with error when there was none. */
gboolean tamis_lmtp_deliver(guint16 port, const char *sender, const char *recipient,
                            GBytes *message, guint *out_code, char **out_text, GError **error);
