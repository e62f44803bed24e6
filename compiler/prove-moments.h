/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Moments that are alike: years of weeks are some hundred ways in which the tests of a clock hold together, and what a
 * guard makes of those tests alone is the same in most of these. */
#pragma once

#include "model/formula.h"

/* Which values a list of tests has together, each once. */
typedef struct TamisMoments TamisMoments;

TamisMoments *tamis_moments_new(guint32 n_tests);
void tamis_moments_free(TamisMoments *moments);
/* values: one for each test, 0 or 1. */
void tamis_moments_add(TamisMoments *moments, const guint8 *values);
/* There are more than can be added. */
void tamis_moments_cut(TamisMoments *moments);
/* After the last one, and before what follows. */
void tamis_moments_end(TamisMoments *moments);
/* Then some were not taken, and no parts can be made. */
gboolean tamis_moments_are_too_many(const TamisMoments *moments);

/* What the parts of a guard that are made of the tests alone are at those moments. Moments at which the outermost of
 * these are the same are one. */
typedef struct TamisPartMoments TamisPartMoments;

/* parts: of TamisFormula, all parts of the guard, sorted by number, so that what a part is made of comes before it.
 * tests: of TamisFormula, those of the moments in their order, as parts has them. Lends moments. */
TamisPartMoments *tamis_part_moments_new(const TamisMoments *moments, const TamisFormulas *formulas,
                                         const GArray *parts, const GArray *tests);
void tamis_part_moments_free(TamisPartMoments *moments);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisPartMoments, tamis_part_moments_free)
guint32 tamis_part_moments_count(const TamisPartMoments *moments);
/* Whether the part, an index of parts, is made of the tests alone. */
gboolean tamis_part_moments_is_of_tests(const TamisPartMoments *moments, guint32 part);
/* Those of them that some other part is made of, or the guard itself: indexes of parts. */
const guint32 *tamis_part_moments_outer(const TamisPartMoments *moments, guint32 *out_n);
/* outer: an index of these. */
gboolean tamis_part_moments_holds(const TamisPartMoments *moments, guint32 moment, guint32 outer);
