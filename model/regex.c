/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Places are the steps that take a byte, the ends, and the last one, which is place 0. */
#include "model/regex-steps.h"

#include <string.h>

struct TamisRegex {
    guint n_places, n_words;
    guint8 classes[256];
    gboolean parts_high; /* a class is of bytes from `~` on alone */
    guint64 *takes;      /* by class: the places that take its bytes; the others lie behind it */
    guint64 *behind;     /* by place that takes a byte: the places behind it */
    guint64 *start,
        *anywhere; /* places at the value's beginning, and those of an attempt that begins later */
    guint64 *ends; /* places that are found where the value ends */
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
    guint n_open = 1;

    closing->round++;
    closing->open[0] = first;
    while (n_open > 0) {
        guint32 at = closing->open[--n_open];
        const TamisStep *step = &closing->made->steps[at];

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

/* The set, or what it leaves out where that is less: both part other sets alike. */
static TamisByteSet
smaller_part(const TamisByteSet *set)
{
    TamisByteSet part = *set;
    guint n = 0;

    for (guint w = 0; w < G_N_ELEMENTS(set->bits); w++)
        n += (guint)__builtin_popcountll(set->bits[w]);
    for (guint w = 0; w < G_N_ELEMENTS(set->bits) && n > 128; w++)
        part.bits[w] = ~part.bits[w];
    part.bits[0] &= ~G_GUINT64_CONSTANT(1); /* there is no NUL in a value */
    return part;
}

/* A byte of each class. */
static void
choose_firsts(const guint8 classes[256], guint n, guint8 firsts[256])
{
    guint8 is_known[256] = {0};
    guint n_known = 0;

    for (guint byte = 1; n_known < n; byte++) {
        if (is_known[classes[byte]])
            continue;
        is_known[classes[byte]] = 1;
        firsts[classes[byte]] = (guint8)byte;
        n_known++;
    }
}

/* Bytes that all sets have, or have not, together are one class: each set parts those that there are. */
static guint
make_classes(const TamisRegexSteps *made, guint8 classes[256], guint8 firsts[256])
{
    guint n = 1;
    guint16 moved[256], sizes[256] = {255};

    memset(classes, 0, 256);
    for (guint s = 0; s < made->n_sets; s++) {
        TamisByteSet set = smaller_part(&made->sets[s]);
        guint8 fresh[256];

        memset(moved, 0, n * sizeof *moved);
        for (guint w = 0; w < G_N_ELEMENTS(set.bits); w++)
            for (guint64 left = set.bits[w]; left != 0; left &= left - 1)
                moved[classes[64 * w + (guint)__builtin_ctzll(left)]]++;
        for (guint c = 0, known = n; c < known; c++) {
            fresh[c] = (guint8)c;
            if (moved[c] == 0 || moved[c] == sizes[c])
                continue;
            sizes[c] = (guint16)(sizes[c] - moved[c]);
            sizes[n] = moved[c];
            fresh[c] = (guint8)n++;
        }
        for (guint w = 0; w < G_N_ELEMENTS(set.bits); w++)
            for (guint64 left = set.bits[w]; left != 0; left &= left - 1) {
                guint byte = 64 * w + (guint)__builtin_ctzll(left);

                classes[byte] = fresh[classes[byte]];
            }
    }
    choose_firsts(classes, n, firsts);
    return n;
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

static gboolean
make_sets(TamisRegex *regex, const TamisRegexSteps *made, guint32 first)
{
    guint32 few_open[2 * TAMIS_REGEX_FEW_STEPS + 1];
    guint16 few_seen[TAMIS_REGEX_FEW_STEPS] = {0};
    gboolean are_few = made->n_steps <= TAMIS_REGEX_FEW_STEPS;
    g_autofree guint32 *open = are_few ? NULL : g_new(guint32, 2 * made->n_steps + 1);
    g_autofree guint16 *seen = are_few ? NULL : g_new0(guint16, made->n_steps);
    Closing closing = {
        .made = made, .open = are_few ? few_open : open, .seen = are_few ? few_seen : seen};
    guint8 firsts[256];
    guint n_classes = make_classes(made, regex->classes, firsts), words;

    for (guint c = 0; c < n_classes; c++)
        regex->parts_high |= firsts[c] >= '~';
    regex->n_words = words = (regex->n_places + 63) / 64;
    regex->takes = g_new0(guint64, ((gsize)n_classes + regex->n_places + 3) * words);
    regex->behind = regex->takes + (gsize)n_classes * words;
    regex->start = regex->behind + (gsize)regex->n_places * words;
    regex->anywhere = regex->start + words;
    regex->ends = regex->anywhere + words;
    for (guint32 i = 0; i < made->n_steps; i++) {
        const TamisStep *step = &made->steps[i];

        if (step->kind == TAMIS_STEP_BYTES || step->kind == TAMIS_STEP_AT_END)
            make_place(regex, &closing, step, firsts, n_classes);
    }
    closing.at_end = FALSE;
    close_over(&closing, first, regex->anywhere);
    closing.at_start = TRUE;
    close_over(&closing, first, regex->start);
    return !closing.is_odd;
}

TamisRegex *
tamis_regex_new(const char *text, gsize length, gboolean fold)
{
    TamisRegexSteps made;
    g_autoptr(TamisRegex) regex = g_new0(TamisRegex, 1);
    guint32 first = 0;
    gboolean is_read = tamis_regex_read(text, length, fold, &made, &first, &regex->n_places) &&
                       make_sets(regex, &made, first);

    tamis_regex_steps_clear(&made);
    return is_read ? g_steal_pointer(&regex) : NULL;
}

void
tamis_regex_free(TamisRegex *regex)
{
    if (regex == NULL)
        return;
    g_free(regex->takes);
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
