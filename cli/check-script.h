/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Checking Sieve scripts, one by one or a folder of them as a site: for the verb check. */
#pragma once

#include "cli/cli.h"
#include "cli/second-opinion.h"

typedef struct {
    const TamisOptions *options;
    const TamisServer *server;
    const char *include_dir;    /* NULL: included scripts are not followed */
    const char *global_dir;     /* the same of :global */
    gboolean fix;               /* mends what can be mended, then says what is left */
    gboolean diff;              /* with fix: shows what would be mended and writes nothing */
    TamisSecondOpinion *second; /* gets every script; NULL: no engine is asked */
    gboolean proves_loops;      /* runs the messages of loops in the real engine */
    /* Folder to the server as its manifest says that it is set (TamisServer, or NULL where it says nothing):
     * kept from one script to the next. */
    GHashTable *servers;
} TamisScriptCheck;

/* For TamisScriptCheck; the caller unrefs it. */
GHashTable *tamis_check_servers_new(void);

/* Adds the script's findings to the report. FALSE: it cannot be read or written, which was said. */
gboolean tamis_check_script(const TamisScriptCheck *check, const char *path, TamisReport *report);

/* All ADDRESS.sieve of a folder; the domains of the addresses are the site's own. */
gboolean tamis_check_folder(const TamisScriptCheck *check, const char *path, TamisReport *report);
