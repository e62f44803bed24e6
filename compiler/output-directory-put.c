/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One script into a folder: whether it is there already, whether what is there may be replaced, and
 * if so its new text into the stage. */
#include "compiler/output-directory.h"

#include "compiler/output-journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A file above this is not looked into: it is no script of ours. */
#define MAX_COMPARED_BYTES (64 << 20)

/* What stands where a script belongs. */
typedef struct {
    gboolean exists;
    gboolean is_same; /* the very text */
    struct stat status;
    guint8
        sha256[SHA256_DIGEST_SIZE]; /* when it is not the same; of nothing when it was not read */
} Found;

void
tamis_directory_staged_path(const TamisDirectory *self, guint32 mailbox, char *buffer)
{
    g_snprintf(buffer, TAMIS_STAGED_PATH_BYTES, "%u/%u", self->scripts[mailbox].worker, mailbox);
}

gboolean
tamis_directory_fail(const TamisDirectory *self, const char *verb, const char *below,
                     GError **error)
{
    int code = errno;
    g_autofree char *path =
        below != NULL ? g_build_filename(self->path, below, NULL) : g_strdup(self->path);

    errno = code;
    return tamis_folder_fail(error, verb, path);
}

/* Into the worker's buffer. FALSE with errno. */
static gboolean
read_file(TamisDirectoryWorker *worker, int folder, const char *name, struct stat *status)
{
    int fd = tamis_folder_open_file(folder, name, status);
    GByteArray *buffer = worker->buffer;
    gsize length = 0;

    if (fd < 0)
        return FALSE;
    g_byte_array_set_size(buffer, (guint)status->st_size);
    while (length < buffer->len) {
        ssize_t n = read(fd, buffer->data + length, buffer->len - length);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        length += (gsize)n;
    }
    close(fd);
    g_byte_array_set_size(buffer, (guint)length);
    return TRUE;
}

/* found->status is what stat said. FALSE with errno. */
static gboolean
compare(TamisDirectoryWorker *worker, int folder, const char *name, const TamisScript *script,
        Found *found)
{
    struct sha256_ctx sha256;

    if (!S_ISREG(found->status.st_mode) || found->status.st_size > MAX_COMPARED_BYTES)
        return TRUE;
    if (!read_file(worker, folder, name, &found->status))
        return FALSE;
    found->is_same = worker->buffer->len == script->length_bytes &&
                     memcmp(worker->buffer->data, script->text, script->length_bytes) == 0;
    if (!found->is_same) {
        sha256_init(&sha256);
        sha256_update(&sha256, worker->buffer->len, worker->buffer->data);
        sha256_digest(&sha256, sizeof found->sha256, found->sha256);
    }
    return TRUE;
}

static gboolean
create_fresh(TamisDirectory *self, TamisDirectoryWorker *worker, guint slot,
             const TamisScript *script, GError **error)
{
    TamisScriptRecord *record = &self->scripts[script->mailbox];
    const char *name;
    int folder = tamis_folder_cache_get(&worker->folders, script->file, TRUE, &name);

    if (folder < 0 || !tamis_folder_create(folder, name, script->text, script->length_bytes))
        return tamis_directory_fail(self, "write", script->file, error);
    record->stamp = (TamisFileStamp){0, TAMIS_CHANGED_BY_RUN, script->length_bytes};
    record->state = TAMIS_SCRIPT_CREATED;
    g_string_append_len(self->slots[slot].paths, script->file, (gssize)strlen(script->file) + 1);
    return TRUE;
}

/* As far as we may: what an administrator gave to the mail user stays the mail user's. */
static void
take_over_owner(int stage, const char *name, const struct stat *replaced)
{
    struct stat status;

    if (fstatat(stage, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return;
    if (status.st_uid != replaced->st_uid || status.st_gid != replaced->st_gid) {
        if (fchownat(stage, name, replaced->st_uid, replaced->st_gid, AT_SYMLINK_NOFOLLOW) != 0)
            return;
    }
    if ((status.st_mode & 0666) != (replaced->st_mode & 0666))
        fchmodat(stage, name, replaced->st_mode & 0666, 0);
}

/* replaced: the file that it will replace, or NULL. */
static gboolean
stage(TamisDirectory *self, guint worker_number, const TamisScript *script,
      const struct stat *replaced, GError **error)
{
    TamisScriptRecord *record = &self->scripts[script->mailbox];
    TamisDirectoryWorker *worker = &self->workers[worker_number];
    char path[TAMIS_STAGED_PATH_BYTES];
    const char *name;

    record->worker = (guint16)worker_number;
    record->state = replaced != NULL ? TAMIS_SCRIPT_UPDATED : TAMIS_SCRIPT_CREATED;
    tamis_directory_staged_path(self, script->mailbox, path);
    name = strchr(path, '/') + 1;
    if (worker->stage < 0)
        worker->stage = tamis_folder_open(self->stage, path, (gsize)(name - path) - 1, TRUE);
    if (worker->stage < 0 ||
        !tamis_folder_create(worker->stage, name, script->text, script->length_bytes))
        return tamis_directory_fail(self, "write", script->file, error);
    if (replaced != NULL && S_ISREG(replaced->st_mode))
        take_over_owner(worker->stage, name, replaced);
    return TRUE;
}

/* There is one of ours, or was. */
static gboolean
put_known(TamisDirectory *self, guint worker, guint slot, guint32 entry, Found *found,
          const TamisScript *script, GError **error)
{
    TamisScriptRecord *record = &self->scripts[script->mailbox];

    if (!found->exists)
        return stage(self, worker, script, NULL, error);
    if (found->is_same) {
        record->state = TAMIS_SCRIPT_UNCHANGED;
        record->stamp = tamis_file_stamp(&found->status);
        record->is_restamped = TRUE;
        return TRUE;
    }
    if (S_ISDIR(found->status.st_mode)) {
        errno = EISDIR;
        return tamis_directory_fail(self, "write", script->file, error);
    }
    if (memcmp(found->sha256, tamis_index_get_sha256(self->index, entry), sizeof found->sha256) !=
        0)
        g_ptr_array_add(self->slots[slot].edited, g_strdup(script->file));
    return stage(self, worker, script, &found->status, error);
}

/* There is none of ours. What is there by chance as it would be made is taken over. */
static gboolean
put_unknown(TamisDirectory *self, guint worker, const Found *found, const TamisScript *script,
            GError **error)
{
    TamisScriptRecord *record = &self->scripts[script->mailbox];
    g_autofree char *path = NULL;

    if (!found->exists)
        return stage(self, worker, script, NULL, error);
    if (found->is_same) {
        record->state = TAMIS_SCRIPT_UNCHANGED;
        record->stamp = tamis_file_stamp(&found->status);
        record->is_restamped = TRUE;
        return TRUE;
    }
    path = g_build_filename(self->path, script->file, NULL);
    g_set_error(error, TAMIS_OUTPUT_ERROR, TAMIS_OUTPUT_ERROR_FOREIGN,
                "'%s' is there already and was not written by tamis: move it away, or choose "
                "another folder",
                path);
    return FALSE;
}

/* Whether it is known, without reading it, to be what it should be. */
static gboolean
is_known_same(const TamisDirectory *self, guint32 entry, const struct stat *status,
              const TamisScript *script)
{
    return S_ISREG(status->st_mode) &&
           tamis_index_knows(self->index, entry, tamis_file_stamp(status)) &&
           memcmp(tamis_index_get_sha256(self->index, entry), script->sha256,
                  sizeof script->sha256) == 0;
}

gboolean
tamis_directory_put(TamisOutput *output, guint worker, guint slot, const TamisScript *script,
                    GError **error)
{
    TamisDirectory *self = (TamisDirectory *)output;
    TamisScriptRecord *record = &self->scripts[script->mailbox];
    TamisDirectoryWorker *own = &self->workers[worker];
    Found found = {0};
    guint32 entry;
    const char *name;
    int folder;

    memcpy(record->sha256, script->sha256, sizeof record->sha256);
    if (self->fresh_path != NULL)
        return create_fresh(self, own, slot, script, error);
    folder = tamis_folder_cache_get(&own->folders, script->file, FALSE, &name);
    found.exists = folder >= 0 && fstatat(folder, name, &found.status, AT_SYMLINK_NOFOLLOW) == 0;
    if (!found.exists && errno != ENOENT)
        return tamis_directory_fail(self, "read", script->file, error);
    entry = tamis_index_find(self->index, script->file, script->mailbox);
    if (entry != G_MAXUINT32) {
        self->seen[entry] = TRUE;
        if (found.exists && is_known_same(self, entry, &found.status, script)) {
            record->state = TAMIS_SCRIPT_UNCHANGED;
            record->stamp = tamis_file_stamp(&found.status);
            return TRUE;
        }
    }
    if (found.exists && !compare(own, folder, name, script, &found))
        return tamis_directory_fail(self, "read", script->file, error);
    return entry != G_MAXUINT32 ? put_known(self, worker, slot, entry, &found, script, error)
                                : put_unknown(self, worker, &found, script, error);
}
