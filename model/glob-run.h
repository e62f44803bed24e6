/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A glob (RFC 5228, 2.7.1) against a value that comes in pieces. Not installed. */
#pragma once

#include <glib.h>

typedef enum { TAMIS_GLOB_OPEN, TAMIS_GLOB_MATCHED, TAMIS_GLOB_FAILED } TamisGlobState;

/* Lends the glob. The caller steps, and does not look inside. */
typedef struct {
    const char *glob;
    gsize length, at, star; /* star: behind the last one that was met, G_MAXSIZE: none was */
    GString *held; /* of the value, what may have to be looked at again; no longer than the glob */
    gsize n_met;   /* of it, from its beginning, what the glob from star to at has met */
    gboolean casemap;
    TamisGlobState state; /* other than OPEN: whatever comes, it stays so */
} TamisGlobRun;

/* `*` any octets, `?` one octet, backslash takes the meaning of the next away. casemap: ASCII letters of either case
 * are the same. */
void tamis_glob_run_init(TamisGlobRun *run, const char *glob, gsize length, gboolean casemap);
/* For another value. */
void tamis_glob_run_restart(TamisGlobRun *run);
void tamis_glob_run_clear(TamisGlobRun *run);
/* At most bytes × (glob + 1) steps. */
void tamis_glob_run_step(TamisGlobRun *run, const char *value, gsize length);
/* Whether the value, which is over, meets it. */
gboolean tamis_glob_run_finish(TamisGlobRun *run);
