/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The limits that a manifest's settings raise. */
#include "cli/raised-server.h"

#include "compiler/manifest.h"

#include <string.h>

static void
raise_limit(guint32 *limit, const char *setting, const char *said)
{
    gsize n = setting != NULL ? strlen(setting) : 0;
    guint64 value;

    if (*limit != 0 && n > 0 && g_str_has_prefix(said, setting) &&
        g_str_has_prefix(said + n, " = ") &&
        g_ascii_string_to_unsigned(said + n + strlen(" = "), 10, 0, G_MAXUINT32, &value, NULL))
        *limit = MAX(*limit, (guint32)value);
}

TamisServer *
tamis_raised_server_load(const TamisOptions *options, const char *folder)
{
    g_autofree char *path = g_build_filename(folder, "manifest.json", NULL);
    g_autoptr(TamisManifest) manifest =
        g_file_test(path, G_FILE_TEST_EXISTS) ? tamis_manifest_load(path, NULL) : NULL;
    int status;
    TamisServer *server =
        manifest != NULL ? tamis_options_load_server(options, NULL, &status) : NULL;

    for (guint i = 0; server != NULL && i < manifest->settings->len; i++) {
        const char *said = g_ptr_array_index(manifest->settings, i);

        raise_limit(&server->max_redirects, server->max_redirects_setting, said);
        raise_limit(&server->max_actions, server->max_actions_setting, said);
    }
    return server;
}
