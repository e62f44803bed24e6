/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One connection after the other: a server under test opens one, or waits for the next. */
#include "cli/engine/sink.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

/* Past these it listens no more, to a server that has gone mad. */
enum { MAX_LINE_BYTES = 1 << 20, MAX_MESSAGES = 10000, TIMEOUT_S = 60 };
#define MAX_MESSAGE_BYTES ((gsize)64 << 20)

struct TamisSink {
    GSocketListener *listener;
    GCancellable *cancellable;
    GThread *thread;
    guint16 port;
    GMutex lock;
    GPtrArray *messages; /* of TamisSinkMessage */
};

typedef struct {
    TamisSink *sink;
    GSocketConnection *connection;
    GDataInputStream *input;
    GOutputStream *output;
    char *sender;
    GPtrArray *recipients;
} Session;

static void
free_message(gpointer data)
{
    TamisSinkMessage *message = data;

    g_free(message->sender);
    g_free(message->recipient);
    g_string_free(message->message, TRUE);
    g_free(message);
}

static gboolean
say(Session *session, const char *line)
{
    return g_output_stream_write_all(session->output, line, strlen(line), NULL,
                                     session->sink->cancellable, NULL);
}

/* Without its CR LF; NULL: the other side has gone. */
static char *
read_line(Session *session)
{
    static const int yes = 1;
    gsize length = 0;
    char *line;

    /* A sender in small pieces waits for the last one to be acknowledged. */
    setsockopt(g_socket_get_fd(g_socket_connection_get_socket(session->connection)), IPPROTO_TCP,
               TCP_QUICKACK, &yes, sizeof yes);
    line = g_data_input_stream_read_line(session->input, &length, session->sink->cancellable, NULL);
    if (line != NULL && length > MAX_LINE_BYTES)
        g_clear_pointer(&line, g_free);
    return line;
}

/* What stands in the angle brackets. */
static char *
read_path(const char *line)
{
    const char *start = strchr(line, '<');
    const char *end = start != NULL ? strchr(start, '>') : NULL;

    return end != NULL ? g_strndup(start + 1, (gsize)(end - start - 1)) : g_strdup("");
}

static void
keep(Session *session, const GString *text)
{
    g_mutex_lock(&session->sink->lock);
    for (guint i = 0; i < session->recipients->len && session->sink->messages->len < MAX_MESSAGES;
         i++) {
        TamisSinkMessage *message = g_new0(TamisSinkMessage, 1);

        message->sender = g_strdup(session->sender);
        message->recipient = g_strdup(session->recipients->pdata[i]);
        message->message = g_string_new_len(text->str, (gssize)text->len);
        g_ptr_array_add(session->sink->messages, message);
    }
    g_mutex_unlock(&session->sink->lock);
}

static gboolean
read_message(Session *session)
{
    g_autoptr(GString) text = g_string_new(NULL);

    while (text->len < MAX_MESSAGE_BYTES) {
        g_autofree char *line = read_line(session);

        if (line == NULL)
            return FALSE;
        if (strcmp(line, ".") == 0) {
            keep(session, text);
            return say(session, "250 taken\r\n");
        }
        g_string_append(text, *line == '.' ? line + 1 : line);
        g_string_append(text, "\r\n");
    }
    return FALSE;
}

static gboolean
answer(Session *session, const char *line)
{
    if (g_ascii_strncasecmp(line, "EHLO", 4) == 0)
        return say(session, "250-sink.invalid\r\n250 8BITMIME\r\n");
    if (g_ascii_strncasecmp(line, "MAIL", 4) == 0) {
        g_free(session->sender);
        session->sender = read_path(line);
        g_ptr_array_set_size(session->recipients, 0);
    } else if (g_ascii_strncasecmp(line, "RCPT", 4) == 0) {
        g_ptr_array_add(session->recipients, read_path(line));
    } else if (g_ascii_strncasecmp(line, "DATA", 4) == 0) {
        return say(session, "354 go on\r\n") && read_message(session);
    } else if (g_ascii_strncasecmp(line, "QUIT", 4) == 0) {
        say(session, "221 bye\r\n");
        return FALSE;
    }
    return say(session, "250 ok\r\n");
}

static void
serve(TamisSink *sink, GSocketConnection *connection)
{
    g_autoptr(GDataInputStream) input =
        g_data_input_stream_new(g_io_stream_get_input_stream(G_IO_STREAM(connection)));
    g_autoptr(GPtrArray) recipients = g_ptr_array_new_with_free_func(g_free);
    Session session = {sink,  connection,
                       input, g_io_stream_get_output_stream(G_IO_STREAM(connection)),
                       NULL,  recipients};
    gboolean goes_on;

    g_socket_set_timeout(g_socket_connection_get_socket(connection), TIMEOUT_S);
    g_data_input_stream_set_newline_type(input, G_DATA_STREAM_NEWLINE_TYPE_CR_LF);
    goes_on = say(&session, "220 sink.invalid ESMTP\r\n");
    while (goes_on) {
        g_autofree char *line = read_line(&session);

        goes_on = line != NULL && answer(&session, line);
    }
    g_free(session.sender);
}

static gpointer
listen_on(gpointer data)
{
    TamisSink *sink = data;

    while (!g_cancellable_is_cancelled(sink->cancellable)) {
        g_autoptr(GSocketConnection) connection =
            g_socket_listener_accept(sink->listener, NULL, sink->cancellable, NULL);

        if (connection != NULL)
            serve(sink, connection);
    }
    return NULL;
}

TamisSink *
tamis_sink_new(GError **error)
{
    g_autoptr(GSocketListener) listener = g_socket_listener_new();
    g_autoptr(GSocketAddress) address = g_inet_socket_address_new_from_string("127.0.0.1", 0);
    g_autoptr(GSocketAddress) bound = NULL;
    TamisSink *sink;

    if (!g_socket_listener_add_address(listener, address, G_SOCKET_TYPE_STREAM,
                                       G_SOCKET_PROTOCOL_TCP, NULL, &bound, error))
        return NULL;
    sink = g_new0(TamisSink, 1);
    sink->listener = g_steal_pointer(&listener);
    sink->cancellable = g_cancellable_new();
    sink->port = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(bound));
    sink->messages = g_ptr_array_new_with_free_func(free_message);
    g_mutex_init(&sink->lock);
    sink->thread = g_thread_new("sink", listen_on, sink);
    return sink;
}

void
tamis_sink_free(TamisSink *sink)
{
    if (sink == NULL)
        return;
    g_cancellable_cancel(sink->cancellable);
    g_thread_join(sink->thread);
    g_object_unref(sink->listener);
    g_object_unref(sink->cancellable);
    g_ptr_array_unref(sink->messages);
    g_mutex_clear(&sink->lock);
    g_free(sink);
}

guint16
tamis_sink_get_port(const TamisSink *sink)
{
    return sink->port;
}

GPtrArray *
tamis_sink_take(TamisSink *sink)
{
    GPtrArray *taken;

    g_mutex_lock(&sink->lock);
    taken = g_steal_pointer(&sink->messages);
    sink->messages = g_ptr_array_new_with_free_func(free_message);
    g_mutex_unlock(&sink->lock);
    return taken;
}
