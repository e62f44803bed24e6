/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The text of HTML, as much as the `body :text` test wants of it: as Dovecot 2.3 makes it (lib-mail/mail-html2text.c). */
#pragma once

#include "base/api.h"

#include <glib.h>

/* Of HTML that comes in pieces: without tags (each leaves one space at most), comments, scripts and style sheets;
 * entities and numbers are characters, unknown ones nothing. Linear. */
typedef struct {
    GString
        *held; /* the beginning of a tag, an entity or an end; lost where the text ends with it */
    guint8 state;
    char quote;
    gboolean ends_in_space; /* what was given so far, or nothing was */
} TamisHtmlText;

TAMIS_API void tamis_html_text_init(TamisHtmlText *text);
/* Appends to out. */
TAMIS_API void
tamis_html_text_step(TamisHtmlText *text, const char *html, gsize length_bytes, GString *out);
TAMIS_API void tamis_html_text_clear(TamisHtmlText *text);
