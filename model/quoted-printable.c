/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One state for each beginning of what may turn out to be a code or the end of a line. */
#include "model/quoted-printable.h"

#include <string.h>

/* Of blanks in a row so many are kept. */
#define MAX_BLANKS 77

/* What is held: */
typedef enum {
    HOLDS_NOTHING,
    HOLDS_BLANKS,
    HOLDS_EQUALS,
    HOLDS_DIGIT,         /* `=` and a hexadecimal digit */
    HOLDS_EQUALS_BLANKS, /* `=` and blanks */
    HOLDS_CR,            /* blanks or none, and a CR */
    HOLDS_SOFT_CR,       /* `=`, blanks or none, and a CR */
} Holds;

void
tamis_quoted_printable_init(TamisQuotedPrintable *state)
{
    state->held = g_string_new(NULL);
    state->holds = HOLDS_NOTHING;
}

void
tamis_quoted_printable_clear(TamisQuotedPrintable *state)
{
    g_string_free(state->held, TRUE);
}

static gboolean
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static void
let_go(TamisQuotedPrintable *state)
{
    g_string_truncate(state->held, 0);
    state->holds = HOLDS_NOTHING;
}

static void
hold(TamisQuotedPrintable *state, char c, Holds holds)
{
    gboolean is_more = is_blank(c) && state->held->len > 0;

    if (!is_more || state->held->len < MAX_BLANKS + (holds == HOLDS_EQUALS_BLANKS))
        g_string_append_c(state->held, c);
    state->holds = holds;
}

/* The character behind an `=`. FALSE: it is none that may stand there. */
static gboolean
take_behind_equals(TamisQuotedPrintable *state, char c, GString *out)
{
    if (g_ascii_isxdigit(c) && state->holds == HOLDS_EQUALS) {
        hold(state, c, HOLDS_DIGIT);
    } else if (g_ascii_isxdigit(c) && state->holds == HOLDS_DIGIT) {
        g_string_append_c(
            out, (char)(g_ascii_xdigit_value(state->held->str[1]) << 4 | g_ascii_xdigit_value(c)));
        let_go(state);
    } else if (state->holds == HOLDS_DIGIT) {
        return FALSE;
    } else if (is_blank(c)) {
        hold(state, c, HOLDS_EQUALS_BLANKS);
    } else if (c == '\r') {
        hold(state, c, HOLDS_SOFT_CR);
    } else if (c == '\n') {
        let_go(state);
    } else {
        return FALSE;
    }
    return TRUE;
}

/* The character behind what is held. FALSE: what is held is text, and the character begins anew. */
static gboolean
take(TamisQuotedPrintable *state, char c, GString *out)
{
    switch ((Holds)state->holds) {
    case HOLDS_NOTHING:
        return FALSE;
    case HOLDS_BLANKS:
    case HOLDS_CR:
        if (c == '\n') {
            g_string_append(out, "\r\n");
            let_go(state);
        } else if (state->holds == HOLDS_CR) {
            return FALSE;
        } else if (c == '\r') {
            hold(state, c, HOLDS_CR);
        } else if (is_blank(c)) {
            hold(state, c, HOLDS_BLANKS);
        } else {
            return FALSE;
        }
        return TRUE;
    case HOLDS_SOFT_CR:
        if (c != '\n')
            return FALSE;
        let_go(state);
        return TRUE;
    case HOLDS_EQUALS:
    case HOLDS_DIGIT:
    case HOLDS_EQUALS_BLANKS:
        return take_behind_equals(state, c, out);
    }
    g_assert_not_reached();
}

/* Where nothing is held. */
static void
begin(TamisQuotedPrintable *state, char c, GString *out)
{
    if (c == '\n')
        g_string_append(out, "\r\n");
    else
        hold(state, c, c == '=' ? HOLDS_EQUALS : c == '\r' ? HOLDS_CR : HOLDS_BLANKS);
}

static gboolean
ends_line(char c)
{
    return is_blank(c) || c == '\r' || c == '\n';
}

/* How long the text is up to the first that may be more than it is. */
static gsize
plain_length(const char *text, gsize length)
{
    gsize n = 0;

    for (; n < length; n++) {
        char c = text[n];

        if ((guchar)c > '=' || (c != '=' && !ends_line(c)))
            continue;
        if (!is_blank(c) || n + 1 == length || ends_line(text[n + 1]))
            break;
    }
    return n;
}

/* Whole codes and ends of lines, which are most of them. Returns how much was read. */
static gsize
take_whole(const char *text, gsize length, GString *out)
{
    if (length >= 2 && text[0] == '\r' && text[1] == '\n') {
        g_string_append_len(out, text, 2);
        return 2;
    }
    if (length < 3 || text[0] != '=' || !g_ascii_isxdigit(text[1]) || !g_ascii_isxdigit(text[2]))
        return 0;
    g_string_append_c(out,
                      (char)(g_ascii_xdigit_value(text[1]) << 4 | g_ascii_xdigit_value(text[2])));
    return 3;
}

void
tamis_quoted_printable_step(TamisQuotedPrintable *state, const char *text, gsize length,
                            GString *out)
{
    for (gsize at = 0; at < length;) {
        if (state->holds == HOLDS_NOTHING) {
            gsize n = plain_length(text + at, length - at);

            g_string_append_len(out, text + at, (gssize)n);
            at += n;
            n = take_whole(text + at, length - at, out);
            at += n;
            if (n == 0 && at < length)
                begin(state, text[at++], out);
        } else if (take(state, text[at], out)) {
            at++;
        } else {
            g_string_append_len(out, state->held->str, (gssize)state->held->len);
            let_go(state);
        }
    }
}
