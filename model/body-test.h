/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The `body` test (RFC 5173) on a message, however long its parts are. Not installed. */
#pragma once

#include "model/formula.h"
#include "model/message.h"

/* An atom of kind BODY, and whether it holds. */
typedef struct {
    const TamisAtom *atom;
    gboolean holds;
} TamisBodyTest;

/* Whether some part is too long to be held, so that many tests are better done at once. */
gboolean tamis_body_has_long_part(TamisMessage *message);
/* Sets holds; a part that cannot be held is read once for all tests. */
void tamis_body_tests_do(const TamisFormulas *formulas, TamisMessage *message, TamisBodyTest *tests,
                         guint n);
