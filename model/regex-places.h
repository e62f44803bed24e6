/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A regular expression as its places and what may follow each of them, before sets of places are made of it. Not
 * installed. */
#pragma once

#include "model/byte-set.h"
#include "model/regex.h"

enum {
    TAMIS_REGEX_MAX_PLACES = 1000,
    TAMIS_REGEX_MAX_WORDS = TAMIS_REGEX_MAX_PLACES / 64 + 1,
    /* Most expressions have no more. */
    TAMIS_REGEX_FEW_PLACES = 64,
    TAMIS_REGEX_FEW_SETS = 24,
};

typedef enum {
    TAMIS_REGEX_FOUND, /* place 0: behind the end of it */
    TAMIS_REGEX_BYTES,
    TAMIS_REGEX_AT_START,
    TAMIS_REGEX_AT_END,
} TamisRegexPlaceKind;

typedef struct {
    guint8 kind; /* TamisRegexPlaceKind */
    guint16 set; /* BYTES: of sets */
} TamisRegexPlace;

/* Sets of places are n_words. All lies in what few has until it is more. It must not be moved. */
typedef struct {
    TamisRegexPlace *places;
    guint64 *follows; /* by place: those that come behind it */
    guint64 *firsts,
        *lasts;      /* by place: those where a piece begins, and ends, that has the place */
    guint64 *begins; /* places at which the expression does */
    TamisByteSet *sets;
    guint n_places, n_words, n_sets, sets_room;
    guint64 *large; /* where places, their sets and begins are more than few */
    TamisRegexPlace few_places[TAMIS_REGEX_FEW_PLACES];
    guint64 few_words[3 * TAMIS_REGEX_FEW_PLACES + 1];
    TamisByteSet few_sets[TAMIS_REGEX_FEW_SETS];
} TamisRegexPlaces;

/* Makes out, which needs not be set before and is to be cleared in any case. FALSE: it cannot be read. */
gboolean tamis_regex_read(const char *text, gsize length, gboolean fold, TamisRegexPlaces *out);
void tamis_regex_places_clear(TamisRegexPlaces *places);
