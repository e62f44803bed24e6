/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A route's actions, one by one: keeps and marks here, the others in files of their own. */
#include "compiler/folder-name.h"
#include "compiler/lower-private.h"

/* Keep, mark ------------------------------------------------------------------------------------
 */

static gboolean
files_into(const TamisLowering *lowering, TamisSlice actions, guint32 n, TamisString folder)
{
    for (guint32 i = 0; i < n; i++) {
        const TamisAction *action = tamis_policy_action(lowering->policy, actions.first + i);
        if (action->kind == TAMIS_DO_KEEP && action->text == folder)
            return TRUE;
    }
    return FALSE;
}

/* That an earlier route files into the folder, where the engine would file again. */
static TamisSieveTest *
is_filed_before(TamisLowering *lowering, guint route, TamisString folder)
{
    TamisLowerTests filed = {.all = FALSE};

    for (guint i = 0; i < route && lowering->server->engine == TAMIS_ENGINE_LIBSIEVE; i++) {
        TamisSlice actions = lowering->planned[i].route->actions;
        if (tamis_lower_together(lowering, i, route) &&
            files_into(lowering, actions, actions.n, folder))
            tamis_lower_tests_add(lowering, &filed, tamis_lower_other_active(lowering, i, route));
    }
    return tamis_lower_tests_finish(lowering, &filed);
}

static void
check_folder(TamisLowering *lowering, const char *folder, TamisSpan span)
{
    const char *refuses = lowering->server->folder_refuses;
    const char *refused = refuses != NULL ? strpbrk(folder, refuses) : NULL;

    if (refused == NULL)
        return;
    TamisDiagnostic *finding = tamis_lower_unsupported(
        lowering, span, "the server '%s' has no folders with '%c' in their names, as '%s' has",
        lowering->server->name, *refused, folder);
    tamis_report_help(lowering->report, finding,
                      "take these out of the name, or the mail goes to the inbox: %s", refuses);
}

static void
add_fileinto(TamisLowering *lowering, guint route, const TamisAction *action,
             TamisSieveBlock *block)
{
    TAMIS_SIEVE_BLOCK(inner);
    TamisSieveCommand *command = tamis_sieve_command(lowering->arena, "fileinto");
    const char *folder = tamis_policy_text(lowering->policy, action->text);

    if (!tamis_lower_use(lowering, TAMIS_EXTENSION_FILEINTO, action->span))
        tamis_lower_lacks(lowering, action->span, TAMIS_EXTENSION_FILEINTO, "'keep in'");
    check_folder(lowering, folder, action->span);
    /* Without `mailbox` the server is left to make folders, or to keep in the inbox. */
    if (tamis_lower_use(lowering, TAMIS_EXTENSION_MAILBOX, action->span))
        tamis_sieve_add_tag(lowering->arena, &command->arguments, "create");
    folder = tamis_folder_name_of(lowering->server, folder, lowering->arena);
    tamis_sieve_add_strings(lowering->arena, &command->arguments,
                            tamis_lower_literal(lowering, folder, strlen(folder), action->span));
    tamis_sieve_block_add(&inner, command);
    tamis_lower_guarded(lowering,
                        tamis_lower_not(lowering, is_filed_before(lowering, route, action->text)),
                        &inner, block);
}

TamisSieveCommand *
tamis_lower_addheader(TamisLowering *lowering, TamisString name, TamisString value, gboolean last,
                      TamisSpan span)
{
    TamisSieveCommand *command = tamis_sieve_command(lowering->arena, "addheader");

    if (last)
        tamis_sieve_add_tag(lowering->arena, &command->arguments, "last");
    tamis_sieve_add_strings(lowering->arena, &command->arguments,
                            tamis_lower_string(lowering, name, span));
    tamis_sieve_add_strings(lowering->arena, &command->arguments,
                            tamis_lower_string(lowering, value, span));
    g_array_append_val(lowering->added, name);
    return command;
}

void
tamis_lower_marks(TamisLowering *lowering, guint route, TamisSieveBlock *block)
{
    TamisSlice actions = lowering->planned[route].route->actions;

    for (guint32 i = 0; i < actions.n; i++) {
        const TamisAction *action = tamis_policy_action(lowering->policy, actions.first + i);

        if (action->kind != TAMIS_DO_MARK)
            continue;
        if (!tamis_lower_use(lowering, TAMIS_EXTENSION_EDITHEADER, action->span))
            tamis_lower_lacks(lowering, action->span, TAMIS_EXTENSION_EDITHEADER, "'mark'");
        tamis_sieve_block_add(block, tamis_lower_addheader(lowering, action->name, action->text,
                                                           FALSE, action->span));
    }
}

/* A route's actions -----------------------------------------------------------------------------
 */

static void
add_explicit_keep(TamisLowering *lowering, guint route, TamisSieveBlock *block)
{
    gboolean merges = tamis_server_has(lowering->server, TAMIS_EXTENSION_COPY);

    tamis_lower_add_keep(
        lowering,
        merges ? &tamis_lower_always
               : tamis_lower_not(lowering, tamis_lower_kept_elsewhere(lowering, route, TRUE)),
        block);
}

void
tamis_lower_actions(TamisLowering *lowering, guint route, TamisSieveBlock *block)
{
    TamisSlice actions = lowering->planned[route].route->actions;
    gboolean kept = FALSE, replied = FALSE, rejected = FALSE, discarded = FALSE;

    for (guint32 i = 0; i < actions.n; i++) {
        guint32 index = actions.first + i;
        const TamisAction *action = tamis_policy_action(lowering->policy, index);

        switch ((TamisActionKindOf)action->kind) {
        case TAMIS_DO_FORWARD:
            if (!tamis_lower_is_encrypting(lowering, action))
                tamis_lower_forward(lowering, route, index, &kept, block);
            break;
        case TAMIS_DO_REPLY:
            if (!replied)
                tamis_lower_reply(lowering, route, action, block);
            replied = TRUE;
            break;
        case TAMIS_DO_REJECT:
            if (!rejected)
                tamis_lower_reject(lowering, route, action, block);
            rejected = TRUE;
            break;
        case TAMIS_DO_KEEP:
            if (action->text != 0 &&
                !files_into(lowering, actions, index - actions.first, action->text))
                add_fileinto(lowering, route, action, block);
            else if (action->text == 0 && !kept)
                add_explicit_keep(lowering, route, block);
            kept |= action->text == 0;
            break;
        case TAMIS_DO_DISCARD:
            if (!discarded)
                tamis_sieve_block_add(block, tamis_sieve_command(lowering->arena, "discard"));
            discarded = TRUE;
            break;
        case TAMIS_DO_MARK: /* tamis_lower_marks */
        case TAMIS_DO_FINAL:
            break;
        }
    }
    if (lowering->planned[route].encrypts && !lowering->planned[route].late)
        tamis_lower_encrypted(lowering, route, block);
}
