/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One mailbox of a policy to the Sieve of a server. */
#pragma once

#include "base/report.h"
#include "grammar/server.h"
#include "grammar/sieve/tree.h"
#include "model/policy.h"

typedef struct {
    const TamisPolicy *policy;
    const TamisServer *server;
    TamisInstant as_of;
    TamisInstant horizon;  /* zone changes are written out until here: tamis_lower_horizon */
} TamisLowerContext;

/* What one mailbox's script is, besides its text. */
typedef struct {
    TamisExtensionSet requires;
    guint32 max_targets;    /* upper bound of different addresses in one run */
    guint32 max_actions;    /* likewise, actions */
    TamisInstant good_until; /* TAMIS_INSTANT_MAX: for ever */
    gboolean failed;        /* something is unsupported: no script */
} TamisLowered;

/* The end of the year that is at least five and at most twenty years after as-of and holds the policy's
 * latest date. */
TAMIS_API TamisInstant tamis_lower_horizon(const TamisPolicy *policy, TamisInstant as_of);

/* Builds the script in arena (nothing in it outlives a reset). Findings (unsupported, reply-interval, …)
 * go to the report. Thread-safe: context is only read. */
TAMIS_API TamisSieveScript *tamis_lower_mailbox(const TamisLowerContext *context, guint32 mailbox,
                                                TamisArena *arena, TamisReport *report,
                                                TamisLowered *out_lowered);
