/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A tar archive (POSIX ustar; pax where a path is longer), written as a stream. No times, no
 * owners: the same scripts make the same bytes. */
#include "compiler/folder.h"
#include "compiler/output-private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BLOCK_BYTES  512
#define COPY_BYTES   ((gsize)1024 * 1024)
#define NAME_BYTES   100
#define PREFIX_BYTES 155
/* What the size field takes: eleven octal digits. */
#define MAX_MEMBER_BYTES ((G_GUINT64_CONSTANT(1) << 33) - 1)

typedef struct {
    char name[NAME_BYTES];
    char mode[8];
    char uid[8];
    char gid[8];
    char size[12];
    char mtime[12];
    char checksum[8];
    char type;
    char link[NAME_BYTES];
    char magic[6];
    char version[2];
    char user[32];
    char group[32];
    char major[8];
    char minor[8];
    char prefix[PREFIX_BYTES];
    char padding[12];
} Header;

G_STATIC_ASSERT(sizeof(Header) == BLOCK_BYTES);

typedef struct {
    TamisOutput base;
    char *path;
    char *new_path; /* renamed at the end; NULL: standard output, or not there yet */
    int fd;
    GString **members; /* by slot */
    guint n_slots;
    guint32 n_scripts;
    gboolean is_done;
} Bundle;

static gboolean
fail(const Bundle *self, const char *verb, GError **error)
{
    return tamis_folder_fail(error, verb, self->path);
}

/* Members ---------------------------------------------------------------------------------------
 */

static void
set_octal(char *field, gsize n_bytes, guint64 value)
{
    for (gsize i = n_bytes - 1; i-- > 0; value >>= 3)
        field[i] = (char)('0' + (value & 7));
}

/* Splits a path into prefix and name; FALSE when it does not fit. */
static gboolean
set_path(Header *header, const char *path)
{
    gsize length = strlen(path);
    const char *slash = path;

    if (length <= NAME_BYTES) {
        memcpy(header->name, path, length);
        return TRUE;
    }
    while ((slash = strchr(slash, '/')) != NULL) {
        gsize prefix = (gsize)(slash - path);

        slash++;
        if (prefix > PREFIX_BYTES)
            return FALSE;
        if (length - prefix - 1 > NAME_BYTES)
            continue;
        memcpy(header->prefix, path, prefix);
        memcpy(header->name, slash, length - prefix - 1);
        return TRUE;
    }
    return FALSE;
}

static void
append_header(GString *out, const char *path, char type, guint64 size_bytes)
{
    Header header = {0};
    guint sum = 0;

    if (!set_path(&header, path))
        memcpy(header.name, path, NAME_BYTES); /* the pax header before it has the path */
    set_octal(header.mode, sizeof header.mode, 0644);
    set_octal(header.uid, sizeof header.uid, 0);
    set_octal(header.gid, sizeof header.gid, 0);
    set_octal(header.size, sizeof header.size, size_bytes);
    set_octal(header.mtime, sizeof header.mtime, 0);
    memset(header.checksum, ' ', sizeof header.checksum);
    header.type = type;
    memcpy(header.magic, "ustar", 6);
    memcpy(header.version, "00", 2);
    for (gsize i = 0; i < sizeof header; i++)
        sum += ((const guint8 *)&header)[i];
    set_octal(header.checksum, sizeof header.checksum - 1, sum);
    header.checksum[6] = '\0';
    g_string_append_len(out, (const char *)&header, sizeof header);
}

static void
append_padding(GString *out, guint64 size_bytes)
{
    static const char zeros[BLOCK_BYTES];

    g_string_append_len(out, zeros,
                        (gssize)((BLOCK_BYTES - size_bytes % BLOCK_BYTES) % BLOCK_BYTES));
}

/* "LENGTH path=PATH\n", where LENGTH counts itself. */
static void
append_pax_path(GString *out, const char *path)
{
    g_autofree char *record = NULL;
    gsize length = strlen(" path=\n") + strlen(path);
    gsize n_digits = 1;

    while (length + n_digits >= (n_digits == 1   ? 10
                                 : n_digits == 2 ? 100
                                 : n_digits == 3 ? 1000
                                                 : 10000))
        n_digits++;
    record = g_strdup_printf("%" G_GSIZE_FORMAT " path=%s\n", length + n_digits, path);
    append_header(out, "pax", 'x', strlen(record));
    g_string_append(out, record);
    append_padding(out, strlen(record));
}

static gboolean
bundle_put(TamisOutput *output, guint worker, guint slot, const TamisScript *script, GError **error)
{
    GString *out = ((Bundle *)output)->members[slot];
    Header probe = {0};

    if (!set_path(&probe, script->file))
        append_pax_path(out, script->file);
    append_header(out, script->file, '0', script->length_bytes);
    g_string_append_len(out, script->text, (gssize)script->length_bytes);
    append_padding(out, script->length_bytes);
    return TRUE;
}

/* The archive -----------------------------------------------------------------------------------
 */

/* For the manifest, which is made beside the scripts and has to come after them. */
static int
open_scratch(const Bundle *self)
{
    g_autofree char *folder =
        self->new_path != NULL ? g_path_get_dirname(self->new_path) : g_strdup(g_get_tmp_dir());
    g_autofree char *name = NULL;
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

    if (fd >= 0)
        return fd;
    name = g_build_filename(folder, ".tamis-XXXXXX", NULL);
    fd = g_mkstemp_full(name, O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0)
        unlink(name);
    return fd;
}

static gboolean
bundle_begin(TamisOutput *output, const TamisPolicy *policy, guint n_workers, guint n_slots,
             GError **error)
{
    Bundle *self = (Bundle *)output;
    int fd = open_scratch(self);

    if (fd < 0)
        return fail(self, "write", error);
    output->manifest = tamis_manifest_writer_new(fd, -1);
    self->n_scripts = policy->mailboxes->len;
    self->n_slots = n_slots;
    self->members = g_new(GString *, n_slots);
    for (guint i = 0; i < n_slots; i++)
        self->members[i] = g_string_new(NULL);
    return TRUE;
}

static gboolean
bundle_hand_on(TamisOutput *output, guint slot, GError **error)
{
    Bundle *self = (Bundle *)output;
    GString *members = self->members[slot];
    gboolean went_well = tamis_write_all(self->fd, members->str, members->len);

    g_string_truncate(members, 0);
    return went_well || fail(self, "write", error);
}

static gboolean
append_manifest(Bundle *self, GError **error)
{
    int manifest = tamis_manifest_writer_get_fd(self->base.manifest);
    off_t length = lseek(manifest, 0, SEEK_END);
    g_autoptr(GString) out = g_string_new(NULL);
    g_autofree char *block = g_malloc(COPY_BYTES);
    ssize_t n = 0;

    if (length >= 0 && (guint64)length > MAX_MEMBER_BYTES)
        errno = EFBIG;
    if (length < 0 || (guint64)length > MAX_MEMBER_BYTES)
        return fail(self, "write", error);
    append_header(out, TAMIS_MANIFEST_NAME, '0', (guint64)length);
    if (!tamis_write_all(self->fd, out->str, out->len))
        return fail(self, "write", error);
    for (off_t offset = 0; offset < length; offset += n) {
        n = pread(manifest, block, COPY_BYTES, offset);
        if (n < 0 && errno == EINTR)
            n = 0;
        else if (n <= 0 || !tamis_write_all(self->fd, block, (gsize)n))
            return fail(self, "write", error);
    }
    g_string_truncate(out, 0);
    append_padding(out, (guint64)length);
    /* Two empty blocks end an archive. */
    g_string_set_size(out, out->len + 2 * BLOCK_BYTES);
    memset(out->str + out->len - 2 * BLOCK_BYTES, 0, 2 * BLOCK_BYTES);
    return tamis_write_all(self->fd, out->str, out->len) || fail(self, "write", error);
}

static gboolean
bundle_commit(TamisOutput *output, TamisOutputResult *result, GError **error)
{
    Bundle *self = (Bundle *)output;

    if (!append_manifest(self, error))
        return FALSE;
    result->n_created = self->n_scripts;
    if (self->new_path != NULL && (fsync(self->fd) != 0 || rename(self->new_path, self->path) != 0))
        return fail(self, "write", error);
    self->is_done = TRUE;
    return TRUE;
}

static void
bundle_free(TamisOutput *output)
{
    Bundle *self = (Bundle *)output;

    if (self->fd >= 0 && self->fd != STDOUT_FILENO)
        close(self->fd);
    if (self->new_path != NULL && self->fd >= 0 && !self->is_done)
        unlink(self->new_path);
    for (guint i = 0; i < self->n_slots; i++)
        g_string_free(self->members[i], TRUE);
    g_free(self->members);
    g_free(self->new_path);
    g_free(self->path);
    g_free(self);
}

static const TamisOutputClass BUNDLE_CLASS = {
    .begin = bundle_begin,
    .put = bundle_put,
    .hand_on = bundle_hand_on,
    .commit = bundle_commit,
    .free = bundle_free,
};

TamisOutput *
tamis_output_bundle_new(const char *path, TamisLayout *layout, GError **error)
{
    Bundle *self = g_new0(Bundle, 1);
    g_autoptr(TamisOutput) output = &self->base;
    struct stat status;

    output->class = &BUNDLE_CLASS;
    output->layout = layout;
    self->path = g_strdup(path);
    self->fd = STDOUT_FILENO;
    if (strcmp(path, "-") == 0)
        return g_steal_pointer(&output);
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode)) {
        /* A pipe or a device is written to, never replaced. */
        self->fd = open(path, O_WRONLY | O_CLOEXEC);
    } else {
        self->new_path = g_strdup_printf("%s.tamis-XXXXXX", path);
        self->fd = g_mkstemp_full(self->new_path, O_WRONLY | O_CLOEXEC, 0666);
    }
    if (self->fd >= 0)
        return g_steal_pointer(&output);
    fail(self, "write", error);
    return NULL;
}
