/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What an earlier run wrote into a folder: which paths are Tamis's, what their contents were, and
 * how the files looked to stat. It is a quick copy of the manifest and binds to one state of that
 * file; where it is missing, damaged or older, the manifest itself is read. */
#pragma once

#include "compiler/manifest.h"

#include <sys/stat.h>

#define TAMIS_INDEX_NAME "index"

/* Enough to know a file again without reading it: whoever changes the content or the file changes
 * one of these, and nobody can set the change time back. */
typedef struct {
    guint64 inode;
    gint64 changed_ns; /* ctime; 0: not known, the content has to be looked at */
    guint64 size_bytes;
} TamisFileStamp;

typedef struct TamisIndex TamisIndex;

TamisFileStamp tamis_file_stamp(const struct stat *status);
gboolean tamis_file_stamp_is_same(const TamisFileStamp *a, const TamisFileStamp *b);

/* Of the folder root with its private folder. A folder without manifest gives an empty index; a
 * manifest that is none is an error. name is the folder's, for messages. */
TamisIndex *tamis_index_load(int root, int private_folder, const char *name, GError **error);
void tamis_index_free(TamisIndex *index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisIndex, tamis_index_free)

guint32 tamis_index_count(const TamisIndex *index);
/* The entry's number, or G_MAXUINT32. Thread-safe. likely is the entry that is looked at first: a
 * policy that did not change has its mailboxes in the order of the last run. */
guint32 tamis_index_find(TamisIndex *index, const char *path, guint32 likely);
/* Lent. */
const char *tamis_index_get_path(const TamisIndex *index, guint32 entry);
const guint8 *tamis_index_get_sha256(const TamisIndex *index, guint32 entry);
TamisFileStamp tamis_index_get_stamp(const TamisIndex *index, guint32 entry);

/* Writing: a new index, entry by entry, that replaces the old one at its end. Failing is no error:
 * the next run is slower. */
typedef struct TamisIndexWriter TamisIndexWriter;

TamisIndexWriter *tamis_index_writer_new(void);
void tamis_index_writer_free(TamisIndexWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisIndexWriter, tamis_index_writer_free)
void tamis_index_writer_add(TamisIndexWriter *writer, const char *path, const guint8 *sha256,
                            TamisFileStamp stamp);
/* manifest is the state of the manifest that it binds to. */
void
tamis_index_writer_end(TamisIndexWriter *writer, int private_folder, const struct stat *manifest);
