/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Connections whose other end is in no hurry. */
#include "deploy/error.h"
#include "deploy/managesieve/transport.h"

#define MANY_BYTES ((gsize)64 << 20) /* more than any system keeps between two ends */

static GSocketListener *
listen_to(guint16 *out_port)
{
    GSocketListener *listener = g_socket_listener_new();
    g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV4);
    g_autoptr(GSocketAddress) any = g_inet_socket_address_new(loopback, 0);
    g_autoptr(GSocketAddress) where = NULL;
    gboolean listens = g_socket_listener_add_address(listener, any, G_SOCKET_TYPE_STREAM,
                                                     G_SOCKET_PROTOCOL_TCP, NULL, &where, NULL);

    g_assert_true(listens);
    *out_port = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(where));
    return listener;
}

/* A byte now and then, until the other end has gone. */
static gpointer
read_slowly(gpointer data)
{
    g_autoptr(GSocketConnection) connection = g_socket_listener_accept(data, NULL, NULL, NULL);
    GInputStream *input = g_io_stream_get_input_stream(G_IO_STREAM(connection));
    char byte;

    for (guint i = 0; i < 15 && g_input_stream_read(input, &byte, 1, NULL, NULL) == 1; i++)
        g_usleep(G_USEC_PER_SEC / 5);
    return NULL;
}

/* Whether the write ends in time, and says so. */
static void
expect_late(guint16 port)
{
    const TamisAccess access = {.timeout_s = 1};
    g_autoptr(GError) error = NULL;
    g_autoptr(TamisTransport) transport = tamis_transport_new("127.0.0.1", port, &access, &error);
    g_autofree char *bytes = g_malloc0(MANY_BYTES);
    gint64 started_us = g_get_monotonic_time();

    g_assert_no_error(error);
    g_assert_false(tamis_transport_write(transport, bytes, MANY_BYTES, &error));
    g_assert_error(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_UNREACHABLE);
    g_assert_cmpstr(error->message, ==, "'127.0.0.1' did not answer within 1 s");
    g_assert_cmpint(g_get_monotonic_time() - started_us, <, 20 * G_USEC_PER_SEC);
}

static void
test_a_server_that_never_reads(void)
{
    guint16 port;
    g_autoptr(GSocketListener) listener G_GNUC_UNUSED = listen_to(&port);

    expect_late(port);
}

static void
test_a_server_that_reads_a_byte_now_and_then(void)
{
    guint16 port;
    g_autoptr(GSocketListener) listener = listen_to(&port);
    GThread *server = g_thread_new("server", read_slowly, listener);

    expect_late(port);
    g_thread_join(server);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/transport/never-reads", test_a_server_that_never_reads);
    g_test_add_func("/transport/reads-slowly", test_a_server_that_reads_a_byte_now_and_then);
    return g_test_run();
}
