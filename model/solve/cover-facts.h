/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Facts: what has to hold where a guard does, told by the guard's form alone. Not installed. */
#pragma once

#include "model/formula.h"

/* Work on one table of facts: behind it less is found. */
#define TAMIS_COVER_MAX_WORK 32000000

/* Sorted. */
typedef struct {
    GArray *all;     /* of TamisFormula */
    GArray *denials; /* of TamisFormula: their negations */
    GArray *blocks;  /* of TamisFormula: AND and NOT OR, which say many things, and those in them */
} TamisCoverFacts;

typedef struct {
    TamisFormulas *formulas;
    GHashTable *nested; /* block -> GArray of TamisFormula: the blocks in it */
    guint work;         /* comparisons that were made */
} TamisCoverTable;

void tamis_cover_facts_init(TamisCoverFacts *facts);
void tamis_cover_facts_clear(TamisCoverFacts *facts);
/* Sorts facts->all, which is in any order, and makes the rest of it. Formulas may be added. */
void tamis_cover_facts_complete(TamisCoverTable *table, TamisCoverFacts *facts);
/* The formula under a NOT, or itself. */
TamisFormula tamis_cover_strip(const TamisFormulas *formulas, TamisFormula formula);
/* Whether the formula says all of its children, or denies all of them. */
gboolean tamis_cover_is_block(const TamisFormulas *formulas, TamisFormula formula);
/* Whether no message meets both, as far as is plain. */
gboolean
tamis_cover_facts_deny(TamisCoverTable *table, const TamisCoverFacts *a, const TamisCoverFacts *b);
/* Appends to out what facts say of the others', or of the parts of their blocks. */
void tamis_cover_facts_add_common(TamisCoverTable *table, const TamisCoverFacts *facts,
                                  const TamisCoverFacts *others, GArray *out);
