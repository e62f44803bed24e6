/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Encrypted forwards by a filter program or by a header mark (a gateway is an ordinary target). A
 * filter is only ever a test, never a command: a command that fails is passed over and the redirect
 * after it would send plain text. The copy that stays is kept before the message is changed. */
#include "compiler/lower-private.h"

static const TamisEncryption *
encryption_of(const TamisLowering *lowering, const TamisAction *action)
{
    return &g_array_index(lowering->policy->encryptions, TamisEncryption, action->encryption);
}

static const TamisAction *
encrypting_action(const TamisLowering *lowering, guint route, guint32 i)
{
    const TamisAction *action =
        tamis_policy_action(lowering->policy, lowering->planned[route].route->actions.first + i);

    if (action->kind != TAMIS_DO_FORWARD || !tamis_lower_is_encrypting(lowering, action))
        return NULL;
    return action;
}

/* The copy that stays, plain, before anything is changed. */
static void
keep_plain(TamisLowering *lowering, guint route, TamisSieveBlock *block)
{
    const TamisPlanned *planned = &lowering->planned[route];

    if (!planned->keeps && !planned->cancels)
        tamis_lower_add_keep(lowering, tamis_lower_copy_stays(lowering, route, !planned->late),
                             block);
}

/* Whether the message could be gone when the filter fails. */
static gboolean
may_be_unkept(const TamisLowering *lowering, guint route)
{
    if (lowering->planned[route].keeps || lowering->planned[route].files)
        return FALSE;
    for (guint i = 0; i < lowering->n_planned; i++) {
        if (lowering->planned[i].cancels && !lowering->planned[i].files &&
            (i == route || !tamis_lower_exclusive(lowering, MIN(i, route), MAX(i, route))))
            return TRUE;
    }
    return FALSE;
}

/* The redirects of one action. The implicit keep must not store the changed message: they are without `:copy`, here or
 * where else they stand, and cancel it. */
static void
add_redirects(TamisLowering *lowering, guint route, guint32 index, TamisSieveBlock *block)
{
    const TamisAction *action = tamis_policy_action(lowering->policy, index);

    if (action->one_of) {
        tamis_lower_one_of(lowering, route, index, FALSE, block);
        return;
    }
    for (guint32 i = 0; i < action->targets.n; i++)
        tamis_lower_redirect(lowering, route, index, i, FALSE, block);
}

static void
add_by_header(TamisLowering *lowering, guint route, TamisSieveBlock *block)
{
    TamisSlice actions = lowering->planned[route].route->actions;

    for (guint32 i = 0; i < actions.n; i++) {
        const TamisAction *action = encrypting_action(lowering, route, i);
        const TamisEncryption *encryption;
        TamisSieveCommand *undo;

        if (action == NULL || encryption_of(lowering, action)->means != TAMIS_ENCRYPT_HEADER)
            continue;
        encryption = encryption_of(lowering, action);
        if (!tamis_lower_use(lowering, TAMIS_EXTENSION_EDITHEADER, action->span))
            tamis_lower_lacks(lowering, action->span, TAMIS_EXTENSION_EDITHEADER,
                              "encryption by a header");
        /* At the end, where it is taken off again for what follows: on top, Cyrus 3.6.1 counts it as the
         * last of its name all the same, and would take off one that the message had before. */
        tamis_sieve_block_add(block,
                              tamis_lower_addheader(lowering, encryption->header,
                                                    encryption->header_value, TRUE, action->span));
        add_redirects(lowering, route, actions.first + i, block);
        undo = tamis_sieve_command(lowering->arena, "deleteheader");
        tamis_sieve_add_tag(lowering->arena, &undo->arguments, "last");
        tamis_sieve_add_tag(lowering->arena, &undo->arguments, "index");
        tamis_sieve_add_number(lowering->arena, &undo->arguments, 1);
        tamis_sieve_add_strings(lowering->arena, &undo->arguments,
                                tamis_lower_string(lowering, encryption->header, action->span));
        tamis_sieve_block_add(block, undo);
        g_array_set_size(lowering->added, lowering->added->len - 1);
    }
}

static TamisSieveTest *
filter_test(TamisLowering *lowering, const TamisEncryption *encryption, TamisSpan span)
{
    TamisSieveTest *test = tamis_sieve_test(lowering->arena, "filter");
    TamisSieveString *arguments = NULL, **end = &arguments;

    if (!tamis_lower_use(lowering, TAMIS_EXTENSION_DOVECOT_FILTER, span))
        tamis_lower_lacks(lowering, span, TAMIS_EXTENSION_DOVECOT_FILTER, "encryption by a filter");
    for (guint32 i = 1; i < encryption->arguments.n; i++) {
        *end = tamis_lower_string(
            lowering, tamis_policy_value(lowering->policy, encryption->arguments.first + i), span);
        end = &(*end)->next;
    }
    tamis_sieve_add_strings(
        lowering->arena, &test->arguments,
        tamis_lower_string(
            lowering, tamis_policy_value(lowering->policy, encryption->arguments.first), span));
    if (arguments != NULL)
        tamis_sieve_add_strings(lowering->arena, &test->arguments, arguments);
    return test;
}

static void
add_filtered(TamisLowering *lowering, guint route, guint32 encryption, TamisSieveBlock *block)
{
    TamisSlice actions = lowering->planned[route].route->actions;

    for (guint32 i = 0; i < actions.n; i++) {
        const TamisAction *action = encrypting_action(lowering, route, i);

        if (action != NULL && action->encryption == encryption)
            add_redirects(lowering, route, actions.first + i, block);
    }
}

/* `if filter … { inner } else { keep }`; keep_on_failure NULL: the copy is there already. */
static void
add_filter(TamisLowering *lowering, guint32 encryption, TamisSpan span, TamisSieveBlock *inner,
           TamisSieveTest *keep_on_failure, TamisSieveBlock *block)
{
    TamisSieveCommand *command = tamis_sieve_command(lowering->arena, "if");
    TAMIS_SIEVE_BLOCK(failed);

    command->tests = filter_test(
        lowering, &g_array_index(lowering->policy->encryptions, TamisEncryption, encryption), span);
    tamis_sieve_set_block(command, inner);
    tamis_sieve_block_add(block, command);
    if (keep_on_failure == &tamis_lower_never)
        return;
    tamis_lower_add_keep(lowering, keep_on_failure, &failed);
    command = tamis_sieve_command(lowering->arena, "else");
    tamis_sieve_set_block(command, &failed);
    tamis_sieve_block_add(block, command);
}

/* The one filter that the route's encrypted forwards use, or TAMIS_NO_INDEX. */
static guint32
filter_of(const TamisLowering *lowering, guint route, const TamisAction **out_action)
{
    TamisSlice actions = lowering->planned[route].route->actions;

    for (guint32 i = 0; i < actions.n && lowering->planned[route].encrypts; i++) {
        const TamisAction *action = encrypting_action(lowering, route, i);

        if (action != NULL && encryption_of(lowering, action)->means == TAMIS_ENCRYPT_FILTER) {
            *out_action = action;
            return action->encryption;
        }
    }
    return TAMIS_NO_INDEX;
}

/* Two filters in one run would encrypt what is encrypted. */
static void
refuse_two_filters(TamisLowering *lowering, guint route)
{
    const TamisAction *own = NULL, *other = NULL;
    guint32 filter = filter_of(lowering, route, &own);
    TamisSlice actions = lowering->planned[route].route->actions;

    for (guint32 i = 0; i < actions.n && filter != TAMIS_NO_INDEX; i++) {
        const TamisAction *action = encrypting_action(lowering, route, i);

        if (action != NULL && action->encryption != filter &&
            encryption_of(lowering, action)->means == TAMIS_ENCRYPT_FILTER)
            tamis_report_help(lowering->report,
                              tamis_lower_unsupported(lowering, action->span,
                                                      "one message cannot go through two filters"),
                              "let their conditions exclude each other, or encrypt by one of them");
    }
    for (guint i = 0; i < route && filter != TAMIS_NO_INDEX; i++) {
        guint32 before =
            lowering->planned[i].dead ? TAMIS_NO_INDEX : filter_of(lowering, i, &other);

        if (before != TAMIS_NO_INDEX && before != filter &&
            !tamis_lower_exclusive(lowering, i, route))
            tamis_report_help(lowering->report,
                              tamis_lower_unsupported(lowering, own->span,
                                                      "one message cannot go through two filters"),
                              "let their conditions exclude each other, or encrypt by one of them");
    }
}

void
tamis_lower_encrypted(TamisLowering *lowering, guint route, TamisSieveBlock *block)
{
    const TamisAction *action = NULL;
    guint32 filter = filter_of(lowering, route, &action);
    TAMIS_SIEVE_BLOCK(inner);

    refuse_two_filters(lowering, route);
    keep_plain(lowering, route, block);
    add_by_header(lowering, route, block);
    if (filter == TAMIS_NO_INDEX)
        return;
    lowering->filtered = TRUE;
    add_filtered(lowering, route, filter, &inner);
    add_filter(lowering, filter, action->span, &inner,
               may_be_unkept(lowering, route) ? &tamis_lower_always : &tamis_lower_never, block);
}

/* All late routes with this filter: it runs once, and then each sends. */
static void
add_late_filter(TamisLowering *lowering, guint first, guint32 filter, TamisSpan span,
                TamisSieveBlock *block)
{
    TamisLowerTests any = {.all = FALSE}, keeps = {.all = FALSE};
    const TamisAction *action;
    TAMIS_SIEVE_BLOCK(inner);
    TAMIS_SIEVE_BLOCK(outer);

    for (guint i = first; i < lowering->n_planned; i++) {
        if (!lowering->planned[i].late || filter_of(lowering, i, &action) != filter)
            continue;
        tamis_lower_tests_add(lowering, &any, tamis_lower_active(lowering, i, G_MAXUINT));
        if (may_be_unkept(lowering, i))
            tamis_lower_tests_add(lowering, &keeps, tamis_lower_active(lowering, i, G_MAXUINT));
    }
    lowering->filtered = TRUE;
    for (guint i = first; i < lowering->n_planned; i++) {
        TamisSieveTest *test;
        TAMIS_SIEVE_BLOCK(redirects);

        if (!lowering->planned[i].late || filter_of(lowering, i, &action) != filter)
            continue;
        test = tamis_lower_active(lowering, i, G_MAXUINT);
        add_filtered(lowering, i, filter, &redirects);
        tamis_lower_guarded(lowering, test, &redirects, &inner);
    }
    add_filter(lowering, filter, span, &inner, tamis_lower_tests_finish(lowering, &keeps), &outer);
    tamis_lower_guarded(lowering, tamis_lower_tests_finish(lowering, &any), &outer, block);
}

static gboolean
is_first_with_filter(const TamisLowering *lowering, guint route, guint32 filter)
{
    const TamisAction *action;

    for (guint i = 0; i < route; i++) {
        if (lowering->planned[i].late && filter_of(lowering, i, &action) == filter)
            return FALSE;
    }
    return TRUE;
}

/* One route alone waits: all of its encryption in one block. */
static void
add_only_late(TamisLowering *lowering, guint route, TamisSieveBlock *block)
{
    TamisSieveTest *test;
    TAMIS_SIEVE_BLOCK(inner);

    lowering->route = lowering->planned[route].route;
    test = tamis_lower_active(lowering, route, G_MAXUINT);
    tamis_lower_encrypted(lowering, route, &inner);
    tamis_lower_guarded(lowering, test, &inner, block);
}

/* First what marks by a header and takes the mark off again, then one filter. */
static void
add_all_late(TamisLowering *lowering, TamisSieveBlock *block)
{
    for (guint i = 0; i < lowering->n_planned; i++) {
        TamisSieveTest *test;
        TAMIS_SIEVE_BLOCK(inner);

        if (!lowering->planned[i].late)
            continue;
        lowering->route = lowering->planned[i].route;
        refuse_two_filters(lowering, i);
        test = tamis_lower_active(lowering, i, G_MAXUINT);
        keep_plain(lowering, i, &inner);
        add_by_header(lowering, i, &inner);
        tamis_lower_guarded(lowering, test, &inner, block);
    }
    for (guint i = 0; i < lowering->n_planned; i++) {
        const TamisAction *action = NULL;
        guint32 filter =
            lowering->planned[i].late ? filter_of(lowering, i, &action) : TAMIS_NO_INDEX;

        lowering->route = lowering->planned[i].route;
        if (filter != TAMIS_NO_INDEX && is_first_with_filter(lowering, i, filter))
            add_late_filter(lowering, i, filter, action->span, block);
    }
}

void
tamis_lower_late(TamisLowering *lowering, TamisSieveBlock *block)
{
    TamisSieveCommand **start = block->end;
    guint n_late = 0, last = 0;

    for (guint i = 0; i < lowering->n_planned; i++) {
        if (lowering->planned[i].late) {
            n_late++;
            last = i;
        }
    }
    if (n_late == 1)
        add_only_late(lowering, last, block);
    else
        add_all_late(lowering, block);
    lowering->route = NULL;
    if (*start != NULL)
        tamis_sieve_add_comment(
            lowering->arena, *start,
            " Encryption comes last: all else keeps and sends the message as it was.");
}
