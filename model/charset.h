/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Text in any charset, as UTF-8: as the servers read it, who are as generous and as forgetful. */
#pragma once

#include "base/api.h"

/* Appends the text, which is in the charset (NULL: UTF-8). Names are iconv's, else those that GMime knows; what
 * neither knows, and US-ASCII, is taken for UTF-8. Bytes that are no text become one U+FFFD a run (NUL is text); what a
 * converter still holds back at the end, or half a character, is lost, as in Dovecot 2.3. */
TAMIS_API void
tamis_charset_append_utf8(GString *out, const char *charset, const char *text, gsize length_bytes);
/* Whether text that is valid UTF-8 stays as it is: the charset, in any case, is UTF-8 or US-ASCII. */
TAMIS_API gboolean tamis_charset_is_utf8(const char *charset);
