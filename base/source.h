/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The texts that a run reads, and places in them. A span names bytes of a source; lines and columns
 * are worked out only when something is shown. */
#pragma once

#include "base/listing.h"

#include <gio/gio.h>

typedef guint32 TamisSourceId; /* 1-based; 0 is "no source" */

/* Half-open range of bytes. source 0: no place at all. */
typedef struct {
    TamisSourceId source;
    guint32 offset;
    guint32 length;
} TamisSpan;

#define TAMIS_NO_SPAN ((TamisSpan){0, 0, 0})

/* 1-based; columns count code points (a byte that is no UTF-8 counts as one). The end is exclusive:
 * the position after the last character. */
typedef struct {
    guint32 line, column;
    guint32 end_line, end_column;
} TamisPosition;

typedef struct TamisSources TamisSources;

#define TAMIS_SOURCE_ERROR (tamis_source_error_quark())
TAMIS_API GQuark tamis_source_error_quark(void);
typedef enum {
    TAMIS_SOURCE_ERROR_UNREADABLE, /* missing, a folder, no permission: the message names file and
                                      reason */
    TAMIS_SOURCE_ERROR_TOO_LARGE,
} TamisSourceError;

TAMIS_API TamisSources *tamis_sources_new(void);
TAMIS_API void tamis_sources_free(TamisSources *sources);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisSources, tamis_sources_free)

/* Reads a file, a pipe or a character device. Adding the same file twice (by device and inode)
 * gives the first id. "-" reads standard input. max_bytes is at most 2^32 - 2. Returns 0 and sets
 * error on failure. */
TAMIS_API TamisSourceId tamis_sources_add_file(TamisSources *sources, const char *path,
                                               gsize max_bytes, GError **error);
/* Reads a file of a folder, for those who read all of it. Each name is a source of its own, though it may be another
 * name of a file that was added before. Else as above. */
TAMIS_API TamisSourceId tamis_sources_add_entry(TamisSources *sources, const TamisListing *folder,
                                                guint index, gsize max_bytes, GError **error);
/* Takes a copy of text under a name (tests, editors, XML made on the way). */
TAMIS_API TamisSourceId tamis_sources_add_text(TamisSources *sources, const char *name,
                                               const char *text, gsize length_bytes);
/* The same without a copy: text outlives the sources, and TAMIS_SOURCE_PADDING NULs follow its last byte. */
TAMIS_API TamisSourceId tamis_sources_lend_text(TamisSources *sources, const char *name,
                                                const char *text, gsize length_bytes);
TAMIS_API guint32 tamis_sources_count(const TamisSources *sources);
/* The name as the user gave it (relative stays relative). Lent. */
TAMIS_API const char *tamis_sources_get_name(const TamisSources *sources, TamisSourceId id);
/* How many bytes behind a text can be read, all of them NUL. */
#define TAMIS_SOURCE_PADDING 32

/* Lent. TAMIS_SOURCE_PADDING NULs follow the last byte; the text may hold others. */
TAMIS_API const char *
tamis_sources_get_text(const TamisSources *sources, TamisSourceId id, gsize *out_length);
/* Builds the source's line index on first use: call from one thread. */
TAMIS_API TamisPosition tamis_sources_locate(TamisSources *sources, TamisSpan span);
/* The bytes of a 1-based line, without its line break. Lent. */
TAMIS_API const char *
tamis_sources_get_line(TamisSources *sources, TamisSourceId id, guint32 line, gsize *out_length);

/* Behind the last byte. */
static inline guint32
tamis_span_end(TamisSpan span)
{
    return span.offset + span.length;
}

/* The least that holds both, which are in one source: from the start of first to the end of last. (XML
 * attributes may stand in another order than they are read in.) */
static inline TamisSpan
tamis_span_join(TamisSpan first, TamisSpan last)
{
    guint32 start = MIN(first.offset, last.offset);
    guint32 end = MAX(tamis_span_end(first), tamis_span_end(last));

    return (TamisSpan){first.source, start, end - start};
}
