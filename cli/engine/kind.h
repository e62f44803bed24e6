/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is known of an engine before it is looked for: of one that judges scripts (judge.h) and of one that delivers
 * (run.h) alike. */
#pragma once

#include "grammar/server.h"

typedef struct {
    const char *name;
    TamisEngine engine;
    const char *default_server;
    const char *packages; /* that bring it, on Debian */
} TamisEngineKind;

/* NULL: none of them has the name. */
const TamisEngineKind *
tamis_engine_kind_find(const TamisEngineKind *const *kinds, guint n_kinds, const char *name);
/* FALSE with G_IO_ERROR_INVALID_ARGUMENT where the server is of another engine. */
gboolean
tamis_engine_kind_fits(const TamisEngineKind *kind, const TamisServer *server, GError **error);
/* FALSE, with G_IO_ERROR_NOT_FOUND. */
gboolean tamis_engine_kind_not_installed(const TamisEngineKind *kind, GError **error);
