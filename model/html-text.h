/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The text of HTML, as much as the `body :text` test wants of it. */
#pragma once

#include "base/api.h"

/* Without tags (each leaves one space at most), comments, scripts and style sheets; the common entities and
 * numbers are characters. Linear. Caller frees. */
TAMIS_API GString *tamis_html_to_text(const char *html, gsize length_bytes);
