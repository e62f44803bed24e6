/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What goes into commands: strings, and the names of scripts. */
#include "deploy/managesieve/wire.h"

#include "base/display.h"
#include "deploy/error.h"

#include <string.h>

#define MAX_QUOTED_BYTES 1024 /* what every server takes, RFC 5804, section 4 */
#define MAX_NAME_BYTES   512

static gboolean
fail(GError **error, const char *name, const char *what)
{
    g_autofree char *start = g_strndup(name, strnlen(name, MAX_NAME_BYTES));
    g_autofree char *shown = tamis_display_dup(start);

    g_set_error(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_INVALID,
                "no script can be called '%s': %s", shown, what);
    return FALSE;
}

gboolean
tamis_wire_append_string(GString *out, const char *text, gsize length_bytes, GError **error)
{
    gboolean quoted = length_bytes <= MAX_QUOTED_BYTES;
    gsize n_quoted = length_bytes; /* octets between the quotes */

    if (memchr(text, '\0', length_bytes) != NULL) {
        g_set_error_literal(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_INVALID,
                            "a NUL byte cannot be sent to a ManageSieve server");
        return FALSE;
    }
    for (gsize i = 0; i < length_bytes && quoted; i++) {
        n_quoted += text[i] == '"' || text[i] == '\\';
        quoted = text[i] != '\r' && text[i] != '\n' && n_quoted <= MAX_QUOTED_BYTES;
    }
    if (!quoted) {
        g_string_append_printf(out, "{%" G_GSIZE_FORMAT "+}\r\n", length_bytes);
        g_string_append_len(out, text, (gssize)length_bytes);
        return TRUE;
    }
    g_string_append_c(out, '"');
    for (gsize i = 0; i < length_bytes; i++) {
        if (text[i] == '"' || text[i] == '\\')
            g_string_append_c(out, '\\');
        g_string_append_c(out, text[i]);
    }
    g_string_append_c(out, '"');
    return TRUE;
}

gboolean
tamis_wire_check_name(const char *name, gboolean ascii, GError **error)
{
    gsize length = strlen(name);

    if (length == 0)
        return fail(error, name, "a name has at least one character");
    if (length > MAX_NAME_BYTES)
        return fail(error, name, "the name is longer than 512 bytes");
    if (!g_utf8_validate(name, (gssize)length, NULL))
        return fail(error, name, "the name is no UTF-8");
    for (const char *at = name; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        if (c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x2028 || c == 0x2029)
            return fail(error, name, "control characters and line separators are not allowed");
        if (c == '/')
            return fail(error, name, "a slash is not allowed");
        if (ascii && c > 0x7f)
            return fail(error, name, "this server takes names of ASCII alone");
    }
    return TRUE;
}
