/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * "Did you mean …": the nearest of a list of known words. */
#pragma once

#include "base/api.h"

/* The candidate within a small edit distance (transpositions count one; at most a third of the
 * word's length, code points), the first of the nearest; NULL when none is near. Lent from
 * candidates. */
TAMIS_API const char *
tamis_suggest(const char *word, const char *const *candidates, gsize n_candidates);
/* Whether two words differ by a slip: edit distance 1 or 2, by length. */
TAMIS_API gboolean tamis_is_slip(const char *a, const char *b);
