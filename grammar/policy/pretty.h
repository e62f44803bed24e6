/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Text with places where a line may break: what fits stays on one line, what does not breaks at all places
 * of its outermost group. Knows lines and columns, and nothing of policies. */
#pragma once

#include "base/api.h"

#define TAMIS_PRETTY_WIDTH 100

typedef struct TamisPretty TamisPretty;

TamisPretty *tamis_pretty_new(void);
void tamis_pretty_free(TamisPretty *pretty);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisPretty, tamis_pretty_free)

/* Text without a line break; must live until the flush. */
void tamis_pretty_text(TamisPretty *pretty, const char *text);
void tamis_pretty_text_length(TamisPretty *pretty, const char *text, gsize length_bytes);
/* The same with a copy. */
void tamis_pretty_copy(TamisPretty *pretty, const char *text);
/* Text that stands only where the group around it is broken. */
void tamis_pretty_text_if_broken(TamisPretty *pretty, const char *text);
/* A blank, or a line break where the group is broken. */
void tamis_pretty_line(TamisPretty *pretty);
/* Nothing, or a line break where the group is broken. */
void tamis_pretty_soft(TamisPretty *pretty);
/* A line break in any case: breaks the groups around it. */
void tamis_pretty_break(TamisPretty *pretty);
/* A line break and an empty line. */
void tamis_pretty_blank(TamisPretty *pretty);
/* Breaks the groups around it. */
void tamis_pretty_force(TamisPretty *pretty);
/* Groups nest; what follows a group up to the next place to break has to fit with it. */
void tamis_pretty_open(TamisPretty *pretty);
void tamis_pretty_close(TamisPretty *pretty);
/* More (or less) indentation for the lines that begin from here on. */
void tamis_pretty_indent(TamisPretty *pretty, int columns);
/* Until the next unalign, lines begin at this column; does not nest. */
void tamis_pretty_align(TamisPretty *pretty);
void tamis_pretty_unalign(TamisPretty *pretty);
/* Moves to the end of the line that it stands in; breaks the groups around it. Comments of successive
 * lines are aligned. May have line breaks; a copy is taken. */
void tamis_pretty_trailing(TamisPretty *pretty, const char *text);
/* Text of several lines: those behind the first are moved by as much as the first, which stood at
 * old_column (0-based) before. A copy is taken. */
void tamis_pretty_lines(TamisPretty *pretty, const char *text, guint old_column);

/* Lays out what was given since the last flush, at the start of a line. The last line is left open:
 * follow it by a break. */
void tamis_pretty_flush(TamisPretty *pretty);
/* Ends the last line. Lent. */
const GString *tamis_pretty_finish(TamisPretty *pretty);
/* Columns that UTF-8 text takes on a terminal. */
guint tamis_display_width(const char *text, gsize length_bytes);
