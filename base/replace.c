/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A temporary file in the same folder, brought to the disk before it takes the name. */
#include "base/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
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

/* old: NULL for a new file. */
static gboolean
replace(const char *path, const char *target, const struct stat *old, const char *text,
        gsize length, GError **error)
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
    if (is_filled && g_rename(fresh, target) == 0)
        return TRUE;
    if (is_filled)
        error_number = errno;
    g_unlink(fresh);
    return fail(error, path, error_number);
}

gboolean
tamis_replace_file(const char *path, const char *text, gsize length_bytes, GError **error)
{
    char *real = realpath(path, NULL);
    g_autofree char *target = g_strdup(real);
    struct stat old;

    free(real);
    if (target == NULL)
        return errno == ENOENT ? replace(path, path, NULL, text, length_bytes, error)
                               : fail(error, path, errno);
    if (stat(target, &old) != 0)
        return fail(error, path, errno);
    if (S_ISDIR(old.st_mode))
        return fail(error, path, EISDIR);
    if (!S_ISREG(old.st_mode))
        return write_through(target, text, length_bytes, error);
    return replace(path, target, &old, text, length_bytes, error);
}
