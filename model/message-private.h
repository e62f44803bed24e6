/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What message.c, message-address.c and message-body.c share. Not installed. */
#pragma once

#include "base/arena.h"
#include "model/message-fields.h"
#include "model/message.h"

struct TamisMessage {
    GBytes *bytes;    /* NULL: made */
    char *made_body;  /* owned; NULL: none was set */
    const char *body; /* NULL: no empty line ends the header */
    gsize body_length;
    TamisFieldBlock *read; /* shared; NULL: made */
    guint8 *gone;          /* by field of read, what was deleted; NULL: nothing */
    GPtrArray *top;        /* of TamisField, owned, added before the others; the first is last */
    GPtrArray *bottom;     /* of TamisField, owned, added behind the others */
    gpointer block;      /* fields that were given when it was made, and their texts; NULL: none */
    GHashTable *headers; /* name -> char **, lent values; NULL: none was asked for */
    GHashTable *
        values; /* "=name" and "~name" (in lower case) -> the set of headers' values; NULL: none was asked for */
    GHashTable *addresses; /* name -> what is in address_arena; NULL: none was asked for */
    TamisArena *address_arena;
    GArray *parts;         /* of TamisBodyPart; NULL: not read yet */
    GPtrArray *part_names; /* types and charsets that parts lend; NULL: not read yet */
    GPtrArray *part_texts; /* of GBytes, by part, as they are and then plain; NULL: not read yet */
    gsize held_bytes;      /* of part_texts */
    guint64 size_bytes;
    gboolean has_size;
    gboolean has_crlf;        /* lines end so */
    gint64 size_change_bytes; /* by fields that were added and deleted since the message was read */
};

/* The text of the field, unfolded and not decoded. Caller frees. */
char *tamis_message_field_text(const TamisField *field);
/* The next in order; at begins with 0. NULL: there is none. */
TamisField *tamis_message_next_field(const TamisMessage *message, guint *at);
/* Those of a name, in any case, in order. Caller unrefs; the fields are lent. */
GPtrArray *tamis_message_find_fields(const TamisMessage *message, const char *name);
