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

#define SPECIAL(byte) [byte] = CLASS_SPECIAL + (byte)

/* Of ASCII; those that are not named are letters and digits. */
static const guint8 ascii_classes[128] = {
    ['\0'] = CLASS_BREAK,
    [0x01 ... 0x08] = CLASS_CONTROL,
    ['\t'] = CLASS_BLANK,
    ['\n'] = CLASS_BREAK,
    [0x0b ... 0x0c] = CLASS_CONTROL,
    ['\r'] = CLASS_BREAK,
    [0x0e ... 0x1f] = CLASS_CONTROL,
    [' '] = CLASS_BLANK,
    ['!'] = CLASS_ATOM,
    SPECIAL('"'),
    ['#' ... '\''] = CLASS_ATOM,
    SPECIAL('('),
    SPECIAL(')'),
    ['*' ... '+'] = CLASS_ATOM,
    SPECIAL(','),
    ['-'] = CLASS_HYPHEN,
    SPECIAL('.'),
    ['/'] = CLASS_ATOM,
    SPECIAL(':'),
    SPECIAL(';'),
    SPECIAL('<'),
    ['='] = CLASS_ATOM,
    SPECIAL('>'),
    ['?'] = CLASS_ATOM,
    SPECIAL('@'),
    SPECIAL('['),
    SPECIAL('\\'),
    SPECIAL(']'),
    ['^'] = CLASS_ATOM,
    ['_'] = CLASS_UNDERSCORE,
    ['`'] = CLASS_ATOM,
    ['{' ... '~'] = CLASS_ATOM,
    [0x7f] = CLASS_CONTROL,
};

static inline guint
byte_class(guint8 byte)
{
    return byte < 0x80 ? ascii_classes[byte] : CLASS_UTF8 + utf8_class(byte);
}

static guint
shape_class(TamisShapeKind kind, guint8 byte)
{
    guint class = byte_class(byte);

    if (kind >= TAMIS_SHAPE_ADDRESS)
        return byte == '\f' ? CLASS_BREAK : class;
    if (class >= CLASS_UTF8)
        return class;
    if (kind == TAMIS_SHAPE_TEXT && (class == CLASS_BREAK || class == CLASS_BLANK || byte == '\f'))
        return class == CLASS_BREAK ? CLASS_BREAK : CLASS_BLANK;
    return CLASS_LETTER;
}

/* Of one kind's classes. */
typedef struct {
    TamisByteSet sets[64];
    guint n;
} ByteSets;

static void
make_byte_sets(TamisShapeKind kind, ByteSets *out)
{
    guint classes[G_N_ELEMENTS(out->sets)];

    for (guint byte = 1; byte < 256; byte++) {
        guint class = shape_class(kind, (guint8)byte), at = 0;

        if (class == CLASS_BREAK)
            continue;
        while (at < out->n && classes[at] != class)
            at++;
        if (at == out->n)
            classes[out->n++] = class;
        tamis_byte_set_add(&out->sets[at], byte);
    }
}

const TamisByteSet *
tamis_shape_byte_sets(TamisShapeKind kind, guint *out_n)
{
    static ByteSets all[TAMIS_SHAPE_MAILBOXES + 1];
    static gsize made = 0;

    if (g_once_init_enter(&made)) {
        for (guint each = 0; each < G_N_ELEMENTS(all); each++)
            make_byte_sets((TamisShapeKind)each, &all[each]);
        g_once_init_leave(&made, 1);
    }
    *out_n = all[kind].n;
    return all[kind].sets;
}

/* Addresses -------------------------------------------------------------------------------------- */

static gboolean
is_lenient_of_local(const TamisShape *shape)
{
    return shape->lenient && shape->kind == TAMIS_SHAPE_ADDRESS;
}

static gboolean
in_local(const TamisShape *shape, guint class)
{
    return class <= CLASS_ATOM || (is_lenient_of_local(shape) && class != CLASS_BREAK);
}

/* In a header lenience takes what does not part it, and literals: [192.0.2.1]. */
static gboolean
in_domain(const TamisShape *shape, guint8 byte, guint class)
{
    if (!shape->lenient || class == CLASS_BREAK || byte == '@')
        return FALSE;
    return shape->kind == TAMIS_SHAPE_ADDRESS || class <= CLASS_ATOM || class >= CLASS_UTF8 ||
           byte == '[' || byte == ']' || byte == ':';
}

static guint
unquoted_step(const TamisShape *shape, guint place, guint8 byte, guint class)
{
    gboolean detail = place == TAMIS_PHASE_DETAIL || place == TAMIS_PHASE_DETAIL_DOT;
    gboolean at_dot = place == TAMIS_PHASE_DOT || place == TAMIS_PHASE_DETAIL_DOT;

    if (byte == '@')
        return at_dot && !is_lenient_of_local(shape) ? G_MAXUINT : TAMIS_PHASE_LABEL;
    if (byte == '.' && at_dot && !is_lenient_of_local(shape))
        return G_MAXUINT;
    if (byte != '.' && !in_local(shape, class))
        return G_MAXUINT;
    if (!detail && byte == shape->delimiter)
        return byte == '.' ? TAMIS_PHASE_DETAIL_DOT : TAMIS_PHASE_DETAIL;
    if (byte == '.')
        return detail ? TAMIS_PHASE_DETAIL_DOT : TAMIS_PHASE_DOT;
    return detail ? TAMIS_PHASE_DETAIL : TAMIS_PHASE_LOCAL;
}

/* Quotes stand around what needs them alone: engines read, and write, other local parts without. */
static guint
quoted_step(const TamisShape *shape, guint place, guint8 byte, guint class)
{
    gboolean detail = place >= TAMIS_PHASE_QDETAIL_DOT;
    gboolean is_start = place == TAMIS_PHASE_QLOCAL_START;
    gboolean is_atom = place == TAMIS_PHASE_QLOCAL_ATOM || place == TAMIS_PHASE_QDETAIL_ATOM;
    gboolean is_dot = place == TAMIS_PHASE_QLOCAL_DOT || place == TAMIS_PHASE_QDETAIL_DOT;

    if (place == TAMIS_PHASE_QLOCAL_ESCAPED || place == TAMIS_PHASE_QDETAIL_ESCAPED)
        return detail ? TAMIS_PHASE_QDETAIL : TAMIS_PHASE_QLOCAL;
    if (byte == '\\')
        return detail ? TAMIS_PHASE_QDETAIL_ESCAPED : TAMIS_PHASE_QLOCAL_ESCAPED;
    if (byte == '"')
        return is_atom || is_start ? G_MAXUINT
               : detail            ? TAMIS_PHASE_QDETAIL_END
                                   : TAMIS_PHASE_QLOCAL_END;
    detail |= byte == shape->delimiter;
    if ((is_atom || is_dot || is_start) && class <= CLASS_ATOM)
        return detail ? TAMIS_PHASE_QDETAIL_ATOM : TAMIS_PHASE_QLOCAL_ATOM;
    if (is_atom && byte == '.')
        return detail ? TAMIS_PHASE_QDETAIL_DOT : TAMIS_PHASE_QLOCAL_DOT;
    return detail ? TAMIS_PHASE_QDETAIL : TAMIS_PHASE_QLOCAL;
}

/* Behind a byte of a local part, or G_MAXUINT. */
static guint
local_step(const TamisShape *shape, guint place, guint8 byte, guint class)
{
    gboolean escaped = place == TAMIS_PHASE_QLOCAL_ESCAPED || place == TAMIS_PHASE_QDETAIL_ESCAPED;

    if (class >= CLASS_UTF8 && shape->kind != TAMIS_SHAPE_ADDRESS) /* read as no address there */
        return G_MAXUINT;
    if (place < TAMIS_PHASE_QLOCAL_START)
        return unquoted_step(shape, place, byte, class);
    if (place == TAMIS_PHASE_QLOCAL_END || place == TAMIS_PHASE_QDETAIL_END)
        return byte == '@' ? TAMIS_PHASE_LABEL : G_MAXUINT;
    if (class == CLASS_BREAK || class == CLASS_CONTROL || byte == '\t' ||
        (escaped && byte != '"' && byte != '\\'))
        return G_MAXUINT;
    return quoted_step(shape, place, byte, class);
}

static guint
domain_step(const TamisShape *shape, guint place, guint8 byte, guint class)
{
    if (class == CLASS_LETTER || class == CLASS_UNDERSCORE)
        return TAMIS_PHASE_DOMAIN;
    if (byte == '.')
        return place == TAMIS_PHASE_DOMAIN || shape->lenient ? TAMIS_PHASE_LABEL : G_MAXUINT;
    if (class == CLASS_HYPHEN)
        return place != TAMIS_PHASE_LABEL || shape->lenient ? TAMIS_PHASE_HYPHEN : G_MAXUINT;
    return in_domain(shape, byte, class) ? TAMIS_PHASE_DOMAIN : G_MAXUINT;
}

static guint
address_step(const TamisShape *shape, guint place, guint8 byte, guint class)
{
    return tamis_shape_part(place) == TAMIS_PLACE_DOMAIN ? domain_step(shape, place, byte, class)
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
        return byte == ' ' ? TAMIS_PHASE_BLANK : G_MAXUINT;
    default:
        break;
    }
    if (class <= CLASS_ATOM || class >= CLASS_UTF8)
        return TAMIS_PHASE_TEXT;
    if (byte == '"')
        return place == TAMIS_PHASE_TEXT ? G_MAXUINT : TAMIS_PHASE_QUOTED;
    if (place == TAMIS_PHASE_START)
        return G_MAXUINT;
    return byte == ' ' && place == TAMIS_PHASE_TEXT ? TAMIS_PHASE_BLANK : G_MAXUINT;
}

static gboolean
is_in_address(guint phase)
{
    return tamis_shape_part(phase & 0x1f) != 0;
}

/* Behind an address: a comment, or a comma if there may be more. */
static guint
end_step(const TamisShape *shape, guint seen, guint8 byte, guint out_next[2])
{
    out_next[0] = byte == ',' ? TAMIS_PHASE_COMMA | TAMIS_PHASE_SEEN
                              : TAMIS_PHASE_AFTER | TAMIS_PHASE_ANGLE | seen;
    return byte == ' ' || (shape->kind == TAMIS_SHAPE_MAILBOXES && byte == ',');
}

static guint
comment_step(guint place, guint flags, guint8 byte, guint class, guint out_next[2])
{
    out_next[0] = flags | (byte == ')' ? TAMIS_PHASE_END : TAMIS_PHASE_COMMENT);
    if (place == TAMIS_PHASE_AFTER)
        return byte == '(';
    return byte != '(' && byte != '\\' && class != CLASS_BREAK && class != CLASS_CONTROL;
}

static guint
in_address_step(const TamisShape *shape, guint phase, guint8 byte, guint class, guint out_next[2])
{
    guint place = phase & 0x1f, flags = phase & (TAMIS_PHASE_ANGLE | TAMIS_PHASE_SEEN), next;
    gboolean in_angle = (phase & TAMIS_PHASE_ANGLE) != 0;

    if (byte == '>' && in_angle && address_ends(shape, place)) {
        out_next[0] = TAMIS_PHASE_END | flags;
        return 1;
    }
    if ((byte == ',' || byte == ' ') && !in_angle && address_ends(shape, place))
        return end_step(shape, phase & TAMIS_PHASE_SEEN, byte, out_next);
    next = address_step(shape, place, byte, class);
    out_next[0] = next | flags;
    return next != G_MAXUINT;
}

/* An address begins: with a quote or without. */
static guint
first_step(const TamisShape *shape, guint8 byte, guint class)
{
    return byte == '"' ? TAMIS_PHASE_QLOCAL_START
                       : address_step(shape, TAMIS_PHASE_DOT, byte, class);
}

static guint
mailbox_step(const TamisShape *shape, guint phase, guint8 byte, guint class, guint out_next[2])
{
    guint n = 0, place = phase & 0x1f, seen = phase & TAMIS_PHASE_SEEN, next;

    if (place == TAMIS_PHASE_END)
        return (phase & TAMIS_PHASE_ANGLE) ? end_step(shape, seen, byte, out_next) : 0;
    if (place == TAMIS_PHASE_AFTER || place == TAMIS_PHASE_COMMENT)
        return comment_step(place, phase & (TAMIS_PHASE_ANGLE | TAMIS_PHASE_SEEN), byte, class,
                            out_next);
    if (place == TAMIS_PHASE_START && (phase & TAMIS_PHASE_ANGLE)) {
        next = first_step(shape, byte, class);
        out_next[0] = next | TAMIS_PHASE_ANGLE | seen;
        return next != G_MAXUINT;
    }
    if (is_in_address(phase))
        return in_address_step(shape, phase, byte, class, out_next);
    if (place == TAMIS_PHASE_COMMA && byte == ' ') {
        out_next[0] = TAMIS_PHASE_COMMA | seen;
        return 1;
    }
    if (place == TAMIS_PHASE_COMMA)
        place = TAMIS_PHASE_START;
    if (byte == '<' && (place == TAMIS_PHASE_START || place == TAMIS_PHASE_BLANK)) {
        out_next[0] = TAMIS_PHASE_START | TAMIS_PHASE_ANGLE | seen;
        return 1;
    }
    next = name_step(place, byte, class);
    if (next != G_MAXUINT)
        out_next[n++] = next | seen;
    if (place == TAMIS_PHASE_START) {
        next = first_step(shape, byte, class);
        if (next != G_MAXUINT)
            out_next[n++] = next | seen;
    }
    return n;
}

/* All of them ------------------------------------------------------------------------------------ */

guint
tamis_shape_step_slowly(const TamisShape *shape, TamisShapeState state, guint8 byte,
                        TamisShapeState out_next[2])
{
    int wanted = byte < 0x80 && state >> 8 == NO_MORE ? NO_MORE : utf8_step(state >> 8, byte);
    guint class, phase = tamis_shape_phase(state), next[2] = {0, 0}, n = 0;

    if (wanted < 0 || byte == '\0')
        return 0;
    class = byte_class(byte);
    if (byte == '\f' && shape->kind != TAMIS_SHAPE_BODY)
        class = shape->kind == TAMIS_SHAPE_TEXT ? CLASS_BLANK : CLASS_BREAK;
    switch (shape->kind) {
    case TAMIS_SHAPE_TEXT:
    case TAMIS_SHAPE_BODY:
        next[n++] = text_step(shape, phase, class);
        break;
    case TAMIS_SHAPE_ADDRESS:
    case TAMIS_SHAPE_SPEC:
        next[n++] = phase == TAMIS_PHASE_START ? first_step(shape, byte, class)
                                               : address_step(shape, phase, byte, class);
        if (is_lenient_of_local(shape) && byte == '@' &&
            phase < TAMIS_PHASE_LABEL) /* within quotes */
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
    case TAMIS_SHAPE_SPEC:
        return address_ends(shape, phase);
    case TAMIS_SHAPE_MAILBOX:
    case TAMIS_SHAPE_MAILBOXES:
        return (phase & 0x1f) == TAMIS_PHASE_END ||
               (!(phase & TAMIS_PHASE_ANGLE) && address_ends(shape, phase & 0x1f));
    }
    g_assert_not_reached();
}

gboolean
tamis_shape_has_address(TamisShapeState state)
{
    return is_in_address(tamis_shape_place(state)) || (state & TAMIS_PHASE_ANGLE) != 0;
}

guint8
tamis_shape_part(guint place)
{
    static const guint8 parts[32] = {
        [TAMIS_PHASE_LOCAL... TAMIS_PHASE_DOT] = TAMIS_PLACE_LOCAL,
        [TAMIS_PHASE_DETAIL... TAMIS_PHASE_DETAIL_DOT] = TAMIS_PLACE_LOCAL | TAMIS_PLACE_DETAIL,
        [TAMIS_PHASE_LABEL... TAMIS_PHASE_HYPHEN] = TAMIS_PLACE_DOMAIN,
        [TAMIS_PHASE_QLOCAL_START... TAMIS_PHASE_QLOCAL_END] = TAMIS_PLACE_LOCAL,
        [TAMIS_PHASE_QDETAIL_DOT... TAMIS_PHASE_QDETAIL_END] =
            TAMIS_PLACE_LOCAL | TAMIS_PLACE_DETAIL,
    };

    return parts[place];
}

/* Quotes around a local part, and what escapes within, belong to the whole address alone. */
static gboolean
is_quoting(guint place)
{
    return place == TAMIS_PHASE_QLOCAL_END || place == TAMIS_PHASE_QDETAIL_END ||
           place == TAMIS_PHASE_QLOCAL_ESCAPED || place == TAMIS_PHASE_QDETAIL_ESCAPED ||
           place == TAMIS_PHASE_QLOCAL_START;
}

guint
tamis_shape_scopes(TamisShapeState from, TamisShapeState to)
{
    guint8 part = tamis_shape_part(tamis_shape_place(to));
    guint8 before = tamis_shape_part(tamis_shape_place(from));
    gboolean is_local = (part & TAMIS_PLACE_LOCAL) && !is_quoting(tamis_shape_place(to));
    gboolean is_detail = is_local && (part & TAMIS_PLACE_DETAIL);
    gboolean is_domain = part == TAMIS_PLACE_DOMAIN && before == TAMIS_PLACE_DOMAIN;
    guint scopes = 1u << TAMIS_SCOPE_TEXT;

    scopes |= (guint)(part != 0) << TAMIS_SCOPE_WHOLE;
    scopes |= (guint)is_local << TAMIS_SCOPE_LOCAL;
    scopes |= (guint)(is_local && !is_detail) << TAMIS_SCOPE_USER;
    scopes |= (guint)(is_detail && (before & TAMIS_PLACE_DETAIL)) << TAMIS_SCOPE_DETAIL;
    scopes |= (guint)is_domain << TAMIS_SCOPE_DOMAIN;
    return scopes;
}

/* Whether it is an address whatever the shape says of one: words with single dots between them, an `@`, and a domain. */
static gboolean
is_plain_address(const char *text, gsize length)
{
    gboolean in_domain = FALSE, is_word = FALSE, is_hyphen = FALSE; /* what the byte before is */

    for (gsize i = 0; i < length; i++) {
        guint class = (guint8)text[i] < 0x80 ? ascii_classes[(guint8)text[i]] : CLASS_BREAK;

        if (class == CLASS_HYPHEN && in_domain && (is_word || is_hyphen)) {
            is_hyphen = TRUE;
            is_word = FALSE;
        } else if (class == CLASS_LETTER || class == CLASS_UNDERSCORE ||
                   (class <= CLASS_ATOM && !in_domain)) {
            is_word = TRUE;
            is_hyphen = FALSE;
        } else if (is_word && (text[i] == '.' || (text[i] == '@' && !in_domain))) {
            in_domain |= text[i] == '@';
            is_word = FALSE;
        } else {
            return FALSE;
        }
    }
    return in_domain && is_word;
}

/* Of several, with a comma and a blank between two, where the shape is a list. */
static gboolean
are_plain_addresses(const TamisShape *shape, const char *text, gsize length)
{
    const char *end = text + length, *comma;

    for (; shape->kind == TAMIS_SHAPE_MAILBOXES; text = comma + 2) {
        comma = memchr(text, ',', (gsize)(end - text));
        if (comma == NULL)
            break;
        if (end - comma < 2 || comma[1] != ' ' || !is_plain_address(text, (gsize)(comma - text)))
            return FALSE;
    }
    return is_plain_address(text, (gsize)(end - text));
}

gboolean
tamis_shape_takes(const TamisShape *shape, const char *text, gsize length)
{
    TamisShapeState states[2] = {TAMIS_SHAPE_START, 0};
    guint n = 1;

    if (shape->kind >= TAMIS_SHAPE_ADDRESS && are_plain_addresses(shape, text, length))
        return TRUE;
    for (gsize i = 0; i < length && n > 0; i++) {
        TamisShapeState all[4] = {0};
        guint n_all = 0;

        for (guint k = 0; k < n; k++)
            n_all += tamis_shape_step(shape, states[k], (guint8)text[i], all + n_all);
        n = MIN(n_all, 2);
        states[0] = all[0];
        states[1] = all[1];
    }
    for (guint k = 0; k < n; k++) {
        if (tamis_shape_accepts(shape, states[k]))
            return TRUE;
    }
    return FALSE;
}
