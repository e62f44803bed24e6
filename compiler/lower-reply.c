/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Replies and rejections to commands: one of each in a run, that of the first active route. */
#include "compiler/lower-private.h"

enum { DAY_S = 86400 };

/* Reply -----------------------------------------------------------------------------------------
 */

static const char *
interval_text(TamisLowering *lowering, gint64 seconds)
{
    if (seconds % DAY_S == 0)
        return tamis_arena_printf(lowering->arena, "%" G_GINT64_FORMAT " day%s", seconds / DAY_S,
                                  seconds == DAY_S ? "" : "s");
    return tamis_arena_printf(lowering->arena, "%" G_GINT64_FORMAT " hour%s", seconds / 3600,
                              seconds == 3600 ? "" : "s");
}

/* The interval that the server honours. */
static gint64
clamp_interval(TamisLowering *lowering, const TamisAction *action)
{
    const TamisServer *server = lowering->server;
    gint64 every = tamis_server_reply_interval(server, action->every_s);
    TamisDiagnostic *finding;

    if (every == action->every_s)
        return every;
    finding = tamis_report_add(
        lowering->report, action->span, TAMIS_RULE_REPLY_INTERVAL,
        "a reply every %s is not what the server '%s' allows: it will be every %s",
        interval_text(lowering, action->every_s), server->name, interval_text(lowering, every));
    tamis_report_help(lowering->report, finding, "write 'every %s;'",
                      interval_text(lowering, every));
    tamis_report_blame(lowering->report, finding,
                       tamis_policy_text(lowering->policy, lowering->mailbox->address.text),
                       tamis_policy_text(lowering->policy, lowering->route->name));
    return every;
}

/* All of the mailbox's addresses, its own first, so that the list is complete. NULL: it has no other. */
static TamisSieveString *
own_addresses(TamisLowering *lowering)
{
    g_autoptr(GArray) own =
        tamis_own_addresses_of(lowering->context->own_addresses, lowering->mailbox);
    TamisSieveString *first = NULL, **end = &first;

    if (own->len == 1)
        return NULL;
    if (lowering->open != NULL) /* where a list is broken depends on what is in it */
        lowering->open->is_closed = TRUE;
    for (guint i = 0; i < own->len; i++) {
        *end = tamis_lower_string(lowering, g_array_index(own, TamisString, i), TAMIS_NO_SPAN);
        end = &(*end)->next;
    }
    return first;
}

static gboolean
needs_text_form(const TamisLowering *lowering, const char *text)
{
    return !lowering->server->unescapes_strings && strpbrk(text, "\"\\") != NULL;
}

/* A text of the policy; where the server leaves escapes in strings, as a text: block, which has
 * none and ends in a line break. */
static TamisSieveString *
text_string(TamisLowering *lowering, guint route, const TamisAction *action)
{
    const char *content = tamis_policy_text(lowering->policy, action->text);
    TamisSieveString *string;

    if (!needs_text_form(lowering, content)) {
        string = tamis_lower_string(lowering, action->text, action->span);
        tamis_lower_note_open(lowering, string, route, action, TAMIS_OPEN_TEXT);
        return string;
    }
    content = tamis_arena_printf(lowering->arena, "%s\n", content);
    string = tamis_sieve_string(lowering->arena, content, strlen(content));
    string->form = TAMIS_SIEVE_TEXT;
    return string;
}

static TamisSieveCommand *
vacation(TamisLowering *lowering, guint route, const TamisAction *action)
{
    TamisSieveCommand *command = tamis_sieve_command(lowering->arena, "vacation");
    TamisSieveArgument **arguments = &command->arguments;
    TamisSieveString *addresses = own_addresses(lowering);
    gint64 every_s = clamp_interval(lowering, action);

    if (every_s % DAY_S == 0) {
        tamis_sieve_add_tag(lowering->arena, arguments, "days");
        tamis_sieve_add_number(lowering->arena, arguments, every_s / DAY_S);
    } else {
        tamis_lower_use(lowering, TAMIS_EXTENSION_VACATION_SECONDS, action->span);
        tamis_sieve_add_tag(lowering->arena, arguments, "seconds");
        tamis_sieve_add_number(lowering->arena, arguments, every_s);
    }
    if (action->name != 0) {
        TamisSieveString *subject = tamis_lower_string(lowering, action->name, action->span);

        tamis_lower_note_open(lowering, subject, route, action, TAMIS_OPEN_NAME);
        tamis_sieve_add_tag(lowering->arena, arguments, "subject");
        tamis_sieve_add_strings(lowering->arena, arguments, subject);
    }
    if (action->from != 0) {
        tamis_sieve_add_tag(lowering->arena, arguments, "from");
        tamis_sieve_add_strings(lowering->arena, arguments,
                                tamis_lower_string(lowering, action->from, action->span));
    }
    if (addresses != NULL) {
        tamis_sieve_add_tag(lowering->arena, arguments, "addresses");
        tamis_sieve_add_strings(lowering->arena, arguments, addresses);
    }
    tamis_sieve_add_strings(lowering->arena, arguments, text_string(lowering, route, action));
    return command;
}

static TamisSieveCommand *
reject(TamisLowering *lowering, guint route, const TamisAction *action)
{
    TamisSieveCommand *command;
    const char *name = "reject";

    if (!tamis_lower_use(lowering, TAMIS_EXTENSION_REJECT, action->span)) {
        name = "ereject";
        if (!tamis_lower_use(lowering, TAMIS_EXTENSION_EREJECT, action->span))
            tamis_lower_lacks(lowering, action->span, TAMIS_EXTENSION_REJECT, "'reject'");
    }
    command = tamis_sieve_command(lowering->arena, name);
    tamis_sieve_add_strings(lowering->arena, &command->arguments,
                            text_string(lowering, route, action));
    return command;
}

/* Whether the engine would answer a mailing list by itself. */
static gboolean
answers_bulk_mail(const TamisLowering *lowering)
{
    gboolean edits = FALSE;

    for (guint i = 0; i < lowering->n_planned; i++)
        edits |= lowering->planned[i].marks || lowering->planned[i].encrypts;
    return lowering->server->answers_bulk_mail ||
           (edits && lowering->server->answers_edited_bulk_mail);
}

/* What only the first active route does: reply, reject. */
static void
add_once(TamisLowering *lowering, guint route, gboolean is_reply, TamisSieveCommand *command,
         TamisSieveBlock *block)
{
    TamisLowerTests earlier = {.all = FALSE};
    TAMIS_SIEVE_BLOCK(inner);

    for (guint i = 0; i < route; i++) {
        gboolean does = is_reply ? lowering->planned[i].replies : lowering->planned[i].rejects;

        if (does && !tamis_lower_exclusive(lowering, i, route))
            tamis_lower_tests_add(lowering, &earlier,
                                  tamis_lower_implied(lowering, i, route)
                                      ? &tamis_lower_always
                                      : tamis_lower_active_beside(lowering, i));
    }
    /* Mailing lists are never answered; of most of them every engine makes sure itself. */
    if (is_reply && answers_bulk_mail(lowering))
        tamis_lower_tests_add(lowering, &earlier, tamis_lower_is_bulk(lowering));
    if (is_reply && lowering->server->answers_lists)
        tamis_lower_tests_add(lowering, &earlier, tamis_lower_has_list_field(lowering));
    tamis_sieve_block_add(&inner, command);
    tamis_lower_guarded(lowering,
                        tamis_lower_not(lowering, tamis_lower_tests_finish(lowering, &earlier)),
                        &inner, block);
}

void
tamis_lower_reply(TamisLowering *lowering, guint route, const TamisAction *action,
                  TamisSieveBlock *block)
{
    if (!tamis_lower_use(lowering, TAMIS_EXTENSION_VACATION, action->span)) {
        tamis_lower_lacks(lowering, action->span, TAMIS_EXTENSION_VACATION, "'reply'");
        return;
    }
    add_once(lowering, route, TRUE, vacation(lowering, route, action), block);
}

void
tamis_lower_reject(TamisLowering *lowering, guint route, const TamisAction *action,
                   TamisSieveBlock *block)
{
    add_once(lowering, route, FALSE, reject(lowering, route, action), block);
}
