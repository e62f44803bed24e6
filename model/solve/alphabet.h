/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The bytes of which a search makes texts: one for all that nothing tells apart, the one that reads best. Not
 * installed. */
#pragma once

#include "model/solve/search.h"

/* What the best bytes cost. */
enum { TAMIS_LETTER_COST = 4 };

typedef struct {
    guint8 bytes[256]; /* those that read well come first */
    guint8 costs[256]; /* of each of them: the less, the better a text of it reads */
    guint n;
} TamisAlphabet;

void tamis_alphabet_choose(TamisAlphabet *alphabet, const TamisSearchTask *task);
