/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Secrets in memory. */
#include "deploy/secret.h"

#include "deploy/error.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

struct TamisSecret {
    gsize length;
    char text[];
};

TamisSecret *
tamis_secret_new(const char *text, gsize length_bytes)
{
    if (length_bytes == 0 || length_bytes > TAMIS_SECRET_MAX_BYTES ||
        memchr(text, '\0', length_bytes) != NULL)
        return NULL;
    TamisSecret *secret = g_malloc(sizeof *secret + length_bytes + 1);

    secret->length = length_bytes;
    memcpy(secret->text, text, length_bytes);
    secret->text[length_bytes] = '\0';
    return secret;
}

/* At most n_bytes; -1 with errno. */
static gssize
read_start(const char *path, char *buffer, gsize n_bytes)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    gsize n_read = 0;

    if (fd < 0)
        return -1;
    while (n_read < n_bytes) {
        gssize n = read(fd, buffer + n_read, n_bytes - n_read);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            int saved = errno;
            close(fd);
            errno = saved;
            return -1;
        }
        if (n == 0)
            break;
        n_read += (gsize)n;
    }
    close(fd);
    return (gssize)n_read;
}

TamisSecret *
tamis_secret_load(const char *path, GError **error)
{
    g_autofree char *buffer = g_malloc(TAMIS_SECRET_MAX_BYTES + 1);
    gssize n = read_start(path, buffer, TAMIS_SECRET_MAX_BYTES + 1);
    TamisSecret *secret;
    gsize length;

    if (n < 0) {
        int code = errno;
        g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(code),
                    "cannot read the password in '%s': %s", path, g_strerror(code));
        return NULL;
    }
    for (length = 0; length < (gsize)n && buffer[length] != '\n'; length++)
        ;
    if (length > 0 && buffer[length - 1] == '\r')
        length--;
    secret = tamis_secret_new(buffer, length);
    tamis_wipe(buffer, (gsize)n);
    if (secret == NULL)
        g_set_error(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_INVALID,
                    "the first line of '%s' is no password", path);
    return secret;
}

void
tamis_secret_free(TamisSecret *secret)
{
    if (secret == NULL)
        return;
    tamis_wipe(secret->text, secret->length);
    g_free(secret);
}

const char *
tamis_secret_reveal(const TamisSecret *secret)
{
    return secret->text;
}

void
tamis_wipe(char *text, gsize length_bytes)
{
    explicit_bzero(text, length_bytes);
}

void
tamis_wipe_string(GString *string)
{
    if (string == NULL)
        return;
    tamis_wipe(string->str, string->allocated_len);
    g_string_free(string, TRUE);
}
