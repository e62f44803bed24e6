/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tree to Sieve text. Each construct is first written on one line; where that goes past the margin
 * it is taken back and written broken. An attempt gives up after a few hundred bytes, so the whole
 * stays linear. What is written is not checked here: any name, tag or number that the tree has is
 * taken. */
#include "grammar/sieve/print.h"

#include "grammar/sieve/print-words.h"

/* Deeper tests are printed as any other. */
#define PREPRINTED_LEVELS 8

/* The text at the start of a line of each level, the indentation left out. */
struct TamisSievePrinted {
    struct {
        const char *text;
        gsize length;
        gsize last_line; /* where that starts; 0: there is one line only */
    } at[PREPRINTED_LEVELS];
};

static void print_test(Printer *printer, const TamisSieveTest *test, guint level);

typedef struct {
    gsize length, line_start;
    gboolean was_flat;
    const TamisSieveComment *inner;
} Mark;

static Mark
begin_flat(Printer *printer)
{
    Mark mark = {length_so_far(printer), printer->line_start, printer->is_flat, printer->inner};
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
    if (!printer->overflow && !tamis_sieve_is_past_margin(printer, room))
        return TRUE;
    printer->overflow = FALSE;
    printer->end = printer->output->str + mark.length;
    printer->line_start = mark.line_start;
    printer->inner = mark.inner;
    return FALSE;
}

static gboolean
has_inner(const Printer *printer, TamisSpan span)
{
    return printer->inner != NULL && printer->inner->span.offset < tamis_span_end(span);
}

static void
print_block(Printer *printer, const TamisSieveString *string)
{
    put_literal(printer, "text:");
    for (; has_inner(printer, string->span); printer->inner = printer->inner->next) {
        put_char(printer, ' ');
        tamis_sieve_put_comment(printer, printer->inner);
    }
    tamis_sieve_put_block(printer, string->text, string->length_bytes);
}

static void
print_string(Printer *printer, const TamisSieveString *string)
{
    if (printer->is_flat && string->length_bytes > MAX_LINE_BYTES)
        printer->overflow = TRUE;
    else if (tamis_sieve_can_be_block(string->head, string->text))
        print_block(printer, string);
    else
        tamis_sieve_put_quoted(printer, string->text, string->length_bytes);
}

/* Where comments end that go before the string: those between `text:` and its text stay there only in a text
 * block. */
static guint32
comments_end(const TamisSieveString *string)
{
    gboolean is_unblocked =
        string->form == TAMIS_SIEVE_TEXT && !tamis_sieve_can_be_block(string->head, string->text);

    return is_unblocked ? tamis_span_end(string->span) : string->span.offset;
}

/* Comments that stand before offset, each behind what precedes it or on a line of its own, as it
 * was. */
static void
print_inner_lines(Printer *printer, guint32 offset, guint level)
{
    gboolean ends_line = FALSE; /* what follows a hash comment would be part of it */

    for (; printer->inner != NULL && printer->inner->span.offset < offset;
         printer->inner = printer->inner->next) {
        printer->overflow |= printer->is_flat;
        if (printer->inner->is_behind && !ends_line)
            put_char(printer, ' ');
        else
            tamis_sieve_put_line_break(printer, level);
        tamis_sieve_put_comment(printer, printer->inner);
        ends_line = !printer->inner->is_bracketed;
    }
}

/* The same where no line is to be broken without need. Ends with the blank that goes before a word.
 */
static void
print_inner_words(Printer *printer, guint32 offset, guint level)
{
    put_char(printer, ' ');
    for (; printer->inner != NULL && printer->inner->span.offset < offset;
         printer->inner = printer->inner->next) {
        printer->overflow |= printer->is_flat;
        tamis_sieve_put_comment(printer, printer->inner);
        if (printer->inner->is_bracketed)
            put_char(printer, ' ');
        else
            tamis_sieve_put_line_break(printer, level + 1);
    }
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
print_list(Printer *printer, const TamisSieveArgument *list, guint level)
{
    if (printer->is_flat) {
        printer->overflow |= has_inner(printer, list->span);
        print_flat_list(printer, list->strings);
        return;
    }
    if (!has_inner(printer, list->span)) {
        Mark mark = begin_flat(printer);
        print_flat_list(printer, list->strings);
        if (end_flat(printer, mark, TAIL_COLUMNS))
            return;
    }
    put_char(printer, '[');
    for (const TamisSieveString *string = list->strings; string && !printer->is_full;
         string = string->next) {
        print_inner_lines(printer, comments_end(string), level + 1);
        tamis_sieve_put_line_break(printer, level + 1);
        print_string(printer, string);
        if (string->next)
            put_char(printer, ',');
    }
    print_inner_lines(printer, tamis_span_end(list->span), level + 1);
    tamis_sieve_put_line_break(printer, level);
    put_char(printer, ']');
}

static void
print_arguments(Printer *printer, const TamisSieveArgument *arguments, guint level)
{
    for (const TamisSieveArgument *argument = arguments; argument && !gave_up(printer);
         argument = argument->next) {
        guint32 end = argument->kind == TAMIS_SIEVE_STRING ? comments_end(argument->strings)
                                                           : argument->span.offset;
        print_inner_words(printer, end, level);
        switch (argument->kind) {
        case TAMIS_SIEVE_TAG:
            put_char(printer, ':');
            put_name(printer, argument->name, argument->name_length);
            break;
        case TAMIS_SIEVE_NUMBER:
            tamis_sieve_put_number(printer, argument->number, argument->quantifier);
            break;
        case TAMIS_SIEVE_STRING:
            print_string(printer, argument->strings);
            break;
        case TAMIS_SIEVE_LIST:
            print_list(printer, argument, level);
            break;
        }
    }
}

static void
print_test_list(Printer *printer, const TamisSieveTest *tests, guint32 end, guint level)
{
    put_literal(printer, " (");
    for (const TamisSieveTest *test = tests; test && !gave_up(printer) && !printer->is_full;
         test = test->next) {
        print_inner_lines(printer, test->span.offset, level + 1);
        if (!printer->is_flat)
            tamis_sieve_put_line_break(printer, level + 1);
        print_test(printer, test, level + 1);
        if (test->next) {
            put_char(printer, ',');
            if (printer->is_flat)
                put_char(printer, ' ');
        }
    }
    print_inner_lines(printer, end, level + 1);
    if (!printer->is_flat)
        tamis_sieve_put_line_break(printer, level);
    put_char(printer, ')');
}

/* end: the offset behind the tests with their parentheses. */
static void
print_tests(Printer *printer, const TamisSieveTest *tests, gboolean is_list, guint32 end,
            guint level)
{
    if (!tests)
        return;
    if (is_list) {
        print_test_list(printer, tests, end, level);
        return;
    }
    print_inner_words(printer, tests->span.offset, level);
    print_test(printer, tests, level);
}

static void
print_test_words(Printer *printer, const TamisSieveTest *test, guint level)
{
    put_name(printer, test->name, test->name_length);
    print_arguments(printer, test->arguments, level);
    print_tests(printer, test->tests, test->is_list, tamis_span_end(test->span), level);
}

/* Whether the test was preprinted and is done. */
static gboolean
print_preprinted(Printer *printer, const TamisSieveTest *test, guint level)
{
    if (level >= PREPRINTED_LEVELS)
        return FALSE;
    gsize last_line = test->printed->at[level].last_line;
    if (printer->is_flat) {
        /* What takes several lines by itself does not fit behind something else on one. */
        printer->overflow |= last_line > 0;
        return last_line > 0;
    }
    if (length_so_far(printer) != printer->line_start + (gsize)level * INDENT)
        return FALSE;
    if (last_line > 0)
        printer->line_start = length_so_far(printer) + last_line;
    put(printer, test->printed->at[level].text, test->printed->at[level].length);
    return TRUE;
}

static void
print_test(Printer *printer, const TamisSieveTest *test, guint level)
{
    if (test->printed && print_preprinted(printer, test, level))
        return;
    if (!printer->is_flat) {
        Mark mark = begin_flat(printer);
        print_test_words(printer, test, level);
        if (end_flat(printer, mark, TAIL_COLUMNS))
            return;
    }
    print_test_words(printer, test, level);
}

static void
print_comments(Printer *printer, const TamisSieveComment *comments, gboolean *is_first, guint level)
{
    for (const TamisSieveComment *comment = comments; comment; comment = comment->next) {
        tamis_sieve_begin_line(printer, comment->blank_line_before, is_first, level);
        tamis_sieve_put_comment(printer, comment);
        put_char(printer, '\n');
    }
}

static void
print_command_words(Printer *printer, const TamisSieveCommand *command, guint level)
{
    put_name(printer, command->name, command->name_length);
    print_arguments(printer, command->arguments, level);
    print_tests(printer, command->tests, command->is_list, G_MAXUINT32, level);
}

/* Name to `;` or `{`. */
static void
print_head(Printer *printer, const TamisSieveCommand *command, guint level)
{
    gsize room = command->has_block ? 2 : 1;

    printer->inner = command->inner;
    Mark mark = begin_flat(printer);
    print_command_words(printer, command, level);
    if (!end_flat(printer, mark, room))
        print_command_words(printer, command, level);
    if (command->has_block)
        put_literal(printer, " {");
    else
        put_char(printer, ';');
}

/* Whether the command's line is the one on which the block before it was closed. */
static gboolean
goes_on(const TamisSieveCommand *command)
{
    return command->comments == NULL &&
           (tamis_sieve_name_is(command->name, command->name_length, "elsif") ||
            tamis_sieve_name_is(command->name, command->name_length, "else"));
}

static void
print_trailing(Printer *printer, const TamisSieveComment *comments, guint level)
{
    gboolean is_behind = TRUE, is_first = FALSE;

    for (const TamisSieveComment *comment = comments; comment; comment = comment->next) {
        if (is_behind)
            put_char(printer, ' ');
        else
            tamis_sieve_begin_line(printer, FALSE, &is_first, level);
        tamis_sieve_put_comment(printer, comment);
        /* What follows a hash comment would be part of it: each gets a line of its own. */
        is_behind = is_behind && comment->is_bracketed;
        if (!is_behind && comment->next)
            put_char(printer, '\n');
    }
}

/* Among the commands of one block. */
typedef struct {
    gboolean is_first;
    gboolean is_behind_block;
    guint level;
} Place;

static void print_commands(Printer *printer, const TamisSieveCommand *commands,
                           const TamisSieveComment *last_comments, guint level);

static void
print_command(Printer *printer, const TamisSieveCommand *command, Place *place)
{
    guint level = place->level;

    if (place->is_behind_block && goes_on(command)) {
        printer->end[-1] = ' ';
        printer->line_start = length_so_far(printer) - 2 - (gsize)level * INDENT;
    } else {
        print_comments(printer, command->comments, &place->is_first, level);
        tamis_sieve_begin_line(printer, command->blank_line_before, &place->is_first, level);
    }
    print_head(printer, command, level);
    if (command->has_block) {
        put_char(printer, '\n');
        print_commands(printer, command->block, command->block_comments, level + 1);
        tamis_sieve_begin_line(printer, FALSE, &place->is_first, level);
        put_char(printer, '}');
    }
    print_trailing(printer, command->trailing, level);
    put_char(printer, '\n');
    place->is_behind_block = command->has_block && command->trailing == NULL;
}

static void
print_commands(Printer *printer, const TamisSieveCommand *commands,
               const TamisSieveComment *last_comments, guint level)
{
    Place place = {.is_first = TRUE, .level = level};

    for (const TamisSieveCommand *command = commands; command && !printer->is_full;
         command = command->next)
        print_command(printer, command, &place);
    print_comments(printer, last_comments, &place.is_first, level);
}

void
tamis_sieve_print(const TamisSieveScript *script, GString *output)
{
    Printer printer = begin(output, output->len);

    print_commands(&printer, script->commands, script->comments, 0);
    end(&printer);
}

void
tamis_sieve_print_command(TamisSievePrinting *printing, const TamisSieveCommand *command,
                          GString *output)
{
    Printer printer = begin(output, printing->line_start);
    Place place = {.is_first = !printing->has_begun, .is_behind_block = printing->ends_in_block};

    if (output->len > TAMIS_SIEVE_MAX_PRINTED_BYTES)
        return;
    print_command(&printer, command, &place);
    end(&printer);
    *printing = (TamisSievePrinting){!place.is_first, place.is_behind_block, printer.line_start};
}

void
tamis_sieve_print_last_comments(TamisSievePrinting *printing, const TamisSieveComment *comments,
                                GString *output)
{
    Printer printer = begin(output, printing->line_start);
    gboolean is_first = !printing->has_begun;

    print_comments(&printer, comments, &is_first, 0);
    end(&printer);
}

void
tamis_sieve_print_quoted(const char *text, gsize length_bytes, GString *output)
{
    Printer printer = begin(output, 0);

    tamis_sieve_put_quoted(&printer, text, length_bytes);
    end(&printer);
}

void
tamis_sieve_preprint(TamisSieveTest *test, TamisArena *arena)
{
    g_autoptr(GString) output = g_string_new(NULL);
    TamisSievePrinted *printed = tamis_arena_new0(arena, TamisSievePrinted);

    for (guint level = 0; level < PREPRINTED_LEVELS; level++) {
        Printer printer = {.output = output, .end = output->str};
        printer.limit = output->str + output->allocated_len - 1;
        gsize start = (gsize)level * INDENT;
        put_blanks(&printer, start);
        print_test(&printer, test, level);
        printed->at[level].length = length_so_far(&printer) - start;
        printed->at[level].text =
            tamis_arena_strndup(arena, output->str + start, printed->at[level].length);
        printed->at[level].last_line = printer.line_start > 0 ? printer.line_start - start : 0;
    }
    test->printed = printed;
}
