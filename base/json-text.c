/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Outside of strings no character that has to be escaped stands, so all are. */
#include "base/json-text.h"

#include <json-glib/json-glib.h>
#include <string.h>

#define MAX_NESTING 100

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

/* The last byte of the string or the comment that begins at text; json-glib takes both kinds of quotes. */
static const char *
find_end(const char *text, const char *limit)
{
    char quote = *text;

    if (quote == '/') {
        const char *end = memmem(text + 2, (gsize)(limit - text - 2), "*/", 2);
        return end != NULL ? end + 1 : limit - 1;
    }
    for (text++; text < limit && *text != quote; text++)
        text += *text == '\\' && text + 1 < limit;
    return text;
}

gboolean
tamis_json_is_too_deep(const char *text, gsize length_bytes)
{
    const char *limit = text + length_bytes;
    guint depth = 0;

    for (; text < limit && depth <= MAX_NESTING; text++) {
        if (*text == '"' || *text == '\'' || (*text == '/' && limit - text > 2 && text[1] == '*'))
            text = find_end(text, limit);
        else if (*text == '[' || *text == '{')
            depth++;
        else if ((*text == ']' || *text == '}') && depth > 0)
            depth--;
    }
    return depth > MAX_NESTING;
}
