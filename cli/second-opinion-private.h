/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What second-opinion.c and second-opinion-show.c share; for nobody else. */
#pragma once

#include "cli/second-opinion.h"

typedef struct {
    TamisSecondOpinionScript script;
    char *name, *mailbox, *owned;
    const TamisOpinion *opinion; /* NULL: the engine was not asked */
} TamisJudgedScript;

/* Whether the engine refuses what Tamis has no objection to. */
gboolean tamis_judged_script_is_refused_alone(const TamisJudgedScript *script);

struct TamisSecondOpinion {
    TamisJudge *judge;
    char *engine;
    GPtrArray *scripts;  /* of TamisJudgedScript */
    GPtrArray *opinions; /* of TamisOpinion */
};
