/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Findings that are known and put up with: a JSON report of an earlier check. A finding of the same rule, file
 * and message is one of them, wherever in the file it now stands; as many as there were then. */
#pragma once

#include "base/report.h"

typedef struct TamisBaseline TamisBaseline;

/* Some millions of findings. */
#define TAMIS_BASELINE_MAX_BYTES ((gsize)1 << 30)

#define TAMIS_BASELINE_ERROR (tamis_baseline_error_quark())
TAMIS_API GQuark tamis_baseline_error_quark(void);
typedef enum {
    TAMIS_BASELINE_ERROR_UNREADABLE, /* the messages name file and reason */
    TAMIS_BASELINE_ERROR_INVALID,    /* no JSON report, or one of another version's form */
} TamisBaselineError;

TAMIS_API TamisBaseline *tamis_baseline_load(const char *path, GError **error);
TAMIS_API void tamis_baseline_free(TamisBaseline *baseline);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisBaseline, tamis_baseline_free)

/* How a baseline and the findings of today go together. */
typedef struct {
    guint n_reworded; /* findings that it has not, of rules that it has left over in their files */
    gboolean is_foreign; /* it has findings, and none of their files is there */
} TamisBaselineFit;

/* Suppresses the findings that are in the baseline. */
TAMIS_API TamisBaselineFit tamis_baseline_apply(const TamisBaseline *baseline, TamisReport *report);
