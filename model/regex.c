/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Places are the steps that take a byte, the ends, and the last one, which is place 0. */
#include "model/regex-steps.h"

#include <string.h>

enum { FEW = 64 };

struct TamisRegex {
    guint n_places, n_words;
    guint8 classes[256];
    guint64 *takes;  /* by class: the places that take its bytes; the others lie behind it */
    guint64 *behind; /* by place that takes a byte: the places behind it */
    guint64 *start,
        *anywhere; /* places at the value's beginning, and those of an attempt that begins later */
    guint64 *ends; /* places that are found where the value ends */
};

/* Sets of places --------------------------------------------------------------------------------- */

/* The places that are reached from a step without a byte. */
typedef struct {
    const GArray *steps, *sets;
    GArray *open; /* of guint32 */
    guint8 *seen; /* by step */
    gboolean at_start, at_end;
    gboolean is_odd; /* a beginning is behind an end */
} Closing;

static void
close_over(Closing *closing, guint32 first, guint64 *set)
{
    memset(closing->seen, 0, closing->steps->len);
    g_array_append_val(closing->open, first);
    while (closing->open->len > 0) {
        guint32 at = g_array_index(closing->open, guint32, closing->open->len - 1);
        const TamisStep *step = &g_array_index(closing->steps, TamisStep, at);

        g_array_set_size(closing->open, closing->open->len - 1);
        if (closing->seen[at])
            continue;
        closing->seen[at] = 1;
        closing->is_odd |= step->kind == TAMIS_STEP_AT_START && closing->at_end;
        if (step->kind == TAMIS_STEP_FOUND || step->kind == TAMIS_STEP_BYTES ||
            step->kind == TAMIS_STEP_AT_END)
            set[step->place / 64] |= G_GUINT64_CONSTANT(1) << step->place % 64;
        if (step->kind == TAMIS_STEP_SPLIT ||
            (step->kind == TAMIS_STEP_AT_START && closing->at_start) ||
            (step->kind == TAMIS_STEP_AT_END && closing->at_end))
            g_array_append_val(closing->open, step->next);
        if (step->kind == TAMIS_STEP_SPLIT && step->other != step->next)
            g_array_append_val(closing->open, step->other);
    }
}

/* Bytes that all sets have, or have not, together are one class: each set parts those that there are. firsts: a byte of
 * each class. */
static guint
make_classes(const GArray *sets, guint8 classes[256], guint8 firsts[256])
{
    guint n = 1, sizes[256] = {255};

    memset(classes, 0, 256);
    firsts[0] = 1;
    for (guint s = 0; s < sets->len; s++) {
        const TamisByteSet *set = &g_array_index(sets, TamisByteSet, s);
        guint16 moved[256] = {0};
        guint8 fresh[256];

        for (guint w = 0; w < G_N_ELEMENTS(set->bits); w++)
            for (guint64 left = set->bits[w]; left != 0; left &= left - 1)
                moved[classes[64 * w + (guint)__builtin_ctzll(left)]]++;
        for (guint c = 0, known = n; c < known; c++) {
            fresh[c] = (guint8)c;
            if (moved[c] == 0 || moved[c] == sizes[c])
                continue;
            sizes[c] -= moved[c];
            sizes[n] = moved[c];
            fresh[c] = (guint8)n++;
        }
        for (guint w = 0; w < G_N_ELEMENTS(set->bits); w++)
            for (guint64 left = set->bits[w]; left != 0; left &= left - 1) {
                guint byte = 64 * w + (guint)__builtin_ctzll(left);

                classes[byte] = fresh[classes[byte]];
            }
    }
    for (guint byte = 255; byte > 0; byte--)
        firsts[classes[byte]] = (guint8)byte;
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
        if (tamis_byte_set_has(&g_array_index(closing->sets, TamisByteSet, step->set), firsts[c]))
            regex->takes[c * words + step->place / 64] |= bit;
}

static gboolean
make_sets(TamisRegex *regex, const GArray *steps, const GArray *sets, guint32 first)
{
    g_autoptr(GArray) open = g_array_sized_new(FALSE, FALSE, sizeof(guint32), FEW);
    g_autofree guint8 *seen = g_malloc(steps->len);
    Closing closing = {.steps = steps, .sets = sets, .open = open, .seen = seen};
    guint8 firsts[256];
    guint n_classes = make_classes(sets, regex->classes, firsts), words;

    regex->n_words = words = (regex->n_places + 63) / 64;
    regex->takes = g_new0(guint64, ((gsize)n_classes + regex->n_places + 3) * words);
    regex->behind = regex->takes + (gsize)n_classes * words;
    regex->start = regex->behind + (gsize)regex->n_places * words;
    regex->anywhere = regex->start + words;
    regex->ends = regex->anywhere + words;
    for (guint32 i = 0; i < steps->len; i++) {
        const TamisStep *step = &g_array_index(steps, TamisStep, i);

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
    g_autoptr(GArray) steps = g_array_sized_new(FALSE, FALSE, sizeof(TamisStep), FEW);
    g_autoptr(GArray) sets = g_array_sized_new(FALSE, FALSE, sizeof(TamisByteSet), FEW);
    g_autoptr(TamisRegex) regex = g_new0(TamisRegex, 1);
    guint32 first = 0;

    if (!tamis_regex_read(text, length, fold, steps, sets, &first, &regex->n_places) ||
        !make_sets(regex, steps, sets, first))
        return NULL;
    return g_steal_pointer(&regex);
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
    guint64 sets[2][TAMIS_REGEX_MAX_PLACES / 64 + 1];
    guint at = 0;

    tamis_regex_start(regex, sets[at]);
    for (gsize i = 0; i < length && !tamis_regex_is_found(regex, sets[at]); i++, at = !at)
        tamis_regex_step(regex, sets[at], (guint8)value[i], sets[!at]);
    return tamis_regex_is_found_at_end(regex, sets[at]);
}
