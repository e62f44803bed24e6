/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The statements of a reply in the order in which they were written: the tree has each by its
 * name, and whoever writes a policy keeps its order. */
#pragma once

#include "grammar/policy/tree.h"

typedef struct {
    const char *keyword;     /* "text", also the name of the XML element */
    const TamisValue *value; /* NULL: the duration of `every` */
    TamisSpan span;
} TamisReplyPart;

#define TAMIS_MAX_REPLY_PARTS 4

/* How many there are; out_parts has room for TAMIS_MAX_REPLY_PARTS. */
guint tamis_reply_parts(const TamisActionSyntax *reply, TamisReplyPart *out_parts);
