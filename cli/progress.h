/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A bar for long work, on standard error: only on a terminal, only when the work takes longer than a
 * moment, and gone when it is over. */
#pragma once

#include "base/api.h"

typedef struct TamisProgress TamisProgress;

/* what: "compiling". Not shown at all when quiet. */
TamisProgress *tamis_progress_new(const char *what, gboolean quiet);
/* Any thread, one at a time. */
void tamis_progress_update(TamisProgress *progress, guint32 n_done, guint32 n_all);
/* Wipes the bar. */
void tamis_progress_free(TamisProgress *progress);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisProgress, tamis_progress_free)
