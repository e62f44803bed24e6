/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How single words and lines are written, whatever they were read from: print.c has a tree, layout.c a text. For these
 * two alone. */
#pragma once

#include "grammar/sieve/print-buffer.h"

#define INDENT      4
#define MAX_COLUMNS 100
/* No line of MAX_COLUMNS code points is longer. */
#define MAX_LINE_BYTES (MAX_COLUMNS * 4)
/* Room that is kept behind a list for what closes its line: `) {` or `;`. */
#define TAIL_COLUMNS 3

void tamis_sieve_put_line_break(Printer *printer, guint level);
/* At the start of a line: an empty line if asked for, then the indentation. */
void tamis_sieve_begin_line(Printer *printer, gboolean blank_line_before, gboolean *is_first,
                            guint level);
/* Whether the line has no room for as many columns more. */
gboolean tamis_sieve_is_past_margin(const Printer *printer, gsize room);

/* In an attempt at one line: whether it is lost. */
static inline gboolean
gave_up(Printer *printer)
{
    if (printer->is_flat && tamis_sieve_is_past_margin(printer, 0))
        printer->overflow = TRUE;
    return printer->overflow;
}

static inline void
put_name(Printer *printer, const char *name, guint32 length)
{
    reserve(printer, length);
    for (guint32 i = 0; i < length; i++)
        *printer->end++ = name[i] >= 'A' && name[i] <= 'Z' ? name[i] + ('a' - 'A') : name[i];
}

void tamis_sieve_put_number(Printer *printer, guint64 number, char quantifier);
void tamis_sieve_put_quoted(Printer *printer, const char *text, gsize length);
/* Control characters become blanks; a bracketed comment keeps its line breaks and cannot be closed
 * from inside. */
void tamis_sieve_put_comment(Printer *printer, const TamisSieveComment *comment);

/* Whether a text block says the same as the string: it was written as one, its last line is closed, and no carriage
 * return stands alone, which some reader could take for the end of a line. */
gboolean tamis_sieve_can_be_block(TamisSieveStringHead head, const char *text);
/* What stands behind `text:` and the comments there. */
void tamis_sieve_put_block(Printer *printer, const char *text, gsize length);
