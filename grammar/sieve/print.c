/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tree to Sieve text. Each construct is first written on one line; where that goes past the margin
 * it is taken back and written broken. An attempt gives up after a few hundred bytes, so the whole
 * stays linear. What is written is not checked here: any name, tag or number that the tree has is
 * taken. */
#include "grammar/sieve/print.h"

#define INDENT      4
#define MAX_COLUMNS 100
/* No line of MAX_COLUMNS code points is longer. */
#define MAX_LINE_BYTES (MAX_COLUMNS * 4)
/* Room that is kept behind a list for what closes its line: `) {` or `;`. */
#define TAIL_COLUMNS 3

typedef struct {
    GString *output;
    gsize line_start; /* offset in output */
    gboolean is_flat; /* an attempt at one line */
    gboolean overflow;
} Printer;

static void print_test(Printer *printer, const TamisSieveTest *test, guint level);

/* Room for size_bytes bytes at the end of the output, to be committed by advancing len. */
static inline char *
reserve(Printer *printer, gsize size_bytes)
{
    GString *output = printer->output;
    gsize length = output->len;
    if (G_UNLIKELY(output->allocated_len - length <= size_bytes)) {
        g_string_set_size(output, length + MAX(size_bytes, length));
        output->len = length;
    }
    return output->str + length;
}

static inline void
put(Printer *printer, const char *text, gsize length_bytes)
{
    memcpy(reserve(printer, length_bytes), text, length_bytes);
    printer->output->len += length_bytes;
}

static inline void
put_char(Printer *printer, char c)
{
    *reserve(printer, 1) = c;
    printer->output->len++;
}

#define put_literal(printer, literal) put((printer), "" literal, sizeof(literal) - 1)

static void
new_line(Printer *printer, guint level)
{
    gsize blanks = (gsize)level * INDENT;
    char *end = reserve(printer, blanks + 1);
    *end = '\n';
    memset(end + 1, ' ', blanks);
    printer->output->len += blanks + 1;
    printer->line_start = printer->output->len - blanks;
}

/* Code points on the current line so far. */
static gsize
column(const Printer *printer)
{
    gsize n = 0;
    for (gsize i = printer->line_start; i < printer->output->len; i++)
        n += ((guchar)printer->output->str[i] & 0xc0) != 0x80;
    return n;
}

static gboolean
is_past_margin(const Printer *printer, gsize room)
{
    gsize length = printer->output->len - printer->line_start;
    return length + room > MAX_COLUMNS &&
           (length > MAX_LINE_BYTES || column(printer) + room > MAX_COLUMNS);
}

typedef struct {
    gsize length, line_start;
    gboolean was_flat;
} Mark;

static Mark
begin_flat(Printer *printer)
{
    Mark mark = {printer->output->len, printer->line_start, printer->is_flat};
    printer->is_flat = TRUE;
    printer->overflow = FALSE;
    return mark;
}

/* Keeps what was written since the mark if the line has room for as many columns more, else takes
 * it back and returns FALSE. */
static gboolean
end_flat(Printer *printer, Mark mark, gsize room)
{
    printer->is_flat = mark.was_flat;
    if (!printer->overflow && !is_past_margin(printer, room))
        return TRUE;
    printer->overflow = FALSE;
    printer->output->len = mark.length;
    printer->line_start = mark.line_start;
    return FALSE;
}

/* In an attempt: whether it is lost. */
static gboolean
gave_up(Printer *printer)
{
    if (printer->is_flat && printer->output->len - printer->line_start > MAX_LINE_BYTES)
        printer->overflow = TRUE;
    return printer->overflow;
}

static void
print_name(Printer *printer, const char *name, guint32 length)
{
    char *end = reserve(printer, length);
    for (guint32 i = 0; i < length; i++)
        end[i] = g_ascii_tolower(name[i]);
    printer->output->len += length;
}

#define ONES      G_GUINT64_CONSTANT(0x0101010101010101)
#define HIGH_BITS G_GUINT64_CONSTANT(0x8080808080808080)

static inline gboolean
has_byte(guint64 word, char byte)
{
    guint64 zeroed = word ^ (ONES * (guchar)byte);
    return ((zeroed - ONES) & ~zeroed & HIGH_BITS) != 0;
}

static void
print_quoted(Printer *printer, const TamisSieveString *string)
{
    gsize start = printer->output->len;
    char *end = reserve(printer, (gsize)string->length_bytes * 2 + 2);
    const char *text = string->text;
    const char *limit = text + string->length_bytes;
    *end++ = '"';
    while (text < limit) {
        guint64 word;
        if (limit - text >= (gssize)sizeof word) {
            memcpy(&word, text, sizeof word);
            if (!has_byte(word, '"') && !has_byte(word, '\\')) {
                memcpy(end, text, sizeof word);
                end += sizeof word;
                text += sizeof word;
                continue;
            }
        }
        if (*text == '"' || *text == '\\')
            *end++ = '\\';
        *end++ = *text++;
    }
    *end++ = '"';
    printer->output->len = (gsize)(end - printer->output->str);
    if (string->length_bytes == 0)
        return;
    const char *line_break = memrchr(string->text, '\n', string->length_bytes);
    if (!line_break)
        return;
    /* Only now is the line's start needed, so it is looked for in what was written. */
    printer->overflow |= printer->is_flat;
    const char *written = printer->output->str + start;
    line_break = memrchr(written, '\n', printer->output->len - start);
    printer->line_start = (gsize)(line_break + 1 - printer->output->str);
}

/* A text block says the same as the string: its last line is closed, and no carriage return stands
 * alone, which some reader could take for the end of a line. */
static gboolean
can_be_block(const TamisSieveString *string)
{
    const char *text = string->text;
    const char *limit = text + string->length_bytes;
    if (string->form != TAMIS_SIEVE_TEXT)
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

static void
print_block(Printer *printer, const TamisSieveString *string)
{
    const char *text = string->text;
    const char *limit = text + string->length_bytes;
    put_literal(printer, "text:\n");
    while (text < limit) {
        const char *line_break = memchr(text, '\n', (gsize)(limit - text));
        if (*text == '.')
            put_char(printer, '.');
        put(printer, text, (gsize)(line_break + 1 - text));
        text = line_break + 1;
    }
    put_literal(printer, ".\n");
    printer->line_start = printer->output->len;
    printer->overflow |= printer->is_flat;
}

static void
print_string(Printer *printer, const TamisSieveString *string)
{
    if (printer->is_flat && string->length_bytes > MAX_LINE_BYTES)
        printer->overflow = TRUE;
    else if (can_be_block(string))
        print_block(printer, string);
    else
        print_quoted(printer, string);
}

static void
print_flat_list(Printer *printer, const TamisSieveString *strings)
{
    put_char(printer, '[');
    for (const TamisSieveString *string = strings; string && !gave_up(printer);
         string = string->next) {
        print_string(printer, string);
        if (string->next)
            put_literal(printer, ", ");
    }
    put_char(printer, ']');
}

static void
print_list(Printer *printer, const TamisSieveString *strings, guint level)
{
    Mark mark = begin_flat(printer);
    print_flat_list(printer, strings);
    if (mark.was_flat) {
        printer->is_flat = TRUE;
        return;
    }
    if (end_flat(printer, mark, TAIL_COLUMNS))
        return;
    put_char(printer, '[');
    for (const TamisSieveString *string = strings; string; string = string->next) {
        new_line(printer, level + 1);
        print_string(printer, string);
        if (string->next)
            put_char(printer, ',');
    }
    new_line(printer, level);
    put_char(printer, ']');
}

static void
print_number(Printer *printer, const TamisSieveArgument *argument)
{
    char digits[24];
    char *first = digits + sizeof digits;
    guint shift = 0;
    switch (g_ascii_toupper(argument->quantifier)) {
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
    guint64 number = argument->number >> shift;
    if (number << shift != argument->number) {
        number = argument->number;
        shift = 0;
    }
    if (shift)
        *--first = g_ascii_toupper(argument->quantifier);
    do {
        *--first = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    put(printer, first, (gsize)(digits + sizeof digits - first));
}

static void
print_arguments(Printer *printer, const TamisSieveArgument *arguments, guint level)
{
    for (const TamisSieveArgument *argument = arguments; argument && !gave_up(printer);
         argument = argument->next) {
        put_char(printer, ' ');
        switch (argument->kind) {
        case TAMIS_SIEVE_TAG:
            put_char(printer, ':');
            print_name(printer, argument->name, argument->name_length);
            break;
        case TAMIS_SIEVE_NUMBER:
            print_number(printer, argument);
            break;
        case TAMIS_SIEVE_STRING:
            print_string(printer, argument->strings);
            break;
        case TAMIS_SIEVE_LIST:
            print_list(printer, argument->strings, level);
            break;
        }
    }
}

static void
print_tests(Printer *printer, const TamisSieveTest *tests, gboolean is_list, guint level)
{
    if (!tests)
        return;
    put_char(printer, ' ');
    if (!is_list) {
        print_test(printer, tests, level);
        return;
    }
    put_char(printer, '(');
    for (const TamisSieveTest *test = tests; test && !gave_up(printer); test = test->next) {
        if (!printer->is_flat)
            new_line(printer, level + 1);
        print_test(printer, test, level + 1);
        if (test->next) {
            put_char(printer, ',');
            if (printer->is_flat)
                put_char(printer, ' ');
        }
    }
    if (!printer->is_flat)
        new_line(printer, level);
    put_char(printer, ')');
}

/* What tests and commands have in common: name, arguments, tests. */
static void
print_phrase(Printer *printer, const char *name, guint32 name_length,
             const TamisSieveArgument *arguments, const TamisSieveTest *tests, gboolean is_list,
             guint level)
{
    print_name(printer, name, name_length);
    print_arguments(printer, arguments, level);
    print_tests(printer, tests, is_list, level);
}

static void
print_test(Printer *printer, const TamisSieveTest *test, guint level)
{
    if (!printer->is_flat) {
        Mark mark = begin_flat(printer);
        print_phrase(printer, test->name, test->name_length, test->arguments, test->tests,
                     test->is_list, level);
        if (end_flat(printer, mark, TAIL_COLUMNS))
            return;
    }
    print_phrase(printer, test->name, test->name_length, test->arguments, test->tests,
                 test->is_list, level);
}

/* Control characters become blanks; a bracketed comment keeps its line breaks and cannot be closed
 * from inside. */
static void
print_comment(Printer *printer, const TamisSieveComment *comment)
{
    char *end = reserve(printer, (gsize)comment->length_bytes * 2 + 4);
    char *start = end;
    *end++ = comment->is_bracketed ? '/' : '#';
    if (comment->is_bracketed)
        *end++ = '*';
    for (guint32 i = 0; i < comment->length_bytes; i++) {
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
        *end++ = '*';
        *end++ = '/';
    } else {
        while (end[-1] == ' ' || end[-1] == '\t')
            end--;
    }
    printer->output->len += (gsize)(end - start);
}

/* At the start of a line: an empty line if asked for, then the indentation. */
static void
begin_line(Printer *printer, gboolean blank_line_before, gboolean *is_first, guint level)
{
    if (blank_line_before && !*is_first)
        put_char(printer, '\n');
    *is_first = FALSE;
    gsize blanks = (gsize)level * INDENT;
    memset(reserve(printer, blanks), ' ', blanks);
    printer->line_start = printer->output->len;
    printer->output->len += blanks;
}

static void
print_comments(Printer *printer, const TamisSieveComment *comments, gboolean *is_first, guint level)
{
    for (const TamisSieveComment *comment = comments; comment; comment = comment->next) {
        begin_line(printer, comment->blank_line_before, is_first, level);
        print_comment(printer, comment);
        put_char(printer, '\n');
    }
}

/* Name to `;` or `{`. */
static void
print_head(Printer *printer, const TamisSieveCommand *command, guint level)
{
    gsize room = command->has_block ? 2 : 1;
    Mark mark = begin_flat(printer);
    print_phrase(printer, command->name, command->name_length, command->arguments, command->tests,
                 command->is_list, level);
    if (!end_flat(printer, mark, room))
        print_phrase(printer, command->name, command->name_length, command->arguments,
                     command->tests, command->is_list, level);
    if (command->has_block)
        put_literal(printer, " {");
    else
        put_char(printer, ';');
}

/* Whether the command's line is the one on which the block before it was closed. */
static gboolean
follows_on(const TamisSieveCommand *previous, const TamisSieveCommand *command)
{
    return previous && previous->has_block && !previous->trailing && !command->comments &&
           (tamis_sieve_name_is(command->name, command->name_length, "elsif") ||
            tamis_sieve_name_is(command->name, command->name_length, "else"));
}

static void
print_trailing(Printer *printer, const TamisSieveComment *comments)
{
    for (const TamisSieveComment *comment = comments; comment; comment = comment->next) {
        put_char(printer, ' ');
        print_comment(printer, comment);
        /* What follows would be part of it. */
        if (!comment->is_bracketed && comment->next)
            put_char(printer, '\n');
    }
}

static void
print_commands(Printer *printer, const TamisSieveCommand *commands,
               const TamisSieveComment *last_comments, guint level)
{
    gboolean is_first = TRUE;
    const TamisSieveCommand *previous = NULL;
    for (const TamisSieveCommand *command = commands; command; command = command->next) {
        if (follows_on(previous, command)) {
            printer->output->str[printer->output->len - 1] = ' ';
            printer->line_start = printer->output->len - 2 - (gsize)level * INDENT;
        } else {
            print_comments(printer, command->comments, &is_first, level);
            begin_line(printer, command->blank_line_before, &is_first, level);
        }
        print_head(printer, command, level);
        if (command->has_block) {
            put_char(printer, '\n');
            print_commands(printer, command->block, command->block_comments, level + 1);
            begin_line(printer, FALSE, &is_first, level);
            put_char(printer, '}');
        }
        print_trailing(printer, command->trailing);
        put_char(printer, '\n');
        previous = command;
    }
    print_comments(printer, last_comments, &is_first, level);
}

void
tamis_sieve_print(const TamisSieveScript *script, GString *output)
{
    Printer printer = {.output = output, .line_start = output->len};
    print_commands(&printer, script->commands, script->comments, 0);
    /* The reserved room was written to without GLib's knowing. */
    output->str[output->len] = '\0';
}
