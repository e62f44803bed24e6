/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Glushkov's construction, straight from the text: a place is a letter as it is written, and what may follow it is known
 * when pieces are put together. A counted repeat reads what it repeats once more for each time. */
#include "model/regex-places.h"

#include <string.h>

enum { MAX_WORK = 4 * TAMIS_REGEX_MAX_PLACES, MAX_DEPTH = 50 };

/* A piece of the expression, which takes over the sets of one of its places. */
typedef struct {
    guint64 *first, *last; /* places where it begins, and ends; NULL: it has none */
    gboolean is_optional;  /* it can be nothing */
    gboolean has_anchor;
} Piece;

typedef struct {
    const char *at, *limit;
    gboolean fold;
    TamisRegexPlaces *made;
    guint depth;
    guint most_places;
    guint work; /* pieces that were made, or put together */
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

/* Places ----------------------------------------------------------------------------------------- */

static gboolean
is_full(const Reader *reader)
{
    return reader->work >= MAX_WORK || reader->made->n_places >= reader->most_places;
}

static inline void
unite(const Reader *reader, guint64 *set, const guint64 *other)
{
    *set |= *other; /* mostly this is all of it */
    for (guint w = 1; w < reader->made->n_words; w++)
        set[w] |= other[w];
}

/* Behind each of the places those of next may come. */
static void
lead(const Reader *reader, const guint64 *places, const guint64 *next)
{
    guint n_words = reader->made->n_words;

    if (n_words == 1) {
        for (guint64 left = *places; left != 0; left &= left - 1)
            reader->made->follows[__builtin_ctzll(left)] |= *next;
        return;
    }
    for (guint w = 0; w < n_words; w++)
        for (guint64 left = places[w]; left != 0; left &= left - 1)
            unite(reader,
                  reader->made->follows + (64 * (gsize)w + (gsize)__builtin_ctzll(left)) * n_words,
                  next);
}

static Piece
empty_piece(Reader *reader)
{
    reader->work++;
    return (Piece){.is_optional = TRUE};
}

/* It is not full. */
static Piece
place_piece(Reader *reader, TamisRegexPlaceKind kind, guint set)
{
    TamisRegexPlaces *made = reader->made;
    guint place = made->n_places++;
    gsize words = (gsize)place * made->n_words;
    Piece piece = {.first = made->firsts + words, .last = made->lasts + words};

    reader->work++;
    made->places[place] = (TamisRegexPlace){(guint8)kind, (guint16)set};
    piece.first[place / 64] = piece.last[place / 64] = G_GUINT64_CONSTANT(1) << place % 64;
    piece.has_anchor = kind == TAMIS_REGEX_AT_START || kind == TAMIS_REGEX_AT_END;
    return piece;
}

static guint
number_of(TamisRegexPlaces *made, const TamisByteSet *set)
{
    for (guint i = 0; i < made->n_sets; i++)
        if (tamis_byte_set_is_equal(&made->sets[i], set))
            return i;
    if (made->n_sets == made->sets_room) { /* to twice its room */
        gsize bytes = made->n_sets * sizeof *set;
        gboolean are_few = made->sets == made->few_sets;

        made->sets = are_few ? g_malloc(2 * bytes) : g_realloc(made->sets, 2 * bytes);
        if (are_few)
            memcpy(made->sets, made->few_sets, bytes);
        made->sets_room *= 2;
    }
    made->sets[made->n_sets] = *set;
    return made->n_sets++;
}

static Piece
bytes_piece(Reader *reader, const TamisByteSet *set)
{
    return place_piece(reader, TAMIS_REGEX_BYTES, number_of(reader->made, set));
}

static inline Piece
join(Reader *reader, Piece first, Piece second)
{
    Piece piece = {.is_optional = first.is_optional && second.is_optional,
                   .has_anchor = first.has_anchor || second.has_anchor};

    reader->work++;
    piece.first = first.first != NULL ? first.first : second.first;
    piece.last = second.last != NULL ? second.last : first.last;
    if (first.first == NULL || second.first == NULL)
        return piece;
    lead(reader, first.last, second.first);
    if (first.is_optional)
        unite(reader, first.first, second.first);
    if (second.is_optional)
        unite(reader, second.last, first.last);
    return piece;
}

static Piece
either(Reader *reader, Piece first, Piece second)
{
    Piece piece = first.first != NULL ? first : second;

    reader->work++;
    if (first.first != NULL && second.first != NULL) {
        unite(reader, first.first, second.first);
        unite(reader, first.last, second.last);
    }
    piece.is_optional = first.is_optional || second.is_optional;
    piece.has_anchor = first.has_anchor || second.has_anchor;
    return piece;
}

/* Once, or once more behind itself. */
static Piece
repeated(Reader *reader, Piece inner)
{
    reader->work++;
    if (inner.first != NULL)
        lead(reader, inner.last, inner.first);
    return inner;
}

static Piece
optional(Reader *reader, Piece inner)
{
    reader->work++;
    inner.is_optional = TRUE;
    return inner;
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
        *out = place_piece(reader, c == '^' ? TAMIS_REGEX_AT_START : TAMIS_REGEX_AT_END, 0);
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
        *out_number = MIN(*out_number * 10 + (guint)(*reader->at - '0'), MAX_WORK);
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
            again = optional(reader, most == G_MAXUINT ? repeated(reader, again) : again);
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
        guint least, most;
        char c = *reader->at++;

        if (out->has_anchor || is_full(reader) || (c == '{' && !read_counts(reader, &least, &most)))
            return FALSE;
        if (c == '*' || c == '+')
            *out = repeated(reader, *out);
        if (c == '*' || c == '?')
            *out = optional(reader, *out);
        if (c == '{' && !read_times(reader, start, i, least, most, out))
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

/* Room for few places, or for as many as there may be. */
static void
make_room(TamisRegexPlaces *out, gboolean for_few)
{
    enum { LARGE_SET_WORDS = 64 * TAMIS_REGEX_MAX_WORDS * TAMIS_REGEX_MAX_WORDS };
    gsize n_set_words = TAMIS_REGEX_FEW_PLACES;

    out->places = out->few_places;
    out->follows = out->few_words;
    out->n_words = 1;
    out->n_places = 0;
    if (!for_few) {
        gsize n_place_words = 64 * TAMIS_REGEX_MAX_WORDS * sizeof *out->places / sizeof *out->large;

        n_set_words = LARGE_SET_WORDS;
        out->n_words = TAMIS_REGEX_MAX_WORDS;
        out->large = g_new0(guint64, n_place_words + 3 * n_set_words + TAMIS_REGEX_MAX_WORDS);
        out->places = (TamisRegexPlace *)(gpointer)out->large;
        out->follows = out->large + n_place_words;
    }
    out->firsts = out->follows + n_set_words;
    out->lasts = out->firsts + n_set_words;
    out->begins = out->lasts + n_set_words;
}

/* FALSE: it cannot be read, at least not with so much room. */
static gboolean
read_places(Reader *reader)
{
    TamisRegexPlaces *made = reader->made;
    Piece all, found = place_piece(reader, TAMIS_REGEX_FOUND, 0);

    if (!read_alternatives(reader, &all) || reader->at < reader->limit || is_full(reader))
        return FALSE;
    all = join(reader, all, found);
    memcpy(made->begins, all.first, made->n_words * sizeof *made->begins);
    return TRUE;
}

gboolean
tamis_regex_read(const char *text, gsize length, gboolean fold, TamisRegexPlaces *out)
{
    Reader few = {.at = text, .limit = text + length, .fold = fold, .made = out};
    Reader reader = few;

    out->large = NULL;
    out->sets = out->few_sets;
    out->sets_room = TAMIS_REGEX_FEW_SETS;
    out->n_sets = 0;
    memset(out->few_words, 0, sizeof out->few_words);
    if (memchr(text, '\0', length) != NULL)
        return FALSE;
    make_room(out, TRUE);
    few.most_places = TAMIS_REGEX_FEW_PLACES;
    if (read_places(&few))
        return TRUE;
    if (out->n_places < TAMIS_REGEX_FEW_PLACES)
        return FALSE;
    make_room(out, FALSE);
    reader.most_places = TAMIS_REGEX_MAX_PLACES + 1; /* one of them is its end */
    return read_places(&reader);
}

void
tamis_regex_places_clear(TamisRegexPlaces *places)
{
    g_free(places->large);
    if (places->sets != places->few_sets)
        g_free(places->sets);
}
