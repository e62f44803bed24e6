/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Every step is relative to a descriptor and O_NOFOLLOW. */
#include "compiler/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#define MAX_TREE_DEPTH 64

gboolean
tamis_folder_fail(GError **error, const char *verb, const char *name)
{
    int code = errno;
    const char *reason = code == ELOOP   ? "it is a symbolic link"
                         : code == EXDEV ? "it is on another file system"
                                         : g_strerror(code);

    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(code), "cannot %s '%s': %s", verb, name,
                reason);
    return FALSE;
}

gboolean
tamis_folder_create(int folder, const char *name, const char *text, gsize length_bytes)
{
    int fd = openat(folder, name, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0666);
    gboolean went_well;
    int code;

    if (fd < 0)
        return FALSE;
    went_well = tamis_write_all(fd, text, length_bytes);
    code = errno;
    /* A file system may say only now that there is no room (NFS, quotas). */
    if (close(fd) != 0 && went_well && errno != EINTR) {
        code = errno;
        went_well = FALSE;
    }
    if (went_well)
        return TRUE;
    unlinkat(folder, name, 0);
    errno = code;
    return FALSE;
}

static int
open_below(int folder, const char *name, dev_t device, gboolean make)
{
    int fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct stat status;

    if (fd < 0 && errno == ENOENT && make) {
        if (mkdirat(folder, name, 0777) != 0 && errno != EEXIST)
            return -1;
        fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    }
    if (fd < 0)
        return -1;
    if (fstat(fd, &status) == 0 && status.st_dev == device)
        return fd;
    close(fd);
    errno = EXDEV;
    return -1;
}

int
tamis_folder_open(int folder, const char *path, gsize length_bytes, gboolean make)
{
    const char *end = path + length_bytes;
    struct stat status;
    int at = fcntl(folder, F_DUPFD_CLOEXEC, 0);

    if (at < 0 || fstat(at, &status) != 0)
        return -1;
    while (path < end) {
        const char *slash = memchr(path, '/', (gsize)(end - path));
        gsize length = (gsize)((slash != NULL ? slash : end) - path);
        char name[NAME_MAX + 1];
        int next;
        int code;

        if (length > NAME_MAX) {
            close(at);
            errno = ENAMETOOLONG;
            return -1;
        }
        memcpy(name, path, length);
        name[length] = '\0';
        next = open_below(at, name, status.st_dev, make);
        code = errno;
        close(at);
        errno = code;
        if (next < 0)
            return -1;
        at = next;
        path += length + (slash != NULL);
    }
    return at;
}

int
tamis_folder_open_file(int folder, const char *name, struct stat *out_status)
{
    /* Not to hang on a pipe that someone put there. */
    int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

    if (fd < 0)
        return -1;
    if (fstat(fd, out_status) == 0 && S_ISREG(out_status->st_mode))
        return fd;
    close(fd);
    errno = EINVAL;
    return -1;
}

char *
tamis_folder_read(int folder, const char *name, guint64 max_bytes, struct stat *out_status,
                  gsize *out_length)
{
    int fd = tamis_folder_open_file(folder, name, out_status);
    g_autofree char *text = NULL;
    gsize length = 0;
    gsize room;

    if (fd < 0)
        return NULL;
    if ((guint64)out_status->st_size > max_bytes) {
        close(fd);
        errno = EFBIG;
        return NULL;
    }
    room = (gsize)out_status->st_size;
    text = g_malloc(room + 1);
    while (length < room) {
        ssize_t n = read(fd, text + length, room - length);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            int code = errno;

            close(fd);
            errno = code;
            return NULL;
        }
        if (n == 0)
            break;
        length += (gsize)n;
    }
    close(fd);
    text[length] = '\0';
    *out_length = length;
    return g_steal_pointer(&text);
}

static gboolean
clear_folder(int fd, const char *kept, guint depth)
{
    int own = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *stream = own >= 0 ? fdopendir(own) : NULL;
    gboolean went_well = stream != NULL;
    const struct dirent *entry;

    while (went_well && (entry = readdir(stream)) != NULL) {
        const char *name = entry->d_name;
        int below;

        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || g_strcmp0(name, kept) == 0)
            continue;
        if (unlinkat(fd, name, 0) == 0 || errno == ENOENT)
            continue;
        /* POSIX says EPERM for a folder, Linux EISDIR. */
        went_well = (errno == EISDIR || errno == EPERM) && depth < MAX_TREE_DEPTH;
        if (!went_well)
            break;
        below = openat(fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        went_well = below >= 0 && clear_folder(below, NULL, depth + 1) &&
                    unlinkat(fd, name, AT_REMOVEDIR) == 0;
        if (below >= 0)
            close(below);
    }
    if (stream != NULL)
        closedir(stream);
    return went_well;
}

gboolean
tamis_folder_clear(int folder, const char *kept)
{
    return clear_folder(folder, kept, 0);
}

gboolean
tamis_folder_remove_tree(int folder, const char *name)
{
    int fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    gboolean went_well;

    if (fd < 0)
        return errno == ENOENT;
    went_well = clear_folder(fd, NULL, 0) && unlinkat(folder, name, AT_REMOVEDIR) == 0;
    close(fd);
    return went_well;
}

void
tamis_folder_cache_init(TamisFolderCache *cache, int root)
{
    *cache = (TamisFolderCache){root, -1, g_string_new(NULL)};
}

void
tamis_folder_cache_clear(TamisFolderCache *cache)
{
    if (cache->folder >= 0)
        close(cache->folder);
    cache->folder = -1;
    if (cache->path != NULL)
        g_string_free(cache->path, TRUE);
    cache->path = NULL;
}

int
tamis_folder_cache_get(TamisFolderCache *cache, const char *path, gboolean make,
                       const char **out_name)
{
    const char *slash = strrchr(path, '/');
    gsize length = slash != NULL ? (gsize)(slash - path) : 0;

    *out_name = slash != NULL ? slash + 1 : path;
    if (slash == NULL)
        return cache->root;
    if (cache->folder >= 0 && cache->path->len == length &&
        memcmp(cache->path->str, path, length) == 0)
        return cache->folder;
    if (cache->folder >= 0)
        close(cache->folder);
    cache->folder = tamis_folder_open(cache->root, path, length, make);
    g_string_truncate(cache->path, 0);
    g_string_append_len(cache->path, path, (gssize)length);
    return cache->folder;
}
