/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Places are the steps that take a byte, the ends, and the last one, which is place 0. */
#include "model/regex-steps.h"

#include <string.h>

struct TamisRegex {
    guint n_places, n_words, n_sets;
    gboolean parts_high; /* a class is of bytes from `~` on alone */
    guint8 classes[256];
    TamisByteSet *sets; /* what its places take; it begins room */
    guint64 *takes;     /* by class: the places that take its bytes; the others lie behind it */
    guint64 *behind;    /* by place that takes a byte: the places behind it */
    guint64 *start,
        *anywhere; /* places at the value's beginning, and those of an attempt that begins later */
    guint64 *ends; /* places that are found where the value ends */
    guint64 room[];
};

/* Sets of places --------------------------------------------------------------------------------- */

/* The places that are reached from a step without a byte. */
typedef struct {
    const TamisRegexSteps *made;
    guint32 *open; /* those to visit: room for two a step and one more */
    guint16 *seen; /* by step: the last round that visited it */
    guint16 round;
    gboolean at_start, at_end;
    gboolean is_odd; /* a beginning is behind an end */
} Closing;

static void
close_over(Closing *closing, guint32 first, guint64 *set)
{
    const TamisStep *steps = closing->made->steps;
    guint n_open = 1;

    /* Most steps lead to one place. */
    if (steps[first].kind == TAMIS_STEP_BYTES || steps[first].kind == TAMIS_STEP_FOUND) {
        set[steps[first].place / 64] |= G_GUINT64_CONSTANT(1) << steps[first].place % 64;
        return;
    }
    closing->round++;
    closing->open[0] = first;
    while (n_open > 0) {
        guint32 at = closing->open[--n_open];
        const TamisStep *step = &steps[at];

        if (closing->seen[at] == closing->round)
            continue;
        closing->seen[at] = closing->round;
        closing->is_odd |= step->kind == TAMIS_STEP_AT_START && closing->at_end;
        if (step->kind == TAMIS_STEP_FOUND || step->kind == TAMIS_STEP_BYTES ||
            step->kind == TAMIS_STEP_AT_END)
            set[step->place / 64] |= G_GUINT64_CONSTANT(1) << step->place % 64;
        if (step->kind == TAMIS_STEP_SPLIT ||
            (step->kind == TAMIS_STEP_AT_START && closing->at_start) ||
            (step->kind == TAMIS_STEP_AT_END && closing->at_end))
            closing->open[n_open++] = step->next;
        if (step->kind == TAMIS_STEP_SPLIT && step->other != step->next)
            closing->open[n_open++] = step->other;
    }
}

/* Bytes that all sets have, or have not, together are one class: each set parts those that there are. Returns how many. */
static guint
part_bytes(const TamisRegexSteps *made, TamisByteSet classes[256])
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

/* What a step that takes bytes takes, and what is behind it; whether one that is an end leads to the last place. */
static void
make_place(TamisRegex *regex, Closing *closing, const TamisStep *step, const guint8 *firsts,
           guint n_classes)
{
    guint words = regex->n_words;
    guint64 bit = G_GUINT64_CONSTANT(1) << step->place % 64;
    guint64 *behind = regex->behind + (gsize)step->place * words;

    closing->at_end = step->kind == TAMIS_STEP_AT_END;
    close_over(closing, step->next, behind);
    if (step->kind == TAMIS_STEP_AT_END && (behind[0] & 1) != 0)
        regex->ends[step->place / 64] |= bit;
    for (guint c = 0; c < n_classes && step->kind == TAMIS_STEP_BYTES; c++)
        if (tamis_byte_set_has(&closing->made->sets[step->set], firsts[c]))
            regex->takes[c * words + step->place / 64] |= bit;
}

/* Empty sets; which bytes are one. out_firsts: a byte of each class. */
static TamisRegex *
new_regex(const TamisRegexSteps *made, guint n_places, guint8 *out_firsts, guint *out_n_classes)
{
    TamisByteSet classes[256];
    guint n_classes = part_bytes(made, classes), words = (n_places + 63) / 64;
    gsize n_set_words = made->n_sets * (sizeof(TamisByteSet) / sizeof(guint64));
    gsize n_room = n_set_words + ((gsize)n_classes + n_places + 3) * words;
    TamisRegex *regex = g_malloc0(sizeof *regex + n_room * sizeof *regex->room);

    regex->n_places = n_places;
    regex->n_words = words;
    regex->n_sets = made->n_sets;
    regex->sets = (TamisByteSet *)(gpointer)regex->room;
    memcpy(regex->sets, made->sets, made->n_sets * sizeof *made->sets);
    regex->takes = regex->room + n_set_words;
    regex->behind = regex->takes + (gsize)n_classes * words;
    regex->start = regex->behind + (gsize)n_places * words;
    regex->anywhere = regex->start + words;
    regex->ends = regex->anywhere + words;
    number_bytes(classes, n_classes, regex->classes);
    for (guint c = 0; c < n_classes; c++) {
        out_firsts[c] = (guint8)tamis_byte_set_first(&classes[c]);
        regex->parts_high |= out_firsts[c] >= '~';
    }
    *out_n_classes = n_classes;
    return regex;
}

/* NULL: it has a beginning behind an end. */
static TamisRegex *
make_regex(const TamisRegexSteps *made, guint n_places, guint32 first)
{
    guint32 few_open[2 * TAMIS_REGEX_FEW_STEPS + 1];
    guint16 few_seen[TAMIS_REGEX_FEW_STEPS] = {0};
    gboolean are_few = made->n_steps <= TAMIS_REGEX_FEW_STEPS;
    g_autofree guint32 *open = are_few ? NULL : g_new(guint32, 2 * made->n_steps + 1);
    g_autofree guint16 *seen = are_few ? NULL : g_new0(guint16, made->n_steps);
    Closing closing = {
        .made = made, .open = are_few ? few_open : open, .seen = are_few ? few_seen : seen};
    guint8 firsts[256];
    guint n_classes = 0;
    g_autoptr(TamisRegex) regex = new_regex(made, n_places, firsts, &n_classes);

    for (guint32 i = 0; i < made->n_steps; i++) {
        const TamisStep *step = &made->steps[i];

        if (step->kind == TAMIS_STEP_BYTES || step->kind == TAMIS_STEP_AT_END)
            make_place(regex, &closing, step, firsts, n_classes);
    }
    closing.at_end = FALSE;
    close_over(&closing, first, regex->anywhere);
    closing.at_start = TRUE;
    close_over(&closing, first, regex->start);
    return closing.is_odd ? NULL : g_steal_pointer(&regex);
}

TamisRegex *
tamis_regex_new(const char *text, gsize length, gboolean fold)
{
    TamisRegexSteps made;
    TamisRegex *regex = NULL;
    guint32 first = 0;
    guint n_places = 0;

    if (tamis_regex_read(text, length, fold, &made, &first, &n_places))
        regex = make_regex(&made, n_places, first);
    tamis_regex_steps_clear(&made);
    return regex;
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

void
tamis_regex_step(const TamisRegex *regex, const guint64 *set, guint8 byte, guint64 *out_set)
{
    const guint64 *takes = regex->takes + (gsize)regex->classes[byte] * regex->n_words;

    if (regex->n_words == 1) {
        *out_set = *regex->anywhere;
        for (guint64 left = *set & *takes; left != 0; left &= left - 1)
            *out_set |= regex->behind[__builtin_ctzll(left)];
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
