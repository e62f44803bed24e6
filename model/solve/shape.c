/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Shapes as small automata. */
#include "model/solve/shape.h"

#include <string.h>

enum { NO_MORE = 0, ONE, TWO, THREE, AFTER_E0, AFTER_ED, AFTER_F0, AFTER_F4 };

enum {
    CLASS_LETTER,
    CLASS_HYPHEN,
    CLASS_UNDERSCORE,
    CLASS_ATOM, /* other atext of RFC 5322 */
    CLASS_BLANK,
    CLASS_CONTROL,
    CLASS_BREAK,
    CLASS_SPECIAL,      /* + the byte: those of RFC 5322 */
    CLASS_UTF8 = 0x200, /* + the class of the byte */
};

/* UTF-8 (RFC 3629) ------------------------------------------------------------------------------ */

static guint
utf8_class(guint8 byte)
{
    if (byte < 0xc0)
        return byte < 0x90 ? 0 : byte < 0xa0 ? 1 : 2;
    if (byte < 0xe0)
        return byte < 0xc2 ? 3 : 4;
    if (byte < 0xf0)
        return byte == 0xe0 ? 5 : byte == 0xed ? 6 : 7;
    return byte == 0xf0 ? 8 : byte < 0xf4 ? 9 : byte == 0xf4 ? 10 : 3;
}

/* What is wanted after the byte; -1: it cannot stand there. */
static int
utf8_step(guint wanted, guint8 byte)
{
    static const gint8 leads[] = {-1,       -1,  -1,       -1,    ONE,     AFTER_E0,
                                  AFTER_ED, TWO, AFTER_F0, THREE, AFTER_F4};
    gboolean follows = (byte & 0xc0) == 0x80;

    if (wanted == NO_MORE)
        return byte < 0x80 ? NO_MORE : leads[utf8_class(byte)];
    if (!follows)
        return -1;
    switch (wanted) {
    case ONE:
        return NO_MORE;
    case TWO:
        return ONE;
    case THREE:
        return TWO;
    case AFTER_E0:
        return byte >= 0xa0 ? ONE : -1;
    case AFTER_ED:
        return byte < 0xa0 ? ONE : -1;
    case AFTER_F0:
        return byte >= 0x90 ? TWO : -1;
    default:
        return byte < 0x90 ? TWO : -1;
    }
}

/* Classes ---------------------------------------------------------------------------------------- */

static guint
byte_class(guint8 byte)
{
    if (byte >= 0x80)
        return CLASS_UTF8 + utf8_class(byte);
    if (g_ascii_isalnum((char)byte))
        return CLASS_LETTER;
    if (byte == '\r' || byte == '\n' || byte == '\0')
        return CLASS_BREAK;
    if (byte == ' ' || byte == '\t')
        return CLASS_BLANK;
    if (byte < ' ' || byte == 0x7f)
        return CLASS_CONTROL;
    if (byte == '-')
        return CLASS_HYPHEN;
    if (byte == '_')
        return CLASS_UNDERSCORE;
    return strchr("()<>[]:;@\\,.\"", byte) != NULL ? CLASS_SPECIAL + byte : CLASS_ATOM;
}

guint
tamis_shape_class(const TamisShape *shape, guint8 byte)
{
    guint class = byte_class(byte);

    if (shape->kind >= TAMIS_SHAPE_ADDRESS)
        return class == CLASS_CONTROL && byte == '\f' ? CLASS_BREAK : class;
    if (class >= CLASS_UTF8 || class == CLASS_BREAK || class == CLASS_BLANK)
        return class;
    return byte == '\f' ? CLASS_BLANK : class == CLASS_CONTROL ? CLASS_CONTROL : CLASS_LETTER;
}

/* Addresses -------------------------------------------------------------------------------------- */

static gboolean
in_local(const TamisShape *shape, guint class)
{
    return class <= CLASS_ATOM || (shape->lenient && class != CLASS_BREAK);
}

/* Behind a byte of a local part, or G_MAXUINT. */
static guint
local_step(const TamisShape *shape, guint place, guint8 byte, guint class)
{
    gboolean detail = place == TAMIS_PHASE_DETAIL || place == TAMIS_PHASE_DETAIL_DOT;
    gboolean at_dot = place == TAMIS_PHASE_DOT || place == TAMIS_PHASE_DETAIL_DOT;

    if (byte == '@')
        return at_dot && !shape->lenient ? G_MAXUINT : TAMIS_PHASE_LABEL;
    if (byte == '.' && at_dot && !shape->lenient)
        return G_MAXUINT;
    if (byte != '.' && !in_local(shape, class))
        return G_MAXUINT;
    if (!detail && byte == shape->delimiter)
        return byte == '.' ? TAMIS_PHASE_DETAIL_DOT : TAMIS_PHASE_DETAIL;
    if (byte == '.')
        return detail ? TAMIS_PHASE_DETAIL_DOT : TAMIS_PHASE_DOT;
    return detail ? TAMIS_PHASE_DETAIL : TAMIS_PHASE_LOCAL;
}

static guint
domain_step(const TamisShape *shape, guint place, guint8 byte, guint class)
{
    if (class == CLASS_LETTER)
        return TAMIS_PHASE_DOMAIN;
    if (byte == '.')
        return place == TAMIS_PHASE_DOMAIN || shape->lenient ? TAMIS_PHASE_LABEL : G_MAXUINT;
    if (class == CLASS_HYPHEN)
        return place != TAMIS_PHASE_LABEL || shape->lenient ? TAMIS_PHASE_HYPHEN : G_MAXUINT;
    return shape->lenient && class != CLASS_BREAK && byte != '@' ? TAMIS_PHASE_DOMAIN : G_MAXUINT;
}

static guint
address_step(const TamisShape *shape, guint place, guint8 byte, guint class)
{
    return place >= TAMIS_PHASE_LABEL ? domain_step(shape, place, byte, class)
                                      : local_step(shape, place, byte, class);
}

static gboolean
address_ends(const TamisShape *shape, guint place)
{
    return place == TAMIS_PHASE_DOMAIN ||
           (shape->lenient && (place == TAMIS_PHASE_LABEL || place == TAMIS_PHASE_HYPHEN));
}

/* Texts ------------------------------------------------------------------------------------------ */

static guint
text_step(const TamisShape *shape, guint place, guint class)
{
    if (shape->kind == TAMIS_SHAPE_BODY)
        return TAMIS_PHASE_TEXT;
    if (class == CLASS_BREAK || (class == CLASS_BLANK && place == TAMIS_PHASE_START))
        return G_MAXUINT;
    return class == CLASS_BLANK ? TAMIS_PHASE_BLANK : TAMIS_PHASE_TEXT;
}

/* A display name, before its address: words, or quoted. */
static guint
name_step(guint place, guint8 byte, guint class)
{
    switch (place) {
    case TAMIS_PHASE_QUOTED:
        if (class == CLASS_BREAK || class == CLASS_CONTROL)
            return G_MAXUINT;
        return byte == '\\'  ? TAMIS_PHASE_ESCAPED
               : byte == '"' ? TAMIS_PHASE_NAMED
                             : TAMIS_PHASE_QUOTED;
    case TAMIS_PHASE_ESCAPED:
        return byte == '"' || byte == '\\' ? TAMIS_PHASE_QUOTED : G_MAXUINT;
    case TAMIS_PHASE_NAMED:
        return byte == ' ' ? TAMIS_PHASE_BLANK : byte == ':' ? TAMIS_PHASE_GROUP : G_MAXUINT;
    case TAMIS_PHASE_GROUP:
        return byte == ';' ? TAMIS_PHASE_END : G_MAXUINT;
    default:
        break;
    }
    if (class <= CLASS_ATOM || class >= CLASS_UTF8)
        return TAMIS_PHASE_TEXT;
    if (place == TAMIS_PHASE_START)
        return byte == '"' ? TAMIS_PHASE_QUOTED : G_MAXUINT;
    if (byte == ':')
        return place == TAMIS_PHASE_TEXT ? TAMIS_PHASE_GROUP : G_MAXUINT;
    return byte == ' ' && place == TAMIS_PHASE_TEXT ? TAMIS_PHASE_BLANK : G_MAXUINT;
}

static gboolean
is_in_address(guint phase)
{
    guint place = phase & 0x1f;

    return place >= TAMIS_PHASE_LOCAL && place <= TAMIS_PHASE_HYPHEN;
}

/* Behind an address: a comma, if there may be more. */
static guint
end_step(const TamisShape *shape, guint8 byte, guint out_next[2])
{
    out_next[0] = TAMIS_PHASE_COMMA | TAMIS_PHASE_SEEN;
    return shape->kind == TAMIS_SHAPE_MAILBOXES && byte == ',';
}

static guint
in_address_step(const TamisShape *shape, guint phase, guint8 byte, guint class, guint out_next[2])
{
    guint place = phase & 0x1f, flags = phase & (TAMIS_PHASE_ANGLE | TAMIS_PHASE_SEEN), next;

    if (byte == '>' && (phase & TAMIS_PHASE_ANGLE) && address_ends(shape, place)) {
        out_next[0] = TAMIS_PHASE_END | flags;
        return 1;
    }
    if (byte == ',' && !(phase & TAMIS_PHASE_ANGLE) && address_ends(shape, place))
        return end_step(shape, byte, out_next);
    next = address_step(shape, place, byte, class);
    out_next[0] = next | flags;
    return next != G_MAXUINT;
}

static guint
mailbox_step(const TamisShape *shape, guint phase, guint8 byte, guint class, guint out_next[2])
{
    guint n = 0, place = phase & 0x1f, seen = phase & TAMIS_PHASE_SEEN, next;

    if (place == TAMIS_PHASE_END)
        return (phase & TAMIS_PHASE_ANGLE) ? end_step(shape, byte, out_next) : 0;
    if (is_in_address(phase))
        return in_address_step(shape, phase, byte, class, out_next);
    if (place == TAMIS_PHASE_COMMA && byte == ' ') {
        out_next[0] = TAMIS_PHASE_COMMA | seen;
        return 1;
    }
    if (place == TAMIS_PHASE_COMMA)
        place = TAMIS_PHASE_START;
    if (byte == '<' && (place == TAMIS_PHASE_START || place == TAMIS_PHASE_BLANK)) {
        out_next[0] = TAMIS_PHASE_DOT | TAMIS_PHASE_ANGLE | seen;
        return 1;
    }
    next = name_step(place, byte, class);
    if (next != G_MAXUINT && !(seen && next == TAMIS_PHASE_GROUP))
        out_next[n++] = next | seen;
    if (place == TAMIS_PHASE_START) {
        next = address_step(shape, TAMIS_PHASE_DOT, byte, class);
        if (next != G_MAXUINT)
            out_next[n++] = next | seen;
    }
    return n;
}

/* All of them ------------------------------------------------------------------------------------ */

TamisShapeState
tamis_shape_start(const TamisShape *shape)
{
    return shape->kind == TAMIS_SHAPE_ADDRESS ? TAMIS_PHASE_DOT : TAMIS_PHASE_START;
}

guint
tamis_shape_step(const TamisShape *shape, TamisShapeState state, guint8 byte,
                 TamisShapeState out_next[2])
{
    int wanted = utf8_step(state >> 8, byte);
    guint class = byte_class(byte), phase = tamis_shape_phase(state), next[2] = {0, 0}, n = 0;

    if (wanted < 0 || byte == '\0')
        return 0;
    if (byte == '\f' && shape->kind != TAMIS_SHAPE_BODY)
        class = shape->kind == TAMIS_SHAPE_TEXT ? CLASS_BLANK : CLASS_BREAK;
    switch (shape->kind) {
    case TAMIS_SHAPE_TEXT:
    case TAMIS_SHAPE_BODY:
        next[n++] = text_step(shape, phase, class);
        break;
    case TAMIS_SHAPE_ADDRESS:
        next[n++] = address_step(shape, phase, byte, class);
        if (shape->lenient && byte == '@' && phase < TAMIS_PHASE_LABEL) /* a quoted one */
            next[n++] = phase == TAMIS_PHASE_DETAIL || phase == TAMIS_PHASE_DETAIL_DOT
                            ? TAMIS_PHASE_DETAIL
                            : TAMIS_PHASE_LOCAL;
        break;
    case TAMIS_SHAPE_MAILBOX:
    case TAMIS_SHAPE_MAILBOXES:
        n = mailbox_step(shape, phase, byte, class, next);
        break;
    }
    if (n > 0 && next[0] == G_MAXUINT)
        return 0;
    for (guint i = 0; i < n; i++)
        out_next[i] = (TamisShapeState)(next[i] | (guint)wanted << 8);
    return n;
}

gboolean
tamis_shape_accepts(const TamisShape *shape, TamisShapeState state)
{
    guint phase = tamis_shape_phase(state);

    if (state >> 8 != NO_MORE)
        return FALSE;
    switch (shape->kind) {
    case TAMIS_SHAPE_TEXT:
        return phase != TAMIS_PHASE_BLANK;
    case TAMIS_SHAPE_BODY:
        return TRUE;
    case TAMIS_SHAPE_ADDRESS:
        return address_ends(shape, phase);
    case TAMIS_SHAPE_MAILBOX:
    case TAMIS_SHAPE_MAILBOXES:
        return (phase & 0x1f) == TAMIS_PHASE_END || address_ends(shape, phase & 0x1f);
    }
    g_assert_not_reached();
}

gboolean
tamis_shape_has_address(TamisShapeState state)
{
    return is_in_address(tamis_shape_place(state)) || (state & TAMIS_PHASE_ANGLE) != 0;
}

gboolean
tamis_shape_in_scope(TamisShapeState from, TamisShapeState to, TamisScope scope)
{
    guint place = tamis_shape_place(to), before = tamis_shape_place(from);

    switch (scope) {
    case TAMIS_SCOPE_TEXT:
        return TRUE;
    case TAMIS_SCOPE_WHOLE:
        return is_in_address(place) &&
               (is_in_address(before) || !(place == TAMIS_PHASE_DOT && (to & TAMIS_PHASE_ANGLE)));
    case TAMIS_SCOPE_LOCAL:
        return place >= TAMIS_PHASE_LOCAL && place <= TAMIS_PHASE_DETAIL_DOT &&
               (is_in_address(before) || !(place == TAMIS_PHASE_DOT && (to & TAMIS_PHASE_ANGLE)));
    case TAMIS_SCOPE_DETAIL:
        return (place == TAMIS_PHASE_DETAIL || place == TAMIS_PHASE_DETAIL_DOT) &&
               (before == TAMIS_PHASE_DETAIL || before == TAMIS_PHASE_DETAIL_DOT);
    case TAMIS_SCOPE_DOMAIN:
        return place >= TAMIS_PHASE_LABEL && place <= TAMIS_PHASE_HYPHEN &&
               before >= TAMIS_PHASE_LABEL && before <= TAMIS_PHASE_HYPHEN;
    }
    g_assert_not_reached();
}

gboolean
tamis_shape_takes(const TamisShape *shape, const char *text, gsize length)
{
    TamisShapeState states[2] = {tamis_shape_start(shape)}, next[2];
    guint n = 1;

    for (gsize i = 0; i < length && n > 0; i++) {
        TamisShapeState all[4];
        guint n_all = 0;

        for (guint k = 0; k < n; k++) {
            guint found = tamis_shape_step(shape, states[k], (guint8)text[i], next);

            memcpy(all + n_all, next, found * sizeof *next);
            n_all += found;
        }
        n = MIN(n_all, 2);
        memcpy(states, all, n * sizeof *states);
    }
    for (guint k = 0; k < n; k++) {
        if (tamis_shape_accepts(shape, states[k]))
            return TRUE;
    }
    return FALSE;
}
