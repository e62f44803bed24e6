/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Folders of engines. */
#include "cli/engine/folder.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

gboolean
tamis_engine_user(guint *out_uid, guint *out_gid)
{
    const struct passwd *nobody = geteuid() == 0 ? getpwnam("nobody") : NULL;

    if (nobody == NULL)
        return FALSE;
    *out_uid = nobody->pw_uid;
    *out_gid = nobody->pw_gid;
    return TRUE;
}

void
tamis_engine_give(const char *path)
{
    guint uid, gid;

    if (tamis_engine_user(&uid, &gid) && chown(path, uid, gid) != 0)
        g_debug("cannot give '%s' to nobody: %s", path, g_strerror(errno));
}

char *
tamis_engine_folder_make(GError **error)
{
    char *folder = g_dir_make_tmp("tamis-engine-XXXXXX", error);

    if (folder != NULL)
        tamis_engine_give(folder);
    return folder;
}

void
tamis_engine_folder_remove(const char *path)
{
    g_autoptr(GDir) folder = NULL;

    if (!g_file_test(path, G_FILE_TEST_IS_SYMLINK))
        folder = g_dir_open(path, 0, NULL);
    if (folder == NULL) {
        unlink(path);
        return;
    }
    for (const char *name; (name = g_dir_read_name(folder)) != NULL;) {
        g_autofree char *inner = g_build_filename(path, name, NULL);
        tamis_engine_folder_remove(inner);
    }
    rmdir(path);
}
