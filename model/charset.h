/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Text in any charset, as UTF-8: as the servers read it, who are as generous and as forgetful. */
#pragma once

#include "base/api.h"

#include <glib.h>

/* Appends the text, which is in the charset (NULL: UTF-8). Names are iconv's; what it does not know, and US-ASCII, is
 * taken for UTF-8. Bytes that are no text become one U+FFFD a run (NUL is text); what a converter still holds back at
 * the end, or half a character, is lost, as in Dovecot 2.3. */
TAMIS_API void
tamis_charset_append_utf8(GString *out, const char *charset, const char *text, gsize length_bytes);
/* Whether text that is valid UTF-8 stays as it is: the charset, in any case, is UTF-8 or US-ASCII. */
TAMIS_API gboolean tamis_charset_is_utf8(const char *charset);

/* The same of a text that comes in pieces. */
typedef struct TamisConverter TamisConverter;

TAMIS_API TamisConverter *tamis_converter_new(const char *charset);
TAMIS_API void tamis_converter_free(TamisConverter *converter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisConverter, tamis_converter_free)
/* Appends what it can, to the same out or to one that was emptied. */
TAMIS_API void
tamis_converter_step(TamisConverter *converter, const char *text, gsize length_bytes, GString *out);
/* Appends what was held and is text, now that no more comes. */
TAMIS_API void tamis_converter_finish(TamisConverter *converter, GString *out);
