/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Places are the letters of the expression, its ends, and the last one, which is place 0. */
#include "model/regex-places.h"

#include <string.h>

struct TamisRegex {
    guint n_words, n_sets;
    gboolean parts_high; /* a class is of bytes from `~` on alone */
    guint8 classes[256];
    TamisByteSet *sets; /* what its places take; it begins room */
    guint64 *takes;     /* by class: the places that take its bytes; the others lie behind it */
    guint64 *behind;    /* by place that takes a byte: the places behind it */
    guint64 *start,
        *anywhere;  /* places at the value's beginning, and those of an attempt that begins later */
    guint64 *ends;  /* places that are found where the value ends */
    guint16 *needs; /* by place: bytes until it is found, at least; G_MAXUINT16: it never is */
    guint64 room[];
};

/* Bytes ------------------------------------------------------------------------------------------ */

/* Bytes that all sets have, or have not, together are one class: each set parts those that there are. Returns how many. */
static guint
part_bytes(const TamisRegexPlaces *made, TamisByteSet classes[256])
{
    guint n = 1;

    classes[0] =
        (TamisByteSet){{~G_GUINT64_CONSTANT(1), ~G_GUINT64_CONSTANT(0), ~G_GUINT64_CONSTANT(0),
                        ~G_GUINT64_CONSTANT(0)}}; /* there is no NUL in a value */
    for (guint s = 0; s < made->n_sets; s++)
        for (guint c = 0, known = n; c < known; c++)
            n += tamis_byte_set_split(&classes[c], &made->sets[s], &classes[n]);
    return n;
}

/* Each byte's class. */
static void
number_bytes(const TamisByteSet *classes, guint n, guint8 *out_numbers)
{
    memset(out_numbers, 0, 256);
    for (guint c = 1; c < n; c++)
        for (guint w = 0; w < G_N_ELEMENTS(classes->bits); w++)
            for (guint64 left = classes[c].bits[w]; left != 0; left &= left - 1)
                out_numbers[64 * w + (guint)__builtin_ctzll(left)] = (guint8)c;
}

/* Sets of places --------------------------------------------------------------------------------- */

static inline guint64
bit_of(guint place)
{
    return G_GUINT64_CONSTANT(1) << place % 64;
}

/* Adds what is behind those of a kind that the set has, as long as there are more of them. */
static void
pass_by(const TamisRegexPlaces *made, TamisRegexPlaceKind kind, guint64 *set)
{
    guint64 passed[TAMIS_REGEX_MAX_WORDS] = {0};
    gboolean is_more = TRUE;

    while (is_more) {
        is_more = FALSE;
        for (guint i = 0; i < made->n_places; i++) {
            const guint64 *follow = made->follows + (gsize)i * made->n_words;

            if (made->places[i].kind != kind || (set[i / 64] & ~passed[i / 64] & bit_of(i)) == 0)
                continue;
            for (guint w = 0; w < made->n_words; w++)
                set[w] |= follow[w];
            passed[i / 64] |= bit_of(i);
            is_more = TRUE;
        }
    }
}

/* The beginnings among the places; FALSE: there are none. */
static gboolean
find_beginnings(const TamisRegexPlaces *made, guint64 *out_set)
{
    gboolean has_any = FALSE;

    memset(out_set, 0, made->n_words * sizeof *out_set);
    for (guint i = 0; i < made->n_places; i++) {
        if (made->places[i].kind != TAMIS_REGEX_AT_START)
            continue;
        out_set[i / 64] |= bit_of(i);
        has_any = TRUE;
    }
    return has_any;
}

/* Where a value does not begin there is no beginning. TRUE: one was in the set. */
static gboolean
drop_beginnings(guint64 *set, const guint64 *beginnings, guint n_words)
{
    gboolean has_any = FALSE;

    for (guint w = 0; w < n_words; w++) {
        has_any |= (set[w] & beginnings[w]) != 0;
        set[w] &= ~beginnings[w];
    }
    return has_any;
}

/* FALSE: a beginning is behind an end. */
static gboolean
make_ends(TamisRegex *regex, const TamisRegexPlaces *made, const guint64 *beginnings)
{
    for (guint i = 0; i < made->n_places; i++) {
        guint64 set[TAMIS_REGEX_MAX_WORDS];

        if (made->places[i].kind != TAMIS_REGEX_AT_END)
            continue;
        memcpy(set, made->follows + (gsize)i * made->n_words, made->n_words * sizeof *set);
        pass_by(made, TAMIS_REGEX_AT_END, set);
        if (drop_beginnings(set, beginnings, made->n_words))
            return FALSE;
        if ((set[0] & 1) != 0)
            regex->ends[i / 64] |= bit_of(i);
    }
    return TRUE;
}

/* What each place takes, and what is behind it. firsts: a byte of each class. */
static void
make_places(TamisRegex *regex, const TamisRegexPlaces *made, const guint8 *firsts, guint n_classes)
{
    guint words = regex->n_words;

    for (guint i = 0; i < made->n_places; i++) {
        const TamisByteSet *set = &made->sets[made->places[i].set];

        if (made->places[i].kind != TAMIS_REGEX_BYTES)
            continue;
        for (guint w = 0; w < words; w++)
            regex->behind[(gsize)i * words + w] = made->follows[(gsize)i * made->n_words + w];
        for (guint c = 0; c < n_classes; c++)
            if (tamis_byte_set_has(set, firsts[c]))
                regex->takes[c * words + i / 64] |= bit_of(i);
    }
}

/* Where it begins: passing by beginnings at the start of a value alone. */
static void
make_starts(TamisRegex *regex, TamisRegexPlaces *made, const guint64 *beginnings)
{
    guint words = regex->n_words;
    gsize size = words * sizeof *regex->start;

    memcpy(regex->anywhere, made->begins, size);
    if (beginnings != NULL) {
        pass_by(made, TAMIS_REGEX_AT_START, made->begins);
        drop_beginnings(made->begins, beginnings, words);
        drop_beginnings(regex->anywhere, beginnings, words);
        for (guint i = 0; i < made->n_places; i++)
            drop_beginnings(regex->behind + (gsize)i * words, beginnings, words);
    }
    memcpy(regex->start, made->begins, size);
}

/* What a place of the set needs at least; G_MAXUINT16: there is none. */
static guint
least_need(const TamisRegex *regex, const guint64 *set)
{
    guint least = G_MAXUINT16;

    for (guint w = 0; w < regex->n_words; w++)
        for (guint64 left = set[w]; left != 0; left &= left - 1)
            least = MIN(least, regex->needs[64 * w + (guint)__builtin_ctzll(left)]);
    return least;
}

/* What follows a place has a higher number, but where a repeat goes back to its beginning, which is no shorter way, and
 * place 0, where it is found. */
static void
make_needs(TamisRegex *regex, const TamisRegexPlaces *made)
{
    memset(regex->needs, 0xff, made->n_places * sizeof *regex->needs);
    regex->needs[0] = 0;
    for (guint i = made->n_places; i-- > 1;) {
        const guint64 *behind = regex->behind + (gsize)i * regex->n_words;
        gboolean ends = (regex->ends[i / 64] & bit_of(i)) != 0;

        regex->needs[i] = ends ? 0 : (guint16)MIN(1 + least_need(regex, behind), G_MAXUINT16);
    }
}

/* Empty sets; which bytes are one. out_firsts: a byte of each class. */
static TamisRegex *
new_regex(TamisArena *arena, const TamisRegexPlaces *made, guint8 *out_firsts, guint *out_n_classes)
{
    TamisByteSet classes[256];
    guint n_classes = part_bytes(made, classes), words = (made->n_places + 63) / 64;
    gsize n_set_words = made->n_sets * (sizeof(TamisByteSet) / sizeof(guint64));
    gsize n_need_words = (made->n_places * sizeof(guint16) + sizeof(guint64) - 1) / sizeof(guint64);
    gsize n_room = n_set_words + ((gsize)n_classes + made->n_places + 3) * words + n_need_words;
    gsize size = sizeof(TamisRegex) + n_room * sizeof(guint64);
    TamisRegex *regex = arena != NULL ? tamis_arena_alloc(arena, size) : g_malloc0(size);

    regex->n_words = words;
    regex->n_sets = made->n_sets;
    regex->sets = (TamisByteSet *)(gpointer)regex->room;
    memcpy(regex->sets, made->sets, made->n_sets * sizeof *made->sets);
    regex->takes = regex->room + n_set_words;
    regex->behind = regex->takes + (gsize)n_classes * words;
    regex->start = regex->behind + (gsize)made->n_places * words;
    regex->anywhere = regex->start + words;
    regex->ends = regex->anywhere + words;
    regex->needs = (guint16 *)(gpointer)(regex->ends + words);
    number_bytes(classes, n_classes, regex->classes);
    for (guint c = 0; c < n_classes; c++) {
        out_firsts[c] = (guint8)tamis_byte_set_first(&classes[c]);
        regex->parts_high |= out_firsts[c] >= '~';
    }
    *out_n_classes = n_classes;
    return regex;
}

/* FALSE: it has a beginning behind an end. */
static gboolean
make_regex(TamisRegex *regex, TamisRegexPlaces *made, const guint8 *firsts, guint n_classes)
{
    guint64 beginnings[TAMIS_REGEX_MAX_WORDS];
    gboolean has_beginnings = find_beginnings(made, beginnings);

    make_places(regex, made, firsts, n_classes);
    make_starts(regex, made, has_beginnings ? beginnings : NULL);
    if (!make_ends(regex, made, beginnings))
        return FALSE;
    make_needs(regex, made);
    return TRUE;
}

TamisRegex *
tamis_regex_new_in(TamisArena *arena, const char *text, gsize length, gboolean fold)
{
    TamisRegexPlaces made;
    TamisRegex *regex = NULL;
    guint8 firsts[256];
    guint n_classes = 0;

    if (tamis_regex_read(text, length, fold, &made)) {
        regex = new_regex(arena, &made, firsts, &n_classes);
        if (!make_regex(regex, &made, firsts, n_classes)) {
            if (arena == NULL)
                tamis_regex_free(regex);
            regex = NULL;
        }
    }
    tamis_regex_places_clear(&made);
    return regex;
}

TamisRegex *
tamis_regex_new(const char *text, gsize length, gboolean fold)
{
    return tamis_regex_new_in(NULL, text, length, fold);
}

void
tamis_regex_free(TamisRegex *regex)
{
    g_free(regex);
}

/* Running ---------------------------------------------------------------------------------------- */

guint
tamis_regex_n_words(const TamisRegex *regex)
{
    return regex->n_words;
}

const TamisByteSet *
tamis_regex_byte_sets(const TamisRegex *regex, guint *out_n)
{
    *out_n = regex->n_sets;
    return regex->sets;
}

gboolean
tamis_regex_parts_high(const TamisRegex *regex)
{
    return regex->parts_high;
}

void
tamis_regex_start(const TamisRegex *regex, guint64 *out_set)
{
    memcpy(out_set, regex->start, regex->n_words * sizeof *out_set);
}

guint64
tamis_regex_step_word(const TamisRegex *regex, guint64 set, guint8 byte)
{
    guint64 next = *regex->anywhere;

    for (guint64 left = set & regex->takes[regex->classes[byte]]; left != 0; left &= left - 1)
        next |= regex->behind[__builtin_ctzll(left)];
    return next;
}

void
tamis_regex_step(const TamisRegex *regex, const guint64 *set, guint8 byte, guint64 *out_set)
{
    const guint64 *takes = regex->takes + (gsize)regex->classes[byte] * regex->n_words;

    if (regex->n_words == 1) {
        *out_set = tamis_regex_step_word(regex, *set, byte);
        return;
    }
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

guint
tamis_regex_remaining(const TamisRegex *regex, const guint64 *set)
{
    return least_need(regex, set);
}

void
tamis_regex_run(const TamisRegex *regex, guint64 *set, const char *text, gsize length)
{
    guint64 other[TAMIS_REGEX_MAX_PLACES / 64 + 1], *from = set, *to = other;

    for (gsize i = 0; i < length && !tamis_regex_is_found(regex, from); i++) {
        guint64 *stepped = to;

        tamis_regex_step(regex, from, (guint8)text[i], to);
        to = from;
        from = stepped;
    }
    if (from != set)
        memcpy(set, from, regex->n_words * sizeof *set);
}

gboolean
tamis_regex_matches(const TamisRegex *regex, const char *value, gsize length)
{
    guint64 set[TAMIS_REGEX_MAX_PLACES / 64 + 1];

    tamis_regex_start(regex, set);
    tamis_regex_run(regex, set, value, length);
    return tamis_regex_is_found_at_end(regex, set);
}
