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

/* A string of a script in which mailboxes of one shape (model/mailbox-shape.h) differ, and which of the
 * mailbox's strings it is. */
#define TAMIS_OPEN_TEXT (G_MAXUINT32 - 1) /* an action's text */
#define TAMIS_OPEN_NAME G_MAXUINT32       /* its name */
typedef struct {
    TamisSieveString *string;
    guint32 route, action; /* counted from the mailbox's, and the route's, first */
    guint32 target;        /* of the action's targets, or one of the above */
} TamisOpenString;

typedef struct {
    GArray *strings;    /* of TamisOpenString; some may be in no command */
    gboolean is_closed; /* the scripts may differ in more than these strings, and the heading */
} TamisLowerOpen;

/* Builds the script in arena (nothing in it outlives a reset; texts of the policy are lent).
 * Findings (unsupported, reply-interval, needs-setting) go to the report. Zone changes are written
 * out until the end of the year that is at least five and at most twenty years after as-of and
 * holds the policy's latest date. */
TAMIS_API TamisSieveScript *
tamis_lower_mailbox(const TamisLowerContext *context, guint32 mailbox, TamisArena *arena,
                    TamisReport *report, TamisLowered *out_lowered);
/* Likewise, and says what is open in it. open->strings is empty at first. */
TAMIS_API TamisSieveScript *
tamis_lower_mailbox_open(const TamisLowerContext *context, guint32 mailbox, TamisArena *arena,
                         TamisReport *report, TamisLowered *out_lowered, TamisLowerOpen *open);
/* The heading's text, behind which the mailbox's address ends the line. */
#define TAMIS_LOWER_HEADING " Mail of "
