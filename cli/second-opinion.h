/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What an installed engine says of the scripts that were checked, beside what Tamis says: for
 * `check --engine`. Where the two disagree is a finding, or stands in what is shown. */
#pragma once

#include "base/report.h"
#include "cli/engine/judge.h"

/* At most so many scripts of one policy are shown to the engine, evenly chosen. */
#define TAMIS_SECOND_OPINION_SAMPLE 10000

typedef struct {
    const char *name;     /* the file */
    const char *mailbox;  /* of a policy's script; else NULL */
    TamisSourceId source; /* of the script; 0: it was compiled */
    TamisSpan span;       /* without a source: what stands for it in the policy */
    const char *text;     /* lent until the end where it has a source, else copied */
    gsize length_bytes;
    gboolean is_refused;   /* by Tamis */
    gboolean is_too_large; /* to Tamis, for an upload; some engines look at the size, some do not */
    gboolean is_crashing;  /* to Tamis, it crashes the engine */
    const char *unasked;   /* why the engine is not asked; NULL: it is */
} TamisSecondOpinionScript;

typedef struct TamisSecondOpinion TamisSecondOpinion;

/* Lends the judge; engine is what the user calls it. */
TamisSecondOpinion *tamis_second_opinion_new(TamisJudge *judge, const char *engine);
void tamis_second_opinion_free(TamisSecondOpinion *opinion);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisSecondOpinion, tamis_second_opinion_free)

/* Copies the names. */
void tamis_second_opinion_add(TamisSecondOpinion *opinion, const TamisSecondOpinionScript *script);
/* Asks about all, once. What the engine minds and Tamis did not is added to the report, which holds what
 * Tamis has found. FALSE with error: the engine cannot be run. */
gboolean tamis_second_opinion_ask(TamisSecondOpinion *opinion, TamisReport *report, GError **error);

/* Whether errors of the report mean that a server does not take the script. */
gboolean tamis_second_opinion_is_refusal(const TamisReport *report);

/* For people: a line a script where there is something to say, then the sum. Quiet: disagreements alone. */
void
tamis_second_opinion_append_text(const TamisSecondOpinion *opinion, gboolean quiet, GString *out);
/* {"name":"sievec","title":…,"scripts":[…],…}; docs/engines.md describes it. Owned. */
char *tamis_second_opinion_to_json(const TamisSecondOpinion *opinion);
