/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Making a folder's new state the valid one. */
#include "compiler/output-directory.h"

#include "compiler/crew.h"
#include "compiler/output-journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BATCH_STAMPS 512

static void
append_path(const TamisDirectory *self, guint32 mailbox, GString *path)
{
    const TamisMailbox *record = tamis_policy_mailbox(self->policy, mailbox);

    g_string_truncate(path, 0);
    tamis_layout_append(self->base.layout, tamis_policy_text(self->policy, record->address.key),
                        path);
}

/* The index -------------------------------------------------------------------------------------
 */

static void
write_index(const TamisDirectory *self)
{
    g_autoptr(TamisIndexWriter) writer =
        tamis_index_writer_new(self->private_folder, self->n_scripts);
    g_autoptr(GString) path = g_string_new(NULL);
    struct stat manifest;

    if (fstatat(self->root, TAMIS_MANIFEST_NAME, &manifest, AT_SYMLINK_NOFOLLOW) != 0)
        return;
    for (guint32 i = 0; i < self->n_scripts; i++) {
        append_path(self, i, path);
        tamis_index_writer_add(writer, path->str, self->scripts[i].sha256, self->scripts[i].stamp);
    }
    tamis_index_writer_end(writer, &manifest);
}

/* What was put in its place has a new time of change. */
static gboolean
stamp_batch(gpointer data, guint worker, guint slot, guint32 batch, GError **error)
{
    TamisDirectory *self = data;
    g_autoptr(GString) path = g_string_new(NULL);
    guint32 end = MIN((batch + 1) * BATCH_STAMPS, self->n_scripts);

    for (guint32 i = batch * BATCH_STAMPS; i < end; i++) {
        TamisScriptRecord *script = &self->scripts[i];
        struct stat status;
        const char *name;
        int folder;

        if (script->state == TAMIS_SCRIPT_UNCHANGED)
            continue;
        append_path(self, i, path);
        folder = tamis_folder_cache_get(&self->workers[worker].folders, path->str, FALSE, &name);
        if (folder >= 0 && fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0)
            script->stamp = tamis_file_stamp(&status);
    }
    return TRUE;
}

/* Commit ----------------------------------------------------------------------------------------
 */

static int
compare_paths(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
fill_result(const TamisDirectory *self, TamisOutputResult *result)
{
    for (guint32 i = 0; i < self->n_scripts; i++) {
        guint8 state = self->scripts[i].state;

        result->n_created += state == TAMIS_SCRIPT_CREATED;
        result->n_updated += state == TAMIS_SCRIPT_UPDATED;
        result->n_unchanged += state == TAMIS_SCRIPT_UNCHANGED;
    }
    for (guint i = 0; i < self->all_edited->len; i++)
        g_ptr_array_add(result->edited, g_strdup(g_ptr_array_index(self->all_edited, i)));
    for (guint32 i = 0; self->index != NULL && i < tamis_index_count(self->index); i++) {
        if (!self->seen[i])
            g_ptr_array_add(result->removed, g_strdup(tamis_index_get_path(self->index, i)));
    }
    g_ptr_array_sort(result->removed, compare_paths);
}

static gboolean
commit_fresh(TamisDirectory *self, GError **error)
{
    g_autofree char *parent_path = g_path_get_dirname(self->path);
    int parent = open(parent_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct stat manifest;
    int result;

    if (fstatat(self->root, TAMIS_MANIFEST_NAME, &manifest, AT_SYMLINK_NOFOLLOW) == 0)
        tamis_index_writer_end(self->writer, &manifest);
    if (parent < 0 || syncfs(self->root) != 0) {
        if (parent >= 0)
            close(parent);
        return tamis_directory_fail(self, "write", NULL, error);
    }
    result = renameat2(AT_FDCWD, self->fresh_path, AT_FDCWD, self->path, RENAME_NOREPLACE);
    /* Where the file system knows no such rename, the plain one still replaces nothing but an empty
     * folder. */
    if (result != 0 && (errno == EINVAL || errno == ENOSYS))
        result = rename(self->fresh_path, self->path);
    self->stage_is_sealed = result == 0;
    if (result == 0)
        result = fsync(parent);
    close(parent);
    return result == 0 || tamis_directory_fail(self, "make", NULL, error);
}

/* Whether the folder's manifest may stay. */
static gboolean
is_manifest_same(const TamisDirectory *self)
{
    TamisManifestChange change = self->base.manifest_change;

    return change == TAMIS_MANIFEST_SAME ||
           (change == TAMIS_MANIFEST_OLDER && self->base.keeps_as_of);
}

static gboolean
write_journal(TamisDirectory *self, const TamisOutputResult *result, GError **error)
{
    g_autoptr(TamisJournal) journal = tamis_journal_new(self->private_folder, error);
    g_autoptr(GString) path = g_string_new(NULL);

    if (journal == NULL)
        return FALSE;
    for (guint32 i = 0; i < self->n_scripts; i++) {
        guint8 state = self->scripts[i].state;
        char staged[TAMIS_STAGED_PATH_BYTES];

        if (state == TAMIS_SCRIPT_UNCHANGED)
            continue;
        append_path(self, i, path);
        tamis_directory_staged_path(self, i, staged);
        tamis_journal_add_put(journal, staged, path->str, state == TAMIS_SCRIPT_CREATED);
    }
    if (!is_manifest_same(self))
        tamis_journal_add_manifest(journal);
    for (guint i = 0; i < result->removed->len; i++)
        tamis_journal_add_remove(journal, g_ptr_array_index(result->removed, i));
    return tamis_journal_seal(journal, self->root, error);
}

static gboolean
commit_existing(TamisDirectory *self, const TamisOutputResult *result, GError **error)
{
    guint32 n_batches = self->n_scripts / BATCH_STAMPS + 1;
    gboolean is_restamped = FALSE;

    if (result->n_created == 0 && result->n_updated == 0 && result->removed->len == 0 &&
        is_manifest_same(self)) {
        for (guint32 i = 0; i < self->n_scripts; i++)
            is_restamped |= self->scripts[i].is_restamped;
        if (is_restamped)
            write_index(self);
        return TRUE;
    }
    if (!write_journal(self, result, error))
        return FALSE;
    self->stage_is_sealed = TRUE;
    if (!tamis_journal_apply(self->root, self->private_folder, self->path, error))
        return FALSE;
    tamis_crew_run(&(TamisCrewTask){stamp_batch, NULL, self}, self->n_workers, n_batches, NULL,
                   NULL);
    write_index(self);
    return TRUE;
}

gboolean
tamis_directory_commit(TamisOutput *output, TamisOutputResult *result, GError **error)
{
    TamisDirectory *self = (TamisDirectory *)output;

    fill_result(self, result);
    return self->fresh_path != NULL ? commit_fresh(self, error)
                                    : commit_existing(self, result, error);
}
