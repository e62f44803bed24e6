/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Outside of strings no such character stands, so all are escaped. */
#include "base/json-text.h"

#include <string.h>

char *
tamis_json_mend(char *json)
{
    const char *at = json;

    if (json == NULL || strchr(json, 0x1f) == NULL)
        return json;
    GString *mended = g_string_new(NULL);
    for (const char *next; (next = strchr(at, 0x1f)) != NULL; at = next + 1) {
        g_string_append_len(mended, at, next - at);
        g_string_append(mended, "\\u001f");
    }
    g_string_append(mended, at);
    g_free(json);
    return g_string_free(mended, FALSE);
}
