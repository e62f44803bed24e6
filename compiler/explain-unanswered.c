/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Rejections that the sender is not told of. Dovecot takes the message from whoever delivers it and writes to the sender
 * itself: not to the null sender, and not where the message, as it arrived, was sent automatically (2.3.19,
 * lib-lda/mail-send.c). Nothing is left of it then. Cyrus refuses it, and leaves that to whoever delivers. */
#include "compiler/explain-private.h"

#include "grammar/server.h"

#include <string.h>

static gboolean
rejects(const TamisDeliveryStep *step)
{
    for (guint i = 0; i < step->actions->len; i++)
        if (((const TamisFlowAction *)g_ptr_array_index(step->actions, i))->kind ==
            TAMIS_FLOW_REJECT)
            return TRUE;
    return FALSE;
}

/* The first field counts, and all of it. */
static gboolean
is_automatic(const TamisDeliveryStep *step)
{
    const char *submitted = *tamis_message_get_header(step->message, "auto-submitted");

    return submitted != NULL && g_ascii_strcasecmp(submitted, "no") != 0;
}

gboolean
tamis_explain_is_unanswered(const TamisDeliveryStep *step, guint8 engine)
{
    return engine == TAMIS_ENGINE_PIGEONHOLE && rejects(step) &&
           (*step->envelope_from == '\0' || is_automatic(step));
}
