/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The record of a compile, manifest.json (docs/manifest.schema.json): what each script is, from
 * what it was made, what it needs and until when it is good. Written as a stream, one mailbox a
 * line; read without holding the document in memory. */
#pragma once

#include "base/arena.h"
#include "compiler/lower.h"
#include "compiler/needs.h"

#include <nettle/sha2.h>

/* One mailbox's script, lent. */
typedef struct {
    guint32 mailbox;     /* of the policy's mailboxes */
    const char *address; /* its key */
    const char *file;    /* path below the output folder */
    const char *text;
    gsize length_bytes;
    guint8 sha256[SHA256_DIGEST_SIZE]; /* of the text */
    const TamisLowered *lowered;
    const char *undecided; /* why it is not proved to be its policy; NULL: it is */
} TamisScript;

/* Writing ---------------------------------------------------------------------------------------
 */

/* What stands at the end of a manifest, gathered on the way. */
typedef struct {
    TamisNeeds needs;
    TamisInstant good_until; /* the earliest; TAMIS_INSTANT_MAX: for ever */
    guint32 n_undecided;     /* scripts that are not proved */
} TamisManifestTotals;

/* Makes entries; one a thread. Lends policy and server. */
typedef struct TamisManifestEntries TamisManifestEntries;

TamisManifestEntries *
tamis_manifest_entries_new(const TamisPolicy *policy, const TamisServer *server);
void tamis_manifest_entries_free(TamisManifestEntries *entries);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisManifestEntries, tamis_manifest_entries_free)
/* Appends a script's entry, with a comma and a line break before it unless it is the first of out.
 */
void tamis_manifest_entries_append(TamisManifestEntries *entries, const TamisScript *script,
                                   GString *out);

typedef struct TamisManifestWriter TamisManifestWriter;

/* How what would be written compares to the old manifest. */
typedef enum {
    TAMIS_MANIFEST_DIFFERENT, /* or there is no old one: it was written */
    TAMIS_MANIFEST_OLDER,     /* differs in as_of alone: written, unless that was not asked for */
    TAMIS_MANIFEST_SAME,      /* not written */
} TamisManifestChange;

/* Takes both descriptors. fd is written from its start on, but only once something differs from the old
 * manifest: writing a large one that is there already would take longer than all the rest. old is -1 where
 * there is none. */
TamisManifestWriter *tamis_manifest_writer_new(int fd, int old);
void tamis_manifest_writer_free(TamisManifestWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisManifestWriter, tamis_manifest_writer_free)
/* What the policy was read from, as JSON for tamis_manifest_writer_begin. In any thread. */
char *tamis_manifest_describe_inputs(const TamisSources *sources);
gboolean tamis_manifest_writer_begin(TamisManifestWriter *writer, const char *inputs,
                                     const TamisServer *server, GError **error);
/* Entries of one or more mailboxes, as made by tamis_manifest_entries_append into an empty string.
 */
gboolean
tamis_manifest_writer_add(TamisManifestWriter *writer, const GString *entries, GError **error);
/* as_of stands last: of two manifests that differ in it alone all but the tail is the same, and then
 * keep_as_of leaves it at the old one. Unless the change says otherwise all that was added has been written
 * when this returns. */
gboolean tamis_manifest_writer_end(TamisManifestWriter *writer, const TamisPolicy *policy,
                                   const TamisServer *server, const TamisManifestTotals *totals,
                                   TamisInstant as_of, gboolean keep_as_of,
                                   TamisManifestChange *out_change, GError **error);
/* Lent: for reading what was written. */
int tamis_manifest_writer_get_fd(const TamisManifestWriter *writer);

/* Reading ---------------------------------------------------------------------------------------
 */

typedef struct {
    const char *mailbox;
    const char *file;
    guint8 sha256[SHA256_DIGEST_SIZE];
    TamisInstant good_until; /* TAMIS_INSTANT_MAX: for ever */
} TamisManifestEntry;

typedef struct {
    TamisArena *arena; /* of all strings */
    const char *server;
    const char *policy_sha256;
    TamisInstant as_of;
    TamisInstant good_until;
    GArray *entries;     /* of TamisManifestEntry, in the manifest's order */
    GPtrArray *settings; /* of const char: what the server needs, as "sieve_max_redirects = 20" */
} TamisManifest;

#define TAMIS_MANIFEST_ERROR (tamis_manifest_error_quark())
TAMIS_API GQuark tamis_manifest_error_quark(void);
typedef enum {
    TAMIS_MANIFEST_ERROR_UNREADABLE,
    TAMIS_MANIFEST_ERROR_INVALID, /* no JSON, or no manifest of Tamis, or of a later version */
} TamisManifestError;

#define TAMIS_MANIFEST_MAX_BYTES (G_GUINT64_CONSTANT(4) << 30)

/* name is for messages. Paths are those that a layout makes: others are errors. */
TAMIS_API TamisManifest *
tamis_manifest_parse(const char *text, gsize length_bytes, const char *name, GError **error);
/* GFileError or GIOError when the file cannot be read. */
TAMIS_API TamisManifest *tamis_manifest_load(const char *path, GError **error);
TAMIS_API void tamis_manifest_free(TamisManifest *manifest);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisManifest, tamis_manifest_free)
