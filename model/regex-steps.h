/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A regular expression as steps, before its sets of places are made. Not installed. */
#pragma once

#include "model/byte-set.h"
#include "model/regex.h"

enum {
    TAMIS_REGEX_MAX_PLACES = 1000,
    /* Most expressions have no more. */
    TAMIS_REGEX_FEW_STEPS = 64,
    TAMIS_REGEX_FEW_SETS = 24,
};

typedef enum {
    TAMIS_STEP_FOUND,
    TAMIS_STEP_BYTES,
    TAMIS_STEP_SPLIT,
    TAMIS_STEP_AT_START,
    TAMIS_STEP_AT_END,
} TamisStepKind;

typedef struct {
    guint8 kind; /* TamisStepKind */
    guint16 set; /* BYTES: of sets */
    guint32 next, other;
    guint32 place; /* FOUND (0), BYTES, AT_END */
} TamisStep;

/* Both lie in what few has until they are more. It must not be moved. */
typedef struct {
    TamisStep *steps; /* the first of them is FOUND */
    TamisByteSet *sets;
    guint32 n_steps, steps_room;
    guint n_sets, sets_room;
    TamisStep few_steps[TAMIS_REGEX_FEW_STEPS];
    TamisByteSet few_sets[TAMIS_REGEX_FEW_SETS];
} TamisRegexSteps;

/* Makes out, which needs not be set before and is to be cleared in any case. FALSE: it cannot be read. out_first: where
 * it begins. */
gboolean tamis_regex_read(const char *text, gsize length, gboolean fold, TamisRegexSteps *out,
                          guint32 *out_first, guint *out_n_places);
void tamis_regex_steps_clear(TamisRegexSteps *steps);
