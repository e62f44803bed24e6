/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The index file: a header, records of one size, the paths behind each other, a SHA-256 over all of
 * it. In this machine's byte order: it never leaves the folder, and a strange one is damaged. */
#include "compiler/output-index.h"

#include "compiler/folder.h"
#include "compiler/layout.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MAGIC           "tamis index 1\n\0"
#define MAX_INDEX_BYTES (G_GUINT64_CONSTANT(2) << 30)
#define NEW_INDEX_NAME  TAMIS_INDEX_NAME ".new"
/* A file that changed so shortly before could change again without its time of change telling:
 * clocks of file systems tick a hundred times a second. */
#define TICK_NS G_GINT64_CONSTANT(20000000)

typedef struct {
    char magic[16];
    TamisFileStamp manifest;
    guint64 n_entries;
} Header;

typedef struct {
    guint8 sha256[SHA256_DIGEST_SIZE];
    TamisFileStamp stamp;
    guint64 path; /* offset among the paths, NUL-terminated there */
} Record;

G_STATIC_ASSERT(sizeof MAGIC == sizeof((Header *)NULL)->magic);
G_STATIC_ASSERT(sizeof(Header) % 8 == 0 && sizeof(Record) % 8 == 0);

struct TamisIndex {
    char *file; /* NULL: made from a manifest, which has the paths */
    TamisManifest *manifest;
    GArray *made; /* Record, of a manifest */
    const Record *records;
    const char *paths;
    guint32 n_entries;
    gsize has_slots; /* for g_once_init_enter */
    guint32 *slots;  /* entry + 1 by hash of the path; 0: free */
    guint32 mask;
    guint64 seed;
};

TamisFileStamp
tamis_file_stamp(const struct stat *status)
{
    return (TamisFileStamp){status->st_ino,
                            status->st_ctim.tv_sec * G_GINT64_CONSTANT(1000000000) +
                                status->st_ctim.tv_nsec,
                            (guint64)status->st_size};
}

gboolean
tamis_file_stamp_is_same(const TamisFileStamp *a, const TamisFileStamp *b)
{
    return a->changed_ns != 0 && a->changed_ns == b->changed_ns && a->inode == b->inode &&
           a->size_bytes == b->size_bytes;
}

/* Loading ---------------------------------------------------------------------------------------
 */

/* Seeded, so that no manifest can be prepared whose paths all collide. */
static guint32
hash_path(const TamisIndex *index, const char *path)
{
    guint64 hash = index->seed;

    for (; *path != '\0'; path++) {
        hash = (hash ^ (guchar)*path) * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
        hash ^= hash >> 29;
    }
    return (guint32)(hash >> 32);
}

static void
build_slots(TamisIndex *index)
{
    guint32 n_slots = 16;

    while (n_slots < index->n_entries * G_GUINT64_CONSTANT(2))
        n_slots *= 2;
    index->mask = n_slots - 1;
    index->seed = (guint64)g_random_int() << 32 | g_random_int();
    index->slots = g_new0(guint32, n_slots);
    for (guint32 i = 0; i < index->n_entries; i++) {
        guint32 slot = hash_path(index, tamis_index_get_path(index, i)) & index->mask;

        while (index->slots[slot] != 0)
            slot = (slot + 1) & index->mask;
        index->slots[slot] = i + 1;
    }
}

static gboolean
is_intact(const char *file, gsize length)
{
    const Header *header = (const Header *)file;
    gsize body = length - SHA256_DIGEST_SIZE;
    guint8 sha256[SHA256_DIGEST_SIZE];
    struct sha256_ctx context;

    if (length < sizeof *header + SHA256_DIGEST_SIZE ||
        memcmp(header->magic, MAGIC, sizeof header->magic) != 0)
        return FALSE;
    sha256_init(&context);
    sha256_update(&context, body, (const guint8 *)file);
    sha256_digest(&context, sizeof sha256, sha256);
    return memcmp(sha256, file + body, sizeof sha256) == 0 &&
           header->n_entries <= (body - sizeof *header) / sizeof(Record) &&
           header->n_entries < G_MAXUINT32 / 4 &&
           (header->n_entries == 0 || file[body - 1] == '\0');
}

/* What is read back is not trusted: every path is looked at. */
static gboolean
take_file(TamisIndex *index, char *file, gsize length)
{
    const Header *header = (const Header *)file;
    gsize paths_start = sizeof *header + header->n_entries * sizeof(Record);
    gsize n_path_bytes = length - SHA256_DIGEST_SIZE - paths_start;

    index->file = file;
    index->records = (const Record *)(header + 1);
    index->paths = file + paths_start;
    index->n_entries = (guint32)header->n_entries;
    for (guint32 i = 0; i < index->n_entries; i++) {
        guint64 path = index->records[i].path;

        if (path >= n_path_bytes ||
            !tamis_layout_is_safe_path(index->paths + path, strlen(index->paths + path)))
            return FALSE;
    }
    return TRUE;
}

static TamisIndex *
load_file(int private_folder, const struct stat *manifest)
{
    g_autoptr(TamisIndex) index = g_new0(TamisIndex, 1);
    TamisFileStamp stamp = tamis_file_stamp(manifest);
    struct stat status;
    gsize length;
    g_autofree char *file =
        tamis_folder_read(private_folder, TAMIS_INDEX_NAME, MAX_INDEX_BYTES, &status, &length);

    if (file == NULL || !is_intact(file, length) ||
        !tamis_file_stamp_is_same(&((const Header *)file)->manifest, &stamp) ||
        !take_file(index, g_steal_pointer(&file), length))
        return NULL;
    return g_steal_pointer(&index);
}

static TamisIndex *
load_manifest(int root, const char *name, GError **error)
{
    g_autoptr(TamisIndex) index = g_new0(TamisIndex, 1);
    g_autofree char *path = g_build_filename(name, TAMIS_MANIFEST_NAME, NULL);
    g_autoptr(GHashTable) paths = NULL;
    struct stat status;
    gsize length;
    g_autofree char *text =
        tamis_folder_read(root, TAMIS_MANIFEST_NAME, TAMIS_MANIFEST_MAX_BYTES, &status, &length);

    if (text == NULL) {
        tamis_folder_fail(error, "read", path);
        return NULL;
    }
    index->manifest = tamis_manifest_parse(text, length, path, error);
    if (index->manifest == NULL)
        return NULL;
    index->made = g_array_sized_new(FALSE, FALSE, sizeof(Record), index->manifest->entries->len);
    paths = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < index->manifest->entries->len; i++) {
        const TamisManifestEntry *entry =
            &g_array_index(index->manifest->entries, TamisManifestEntry, i);
        Record record = {.path = i};

        /* Who merged manifests by hand may have a script twice: still one script. */
        if (!g_hash_table_add(paths, (gpointer)entry->file))
            continue;
        memcpy(record.sha256, entry->sha256, sizeof record.sha256);
        g_array_append_val(index->made, record);
    }
    index->records = (const Record *)(gpointer)index->made->data;
    index->n_entries = index->made->len;
    return g_steal_pointer(&index);
}

TamisIndex *
tamis_index_load(int root, int private_folder, const char *name, GError **error)
{
    g_autoptr(TamisIndex) index = NULL;
    struct stat manifest;

    if (fstatat(root, TAMIS_MANIFEST_NAME, &manifest, AT_SYMLINK_NOFOLLOW) != 0) {
        g_autofree char *path = g_build_filename(name, TAMIS_MANIFEST_NAME, NULL);

        if (errno != ENOENT) {
            tamis_folder_fail(error, "read", path);
            return NULL;
        }
        index = g_new0(TamisIndex, 1);
    } else {
        index = load_file(private_folder, &manifest);
        if (index == NULL)
            index = load_manifest(root, name, error);
    }
    return g_steal_pointer(&index);
}

void
tamis_index_free(TamisIndex *index)
{
    if (index == NULL)
        return;
    g_free(index->file);
    tamis_manifest_free(index->manifest);
    if (index->made != NULL)
        g_array_unref(index->made);
    g_free(index->slots);
    g_free(index);
}

guint32
tamis_index_count(const TamisIndex *index)
{
    return index->n_entries;
}

const char *
tamis_index_get_path(const TamisIndex *index, guint32 entry)
{
    guint64 path = index->records[entry].path;

    return index->manifest != NULL
               ? g_array_index(index->manifest->entries, TamisManifestEntry, path).file
               : index->paths + path;
}

const guint8 *
tamis_index_get_sha256(const TamisIndex *index, guint32 entry)
{
    return index->records[entry].sha256;
}

TamisFileStamp
tamis_index_get_stamp(const TamisIndex *index, guint32 entry)
{
    return index->records[entry].stamp;
}

guint32
tamis_index_find(TamisIndex *index, const char *path, guint32 likely)
{
    guint32 slot;

    if (likely < index->n_entries && strcmp(tamis_index_get_path(index, likely), path) == 0)
        return likely;
    if (g_once_init_enter(&index->has_slots)) {
        build_slots(index);
        g_once_init_leave(&index->has_slots, TRUE);
    }
    slot = hash_path(index, path) & index->mask;
    for (; index->slots[slot] != 0; slot = (slot + 1) & index->mask) {
        guint32 entry = index->slots[slot] - 1;

        if (strcmp(tamis_index_get_path(index, entry), path) == 0)
            return entry;
    }
    return G_MAXUINT32;
}

/* Writing ---------------------------------------------------------------------------------------
 */

struct TamisIndexWriter {
    GArray *records;
    GString *paths;
};

TamisIndexWriter *
tamis_index_writer_new(void)
{
    TamisIndexWriter *writer = g_new0(TamisIndexWriter, 1);

    writer->records = g_array_new(FALSE, FALSE, sizeof(Record));
    writer->paths = g_string_new(NULL);
    return writer;
}

void
tamis_index_writer_free(TamisIndexWriter *writer)
{
    if (writer == NULL)
        return;
    g_array_unref(writer->records);
    g_string_free(writer->paths, TRUE);
    g_free(writer);
}

void
tamis_index_writer_add(TamisIndexWriter *writer, const char *path, const guint8 *sha256,
                       TamisFileStamp stamp)
{
    Record record = {.stamp = stamp, .path = writer->paths->len};

    memcpy(record.sha256, sha256, sizeof record.sha256);
    g_array_append_val(writer->records, record);
    g_string_append_len(writer->paths, path, (gssize)strlen(path) + 1);
}

static gboolean
write_part(int fd, struct sha256_ctx *sha256, const void *bytes, gsize n_bytes)
{
    sha256_update(sha256, n_bytes, bytes);
    return tamis_write_all(fd, bytes, n_bytes);
}

static gboolean
write_index(TamisIndexWriter *writer, int fd, const struct stat *manifest)
{
    Header header = {
        .magic = MAGIC, .manifest = tamis_file_stamp(manifest), .n_entries = writer->records->len};
    Record *records = (Record *)(gpointer)writer->records->data;
    struct sha256_ctx sha256;
    struct stat status;
    guint8 digest[SHA256_DIGEST_SIZE];
    gint64 now_ns;

    /* The file system's own clock: this file was made after all others changed. */
    if (fstat(fd, &status) != 0)
        return FALSE;
    now_ns = tamis_file_stamp(&status).changed_ns;
    for (guint i = 0; i < writer->records->len; i++) {
        if (records[i].stamp.changed_ns > now_ns - TICK_NS)
            records[i].stamp.changed_ns = 0;
    }
    sha256_init(&sha256);
    if (!write_part(fd, &sha256, &header, sizeof header) ||
        !write_part(fd, &sha256, records, writer->records->len * sizeof(Record)) ||
        !write_part(fd, &sha256, writer->paths->str, writer->paths->len))
        return FALSE;
    sha256_digest(&sha256, sizeof digest, digest);
    return tamis_write_all(fd, (const char *)digest, sizeof digest);
}

void
tamis_index_writer_end(TamisIndexWriter *writer, int private_folder, const struct stat *manifest)
{
    int fd;
    gboolean went_well;

    unlinkat(private_folder, NEW_INDEX_NAME, 0);
    fd = openat(private_folder, NEW_INDEX_NAME,
                O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    went_well = write_index(writer, fd, manifest);
    went_well = close(fd) == 0 && went_well;
    if (!went_well ||
        renameat(private_folder, NEW_INDEX_NAME, private_folder, TAMIS_INDEX_NAME) != 0)
        unlinkat(private_folder, NEW_INDEX_NAME, 0);
}
