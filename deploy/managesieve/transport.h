/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A connection to a server, plain or in TLS, that waits for nothing longer than it was told. Blocking, one
 * thread. Errors are TAMIS_DEPLOY_ERROR_UNREACHABLE or _TLS. */
#pragma once

#include "deploy/access.h"

#include <gio/gio.h>

typedef struct TamisTransport TamisTransport;

/* Connects. host also names the certificate that is asked for later. Lends access. */
TamisTransport *
tamis_transport_new(const char *host, guint16 port, const TamisAccess *access, GError **error);
void tamis_transport_free(TamisTransport *transport);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisTransport, tamis_transport_free)

/* Goes over to TLS; what had been read and not used is thrown away, for anyone may have put it there. */
gboolean tamis_transport_start_tls(TamisTransport *transport, GError **error);
/* Whether the other end is on this machine. */
gboolean tamis_transport_is_loopback(const TamisTransport *transport);
/* The channel binding's data in base64, or NULL where TLS has none of that type. Caller frees. */
char *tamis_transport_dup_binding(TamisTransport *transport, GTlsChannelBindingType type);

/* From now on all reading has to be over in time; each write and TLS's handshake have their own. */
void tamis_transport_set_deadline(TamisTransport *transport);
gboolean
tamis_transport_write(TamisTransport *transport, const char *bytes, gsize n_bytes, GError **error);
/* What is there: waits while there is nothing. Lent; FALSE with error at the end as well. */
gboolean tamis_transport_peek(TamisTransport *transport, const char **out_bytes, gsize *out_n,
                              GError **error);
/* n bytes of it were used. */
void tamis_transport_use(TamisTransport *transport, gsize n_bytes);
/* Waits until something comes, and throws away what has come, undeciphered: a socket that is closed with something
 * unread in it resets the connection. Nothing else can be done afterwards. */
void tamis_transport_drain(TamisTransport *transport, guint wait_ms);
/* Whether something was read and not used: an answer to nothing. */
gboolean tamis_transport_has_unused(const TamisTransport *transport);
