/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Thompson's construction, straight from the text: a counted repeat reads what it repeats once more for each time. */
#include "model/regex-steps.h"

#include <string.h>

enum { MAX_STEPS = 4 * TAMIS_REGEX_MAX_PLACES, MAX_DEPTH = 50, NOWHERE = 0 };

/* A piece of the expression. */
typedef struct {
    guint32 first,
        last; /* last: the step that all of its ways lead to, and that leads nowhere yet */
    gboolean has_anchor;
} Piece;

typedef struct {
    const char *at, *limit;
    gboolean fold;
    TamisRegexSteps *made;
    guint depth;
    guint n_places;
} Reader;

/* Bytes ------------------------------------------------------------------------------------------ */

/* glibc compares in upper case. */
static guint8
shown(const Reader *reader, char c)
{
    return (guint8)(reader->fold ? g_ascii_toupper(c) : c);
}

/* What the set says of upper case it says of lower case. */
static void
set_fold(TamisByteSet *set)
{
    const guint64 upper = G_GUINT64_CONSTANT(0x3ffffff) << ('A' - 64), to_lower = 'a' - 'A';

    set->bits[1] = (set->bits[1] & ~(upper << to_lower)) | (set->bits[1] & upper) << to_lower;
}

static gboolean
is_in_class(const char *name, gsize length, char c, gboolean *out_is_known)
{
    static const struct {
        const char *name;
        GAsciiType type;
    } classes[] = {
        {"alpha", G_ASCII_ALPHA}, {"digit", G_ASCII_DIGIT},   {"alnum", G_ASCII_ALNUM},
        {"upper", G_ASCII_UPPER}, {"lower", G_ASCII_LOWER},   {"space", G_ASCII_SPACE},
        {"punct", G_ASCII_PUNCT}, {"print", G_ASCII_PRINT},   {"graph", G_ASCII_GRAPH},
        {"cntrl", G_ASCII_CNTRL}, {"xdigit", G_ASCII_XDIGIT},
    };

    *out_is_known = TRUE;
    if (length == 5 && memcmp(name, "blank", 5) == 0)
        return c == ' ' || c == '\t';
    for (guint i = 0; i < G_N_ELEMENTS(classes); i++)
        if (strlen(classes[i].name) == length && memcmp(classes[i].name, name, length) == 0)
            return (g_ascii_table[(guint8)c] & classes[i].type) != 0 ||
                   (classes[i].type == G_ASCII_SPACE && c == '\v');
    *out_is_known = FALSE;
    return FALSE;
}

static gboolean
add_class(const Reader *reader, TamisByteSet *set, const char *name, gsize length)
{
    gboolean is_known = TRUE;

    if (reader->fold && length == 5 &&
        (memcmp(name, "upper", 5) == 0 || memcmp(name, "lower", 5) == 0))
        name = "alpha";
    for (guint byte = 1; byte < 256 && is_known; byte++)
        if (is_in_class(name, length, (char)byte, &is_known))
            tamis_byte_set_add(set, byte);
    return is_known;
}

static void
set_negate(TamisByteSet *set)
{
    for (guint i = 0; i < G_N_ELEMENTS(set->bits); i++)
        set->bits[i] = ~set->bits[i];
    set->bits[0] &= ~G_GUINT64_CONSTANT(1); /* there is no NUL in a value */
}

/* `[:alpha:]`, at its inner bracket. */
static gboolean
read_class(Reader *reader, TamisByteSet *set)
{
    const char *name = reader->at + 2, *end = name;

    while (reader->limit - end > 1 && !(end[0] == ':' && end[1] == ']'))
        end++;
    if (reader->limit - end < 2 || !add_class(reader, set, name, (gsize)(end - name)))
        return FALSE;
    reader->at = end + 2;
    return TRUE;
}

/* Behind `[`; to what is behind `]`. */
static gboolean
read_brackets(Reader *reader, TamisByteSet *set)
{
    gboolean negated = reader->at < reader->limit && *reader->at == '^', is_first = TRUE;

    reader->at += negated;
    for (; reader->at < reader->limit; is_first = FALSE) {
        const char *at = reader->at;
        gsize left = (gsize)(reader->limit - at);
        guint8 first = shown(reader, *at), last = first;

        if (*at == ']' && !is_first) {
            reader->at++;
            if (reader->fold)
                set_fold(set);
            if (negated)
                set_negate(set);
            return TRUE;
        }
        if (*at == '[' && left > 1 && (at[1] == '.' || at[1] == '='))
            return FALSE;
        if (*at == '[' && left > 1 && at[1] == ':') {
            if (!read_class(reader, set))
                return FALSE;
            if (reader->limit - reader->at > 1 && reader->at[0] == '-' && reader->at[1] != ']')
                return FALSE;
            continue;
        }
        reader->at++;
        if (left > 2 && at[1] == '-' && at[2] != ']') {
            last = shown(reader, at[2]);
            reader->at += 2;
            if (at[2] == '[' || at[2] == '-' || *at == '-' || last < first)
                return FALSE;
        }
        for (guint byte = first; byte <= last; byte++)
            tamis_byte_set_add(set, byte);
    }
    return FALSE;
}

/* Steps ------------------------------------------------------------------------------------------ */

static TamisStep *
step_of(Reader *reader, guint32 step)
{
    return &reader->made->steps[step];
}

/* To twice its room. */
static gpointer
grown(gpointer items, gconstpointer few, gsize item_bytes, guint *room)
{
    gsize bytes = *room * item_bytes;
    gpointer more = items == few ? g_malloc(2 * bytes) : g_realloc(items, 2 * bytes);

    if (items == few)
        memcpy(more, few, bytes);
    *room *= 2;
    return more;
}

static guint32
add_step(Reader *reader, TamisStepKind kind, guint32 next, guint32 other)
{
    TamisRegexSteps *made = reader->made;
    TamisStep *step;

    if (made->n_steps == made->steps_room)
        made->steps = grown(made->steps, made->few_steps, sizeof *made->steps, &made->steps_room);
    step = &made->steps[made->n_steps];
    *step = (TamisStep){.kind = (guint8)kind, .next = next, .other = other};
    if (kind == TAMIS_STEP_BYTES || kind == TAMIS_STEP_AT_END)
        step->place = ++reader->n_places;
    return made->n_steps++;
}

static gboolean
is_full(const Reader *reader)
{
    return reader->made->n_steps >= MAX_STEPS || reader->n_places >= TAMIS_REGEX_MAX_PLACES;
}

/* A step that does nothing: both its ways are one. */
static Piece
empty_piece(Reader *reader)
{
    guint32 step = add_step(reader, TAMIS_STEP_SPLIT, NOWHERE, NOWHERE);

    return (Piece){step, step, FALSE};
}

static void
lead(Reader *reader, guint32 from, guint32 to)
{
    step_of(reader, from)->next = step_of(reader, from)->other = to;
}

static guint
number_of(Reader *reader, const TamisByteSet *set)
{
    TamisRegexSteps *made = reader->made;

    for (guint i = 0; i < made->n_sets; i++)
        if (tamis_byte_set_is_equal(&made->sets[i], set))
            return i;
    if (made->n_sets == made->sets_room)
        made->sets = grown(made->sets, made->few_sets, sizeof *made->sets, &made->sets_room);
    made->sets[made->n_sets] = *set;
    return made->n_sets++;
}

static Piece
bytes_piece(Reader *reader, const TamisByteSet *set)
{
    guint32 step = add_step(reader, TAMIS_STEP_BYTES, NOWHERE, NOWHERE);

    step_of(reader, step)->set = (guint16)number_of(reader, set);
    return (Piece){step, step, FALSE};
}

static Piece
anchor_piece(Reader *reader, TamisStepKind kind)
{
    guint32 step = add_step(reader, kind, NOWHERE, NOWHERE);

    return (Piece){step, step, TRUE};
}

static Piece
join(Reader *reader, Piece first, Piece second)
{
    lead(reader, first.last, second.first);
    return (Piece){first.first, second.last, first.has_anchor || second.has_anchor};
}

static Piece
either(Reader *reader, Piece first, Piece second)
{
    Piece piece = empty_piece(reader);

    lead(reader, first.last, piece.last);
    lead(reader, second.last, piece.last);
    piece.first = add_step(reader, TAMIS_STEP_SPLIT, first.first, second.first);
    piece.has_anchor = first.has_anchor || second.has_anchor;
    return piece;
}

/* As often as one likes; or, where not again, once at most. */
static Piece
optional(Reader *reader, Piece inner, gboolean again)
{
    Piece piece = empty_piece(reader);

    piece.first = add_step(reader, TAMIS_STEP_SPLIT, inner.first, piece.last);
    lead(reader, inner.last, again ? piece.first : piece.last);
    return piece;
}

/* Reading ---------------------------------------------------------------------------------------- */

static inline gboolean
is_repeat(char c)
{
    return c == '*' || c == '+' || c == '?' || c == '{';
}

static gboolean read_alternatives(Reader *reader, Piece *out);

static gboolean
read_escape(Reader *reader, Piece *out)
{
    TamisByteSet set = {0};
    char c;

    if (reader->at == reader->limit)
        return FALSE;
    c = *reader->at++;
    if (strchr("bB<>`'123456789", c) != NULL || c == '\0')
        return FALSE;
    if (strchr("wWsS", c) != NULL) {
        gboolean is_word = c == 'w' || c == 'W';

        add_class(reader, &set, is_word ? "alnum" : "space", 5);
        if (is_word)
            tamis_byte_set_add(&set, '_');
        if (g_ascii_isupper(c))
            set_negate(&set);
    } else {
        tamis_byte_set_add(
            &set, (guint8)c); /* as it is written, so that a folded `\d` is nothing: glibc, too */
        if (reader->fold)
            set_fold(&set);
    }
    *out = bytes_piece(reader, &set);
    return TRUE;
}

static gboolean
read_group(Reader *reader, Piece *out)
{
    if (++reader->depth > MAX_DEPTH || !read_alternatives(reader, out))
        return FALSE;
    reader->depth--;
    if (reader->at == reader->limit || *reader->at != ')')
        return FALSE;
    reader->at++;
    return TRUE;
}

static gboolean
read_piece(Reader *reader, Piece *out)
{
    TamisByteSet set = {0};
    char c = *reader->at++;

    if (is_full(reader) || is_repeat(c)) /* nothing is repeated */
        return FALSE;
    switch (c) {
    case '(':
        return read_group(reader, out);
    case '\\':
        return read_escape(reader, out);
    case '^':
    case '$':
        *out = anchor_piece(reader, c == '^' ? TAMIS_STEP_AT_START : TAMIS_STEP_AT_END);
        return TRUE;
    case '[':
        if (!read_brackets(reader, &set))
            return FALSE;
        break;
    case '.':
        set_negate(&set);
        break;
    default:
        tamis_byte_set_add(&set, shown(reader, c));
        if (reader->fold)
            set_fold(&set);
        break;
    }
    *out = bytes_piece(reader, &set);
    return TRUE;
}

static gboolean
read_number(Reader *reader, guint *out_number)
{
    const char *start = reader->at;

    for (*out_number = 0; reader->at < reader->limit && g_ascii_isdigit(*reader->at); reader->at++)
        *out_number = MIN(*out_number * 10 + (guint)(*reader->at - '0'), MAX_STEPS);
    return reader->at > start;
}

/* Behind `{`. most is G_MAXUINT where there is no bound. */
static gboolean
read_counts(Reader *reader, guint *out_least, guint *out_most)
{
    if (!read_number(reader, out_least))
        return FALSE;
    *out_most = *out_least;
    if (reader->at < reader->limit && *reader->at == ',') {
        reader->at++;
        if (!read_number(reader, out_most))
            *out_most = G_MAXUINT;
    }
    if (reader->at == reader->limit || *reader->at != '}' || *out_least > *out_most)
        return FALSE;
    reader->at++;
    return TRUE;
}

static gboolean read_repeated(Reader *reader, guint n_repeats, Piece *out);

/* What stands from start with n_repeats of its repeats, so many times; counts ends behind its own. */
static gboolean
read_times(Reader *reader, const char *start, guint n_repeats, guint least, guint most, Piece *out)
{
    const char *end = reader->at;
    guint written = most == G_MAXUINT ? least + 1 : most;

    *out = empty_piece(reader);
    for (guint i = 0; i < written; i++) {
        Piece again;

        reader->at = start;
        if (is_full(reader) || !read_repeated(reader, n_repeats, &again))
            return FALSE;
        if (i >= least)
            again = optional(reader, again, most == G_MAXUINT);
        *out = join(reader, *out, again);
    }
    reader->at = end;
    return TRUE;
}

/* A piece and its first n_repeats repeats. */
static gboolean
read_repeated(Reader *reader, guint n_repeats, Piece *out)
{
    const char *start = reader->at;

    if (!read_piece(reader, out))
        return FALSE;
    for (guint i = 0; i < n_repeats && reader->at < reader->limit && is_repeat(*reader->at); i++) {
        guint least = *reader->at == '+', most = *reader->at == '?' ? 1 : G_MAXUINT;
        char c = *reader->at++;

        if (out->has_anchor || is_full(reader) || (c == '{' && !read_counts(reader, &least, &most)))
            return FALSE;
        if (c != '{' && least == 0)
            *out = optional(reader, *out, c == '*');
        else if (!read_times(reader, start, i, least, most, out))
            return FALSE;
    }
    return TRUE;
}

static gboolean
read_sequence(Reader *reader, Piece *out)
{
    gboolean is_first = TRUE;

    for (; reader->at < reader->limit && *reader->at != '|' && *reader->at != ')';
         is_first = FALSE) {
        Piece next;

        if (!read_repeated(reader, G_MAXUINT, &next))
            return FALSE;
        *out = is_first ? next : join(reader, *out, next);
    }
    if (is_first)
        *out = empty_piece(reader);
    return TRUE;
}

static gboolean
read_alternatives(Reader *reader, Piece *out)
{
    if (!read_sequence(reader, out))
        return FALSE;
    while (reader->at < reader->limit && *reader->at == '|') {
        Piece other;

        reader->at++;
        if (!read_sequence(reader, &other))
            return FALSE;
        *out = either(reader, *out, other);
    }
    return TRUE;
}

/* Where a step that does nothing leads to. */
static guint32
pass_by(const Reader *reader, guint32 at)
{
    const TamisStep *steps = reader->made->steps;

    while (steps[at].kind == TAMIS_STEP_SPLIT && steps[at].next == steps[at].other)
        at = steps[at].next;
    return at;
}

/* From the last step on, so that ways are short when they are gone. */
static void
shorten(Reader *reader)
{
    for (guint32 i = reader->made->n_steps - 1; i > 0; i--) {
        TamisStep *step = step_of(reader, i);

        step->next = pass_by(reader, step->next);
        step->other = pass_by(reader, step->other);
    }
}

gboolean
tamis_regex_read(const char *text, gsize length, gboolean fold, TamisRegexSteps *out,
                 guint32 *out_first, guint *out_n_places)
{
    Reader reader = {.at = text, .limit = text + length, .fold = fold, .made = out};
    Piece all;

    out->steps = out->few_steps;
    out->sets = out->few_sets;
    out->n_steps = out->n_sets = 0;
    out->steps_room = TAMIS_REGEX_FEW_STEPS;
    out->sets_room = TAMIS_REGEX_FEW_SETS;
    add_step(&reader, TAMIS_STEP_FOUND, NOWHERE, NOWHERE);
    if (memchr(text, '\0', length) != NULL || !read_alternatives(&reader, &all) ||
        reader.at < reader.limit || is_full(&reader))
        return FALSE;
    shorten(&reader);
    *out_first = pass_by(&reader, all.first);
    *out_n_places = reader.n_places + 1;
    return TRUE;
}

void
tamis_regex_steps_clear(TamisRegexSteps *steps)
{
    if (steps->steps != steps->few_steps)
        g_free(steps->steps);
    if (steps->sets != steps->few_sets)
        g_free(steps->sets);
}
