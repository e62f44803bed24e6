/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The rules over a resolved policy, run in one fixed order: errors first, hints last, so that what
 * is past a report's cap is what matters least. */
#pragma once

#include "base/report.h"
#include "grammar/server.h"
#include "model/policy.h"

typedef struct {
    const TamisPolicy *policy;
    const TamisServer *server;
    TamisInstant as_of;
    const char *manifest_path; /* of an earlier compile, for rebuild-due; NULL: none */
    guint n_jobs;              /* threads for lowering; 0: one */
    TamisReport *report;       /* may hold what reading and resolving found */
} TamisLint;

/* Runs every rule, lowers each mailbox for the findings of the compiler, suppresses what an `allow`
 * of the policy silences (findings that were in the report before, too), and sorts. */
TAMIS_API void tamis_lint_policy(const TamisLint *lint);
