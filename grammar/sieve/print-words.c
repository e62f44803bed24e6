/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tree or text, here it becomes bytes: nothing else quotes a string or opens a comment. */
#include "grammar/sieve/print-words.h"

#include "grammar/sieve/special.h"

/* Lines ----------------------------------------------------------------------------------------- */

static void
start_line(Printer *printer, guint level)
{
    printer->line_start = length_so_far(printer);
    printer->is_full = printer->line_start > TAMIS_SIEVE_MAX_PRINTED_BYTES;
    put_blanks(printer, (gsize)level * INDENT);
}

void
tamis_sieve_put_line_break(Printer *printer, guint level)
{
    put_char(printer, '\n');
    start_line(printer, level);
}

gboolean
tamis_sieve_is_past_margin(const Printer *printer, gsize room)
{
    const char *line = printer->output->str + printer->line_start;
    gsize length = (gsize)(printer->end - line);
    gsize n_columns = 0;
    if (length + room <= MAX_COLUMNS)
        return FALSE;
    if (length > MAX_LINE_BYTES)
        return TRUE;
    for (gsize i = 0; i < length; i++)
        n_columns += ((guchar)line[i] & 0xc0) != 0x80;
    return n_columns + room > MAX_COLUMNS;
}

void
tamis_sieve_begin_line(Printer *printer, gboolean blank_line_before, gboolean *is_first,
                       guint level)
{
    if (blank_line_before && !*is_first)
        put_char(printer, '\n');
    *is_first = FALSE;
    start_line(printer, level);
}

/* Words ------------------------------------------------------------------------------------------ */

void
tamis_sieve_put_number(Printer *printer, guint64 value, char quantifier)
{
    char digits[24];
    char *first = digits + sizeof digits;
    guint shift = 0;
    switch (g_ascii_toupper(quantifier)) {
    case 'K':
        shift = 10;
        break;
    case 'M':
        shift = 20;
        break;
    case 'G':
        shift = 30;
        break;
    }
    guint64 number = value >> shift;
    if (number == 0 || number << shift != value) { /* nothing is as much in any unit */
        number = value;
        shift = 0;
    }
    if (shift)
        *--first = g_ascii_toupper(quantifier);
    do {
        *--first = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    put(printer, first, (gsize)(digits + sizeof digits - first));
}

static void
print_escaped(Printer *printer, const char *text, gsize length)
{
    const char *limit = text + length;
    char *end = printer->end;
    char *line_break = NULL;
    while (text < limit) {
        if (limit - text >= (gssize)sizeof(guint64) && !is_special_word(text)) {
            memcpy(end, text, sizeof(guint64));
            end += sizeof(guint64);
            text += sizeof(guint64);
            continue;
        }
        if (*text == '\n')
            line_break = end;
        else if (is_special(*text))
            *end++ = '\\';
        *end++ = *text++;
    }
    printer->end = end;
    if (line_break) {
        printer->line_start = (gsize)(line_break + 1 - printer->output->str);
        printer->overflow |= printer->is_flat;
    }
}

void
tamis_sieve_put_quoted(Printer *printer, const char *text, gsize length)
{
    reserve(printer, length * 2 + 2);
    *printer->end++ = '"';
    if (has_special(text, length)) {
        print_escaped(printer, text, length);
    } else {
        memcpy(printer->end, text, length);
        printer->end += length;
    }
    *printer->end++ = '"';
}

static gboolean
has_control(const char *text, guint32 length)
{
    gboolean found = FALSE;
    for (guint32 i = 0; i < length; i++) /* no way out, so that several are looked at at once */
        found |= (guchar)text[i] < ' ' || text[i] == 0x7f;
    return found;
}

void
tamis_sieve_put_comment(Printer *printer, const TamisSieveComment *comment)
{
    reserve(printer, (gsize)comment->length_bytes * 2 + 4);
    char *end = printer->end;
    guint32 i = 0;
    *end++ = comment->is_bracketed ? '/' : '#';
    if (comment->is_bracketed)
        *end++ = '*';
    if (!comment->is_bracketed && !has_control(comment->text, comment->length_bytes)) {
        memcpy(end, comment->text, comment->length_bytes);
        end += comment->length_bytes;
        i = comment->length_bytes;
    }
    for (; i < comment->length_bytes; i++) {
        char c = comment->text[i];
        gboolean is_kept = c == '\t' || (c == '\n' && comment->is_bracketed);
        if (c == '\r' && comment->is_bracketed && i + 1 < comment->length_bytes &&
            comment->text[i + 1] == '\n')
            continue;
        if (c == '/' && comment->is_bracketed && i > 0 && comment->text[i - 1] == '*')
            *end++ = ' ';
        *end++ = ((guchar)c < ' ' && !is_kept) || c == 0x7f ? ' ' : c;
    }
    if (comment->is_bracketed) {
        /* Cyrus does not see the end where another star stands before it. */
        if (end[-1] == '*' && comment->length_bytes > 0)
            *end++ = ' ';
        *end++ = '*';
        *end++ = '/';
    } else {
        while (end[-1] == ' ' || end[-1] == '\t')
            end--;
    }
    printer->end = end;
}

gboolean
tamis_sieve_can_be_block(TamisSieveStringHead head, const char *text)
{
    const char *limit = text + head.length_bytes;

    if (head.form != TAMIS_SIEVE_TEXT)
        return FALSE;
    if (text == limit)
        return TRUE;
    if (limit[-1] != '\n')
        return FALSE;
    while ((text = memchr(text, '\r', (gsize)(limit - text)))) {
        if (text[1] != '\n')
            return FALSE;
        text++;
    }
    return TRUE;
}

void
tamis_sieve_put_block(Printer *printer, const char *text, gsize length)
{
    const char *limit = text + length;

    put_char(printer, '\n');
    while (text < limit) {
        const char *line_break = memchr(text, '\n', (gsize)(limit - text));
        if (*text == '.')
            put_char(printer, '.');
        put(printer, text, (gsize)(line_break + 1 - text));
        text = line_break + 1;
    }
    put_literal(printer, ".\n");
    printer->line_start = length_so_far(printer);
    printer->overflow |= printer->is_flat;
}
