/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Thompson's construction, straight from the text: a counted repeat reads what it repeats once more for each time.
 * Places are the steps that take a byte, the ends, and the last one, which is place 0. */
#include "model/regex.h"

#include <string.h>

enum { MAX_PLACES = 1000, MAX_STEPS = 4 * MAX_PLACES, MAX_DEPTH = 50, NOWHERE = 0 };

typedef enum { FOUND, BYTES, SPLIT, AT_START, AT_END } StepKind;

typedef struct {
    guint8 kind; /* StepKind */
    guint16 set; /* BYTES: of sets */
    guint32 next, other;
    guint32 place; /* FOUND, BYTES, AT_END */
} Step;

typedef struct {
    guint64 bits[4];
} ByteSet;

struct TamisRegex {
    guint n_places, n_words;
    guint8 classes[256];
    guint64 *takes;  /* by class: the places that take its bytes */
    guint64 *behind; /* by place that takes a byte: the places behind it */
    guint64 *start,
        *anywhere; /* places at the value's beginning, and those of an attempt that begins later */
    guint64 *ends; /* places that are found where the value ends */
};

/* A piece of the expression: where it begins, and the steps whose next is not known yet, linked by it. */
typedef struct {
    guint32 first, last; /* last: a step that leads on; all others lead to it */
    gboolean has_anchor;
} Piece;

typedef struct {
    const char *at, *limit;
    gboolean fold;
    GArray *steps; /* of Step; 0 is FOUND */
    GArray *sets;  /* of ByteSet */
    guint depth;
    guint n_places;
} Reader;

/* Bytes ------------------------------------------------------------------------------------------ */

static void
set_add(ByteSet *set, guint byte)
{
    set->bits[byte / 64] |= G_GUINT64_CONSTANT(1) << byte % 64;
}

static gboolean
set_has(const ByteSet *set, guint byte)
{
    return (set->bits[byte / 64] >> byte % 64 & 1) != 0;
}

/* glibc compares in upper case. */
static guint8
shown(const Reader *reader, char c)
{
    return (guint8)(reader->fold ? g_ascii_toupper(c) : c);
}

/* What the set says of upper case it says of lower case. */
static void
set_fold(ByteSet *set)
{
    for (guint byte = 'A'; byte <= 'Z'; byte++) {
        guint lower = byte + 32;

        set->bits[lower / 64] &= ~(G_GUINT64_CONSTANT(1) << lower % 64);
        if (set_has(set, byte))
            set_add(set, lower);
    }
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
add_class(const Reader *reader, ByteSet *set, const char *name, gsize length)
{
    gboolean is_known = TRUE;

    if (reader->fold && length == 5 &&
        (memcmp(name, "upper", 5) == 0 || memcmp(name, "lower", 5) == 0))
        name = "alpha";
    for (guint byte = 1; byte < 256 && is_known; byte++)
        if (is_in_class(name, length, (char)byte, &is_known))
            set_add(set, byte);
    return is_known;
}

static void
set_negate(ByteSet *set)
{
    for (guint i = 0; i < G_N_ELEMENTS(set->bits); i++)
        set->bits[i] = ~set->bits[i];
    set->bits[0] &= ~G_GUINT64_CONSTANT(1); /* there is no NUL in a value */
}

/* `[:alpha:]`, at its inner bracket. */
static gboolean
read_class(Reader *reader, ByteSet *set)
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
read_brackets(Reader *reader, ByteSet *set)
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
            set_add(set, byte);
    }
    return FALSE;
}

/* Steps ------------------------------------------------------------------------------------------ */

static Step *
step_of(Reader *reader, guint32 step)
{
    return &g_array_index(reader->steps, Step, step);
}

static guint32
add_step(Reader *reader, StepKind kind, guint32 next, guint32 other)
{
    Step step = {.kind = (guint8)kind, .next = next, .other = other};

    if (kind == BYTES || kind == AT_END)
        step.place = ++reader->n_places;
    g_array_append_val(reader->steps, step);
    return reader->steps->len - 1;
}

static gboolean
is_full(const Reader *reader)
{
    return reader->steps->len >= MAX_STEPS || reader->n_places >= MAX_PLACES;
}

/* A step that does nothing: both its ways are one. */
static Piece
empty_piece(Reader *reader)
{
    guint32 step = add_step(reader, SPLIT, NOWHERE, NOWHERE);

    return (Piece){step, step, FALSE};
}

static void
lead(Reader *reader, guint32 from, guint32 to)
{
    step_of(reader, from)->next = step_of(reader, from)->other = to;
}

static Piece
bytes_piece(Reader *reader, const ByteSet *set)
{
    Piece piece = empty_piece(reader);

    piece.first = add_step(reader, BYTES, piece.last, NOWHERE);
    step_of(reader, piece.first)->set = (guint16)reader->sets->len;
    g_array_append_vals(reader->sets, set, 1);
    return piece;
}

static Piece
anchor_piece(Reader *reader, StepKind kind)
{
    Piece piece = empty_piece(reader);

    piece.first = add_step(reader, kind, piece.last, NOWHERE);
    piece.has_anchor = TRUE;
    return piece;
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
    piece.first = add_step(reader, SPLIT, first.first, second.first);
    piece.has_anchor = first.has_anchor || second.has_anchor;
    return piece;
}

/* As often as one likes; or, where not again, once at most. */
static Piece
optional(Reader *reader, Piece inner, gboolean again)
{
    Piece piece = empty_piece(reader);

    piece.first = add_step(reader, SPLIT, inner.first, piece.last);
    lead(reader, inner.last, again ? piece.first : piece.last);
    return piece;
}

/* Reading ---------------------------------------------------------------------------------------- */

static gboolean read_alternatives(Reader *reader, Piece *out);

static gboolean
read_escape(Reader *reader, Piece *out)
{
    ByteSet set = {0};
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
            set_add(&set, '_');
        if (g_ascii_isupper(c))
            set_negate(&set);
    } else {
        set_add(&set,
                (guint8)c); /* as it is written, so that a folded `\d` is nothing: glibc, too */
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
    ByteSet set = {0};
    char c = *reader->at++;

    if (is_full(reader) || strchr("*+?{", c) != NULL) /* nothing is repeated */
        return FALSE;
    switch (c) {
    case '(':
        return read_group(reader, out);
    case '\\':
        return read_escape(reader, out);
    case '^':
    case '$':
        *out = anchor_piece(reader, c == '^' ? AT_START : AT_END);
        return TRUE;
    case '[':
        if (!read_brackets(reader, &set))
            return FALSE;
        break;
    case '.':
        set_negate(&set);
        break;
    default:
        set_add(&set, shown(reader, c));
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
    for (guint i = 0; i < n_repeats && reader->at < reader->limit &&
                      strchr("*+?{", *reader->at) != NULL && *reader->at != '\0';
         i++) {
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
    *out = empty_piece(reader);
    while (reader->at < reader->limit && *reader->at != '|' && *reader->at != ')') {
        Piece next;

        if (!read_repeated(reader, G_MAXUINT, &next))
            return FALSE;
        *out = join(reader, *out, next);
    }
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

/* Sets of places --------------------------------------------------------------------------------- */

/* The places that are reached from a step without a byte. FALSE: a beginning is behind an end. */
typedef struct {
    Reader *reader;
    gboolean at_start, at_end;
    gboolean is_odd;
    guint64 *set;
    GByteArray *seen;
} Closing;

static void
close_over(Closing *closing, guint32 first)
{
    g_autoptr(GArray) open = g_array_new(FALSE, FALSE, sizeof(guint32));

    memset(closing->seen->data, 0, closing->seen->len);
    g_array_append_val(open, first);
    while (open->len > 0) {
        guint32 at = g_array_index(open, guint32, open->len - 1);
        const Step *step = step_of(closing->reader, at);

        g_array_set_size(open, open->len - 1);
        if (closing->seen->data[at])
            continue;
        closing->seen->data[at] = 1;
        closing->is_odd |= step->kind == AT_START && closing->at_end;
        if (step->kind == FOUND || step->kind == BYTES || step->kind == AT_END)
            closing->set[step->place / 64] |= G_GUINT64_CONSTANT(1) << step->place % 64;
        if (step->kind == SPLIT || (step->kind == AT_START && closing->at_start) ||
            (step->kind == AT_END && closing->at_end))
            g_array_append_val(open, step->next);
        if (step->kind == SPLIT)
            g_array_append_val(open, step->other);
    }
}

/* Bytes that all sets have, or have not, together are one class. */
static guint
make_classes(const Reader *reader, guint8 classes[256])
{
    guint n = 1;

    memset(classes, 0, 256);
    for (guint s = 0; s < reader->sets->len && n < 255; s++) {
        const ByteSet *set = &g_array_index(reader->sets, ByteSet, s);
        guint moved[256] = {0}, stays[256] = {0};

        for (guint byte = 1; byte < 256; byte++)
            *(set_has(set, byte) ? &moved[classes[byte]] : &stays[classes[byte]]) += 1;
        for (guint c = 0, known = n; c < known; c++) {
            if (moved[c] == 0 || stays[c] == 0)
                continue;
            for (guint byte = 1; byte < 256; byte++)
                if (classes[byte] == c && set_has(set, byte))
                    classes[byte] = (guint8)n;
            n++;
        }
    }
    return n;
}

static gboolean
make_sets(TamisRegex *regex, Reader *reader, guint32 first)
{
    g_autoptr(GByteArray) seen = g_byte_array_sized_new(reader->steps->len);
    Closing closing = {.reader = reader, .seen = seen};
    guint n_classes = make_classes(reader, regex->classes), words;

    g_byte_array_set_size(seen, reader->steps->len);
    regex->n_places = reader->n_places + 1;
    regex->n_words = words = (regex->n_places + 63) / 64;
    regex->takes = g_new0(guint64, (gsize)n_classes * words);
    regex->behind = g_new0(guint64, (gsize)regex->n_places * words);
    regex->start = g_new0(guint64, 3 * words);
    regex->anywhere = regex->start + words;
    regex->ends = regex->anywhere + words;
    for (guint32 i = 0; i < reader->steps->len; i++) {
        const Step *step = step_of(reader, i);
        guint64 bit = G_GUINT64_CONSTANT(1) << step->place % 64;
        g_autofree guint64 *reached = g_new0(guint64, words);

        closing.at_end = step->kind == AT_END;
        closing.set = step->kind == BYTES ? regex->behind + (gsize)step->place * words : reached;
        if (step->kind == BYTES || step->kind == AT_END)
            close_over(&closing, step->next);
        if (step->kind == AT_END && (reached[0] & 1) != 0)
            regex->ends[step->place / 64] |= bit;
        for (guint byte = 1; byte < 256 && step->kind == BYTES; byte++)
            if (set_has(&g_array_index(reader->sets, ByteSet, step->set), byte))
                regex->takes[regex->classes[byte] * words + step->place / 64] |= bit;
    }
    closing.at_end = FALSE;
    closing.set = regex->anywhere;
    close_over(&closing, first);
    closing.at_start = TRUE;
    closing.set = regex->start;
    close_over(&closing, first);
    return !closing.is_odd;
}

TamisRegex *
tamis_regex_new(const char *text, gsize length, gboolean fold)
{
    g_autoptr(GArray) steps = g_array_new(FALSE, TRUE, sizeof(Step));
    g_autoptr(GArray) sets = g_array_new(FALSE, FALSE, sizeof(ByteSet));
    Reader reader = {
        .at = text, .limit = text + length, .fold = fold, .steps = steps, .sets = sets};
    g_autoptr(TamisRegex) regex = NULL;
    Piece all;

    add_step(&reader, FOUND, NOWHERE, NOWHERE);
    if (memchr(text, '\0', length) != NULL || !read_alternatives(&reader, &all) ||
        reader.at < reader.limit || is_full(&reader))
        return NULL;
    regex = g_new0(TamisRegex, 1);
    if (!make_sets(regex, &reader, all.first))
        return NULL;
    return g_steal_pointer(&regex);
}

void
tamis_regex_free(TamisRegex *regex)
{
    if (regex == NULL)
        return;
    g_free(regex->takes);
    g_free(regex->behind);
    g_free(regex->start);
    g_free(regex);
}

/* Running ---------------------------------------------------------------------------------------- */

guint
tamis_regex_n_words(const TamisRegex *regex)
{
    return regex->n_words;
}

const guint8 *
tamis_regex_classes(const TamisRegex *regex)
{
    return regex->classes;
}

void
tamis_regex_start(const TamisRegex *regex, guint64 *out_set)
{
    memcpy(out_set, regex->start, regex->n_words * sizeof *out_set);
}

void
tamis_regex_step(const TamisRegex *regex, const guint64 *set, guint8 byte, guint64 *out_set)
{
    const guint64 *takes = regex->takes + (gsize)regex->classes[byte] * regex->n_words;

    memcpy(out_set, regex->anywhere, regex->n_words * sizeof *out_set);
    for (guint w = 0; w < regex->n_words; w++) {
        for (guint64 left = set[w] & takes[w]; left != 0; left &= left - 1) {
            gsize place = 64 * (gsize)w + (gsize)__builtin_ctzll(left);
            const guint64 *behind = regex->behind + place * regex->n_words;

            for (guint i = 0; i < regex->n_words; i++)
                out_set[i] |= behind[i];
        }
    }
}

gboolean
tamis_regex_is_found(G_GNUC_UNUSED const TamisRegex *regex, const guint64 *set)
{
    return (set[0] & 1) != 0;
}

gboolean
tamis_regex_is_found_at_end(const TamisRegex *regex, const guint64 *set)
{
    for (guint w = 0; w < regex->n_words; w++)
        if ((set[w] & regex->ends[w]) != 0)
            return TRUE;
    return tamis_regex_is_found(regex, set);
}

gboolean
tamis_regex_is_lost(const TamisRegex *regex, const guint64 *set)
{
    for (guint w = 0; w < regex->n_words; w++)
        if (set[w] != 0 || regex->anywhere[w] != 0)
            return FALSE;
    return TRUE;
}

gboolean
tamis_regex_matches(const TamisRegex *regex, const char *value, gsize length)
{
    guint64 sets[2][MAX_PLACES / 64 + 1];
    guint at = 0;

    tamis_regex_start(regex, sets[at]);
    for (gsize i = 0; i < length && !tamis_regex_is_found(regex, sets[at]); i++, at = !at)
        tamis_regex_step(regex, sets[at], (guint8)value[i], sets[!at]);
    return tamis_regex_is_found_at_end(regex, sets[at]);
}
