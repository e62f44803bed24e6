/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Text to text without a tree: the lexer gives word after word, and each is written where it belongs. What the parser
 * has taken is well-formed, so nothing is checked here. An attempt at one line that fails is read again from its first
 * word; it ends after a few hundred bytes, and what is long is read for one of them alone. print.c lays trees out in
 * the same way. */
#include "grammar/sieve/layout.h"

#include "grammar/sieve/compare-private.h"
#include "grammar/sieve/print-words.h"
#include "grammar/sieve/reader.h"

/* A string of so many bytes fits on no line, whatever it has of escapes. */
#define LONG_BYTES (3 * MAX_LINE_BYTES)

typedef struct {
    Printer printer;
    TamisSieveLexer lexer; /* at the next word that is to be written */
    TamisArenaMark mark;   /* before the value of that */
    /* Where comments begin that are still to be written before it; NULL: there are none. Nothing but signs stands
     * between them. */
    const char *gap;
    const char *long_gap; /* no attempt at one line gets on behind it; NULL: nothing is known */
    const char *first_comment;      /* that was heard before the word, or in it */
    TamisSieveComment last_comment; /* likewise */
    /* While comments are written. */
    guint level;
    gboolean ends_line; /* what follows a hash comment would be part of it */
    gboolean is_behind; /* the command, on its line */
    gboolean is_first;  /* in the block */
} Layout;

static void print_test(Layout *layout, guint level);
static void print_commands(Layout *layout, guint level);

/* From word to word ------------------------------------------------------------------------------- */

static void
note_comment(gpointer data, const TamisSieveComment *comment)
{
    Layout *layout = data;

    if (layout->first_comment == NULL)
        layout->first_comment = layout->lexer.text + comment->span.offset;
    layout->last_comment = *comment;
}

static G_NO_INLINE void
note_gap(Layout *layout, const char *from)
{
    const TamisSieveLexer *lexer = &layout->lexer;
    gboolean has_comments = layout->first_comment != NULL && layout->first_comment < lexer->start;

    if (has_comments && layout->gap == NULL)
        layout->gap = from;
    /* Comments before the end of a command stand behind it. */
    if (lexer->kind == TAMIS_SIEVE_TOKEN_STRING
            ? lexer->end - lexer->start > LONG_BYTES
            : has_comments && lexer->start - from > LONG_BYTES &&
                  lexer->kind != TAMIS_SIEVE_TOKEN_SEMICOLON &&
                  lexer->kind != TAMIS_SIEVE_TOKEN_LEFT_BRACE)
        layout->long_gap = from;
}

static void
take(Layout *layout)
{
    TamisSieveLexer *lexer = &layout->lexer;
    const char *from = lexer->end;

    if (layout->printer.is_flat && from == layout->long_gap) {
        layout->printer.overflow = TRUE;
        return;
    }
    if (G_UNLIKELY(layout->printer.is_full))
        lexer->end = lexer->limit;
    if (lexer->kind == TAMIS_SIEVE_TOKEN_STRING)
        tamis_arena_release(lexer->arena, layout->mark);
    layout->first_comment = NULL;
    tamis_sieve_lexer_next(lexer);
    if (layout->first_comment != NULL || lexer->end - from > LONG_BYTES)
        note_gap(layout, from);
}

static guint32
word_length(const Layout *layout)
{
    return (guint32)(layout->lexer.end - layout->lexer.start);
}

/* Attempts at one line ---------------------------------------------------------------------------- */

typedef struct {
    TamisSieveLexer lexer;
    gsize length, line_start;
} Mark;

/* At a word before which no comments are left. */
static void
begin_flat(Layout *layout, Mark *mark)
{
    Printer *printer = &layout->printer;

    *mark = (Mark){layout->lexer, length_so_far(printer), printer->line_start};
    printer->is_flat = TRUE;
    printer->overflow = FALSE;
}

/* Keeps what was written since the mark if the line has room for as many columns more, else takes it back, is where it
 * was in the text, and returns FALSE. */
static gboolean
end_flat(Layout *layout, const Mark *mark, gsize room)
{
    Printer *printer = &layout->printer;

    printer->is_flat = FALSE;
    if (!printer->overflow && !tamis_sieve_is_past_margin(printer, room))
        return TRUE;
    printer->overflow = FALSE;
    printer->end = printer->output->str + mark->length;
    printer->line_start = mark->line_start;
    layout->lexer = mark->lexer;
    tamis_arena_release(layout->lexer.arena, layout->mark);
    layout->gap = NULL;
    return FALSE;
}

/* Comments ---------------------------------------------------------------------------------------- */

/* Has those in the gap written. */
static void
write_gap(Layout *layout, void (*write)(gpointer data, const TamisSieveComment *comment))
{
    TamisSieveLexer lexer = layout->lexer;
    const char *gap = layout->gap;

    if (gap == NULL)
        return;
    layout->gap = NULL;
    lexer.hear = write;
    tamis_sieve_lexer_hear(lexer, gap, lexer.start);
}

/* Behind what precedes it or on a line of its own, as it was. */
static void
write_on_line(gpointer data, const TamisSieveComment *comment)
{
    Layout *layout = data;
    Printer *printer = &layout->printer;

    if (comment->is_behind && !layout->ends_line)
        put_char(printer, ' ');
    else
        tamis_sieve_put_line_break(printer, layout->level);
    tamis_sieve_put_comment(printer, comment);
    layout->ends_line = !comment->is_bracketed;
}

/* Where no line is to be broken without need. */
static void
write_before_word(gpointer data, const TamisSieveComment *comment)
{
    Layout *layout = data;
    Printer *printer = &layout->printer;

    tamis_sieve_put_comment(printer, comment);
    if (comment->is_bracketed)
        put_char(printer, ' ');
    else
        tamis_sieve_put_line_break(printer, layout->level + 1);
}

/* On its own, at the start of a line. */
static void
write_as_line(gpointer data, const TamisSieveComment *comment)
{
    Layout *layout = data;
    Printer *printer = &layout->printer;

    tamis_sieve_begin_line(printer, comment->blank_line_before, &layout->is_first, layout->level);
    tamis_sieve_put_comment(printer, comment);
    put_char(printer, '\n');
}

/* Behind a command; what stands behind a hash comment gets a line of its own. */
static void
write_behind(gpointer data, const TamisSieveComment *comment)
{
    Layout *layout = data;
    Printer *printer = &layout->printer;

    if (layout->ends_line) {
        put_char(printer, '\n');
        tamis_sieve_begin_line(printer, FALSE, &layout->is_first, layout->level);
    } else {
        put_char(printer, ' ');
    }
    tamis_sieve_put_comment(printer, comment);
    layout->ends_line |= !comment->is_bracketed;
}

/* Behind a command, and from the first that begins a line before the next one. */
static void
write_between(gpointer data, const TamisSieveComment *comment)
{
    Layout *layout = data;

    if (layout->is_behind && comment->is_behind) {
        write_behind(layout, comment);
        return;
    }
    if (layout->is_behind)
        put_char(&layout->printer, '\n');
    layout->is_behind = FALSE;
    write_as_line(layout, comment);
}

static gboolean
has_comment_in_text(const Layout *layout)
{
    return layout->first_comment != NULL && layout->last_comment.text > layout->lexer.start;
}

static gboolean
is_block(const Layout *layout)
{
    return tamis_sieve_can_be_block(layout->lexer.head, layout->lexer.value);
}

/* Comments between `text:` and its text stay there only in a text block. */
static gboolean
has_comment_to_move(const Layout *layout)
{
    return layout->lexer.kind == TAMIS_SIEVE_TOKEN_STRING && has_comment_in_text(layout) &&
           !is_block(layout);
}

static void
print_comments_as_lines(Layout *layout, guint level)
{
    gboolean is_to_move = has_comment_to_move(layout);

    if (layout->gap == NULL && !is_to_move)
        return;
    if (layout->printer.is_flat) {
        layout->printer.overflow = TRUE;
        return;
    }
    layout->level = level;
    layout->ends_line = FALSE;
    write_gap(layout, write_on_line);
    if (is_to_move)
        write_on_line(layout, &layout->last_comment);
}

/* Ends with the blank that goes before a word. */
static void
print_comments_before_word(Layout *layout, guint level)
{
    gboolean is_to_move = has_comment_to_move(layout);

    put_char(&layout->printer, ' ');
    if (layout->gap == NULL && !is_to_move)
        return;
    if (layout->printer.is_flat) {
        layout->printer.overflow = TRUE;
        return;
    }
    layout->level = level;
    write_gap(layout, write_before_word);
    if (is_to_move)
        write_before_word(layout, &layout->last_comment);
}

/* Arguments --------------------------------------------------------------------------------------- */

static void
print_string(Layout *layout)
{
    Printer *printer = &layout->printer;
    const TamisSieveLexer *lexer = &layout->lexer;

    if (printer->is_flat && lexer->head.length_bytes > MAX_LINE_BYTES) {
        printer->overflow = TRUE;
    } else if (is_block(layout)) {
        put_literal(printer, "text:");
        if (has_comment_in_text(layout)) {
            put_char(printer, ' ');
            tamis_sieve_put_comment(printer, &layout->last_comment);
        }
        tamis_sieve_put_block(printer, lexer->value, lexer->head.length_bytes);
    } else {
        tamis_sieve_put_quoted(printer, lexer->value, lexer->head.length_bytes);
    }
    take(layout);
}

/* At `[`. */
static void
print_flat_list(Layout *layout)
{
    Printer *printer = &layout->printer;

    put_char(printer, '[');
    take(layout);
    while (layout->lexer.kind == TAMIS_SIEVE_TOKEN_STRING && !gave_up(printer)) {
        printer->overflow |= layout->gap != NULL;
        print_string(layout);
        if (layout->lexer.kind != TAMIS_SIEVE_TOKEN_COMMA)
            break;
        put_literal(printer, ", ");
        take(layout);
    }
    printer->overflow |= layout->gap != NULL;
    if (printer->overflow)
        return;
    put_char(printer, ']');
    take(layout);
}

static void
print_list(Layout *layout, guint level)
{
    Printer *printer = &layout->printer;
    Mark mark;

    if (printer->is_flat) {
        print_flat_list(layout);
        return;
    }
    begin_flat(layout, &mark);
    print_flat_list(layout);
    if (end_flat(layout, &mark, TAIL_COLUMNS))
        return;
    put_char(printer, '[');
    take(layout);
    while (layout->lexer.kind == TAMIS_SIEVE_TOKEN_STRING) {
        print_comments_as_lines(layout, level + 1);
        tamis_sieve_put_line_break(printer, level + 1);
        print_string(layout);
        if (layout->lexer.kind != TAMIS_SIEVE_TOKEN_COMMA)
            break;
        put_char(printer, ',');
        take(layout);
    }
    print_comments_as_lines(layout, level + 1);
    tamis_sieve_put_line_break(printer, level);
    put_char(printer, ']');
    take(layout);
}

static gboolean
is_argument(TamisSieveTokenKind kind)
{
    return kind == TAMIS_SIEVE_TOKEN_TAG || kind == TAMIS_SIEVE_TOKEN_NUMBER ||
           kind == TAMIS_SIEVE_TOKEN_STRING || kind == TAMIS_SIEVE_TOKEN_LEFT_BRACKET;
}

static void
print_arguments(Layout *layout, guint level)
{
    Printer *printer = &layout->printer;
    const TamisSieveLexer *lexer = &layout->lexer;

    while (is_argument(lexer->kind) && !gave_up(printer)) {
        print_comments_before_word(layout, level);
        switch (lexer->kind) {
        case TAMIS_SIEVE_TOKEN_STRING:
            print_string(layout);
            continue;
        case TAMIS_SIEVE_TOKEN_LEFT_BRACKET:
            print_list(layout, level);
            continue;
        case TAMIS_SIEVE_TOKEN_TAG:
            put_name(printer, lexer->start, word_length(layout));
            break;
        default:
            tamis_sieve_put_number(printer, lexer->number, lexer->quantifier);
            break;
        }
        take(layout);
    }
}

/* Tests ------------------------------------------------------------------------------------------- */

/* At `(`. */
static void
print_test_list(Layout *layout, guint level)
{
    Printer *printer = &layout->printer;

    put_literal(printer, " (");
    take(layout);
    while (!gave_up(printer)) {
        print_comments_as_lines(layout, level + 1);
        if (!printer->is_flat)
            tamis_sieve_put_line_break(printer, level + 1);
        print_test(layout, level + 1);
        if (layout->lexer.kind != TAMIS_SIEVE_TOKEN_COMMA)
            break;
        put_char(printer, ',');
        if (printer->is_flat)
            put_char(printer, ' ');
        take(layout);
    }
    print_comments_as_lines(layout, level + 1);
    if (printer->overflow)
        return;
    if (!printer->is_flat)
        tamis_sieve_put_line_break(printer, level);
    put_char(printer, ')');
    take(layout);
}

/* From the name of a command or test to the end of its tests. */
static void
print_words(Layout *layout, guint level)
{
    put_name(&layout->printer, layout->lexer.start, word_length(layout));
    take(layout);
    print_arguments(layout, level);
    if (gave_up(&layout->printer))
        return;
    if (layout->lexer.kind == TAMIS_SIEVE_TOKEN_LEFT_PAREN) {
        print_test_list(layout, level);
    } else if (layout->lexer.kind == TAMIS_SIEVE_TOKEN_WORD) {
        print_comments_before_word(layout, level);
        print_test(layout, level);
    }
}

static void
print_test(Layout *layout, guint level)
{
    Mark mark;

    if (!layout->printer.is_flat) {
        begin_flat(layout, &mark);
        print_words(layout, level);
        if (end_flat(layout, &mark, TAIL_COLUMNS))
            return;
    }
    print_words(layout, level);
}

/* Commands ---------------------------------------------------------------------------------------- */

/* Name to `;` or `{`, which are not taken. */
static void
print_head(Layout *layout, guint level)
{
    Printer *printer = &layout->printer;
    Mark mark;

    begin_flat(layout, &mark);
    print_words(layout, level);
    gboolean has_block = layout->lexer.kind == TAMIS_SIEVE_TOKEN_LEFT_BRACE;
    if (!end_flat(layout, &mark, has_block ? 2 : 1))
        print_words(layout, level);
    if (layout->lexer.kind == TAMIS_SIEVE_TOKEN_LEFT_BRACE)
        put_literal(printer, " {\n");
    else
        put_char(printer, ';');
}

/* Whether the command's line is the one on which the block before it was closed. */
static gboolean
goes_on(const Layout *layout)
{
    const TamisSieveLexer *lexer = &layout->lexer;

    return tamis_sieve_name_is(lexer->start, word_length(layout), "elsif") ||
           tamis_sieve_name_is(lexer->start, word_length(layout), "else");
}

/* is_behind_block: nothing else stands behind a block before it. Returns whether that holds for the next one. */
static gboolean
print_command(Layout *layout, gboolean is_behind_block, guint level)
{
    Printer *printer = &layout->printer;

    if (is_behind_block && goes_on(layout)) {
        printer->end[-1] = ' ';
        printer->line_start = length_so_far(printer) - 2 - (gsize)level * INDENT;
    } else {
        tamis_sieve_begin_line(printer, layout->lexer.has_blank_line, &layout->is_first, level);
    }
    print_head(layout, level);
    gboolean has_block = layout->lexer.kind == TAMIS_SIEVE_TOKEN_LEFT_BRACE;
    layout->level = level;
    layout->ends_line = FALSE;
    if (has_block) {
        take(layout);
        print_commands(layout, level + 1);
        layout->level = level;
        layout->ends_line = FALSE;
        tamis_sieve_begin_line(printer, FALSE, &layout->is_first, level);
        put_char(printer, '}');
    } else {
        write_gap(layout, write_behind);
    }
    take(layout);
    is_behind_block = has_block && layout->gap == NULL;
    layout->is_behind = TRUE;
    write_gap(layout, write_between);
    if (layout->is_behind)
        put_char(printer, '\n');
    return is_behind_block;
}

/* To the closing brace or the end, which are not taken. */
static void
print_commands(Layout *layout, guint level)
{
    gboolean is_behind_block = FALSE;

    layout->level = level;
    layout->is_first = TRUE;
    write_gap(layout, write_as_line);
    while (layout->lexer.kind == TAMIS_SIEVE_TOKEN_WORD)
        is_behind_block = print_command(layout, is_behind_block, level);
}

/* FALSE: what comes of it is too large. */
static gboolean
print_text(TamisSourceId source, TamisReport *report, GString *output)
{
    g_autoptr(TamisArena) arena = tamis_arena_new();
    Layout layout = {.printer = begin(output, output->len), .mark = tamis_arena_mark(arena)};

    tamis_sieve_lexer_init(&layout.lexer, source, arena, report);
    layout.lexer.drops_comments = TRUE;
    layout.lexer.hear = note_comment;
    layout.lexer.hearer = &layout;
    /* Mostly enough, so that nothing is moved; what is not used is never there. */
    reserve(&layout.printer, 2 * (gsize)(layout.lexer.limit - layout.lexer.text));
    take(&layout);
    print_commands(&layout, 0);
    end(&layout.printer);
    return !layout.printer.is_full;
}

/* The script ---------------------------------------------------------------------------------------- */

static void
digest_comment(gpointer data, const TamisSieveComment *comment)
{
    tamis_sieve_digest_comments(data, comment); /* it has no next one */
}

static TamisSieveDigest
digest_text(TamisSourceId source, TamisReport *report)
{
    g_autoptr(TamisArena) arena = tamis_arena_new();
    TamisArenaMark mark = tamis_arena_mark(arena);
    TamisSieveDigest digest = {0};
    TamisSieveLexer lexer;

    tamis_sieve_lexer_init(&lexer, source, arena, report);
    lexer.drops_comments = TRUE;
    lexer.hear = digest_comment;
    lexer.hearer = &digest;
    do {
        tamis_sieve_lexer_next(&lexer);
        tamis_sieve_digest_token(&digest, &lexer);
        if (lexer.kind == TAMIS_SIEVE_TOKEN_STRING)
            tamis_arena_release(arena, mark);
    } while (lexer.kind != TAMIS_SIEVE_TOKEN_END);
    return digest;
}

void
tamis_sieve_complain_large(TamisSourceId source, TamisReport *report)
{
    TamisDiagnostic *diagnostic = tamis_report_add(
        report, (TamisSpan){source, 0, 0}, TAMIS_RULE_SYNTAX,
        "laid out the script is larger than %u MiB", TAMIS_SIEVE_MAX_PRINTED_BYTES >> 20);

    tamis_report_help(report, diagnostic, "nest its blocks less deep, or part it into several");
}

TamisSieveDigest
tamis_sieve_lay_out(TamisSourceId source, TamisReport *report, GString *output)
{
    /* What was told once need not be told again. */
    g_autoptr(TamisReport) unheard = tamis_report_new(tamis_report_get_sources(report));

    if (tamis_sieve_read_unheard(source, report) > 0)
        return (TamisSieveDigest){0};
    if (output != NULL && !print_text(source, unheard, output))
        tamis_sieve_complain_large(source, report);
    return digest_text(source, unheard);
}
