/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Findings that have a message, run in the real engine: that of a loop is delivered hop by hop. */
#pragma once

#include "base/report.h"
#include "compiler/site.h"

/* The script of a mailbox. FALSE: there is none. */
typedef gboolean (*TamisScriptOf)(gpointer data, guint32 mailbox, GString *out);

/* Adds to findings of the report that are proved what Pigeonhole's own engine makes of their messages, a hundred of each
 * kind: whether it goes the way that is shown (forward-loop, forward-return, forbidden-forward, too-many-hops) or where
 * not; what the engine says where a run fails (too-many-targets, too-many-actions, reject-conflict, reply-conflict); that
 * no copy stays (missing-copy, forward-without-copy), or nothing (mail-lost). What cannot be run is told beside it, too. Where
 * the engine does not work nothing more is added, and *out_reason says why; the caller frees it. */
void tamis_prove_loops(TamisSite *site, TamisScriptOf script_of, gpointer data, TamisReport *report,
                       char **out_reason);
