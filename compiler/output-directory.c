/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A folder of scripts. One that is new is filled under another name and renamed when it is whole.
 * In one that is there, what differs is written to a stage in the private folder, and put in its
 * place by the journal, one rename a script, the manifest after them; what is the same is only
 * looked at. */
#include "compiler/output-directory.h"

#include "compiler/output-journal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define LOCK_NAME    "lock"
#define FRESH_SUFFIX ".tamis-new"
/* Opening begins again when another run moves the folder meanwhile; not for ever. */
#define MAX_ATTEMPTS 100

typedef enum { OPENED, FAILED, TRY_AGAIN } Opening;

/* Locks -----------------------------------------------------------------------------------------
 */

static Opening
take_lock(TamisDirectory *self, GError **error)
{
    struct stat opened;
    struct stat named;

    self->lock =
        openat(self->private_folder, LOCK_NAME, O_CREAT | O_RDWR | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (self->lock < 0)
        return tamis_directory_fail(self, "write", TAMIS_PRIVATE_FOLDER "/" LOCK_NAME, error),
               FAILED;
    if (flock(self->lock, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK)
            return tamis_directory_fail(self, "lock", TAMIS_PRIVATE_FOLDER "/" LOCK_NAME, error),
                   FAILED;
        g_set_error(error, TAMIS_OUTPUT_ERROR, TAMIS_OUTPUT_ERROR_BUSY,
                    "another run is writing to '%s': wait until it has ended", self->path);
        return FAILED;
    }
    /* Who had it before may have removed it on the way out. */
    if (fstat(self->lock, &opened) != 0 ||
        fstatat(self->private_folder, LOCK_NAME, &named, AT_SYMLINK_NOFOLLOW) != 0 ||
        opened.st_ino != named.st_ino)
        return TRY_AGAIN;
    return OPENED;
}

static void
close_all(TamisDirectory *self)
{
    int *const descriptors[] = {&self->stage, &self->private_folder, &self->lock, &self->root};

    for (gsize i = 0; i < G_N_ELEMENTS(descriptors); i++) {
        if (*descriptors[i] >= 0)
            close(*descriptors[i]);
        *descriptors[i] = -1;
    }
}

/* Opening ---------------------------------------------------------------------------------------
 */

static gboolean
open_private_folder(TamisDirectory *self, GError **error)
{
    if (mkdirat(self->root, TAMIS_PRIVATE_FOLDER, 0700) != 0 && errno != EEXIST)
        return tamis_directory_fail(self, "write to", NULL, error);
    self->private_folder =
        tamis_folder_open(self->root, TAMIS_PRIVATE_FOLDER, strlen(TAMIS_PRIVATE_FOLDER), FALSE);
    return self->private_folder >= 0 ||
           tamis_directory_fail(self, "open", TAMIS_PRIVATE_FOLDER, error);
}

/* The folder is there. */
static Opening
open_existing(TamisDirectory *self, GError **error)
{
    Opening opening;

    if (!open_private_folder(self, error))
        return FAILED;
    opening = take_lock(self, error);
    if (opening != OPENED)
        return opening;
    self->stage_is_sealed = TRUE;
    if (!tamis_journal_apply(self->root, self->private_folder, self->path, error))
        return FAILED;
    self->stage_is_sealed = FALSE;
    self->index = tamis_index_load(self->root, self->private_folder, self->path, error);
    if (self->index == NULL)
        return FAILED;
    self->seen = g_new0(guint8, MAX(tamis_index_count(self->index), 1));
    return OPENED;
}

/* Whether what is in the way of a fresh folder is one that a run left when it died. */
static gboolean
is_leftover(const TamisDirectory *self)
{
    struct stat status;

    return fstatat(self->root, TAMIS_PRIVATE_FOLDER, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISDIR(status.st_mode);
}

/* The folder is not there: another one beside it, that will get its name. */
static Opening
open_fresh(TamisDirectory *self, GError **error)
{
    gboolean is_made = mkdir(self->fresh_path, 0777) == 0;
    struct stat opened;
    struct stat named;
    Opening opening;

    if (!is_made && errno != EEXIST)
        return tamis_folder_fail(error, "make", self->path), FAILED;
    self->root = open(self->fresh_path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (self->root < 0)
        return errno == ENOENT ? TRY_AGAIN
                               : (tamis_folder_fail(error, "open", self->fresh_path), FAILED);
    if (!is_made && !is_leftover(self)) {
        errno = EEXIST;
        return tamis_folder_fail(error, "make", self->fresh_path), FAILED;
    }
    if (!open_private_folder(self, error))
        return FAILED;
    opening = take_lock(self, error);
    if (opening != OPENED)
        return opening;
    if (fstat(self->root, &opened) != 0 || lstat(self->fresh_path, &named) != 0 ||
        opened.st_ino != named.st_ino || lstat(self->path, &named) == 0)
        return TRY_AGAIN;
    if (!tamis_folder_clear(self->root, TAMIS_PRIVATE_FOLDER) ||
        !tamis_folder_clear(self->private_folder, LOCK_NAME))
        return tamis_folder_fail(error, "clear", self->fresh_path), FAILED;
    return OPENED;
}

static gboolean
make_parents(const TamisDirectory *self, GError **error)
{
    g_autofree char *parent = g_path_get_dirname(self->path);

    return g_mkdir_with_parents(parent, 0777) == 0 || tamis_folder_fail(error, "make", parent);
}

/* A name that is too long for another beside it is made at once, empty. */
static gboolean
name_fresh_path(TamisDirectory *self, GError **error)
{
    g_autofree char *parent = g_path_get_dirname(self->path);
    g_autofree char *name = g_path_get_basename(self->path);
    g_autofree char *fresh_name = g_strdup_printf(".%s" FRESH_SUFFIX, name);

    if (strlen(fresh_name) <= NAME_MAX)
        self->fresh_path = g_build_filename(parent, fresh_name, NULL);
    else if (mkdir(self->path, 0777) != 0 && errno != EEXIST)
        return tamis_folder_fail(error, "make", self->path);
    return TRUE;
}

static Opening
open_directory(TamisDirectory *self, GError **error)
{
    struct stat status;

    g_clear_pointer(&self->fresh_path, g_free);
    self->root = open(self->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (self->root >= 0)
        return open_existing(self, error);
    if (errno != ENOENT || lstat(self->path, &status) == 0)
        return tamis_folder_fail(error, "open", self->path), FAILED;
    if (!make_parents(self, error) || !name_fresh_path(self, error))
        return FAILED;
    return self->fresh_path != NULL ? open_fresh(self, error) : TRY_AGAIN;
}

/* Output ----------------------------------------------------------------------------------------
 */

static gboolean
directory_begin(TamisOutput *output, const TamisPolicy *policy, guint n_workers, guint n_slots,
                GError **error)
{
    TamisDirectory *self = (TamisDirectory *)output;
    struct stat old_status;
    int fd, old;

    self->policy = policy;
    self->n_scripts = policy->mailboxes->len;
    self->scripts = g_new0(TamisScriptRecord, MAX(self->n_scripts, 1));
    self->n_workers = n_workers;
    self->workers = g_new0(TamisDirectoryWorker, n_workers);
    for (guint i = 0; i < n_workers; i++) {
        tamis_folder_cache_init(&self->workers[i].folders, self->root);
        self->workers[i].stage = -1;
        self->workers[i].buffer = g_byte_array_new();
    }
    self->n_slots = n_slots;
    self->slots = g_new0(TamisDirectorySlot, n_slots);
    for (guint i = 0; i < n_slots; i++) {
        self->slots[i].edited = g_ptr_array_new_with_free_func(g_free);
        self->slots[i].paths = g_string_new(NULL);
    }
    if (self->fresh_path != NULL)
        self->writer = tamis_index_writer_new(self->private_folder, self->n_scripts);
    self->all_edited = g_ptr_array_new_with_free_func(g_free);
    self->stage = self->fresh_path != NULL
                      ? fcntl(self->root, F_DUPFD_CLOEXEC, 0)
                      : tamis_folder_open(self->private_folder, TAMIS_STAGE_NAME,
                                          strlen(TAMIS_STAGE_NAME), TRUE);
    if (self->stage < 0)
        return tamis_directory_fail(self, "write to", NULL, error);
    fd = openat(self->stage, TAMIS_MANIFEST_NAME,
                O_CREAT | O_EXCL | O_RDWR | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (fd < 0)
        return tamis_directory_fail(self, "write", TAMIS_MANIFEST_NAME, error);
    old = self->fresh_path == NULL
              ? tamis_folder_open_file(self->root, TAMIS_MANIFEST_NAME, &old_status)
              : -1;
    output->manifest = tamis_manifest_writer_new(fd, old);
    return TRUE;
}

static gboolean
directory_hand_on(TamisOutput *output, guint slot, GError **error)
{
    TamisDirectory *self = (TamisDirectory *)output;
    TamisDirectorySlot *own = &self->slots[slot];
    const char *end = own->paths->str + own->paths->len;

    g_ptr_array_extend_and_steal(self->all_edited, g_steal_pointer(&own->edited));
    own->edited = g_ptr_array_new_with_free_func(g_free);
    for (const char *path = own->paths->str; path < end; path += strlen(path) + 1) {
        const TamisScriptRecord *script = &self->scripts[self->n_written++];

        tamis_index_writer_add(self->writer, path, script->sha256, script->stamp);
    }
    g_string_truncate(own->paths, 0);
    return TRUE;
}

/* Nothing is left of what was not committed, nor of us where we never wrote. */
static void
give_up(TamisDirectory *self)
{
    if (self->fresh_path != NULL) {
        tamis_folder_remove_tree(AT_FDCWD, self->fresh_path);
        return;
    }
    tamis_folder_remove_tree(self->private_folder, TAMIS_STAGE_NAME);
    if (self->index != NULL && tamis_index_count(self->index) == 0 &&
        faccessat(self->root, TAMIS_MANIFEST_NAME, F_OK, AT_SYMLINK_NOFOLLOW) != 0) {
        unlinkat(self->private_folder, LOCK_NAME, 0);
        unlinkat(self->root, TAMIS_PRIVATE_FOLDER, AT_REMOVEDIR);
    }
}

static void
directory_free(TamisOutput *output)
{
    TamisDirectory *self = (TamisDirectory *)output;

    for (guint i = 0; i < self->n_workers; i++) {
        tamis_folder_cache_clear(&self->workers[i].folders);
        if (self->workers[i].stage >= 0)
            close(self->workers[i].stage);
        g_byte_array_unref(self->workers[i].buffer);
    }
    tamis_index_writer_free(self->writer);
    /* Without the lock nothing here is ours to remove. */
    if (self->lock >= 0 && !self->stage_is_sealed)
        give_up(self);
    close_all(self);
    for (guint i = 0; i < self->n_slots; i++) {
        g_ptr_array_unref(self->slots[i].edited);
        g_string_free(self->slots[i].paths, TRUE);
    }
    g_clear_pointer(&self->all_edited, g_ptr_array_unref);
    tamis_index_free(self->index);
    g_free(self->slots);
    g_free(self->workers);
    g_free(self->seen);
    g_free(self->scripts);
    g_free(self->fresh_path);
    g_free(self->path);
    g_free(self);
}

static const TamisOutputClass DIRECTORY_CLASS = {
    .begin = directory_begin,
    .put = tamis_directory_put,
    .hand_on = directory_hand_on,
    .commit = tamis_directory_commit,
    .free = directory_free,
};

TamisOutput *
tamis_output_directory_new(const char *path, TamisLayout *layout, GError **error)
{
    TamisDirectory *self = g_new0(TamisDirectory, 1);
    g_autoptr(TamisOutput) output = &self->base;
    gsize length = strlen(path);
    Opening opening = TRY_AGAIN;

    output->class = &DIRECTORY_CLASS;
    output->layout = layout;
    self->root = self->private_folder = self->lock = self->stage = -1;
    while (length > 1 && path[length - 1] == '/')
        length--;
    self->path = g_strndup(path, length);
    for (guint i = 0; i < MAX_ATTEMPTS && opening == TRY_AGAIN; i++) {
        close_all(self);
        opening = open_directory(self, error);
    }
    if (opening == OPENED)
        return g_steal_pointer(&output);
    if (opening == TRY_AGAIN)
        g_set_error(error, TAMIS_OUTPUT_ERROR, TAMIS_OUTPUT_ERROR_BUSY,
                    "another run is writing to '%s': wait until it has ended", self->path);
    return NULL;
}
