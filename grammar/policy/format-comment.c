/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where comments go. A comment that stood behind something stays behind it, one on lines of its own stays
 * on them, one in the middle of a line stays before the word that follows. None is ever lost: what has no
 * place of its own goes to the next one. */
#include "grammar/policy/format-state.h"

#include <string.h>

enum {
    BEHIND = 1, /* something stands before it on its line */
    INSIDE = 2, /* something other than a comment follows on its last line */
    JOINED = 4, /* only blanks part it from the comment before it */
};

static gboolean
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static const TamisComment *
comment_at(const TamisPrinter *printer, guint32 i)
{
    return &printer->policy->comments[i];
}

static guint64
end_of(TamisSpan span)
{
    return (guint64)span.offset + span.length;
}

/* BEHIND and JOINED. */
static guint8
flags_before(const TamisPrinter *printer, guint32 i)
{
    guint64 at = comment_at(printer, i)->span.offset;
    guint64 stop = i > 0 ? end_of(comment_at(printer, i - 1)->span) : 0;

    while (at > stop && is_blank(printer->text[at - 1]))
        at--;
    if (i > 0 && at == stop)
        return JOINED | (printer->comment_flags[i - 1] & BEHIND);
    if (at == 0 || printer->text[at - 1] == '\n' ||
        (at == 3 && memcmp(printer->text, "\xef\xbb\xbf", 3) == 0))
        return 0;
    return BEHIND;
}

static gboolean
is_inside(const TamisPrinter *printer, guint32 i)
{
    const TamisComment *comment = comment_at(printer, i);
    guint64 at = end_of(comment->span);

    while (at < printer->length_bytes && is_blank(printer->text[at]))
        at++;
    if (at == printer->length_bytes || printer->text[at] == '\n' ||
        strchr(comment->text, '\n') != NULL)
        return FALSE;
    if (i + 1 < printer->policy->n_comments && comment_at(printer, i + 1)->span.offset == at)
        return printer->comment_flags[i + 1] & INSIDE;
    return TRUE;
}

void
tamis_printer_sort_comments(TamisPrinter *printer)
{
    guint32 n = printer->policy->n_comments;

    printer->comment_flags = g_new0(guint8, n);
    if (printer->text == NULL)
        return;
    for (guint32 i = 0; i < n; i++)
        printer->comment_flags[i] = flags_before(printer, i);
    for (guint32 i = n; printer->is_policy_text && i-- > 0;)
        if (is_inside(printer, i))
            printer->comment_flags[i] |= INSIDE;
}

gboolean
tamis_printer_starts_line(const TamisPrinter *printer, TamisSpan span)
{
    guint64 at = span.offset;

    if (!printer->is_policy_text)
        return FALSE;
    /* With a comment in front it is the comment that starts the line. */
    if (printer->next_comment < printer->policy->n_comments &&
        comment_at(printer, printer->next_comment)->span.offset < at &&
        !(printer->comment_flags[printer->next_comment] & BEHIND))
        return TRUE;
    while (at > 0 && is_blank(printer->text[at - 1]))
        at--;
    return at == 0 || printer->text[at - 1] == '\n';
}

TamisSpan
tamis_printer_setting_span(const TamisPrinter *printer, TamisSpan value)
{
    guint32 at = value.offset, word;

    if (!printer->is_policy_text || value.source != printer->policy->source)
        return value;
    while (at > 0 && g_ascii_isspace(printer->text[at - 1]))
        at--;
    for (word = at; word > 0 && g_ascii_islower(printer->text[word - 1]);)
        word--;
    if (word == at)
        return value;
    return (TamisSpan){value.source, word, value.offset + value.length - word};
}

/* An empty line in front of this place. */
static gboolean
has_blank_before(const TamisPrinter *printer, TamisSpan span)
{
    guint64 at = span.offset;
    guint n_breaks = 0;

    if (printer->text == NULL)
        return FALSE;
    for (; at > 0 && (is_blank(printer->text[at - 1]) || printer->text[at - 1] == '\n'); at--)
        n_breaks += printer->text[at - 1] == '\n';
    return n_breaks >= 2;
}

/* A comment as the language spells it, whoever made it; without blanks at the ends of its lines. */
static char *
spell(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    gboolean is_block = g_str_has_prefix(text, "/*");

    for (guint i = 0; lines[i] != NULL; i++) {
        g_strchomp(lines[i]);
        if (!is_block && lines[i][0] != '#') {
            char *line = g_strconcat(lines[i][0] != '\0' ? "# " : "#", lines[i], NULL);
            g_free(lines[i]);
            lines[i] = line;
        }
    }
    return g_strjoinv("\n", lines);
}

static guint
old_column(const TamisPrinter *printer, TamisSpan span)
{
    guint64 at = span.offset;

    if (!printer->is_policy_text)
        return 0;
    while (at > 0 && is_blank(printer->text[at - 1]))
        at--;
    return (guint)(span.offset - at);
}

static void
print_gap(TamisPrinter *printer, TamisGap gap, TamisSpan next)
{
    switch (gap) {
    case TAMIS_GAP_NONE:
        break;
    case TAMIS_GAP_SOFT:
        tamis_pretty_soft(printer->pretty);
        break;
    case TAMIS_GAP_LINE:
    case TAMIS_GAP_FIRST:
        tamis_pretty_line(printer->pretty);
        break;
    case TAMIS_GAP_ENTRY:
        if (has_blank_before(printer, next))
            tamis_pretty_blank(printer->pretty);
        else
            tamis_pretty_line(printer->pretty);
        break;
    case TAMIS_GAP_BREAK:
        tamis_pretty_break(printer->pretty);
        break;
    case TAMIS_GAP_STATEMENT:
        if (has_blank_before(printer, next))
            tamis_pretty_blank(printer->pretty);
        else
            tamis_pretty_break(printer->pretty);
        break;
    case TAMIS_GAP_BLANK:
        tamis_pretty_blank(printer->pretty);
        break;
    }
}

/* What stands between a comment on a line of its own and what follows it. */
static TamisGap
gap_behind_comment(TamisGap gap)
{
    return gap == TAMIS_GAP_LINE || gap == TAMIS_GAP_SOFT ? TAMIS_GAP_BREAK : TAMIS_GAP_STATEMENT;
}

/* Where the comments of one gap have got to. */
typedef struct {
    TamisGap gap;       /* what stands before the next one */
    gboolean is_fresh;  /* one stands on a line of its own */
    gboolean is_ended;  /* nothing can stand on the line any more */
    gboolean is_inside; /* the last one has what follows on its line */
} Walk;

static void
print_comment(TamisPrinter *printer, const TamisComment *comment, guint8 flags, Walk *walk)
{
    g_autofree char *text = spell(comment->text);

    if (!walk->is_fresh && !walk->is_ended && (flags & (BEHIND | INSIDE)) == BEHIND &&
        walk->gap != TAMIS_GAP_NONE) {
        tamis_pretty_trailing(printer->pretty, text);
        walk->is_ended = text[0] == '#';
        return;
    }
    if (walk->is_fresh && (flags & JOINED))
        tamis_pretty_text(printer->pretty, " ");
    else
        print_gap(printer, walk->gap, comment->span);
    if (flags & INSIDE)
        tamis_pretty_copy(printer->pretty, text);
    else
        tamis_pretty_lines(printer->pretty, text,
                           flags & (BEHIND | JOINED) ? 0 : old_column(printer, comment->span));
    if (!walk->is_fresh)
        walk->gap = gap_behind_comment(walk->gap);
    walk->is_fresh = TRUE;
    walk->is_inside = flags & INSIDE;
}

void
tamis_printer_gap(TamisPrinter *printer, TamisSpan next, TamisGap gap)
{
    Walk walk = {.gap = gap};

    for (; printer->next_comment < printer->policy->n_comments; printer->next_comment++) {
        const TamisComment *comment = comment_at(printer, printer->next_comment);

        if (comment->span.offset >= next.offset)
            break;
        print_comment(printer, comment, printer->comment_flags[printer->next_comment], &walk);
    }
    if (walk.is_inside)
        tamis_pretty_text(printer->pretty, " ");
    else
        print_gap(printer, walk.gap, next);
}

void
tamis_printer_last_comments(TamisPrinter *printer, guint64 end, gboolean is_start)
{
    Walk walk = {.gap = is_start ? TAMIS_GAP_NONE : TAMIS_GAP_STATEMENT};

    for (; printer->next_comment < printer->policy->n_comments; printer->next_comment++) {
        const TamisComment *comment = comment_at(printer, printer->next_comment);

        if (comment->span.offset >= end)
            break;
        print_comment(printer, comment,
                      printer->comment_flags[printer->next_comment] & (guint8)~INSIDE, &walk);
    }
}

void
tamis_printer_close_comments(TamisPrinter *printer, TamisSpan word)
{
    guint64 at = end_of(word);

    if (!printer->is_policy_text || printer->next_comment >= printer->policy->n_comments)
        return;
    while (at < printer->length_bytes && is_blank(printer->text[at]))
        at++;
    if (comment_at(printer, printer->next_comment)->span.offset != at ||
        !(printer->comment_flags[printer->next_comment] & INSIDE))
        return;
    at = end_of(comment_at(printer, printer->next_comment)->span);
    while (at < printer->length_bytes && is_blank(printer->text[at]))
        at++;
    if (at == printer->length_bytes || strchr(",;", printer->text[at]) == NULL)
        return;
    tamis_pretty_text(printer->pretty, " ");
    tamis_pretty_copy(printer->pretty, comment_at(printer, printer->next_comment)->text);
    printer->next_comment++;
}
