/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Folder names in modified UTF-7. */
#include "compiler/folder-name.h"

#include <string.h>

/* RFC 3501, 5.1.3: what is not printable ASCII as base64 of UTF-16, with ',' for '/'. */
static const char *
mutf7(const char *folder, TamisArena *arena)
{
    g_autoptr(GString) out = g_string_new(NULL);

    while (*folder != '\0') {
        const char *end = folder;
        glong n_units = 0;
        g_autofree gunichar2 *units = NULL;
        g_autofree guchar *bytes = NULL;
        g_autofree char *base64 = NULL;

        if (*folder >= 0x20 && *folder <= 0x7e) {
            g_string_append(out, *folder == '&' ? "&-" : (char[]){*folder, '\0'});
            folder++;
            continue;
        }
        while (*end != '\0' && !(*end >= 0x20 && *end <= 0x7e))
            end++;
        units = g_utf8_to_utf16(folder, end - folder, NULL, &n_units, NULL);
        bytes = g_malloc(2 * (gsize)n_units + 1);
        for (glong i = 0; i < n_units; i++) {
            bytes[2 * i] = units[i] >> 8;
            bytes[2 * i + 1] = units[i] & 0xff;
        }
        base64 = g_base64_encode(bytes, 2 * (gsize)n_units);
        g_strdelimit(base64, "/", ',');
        g_string_append_printf(out, "&%.*s-", (int)strcspn(base64, "="), base64);
        folder = end;
    }
    return tamis_arena_strndup(arena, out->str, out->len);
}

const char *
tamis_folder_name_of(const TamisServer *server, const char *folder, TamisArena *arena)
{
    return server->folder_names == TAMIS_FOLDER_MUTF7 ? mutf7(folder, arena) : folder;
}
