/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the policy parser reads: a stream of tokens. The lexer makes one from text, the XML reader another;
 * the parser knows neither. */
#pragma once

#include "base/source.h"

typedef enum {
    TAMIS_TOKEN_END,
    /* Words, docs/language.md "Lexis": */
    TAMIS_TOKEN_STRING, /* text: template form, see tree.h */
    TAMIS_TOKEN_ADDRESS,
    TAMIS_TOKEN_DOMAIN, /* also what the parser reads as a COLUMN inside `each` */
    TAMIS_TOKEN_DATE,
    TAMIS_TOKEN_INSTANT, /* one blank or T between date and time, none before the offset */
    TAMIS_TOKEN_NAME,    /* also every keyword, DAYS and UNIT */
    TAMIS_TOKEN_NUMBER,  /* fits gint64 */
    TAMIS_TOKEN_SIZE,    /* fits gint64 with its K, M or G */
    TAMIS_TOKEN_TIME,    /* 00:00 … 24:00 */
    TAMIS_TOKEN_ZONE,    /* with a slash; `UTC` is a NAME */
    /* Marks: */
    TAMIS_TOKEN_OPEN,  /* { */
    TAMIS_TOKEN_CLOSE, /* } */
    TAMIS_TOKEN_LEFT,  /* ( */
    TAMIS_TOKEN_RIGHT, /* ) */
    TAMIS_TOKEN_SEMICOLON,
    TAMIS_TOKEN_COMMA,
    TAMIS_TOKEN_EQUALS,
    TAMIS_TOKEN_PLUS,
    TAMIS_TOKEN_MINUS,
    TAMIS_TOKEN_DOTS, /* .. */
    TAMIS_TOKEN_LT,
    TAMIS_TOKEN_LE,
    TAMIS_TOKEN_GT,
    TAMIS_TOKEN_GE,
} TamisTokenKind;

typedef struct {
    TamisTokenKind kind;
    TamisSpan span;
    const char *text; /* words: length_bytes bytes, see is_kept; marks: may be NULL */
    guint32 length_bytes;
    guint
        is_kept : 1; /* text ends in NUL and lives as long as the arena: the tree may point to it */
    guint is_block : 1; /* a STRING that was written as a text block */
    guint starts_line : 1;
    guint is_faulty : 1; /* something before or in it was reported: the parser is silent about it */
} TamisToken;

typedef struct {
    /* Writes the next token; after END it writes END again. The texts stay valid while the parser runs. */
    void (*next)(gpointer data, TamisToken *out_token);
    gpointer data;
} TamisTokenSource;
