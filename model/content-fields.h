/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the header of a message, or of a part of one, says of its body (RFC 2045, RFC 2231), as Dovecot 2.3 reads it. Not
 * installed. */
#pragma once

#include "model/message-fields.h"
#include "model/message.h"

/* Strings are owned. */
typedef struct {
    char *type;     /* lower case, "text/plain" if none is said; "": what is said is no type */
    char *boundary; /* of a multipart, at most 80 bytes; else NULL */
    char *charset;  /* NULL: none is said */
    TamisCoding coding;
    gboolean is_said;               /* the type */
    gboolean is_digest;             /* parts without a type are messages */
    gboolean is_message;            /* the body is a message */
    gboolean is_message_as_written; /* the type is written "message/rfc822" in this very case */
} TamisContentFields;

/* Of a header without any such field. */
void tamis_content_fields_init(TamisContentFields *content);
void tamis_content_fields_clear(TamisContentFields *content);
/* The next field, in order; others are passed over. Of several the last says the type and the coding, the first all
 * else. */
void tamis_content_fields_take(TamisContentFields *content, const TamisField *field);
