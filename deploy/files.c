/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Files of users. */
#include "deploy/files.h"

#include "base/display.h"
#include "base/replace.h"
#include "deploy/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEMPORARY ".tamis-new"

static mode_t
folder_mode(mode_t mode)
{
    return mode | (mode & 0444) >> 2;
}

/* Who owns what is made in an open folder. */
static TamisFileOwner
owner_in(int folder, const TamisFileOwner *wanted)
{
    TamisFileOwner owner = *wanted;
    struct stat status;

    if (owner.uid != (uid_t)-1 || fstat(folder, &status) != 0)
        return owner;
    owner.uid = status.st_uid;
    owner.gid = status.st_gid;
    return owner;
}

/* Who is not root keeps what is made, unless an owner was asked for. */
static gboolean
give(int fd, const TamisFileOwner *owner, const TamisFileOwner *wanted)
{
    struct stat status;

    if (fstat(fd, &status) != 0)
        return FALSE;
    if ((status.st_uid == owner->uid && status.st_gid == owner->gid) ||
        (geteuid() != 0 && wanted->uid == (uid_t)-1))
        return TRUE;
    return fchown(fd, owner->uid, owner->gid) == 0;
}

static int
make_folder(int folder, const char *name, const TamisFileOwner *wanted)
{
    TamisFileOwner owner = owner_in(folder, wanted);
    int fd, code;

    if (mkdirat(folder, name, 0700) != 0 && errno != EEXIST)
        return -1;
    fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return -1;
    if (give(fd, &owner, wanted) && fchmod(fd, folder_mode(owner.mode | 0700)) == 0)
        return fd;
    code = errno;
    close(fd);
    errno = code;
    return -1;
}

int
tamis_files_open_home(const char *path, const TamisFileOwner *owner)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), above, code;
    g_autofree char *parent = NULL, *name = NULL;

    if (fd >= 0 || errno != ENOENT)
        return fd;
    parent = g_path_get_dirname(path);
    name = g_path_get_basename(path);
    if (g_str_equal(parent, path))
        return -1;
    above = tamis_files_open_home(parent, owner);
    if (above < 0)
        return -1;
    fd = make_folder(above, name, owner);
    code = errno;
    close(above);
    errno = code;
    return fd;
}

int
tamis_files_open_below(int folder, const char *name, const TamisFileOwner *owner, gboolean make)
{
    int fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    return fd < 0 && errno == ENOENT && make ? make_folder(folder, name, owner) : fd;
}

static gboolean
read_all(int fd, GString *out, gsize max_bytes)
{
    char block[16384];
    gssize n;

    while ((n = read(fd, block, sizeof block)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return FALSE;
        if (out->len + (gsize)n > max_bytes) {
            errno = EFBIG;
            return FALSE;
        }
        g_string_append_len(out, block, n);
    }
    return TRUE;
}

GString *
tamis_files_read(int folder, const char *name, gsize max_bytes)
{
    int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    g_autoptr(GString) out = g_string_new(NULL);
    struct stat status;
    gboolean went_well;
    int code;

    if (fd < 0)
        return NULL;
    went_well = fstat(fd, &status) == 0;
    if (went_well && !S_ISREG(status.st_mode)) {
        errno = EINVAL;
        went_well = FALSE;
    }
    went_well = went_well && read_all(fd, out, max_bytes);
    code = errno;
    close(fd);
    errno = code;
    return went_well ? g_steal_pointer(&out) : NULL;
}

gboolean
tamis_files_write(int folder, const char *name, const char *text, gsize length_bytes,
                  const TamisFileOwner *wanted)
{
    TamisFileOwner owner = owner_in(folder, wanted);
    g_autofree char *temporary = g_strdup_printf("%s-%08x", TEMPORARY, g_random_int());
    int fd = openat(folder, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    gboolean went_well;
    int code;

    if (fd < 0)
        return FALSE;
    went_well = tamis_write_all(fd, text, length_bytes) && give(fd, &owner, wanted) &&
                fchmod(fd, owner.mode) == 0 && fsync(fd) == 0;
    code = errno;
    close(fd);
    if (went_well && renameat(folder, temporary, folder, name) == 0)
        return TRUE;
    if (went_well)
        code = errno;
    unlinkat(folder, temporary, 0);
    errno = code;
    return FALSE;
}

gboolean
tamis_files_link(int folder, const char *name, const char *target, const TamisFileOwner *wanted)
{
    TamisFileOwner owner = owner_in(folder, wanted);
    g_autofree char *temporary = g_strdup_printf("%s-%08x", TEMPORARY, g_random_int());
    int code;

    if (symlinkat(target, folder, temporary) != 0)
        return FALSE;
    if ((geteuid() != 0 ||
         fchownat(folder, temporary, owner.uid, owner.gid, AT_SYMLINK_NOFOLLOW) == 0) &&
        renameat(folder, temporary, folder, name) == 0)
        return fsync(folder) == 0;
    code = errno;
    unlinkat(folder, temporary, 0);
    errno = code;
    return FALSE;
}

gboolean
tamis_files_fail(GError **error, const char *verb, const char *name)
{
    int code = errno;
    g_autofree char *shown = tamis_display_dup(name);

    g_set_error(error, TAMIS_DEPLOY_ERROR,
                code == ENOSPC || code == EDQUOT ? TAMIS_DEPLOY_ERROR_QUOTA
                : code == ENOENT                 ? TAMIS_DEPLOY_ERROR_MISSING
                                                 : TAMIS_DEPLOY_ERROR_REFUSED,
                "cannot %s '%s': %s", verb, shown, g_strerror(code));
    return FALSE;
}
