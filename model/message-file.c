/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Messages from files. Small ones are read, which costs a third of mapping them; large ones are mapped, so that
 * their bodies are not copied. */
#include "model/message.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where mapping becomes the cheaper. */
#define MAX_READ_BYTES (64 * 1024)

/* All of it; NULL: it is not as long as that. */
static GBytes *
read_bytes(int fd, gsize length)
{
    g_autofree char *text = g_malloc(length + 1);
    gsize at = 0;

    while (at <= length) {
        gssize n = read(fd, text + at, length + 1 - at);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        at += (gsize)n;
    }
    return at == length ? g_bytes_new_take(g_steal_pointer(&text), length) : NULL;
}

/* NULL: it is large, or something else than a file that can be read; mapping it tells what. */
static GBytes *
read_small(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat status;
    GBytes *bytes = NULL;

    if (fd < 0)
        return NULL;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size <= MAX_READ_BYTES)
        bytes = read_bytes(fd, (gsize)status.st_size);
    close(fd);
    return bytes;
}

static GBytes *
map(const char *path, GError **error)
{
    g_autoptr(GMappedFile) file = NULL;
    struct stat status;

    if (stat(path, &status) != 0 || access(path, R_OK) != 0) {
        int code = errno;

        g_set_error_literal(error, G_FILE_ERROR, g_file_error_from_errno(code), g_strerror(code));
        return NULL;
    }
    if (!S_ISREG(status.st_mode)) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "it is no regular file");
        return NULL;
    }
    file = g_mapped_file_new(path, FALSE, error);
    if (file == NULL)
        return NULL;
    if (g_mapped_file_get_length(file) > TAMIS_MESSAGE_MAX_BYTES) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE, "it is larger than %u MiB",
                    TAMIS_MESSAGE_MAX_BYTES >> 20);
        return NULL;
    }
    return g_mapped_file_get_bytes(file);
}

GBytes *
tamis_message_read_file(const char *path, GError **error)
{
    GBytes *bytes = read_small(path);

    return bytes != NULL ? bytes : map(path, error);
}

TamisMessage *
tamis_message_new_from_file(const char *path, GError **error)
{
    g_autoptr(GBytes) bytes = tamis_message_read_file(path, error);

    return bytes != NULL ? tamis_message_new_from_outside(bytes, error) : NULL;
}
