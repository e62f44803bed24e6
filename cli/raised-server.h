/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The server of compiled scripts, set as the manifest beside them says that it has to be. */
#pragma once

#include "cli/cli.h"

/* NULL: there is no manifest in the folder. The caller frees it. */
TamisServer *tamis_raised_server_load(const TamisOptions *options, const char *folder);
