/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A temporary file in the same folder, brought to the disk before it takes the name. */
#include "base/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static gboolean
fail(GError **error, const char *path, int error_number)
{
    g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(error_number), "cannot write '%s': %s",
                path, g_strerror(error_number));
    return FALSE;
}

gboolean
tamis_write_all(int fd, const char *text, gsize length_bytes)
{
    while (length_bytes > 0) {
        gssize n = write(fd, text, length_bytes);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return FALSE;
        text += n;
        length_bytes -= (gsize)n;
    }
    return TRUE;
}

/* Contents, owner and mode; the mode last, since a change of owner takes bits of it. A new file (old NULL)
 * keeps those it was opened with. */
static gboolean
fill(int fd, const struct stat *old, const char *text, gsize length)
{
    if (!tamis_write_all(fd, text, length))
        return FALSE;
    if (old == NULL)
        return fsync(fd) == 0;
    if ((old->st_uid != geteuid() || old->st_gid != getegid()) &&
        fchown(fd, old->st_uid, old->st_gid) != 0 && fchown(fd, (uid_t)-1, old->st_gid) != 0)
        errno = 0; /* then it is the caller's, as with an editor */
    return fchmod(fd, old->st_mode & 07777) == 0 && fsync(fd) == 0;
}

/* A device or a pipe: there is nothing to keep. */
static gboolean
write_through(const char *path, const char *text, gsize length, GError **error)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    int error_number = 0;

    if (fd < 0)
        return fail(error, path, errno);
    if (!tamis_write_all(fd, text, length))
        error_number = errno;
    if (close(fd) != 0 && error_number == 0)
        error_number = errno;
    return error_number == 0 || fail(error, path, error_number);
}

/* What a file held when it was read. */
typedef struct {
    const char *text;
    gsize length;
} Before;

static gboolean
fail_changed(GError **error, const char *path)
{
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_AGAIN,
                "cannot write '%s': it has changed since it was read", path);
    return FALSE;
}

/* What was read from a pipe is not there any more, and nobody may be there to read. */
static gboolean
fail_other(GError **error, const char *path)
{
    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
                "cannot write '%s': it is no regular file", path);
    return FALSE;
}

static gboolean
is_same_file(const struct stat *one, const struct stat *other)
{
    return one->st_dev == other->st_dev && one->st_ino == other->st_ino &&
           one->st_size == other->st_size && one->st_mtim.tv_sec == other->st_mtim.tv_sec &&
           one->st_mtim.tv_nsec == other->st_mtim.tv_nsec;
}

static gboolean
holds(int fd, const Before *before)
{
    char buffer[16384];
    gsize at = 0;

    for (;;) {
        gssize n = read(fd, buffer, sizeof buffer);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n == 0 && at == before->length;
        if ((gsize)n > before->length - at || memcmp(buffer, before->text + at, (gsize)n) != 0)
            return FALSE;
        at += (gsize)n;
    }
}

/* Asked as late as can be: a writer between this and the renaming is not seen. old: what the file was when its
 * replacement began. */
static gboolean
is_unchanged(const char *target, const struct stat *old, const Before *before)
{
    struct stat now;
    int fd = open(target, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

    if (fd < 0)
        return FALSE;
    gboolean is_held = holds(fd, before);
    close(fd);
    return is_held && stat(target, &now) == 0 && is_same_file(&now, old);
}

/* old: NULL for a new file; before: NULL where it does not matter what the file holds. */
static gboolean
replace(const char *path, const char *target, const struct stat *old, const Before *before,
        const char *text, gsize length, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(target);
    g_autofree char *fresh = g_build_filename(folder, ".tamis-XXXXXX", NULL);
    int fd = g_mkstemp_full(fresh, O_RDWR | O_CLOEXEC, old != NULL ? 0600 : 0666);
    gboolean is_filled;
    int error_number;

    if (fd < 0)
        return fail(error, path, errno);
    is_filled = fill(fd, old, text, length);
    error_number = errno;
    if (close(fd) != 0 && is_filled) {
        is_filled = FALSE;
        error_number = errno;
    }
    if (is_filled && before != NULL && !is_unchanged(target, old, before)) {
        g_unlink(fresh);
        return fail_changed(error, path);
    }
    if (is_filled && g_rename(fresh, target) == 0)
        return TRUE;
    if (is_filled)
        error_number = errno;
    g_unlink(fresh);
    return fail(error, path, error_number);
}

static gboolean
replace_any(const char *path, const Before *before, const char *text, gsize length, GError **error)
{
    char *real = realpath(path, NULL);
    g_autofree char *target = g_strdup(real);
    struct stat old;

    free(real);
    if (target == NULL)
        return errno == ENOENT && before == NULL
                   ? replace(path, path, NULL, NULL, text, length, error)
                   : fail(error, path, errno);
    if (stat(target, &old) != 0)
        return fail(error, path, errno);
    if (S_ISDIR(old.st_mode))
        return fail(error, path, EISDIR);
    if (!S_ISREG(old.st_mode) && before != NULL)
        return fail_other(error, path);
    if (before != NULL && faccessat(AT_FDCWD, target, W_OK, AT_EACCESS) != 0)
        return fail(error, path,
                    errno); /* to take a name in a folder is no leave to change the file */
    if (!S_ISREG(old.st_mode))
        return write_through(target, text, length, error);
    return replace(path, target, &old, before, text, length, error);
}

gboolean
tamis_replace_file(const char *path, const char *text, gsize length_bytes, GError **error)
{
    return replace_any(path, NULL, text, length_bytes, error);
}

gboolean
tamis_replace_text_of_file(const char *path, const char *old_text, gsize old_length_bytes,
                           const char *text, gsize length_bytes, GError **error)
{
    const Before before = {old_text, old_length_bytes};

    return replace_any(path, &before, text, length_bytes, error);
}
