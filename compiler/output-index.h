/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What an earlier run wrote into a folder: which paths are Tamis's, what their contents were, and
 * how the files looked to stat. It is a quick copy of the manifest and binds to one state of that
 * file; where it is missing, damaged or older, the manifest itself is read. */
#pragma once

#include "compiler/manifest.h"

#include <sys/stat.h>

#define TAMIS_INDEX_NAME "index"

/* For changed_ns: in a folder that one run has made and filled before anybody else knew of it, that a file was
 * not changed since is enough, and spares a look at each. */
#define TAMIS_CHANGED_BY_RUN G_MININT64

/* Enough to know a file again without reading it: whoever changes the content or the file changes
 * one of these, and nobody can set the change time back. */
typedef struct {
    guint64 inode;     /* of no meaning with TAMIS_CHANGED_BY_RUN */
    gint64 changed_ns; /* ctime */
    guint64 size_bytes;
} TamisFileStamp;

typedef struct TamisIndex TamisIndex;

TamisFileStamp tamis_file_stamp(const struct stat *status);

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
/* Whether a file that looks like this has, without a look into it, still the entry's content. FALSE for what
 * changed so shortly before the index was made that it could change again without a trace. */
gboolean tamis_index_knows(const TamisIndex *index, guint32 entry, TamisFileStamp stamp);

/* Writing: a new index, entry by entry, that replaces the old one at its end. Failing is no error:
 * the next run is slower. */
typedef struct TamisIndexWriter TamisIndexWriter;

/* Begins; whatever has TAMIS_CHANGED_BY_RUN is changed between this and the end. private_folder is lent. */
TamisIndexWriter *tamis_index_writer_new(int private_folder, guint32 n_entries);
/* Takes the file back when it has not ended. */
void tamis_index_writer_free(TamisIndexWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisIndexWriter, tamis_index_writer_free)
void tamis_index_writer_add(TamisIndexWriter *writer, const char *path, const guint8 *sha256,
                            TamisFileStamp stamp);
/* After the last change to any file. manifest is the state of the manifest that it binds to. */
void tamis_index_writer_end(TamisIndexWriter *writer, const struct stat *manifest);
