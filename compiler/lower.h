/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One mailbox of a policy to the Sieve of a server. */
#pragma once

#include "base/report.h"
#include "grammar/server.h"
#include "grammar/sieve/tree.h"
#include "model/policy.h"

/* What all mailboxes of a run share: worked out once, then only read, by any number of threads.
 * Lends policy and server. */
typedef struct TamisLowerContext TamisLowerContext;

TAMIS_API TamisLowerContext *
tamis_lower_context_new(const TamisPolicy *policy, const TamisServer *server, TamisInstant as_of);
TAMIS_API void tamis_lower_context_free(TamisLowerContext *context);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisLowerContext, tamis_lower_context_free)

/* What one mailbox's script is, besides its text. */
typedef struct {
    TamisExtensionSet requires;
    guint32 max_targets;   /* upper bound of different addresses in one run */
    guint32 max_actions;   /* likewise, actions */
    const char *delimiter; /* of details, not the server's by default; lent; NULL: none is needed */
    TamisInstant good_until; /* TAMIS_INSTANT_MAX: for ever */
    gboolean failed;         /* something is unsupported: no script */
} TamisLowered;

/* Builds the script in arena (nothing in it outlives a reset; texts of the policy are lent).
 * Findings (unsupported, reply-interval, needs-setting) go to the report. Zone changes are written
 * out until the end of the year that is at least five and at most twenty years after as-of and
 * holds the policy's latest date. */
TAMIS_API TamisSieveScript *
tamis_lower_mailbox(const TamisLowerContext *context, guint32 mailbox, TamisArena *arena,
                    TamisReport *report, TamisLowered *out_lowered);
