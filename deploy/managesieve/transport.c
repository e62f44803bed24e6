/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Sockets and TLS, by GIO. A server's certificate has to be for its name, in its time, and from an
 * authority that is known; or it is the very one whose fingerprint was given. */
#include "deploy/managesieve/transport.h"

#include "deploy/error.h"
#include "deploy/managesieve/address.h"
#include "deploy/managesieve/deadline.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#define BUFFER_BYTES    ((gsize)16 << 10)
#define MAX_DRAIN_READS 4

struct TamisTransport {
    const TamisAccess *access;
    char *host;
    guint16 port;
    GSocketConnection *connection;
    GIOStream *tls;            /* NULL: plain */
    GTlsDatabase *authorities; /* NULL: not read yet */
    gint64 deadline_us;
    TamisDeadline *deadline;
    char *complaint; /* what is wrong with the certificate */
    gsize start, end;
    char buffer[BUFFER_BYTES];
};

/* Time ------------------------------------------------------------------------------------------ */

static guint
timeout_s(const TamisAccess *access)
{
    return access->timeout_s != 0 ? access->timeout_s : TAMIS_ACCESS_TIMEOUT_S;
}

static gint64
deadline_from_now(const TamisAccess *access)
{
    return g_get_monotonic_time() + (gint64)timeout_s(access) * G_USEC_PER_SEC;
}

void
tamis_transport_set_deadline(TamisTransport *transport)
{
    transport->deadline_us = deadline_from_now(transport->access);
}

static gboolean
fail_broken(const TamisTransport *transport, const GError *reason, GError **error)
{
    g_set_error(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_UNREACHABLE,
                "the connection to '%s' broke: %s", transport->host, reason->message);
    return FALSE;
}

/* FALSE always. */
static gboolean
say_late(const char *host, const TamisAccess *access, GError **error)
{
    if (access->interruption != NULL && g_atomic_int_get(access->interruption) != 0)
        g_set_error(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_UNREACHABLE,
                    "interrupted before '%s' answered", host);
    else
        g_set_error(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_UNREACHABLE,
                    "'%s' did not answer within %u s", host, timeout_s(access));
    return FALSE;
}

static gboolean
fail_late(const TamisTransport *transport, GError **error)
{
    return say_late(transport->host, transport->access, error);
}

/* Connecting ------------------------------------------------------------------------------------ */

/* Looking up the name is part of it. NULL with error. */
static GSocketConnection *
connect_in_time(const char *host, guint16 port, const TamisAccess *access, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    TamisDeadline *deadline = tamis_deadline_new(NULL, cancellable, access->interruption);
    GSocketConnection *connection;

    tamis_deadline_begin(deadline, deadline_from_now(access));
    connection = tamis_address_connect(host, port, timeout_s(access), cancellable, &local);
    gboolean in_time = tamis_deadline_end(deadline);
    tamis_deadline_free(deadline);
    if (connection != NULL)
        return connection;
    if (!in_time)
        say_late(host, access, error);
    else
        g_set_error(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_UNREACHABLE,
                    "cannot connect to '%s' port %u: %s", host, port, local->message);
    return NULL;
}

TamisTransport *
tamis_transport_new(const char *host, guint16 port, const TamisAccess *access, GError **error)
{
    g_autoptr(GSocketConnection) connection = connect_in_time(host, port, access, error);
    TamisTransport *transport;

    if (connection == NULL)
        return NULL;
    g_socket_set_option(g_socket_connection_get_socket(connection), IPPROTO_TCP, TCP_NODELAY, TRUE,
                        NULL);
    transport = g_new0(TamisTransport, 1);
    transport->access = access;
    transport->host = g_strdup(host);
    transport->port = port;
    transport->connection = g_steal_pointer(&connection);
    transport->deadline = tamis_deadline_new(g_socket_connection_get_socket(transport->connection),
                                             NULL, access->interruption);
    tamis_transport_set_deadline(transport);
    return transport;
}

void
tamis_transport_free(TamisTransport *transport)
{
    if (transport == NULL)
        return;
    /* Without TLS's good-bye, which may wait: the socket is closed by the last reference. */
    tamis_deadline_free(transport->deadline);
    g_clear_object(&transport->tls);
    g_clear_object(&transport->connection);
    g_clear_object(&transport->authorities);
    g_free(transport->complaint);
    g_free(transport->host);
    tamis_wipe(transport->buffer, sizeof transport->buffer);
    g_free(transport);
}

gboolean
tamis_transport_is_loopback(const TamisTransport *transport)
{
    g_autoptr(GSocketAddress) address =
        g_socket_connection_get_remote_address(transport->connection, NULL);

    return G_IS_INET_SOCKET_ADDRESS(address) &&
           g_inet_address_get_is_loopback(
               g_inet_socket_address_get_address(G_INET_SOCKET_ADDRESS(address)));
}

/* TLS ------------------------------------------------------------------------------------------- */

static char *
fingerprint(GTlsCertificate *certificate)
{
    g_autoptr(GByteArray) der = NULL;

    g_object_get(certificate, "certificate", &der, NULL);
    return g_compute_checksum_for_data(G_CHECKSUM_SHA256, der->data, der->len);
}

static void
complain(TamisTransport *transport, GTlsCertificate *certificate, GTlsCertificateFlags flags)
{
    static const struct {
        GTlsCertificateFlags flag;
        const char *text;
    } faults[] = {
        {G_TLS_CERTIFICATE_BAD_IDENTITY, "is for another host"},
        {G_TLS_CERTIFICATE_EXPIRED, "has expired"},
        {G_TLS_CERTIFICATE_NOT_ACTIVATED, "is not valid yet"},
        {G_TLS_CERTIFICATE_REVOKED, "was revoked"},
        {G_TLS_CERTIFICATE_INSECURE, "uses an algorithm that is no longer safe"},
        {G_TLS_CERTIFICATE_UNKNOWN_CA, "is from no authority that is known here"},
    };
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *print = fingerprint(certificate);

    for (gsize i = 0; i < G_N_ELEMENTS(faults); i++)
        if (flags & faults[i].flag)
            g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "", faults[i].text);
    if (text->len == 0)
        g_string_append(text, "is not valid");
    g_string_append_printf(text, " (its SHA-256 is %s)", print);
    g_free(transport->complaint);
    transport->complaint = g_string_free(g_steal_pointer(&text), FALSE);
}

/* What is wrong with the certificate: its name, its time, its authority. */
static GTlsCertificateFlags
find_faults(const TamisTransport *transport, GTlsCertificate *certificate)
{
    g_autoptr(GSocketConnectable) identity =
        g_network_address_new(transport->host, transport->port);
    g_autoptr(GError) error = NULL;
    GTlsCertificateFlags flags = g_tls_database_verify_chain(
        transport->authorities, certificate, G_TLS_DATABASE_PURPOSE_AUTHENTICATE_SERVER, identity,
        NULL, G_TLS_DATABASE_VERIFY_NONE, NULL, &error);

    return error != NULL ? G_TLS_CERTIFICATE_GENERIC_ERROR : flags;
}

/* Asked about every certificate, for GIO itself is given no authorities. */
static gboolean
accept_certificate(GTlsConnection *connection, GTlsCertificate *certificate,
                   GTlsCertificateFlags unused, gpointer data)
{
    TamisTransport *transport = data;
    g_autofree char *print = NULL;

    if (transport->access->pin == NULL) {
        GTlsCertificateFlags flags = find_faults(transport, certificate);
        if (flags == 0 || (transport->access->insecure && tamis_transport_is_loopback(transport)))
            return TRUE;
        complain(transport, certificate, flags);
        return FALSE;
    }
    print = fingerprint(certificate);
    if (g_str_equal(print, transport->access->pin))
        return TRUE;
    g_free(transport->complaint);
    transport->complaint = g_strdup_printf("is not the pinned one: its SHA-256 is %s", print);
    return FALSE;
}

static gboolean
fail_tls(const TamisTransport *transport, const GError *reason, GError **error)
{
    if (transport->complaint != NULL) {
        g_set_error(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_TLS, "the certificate of '%s' %s",
                    transport->host, transport->complaint);
        return FALSE;
    }
    /* A line that breaks is no reason to give up; one that cannot be trusted is. */
    gboolean broke =
        reason->domain == G_IO_ERROR || g_error_matches(reason, G_TLS_ERROR, G_TLS_ERROR_EOF);
    g_set_error(error, TAMIS_DEPLOY_ERROR,
                broke ? TAMIS_DEPLOY_ERROR_UNREACHABLE : TAMIS_DEPLOY_ERROR_TLS,
                "no TLS with '%s': %s", transport->host, reason->message);
    return FALSE;
}

/* Read once, whatever the number of connections: the system's are a hundred and more, and parsing them takes
 * longer than an upload. (Given to a connection they would be read again for each.) Caller unrefs. NULL with
 * error. */
static GTlsDatabase *
get_authorities(const char *ca_file, GError **error)
{
    static GMutex lock;
    static GTlsDatabase *last;
    static char *last_file;
    g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&lock);
    g_autoptr(GError) local = NULL;

    if (last != NULL && g_strcmp0(last_file, ca_file) == 0)
        return g_object_ref(last);
    g_clear_object(&last);
    g_free(last_file);
    last_file = g_strdup(ca_file);
    last = ca_file != NULL ? g_tls_file_database_new(ca_file, &local)
                           : g_tls_backend_get_default_database(g_tls_backend_get_default());
    if (last != NULL)
        return g_object_ref(last);
    g_set_error(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_TLS,
                "cannot read the authorities%s%s: %s", ca_file != NULL ? " in " : "",
                ca_file != NULL ? ca_file : "", local != NULL ? local->message : "there are none");
    return NULL;
}

static GIOStream *
new_tls(TamisTransport *transport, GError **error)
{
    const TamisAccess *access = transport->access;
    g_autoptr(GSocketConnectable) identity =
        g_network_address_new(transport->host, transport->port);
    g_autoptr(GError) local = NULL;
    g_autoptr(GTlsCertificate) own = NULL;
    GIOStream *tls;

    if (transport->authorities == NULL)
        transport->authorities = get_authorities(access->ca_file, error);
    if (transport->authorities == NULL)
        return NULL;
    if (access->client_certificate != NULL) {
        own = g_tls_certificate_new_from_file(access->client_certificate, &local);
        if (own == NULL) {
            g_set_error(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_TLS,
                        "cannot read the certificate in '%s': %s", access->client_certificate,
                        local->message);
            return NULL;
        }
    }
    tls = g_initable_new(g_tls_backend_get_client_connection_type(g_tls_backend_get_default()),
                         NULL, &local, "base-io-stream", transport->connection, "server-identity",
                         identity, "database", NULL, "certificate", own, NULL);
    if (tls == NULL) {
        fail_tls(transport, local, error);
        return NULL;
    }
    g_signal_connect(tls, "accept-certificate", G_CALLBACK(accept_certificate), transport);
    return tls;
}

/* Once more, for sessions that TLS took up again without sending the certificate. */
static gboolean
check_pin(TamisTransport *transport, GTlsConnection *tls, GError **error)
{
    g_autofree char *print = NULL;

    if (transport->access->pin == NULL)
        return TRUE;
    print = fingerprint(g_tls_connection_get_peer_certificate(tls));
    if (g_str_equal(print, transport->access->pin))
        return TRUE;
    g_set_error(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_TLS,
                "the certificate of '%s' is not the pinned one: its SHA-256 is %s", transport->host,
                print);
    return FALSE;
}

gboolean
tamis_transport_start_tls(TamisTransport *transport, GError **error)
{
    g_autoptr(GIOStream) stream = NULL;
    g_autoptr(GError) local = NULL;

    transport->start = transport->end = 0;
    stream = new_tls(transport, error);
    if (stream == NULL)
        return FALSE;
    tamis_transport_set_deadline(transport);
    tamis_deadline_begin(transport->deadline, transport->deadline_us);
    gboolean went_well = g_tls_connection_handshake(G_TLS_CONNECTION(stream), NULL, &local);
    if (!tamis_deadline_end(transport->deadline))
        return fail_late(transport, error);
    if (!went_well)
        return fail_tls(transport, local, error);
    if (!check_pin(transport, G_TLS_CONNECTION(stream), error))
        return FALSE;
    transport->tls = g_steal_pointer(&stream);
    return TRUE;
}

char *
tamis_transport_dup_binding(TamisTransport *transport, GTlsChannelBindingType type)
{
    g_autoptr(GByteArray) data = g_byte_array_new();

    if (transport->tls == NULL || !g_tls_connection_get_channel_binding_data(
                                      G_TLS_CONNECTION(transport->tls), type, data, NULL))
        return NULL;
    return g_base64_encode(data->data, data->len);
}

/* Bytes ----------------------------------------------------------------------------------------- */

static GIOStream *
stream_of(const TamisTransport *transport)
{
    return transport->tls != NULL ? transport->tls : G_IO_STREAM(transport->connection);
}

gboolean
tamis_transport_write(TamisTransport *transport, const char *bytes, gsize n_bytes, GError **error)
{
    g_autoptr(GError) local = NULL;

    tamis_transport_set_deadline(transport);
    tamis_deadline_begin(transport->deadline, transport->deadline_us);
    gboolean went_well = g_output_stream_write_all(
        g_io_stream_get_output_stream(stream_of(transport)), bytes, n_bytes, NULL, NULL, &local);
    if (!tamis_deadline_end(transport->deadline))
        return fail_late(transport, error);
    if (went_well)
        return TRUE;
    if (g_error_matches(local, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
        return fail_late(transport, error);
    return fail_broken(transport, local, error);
}

gboolean
tamis_transport_peek(TamisTransport *transport, const char **out_bytes, gsize *out_n,
                     GError **error)
{
    g_autoptr(GError) local = NULL;

    if (transport->start == transport->end) {
        tamis_deadline_begin(transport->deadline, transport->deadline_us);
        gssize n = g_input_stream_read(g_io_stream_get_input_stream(stream_of(transport)),
                                       transport->buffer, sizeof transport->buffer, NULL, &local);
        if (!tamis_deadline_end(transport->deadline) ||
            g_error_matches(local, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
            return fail_late(transport, error);
        if (n < 0)
            return fail_broken(transport, local, error);
        if (n == 0) {
            g_set_error(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_UNREACHABLE,
                        "'%s' closed the connection", transport->host);
            return FALSE;
        }
        transport->start = 0;
        transport->end = (gsize)n;
    }
    *out_bytes = transport->buffer + transport->start;
    *out_n = transport->end - transport->start;
    return TRUE;
}

void
tamis_transport_use(TamisTransport *transport, gsize n_bytes)
{
    transport->start += n_bytes;
}

void
tamis_transport_drain(TamisTransport *transport, guint wait_ms)
{
    GSocket *socket = g_socket_connection_get_socket(transport->connection);

    transport->start = transport->end = 0;
    if (!g_socket_condition_timed_wait(socket, G_IO_IN, (gint64)wait_ms * 1000, NULL, NULL))
        return;
    for (guint i = 0; i < MAX_DRAIN_READS; i++)
        if (g_socket_receive_with_blocking(socket, transport->buffer, sizeof transport->buffer,
                                           FALSE, NULL, NULL) <= 0)
            return;
}

gboolean
tamis_transport_has_unused(const TamisTransport *transport)
{
    return transport->start != transport->end;
}
