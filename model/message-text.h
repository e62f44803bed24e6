/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Writes messages: what TamisMessage reads back, and any mail server takes. Lines end in CR LF. */
#pragma once

#include "base/api.h"

/* Appends a field. value in UTF-8, in one line; what is not ASCII becomes encoded words (RFC 2047), in
 * From, To, Cc and their like only where a phrase stands. */
TAMIS_API void tamis_message_text_add_header(GString *text, const char *name, const char *value);
/* Appends the line that ends the header, and the body: its lines' ends made CR LF, the last one ended. */
TAMIS_API void tamis_message_text_add_body(GString *text, const char *body, gsize length_bytes);
/* Appends bytes of a message with LF or CR LF, as they are but for that. */
TAMIS_API void tamis_message_text_add_lines(GString *text, const char *lines, gsize length_bytes);
