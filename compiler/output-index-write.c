/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Writing an index while scripts are written: records and paths each go to their place in the file, and the
 * header, without which it is none, comes last. */
#include "compiler/output-index-private.h"

#include "compiler/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NEW_INDEX_NAME TAMIS_INDEX_NAME ".new"
#define BUFFER_BYTES   ((gsize)128 * 1024)

/* A part of the file that grows by itself. */
typedef struct {
    GString *buffer;
    off_t offset;
    struct sha256_ctx sha256;
} Part;

struct TamisIndexWriter {
    int private_folder; /* lent */
    int fd;             /* -1: it failed */
    TamisIndexHeader header;
    Part records, paths;
    guint64 n_path_bytes;
};

static void
part_init(Part *part, guint64 offset)
{
    part->buffer = g_string_sized_new(BUFFER_BYTES);
    part->offset = (off_t)offset;
    sha256_init(&part->sha256);
}

static gint64
changed_ns(int fd)
{
    struct stat status;

    return fd >= 0 && fstat(fd, &status) == 0 ? tamis_file_stamp(&status).changed_ns : 0;
}

TamisIndexWriter *
tamis_index_writer_new(int private_folder, guint32 n_entries)
{
    TamisIndexWriter *writer = g_new0(TamisIndexWriter, 1);
    guint64 start = sizeof writer->header;

    unlinkat(private_folder, NEW_INDEX_NAME, 0);
    writer->private_folder = private_folder;
    writer->fd = openat(private_folder, NEW_INDEX_NAME,
                        O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0600);
    memcpy(writer->header.magic, TAMIS_INDEX_MAGIC, sizeof writer->header.magic);
    writer->header.n_entries = n_entries;
    writer->header.begun_ns = changed_ns(writer->fd);
    part_init(&writer->records, start);
    part_init(&writer->paths, start + n_entries * (guint64)sizeof(TamisIndexRecord));
    return writer;
}

void
tamis_index_writer_free(TamisIndexWriter *writer)
{
    if (writer == NULL)
        return;
    if (writer->fd >= 0) {
        close(writer->fd);
        unlinkat(writer->private_folder, NEW_INDEX_NAME, 0);
    }
    g_string_free(writer->records.buffer, TRUE);
    g_string_free(writer->paths.buffer, TRUE);
    g_free(writer);
}

static gboolean
write_at(int fd, const void *bytes, gsize n_bytes, off_t offset)
{
    while (n_bytes > 0) {
        ssize_t n = pwrite(fd, bytes, n_bytes, offset);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return FALSE;
        bytes = (const char *)bytes + n;
        n_bytes -= (gsize)n;
        offset += n;
    }
    return TRUE;
}

/* The next run is slower without an index, so nobody hears of it. */
static void
give_up(TamisIndexWriter *writer)
{
    close(writer->fd);
    writer->fd = -1;
    unlinkat(writer->private_folder, NEW_INDEX_NAME, 0);
}

static void
flush(TamisIndexWriter *writer, Part *part)
{
    GString *buffer = part->buffer;

    sha256_update(&part->sha256, buffer->len, (const guint8 *)buffer->str);
    if (writer->fd >= 0 && !write_at(writer->fd, buffer->str, buffer->len, part->offset))
        give_up(writer);
    part->offset += (off_t)buffer->len;
    g_string_truncate(buffer, 0);
}

static void
append(TamisIndexWriter *writer, Part *part, const void *bytes, gsize n_bytes)
{
    g_string_append_len(part->buffer, bytes, (gssize)n_bytes);
    if (part->buffer->len >= BUFFER_BYTES)
        flush(writer, part);
}

void
tamis_index_writer_add(TamisIndexWriter *writer, const char *path, const guint8 *sha256,
                       TamisFileStamp stamp)
{
    TamisIndexRecord record = {.stamp = stamp, .path = writer->n_path_bytes};
    gsize n_bytes = strlen(path) + 1;

    memcpy(record.sha256, sha256, sizeof record.sha256);
    append(writer, &writer->records, &record, sizeof record);
    append(writer, &writer->paths, path, n_bytes);
    writer->n_path_bytes += n_bytes;
}

static gboolean
write_header(TamisIndexWriter *writer, const struct stat *manifest)
{
    TamisIndexHeader *header = &writer->header;

    header->manifest = tamis_file_stamp(manifest);
    /* This file changed after all others. */
    header->ended_ns = changed_ns(writer->fd);
    sha256_digest(&writer->records.sha256, SHA256_DIGEST_SIZE, header->records_sha256);
    sha256_digest(&writer->paths.sha256, SHA256_DIGEST_SIZE, header->paths_sha256);
    tamis_index_header_digest(header, header->sha256);
    return header->ended_ns != 0 && write_at(writer->fd, header, sizeof *header, 0);
}

void
tamis_index_writer_end(TamisIndexWriter *writer, const struct stat *manifest)
{
    gboolean went_well;

    flush(writer, &writer->records);
    flush(writer, &writer->paths);
    if (writer->fd < 0)
        return;
    if (!write_header(writer, manifest)) {
        give_up(writer);
        return;
    }
    went_well = close(writer->fd) == 0;
    writer->fd = -1;
    if (!went_well || renameat(writer->private_folder, NEW_INDEX_NAME, writer->private_folder,
                               TAMIS_INDEX_NAME) != 0)
        unlinkat(writer->private_folder, NEW_INDEX_NAME, 0);
}
