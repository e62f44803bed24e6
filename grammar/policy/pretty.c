/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One pass over the operations measures groups, a second one writes. A group's width counts what it takes
 * on one line; what forces a break makes it infinite. Lines with a comment behind them wait until the run
 * of such lines ends, to be aligned. */
#include "grammar/policy/pretty.h"

#include "grammar/policy/shape.h"

#include <string.h>

#define INFINITE        (1u << 30)
#define COMMENT_GAP     2
#define ALIGNED_COLUMNS 72 /* comments that would begin behind this column are not aligned */

typedef enum {
    OP_TEXT,
    OP_TEXT_IF_BROKEN,
    OP_LINE,
    OP_SOFT,
    OP_BREAK,
    OP_BLANK,
    OP_FORCE,
    OP_OPEN,
    OP_CLOSE,
    OP_INDENT,
    OP_ALIGN,
    OP_UNALIGN,
    OP_TRAILING,
    OP_LINES,
} OpKind;

typedef struct {
    OpKind kind;
    int indent;     /* INDENT; LINES: the old column */
    guint width;    /* TEXT; OPEN: of the group on one line */
    guint rest;     /* from here to the next place to break */
    guint32 length; /* TEXT; OPEN: index of its CLOSE */
    const char *text;
} Op;

typedef struct {
    GString *code;
    char *comment; /* NULL: none */
} Line;

struct TamisPretty {
    GArray *ops;  /* of Op */
    GArray *open; /* of guint: unclosed groups' indexes; when writing, of gboolean: broken */
    GStringChunk *copies;
    GString *out;
    GString *code; /* of the line being written */
    GString *comment;
    GArray *run; /* of Line: those that wait for alignment */
    guint column, indent;
    guint outer_indent;  /* of what is aligned */
    gboolean is_started; /* the line being written has its indentation */
};

static void
line_clear(gpointer data)
{
    Line *line = data;

    g_string_free(line->code, TRUE);
    g_free(line->comment);
}

TamisPretty *
tamis_pretty_new(void)
{
    TamisPretty *pretty = g_new0(TamisPretty, 1);

    pretty->ops = g_array_new(FALSE, FALSE, sizeof(Op));
    pretty->open = g_array_new(FALSE, FALSE, sizeof(guint));
    pretty->copies = g_string_chunk_new(1024);
    pretty->out = g_string_new(NULL);
    pretty->code = g_string_new(NULL);
    pretty->comment = g_string_new(NULL);
    pretty->run = g_array_new(FALSE, FALSE, sizeof(Line));
    g_array_set_clear_func(pretty->run, line_clear);
    return pretty;
}

void
tamis_pretty_free(TamisPretty *pretty)
{
    if (pretty == NULL)
        return;
    g_array_unref(pretty->ops);
    g_array_unref(pretty->open);
    g_array_unref(pretty->run);
    g_string_chunk_free(pretty->copies);
    g_string_free(pretty->out, TRUE);
    g_string_free(pretty->code, TRUE);
    g_string_free(pretty->comment, TRUE);
    g_free(pretty);
}

guint
tamis_display_width(const char *text, gsize length_bytes)
{
    const char *end = text + length_bytes;
    guint width = 0;

    while (text < end) {
        gunichar character;
        gsize length = 1;

        if ((guint8)*text < 0x80) {
            width++;
        } else {
            length = MAX(tamis_utf8_decode(text, end, &character), 1);
            if (length == 1 || !g_unichar_iszerowidth(character))
                width += length > 1 && g_unichar_iswide(character) ? 2 : 1;
        }
        text += length;
    }
    return width;
}

/* Taking in --------------------------------------------------------------------------------------- */

static void
add(TamisPretty *pretty, Op op)
{
    g_array_append_val(pretty->ops, op);
}

void
tamis_pretty_text_length(TamisPretty *pretty, const char *text, gsize length_bytes)
{
    add(pretty, (Op){.kind = OP_TEXT,
                     .text = text,
                     .length = (guint32)length_bytes,
                     .width = tamis_display_width(text, length_bytes)});
}

void
tamis_pretty_text(TamisPretty *pretty, const char *text)
{
    tamis_pretty_text_length(pretty, text, strlen(text));
}

void
tamis_pretty_copy(TamisPretty *pretty, const char *text)
{
    tamis_pretty_text(pretty, g_string_chunk_insert(pretty->copies, text));
}

void
tamis_pretty_text_if_broken(TamisPretty *pretty, const char *text)
{
    add(pretty, (Op){.kind = OP_TEXT_IF_BROKEN, .text = text, .length = (guint32)strlen(text)});
}

void
tamis_pretty_line(TamisPretty *pretty)
{
    add(pretty, (Op){.kind = OP_LINE, .width = 1});
}

void
tamis_pretty_soft(TamisPretty *pretty)
{
    add(pretty, (Op){.kind = OP_SOFT});
}

void
tamis_pretty_break(TamisPretty *pretty)
{
    add(pretty, (Op){.kind = OP_BREAK, .width = INFINITE});
}

void
tamis_pretty_blank(TamisPretty *pretty)
{
    add(pretty, (Op){.kind = OP_BLANK, .width = INFINITE});
}

void
tamis_pretty_force(TamisPretty *pretty)
{
    add(pretty, (Op){.kind = OP_FORCE, .width = INFINITE});
}

void
tamis_pretty_open(TamisPretty *pretty)
{
    g_array_append_val(pretty->open, pretty->ops->len);
    add(pretty, (Op){.kind = OP_OPEN});
}

void
tamis_pretty_close(TamisPretty *pretty)
{
    guint open = g_array_index(pretty->open, guint, pretty->open->len - 1);

    g_array_index(pretty->ops, Op, open).length = pretty->ops->len;
    g_array_set_size(pretty->open, pretty->open->len - 1);
    add(pretty, (Op){.kind = OP_CLOSE});
}

void
tamis_pretty_indent(TamisPretty *pretty, int columns)
{
    add(pretty, (Op){.kind = OP_INDENT, .indent = columns});
}

void
tamis_pretty_align(TamisPretty *pretty)
{
    add(pretty, (Op){.kind = OP_ALIGN});
}

void
tamis_pretty_unalign(TamisPretty *pretty)
{
    add(pretty, (Op){.kind = OP_UNALIGN});
}

void
tamis_pretty_trailing(TamisPretty *pretty, const char *text)
{
    add(pretty, (Op){.kind = OP_TRAILING,
                     .width = INFINITE,
                     .text = g_string_chunk_insert(pretty->copies, text)});
}

void
tamis_pretty_lines(TamisPretty *pretty, const char *text, guint old_column)
{
    add(pretty, (Op){.kind = OP_LINES,
                     .width = INFINITE,
                     .indent = (int)old_column,
                     .text = g_string_chunk_insert(pretty->copies, text)});
}

/* Writing ----------------------------------------------------------------------------------------- */

/* The column at which the comments of the waiting lines begin; 0: each right behind its code. */
static guint
comment_column(const TamisPretty *pretty)
{
    guint column = 0;

    if (pretty->run->len < 2)
        return 0;
    for (guint i = 0; i < pretty->run->len; i++) {
        const Line *line = &g_array_index(pretty->run, Line, i);
        column = MAX(column, tamis_display_width(line->code->str, line->code->len) + COMMENT_GAP);
    }
    return column <= ALIGNED_COLUMNS ? column : 0;
}

static void
write_run(TamisPretty *pretty)
{
    guint column = comment_column(pretty);

    for (guint i = 0; i < pretty->run->len; i++) {
        const Line *line = &g_array_index(pretty->run, Line, i);
        guint width = tamis_display_width(line->code->str, line->code->len);

        g_string_append_len(pretty->out, line->code->str, (gssize)line->code->len);
        g_string_append_printf(pretty->out, "%*s%s\n",
                               column > 0 ? (int)(column - width) : COMMENT_GAP, "", line->comment);
    }
    g_array_set_size(pretty->run, 0);
}

static void
end_line(TamisPretty *pretty)
{
    if (pretty->comment->len > 0) {
        Line line = {.code = g_string_new_len(pretty->code->str, (gssize)pretty->code->len),
                     .comment = g_strdup(pretty->comment->str)};
        g_array_append_val(pretty->run, line);
        /* What has lines of its own is not aligned with anything below. */
        if (strchr(line.comment, '\n') != NULL)
            write_run(pretty);
    } else {
        write_run(pretty);
        g_string_append_len(pretty->out, pretty->code->str, (gssize)pretty->code->len);
        g_string_append_c(pretty->out, '\n');
    }
    g_string_truncate(pretty->code, 0);
    g_string_truncate(pretty->comment, 0);
    pretty->is_started = FALSE;
    pretty->column = pretty->indent;
}

static void
write_text(TamisPretty *pretty, const char *text, gsize length, guint width)
{
    if (length == 0)
        return;
    if (!pretty->is_started) {
        g_string_append_printf(pretty->code, "%*s", (int)pretty->indent, "");
        pretty->column = pretty->indent;
        pretty->is_started = TRUE;
    }
    g_string_append_len(pretty->code, text, (gssize)length);
    pretty->column += width;
}

static void
write_lines(TamisPretty *pretty, const Op *op)
{
    const char *text = op->text, *feed;
    gboolean is_first = TRUE;

    for (;; text = feed + 1) {
        gsize length = (feed = strchr(text, '\n')) != NULL ? (gsize)(feed - text) : strlen(text);

        if (!is_first)
            for (int i = 0; i < op->indent && length > 0 && *text == ' '; i++, length--)
                text++;
        while (length > 0 && strchr(" \t\r", text[length - 1]) != NULL)
            length--;
        write_text(pretty, text, length, tamis_display_width(text, length));
        if (feed == NULL)
            return;
        end_line(pretty);
        is_first = FALSE;
    }
}

/* From the last operation to the first: how much has to fit behind each, and how wide groups are. */
static void
measure(TamisPretty *pretty)
{
    guint rest = 0;
    guint64 total = 0;
    g_autoptr(GArray) before = g_array_new(FALSE, FALSE, sizeof(guint64));

    for (guint i = pretty->ops->len; i-- > 0;) {
        Op *op = &g_array_index(pretty->ops, Op, i);

        switch (op->kind) {
        case OP_TEXT:
            rest += op->width;
            break;
        case OP_LINE:
        case OP_SOFT:
        case OP_BREAK:
        case OP_BLANK:
        case OP_LINES:
            rest = 0;
            break;
        default:
            break;
        }
        op->rest = MIN(rest, INFINITE);
        if (op->kind == OP_CLOSE) {
            g_array_append_val(before, total);
        } else if (op->kind == OP_OPEN) {
            op->width =
                (guint)MIN(total - g_array_index(before, guint64, before->len - 1), INFINITE);
            g_array_set_size(before, before->len - 1);
        } else {
            total += op->width;
        }
    }
}

static gboolean
is_broken(const TamisPretty *pretty)
{
    return pretty->open->len == 0 || g_array_index(pretty->open, guint, pretty->open->len - 1) != 0;
}

static void
open_group(TamisPretty *pretty, const Op *op)
{
    guint column = pretty->is_started ? pretty->column : pretty->indent;
    guint rest =
        op->length + 1 < pretty->ops->len ? g_array_index(pretty->ops, Op, op->length + 1).rest : 0;
    guint broken = is_broken(pretty) && column + op->width + rest > TAMIS_PRETTY_WIDTH;

    g_array_append_val(pretty->open, broken);
}

static void
write_op(TamisPretty *pretty, const Op *op)
{
    switch (op->kind) {
    case OP_TEXT_IF_BROKEN:
        if (is_broken(pretty))
            write_text(pretty, op->text, op->length, op->width);
        break;
    case OP_TEXT:
        write_text(pretty, op->text, op->length, op->width);
        break;
    case OP_LINE:
    case OP_SOFT:
        if (is_broken(pretty))
            end_line(pretty);
        else if (op->kind == OP_LINE)
            write_text(pretty, " ", 1, 1);
        break;
    case OP_BLANK:
        end_line(pretty);
        end_line(pretty);
        break;
    case OP_BREAK:
        end_line(pretty);
        break;
    case OP_OPEN:
        open_group(pretty, op);
        break;
    case OP_CLOSE:
        g_array_set_size(pretty->open, pretty->open->len - 1);
        break;
    case OP_INDENT:
        pretty->indent = (guint)((int)pretty->indent + op->indent);
        break;
    case OP_ALIGN:
        pretty->outer_indent = pretty->indent;
        pretty->indent = pretty->is_started ? pretty->column : pretty->indent;
        break;
    case OP_UNALIGN:
        pretty->indent = pretty->outer_indent;
        break;
    case OP_TRAILING:
        if (pretty->comment->len > 0)
            g_string_append_c(pretty->comment, ' ');
        g_string_append(pretty->comment, op->text);
        break;
    case OP_LINES:
        write_lines(pretty, op);
        break;
    case OP_FORCE:
        break;
    }
}

void
tamis_pretty_flush(TamisPretty *pretty)
{
    g_assert(pretty->open->len == 0);
    measure(pretty);
    for (guint i = 0; i < pretty->ops->len; i++)
        write_op(pretty, &g_array_index(pretty->ops, Op, i));
    g_array_set_size(pretty->ops, 0);
    g_string_chunk_clear(pretty->copies);
}

const GString *
tamis_pretty_finish(TamisPretty *pretty)
{
    tamis_pretty_flush(pretty);
    if (pretty->code->len > 0 || pretty->comment->len > 0)
        end_line(pretty);
    write_run(pretty);
    return pretty->out;
}
