/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Folders whose name, together with the mailbox's, is longer than the server takes. All else that a server has not is the
 * compiler's to say. */
#include "lint/rules.h"

#include "compiler/folder-name.h"

#include <string.h>

/* Cyrus calls a folder DOMAIN!user.LOCAL.FOLDER: these bytes more than the address and the folder have. */
#define MORE_BYTES (strlen("!user..") - strlen("@"))
/* UTF-7 of a letter has no more than so many bytes of each byte of UTF-8, and two around it. */
#define MOST_GROWTH 3

static gsize
inner_length(const TamisFacts *facts, const TamisMailbox *mailbox, const char *folder)
{
    g_autoptr(TamisArena) arena = tamis_arena_new();

    return strlen(tamis_policy_text(facts->policy, mailbox->address.key)) + MORE_BYTES +
           strlen(tamis_folder_name_of(facts->lint->server, folder, arena));
}

static gboolean
is_plainly_within(const TamisFacts *facts, const TamisMailbox *mailbox, const char *folder)
{
    return strlen(tamis_policy_text(facts->policy, mailbox->address.key)) + MORE_BYTES +
               MOST_GROWTH * strlen(folder) <=
           facts->lint->server->max_folder_bytes;
}

static void
look(TamisFacts *facts, const TamisRouteWalk *at, const TamisAction *action)
{
    const TamisServer *server = facts->lint->server;
    const char *folder = tamis_policy_text(facts->policy, action->text);
    gsize length;

    if (is_plainly_within(facts, at->mailbox, folder))
        return;
    length = inner_length(facts, at->mailbox, folder);
    if (length <= server->max_folder_bytes)
        return;
    tamis_report_help(
        facts->report,
        tamis_facts_find(facts, TAMIS_RULE_UNSUPPORTED, action->span, at,
                         "the folder's whole name has %" G_GSIZE_FORMAT
                         " bytes on the server '%s', which takes %u",
                         length, server->name, server->max_folder_bytes),
        "shorten it, or the mail goes to the inbox: the mailbox's address counts, and a letter "
        "other than ASCII takes several bytes");
}

void
tamis_rule_unsupported(TamisFacts *facts)
{
    TamisRouteWalk walk = {.policy = facts->policy};

    if (facts->lint->server->max_folder_bytes == 0)
        return;
    while (tamis_route_next(&walk)) {
        TamisSlice actions = walk.route->actions;

        for (guint32 i = actions.first; i < actions.first + actions.n; i++) {
            const TamisAction *action = tamis_policy_action(facts->policy, i);

            if (action->kind == TAMIS_DO_KEEP && action->text != 0)
                look(facts, &walk, action);
        }
    }
}
