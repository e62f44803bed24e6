/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any bytes as a message: every field, address, date and part can be read, values are UTF-8,
 * parts end where they say; a changed copy leaves the message as it was. */
#include "model/header-date.h"
#include "model/message.h"

#include <sanitizer/lsan_interface.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static const char *const names[] = {"subject", "from", "to",   "received",
                                    "date",    "x-a",  "list", "content-type"};

static guint
count_values(TamisMessage *message, const char *name)
{
    const char *const *values = tamis_message_get_header(message, name);
    guint n = 0;

    for (; values[n] != NULL; n++) {
        gint64 instant = 0;
        gint32 offset_s = 0;

        g_assert(g_utf8_validate(values[n], -1, NULL));
        if (tamis_header_date_read(values[n], &instant, &offset_s))
            g_assert(ABS(offset_s) <= (99 * 60 + 99) * 60); /* "+9999": engines take any digits */
    }
    return n;
}

static void
check_addresses(TamisMessage *message, const char *name, guint n_fields)
{
    const TamisMailAddress *addresses;
    guint n = 0;

    __lsan_disable(); /* GMime 3.2 loses the text of a domain literal that is broken */
    addresses = tamis_message_get_addresses(message, name, &n);
    __lsan_enable();
    for (guint i = 0; i < n; i++) {
        g_assert(addresses[i].field >= 1 && addresses[i].field <= n_fields);
        g_assert(!addresses[i].is_valid || strchr(addresses[i].whole, '@') != NULL);
        g_assert(!addresses[i].is_valid || *addresses[i].domain != '\0');
    }
}

/* The sanitizer sees to it that all of them may be read. */
static void
read_bytes(const char *bytes, gsize length)
{
    const char *found = length > 0 ? memchr(bytes, '\0', length) : NULL;

    g_assert(found == NULL || (gsize)(found - bytes) < length);
}

static gboolean
append_piece(const char *piece, gsize length, gpointer data)
{
    g_assert(length > 0);
    g_string_append_len(data, piece, (gssize)length);
    return TRUE;
}

/* The same text comes whole and in pieces. */
static void
check_text(TamisMessage *message, guint i, gboolean plain)
{
    guint n_parts;
    gsize n = 0;
    const TamisBodyPart *part = &tamis_message_get_parts(message, &n_parts)[i];
    const char *text = tamis_message_get_part_text(message, i, plain, &n);
    g_autoptr(GString) pieces = g_string_new(NULL);

    tamis_body_part_read(part, plain, 1 + i % 7, append_piece, pieces);
    if (text == NULL)
        return;
    read_bytes(text, n);
    g_assert_cmpmem(text, n, pieces->str, pieces->len);
}

static void
check_body(TamisMessage *message, gsize size)
{
    gsize length = 0;
    guint n = 0;
    const char *body = tamis_message_get_raw_body(message, &length);
    const TamisBodyPart *parts = tamis_message_get_parts(message, &n);

    g_assert(length <= size && (length == 0 || body != NULL));
    for (guint i = 0; i < n; i++) {
        g_assert(parts[i].source_bytes <= length);
        check_text(message, i, FALSE);
        check_text(message, i, TRUE);
        g_assert(*parts[i].type == '\0' || strchr(parts[i].type, '/') != NULL);
    }
}

static void
check_change(TamisMessage *message, const char *name, guint n_fields)
{
    g_autoptr(TamisMessage) copy = tamis_message_copy(message);

    tamis_message_add_header(copy, name, "new", FALSE);
    g_assert_cmpuint(count_values(copy, name), ==, n_fields + 1);
    tamis_message_delete_header(copy, name, 1, TRUE, NULL, NULL);
    g_assert_cmpuint(count_values(copy, name), ==, n_fields);
    tamis_message_delete_header(copy, name, 0, FALSE, NULL, NULL);
    g_assert_cmpuint(count_values(copy, name), ==, 0);
    g_assert_cmpuint(count_values(message, name), ==, n_fields);
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autoptr(GBytes) bytes = g_bytes_new(data, size);
    g_autoptr(TamisMessage) message = tamis_message_new_from_bytes(bytes);

    g_assert_cmpuint(tamis_message_get_size(message), ==, size);
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        guint n_fields = count_values(message, names[i]);

        check_addresses(message, names[i], n_fields);
        check_change(message, names[i], n_fields);
    }
    check_body(message, size);
    return 0;
}
