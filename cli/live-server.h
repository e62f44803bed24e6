/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * --server managesieve://HOST: the description of a server, by what it says of itself. */
#pragma once

#include "cli/cli.h"

/* Whether that is what --server names. */
gboolean tamis_is_live_server(const char *name);
/* For whom --login acts there, where it is an administrator and no mailbox itself (an address, unless --authorize
 * is said): the first mailbox of the policy, or the one that a script or a folder's first is called after. NULL: for nobody.
 * Caller frees. */
char *tamis_live_server_find_mailbox(const TamisOptions *options, const char *path);
/* mailbox: whose limits count, or NULL (then --login's, or nobody's). NULL: *out_status, all is said. */
TamisServer *
tamis_live_server_load(const TamisOptions *options, const char *mailbox, int *out_status);
