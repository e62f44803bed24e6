/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * ManageSieve on the wire (RFC 5804, section 4), without a socket: bytes of a server to responses, and what
 * goes into commands. Every length is capped before memory is taken for it, and bytes that make no sense
 * end the parser for good. */
#pragma once

#include "base/api.h"

/* What a server may say. A script of RFC 5804's servers has at most a few megabytes. */
#define TAMIS_WIRE_MAX_LITERAL_BYTES  ((gsize)16 << 20)
#define TAMIS_WIRE_MAX_QUOTED_BYTES   ((gsize)64 << 10)
#define TAMIS_WIRE_MAX_ATOM_BYTES     ((gsize)1 << 10)
#define TAMIS_WIRE_MAX_RESPONSE_BYTES ((gsize)32 << 20)
#define TAMIS_WIRE_MAX_WORDS          65536
#define TAMIS_WIRE_MAX_CODE_DEPTH     8

/* Reading --------------------------------------------------------------------------------------- */

typedef enum { TAMIS_WIRE_ATOM, TAMIS_WIRE_STRING } TamisWireKind;

typedef struct {
    TamisWireKind kind;
    guint32 line;  /* 0-based, of its response */
    gboolean code; /* stands in the response code's parentheses */
    char *text;    /* NUL-terminated; a literal may hold others */
    gsize length_bytes;
} TamisWireWord;

typedef enum {
    TAMIS_WIRE_NO_STATUS, /* the lines before the last one */
    TAMIS_WIRE_OK,
    TAMIS_WIRE_NO,
    TAMIS_WIRE_BYE,
} TamisWireStatus;

/* The words of all lines in order. Those of the last line: "OK", the code's, the text. */
typedef struct {
    TamisWireStatus status;
    guint32 n_lines;
    GArray *words; /* of TamisWireWord */
    GArray *lines; /* of guint32: the first word of each, n_lines of them */
} TamisWireResponse;

void tamis_wire_response_free(TamisWireResponse *response);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisWireResponse, tamis_wire_response_free)

/* The n-th word of a line, outside of the code; NULL where there is none. */
const TamisWireWord *
tamis_wire_response_word(const TamisWireResponse *response, guint32 line, guint n);
/* The response code ("QUOTA/MAXSIZE", as the server wrote it), or NULL; its first argument, or NULL. */
const char *tamis_wire_response_code(const TamisWireResponse *response);
const char *tamis_wire_response_code_argument(const TamisWireResponse *response);
/* Whether the code is that, or something below it: "QUOTA" is "QUOTA/MAXSIZE" too. In any case. */
gboolean tamis_wire_response_has_code(const TamisWireResponse *response, const char *code);
/* The text for people, or NULL. */
const char *tamis_wire_response_text(const TamisWireResponse *response);

typedef struct TamisWire TamisWire;

TamisWire *tamis_wire_new(void);
void tamis_wire_free(TamisWire *wire);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisWire, tamis_wire_free)

typedef enum {
    TAMIS_WIRE_MORE, /* all was used, and the line is not complete */
    TAMIS_WIRE_LINE, /* a line without a status is complete */
    TAMIS_WIRE_END,  /* the line with the status is */
    TAMIS_WIRE_BROKEN, /* error says what breaks the protocol (TAMIS_DEPLOY_ERROR_PROTOCOL), now and ever after */
} TamisWireStep;

/* Reads up to the end of one line. */
TamisWireStep
tamis_wire_feed(TamisWire *wire, const char *bytes, gsize n_bytes, gsize *out_used, GError **error);
/* What was read since the last time; the parser starts anew. After TAMIS_WIRE_LINE or _END. */
TamisWireResponse *tamis_wire_steal(TamisWire *wire);

/* Writing --------------------------------------------------------------------------------------- */

/* Appends a string: quoted where that is possible, else as a literal that does not wait ({n+}). FALSE with
 * error where text has a NUL, which no server stores. */
gboolean
tamis_wire_append_string(GString *out, const char *text, gsize length_bytes, GError **error);
/* Whether a script may be called so (RFC 5804, section 1.6): UTF-8 of 1 to 512 bytes without control
 * characters, line separators and slashes. ascii: for servers that take no other (Cyrus). The caller checks
 * every name: on some servers a name that is refused leaves the script's bytes to be run as commands. */
gboolean tamis_wire_check_name(const char *name, gboolean ascii, GError **error);
