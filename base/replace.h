/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * New contents for a file: all or nothing. */
#pragma once

#include "base/api.h"

/* All of it, where a write may stop half way or be interrupted. FALSE with errno. */
gboolean tamis_write_all(int fd, const char *text, gsize length_bytes);

/* Writes beside the file and renames: whoever reads it sees the old text or the new. A file that is not there
 * is made. Symbolic links are followed; the mode stays, and so do owner and group where the caller may set
 * them. What is no file but a device or a pipe is written to. Errors are G_FILE_ERROR, the message names the
 * file; it is then as it was. */
TAMIS_API gboolean tamis_replace_file(const char *path, const char *text, gsize length_bytes,
                                      GError **error);
/* The same, where the file still holds the text that was read from it: else, and where it is no regular file or one that
 * the caller may not write, it is left alone, which is an error too. */
TAMIS_API gboolean tamis_replace_text_of_file(const char *path, const char *old_text,
                                              gsize old_length_bytes, const char *text,
                                              gsize length_bytes, GError **error);
