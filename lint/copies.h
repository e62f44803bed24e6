/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whether a message can leave a mailbox without a copy staying, for the rules about copies. */
#pragma once

#include "lint/plain.h"

typedef enum {
    TAMIS_KEEPS_COPY, /* a copy stays whenever this route is active */
    TAMIS_MAY_LEAVE_NONE,
    TAMIS_LEAVES_NONE, /* proved: there is such a message */
} TamisCopyVerdict;

/* While the walk's route is active, and no other that keeps a copy or, with or_inside, forwards
 * inside. */
TamisCopyVerdict
tamis_copies_of_route(const TamisFacts *facts, const TamisRouteWalk *at, gboolean or_inside);
