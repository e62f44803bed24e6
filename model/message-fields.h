/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The header block of a message that was read: its fields in order, and those of a name without a look at the others.
 * Immutable but for the decoded values, and shared by the copies of one message, which are of one thread. Not
 * installed. */
#pragma once

#include <glib.h>

/* Values of a header together, and a name: what lies behind is cut off, and a longer name is none. As Dovecot has it
 * since its answer to CVE-2024-23185 (lib-mail/message-header-parser.c). */
#define TAMIS_HEADER_MAX_VALUE_BYTES (10u << 20)
#define TAMIS_HEADER_MAX_NAME_BYTES  1000
typedef struct {
    char *value;      /* owned, decoded; NULL: not decoded yet */
    const char *name; /* in any case, not terminated */
    const char *raw;  /* what stands behind the colon; NULL: the value was given */
    guint32 name_length, raw_length;
    guint32 size_bytes; /* of the whole field with its line break */
    guint32 hash;       /* of the name */
    guint32 next;       /* 1-based: the next one in its bucket; 0: none */
    gboolean is_gone;   /* of an added one */
    gboolean is_lent;   /* an added one that lies in its message's block */
} TamisField;

typedef struct {
    gatomicrefcount references;
    GArray *fields; /* of TamisField */
    guint32 *first; /* by bucket, 1-based */
    guint32 mask;
    gsize length_bytes; /* of the block, with the empty line at its end */
    gboolean has_crlf;  /* lines end so */
    gboolean is_closed; /* by an empty line: a body follows */
} TamisFieldBlock;

/* One field, with the lines that go on with it and their ends; out_field lends text. FALSE: it is none. */
gboolean tamis_field_read(const char *text, gsize length, TamisField *out_field);

/* Lends text. NULL: there are more fields than that. */
TamisFieldBlock *tamis_field_block_new(const char *text, gsize length, guint max_fields);
TamisFieldBlock *tamis_field_block_ref(TamisFieldBlock *block);
void tamis_field_block_unref(TamisFieldBlock *block);

guint32 tamis_field_hash(const char *name, gsize length);
/* name in any case */
gboolean
tamis_field_is_named(const TamisField *field, guint32 hash, const char *name, gsize length);
