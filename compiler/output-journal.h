/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The commit record of a folder: what a run is about to do there, written down and safe on disk
 * before it begins. Who dies on the way leaves the record, and the next run does the rest. Without
 * a record nothing was begun. */
#pragma once

#include "base/api.h"

#include <gio/gio.h>

/* In the private folder: the folder of what is to be put in place. */
#define TAMIS_STAGE_NAME "stage"

typedef struct TamisJournal TamisJournal;

/* private_folder is lent. NULL with error when it cannot be written. */
TamisJournal *tamis_journal_new(int private_folder, GError **error);
/* A journal that was not sealed is removed. */
void tamis_journal_free(TamisJournal *journal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisJournal, tamis_journal_free)

/* A file of the stage, by its path there, takes the place of a script; a new one finds no file
 * there. */
void
tamis_journal_add_put(TamisJournal *journal, const char *staged, const char *path, gboolean is_new);
/* The stage's manifest takes the place of the folder's. Then comes only what is to be removed. */
void tamis_journal_add_manifest(TamisJournal *journal);
void tamis_journal_add_remove(TamisJournal *journal, const char *path);
/* The record is on disk, with all that was written to the folder's file system before. */
gboolean tamis_journal_seal(TamisJournal *journal, int root, GError **error);

/* Does what the folder's record says, as far as it is not done yet, and removes the record and the
 * stage. Without a record only the stage is removed. name is the folder's, for messages. When it
 * fails the record stays. */
gboolean tamis_journal_apply(int root, int private_folder, const char *name, GError **error);
