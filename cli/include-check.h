/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whether a mailbox's own script can run after the policy's, in one run (--coexist include): proved on the
 * flows of both, since deploy/ knows no Sieve. */
#pragma once

#include "deploy/plan.h"
#include "grammar/server.h"

typedef struct {
    const TamisServer *server; /* NULL: not known, and so nothing is proved */
    gint64 as_of;              /* seconds since 1970 */
} TamisIncludeRules;

/* A TamisIncludeCheck; data is a TamisIncludeRules. */
char *tamis_include_check(const TamisWanted *wanted, const GString *other, gpointer data);
