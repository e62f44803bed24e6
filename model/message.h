/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A message as Sieve tests see it: header fields in order, decoded; addresses; body parts; size.
 * Read from a file, or made from a few words. Immutable; a changed message is a new one
 * that shares. */
#pragma once

#include "base/arena.h"

#include "model/grade.h"

#include <gio/gio.h>

typedef struct TamisMessage TamisMessage;

/* An instant, an envelope: what the server knows besides the message. Strings are lent. */
typedef struct {
    const char *envelope_from; /* "" is the null sender */
    const char *envelope_to;   /* what the server was given */
    gint64 instant;            /* seconds since the epoch */
    TamisGrades grades;        /* what scanners said of it */
} TamisDelivery;

#define TAMIS_MESSAGE_MAX_BYTES  (256u << 20)
#define TAMIS_MESSAGE_MAX_FIELDS 4000000u /* some 200 MB of memory */

/* Reads a whole message (LF or CRLF). Broken headers are skipped as the engines do; more header
 * fields than TAMIS_MESSAGE_MAX_FIELDS fail (G_IO_ERROR_MESSAGE_TOO_LARGE). Behind 10 MiB of header values there are fields, and their values
 * are empty, as Dovecot has it. The file is mapped and bodies are not copied until a test looks at them. */
TAMIS_API TamisMessage *tamis_message_new_from_file(const char *path, GError **error);
/* A message's file as it is, mapped where it is large. What is no regular file or larger than TAMIS_MESSAGE_MAX_BYTES
 * fails (a GFileError, or G_IO_ERROR_MESSAGE_TOO_LARGE). */
TAMIS_API GBytes *tamis_message_read_file(const char *path, GError **error);
TAMIS_API TamisMessage *tamis_message_new_from_outside(GBytes *bytes, GError **error);
/* Of a text that was made here, however many fields it has. */
TAMIS_API TamisMessage *tamis_message_new_from_bytes(GBytes *bytes);
/* Without headers and with an empty body, to be built with tamis_message_add_header. */
TAMIS_API TamisMessage *tamis_message_new(void);
/* With these header fields and this body, which may be NULL; texts are copied. */
typedef struct {
    char *name;  /* lower case, as tests see it */
    char *value; /* UTF-8, not encoded, without line breaks */
} TamisHeaderText;

TAMIS_API TamisMessage *
tamis_message_new_with(const TamisHeaderText *headers, guint n, const char *body);
TAMIS_API void tamis_message_free(TamisMessage *message);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisMessage, tamis_message_free)
TAMIS_API TamisMessage *tamis_message_copy(const TamisMessage *message);

/* Behind the last field; value in UTF-8, not encoded. */
TAMIS_API void
tamis_message_append_header(TamisMessage *message, const char *name, const char *value);
/* On top, as addheader does; or at the end. */
TAMIS_API void
tamis_message_add_header(TamisMessage *message, const char *name, const char *value, gboolean last);
/* All fields of the name, or only the index-th (1-based; from the end where last); of them those whose value
 * is meant, all where is_meant is NULL. */
typedef gboolean (*TamisIsMeant)(const char *value, gpointer data);
TAMIS_API void tamis_message_delete_header(TamisMessage *message, const char *name, guint index,
                                           gboolean last, TamisIsMeant is_meant, gpointer data);
TAMIS_API void tamis_message_set_body(TamisMessage *message, const char *text);
TAMIS_API void tamis_message_set_size(TamisMessage *message, guint64 size_bytes);

/* The bytes of the whole message as it was given, or what was set. */
TAMIS_API guint64 tamis_message_get_size(const TamisMessage *message);
/* Values of all fields of that name (any case), in order: unfolded, encoded words decoded
 * (model/encoded-word.h), without the blanks behind the colon and those at the end. Lent, NULL-terminated; valid until the message changes. */
TAMIS_API const char *const *tamis_message_get_header(TamisMessage *message, const char *name);
/* Whether it has so many fields that looking through them for each question takes long. */
gboolean tamis_message_has_many_fields(const TamisMessage *message);
/* Whether one of these values is the text; fold: in ASCII letters of either case. Not slower for many values. */
gboolean
tamis_message_has_value(TamisMessage *message, const char *name, const char *text, gboolean fold);

/* Whether the solver takes a message to have the field once at most (RFC 5322, 3.6). Name in any case. */
TAMIS_API gboolean tamis_header_is_single(const char *name);

typedef struct {
    const char *local, *domain; /* unquoted; domain as written */
    const char *whole;          /* local@domain, the local part quoted where it must be */
    gboolean is_valid;          /* else whole is the text of a field that has no address in it */
    guint field;                /* which field of that name it is from, 1-based */
} TamisMailAddress;

/* The addresses of all fields of that name, groups flattened; of a field without any, its text. Lent. */
TAMIS_API const TamisMailAddress *
tamis_message_get_addresses(TamisMessage *message, const char *name, guint *out_n);

/* The same of one field's text, unfolded. In arena. */
TAMIS_API const TamisMailAddress *
tamis_addresses_read(TamisArena *arena, const char *text, guint *out_n);

#define TAMIS_XHTML_TYPE "application/xhtml+xml"

/* How a part is written down (RFC 2045, 6). */
typedef enum {
    TAMIS_CODING_NONE,
    TAMIS_CODING_BASE64,
    TAMIS_CODING_QUOTED,
    TAMIS_CODING_LINES,   /* as it stands, but for CR LF at the ends of lines; in UTF-8 or not */
    TAMIS_CODING_UNKNOWN, /* the text is empty */
} TamisCoding;

typedef struct {
    const char *type;   /* "text/plain", lower case; "": it is no type */
    const char *source; /* as it stands in the body; not NUL-terminated */
    const char *rest;   /* where the source goes on: behind the end of a multipart without parts */
    gsize source_bytes, rest_bytes;
    const char *charset; /* NULL: UTF-8 */
    TamisCoding coding;
    gboolean is_html; /* or XHTML: `body :text` looks at it without tags */
} TamisBodyPart;

/* Parts in order, found on the first call, without a copy: of a multipart what stands before and behind its parts, of a
 * message inside its header. 10,000 at most, 100 deep: what is more is text of the last. Lent. */
TAMIS_API const TamisBodyPart *tamis_message_get_parts(TamisMessage *message, guint *out_n);
/* The text of part i (0-based), its coding undone and in UTF-8, plain: without HTML. Lent; not NUL-terminated. NULL: it
 * is too long to be held; tamis_body_part_read gives it. */
TAMIS_API const char *
tamis_message_get_part_text(TamisMessage *message, guint i, gboolean plain, gsize *out_length);
/* The same text, from its beginning, in pieces. Bytes of the source that are looked at at once: window_bytes. */
typedef gboolean (*TamisTakePiece)(const char *piece, gsize length_bytes,
                                   gpointer data); /* FALSE: enough */
#define TAMIS_BODY_WINDOW_BYTES (48u << 10)
TAMIS_API void tamis_body_part_read(const TamisBodyPart *part, gboolean plain, gsize window_bytes,
                                    TamisTakePiece take, gpointer data);
/* NULL: there is none, as no empty line ends the header. Lent. */
TAMIS_API const char *tamis_message_get_raw_body(TamisMessage *message, gsize *out_length);
