/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The duplicate database that sieve-test only plays at. */
#include "cli/engine/memory.h"

#include "cli/engine/run-private.h"
#include "model/message.h"

static char *
key_of(const TamisSent *sent, const TamisRun *run, const char *id)
{
    g_autofree char *address = g_ascii_strdown(run->envelope_to, -1);

    return g_strdup_printf("%d %s %s %s", sent->kind, address, sent->recipient, id);
}

void
tamis_run_leave_out(GHashTable *known, const TamisRun *run, TamisRunEnd *end)
{
    g_autoptr(TamisMessage) message = tamis_message_new_from_bytes(run->message);
    const char *id = *tamis_message_get_header(message, "message-id");
    gboolean forwards = FALSE, is_settled = end->stored->len > 0;

    if (id == NULL || *id == '\0')
        return;
    for (guint i = 0; i < end->sent->len;) {
        const TamisSent *sent = &g_array_index(end->sent, TamisSent, i);

        if (sent->kind != TAMIS_SENT_FORWARD && sent->kind != TAMIS_SENT_REPLY) {
            is_settled = TRUE;
            i++;
        } else if (g_hash_table_add(known, key_of(sent, run, id))) {
            is_settled |= sent->kind == TAMIS_SENT_FORWARD;
            i++;
        } else {
            forwards |= sent->kind == TAMIS_SENT_FORWARD;
            g_array_remove_index(end->sent, i);
        }
    }
    if (forwards && !is_settled) {
        gsize length = 0;
        const char *text = g_bytes_get_data(run->message, &length);

        tamis_run_end_store(end, NULL, text, length);
    }
}
