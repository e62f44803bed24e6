/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * LMTP, as much of it as one message to one recipient takes. */
#include "cli/engine/lmtp.h"

#include <string.h>

enum { TIMEOUT_S = 30 };

typedef struct {
    GDataInputStream *input;
    GOutputStream *output;
    guint code;
    char *text;
} Session;

/* Reads an answer to its last line. */
static gboolean
hear(Session *session, GError **error)
{
    for (;;) {
        g_autofree char *line = g_data_input_stream_read_line(session->input, NULL, NULL, error);

        if (line == NULL || strlen(line) < 3) {
            if (line != NULL || *error == NULL)
                g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED,
                            "the server ended an LMTP session without an answer");
            return FALSE;
        }
        if (line[3] == '-')
            continue;
        session->code = (guint)g_ascii_strtoull(line, NULL, 10);
        g_free(session->text);
        session->text = g_utf8_make_valid(line[3] != '\0' ? line + 4 : "", -1);
        return TRUE;
    }
}

static gboolean
ask(Session *session, GError **error, const char *format, const char *argument)
{
    const char *mark = strstr(format, "%s");
    g_autoptr(GString) line = g_string_new(NULL);

    if (mark != NULL) {
        g_string_append_len(line, format, mark - format);
        g_string_append(line, argument);
        g_string_append(line, mark + 2);
    } else {
        g_string_append(line, format);
    }
    g_string_append(line, "\r\n");
    return g_output_stream_write_all(session->output, line->str, line->len, NULL, NULL, error) &&
           hear(session, error);
}

/* With a dot before each line's first dot, and the line that ends it all. */
static gboolean
send_message(Session *session, GBytes *message, GError **error)
{
    gsize length = 0;
    const char *at = g_bytes_get_data(message, &length), *end = at + length;
    g_autoptr(GString) text = g_string_sized_new(length + 64);

    while (at < end) {
        const char *newline = memchr(at, '\n', (gsize)(end - at));
        const char *stop = newline != NULL ? newline + 1 : end;

        if (*at == '.')
            g_string_append_c(text, '.');
        g_string_append_len(text, at, stop - at);
        at = stop;
    }
    if (text->len < 2 || memcmp(text->str + text->len - 2, "\r\n", 2) != 0)
        g_string_append(text, "\r\n");
    g_string_append(text, ".\r\n");
    return g_output_stream_write_all(session->output, text->str, text->len, NULL, NULL, error) &&
           hear(session, error);
}

static gboolean
talk(Session *session, const char *sender, const char *recipient, GBytes *message, GError **error)
{
    if (!hear(session, error) || !ask(session, error, "LHLO localhost", NULL) ||
        !ask(session, error, "MAIL FROM:<%s>", sender))
        return FALSE;
    if (session->code != 250)
        return TRUE;
    if (!ask(session, error, "RCPT TO:<%s>", recipient))
        return FALSE;
    if (session->code != 250)
        return TRUE;
    if (!ask(session, error, "DATA", NULL))
        return FALSE;
    return session->code != 354 || send_message(session, message, error);
}

gboolean
tamis_lmtp_deliver(guint16 port, const char *sender, const char *recipient, GBytes *message,
                   guint *out_code, char **out_text, GError **error)
{
    g_autoptr(GSocketClient) client = g_socket_client_new();
    g_autoptr(GSocketConnection) connection = NULL;
    g_autoptr(GDataInputStream) input = NULL;
    Session session = {NULL};
    gboolean is_good;

    g_socket_client_set_timeout(client, TIMEOUT_S);
    connection = g_socket_client_connect_to_host(client, "127.0.0.1", port, NULL, error);
    if (connection == NULL)
        return FALSE;
    input = g_data_input_stream_new(g_io_stream_get_input_stream(G_IO_STREAM(connection)));
    g_data_input_stream_set_newline_type(input, G_DATA_STREAM_NEWLINE_TYPE_CR_LF);
    session = (Session){input, g_io_stream_get_output_stream(G_IO_STREAM(connection)), 0, NULL};
    is_good = talk(&session, sender, recipient, message, error);
    *out_code = session.code;
    *out_text = session.text;
    return is_good;
}
