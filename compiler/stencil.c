/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Each open string of the tree is replaced by a mark before it is printed; where the marks are, are the
 * gaps. Open strings stand in commands without lists and tests, in which a length changes nothing of the
 * layout. That the stencil makes the script that it was made from is seen before it is used. */
#include "compiler/stencil.h"

#include "base/append.h"
#include "compiler/lower-private.h"
#include "grammar/sieve/print.h"

#include <string.h>

/* A mark: a control character, the open string's number. */
#define MARK_BYTES 9

typedef struct {
    guint32 start, length;         /* of text: what goes before the gap */
    guint32 route, action, target; /* as in TamisOpenString */
} Piece;

struct TamisStencil {
    const TamisLowerContext *context;
    TamisLowered lowered;
    char *text;   /* behind the first line */
    GArray *gaps; /* of Piece */
    guint32 rest; /* of text: what goes behind the last gap */
    guint32 length;
};

#define HEADING "#" TAMIS_LOWER_HEADING

/* Filling --------------------------------------------------------------------------------------- */

/* What a comment shows as it is. */
static gboolean
is_plain(const char *address)
{
    for (; *address != '\0'; address++)
        if ((guchar)*address <= ' ' || *address == 0x7f)
            return FALSE;
    return TRUE;
}

static TamisString
find_string(const TamisPolicy *policy, const TamisMailbox *mailbox, const Piece *piece)
{
    const TamisRoute *route = tamis_policy_route(policy, mailbox->routes.first + piece->route);
    const TamisAction *action = tamis_policy_action(policy, route->actions.first + piece->action);

    if (piece->target == TAMIS_OPEN_TEXT)
        return action->text;
    if (piece->target == TAMIS_OPEN_NAME)
        return action->name;
    return tamis_policy_target(policy, action->targets.first + piece->target)->address.text;
}

gboolean
tamis_stencil_fill(const TamisStencil *stencil, guint32 mailbox, GString *script)
{
    const TamisPolicy *policy = stencil->context->policy;
    const TamisMailbox *of = tamis_policy_mailbox(policy, mailbox);
    guint32 max_bytes = stencil->context->server->max_string_bytes;
    const char *address = tamis_policy_text(policy, of->address.text);
    gsize before = script->len;

    if (!is_plain(address))
        return FALSE;
    tamis_append_literal(script, HEADING);
    tamis_append(script, address, tamis_strings_length(policy->strings, of->address.text));
    for (guint i = 0; i < stencil->gaps->len; i++) {
        const Piece *piece = &g_array_index(stencil->gaps, Piece, i);
        TamisString string = find_string(policy, of, piece);
        gsize length = tamis_strings_length(policy->strings, string);

        if (max_bytes != 0 && length > max_bytes) {
            g_string_truncate(script, before);
            return FALSE;
        }
        tamis_append(script, stencil->text + piece->start, piece->length);
        tamis_sieve_print_quoted(tamis_policy_text(policy, string), length, script);
    }
    tamis_append(script, stencil->text + stencil->rest, stencil->length - stencil->rest);
    return TRUE;
}

/* Making ---------------------------------------------------------------------------------------- */

static void
mark_strings(const TamisLowerOpen *open, TamisArena *arena)
{
    for (guint i = 0; i < open->strings->len; i++) {
        TamisSieveString *string = g_array_index(open->strings, TamisOpenString, i).string;

        string->text = tamis_arena_printf(arena, "\001%08x", i);
        string->length_bytes = MARK_BYTES;
    }
}

/* The number of the mark at text, in quotes; FALSE: it is none. */
static gboolean
read_mark(const char *text, gsize length, guint32 *out_number)
{
    guint32 number = 0;

    if (length < MARK_BYTES + 2 || text[0] != '"' || text[1] != '\001' ||
        text[MARK_BYTES + 1] != '"')
        return FALSE;
    for (guint i = 2; i <= MARK_BYTES; i++) {
        if (!g_ascii_isxdigit(text[i]))
            return FALSE;
        number = number << 4 | (guint32)g_ascii_xdigit_value(text[i]);
    }
    *out_number = number;
    return TRUE;
}

/* FALSE: a string that nobody can tell from a mark. */
static gboolean
find_gaps(TamisStencil *stencil, const TamisLowerOpen *open)
{
    for (guint32 at = 0; at < stencil->length; at++) {
        Piece piece = {.start = stencil->rest, .length = at - stencil->rest};
        const TamisOpenString *string;
        guint32 number;

        if (!read_mark(stencil->text + at, stencil->length - at, &number))
            continue;
        if (number >= open->strings->len)
            return FALSE;
        string = &g_array_index(open->strings, TamisOpenString, number);
        piece.route = string->route;
        piece.action = string->action;
        piece.target = string->target;
        g_array_append_val(stencil->gaps, piece);
        at += MARK_BYTES + 1;
        stencil->rest = at + 1;
    }
    return TRUE;
}

static gboolean
makes(const TamisStencil *stencil, guint32 mailbox, const GString *wanted)
{
    g_autoptr(GString) script = g_string_new(NULL);

    return tamis_stencil_fill(stencil, mailbox, script) && g_string_equal(script, wanted);
}

static gboolean
cut(TamisStencil *stencil, guint32 mailbox, const TamisSieveScript *script,
    const TamisLowerOpen *open, TamisArena *arena)
{
    g_autoptr(GString) text = g_string_new(NULL), marked = g_string_new(NULL);
    const char *line_end;

    tamis_sieve_print(script, text);
    mark_strings(open, arena);
    tamis_sieve_print(script, marked);
    line_end = memchr(marked->str, '\n', marked->len);
    if (line_end == NULL)
        return FALSE;
    stencil->length = (guint32)(marked->str + marked->len - line_end);
    stencil->text = tamis_arena_strndup(arena, line_end, stencil->length);
    if (!find_gaps(stencil, open) || !makes(stencil, mailbox, text))
        return FALSE;
    stencil->text = g_strndup(stencil->text, stencil->length);
    return TRUE;
}

TamisStencil *
tamis_stencil_new(const TamisLowerContext *context, guint32 mailbox)
{
    g_autoptr(TamisArena) arena = tamis_arena_new();
    g_autoptr(TamisReport) report = tamis_report_new(context->policy->sources);
    g_autoptr(GArray) strings = g_array_new(FALSE, FALSE, sizeof(TamisOpenString));
    TamisStencil *stencil = g_new0(TamisStencil, 1);
    TamisLowerOpen open = {.strings = strings};
    const TamisSieveScript *script =
        tamis_lower_mailbox_open(context, mailbox, arena, report, &stencil->lowered, &open);

    stencil->context = context;
    stencil->gaps = g_array_new(FALSE, FALSE, sizeof(Piece));
    if (!open.is_closed && !stencil->lowered.failed && tamis_report_count(report) == 0 &&
        cut(stencil, mailbox, script, &open, arena))
        return stencil;
    stencil->text = NULL;
    tamis_stencil_free(stencil);
    return NULL;
}

void
tamis_stencil_free(TamisStencil *stencil)
{
    if (stencil == NULL)
        return;
    g_free(stencil->text);
    g_array_unref(stencil->gaps);
    g_free(stencil);
}

const TamisLowered *
tamis_stencil_get_lowered(const TamisStencil *stencil)
{
    return &stencil->lowered;
}
