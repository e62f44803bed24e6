/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Text of others on a terminal or in a log: what could move the cursor, hide or reorder is written
 * out, and the cells that the rest takes are counted. */
#pragma once

#include "base/api.h"

#define TAMIS_DISPLAY_TAB 4

/* Appends what shows the character at the start of text and gives its bytes; out_cells, if not
 * NULL, the cells it takes in column (0-based). A tab becomes blanks; control characters, line ends
 * and marks that hide or reorder become \u{1b}; a byte that is no UTF-8 \xff. length_bytes is at
 * least 1. */
gsize tamis_display_character(GString *out, const char *text, gsize length_bytes, guint column,
                              guint *out_cells);
/* All of a text, for one line. length_bytes -1: up to the NUL. */
TAMIS_API void tamis_display_text(GString *out, const char *text, gssize length_bytes);
/* The same as a new string. */
TAMIS_API char *tamis_display_dup(const char *text);
/* The cells that it takes, from the first column on. */
TAMIS_API guint tamis_display_cells(const char *text);
