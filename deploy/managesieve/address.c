/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Names to addresses, remembered. Ten thousand mailboxes are ten thousand connections; a look-up for each, and
 * an attempt at an address where nobody listens (::1 of many a localhost), is a tenth of the work for them. */
#include "deploy/managesieve/address.h"

static GMutex lock; /* of what follows: where the last host was reached */
static char *last_host;
static guint16 last_port;
static GSocketAddress *last_address;

/* Caller unrefs. NULL: not known. */
static GSocketAddress *
recall(const char *host, guint16 port)
{
    g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&lock);

    if (last_address == NULL || last_port != port || g_strcmp0(last_host, host) != 0)
        return NULL;
    return g_object_ref(last_address);
}

/* Takes the address; NULL: it is there no more. */
static void
remember(const char *host, guint16 port, GSocketAddress *address)
{
    g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&lock);

    g_clear_object(&last_address);
    g_free(last_host);
    last_host = g_strdup(host);
    last_port = port;
    last_address = address;
}

static GSocketConnection *
connect_again(GSocketAddress *address, guint timeout_s, GCancellable *cancellable)
{
    g_autoptr(GSocket) socket = g_socket_new(g_socket_address_get_family(address),
                                             G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);

    if (socket == NULL)
        return NULL;
    g_socket_set_timeout(socket, timeout_s);
    if (!g_socket_connect(socket, address, cancellable, NULL))
        return NULL;
    return g_socket_connection_factory_create_connection(socket);
}

GSocketConnection *
tamis_address_connect(const char *host, guint16 port, guint timeout_s, GCancellable *cancellable,
                      GError **error)
{
    g_autoptr(GSocketAddress) known = recall(host, port);
    g_autoptr(GSocketClient) client = NULL;
    GSocketConnection *connection =
        known != NULL ? connect_again(known, timeout_s, cancellable) : NULL;

    if (connection != NULL)
        return connection;
    client = g_socket_client_new();
    g_socket_client_set_enable_proxy(client, FALSE);
    g_socket_client_set_timeout(client, timeout_s);
    connection = g_socket_client_connect_to_host(client, host, port, cancellable, error);
    remember(host, port,
             connection != NULL ? g_socket_connection_get_remote_address(connection, NULL) : NULL);
    return connection;
}
