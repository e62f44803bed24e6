/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A short text of a given shape that all of some automata accept: their product, walked best first and only
 * where it is reached. Not installed. */
#pragma once

#include "model/solve/shape.h"

typedef struct {
    const TamisAutomaton *automaton;
    guint8 scope; /* TamisScope */
    gboolean negated;
} TamisSearchPart;

/* Of one task's parts so many may guess. */
enum { TAMIS_SEARCH_MAX_GUESSING = 10 };

typedef struct {
    TamisShape shape;
    gboolean cased; /* some part tells letters' case apart */
    const TamisSearchPart *parts;
    guint n_parts;
} TamisSearchTask;

typedef enum { TAMIS_SEARCH_FOUND, TAMIS_SEARCH_NONE, TAMIS_SEARCH_BUDGET } TamisSearchResult;

typedef struct TamisSearcher TamisSearcher;

TamisSearcher *tamis_searcher_new(void);
void tamis_searcher_free(TamisSearcher *searcher);
/* out: the text, where FOUND. Takes what it does from *steps, which stays above 0. */
TamisSearchResult tamis_searcher_run(TamisSearcher *searcher, const TamisSearchTask *task,
                                     GString *out_text, guint64 *steps);
