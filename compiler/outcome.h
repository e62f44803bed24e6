/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What became of a message, in the words of `expect`: delivery by delivery, whether it was worked out
 * (compiler/explain) or done by a real server. And whether that is what a test expects. */
#pragma once

#include "compiler/explain.h"

typedef enum {
    TAMIS_OUTCOME_FORWARD, /* text: the target; encrypted */
    TAMIS_OUTCOME_KEEP,    /* text: the folder; NULL: the inbox */
    TAMIS_OUTCOME_MARK,    /* text: "Name: value" */
    TAMIS_OUTCOME_REPLY,
    TAMIS_OUTCOME_REJECT, /* text: the reason */
    TAMIS_OUTCOME_DISCARD,
} TamisOutcomeKind;

typedef struct {
    TamisOutcomeKind kind;
    gboolean encrypted;
    char *text;     /* owned */
    TamisSpan span; /* the action; source 0: nobody wrote it, or a server did it */
    TamisString route;
} TamisOutcomeAction;

/* One mailbox that the message came to. */
typedef struct {
    guint32 mailbox;
    char *address;   /* owned: what the server was given */
    guint32 hop;     /* 0: the first */
    GArray *actions; /* of TamisOutcomeAction */
    const char
        *fault; /* why the run failed, and only kept: a finding's slug, "error", or NULL. Static. */
    gboolean is_closed; /* closes a loop: what it does there is not followed */
} TamisOutcomeDelivery;

typedef struct TamisOutcome TamisOutcome;

TAMIS_API TamisOutcome *tamis_outcome_new(void);
TAMIS_API TamisOutcome *
tamis_outcome_new_explained(const TamisExplanation *explanation, TamisSite *site);
TAMIS_API void tamis_outcome_free(TamisOutcome *outcome);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisOutcome, tamis_outcome_free)

/* Lent, until the next one is added. */
TAMIS_API TamisOutcomeDelivery *
tamis_outcome_add(TamisOutcome *outcome, guint32 mailbox, const char *address, guint32 hop);
/* Copies text. */
TAMIS_API void tamis_outcome_act(TamisOutcomeDelivery *delivery, TamisOutcomeKind kind,
                                 const char *text, gboolean encrypted);
TAMIS_API guint tamis_outcome_n_deliveries(const TamisOutcome *outcome);
TAMIS_API const TamisOutcomeDelivery *tamis_outcome_get(const TamisOutcome *outcome, guint index);

/* Whether the expectation holds, by a test of the site's policy. It never does where the site knows nobody who
 * takes the message. */
TAMIS_API gboolean tamis_outcome_meets(const TamisOutcome *outcome, TamisSite *site,
                                       const TamisExpectation *expectation);
/* "no forward to a@acme.example": as it is written. Caller frees. */
TAMIS_API char *
tamis_expectation_to_string(const TamisPolicy *policy, const TamisExpectation *expectation);
/* Whether a copy is left at one of the first mailboxes, or went on from there: only on that is a mark seen. */
TAMIS_API gboolean tamis_outcome_has_copy(const TamisOutcome *outcome);
/* Whether the same happens at the same places, to what `expect` can see of it; loops that are closed aside. */
TAMIS_API gboolean tamis_outcome_equal(const TamisOutcome *a, const TamisOutcome *b);
/* "forward to a@acme.example, encrypted". Caller frees. */
TAMIS_API char *tamis_outcome_action_to_string(const TamisOutcomeAction *action);
