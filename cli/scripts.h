/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What mailboxes should have: a policy's scripts, compiled in memory, or those of a folder that was compiled
 * before. */
#pragma once

#include "cli/cli.h"
#include "deploy/plan.h"

typedef struct {
    GArray *wanted;            /* of TamisWanted, in the policy's order */
    const char *policy_sha256; /* lent */
    const TamisServer *server; /* that they were compiled for, lent; NULL where that is not known */
    struct TamisScriptsOwner *owner;
} TamisScripts;

/* FILE|DIR. Findings are shown. 0, or the status to end with: all is said. */
int tamis_scripts_load(const TamisVerb *verb, const TamisOptions *options, const char *path,
                       TamisScripts *out_scripts);
void tamis_scripts_clear(TamisScripts *scripts);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TamisScripts, tamis_scripts_clear)
