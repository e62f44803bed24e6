/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A file a place, locked by the kernel: no crash leaves a lock behind. */
#include "deploy/lock.h"

#include "base/display.h"
#include "deploy/error.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define MAX_NOTE_BYTES 512

struct TamisLock {
    int fd;
};

static void
fail(const char *path, GError **error)
{
    int code = errno;

    g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(code), "cannot lock '%s': %s", path,
                g_strerror(code));
}

static void
fail_taken(int fd, const char *url, GError **error)
{
    char note[MAX_NOTE_BYTES + 1];
    gssize n = pread(fd, note, MAX_NOTE_BYTES, 0);
    g_autofree char *who = NULL;

    note[MAX(n, 0)] = '\0';
    note[strcspn(note, "\n")] = '\0';
    who = tamis_display_dup(n > 0 ? note : "someone");
    g_set_error(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_LOCKED,
                "another deployment to '%s' is at work: %s", url, who);
}

static gboolean
write_note(int fd, const char *who)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *since = g_date_time_format(now, "%Y-%m-%d %H:%M:%SZ");
    g_autofree char *note =
        g_strdup_printf("%s, process %d, since %s\n", who, (int)getpid(), since);

    return ftruncate(fd, 0) == 0 && pwrite(fd, note, strlen(note), 0) == (gssize)strlen(note);
}

TamisLock *
tamis_lock_take(const char *folder, const char *url, const char *who, GError **error)
{
    g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, url, -1);
    g_autofree char *name = g_strdup_printf("%.16s.lock", hash);
    g_autofree char *path = g_build_filename(folder, name, NULL);
    TamisLock *lock;
    int fd;

    if (g_mkdir_with_parents(folder, 0700) != 0) {
        fail(folder, error);
        return NULL;
    }
    fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        fail(path, error);
        return NULL;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK)
            fail_taken(fd, url, error);
        else
            fail(path, error);
        close(fd);
        return NULL;
    }
    if (!write_note(fd, who)) {
        fail(path, error);
        close(fd);
        return NULL;
    }
    lock = g_new(TamisLock, 1);
    lock->fd = fd;
    return lock;
}

void
tamis_lock_free(TamisLock *lock)
{
    if (lock == NULL)
        return;
    close(lock->fd);
    g_free(lock);
}
