/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whether a script means something, and whether a server takes and runs it: what makes it invalid, fail
 * or do nothing like what it says. Advice on scripts that are right is lint's. */
#pragma once

#include "base/report.h"
#include "grammar/server.h"
#include "grammar/sieve/tree.h"

typedef struct {
    const TamisServer *server;
    /* Where `include "x"` and `include :global "x"` find x.sieve; NULL: such scripts are not looked at. */
    const char *include_dir, *global_dir;
} TamisSieveCheckOptions;

/* What rules about scripts want to know beside the tree. */
typedef struct {
    TamisExtensionSet required; /* by require */
    TamisExtensionSet used;     /* by words, tags, values and the contents of strings */
    TamisSpan required_at[TAMIS_N_EXTENSIONS]; /* the string in require; source 0: none */
    gboolean has_ihave;
    gboolean has_include;
    guint32 n_errors; /* of syntax */
} TamisSieveChecked;

/* Checks one source of the report's sources, reading it command by command: what a reader of the tree would
 * say of its syntax goes to the report too. Memory does not grow with the script. */
TAMIS_API void
tamis_sieve_check_source(TamisSourceId source, const TamisSieveCheckOptions *options,
                         TamisArena *arena, TamisReport *report, TamisSieveChecked *out_checked);

/* Checks a script that was parsed from a source of the report's sources. Scripts that it includes are read
 * into the report's sources and checked with it. Broken commands are passed over, their blocks are not. */
TAMIS_API void
tamis_sieve_check(const TamisSieveScript *script, const TamisSieveCheckOptions *options,
                  TamisArena *arena, TamisReport *report, TamisSieveChecked *out_checked);
