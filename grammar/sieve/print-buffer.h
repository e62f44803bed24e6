/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the writers of Sieve write into, and nobody else: a GString whose end is at hand. */
#pragma once

#include "grammar/sieve/print.h"

typedef struct {
    GString *output; /* its length is behind the times until the end */
    char *end, *limit;
    gsize line_start; /* offset in output */
    gboolean is_flat; /* an attempt at one line */
    gboolean overflow;
    gboolean is_full;               /* nothing more need be written: nobody could read it */
    const TamisSieveComment *inner; /* comments inside the command that are still to come */
} Printer;

static inline gsize
length_so_far(const Printer *printer)
{
    return (gsize)(printer->end - printer->output->str);
}

static G_NO_INLINE G_GNUC_UNUSED void
grow(Printer *printer, gsize size_bytes)
{
    gsize length = length_so_far(printer);
    g_string_set_size(printer->output, length + MAX(size_bytes, length));
    printer->end = printer->output->str + length;
    printer->limit = printer->output->str + printer->output->allocated_len - 1;
}

/* Room for size_bytes bytes at the end. */
static inline void
reserve(Printer *printer, gsize size_bytes)
{
    if (G_UNLIKELY((gsize)(printer->limit - printer->end) < size_bytes))
        grow(printer, size_bytes);
}

static inline void
put(Printer *printer, const char *text, gsize length_bytes)
{
    reserve(printer, length_bytes);
    memcpy(printer->end, text, length_bytes);
    printer->end += length_bytes;
}

static inline void
put_char(Printer *printer, char c)
{
    reserve(printer, 1);
    *printer->end++ = c;
}

static inline void
put_blanks(Printer *printer, gsize n)
{
    reserve(printer, n);
    memset(printer->end, ' ', n);
    printer->end += n;
}

#define put_literal(printer, literal) put((printer), "" literal, sizeof(literal) - 1)

/* line_start: of the line that is gone on with. */
static inline Printer
begin(GString *output, gsize line_start)
{
    return (Printer){
        .output = output,
        .end = output->str + output->len,
        .limit = output->str + output->allocated_len - 1,
        .line_start = line_start,
    };
}

static inline void
end(Printer *printer)
{
    printer->output->len = length_so_far(printer);
    *printer->end = '\0';
}
