/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The statements of a reply, sorted by their places. */
#include "grammar/policy/reply-parts.h"

/* Into its place among the n that are there. */
static void
insert(TamisReplyPart *parts, guint *n, TamisReplyPart part)
{
    guint i = *n;

    for (; i > 0 && parts[i - 1].span.offset > part.span.offset; i--)
        parts[i] = parts[i - 1];
    parts[i] = part;
    (*n)++;
}

static void
insert_value(TamisReplyPart *parts, guint *n, const char *keyword, const TamisValue *value)
{
    if (value != NULL)
        insert(parts, n, (TamisReplyPart){keyword, value, value->span});
}

guint
tamis_reply_parts(const TamisActionSyntax *reply, TamisReplyPart *out_parts)
{
    guint n = 0;

    insert_value(out_parts, &n, "from", reply->from);
    insert_value(out_parts, &n, "subject", reply->subject);
    insert_value(out_parts, &n, "text", reply->text);
    if (reply->every.span.source != 0)
        insert(out_parts, &n, (TamisReplyPart){"every", NULL, reply->every.span});
    return n;
}
