/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Engines by their names, and what is said when one is not the right one, or not there. */
#include "cli/engine/kind.h"

#include <gio/gio.h>
#include <string.h>

const TamisEngineKind *
tamis_engine_kind_find(const TamisEngineKind *const *kinds, guint n_kinds, const char *name)
{
    for (guint i = 0; i < n_kinds; i++)
        if (strcmp(kinds[i]->name, name) == 0)
            return kinds[i];
    return NULL;
}

gboolean
tamis_engine_kind_fits(const TamisEngineKind *kind, const TamisServer *server, GError **error)
{
    if (server->engine == kind->engine)
        return TRUE;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                "the engine '%s' is not that of the server '%s'; say '--server %s'", kind->name,
                server->name, kind->default_server);
    return FALSE;
}

gboolean
tamis_engine_kind_not_installed(const TamisEngineKind *kind, GError **error)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                "the engine '%s' is not installed here (on Debian: %s)", kind->name,
                kind->packages);
    return FALSE;
}
