/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Outside of strings no character that has to be escaped stands, so all are. */
#include "base/json-text.h"

#include <json-glib/json-glib.h>
#include <string.h>

void
tamis_json_add_string(JsonBuilder *builder, const char *key, const char *value)
{
    g_autofree char *valid = NULL;

    if (value == NULL)
        return;
    if (!g_utf8_validate(value, -1, NULL))
        value = valid = g_utf8_make_valid(value, -1);
    json_builder_set_member_name(builder, key);
    json_builder_add_string_value(builder, value);
}

void
tamis_json_add_number(JsonBuilder *builder, const char *key, gint64 value)
{
    json_builder_set_member_name(builder, key);
    json_builder_add_int_value(builder, value);
}

void
tamis_json_add_boolean(JsonBuilder *builder, const char *key, gboolean value)
{
    json_builder_set_member_name(builder, key);
    json_builder_add_boolean_value(builder, value);
}

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
