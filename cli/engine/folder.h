/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A folder that engines work in, and that is gone when they are done. */
#pragma once

#include <gio/gio.h>

/* A new one in the folder for temporary files. NULL with error. */
char *tamis_engine_folder_make(GError **error);
/* Whoever an engine becomes that is started as root; FALSE: it stays who we are. */
gboolean tamis_engine_user(guint *out_uid, guint *out_gid);
/* Gives the path to that user. */
void tamis_engine_give(const char *path);
/* Takes the path away with all below it; links are not followed. */
void tamis_engine_folder_remove(const char *path);
