/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Myers' greedy algorithm on the lines between the common head and tail, with the whole trace kept. Past
 * MAX_EDITS edits the rest counts as replaced, so that time and memory stay bounded. */
#include "base/diff.h"

#include <string.h>

#define MAX_EDITS     1500
#define CONTEXT_LINES 3

typedef struct {
    const char *text;
    gsize length; /* without the line feed */
    guint hash;
    gboolean is_ended; /* by a line feed */
} Line;

/* One line of either text, in the order of the diff: ' ', '-' or '+'. */
typedef struct {
    char sign;
    guint line;
} Edit;

static GArray *
split(const char *text, gsize length)
{
    GArray *lines = g_array_new(FALSE, FALSE, sizeof(Line));
    const char *end = text + length;

    while (text < end) {
        const char *feed = memchr(text, '\n', (gsize)(end - text));
        Line line = {.text = text,
                     .length = (gsize)((feed != NULL ? feed : end) - text),
                     .hash = 5381,
                     .is_ended = feed != NULL};
        for (gsize i = 0; i < line.length; i++)
            line.hash = line.hash * 33 + (guint8)text[i];
        g_array_append_val(lines, line);
        text += line.length + 1;
    }
    return lines;
}

static gboolean
same(const GArray *old, guint i, const GArray *new, guint j)
{
    const Line *a = &g_array_index(old, Line, i), *b = &g_array_index(new, Line, j);
    return a->hash == b->hash && a->length == b->length && a->is_ended == b->is_ended &&
           memcmp(a->text, b->text, a->length) == 0;
}

static void
add_edit(GArray *edits, char sign, guint line)
{
    Edit edit = {sign, line};
    g_array_append_val(edits, edit);
}

/* The lines [head, old_end) and [head, new_end). */
typedef struct {
    const GArray *old, *new;
    guint head, old_end, new_end;
} Middle;

/* The furthest old line on diagonal k after d edits, from those after d - 1. */
static int
furthest(const int *reach, int k, int d)
{
    if (k == -d || (k != d && reach[k - 1] < reach[k + 1]))
        return reach[k + 1];
    return reach[k - 1] + 1;
}

/* Appends the edits backwards, from (x, y) after d edits to the start. */
static void
trace_back(const Middle *middle, const GPtrArray *trace, int d, int x, int y, GArray *edits)
{
    for (; d > 0; d--) {
        const int *reach = (const int *)g_ptr_array_index(trace, d - 1) + MAX_EDITS + 1;
        int k = x - y;
        gboolean is_insert = k == -d || (k != d && reach[k - 1] < reach[k + 1]);
        int from_k = is_insert ? k + 1 : k - 1;
        int from_x = reach[from_k], from_y = from_x - from_k;

        for (; x > from_x && y > from_y; x--, y--)
            add_edit(edits, ' ', middle->head + (guint)x - 1);
        if (is_insert)
            add_edit(edits, '+', middle->head + (guint)--y);
        else
            add_edit(edits, '-', middle->head + (guint)--x);
    }
    for (; x > 0; x--)
        add_edit(edits, ' ', middle->head + (guint)x - 1);
}

/* FALSE: more than MAX_EDITS edits. Appends backwards. */
static gboolean
find_edits(const Middle *middle, GArray *edits)
{
    int n = (int)(middle->old_end - middle->head), m = (int)(middle->new_end - middle->head);
    g_autoptr(GPtrArray) trace = g_ptr_array_new_with_free_func(g_free);
    gsize size = sizeof(int) * (2 * MAX_EDITS + 3);
    g_autofree int *all = g_malloc0(size);
    int *reach = all + MAX_EDITS + 1;

    for (int d = 0; d <= MIN(n + m, MAX_EDITS); d++) {
        for (int k = -d; k <= d; k += 2) {
            int x = d == 0 ? 0 : furthest(reach, k, d);
            int y = x - k;

            while (x < n && y < m && y >= 0 &&
                   same(middle->old, middle->head + (guint)x, middle->new, middle->head + (guint)y))
                x++, y++;
            reach[k] = x;
            if (x >= n && y >= m) {
                trace_back(middle, trace, d, n, m, edits);
                return TRUE;
            }
        }
        g_ptr_array_add(trace, g_memdup2(all, size));
    }
    return FALSE;
}

static GArray *
compare(const GArray *old, const GArray *new)
{
    GArray *edits = g_array_new(FALSE, FALSE, sizeof(Edit));
    g_autoptr(GArray) backwards = g_array_new(FALSE, FALSE, sizeof(Edit));
    Middle middle = {.old = old, .new = new, .old_end = old->len, .new_end = new->len};

    while (middle.head < old->len &&
           middle.head < new->len &&same(old, middle.head, new, middle.head))
        add_edit(edits, ' ', middle.head++);
    while (middle.old_end > middle.head && middle.new_end > middle.head &&
           same(old, middle.old_end - 1, new, middle.new_end - 1)) {
        middle.old_end--;
        middle.new_end--;
    }
    if (find_edits(&middle, backwards)) {
        for (guint i = backwards->len; i-- > 0;)
            g_array_append_val(edits, g_array_index(backwards, Edit, i));
    } else {
        for (guint i = middle.head; i < middle.old_end; i++)
            add_edit(edits, '-', i);
        for (guint i = middle.head; i < middle.new_end; i++)
            add_edit(edits, '+', i);
    }
    for (guint i = middle.old_end; i < old->len; i++)
        add_edit(edits, ' ', i);
    return edits;
}

static void
append_line(GString *out, char sign, const Line *line)
{
    g_string_append_c(out, sign);
    g_string_append_len(out, line->text, (gssize)line->length);
    g_string_append(out, line->is_ended ? "\n" : "\n\\ No newline at end of file\n");
}

/* How diff(1) writes a range: an empty one stands behind the line before it. */
static void
append_range(GString *out, char sign, guint start, guint n)
{
    g_string_append_printf(out, "%c%u", sign, n == 0 ? start : start + 1);
    if (n != 1)
        g_string_append_printf(out, ",%u", n);
}

/* The edits [first, after), which begin at these lines. */
static void
append_hunk(GString *out, const GArray *edits, guint first, guint after, guint old_line,
            guint new_line, const GArray *old, const GArray *new)
{
    guint n_old = 0, n_new = 0;

    for (guint i = first; i < after; i++) {
        char sign = g_array_index(edits, Edit, i).sign;
        n_old += sign != '+';
        n_new += sign != '-';
    }
    g_string_append(out, "@@ ");
    append_range(out, '-', old_line, n_old);
    g_string_append_c(out, ' ');
    append_range(out, '+', new_line, n_new);
    g_string_append(out, " @@\n");
    for (guint i = first; i < after; i++) {
        const Edit *edit = &g_array_index(edits, Edit, i);
        append_line(out, edit->sign,
                    &g_array_index(edit->sign == '+' ? new : old, Line, edit->line));
    }
}

/* As git and patch have it: a name with signs that a line cannot hold is in quotes, a path with blanks ends in a tab. */
static void
append_name(GString *out, const char *sign, const char *name)
{
    gboolean is_quoted = FALSE;

    for (const char *at = name; *at != '\0'; at++)
        is_quoted |= (guchar)*at < ' ' || *at == '"' || *at == '\\' || *at == 0x7f;
    g_string_append_printf(out, "%s ", sign);
    if (!is_quoted) {
        gboolean is_parted = strchr(name, '/') != NULL && strchr(name, ' ') != NULL;

        g_string_append_printf(out, "%s%s\n", name, is_parted ? "\t" : "");
        return;
    }
    g_string_append_c(out, '"');
    for (const char *at = name; *at != '\0'; at++) {
        if (*at == '"' || *at == '\\')
            g_string_append_printf(out, "\\%c", *at);
        else if ((guchar)*at < ' ' || *at == 0x7f)
            g_string_append_printf(out, "\\%03o", (guint)(guchar)*at);
        else
            g_string_append_c(out, *at);
    }
    g_string_append(out, "\"\n");
}

void
tamis_diff_append(GString *out, const char *old_name, const char *old_text, gsize old_length,
                  const char *new_name, const char *new_text, gsize new_length)
{
    g_autoptr(GArray) old = split(old_text, old_length);
    g_autoptr(GArray) new = split(new_text, new_length);
    g_autoptr(GArray) edits = compare(old, new);
    guint old_line = 0, new_line = 0, i = 0;

    if (old_length == new_length && memcmp(old_text, new_text, old_length) == 0)
        return;
    append_name(out, "---", old_name);
    append_name(out, "+++", new_name);
    while (i < edits->len) {
        guint first, after, n_same = 0;

        for (first = i; first < edits->len && g_array_index(edits, Edit, first).sign == ' ';)
            first++;
        if (first == edits->len)
            return;
        first = MAX(i, first < CONTEXT_LINES ? 0 : first - CONTEXT_LINES);
        old_line += first - i;
        new_line += first - i;
        /* To where more than twice the context follows unchanged, less what is not shown of it. */
        for (after = first; after < edits->len && n_same <= 2 * CONTEXT_LINES; after++)
            n_same = g_array_index(edits, Edit, after).sign == ' ' ? n_same + 1 : 0;
        if (n_same > CONTEXT_LINES)
            after -= n_same - CONTEXT_LINES;
        append_hunk(out, edits, first, after, old_line, new_line, old, new);
        for (i = first; i < after; i++) {
            old_line += g_array_index(edits, Edit, i).sign != '+';
            new_line += g_array_index(edits, Edit, i).sign != '-';
        }
    }
}
