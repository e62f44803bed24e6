/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What message.c, message-address.c and message-body.c share. Not installed. */
#pragma once

#include "model/message.h"

/* More fields than this are not looked at: hostile input. */
enum { MAX_FIELDS = 100000, MAX_PARTS = 10000, MAX_ADDRESSES = 100000 };

typedef struct {
    char *value; /* owned, decoded; NULL: not decoded yet */
    const char *raw;
    gsize raw_length;
    gsize size_bytes; /* of the whole field with its line break */
    char name[];      /* lower case */
} Field;

struct TamisMessage {
    GBytes *bytes;   /* NULL: made */
    char *made_body; /* owned; NULL: none was set */
    const char *body;
    gsize body_length;
    GPtrArray *fields;     /* of Field */
    GHashTable *headers;   /* name -> char **, lent values */
    GHashTable *addresses; /* name -> GArray of TamisMailAddress */
    GPtrArray *address_texts;
    GArray *parts;         /* of TamisBodyPart; NULL: not read yet */
    GPtrArray *part_texts; /* what parts lend and the body does not hold; NULL: not read yet */
    guint64 size_bytes;
    gboolean has_size;
    gboolean has_crlf;        /* lines end so */
    gint64 size_change_bytes; /* by fields that were added and deleted since the message was read */
};

void tamis_message_start_library(void);
/* The text of the field, unfolded and not decoded. Caller frees. */
char *tamis_message_field_text(const Field *field);
