/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A record is text, a line a step, so that an administrator can read it; its last line has the
 * SHA-256 of those before. Every step can be done twice. */
#include "compiler/output-journal.h"

#include "compiler/folder.h"
#include "compiler/layout.h"

#include <errno.h>
#include <fcntl.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define RECORD_NAME      "commit"
#define NEW_RECORD_NAME  RECORD_NAME ".new"
#define FIRST_LINE       "tamis commit 1\n"
#define MAX_RECORD_BYTES (G_GUINT64_CONSTANT(2) << 30)
#define BUFFER_BYTES     ((gsize)64 * 1024)

struct TamisJournal {
    int private_folder;
    int fd; /* -1: sealed */
    GString *buffer;
    struct sha256_ctx sha256;
    int code; /* errno of the first failure; 0: none */
};

/* Writing ---------------------------------------------------------------------------------------
 */

static void
flush(TamisJournal *journal)
{
    sha256_update(&journal->sha256, journal->buffer->len, (const guint8 *)journal->buffer->str);
    if (journal->code == 0 &&
        !tamis_write_all(journal->fd, journal->buffer->str, journal->buffer->len))
        journal->code = errno;
    g_string_truncate(journal->buffer, 0);
}

static void
add_line(TamisJournal *journal, const char *word, const char *first, const char *second)
{
    g_string_append(journal->buffer, word);
    if (first != NULL) {
        g_string_append_c(journal->buffer, ' ');
        g_string_append(journal->buffer, first);
    }
    if (second != NULL) {
        g_string_append_c(journal->buffer, ' ');
        g_string_append(journal->buffer, second);
    }
    g_string_append_c(journal->buffer, '\n');
    if (journal->buffer->len >= BUFFER_BYTES)
        flush(journal);
}

TamisJournal *
tamis_journal_new(int private_folder, GError **error)
{
    TamisJournal *journal;
    int fd = openat(private_folder, NEW_RECORD_NAME,
                    O_CREAT | O_TRUNC | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0600);

    if (fd < 0) {
        tamis_folder_fail(error, "write", TAMIS_PRIVATE_FOLDER "/" NEW_RECORD_NAME);
        return NULL;
    }
    journal = g_new0(TamisJournal, 1);
    journal->private_folder = private_folder;
    journal->fd = fd;
    journal->buffer = g_string_new(FIRST_LINE);
    sha256_init(&journal->sha256);
    return journal;
}

void
tamis_journal_free(TamisJournal *journal)
{
    if (journal == NULL)
        return;
    if (journal->fd >= 0) {
        close(journal->fd);
        unlinkat(journal->private_folder, NEW_RECORD_NAME, 0);
    }
    g_string_free(journal->buffer, TRUE);
    g_free(journal);
}

void
tamis_journal_add_put(TamisJournal *journal, const char *staged, const char *path, gboolean is_new)
{
    add_line(journal, is_new ? "new" : "put", staged, path);
}

void
tamis_journal_add_manifest(TamisJournal *journal)
{
    add_line(journal, "manifest", NULL, NULL);
}

void
tamis_journal_add_remove(TamisJournal *journal, const char *path)
{
    add_line(journal, "remove", path, NULL);
}

gboolean
tamis_journal_seal(TamisJournal *journal, int root, GError **error)
{
    guint8 sha256[SHA256_DIGEST_SIZE];

    flush(journal);
    sha256_digest(&journal->sha256, sizeof sha256, sha256);
    g_string_append(journal->buffer, "end ");
    for (gsize i = 0; i < sizeof sha256; i++)
        g_string_append_printf(journal->buffer, "%02x", sha256[i]);
    g_string_append_c(journal->buffer, '\n');
    flush(journal);
    errno = journal->code;
    /* One for all: what the record names has to be there when the record is. */
    if (errno != 0 || syncfs(root) != 0 || fsync(journal->fd) != 0 ||
        renameat(journal->private_folder, NEW_RECORD_NAME, journal->private_folder, RECORD_NAME) !=
            0 ||
        fsync(journal->private_folder) != 0)
        return tamis_folder_fail(error, "write", TAMIS_PRIVATE_FOLDER "/" RECORD_NAME);
    close(journal->fd);
    journal->fd = -1;
    return TRUE;
}

/* Applying --------------------------------------------------------------------------------------
 */

typedef struct {
    int root;
    int stage;
    const char *name;
    TamisFolderCache folders;
    GError **error;
} Applier;

static gboolean
fail(Applier *applier, const char *verb, const char *path)
{
    int code = errno;
    g_autofree char *full = g_build_filename(applier->name, path, NULL);

    errno = code;
    return tamis_folder_fail(applier->error, verb, full);
}

/* rename() that never replaces, also where the file system cannot say so. */
static int
rename_new(int stage, const char *staged, int folder, const char *name)
{
    if (renameat2(stage, staged, folder, name, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return -1;
    return linkat(stage, staged, folder, name, 0) == 0 ? unlinkat(stage, staged, 0) : -1;
}

static gboolean
put(Applier *applier, const char *staged, const char *path, gboolean is_new)
{
    const char *name;
    int folder = tamis_folder_cache_get(&applier->folders, path, TRUE, &name);
    int result;

    if (folder < 0)
        return fail(applier, "write", path);
    result = is_new ? rename_new(applier->stage, staged, folder, name)
                    : renameat(applier->stage, staged, folder, name);
    /* Not in the stage: it is in its place already. */
    return result == 0 || errno == ENOENT || fail(applier, "write", path);
}

/* The script, and the folders above that are empty without it. */
static gboolean
remove_script(Applier *applier, const char *path)
{
    g_autofree char *above = g_strdup(path);
    const char *name;
    int folder = tamis_folder_cache_get(&applier->folders, path, FALSE, &name);
    char *slash;

    if (folder < 0)
        return errno == ENOENT || fail(applier, "remove", path);
    if (unlinkat(folder, name, 0) != 0 && errno != ENOENT)
        return fail(applier, "remove", path);
    while ((slash = strrchr(above, '/')) != NULL) {
        int at;
        gboolean is_gone;

        *slash = '\0';
        slash = strrchr(above, '/');
        at = tamis_folder_open(applier->root, above, slash != NULL ? (gsize)(slash - above) : 0,
                               FALSE);
        is_gone = at >= 0 && unlinkat(at, slash != NULL ? slash + 1 : above, AT_REMOVEDIR) == 0;
        if (at >= 0)
            close(at);
        if (!is_gone)
            break;
    }
    return TRUE;
}

static gboolean
put_manifest(Applier *applier)
{
    return renameat(applier->stage, TAMIS_MANIFEST_NAME, applier->root, TAMIS_MANIFEST_NAME) == 0 ||
           errno == ENOENT || fail(applier, "write", TAMIS_MANIFEST_NAME);
}

static gboolean
is_safe(const char *path)
{
    return tamis_layout_is_safe_path(path, strlen(path));
}

static gboolean
apply_line(Applier *applier, char *line)
{
    char *first = strchr(line, ' ');
    char *second = NULL;

    if (strcmp(line, "manifest") == 0)
        return put_manifest(applier);
    if (first != NULL)
        *first++ = '\0';
    if (first != NULL && strcmp(line, "remove") == 0 && is_safe(first))
        return remove_script(applier, first);
    if (first != NULL)
        second = strchr(first, ' ');
    if (second != NULL)
        *second++ = '\0';
    if (second != NULL && is_safe(first) && is_safe(second)) {
        if (strcmp(line, "put") == 0)
            return put(applier, first, second, FALSE);
        if (strcmp(line, "new") == 0)
            return put(applier, first, second, TRUE);
    }
    errno = EBADMSG;
    return fail(applier, "read", TAMIS_PRIVATE_FOLDER "/" RECORD_NAME);
}

/* Where the last line begins, when it says that all before it is as it was written; else 0. */
static gsize
find_end(const char *text, gsize length)
{
    const gsize end_length = strlen("end \n") + 2 * SHA256_DIGEST_SIZE;
    g_autoptr(GString) expected = g_string_new("end ");
    struct sha256_ctx context;
    guint8 sha256[SHA256_DIGEST_SIZE];

    if (length < end_length + strlen(FIRST_LINE) ||
        memcmp(text, FIRST_LINE, strlen(FIRST_LINE)) != 0)
        return 0;
    sha256_init(&context);
    sha256_update(&context, length - end_length, (const guint8 *)text);
    sha256_digest(&context, sizeof sha256, sha256);
    for (gsize i = 0; i < sizeof sha256; i++)
        g_string_append_printf(expected, "%02x", sha256[i]);
    g_string_append_c(expected, '\n');
    return memcmp(text + length - end_length, expected->str, end_length) == 0 ? length - end_length
                                                                              : 0;
}

static gboolean
apply_record(Applier *applier, char *text, gsize end)
{
    char *line = text + strlen(FIRST_LINE);
    gboolean went_well = TRUE;

    text[end] = '\0';
    tamis_folder_cache_init(&applier->folders, applier->root);
    while (went_well && *line != '\0') {
        char *next = strchrnul(line, '\n');

        if (*next != '\0')
            *next++ = '\0';
        went_well = apply_line(applier, line);
        line = next;
    }
    tamis_folder_cache_clear(&applier->folders);
    return went_well;
}

gboolean
tamis_journal_apply(int root, int private_folder, const char *name, GError **error)
{
    Applier applier = {.root = root, .name = name, .error = error};
    struct stat status;
    gsize length = 0;
    g_autofree char *text =
        tamis_folder_read(private_folder, RECORD_NAME, MAX_RECORD_BYTES, &status, &length);
    gsize end = 0;
    gboolean went_well;

    if (text == NULL && errno != ENOENT)
        return fail(&applier, "read", TAMIS_PRIVATE_FOLDER "/" RECORD_NAME);
    /* A record has its name only when it is whole. One that is not was damaged later: nothing can
     * be said of what it asked, and every script will be looked at. */
    if (text != NULL)
        end = find_end(text, length);
    if (end > 0) {
        applier.stage =
            tamis_folder_open(private_folder, TAMIS_STAGE_NAME, strlen(TAMIS_STAGE_NAME), FALSE);
        if (applier.stage < 0)
            return fail(&applier, "read", TAMIS_PRIVATE_FOLDER "/" TAMIS_STAGE_NAME);
        went_well = apply_record(&applier, text, end);
        close(applier.stage);
        if (!went_well)
            return FALSE;
        /* Before it is forgotten, what was done must last. */
        if (fsync(root) != 0)
            return fail(&applier, "write", TAMIS_MANIFEST_NAME);
    }
    if (unlinkat(private_folder, RECORD_NAME, 0) != 0 && errno != ENOENT)
        return fail(&applier, "remove", TAMIS_PRIVATE_FOLDER "/" RECORD_NAME);
    if (!tamis_folder_remove_tree(private_folder, TAMIS_STAGE_NAME))
        return fail(&applier, "remove", TAMIS_PRIVATE_FOLDER "/" TAMIS_STAGE_NAME);
    return TRUE;
}
