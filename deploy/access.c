/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Fingerprints as people write them. */
#include "deploy/access.h"

char *
tamis_access_pin_dup(const char *text)
{
    g_autoptr(GString) pin = g_string_new(NULL);

    for (; *text != '\0'; text++) {
        if (*text == ':')
            continue;
        if (!g_ascii_isxdigit(*text))
            return NULL;
        g_string_append_c(pin, g_ascii_tolower(*text));
    }
    return pin->len == 64 ? g_string_free(g_steal_pointer(&pin), FALSE) : NULL;
}
