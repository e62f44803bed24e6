/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What json-glib leaves to do: members with their values, and a last touch to what it has written (up to 1.8 it leaves
 * U+001F as it is, which no reader of JSON takes: RFC 8259, section 7). */
#pragma once

#include "base/api.h"

/* json-glib's, which who uses the rest of the library need not have. */
typedef struct _JsonBuilder JsonBuilder;

/* A member of the object that is open. A value of NULL is left out; what is no UTF-8 becomes U+FFFD. */
TAMIS_API void tamis_json_add_string(JsonBuilder *builder, const char *key, const char *value);
TAMIS_API void tamis_json_add_number(JsonBuilder *builder, const char *key, gint64 value);
TAMIS_API void tamis_json_add_boolean(JsonBuilder *builder, const char *key, gboolean value);

/* Takes json, and gives it or a mended copy; to be freed. */
TAMIS_API char *tamis_json_mend(char *json);

/* Whether its arrays and objects lie so deep within one another that json-glib's recursion might not come back. To be
 * asked of every text of others before it is parsed. */
TAMIS_API gboolean tamis_json_is_too_deep(const char *text, gsize length_bytes);
