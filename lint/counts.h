/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How much one message can set off in one mailbox: maxima over the messages that there can be. */
#pragma once

#include "lint/flow-facts.h"

/* What counts in a mailbox: guards, each once, with how much holds under it. */
typedef struct {
    GArray *guards;  /* of TamisFormula */
    GArray *weights; /* of guint32 */
} TamisCount;

TamisCount *tamis_count_new(void);
/* One more under this guard. known is the caller's: guard to index + 1 of guards. */
void tamis_count_add(TamisCount *count, GHashTable *known, TamisFormula guard);
/* Different addresses that it is redirected to. */
TamisCount *tamis_count_targets(const TamisFlow *flow);
/* These, and whatever else the server runs: a filter and a mark are no actions, and of copies that
 * nobody wrote only one beside a forward that is encrypted, which has to be written for it. */
TamisCount *tamis_count_actions(TamisFlowFacts *facts, const TamisFlow *flow);
void tamis_count_free(TamisCount *count);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisCount, tamis_count_free)

/* That all of it happens that does for the solution's message, delivered to this address. */
TamisFormula tamis_count_of_message(TamisFlowFacts *facts, const TamisCount *count,
                                    const TamisSolution *solution, const char *to);

/* What all guards together would set off. */
guint64 tamis_count_sum(const TamisCount *count);
/* FALSE: no message of the base sets off more than limit. Else a message that does, or a bound that is above it. */
gboolean tamis_count_passes(TamisFlowFacts *facts, TamisFormula base, const TamisCount *count,
                            guint32 limit, TamisMaximum *out_maximum);
/* As tamis_count_passes, with the maximum, as far as it is known. */
gboolean tamis_count_exceeds(TamisFlowFacts *facts, TamisFormula base, const TamisCount *count,
                             guint32 limit, TamisMaximum *out_maximum);
/* Whether the maximum is above the limit for certain. */
gboolean tamis_maximum_is_proved(const TamisMaximum *maximum, guint32 limit);
/* Evaluates the flow for the maximum's message, which is to be there. Caller frees, message too. */
TamisEvaluation *
tamis_flow_evaluate(TamisFlowFacts *facts, const TamisFlow *flow, const TamisWitness *witness,
                    const char *to, TamisMessage **out_message);

/* Whether an action counts. */
typedef gboolean (*TamisCounts)(const TamisFlowAction *action);
gboolean tamis_is_counted_action(const TamisFlowAction *action);
/* The action that passes the limit for this message, given to that address; NULL: not known. */
const TamisFlowAction *
tamis_count_find_beyond(TamisFlowFacts *facts, const TamisFlow *flow, const TamisWitness *witness,
                        const char *to, TamisCounts counts, guint32 limit);

/* The limit of targets that counts for a mailbox. */
typedef struct {
    guint32 n_targets; /* G_MAXUINT32: none */
    gboolean is_said;  /* by the policy; else the server's */
    TamisSpan span;
} TamisTargetLimit;

TamisTargetLimit tamis_target_limit(const TamisFlowFacts *facts, guint32 mailbox);
/* Whether, by the form of the policy's routes alone, no message can set off more; FALSE for scripts. */
gboolean tamis_count_is_plainly_within(const TamisFlowFacts *facts, guint32 mailbox,
                                       guint32 max_targets, guint32 max_actions);
