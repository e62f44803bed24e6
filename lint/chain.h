/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The ways that messages take from one mailbox on, breadth first: forwards, alias maps, known forwards
 * outside, each with what has to hold of the message that set out. */
#pragma once

#include "lint/flow-facts.h"

#define TAMIS_NO_STEP G_MAXUINT32

typedef struct {
    guint32 place;       /* of the mail graph; TAMIS_NO_INDEX: it has left the site */
    TamisString address; /* what it is sent to, as written; key: what that compares as */
    TamisString key;
    TamisFormula guard;            /* of the message that set out, for all of the way */
    const TamisStop *stop;         /* the message as it is here */
    const TamisFlowAction *action; /* that sent it here; NULL: a map, or the first */
    TamisSpan span;                /* what sent it here */
    guint32 parent;                /* index of a step; TAMIS_NO_STEP: the first */
    guint32 n_steps;               /* on the way here */
    guint32 n_forwards;            /* of them; no alias map is one */
    guint32 changes;       /* what was made of the message on the way: equal numbers, the same */
    gboolean is_encrypted; /* on the way here */
    gboolean is_delivery;  /* it ends up here, or in a script; no alias map is that */
    gboolean returns;      /* its place stands on the way already: it is not followed */
    gboolean is_followed;  /* the caller may say no before the next step is asked for */
} TamisChainStep;

typedef struct TamisChain TamisChain;

/* Of steps at one address with the same changes made to the message, that demand the same and are encrypted alike, one
 * stands for all. */
typedef enum {
    TAMIS_CHAIN_ALL,      /* no: each for itself */
    TAMIS_CHAIN_SHORTEST, /* the first */
    TAMIS_CHAIN_LONGEST,  /* one for each number of forwards */
} TamisChainMerging;

typedef struct {
    guint32 max_steps;
    TamisChainMerging merging;
} TamisChainOptions;

/* From the mailbox, under its own address. Lends facts. */
TamisChain *
tamis_chain_new(TamisFlowFacts *facts, guint32 mailbox, const TamisChainOptions *options);
/* From the alias map that takes mail for the mailbox's own address instead, before the first step is asked for. It is step
 * 0 then. */
void tamis_chain_start_at_map(TamisChain *chain, guint32 place);
void tamis_chain_free(TamisChain *chain);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisChain, tamis_chain_free)
/* The index of the next step that can be reached, as far as is known; step 0 is the mailbox itself.
 * TAMIS_NO_STEP: there is none left, or max_steps are made. */
guint32 tamis_chain_next(TamisChain *chain);
gboolean tamis_chain_is_cut(const TamisChain *chain);
/* Lent until the next step is asked for. */
TamisChainStep *tamis_chain_get(TamisChain *chain, guint32 step);
/* Indexes of the steps to this one, the first at the front. Caller frees. */
GArray *tamis_chain_get_way(const TamisChain *chain, guint32 step);
/* Adds a finding about the mailbox that the message set out from, at the first forward of the way: tamis_flow_find. */
TamisDiagnostic *tamis_chain_find(TamisChain *chain, guint32 step, TamisRule rule,
                                  const char *format, ...) G_GNUC_PRINTF(4, 5);
/* Relates what sends the message on behind the first forward of the way, and shows path and witness. */
void tamis_chain_show(TamisChain *chain, guint32 step, TamisDiagnostic *diagnostic,
                      const TamisSolution *solution, TamisFormula guard);
