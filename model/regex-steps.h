/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A regular expression as steps, before its sets of places are made. Not installed. */
#pragma once

#include "model/regex.h"

enum { TAMIS_REGEX_MAX_PLACES = 1000 };

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

typedef struct {
    guint64 bits[4];
} TamisByteSet;

static inline gboolean
tamis_byte_set_has(const TamisByteSet *set, guint byte)
{
    return (set->bits[byte / 64] >> byte % 64 & 1) != 0;
}

/* Appends steps, the first of which is FOUND, and their sets; FALSE: it cannot be read. out_first: where it begins. */
gboolean tamis_regex_read(const char *text, gsize length, gboolean fold, GArray *steps,
                          GArray *sets, guint32 *out_first, guint *out_n_places);
