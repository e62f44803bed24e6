/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The shapes of the policy language's words: which bytes from a place on make a word, and what is wrong with
 * one that nearly has a shape. Knows neither strings nor where a word may stand. */
#pragma once

#include "grammar/policy/tokens.h"

/* Classes of a byte. */
enum {
    TAMIS_BYTE_LETTER = 1, /* ASCII letters */
    TAMIS_BYTE_DIGIT = 2,
    TAMIS_BYTE_JOIN = 4,   /* _ - : inside names */
    TAMIS_BYTE_LOCAL = 8,  /* . + : before the @ of an address, as well as the classes above */
    TAMIS_BYTE_HIGH = 16,  /* part of a character beyond ASCII */
    TAMIS_BYTE_BLANK = 32, /* space, tab, line feed, carriage return */
    TAMIS_BYTE_ODD = 64, /* before the @ of an address that stands in quotes, and no mark of ours */
};
#define TAMIS_BYTES_NAME (TAMIS_BYTE_LETTER | TAMIS_BYTE_DIGIT | TAMIS_BYTE_JOIN)
extern const guint8 tamis_byte_classes[256];

typedef enum {
    TAMIS_WORD_GOOD,
    TAMIS_WORD_NO_SUCH_DAY,    /* 2026-02-30 */
    TAMIS_WORD_NO_SUCH_TIME,   /* 25:00 */
    TAMIS_WORD_NO_SUCH_OFFSET, /* +99:00 */
    TAMIS_WORD_UNPADDED_DATE,  /* 2026-1-5 */
    TAMIS_WORD_SLASHED_DATE,   /* 2026/01/05 */
    TAMIS_WORD_UNPADDED_TIME,  /* 9:00 */
    TAMIS_WORD_TIME_SECONDS,   /* 09:00:00 without a date */
    TAMIS_WORD_TOO_LARGE,      /* does not fit 64 bits */
    TAMIS_WORD_GLUED,          /* 7days: the word is `7` */
    TAMIS_WORD_NO_DOMAIN,      /* info@ */
    TAMIS_WORD_NO_SHAPE,       /* 9-17x, _desk */
} TamisWordFault;

typedef struct {
    TamisTokenKind kind; /* END: no word starts here */
    TamisWordFault fault;
    gsize length_bytes;
    char corrected[40]; /* the text to go on with where it is not the one written; else empty */
    /* In and out, NULL at first: what an earlier scan saw. */
    const char *no_at_before; /* up to here no address starts */
    const char *run_end;      /* up to here all bytes are such as names are made of */
} TamisWordScan;

/* The longest word that has a shape at text. Never reads at or behind end. Bytes that are no UTF-8 end the
 * word. Called for one place of a text after another with the same scan, all of it takes linear time. */
void tamis_word_scan(const char *text, const char *end, TamisWordScan *scan);
/* The shape of a whole text that holds one word and nothing else; END when it has none. */
TamisTokenKind tamis_word_shape(const char *text, gsize length_bytes);
/* The length of the NAME at text, 0 when none starts there. */
gsize tamis_name_length(const char *text, const char *end);
/* One UTF-8 character; returns its length, 0 when there is none or it is malformed. */
gsize tamis_utf8_decode(const char *text, const char *end, gunichar *out_character);
