/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One mailbox at a store: looking at it, and bringing it from what was found to what was planned. Whatever
 * fails on the way, the script that ran before goes on running, or the new one runs. */
#pragma once

#include "deploy/journal.h"

/* What is active there, and whose it is. guess: what it is probably called, which saves a question, or NULL.
 * FALSE with error. The visit is at the mailbox. */
gboolean
tamis_mailbox_look(TamisVisit *visit, const char *guess, TamisFound *out_found, GError **error);
/* What is to be done about what was found. A script with the name that the wanted one would have and another text (one
 * that someone changed, and left) is looked at, and keeps its name. FALSE with error. */
gboolean tamis_mailbox_plan(TamisVisit *visit, TamisFound *found, const TamisWanted *wanted,
                            const TamisPlanRules *rules, TamisPlan *out_plan, GError **error);
/* Does what was planned: puts the script under its new name, reads it back, activates it, sees that it is
 * active, and only then removes what Tamis had there before. Warnings of the server's compiler are appended. */
gboolean tamis_mailbox_apply(TamisVisit *visit, const TamisFound *found, const TamisPlan *plan,
                             const TamisWanted *wanted, GString *warnings, GError **error);
/* Puts a script under a name and reads it back; not at all where is_there: then it has to be the same already. *scripts is
 * what is stored now, or NULL where the store did not say. */
gboolean
tamis_mailbox_put(TamisVisit *visit, const char *name, const char *text, gsize length_bytes,
                  gboolean is_there, GString *warnings, GArray **scripts, GError **error);
/* That what was active when the mailbox was looked at still is: another deployment may be at work, on another
 * machine. *scripts: listed now where it is NULL. */
gboolean
tamis_mailbox_check_active(TamisVisit *visit, const char *active, GArray **scripts, GError **error);
/* Activates (NULL: deactivates) and sees that it is so; then removes what was active before, as far as that
 * works, unless stale is NULL. */
gboolean
tamis_mailbox_activate(TamisVisit *visit, const char *name, const char *stale, GError **error);
/* Removes a script that Tamis wrote and nobody changed since; else leaves it. */
void tamis_mailbox_tidy(TamisVisit *visit, const char *name);
