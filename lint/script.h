/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The rules over one Sieve script, whoever wrote it: advice on what is valid. What makes a script invalid
 * is the checker's (grammar/sieve/check.h), which goes before. */
#pragma once

#include "base/report.h"
#include "grammar/sieve/check.h"
#include "model/zone.h"

typedef struct {
    const TamisSieveScript *script;
    const TamisSieveChecked *checked;
    const TamisServer *server;
    const TamisZone *zone; /* the site's; NULL: not known */
    TamisInstant as_of;
    const char *mailbox; /* whose script it is; NULL: not known */
    /* Domains that are the site's own, lower case, NULL-terminated; NULL: not known. */
    const char *const *domains;
    TamisReport *report;
} TamisScriptLint;

TAMIS_API void tamis_lint_script(const TamisScriptLint *lint);

/* Marks those findings from the given index on that a comment `# tamis: allow SLUG [until DAY] because …` of the
 * script silences, through that day (today: the number of the day of the check): behind something, for its line; on a line of its own, for the next command with its block.
 * Reports comments of that form that are wrong and, where the report is complete, those that silence nothing. */
TAMIS_API void tamis_script_allow(const TamisSieveScript *script, guint first, gboolean is_complete,
                                  gint64 today, TamisReport *report);
