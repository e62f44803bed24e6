/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Fields that the test names first, then those of its file that it does not name, then the body. */
#include "compiler/test-message.h"

#include "model/message-text.h"

#include <string.h>

typedef struct {
    const TamisPolicy *policy;
    const TamisTestMessage *written;
    GString *text;
    GHashTable *named; /* fields that the test names, lower case */
} Making;

static const char *
text_of(const Making *making, TamisString string)
{
    return tamis_policy_text(making->policy, string);
}

static void
add_field(Making *making, const char *name, const char *value)
{
    g_hash_table_add(making->named, g_ascii_strdown(name, -1));
    tamis_message_text_add_header(making->text, name, value);
}

static void
add_if_said(Making *making, const char *name, gboolean is_said, TamisString value)
{
    if (is_said)
        add_field(making, name, text_of(making, value));
}

static void
add_named_fields(Making *making)
{
    const TamisTestMessage *written = making->written;

    add_if_said(making, "From", written->has_from, written->from);
    add_if_said(making, "To", written->has_to, written->to);
    add_if_said(making, "Cc", written->has_cc, written->cc);
    add_if_said(making, "Subject", written->has_subject, written->subject);
    for (guint32 i = 0; i < written->headers.n; i++) {
        const TamisMessageHeader *header = &g_array_index(
            making->policy->message_headers, TamisMessageHeader, written->headers.first + i);

        add_field(making, text_of(making, header->name), text_of(making, header->value));
    }
}

static void
add_default(Making *making, const char *name, const char *value)
{
    g_autofree char *lower = g_ascii_strdown(name, -1);

    if (!g_hash_table_contains(making->named, lower))
        add_field(making, name, value);
}

/* A body of other than ASCII says in what charset it is. */
static void
add_body(Making *making)
{
    const char *body = making->written->body != 0 ? text_of(making, making->written->body) : "";

    if (!g_str_is_ascii(body)) {
        add_default(making, "MIME-Version", "1.0");
        add_default(making, "Content-Type", "text/plain; charset=utf-8");
        add_default(making, "Content-Transfer-Encoding", "8bit");
    }
    tamis_message_text_add_body(making->text, body, strlen(body));
}

/* The file -------------------------------------------------------------------------------------- */

static const char *
next_line(const char *line, const char *end)
{
    const char *newline = memchr(line, '\n', (gsize)(end - line));

    return newline != NULL ? newline + 1 : end;
}

/* A line without anything ends the header. */
static gboolean
is_empty_line(const char *line, const char *end)
{
    return line < end && (*line == '\n' || (*line == '\r' && line + 1 < end && line[1] == '\n'));
}

static gboolean
is_named(const Making *making, const char *line, const char *end)
{
    const char *colon = memchr(line, ':', (gsize)(end - line));
    g_autofree char *name = colon != NULL ? g_ascii_strdown(line, colon - line) : NULL;

    return name != NULL && g_hash_table_contains(making->named, g_strchomp(name));
}

/* What the test says itself stands for what the file says. */
static void
add_file(Making *making, const char *contents, gsize length_bytes)
{
    const char *line = contents, *end = contents + length_bytes;

    if (length_bytes >= 5 && memcmp(line, "From ", 5) == 0) /* an mbox separator */
        line = next_line(line, end);
    while (line < end && !is_empty_line(line, end)) {
        const char *stop = next_line(line, end);

        while (stop < end && (*stop == ' ' || *stop == '\t'))
            stop = next_line(stop, end);
        if (!is_named(making, line, stop))
            tamis_message_text_add_lines(making->text, line, (gsize)(stop - line));
        line = stop;
    }
    if (making->written->has_body)
        add_body(making);
    else
        tamis_message_text_add_lines(making->text, line, (gsize)(end - line));
}

static gboolean
load_file(Making *making, GError **error)
{
    const char *path = text_of(making, making->written->file);
    g_autoptr(GBytes) bytes = tamis_message_read_file(path, error);
    gsize length = 0;
    const char *contents = bytes != NULL ? g_bytes_get_data(bytes, &length) : NULL;

    if (bytes == NULL)
        return FALSE;
    add_file(making, contents != NULL ? contents : "", length);
    return TRUE;
}

/* The whole ------------------------------------------------------------------------------------- */

/* The sender of the message, its domain as an A-label, or the outsider. */
static char *
sender_of(TamisMessage *message)
{
    guint n = 0;
    const TamisMailAddress *addresses = tamis_message_get_addresses(message, "from", &n);
    g_autofree char *domain =
        n > 0 && addresses[0].is_valid ? g_hostname_to_ascii(addresses[0].domain) : NULL;

    return domain != NULL ? g_strdup_printf("%s@%s", addresses[0].local, domain)
                          : g_strdup(TAMIS_TEST_OUTSIDER);
}

static TamisTestDelivery *
finish(Making *making, TamisInstant as_of)
{
    const TamisTestMessage *written = making->written;
    TamisTestDelivery *made = g_new0(TamisTestDelivery, 1);

    made->bytes = g_string_free_to_bytes(g_steal_pointer(&making->text));
    made->message = tamis_message_new_from_bytes(made->bytes);
    made->has_size = written->has_size;
    if (written->has_size)
        tamis_message_set_size(made->message, written->size_bytes);
    if (written->has_envelope_from)
        made->envelope_from =
            g_strdup(written->envelope_from != 0 ? text_of(making, written->envelope_from) : "");
    else
        made->envelope_from = sender_of(made->message);
    made->delivery = (TamisDelivery){.envelope_from = made->envelope_from,
                                     .envelope_to = text_of(making, written->to_address),
                                     .instant = written->has_at ? written->at : as_of,
                                     .grades.spam_score = written->spam_score};
    return made;
}

TamisTestDelivery *
tamis_test_delivery_new(const TamisPolicy *policy, const TamisTestMessage *message,
                        TamisInstant as_of, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GHashTable) named = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Making making = {policy, message, text, named};

    add_named_fields(&making);
    if (message->file != 0) {
        if (!load_file(&making, error))
            return NULL;
    } else {
        add_default(&making, "From", TAMIS_TEST_OUTSIDER);
        add_default(&making, "To", text_of(&making, message->to_address));
        add_body(&making);
    }
    text = NULL; /* finish takes it */
    return finish(&making, as_of);
}

void
tamis_test_delivery_free(TamisTestDelivery *delivery)
{
    if (delivery == NULL)
        return;
    tamis_message_free(delivery->message);
    g_bytes_unref(delivery->bytes);
    g_free(delivery->envelope_from);
    g_free(delivery);
}
