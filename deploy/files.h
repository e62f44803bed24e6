/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Files in folders that belong to users, touched by a program that may be root: no symbolic link is followed in
 * them, and what is made is theirs. Functions return FALSE, or -1, with errno. */
#pragma once

#include "base/api.h"

#include <sys/types.h>

typedef struct {
    uid_t uid; /* (uid_t)-1: as it comes */
    gid_t gid;
    mode_t mode; /* of files; folders are searchable where files are readable */
} TamisFileOwner;

/* Opens a folder and makes what is missing on the way; what is made belongs to the owner, or, where that is not
 * said, to whom the folder above belongs. -1 with errno. */
int tamis_files_open_home(const char *path, const TamisFileOwner *owner);
/* A folder in an open one, never through a link; made when told to. */
int
tamis_files_open_below(int folder, const char *name, const TamisFileOwner *owner, gboolean make);
/* Reads a regular file. NULL with errno (EFBIG: larger). */
GString *tamis_files_read(int folder, const char *name, gsize max_bytes);
/* Writes under a name that nobody looks at, with owner, mode and contents on the disk; and renames. */
gboolean tamis_files_write(int folder, const char *name, const char *text, gsize length_bytes,
                           const TamisFileOwner *owner);
/* Makes name a symbolic link to target, at once; whatever has the name is replaced. */
gboolean
tamis_files_link(int folder, const char *name, const char *target, const TamisFileOwner *owner);

/* Sets a TamisDeployError from errno, "cannot VERB 'NAME': reason", and returns FALSE. */
gboolean tamis_files_fail(GError **error, const char *verb, const char *name);
