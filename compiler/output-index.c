/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reading an index, or the manifest in its stead. */
#include "compiler/output-index-private.h"

#include "compiler/folder.h"
#include "compiler/layout.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#define MAX_INDEX_BYTES (G_GUINT64_CONSTANT(2) << 30)
/* A file that changed so shortly before could change again without its time of change telling:
 * clocks of file systems tick a hundred times a second. */
#define TICK_NS G_GINT64_CONSTANT(20000000)

struct TamisIndex {
    char *file; /* NULL: made from a manifest, which has the paths */
    TamisManifest *manifest;
    GArray *made; /* TamisIndexRecord, of a manifest */
    gint64 begun_ns, ended_ns;
    const TamisIndexRecord *records;
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

static gboolean
is_same_stamp(const TamisFileStamp *a, const TamisFileStamp *b)
{
    return a->changed_ns == b->changed_ns && a->inode == b->inode && a->size_bytes == b->size_bytes;
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

void
tamis_index_header_digest(const TamisIndexHeader *header, guint8 *out_sha256)
{
    struct sha256_ctx context;

    sha256_init(&context);
    sha256_update(&context, offsetof(TamisIndexHeader, sha256), (const guint8 *)header);
    sha256_digest(&context, SHA256_DIGEST_SIZE, out_sha256);
}

static gboolean
has_digest(const char *bytes, gsize n_bytes, const guint8 *wanted)
{
    struct sha256_ctx context;
    guint8 sha256[SHA256_DIGEST_SIZE];

    sha256_init(&context);
    sha256_update(&context, n_bytes, (const guint8 *)bytes);
    sha256_digest(&context, sizeof sha256, sha256);
    return memcmp(sha256, wanted, sizeof sha256) == 0;
}

static gboolean
is_intact(const char *file, gsize length)
{
    const TamisIndexHeader *header = (const TamisIndexHeader *)file;
    guint8 sha256[SHA256_DIGEST_SIZE];
    gsize n_record_bytes, n_path_bytes;

    if (length < sizeof *header ||
        memcmp(header->magic, TAMIS_INDEX_MAGIC, sizeof header->magic) != 0)
        return FALSE;
    tamis_index_header_digest(header, sha256);
    if (memcmp(sha256, header->sha256, sizeof sha256) != 0 ||
        header->n_entries > (length - sizeof *header) / sizeof(TamisIndexRecord) ||
        header->n_entries >= G_MAXUINT32 / 4)
        return FALSE;
    n_record_bytes = header->n_entries * sizeof(TamisIndexRecord);
    n_path_bytes = length - sizeof *header - n_record_bytes;
    file += sizeof *header;
    return has_digest(file, n_record_bytes, header->records_sha256) &&
           has_digest(file + n_record_bytes, n_path_bytes, header->paths_sha256) &&
           (header->n_entries == 0 ||
            (n_path_bytes > 0 && file[n_record_bytes + n_path_bytes - 1] == '\0'));
}

/* What is read back is not trusted: every path is looked at. */
static gboolean
take_file(TamisIndex *index, char *file, gsize length)
{
    const TamisIndexHeader *header = (const TamisIndexHeader *)file;
    gsize paths_start = sizeof *header + header->n_entries * sizeof(TamisIndexRecord);

    index->file = file;
    index->begun_ns = header->begun_ns;
    index->ended_ns = header->ended_ns;
    index->records = (const TamisIndexRecord *)(header + 1);
    index->paths = file + paths_start;
    index->n_entries = (guint32)header->n_entries;
    for (guint32 i = 0; i < index->n_entries; i++) {
        guint64 path = index->records[i].path;

        if (path >= length - paths_start ||
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
        !is_same_stamp(&((const TamisIndexHeader *)file)->manifest, &stamp) ||
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
    index->made =
        g_array_sized_new(FALSE, FALSE, sizeof(TamisIndexRecord), index->manifest->entries->len);
    paths = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < index->manifest->entries->len; i++) {
        const TamisManifestEntry *entry =
            &g_array_index(index->manifest->entries, TamisManifestEntry, i);
        TamisIndexRecord record = {.path = i};

        /* Who merged manifests by hand may have a script twice: still one script. */
        if (!g_hash_table_add(paths, (gpointer)entry->file))
            continue;
        memcpy(record.sha256, entry->sha256, sizeof record.sha256);
        g_array_append_val(index->made, record);
    }
    index->records = (const TamisIndexRecord *)(gpointer)index->made->data;
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

gboolean
tamis_index_knows(const TamisIndex *index, guint32 entry, TamisFileStamp stamp)
{
    const TamisFileStamp *known = &index->records[entry].stamp;

    if (stamp.changed_ns > index->ended_ns - TICK_NS)
        return FALSE;
    if (known->changed_ns == TAMIS_CHANGED_BY_RUN)
        return stamp.changed_ns >= index->begun_ns && stamp.size_bytes == known->size_bytes;
    return is_same_stamp(known, &stamp);
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
