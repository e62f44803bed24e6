/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What several rules want to know of a policy, worked out once; walking its forwards; and adding a
 * finding as all rules do. */
#pragma once

#include "lint/exceptions.h"

typedef struct {
    const TamisLint *lint;
    const TamisPolicy *policy;
    TamisReport *report;
    gint64 today;             /* the day of the check in the policy's zone */
    TamisInstant today_start; /* its first instant */
    /* By index of the policy's targets. */
    guint32
        *target_mailboxes; /* whose address (or alias, or subaddress) it is, or TAMIS_NO_INDEX */
    guint8 *target_externals;
    TamisExceptions *exceptions;
    TamisShapes *shapes; /* NULL until tamis_facts_shapes was called */
    gboolean failed;     /* the caller's lowering: nothing more is to be found out */
} TamisFacts;

TamisFacts *tamis_facts_new(const TamisLint *lint);
void tamis_facts_free(TamisFacts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisFacts, tamis_facts_free)

/* The policy's, lent. */
const TamisShapes *tamis_facts_shapes(TamisFacts *facts);

/* The routes of a policy, and the forwards of its routes, one after the other. Start with {.policy
 * = …} and {.routes.policy = …}. */
typedef struct {
    const TamisPolicy *policy;
    guint32 mailbox_index;
    const TamisMailbox *mailbox;
    const TamisRoute *route;
    guint32 n_done; /* of the mailbox's routes */
} TamisRouteWalk;

typedef struct {
    TamisRouteWalk routes;
    const TamisAction *action;
    guint32 n_done; /* of the route's actions */
} TamisForwardWalk;

gboolean tamis_route_next(TamisRouteWalk *walk);
gboolean tamis_forward_next(TamisForwardWalk *walk);

gboolean
tamis_route_has(const TamisPolicy *policy, const TamisRoute *route, TamisActionKindOf kind);
/* Whether an instant of [as_of, …) lies in the route's window. */
gboolean tamis_route_has_future(const TamisFacts *facts, const TamisRoute *route);

/* Adds a finding about the mailbox and the route that the walk is at (either may be NULL, and the
 * walk), with the `use` or row that brought the route, suppressed when an allow says so. Lent as by
 * tamis_report_add. */
TamisDiagnostic *
tamis_facts_find(TamisFacts *facts, TamisRule rule, TamisSpan span, const TamisRouteWalk *at,
                 const char *format, ...) G_GNUC_PRINTF(5, 6);
/* Says how sure a finding about messages is; one that is not proved is a warning at most. */
void tamis_facts_judge(TamisDiagnostic *diagnostic, gboolean proved);
/* Suppresses a finding that was made elsewhere when an allow says so. */
void tamis_facts_allow(TamisFacts *facts, TamisDiagnostic *diagnostic);
/* "2026-12-31" where the instant is the end of that day, else "2026-12-31 18:00 +08:00". Caller
 * frees. */
char *tamis_route_end_to_string(const TamisPolicy *policy, TamisInstant until);
