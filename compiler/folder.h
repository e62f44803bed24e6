/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Files below an open folder, named by paths that never follow a symbolic link: whoever may write
 * into the folder cannot lead Tamis out of it. */
#pragma once

#include "base/replace.h"

#include <gio/gio.h>
#include <sys/stat.h>

/* Sets a GIOError from errno, "cannot VERB 'NAME': reason", and returns FALSE. */
gboolean tamis_folder_fail(GError **error, const char *verb, const char *name);

/* Makes a file that must not be there yet, as far as the umask lets for all to read and write.
 * FALSE with errno; then there is none. */
gboolean tamis_folder_create(int folder, const char *name, const char *text, gsize length_bytes);
/* Opens a folder below; makes what is missing on the way when told to. -1 with errno: ELOOP or
 * ENOTDIR where something in the way is no folder, EXDEV where another file system begins. */
int tamis_folder_open(int folder, const char *path, gsize length_bytes, gboolean make);
/* Opens a file for reading; -1 with errno, EINVAL where it is no regular one. */
int tamis_folder_open_file(int folder, const char *name, struct stat *out_status);
/* Reads a regular file of at most max_bytes; NULL with errno (EFBIG: larger). NUL-terminated. */
char *tamis_folder_read(int folder, const char *name, guint64 max_bytes, struct stat *out_status,
                        gsize *out_length);
/* Removes all that is in an open folder but for one name (NULL: all). FALSE with errno. */
gboolean tamis_folder_clear(int folder, const char *kept);
/* Removes a folder with all that is in it, links not followed; TRUE also when there is none. */
gboolean tamis_folder_remove_tree(int folder, const char *name);

/* The folder that a script's path leads to, kept open until a path leads elsewhere: scripts of one
 * folder come together. */
typedef struct {
    int root;   /* lent */
    int folder; /* -1: none open */
    GString *path;
} TamisFolderCache;

void tamis_folder_cache_init(TamisFolderCache *cache, int root);
void tamis_folder_cache_clear(TamisFolderCache *cache);
/* The folder's descriptor (lent until the next call) and the name in it; -1 with errno. */
int tamis_folder_cache_get(TamisFolderCache *cache, const char *path, gboolean make,
                           const char **out_name);
