/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How a server wants folders called in `fileinto`. */
#pragma once

#include "base/arena.h"
#include "grammar/server.h"

/* folder is UTF-8; it, or what lives in arena. */
const char *tamis_folder_name_of(const TamisServer *server, const char *folder, TamisArena *arena);
