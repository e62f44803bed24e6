/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The rules over a resolved policy, run in one fixed order; `allow` applied at the end. */
#pragma once

#include "base/report.h"
#include "grammar/server.h"
#include "model/policy.h"

typedef struct {
    const TamisPolicy *policy;
    const TamisServer *server;
    TamisInstant as_of;
    const char *manifest_path; /* of an earlier compile, for rebuild-due; NULL: none */
    TamisReport *report;
} TamisLint;

typedef void (*TamisLintRule)(TamisLint *lint);

/* Runs every rule, lowers each mailbox for the findings of the compiler, applies allow, sorts. */
TAMIS_API void tamis_lint_policy(TamisLint *lint);
