/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Loops that were found, run in the real engine: the message of each is delivered hop by hop. And runs that fail. */
#pragma once

#include "base/report.h"
#include "compiler/site.h"

/* The script of a mailbox. FALSE: there is none. */
typedef gboolean (*TamisScriptOf)(gpointer data, guint32 mailbox, GString *out);

/* Adds to each proved forward-loop of the report what Pigeonhole's own engine makes of its message: it comes
 * back the way that is shown, or where it does not; and to each finding that a run fails (too-many-targets,
 * too-many-actions, reject-conflict, reply-conflict) what it says of its message. Where the engine cannot be run nothing is added, and
 * *out_reason says why; the caller frees it. */
void tamis_prove_loops(TamisSite *site, TamisScriptOf script_of, gpointer data, TamisReport *report,
                       char **out_reason);
