/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Fields and lines. GMime encodes. */
#include "model/message-text.h"

#include <gmime/gmime.h>
#include <string.h>

static gboolean
holds_addresses(const char *name)
{
    static const char *const names[] = {"from", "to", "cc", "bcc", "sender", "reply-to"};

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        if (g_ascii_strcasecmp(name, names[i]) == 0)
            return TRUE;
    return FALSE;
}

/* NULL: there is no address in it. */
static char *
encode_addresses(const char *value)
{
    InternetAddressList *list = internet_address_list_parse(NULL, value);
    char *text = list != NULL ? internet_address_list_to_string(list, NULL, TRUE) : NULL;

    g_clear_object(&list);
    return text;
}

void
tamis_message_text_add_header(GString *text, const char *name, const char *value)
{
    g_autofree char *encoded = NULL;

    if (!g_str_is_ascii(value)) {
        g_mime_init();
        encoded = holds_addresses(name) ? encode_addresses(value) : NULL;
        if (encoded == NULL)
            encoded = g_mime_utils_header_encode_text(NULL, value, "UTF-8");
    }
    g_string_append_printf(text, "%s: %s\r\n", name, encoded != NULL ? encoded : value);
}

void
tamis_message_text_add_lines(GString *text, const char *lines, gsize length_bytes)
{
    const char *end = lines + length_bytes;

    while (lines < end) {
        const char *newline = memchr(lines, '\n', (gsize)(end - lines));
        const char *stop = newline != NULL ? newline : end;

        if (newline != NULL && stop > lines && stop[-1] == '\r')
            stop--;
        g_string_append_len(text, lines, stop - lines);
        if (newline != NULL)
            g_string_append(text, "\r\n");
        lines = newline != NULL ? newline + 1 : end;
    }
}

void
tamis_message_text_add_body(GString *text, const char *body, gsize length_bytes)
{
    g_string_append(text, "\r\n");
    tamis_message_text_add_lines(text, body, length_bytes);
    if (length_bytes > 0 && body[length_bytes - 1] != '\n')
        g_string_append(text, "\r\n");
}
