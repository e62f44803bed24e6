/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Commands of scripts that no message reaches from the day of the check on, and why: the windows in time around them
 * are over or empty, or their other conditions leave nothing. */
#pragma once

#include "lint/flow-facts.h"

typedef enum {
    TAMIS_DEAD_CONDITIONS,
    TAMIS_DEAD_EXPIRED,      /* was reached once, before the day of the check */
    TAMIS_DEAD_EMPTY_WINDOW, /* would be reached if its times did not contradict each other */
} TamisDeadCause;

typedef struct {
    TamisDeadCause cause;
    guint32 mailbox;
    TamisSpan span; /* of the command */
    TamisFormula guard;
    TamisSpan starts,
        ends; /* the tests of the window, where they stand before the command; source 0: none known */
    TamisInstant last; /* EXPIRED: no message reaches it from then on, to the day */
} TamisDead;

/* Calls back for each such command; of windows that end in one test for the first command inside. For scripts
 * alone. */
void tamis_dead_each(TamisFlowFacts *facts, TamisDeadCause cause,
                     void (*found)(TamisFlowFacts *facts, const TamisDead *dead));
