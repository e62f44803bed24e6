/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The index file: a header, records of one size, the paths behind each other. In this machine's byte
 * order: it never leaves the folder, and a strange one is damaged. */
#pragma once

#include "compiler/output-index.h"

#define TAMIS_INDEX_MAGIC "tamis index 2\n\0"

typedef struct {
    char magic[16];
    TamisFileStamp manifest;
    gint64 begun_ns, ended_ns; /* of the run, by the file system's clock */
    guint64 n_entries;
    /* One after the other is what they are written in, so each has its own; the last is over all before. */
    guint8 records_sha256[SHA256_DIGEST_SIZE], paths_sha256[SHA256_DIGEST_SIZE];
    guint8 sha256[SHA256_DIGEST_SIZE];
} TamisIndexHeader;

typedef struct {
    guint8 sha256[SHA256_DIGEST_SIZE];
    TamisFileStamp stamp;
    guint64 path; /* offset among the paths, NUL-terminated there */
} TamisIndexRecord;

G_STATIC_ASSERT(sizeof TAMIS_INDEX_MAGIC == sizeof((TamisIndexHeader *)NULL)->magic);
G_STATIC_ASSERT(sizeof(TamisIndexHeader) % 8 == 0 && sizeof(TamisIndexRecord) % 8 == 0);

/* Of everything in it that is before sha256. */
void tamis_index_header_digest(const TamisIndexHeader *header, guint8 *out_sha256);
