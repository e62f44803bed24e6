/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What fields of a message are written in, and what people and programs write there. Not installed. */
#pragma once

#include <glib.h>

typedef enum {
    TAMIS_USE_TEXT,        /* anything in one line */
    TAMIS_USE_WORD,        /* one word, perhaps with parameters: RFC 3834, 5; RFC 2045, 4 and 6 */
    TAMIS_USE_ADDRESSES,   /* RFC 5322, 3.4 */
    TAMIS_USE_PATH,        /* one address between angle brackets, or none: RFC 5322, 3.6.7 */
    TAMIS_USE_IDENTIFIER,  /* RFC 5322, 3.6.4 */
    TAMIS_USE_IDENTIFIERS, /* several, with blanks between them */
    TAMIS_USE_DATE,        /* RFC 5322, 3.3 */
    TAMIS_USE_TRACE,       /* words, a semicolon and a date: RFC 5322, 3.6.7 */
    TAMIS_USE_LIST,        /* a text and an identifier of a list: RFC 2919, 3 */
    TAMIS_USE_LINKS,       /* RFC 2369, 2 */
    TAMIS_USE_MEDIA,       /* RFC 2045, 5.1; of several parts the boundary is named */
} TamisUseKind;

enum { TAMIS_USE_MAX_USUAL = 4 };

typedef struct {
    const char *name; /* lower case */
    TamisUseKind kind;
    const char *usual
        [TAMIS_USE_MAX_USUAL]; /* what stands there where anything will do, ended by NULL; none: a date
                                               where it is one, else what was found is as good */
} TamisFieldUse;

/* Of any name in lower case. Static. */
const TamisFieldUse *tamis_field_use(const char *name);
/* Whether the value is of this kind. */
gboolean tamis_use_takes(TamisUseKind kind, const char *value);
/* Texts with a `%` for what was found, and perhaps a `$` for a date, by which it may become a value of this kind; ended by
 * NULL. Static. */
const char *const *tamis_use_ways(TamisUseKind kind);
