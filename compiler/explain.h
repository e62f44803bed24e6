/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What happens to one message, hop by hop, through a site: each delivery with the actions that its engine
 * takes, and what becomes of what it sends on. */
#pragma once

#include "compiler/site.h"
#include "model/evaluate.h"
#include "model/witness.h"

/* Why an engine's run fails; it then only keeps, but for a crash, after which the message is still with whoever delivers
 * it. */
typedef enum {
    TAMIS_FAILURE_NONE,
    TAMIS_FAILURE_TARGETS, /* too-many-targets */
    TAMIS_FAILURE_ACTIONS, /* too-many-actions */
    TAMIS_FAILURE_REJECT,  /* reject-conflict */
    TAMIS_FAILURE_REPLY,   /* reply-conflict */
    TAMIS_FAILURE_ERROR,   /* error: the script says so itself (RFC 5463) */
    TAMIS_FAILURE_CRASH,   /* engine-crash: nothing is done */
} TamisFailure;

#define TAMIS_NO_DELIVERY G_MAXUINT32

typedef struct {
    guint32 mailbox;
    char *address; /* what the server was given */
    char *envelope_from;
    char *envelope[2]; /* from, to: as tests see them, where that is otherwise; NULL */
    TamisInstant instant;
    guint32 hop;                  /* 0: the first */
    const TamisFlowAction *cause; /* the forward that sent it here; NULL: the first */
    guint32 parent;               /* the delivery that sent it here, or TAMIS_NO_DELIVERY */
    GPtrArray *routes;            /* of const TamisFlowRoute: active, in order */
    GPtrArray *actions;           /* of const TamisFlowAction: in effect, in order */
    gboolean loop; /* closes one: the mailbox stands on its own way already; not followed */
    gboolean
        again; /* the server knows the message from an earlier delivery to this mailbox, and leaves out
                       what it did then */
    TamisFlowAction
        kept_instead; /* of those actions, one that nobody wrote: a KEEP, with the encryption of what is kept */
    gboolean unanswered; /* it is rejected, and the server does not tell the sender: it is gone */
    gboolean leaned_on_opaque;
    guint32
        on_way; /* of a way that is known, the addresses passed up to here; 0: it is not on it */
    GArray *assumed; /* of TamisWitnessChoice: what was taken for granted to go on that way */
    TamisFailure failure;
    TamisMessage *message; /* as it arrived here; lent from the explanation */
    TamisEvaluation *evaluation;
} TamisDeliveryStep;

/* Where a copy leaves the site under another address than it was sent to: through an alias map or a known outside
 * forward; or where these send it round without end. */
typedef struct {
    char *address;
    char **round;                 /* from the address back to it; NULL: it leaves */
    const TamisFlowAction *cause; /* the forward that sent it; NULL: nobody but the sender */
    guint32 parent;               /* the delivery that sent it, or TAMIS_NO_DELIVERY */
} TamisDeparture;

typedef struct TamisExplanation TamisExplanation;

/* Deliveries beyond this, and departures, are not followed; tamis_explanation_is_cut tells. */
#define TAMIS_EXPLAIN_MAX_DELIVERIES 10000

/* Follows the message from its delivery on, breadth first. Lends site, message and delivery; one thread. */
TAMIS_API TamisExplanation *
tamis_explain(TamisSite *site, TamisMessage *message, const TamisDelivery *delivery);
/* The same for a message to several recipients (NULL-terminated), in place of the delivery's. */
TAMIS_API TamisExplanation *
tamis_explain_all(TamisSite *site, TamisMessage *message, const TamisDelivery *delivery,
                  const char *const *recipients);
/* The way that a message is known to take. Lent. */
typedef struct {
    const char *const *path; /* addresses from hop to hop */
    guint n_path;
    const TamisInstant *instants; /* when it is at each of them; NULL: at one instant at all */
} TamisKnownWay;

/* The same for a message whose way is known: turns of `one of`, where no instants are told, and tests that cannot be read
 * are taken as the way needs them. What leaves the way goes on without waiting. */
TAMIS_API TamisExplanation *
tamis_explain_way(TamisSite *site, TamisMessage *message, const TamisDelivery *delivery,
                  const TamisKnownWay *way);
TAMIS_API void tamis_explanation_free(TamisExplanation *explanation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisExplanation, tamis_explanation_free)
TAMIS_API guint tamis_explanation_n_deliveries(const TamisExplanation *explanation);
TAMIS_API const TamisDeliveryStep *
tamis_explanation_get(const TamisExplanation *explanation, guint index);
/* In the order of their parents and actions. */
TAMIS_API guint tamis_explanation_n_departures(const TamisExplanation *explanation);
TAMIS_API const TamisDeparture *
tamis_explanation_get_departure(const TamisExplanation *explanation, guint index);
/* The message as the copy that the action of the step makes is left in the end. Lent from the step. */
TAMIS_API TamisMessage *
tamis_explanation_get_copy(const TamisExplanation *explanation, const TamisDeliveryStep *step,
                           const TamisFlowAction *action);
TAMIS_API gboolean tamis_explanation_is_cut(const TamisExplanation *explanation);
/* The finding's slug, "error" for a script's own, or NULL. Static. */
TAMIS_API const char *tamis_failure_slug(TamisFailure failure);
