/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The rules over a resolved policy, run in one fixed order: errors first, hints last, so that what
 * is past a report's cap is what matters least. */
#pragma once

#include "base/report.h"
#include "compiler/manifest.h"
#include "grammar/server.h"
#include "model/mailbox-shape.h"

typedef struct {
    const TamisPolicy *policy;
    const TamisServer *server;
    TamisInstant as_of;
    const TamisManifest *manifest; /* of an earlier compile, for rebuild-due; NULL: none */
    TamisReport *report;           /* may hold what reading and resolving found */
    /* Lowers every mailbox, with its findings to the report, and whatever else comes of it: for
     * those who want the scripts too. shapes are the policy's, lent. Called at most once, and not when there are errors already.
     * FALSE: it failed, for which the caller has the reason. NULL: lowering for the findings. */
    gboolean (*lower)(gpointer data, const TamisShapes *shapes, TamisReport *report);
    gpointer lower_data;
    guint n_jobs; /* threads, where lower is not called; 0: one */
} TamisLint;

/* Runs every rule, lowers each mailbox for the findings of the compiler, suppresses what an `allow`
 * of the policy silences (findings that were in the report before, too), and sorts. FALSE when
 * lower failed. */
TAMIS_API gboolean tamis_lint_policy(const TamisLint *lint);
