/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The flow of any Sieve script: what it asks for, with if, stop, return, include and variables folded into
 * the guards. What cannot be read statically is an opaque atom, named after its place in the text. What a
 * server then makes of the actions (limits, conflicts) is not in the flow; a filter is taken to succeed. */
#pragma once

#include "base/arena.h"
#include "grammar/server.h"
#include "grammar/sieve/tree.h"
#include "model/flow.h"

typedef struct {
    const TamisServer *server;
    const char *include_dir; /* where `include "x"` finds x.sieve; NULL: they stay unread */
    const char *global_dir;  /* the same of `include :global "x"` */
    /* Where it is found otherwise, among sources, or 0; NULL: in include_dir. Not of :global. */
    TamisSourceId (*find_include)(const char *name, gpointer data);
    gpointer include_data;
    const char *mailbox;   /* whose script it is, for replies; NULL: not known */
    TamisSources *sources; /* that the script is from; included scripts are added. NULL: as without
                                include_dir */
} TamisScriptFlowOptions;

/* What a script does. Atoms of tests that a policy can have too are the same as those of a policy
 * (compiler/atoms.h). Never NULL; lives in arena. Commands that could not be parsed or bound do nothing. */
TAMIS_API TamisFlow *
tamis_flow_of_sieve(const TamisSieveScript *script, const TamisScriptFlowOptions *options,
                    TamisFormulas *formulas, TamisArena *arena);
