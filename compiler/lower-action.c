/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Actions to commands: forwards, copies, replies, marks. Nothing is emitted twice in one run: what
 * an earlier active route has done already stands inside a test that it has not. */
#include "compiler/lower-private.h"
#include "model/share.h"

enum { DAY_S = 86400 };

/* Who else sends there --------------------------------------------------------------------------
 */

static gboolean
are_together(const TamisLowering *lowering, guint a, guint b)
{
    return a != b && !tamis_lower_exclusive(lowering, MIN(a, b), MAX(a, b));
}

static const TamisSending *
first_sending(const TamisLowering *lowering, TamisString key)
{
    guint low = 0, high = lowering->n_sendings;

    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (lowering->sendings[middle].key < key)
            low = middle + 1;
        else
            high = middle;
    }
    return lowering->sendings + low;
}

static TamisSieveTest *
is_member(TamisLowering *lowering, guint32 n_members, guint32 member)
{
    TamisSieveTest *from =
        tamis_lower_share_before(lowering, n_members, tamis_share_start_s(n_members, member));
    TamisSieveTest *until =
        tamis_lower_share_before(lowering, n_members, tamis_share_start_s(n_members, member + 1));

    return tamis_lower_all(lowering, tamis_lower_not(lowering, from), until);
}

/* Whether sending `other` would make this one (plain or encrypted) a second one. Of two plain or
 * two encrypted ones the first stands; an encrypted one stands before any plain one. */
static gboolean
comes_before(const TamisSending *other, guint32 action, gboolean encrypted)
{
    gboolean other_encrypted = other->encryption != TAMIS_NO_INDEX;

    if (other_encrypted != encrypted)
        return other_encrypted;
    return other->action < action;
}

static TamisSieveTest *
sends(TamisLowering *lowering, const TamisSending *other, guint route)
{
    TamisSieveTest *active = &tamis_lower_always;

    if (other->route != route && !tamis_lower_implied(lowering, other->route, route))
        active = other->route < route ? tamis_lower_active_beside(lowering, other->route)
                                      : tamis_lower_active(lowering, other->route, G_MAXUINT);
    if (other->n_members < 2)
        return active;
    return tamis_lower_all(lowering, active, is_member(lowering, other->n_members, other->member));
}

/* That another active action sends to this target. */
static TamisSieveTest *
is_sent_elsewhere(TamisLowering *lowering, TamisString key, guint route, guint32 action,
                  gboolean encrypted)
{
    TamisLowerTests tests = {.all = FALSE};
    const TamisSending *end = lowering->sendings + lowering->n_sendings;
    guint32 said = G_MAXUINT32;

    if (lowering->n_sendings == 0)
        return &tamis_lower_never;
    for (const TamisSending *other = first_sending(lowering, key); other < end && other->key == key;
         other++) {
        if (other->action == action || !comes_before(other, action, encrypted))
            continue;
        if (other->route != route && !are_together(lowering, route, other->route))
            continue;
        if (other->n_members == 0 && other->route == said)
            continue; /* another action of a route that is there already */
        tamis_lower_tests_add(lowering, &tests, sends(lowering, other, route));
        said = other->n_members == 0 ? other->route : said;
    }
    return tamis_lower_tests_finish(lowering, &tests);
}

/* Forward ---------------------------------------------------------------------------------------
 */

gboolean
tamis_lower_is_encrypting(const TamisLowering *lowering, const TamisAction *action)
{
    return action->encryption != TAMIS_NO_INDEX &&
           g_array_index(lowering->policy->encryptions, TamisEncryption, action->encryption)
                   .means != TAMIS_ENCRYPT_GATEWAY;
}

static TamisSieveString *
target_string(TamisLowering *lowering, const TamisAction *action, const TamisTarget *target)
{
    const char *text = tamis_policy_text(lowering->policy, target->address.text);
    const TamisEncryption *encryption;

    if (action->encryption == TAMIS_NO_INDEX || tamis_lower_is_encrypting(lowering, action))
        return tamis_lower_string(lowering, target->address.text, target->span);
    encryption = &g_array_index(lowering->policy->encryptions, TamisEncryption, action->encryption);
    text = tamis_arena_printf(lowering->arena, "%s.%s", text,
                              tamis_policy_text(lowering->policy, encryption->gateway));
    if (strlen(text) > 254)
        tamis_lower_unsupported(lowering, target->span,
                                "the address '%s' behind the gateway is too long", text);
    return tamis_lower_literal(lowering, text, strlen(text), target->span);
}

gboolean
tamis_lower_redirect(TamisLowering *lowering, guint route, guint32 index, guint32 member,
                     gboolean copies, TamisSieveBlock *block)
{
    const TamisAction *action = tamis_policy_action(lowering->policy, index);
    const TamisTarget *target =
        tamis_policy_target(lowering->policy, action->targets.first + member);
    TamisSieveTest *elsewhere = is_sent_elsewhere(lowering, target->address.key, route, index,
                                                  action->encryption != TAMIS_NO_INDEX);
    TamisSieveCommand *redirect = tamis_sieve_command(lowering->arena, "redirect");
    TAMIS_SIEVE_BLOCK(inner);

    if (elsewhere == &tamis_lower_always)
        return FALSE;
    if (copies && tamis_lower_use(lowering, TAMIS_EXTENSION_COPY, action->span))
        tamis_sieve_add_tag(lowering->arena, &redirect->arguments, "copy");
    tamis_sieve_add_strings(lowering->arena, &redirect->arguments,
                            target_string(lowering, action, target));
    tamis_sieve_block_add(&inner, redirect);
    tamis_lower_guarded(lowering, tamis_lower_not(lowering, elsewhere), &inner, block);
    return elsewhere == &tamis_lower_never;
}

/* Members low … high - 1 by halves, so that neither chains nor nesting grow long. */
static gboolean
add_share(TamisLowering *lowering, guint route, guint32 index, guint32 low, guint32 high,
          gboolean copies, TamisSieveBlock *block)
{
    enum { CHAIN = 60 };
    guint32 n = tamis_policy_action(lowering->policy, index)->targets.n;
    guint32 step = high - low <= CHAIN ? 1 : (high - low + 1) / 2;
    gboolean surely = TRUE;

    if (high - low == 1)
        return tamis_lower_redirect(lowering, route, index, low, copies, block);
    for (guint32 start = low; start < high; start += step) {
        guint32 end = MIN(high, start + step);
        const char *name = start == low ? "if" : end == high ? "else" : "elsif";
        TamisSieveCommand *command = tamis_sieve_command(lowering->arena, name);
        TAMIS_SIEVE_BLOCK(inner);

        if (end < high)
            command->tests = tamis_lower_share_before(lowering, n, tamis_share_start_s(n, end));
        surely &= add_share(lowering, route, index, start, end, copies, &inner);
        tamis_sieve_set_block(command, &inner);
        tamis_sieve_block_add(block, command);
    }
    return surely;
}

gboolean
tamis_lower_one_of(TamisLowering *lowering, guint route, guint32 index, gboolean copies,
                   TamisSieveBlock *block)
{
    const TamisAction *action = tamis_policy_action(lowering->policy, index);

    if (action->targets.n > TAMIS_SHARE_MAX) {
        tamis_lower_unsupported(lowering, action->span, "'one of' takes %d targets at most",
                                TAMIS_SHARE_MAX);
        return TRUE;
    }
    if (action->targets.n > 1 && !tamis_lower_has_clock(lowering, action->span)) {
        tamis_lower_lacks(lowering, action->span, TAMIS_EXTENSION_DATE, "'one of'");
        return TRUE;
    }
    return add_share(lowering, route, index, 0, action->targets.n, copies, block);
}

/* That another route is active, said in the block of an active one. */
static TamisSieveTest *
is_other_active(TamisLowering *lowering, guint other, guint route)
{
    return other < route ? tamis_lower_active_beside(lowering, other)
                         : tamis_lower_active(lowering, other, G_MAXUINT);
}

/* That no active route takes the copy away. */
TamisSieveTest *
tamis_lower_copy_stays(TamisLowering *lowering, guint route, gboolean inside)
{
    TamisLowerTests cancelled = {.all = FALSE};

    for (guint i = 0; i < lowering->n_planned; i++) {
        if (are_together(lowering, i, route) && lowering->planned[i].cancels)
            tamis_lower_tests_add(lowering, &cancelled,
                                  inside ? is_other_active(lowering, i, route)
                                         : tamis_lower_active(lowering, i, G_MAXUINT));
    }
    return tamis_lower_not(lowering, tamis_lower_tests_finish(lowering, &cancelled));
}

/* Without `copy` a keep has to be written, and there are engines that keep as often as it is: only where
 * no other route writes one. */
static TamisSieveTest *
is_kept_elsewhere(TamisLowering *lowering, guint route, gboolean explicitly)
{
    TamisLowerTests kept = {.all = FALSE};

    for (guint i = 0; i < lowering->n_planned; i++) {
        const TamisPlanned *other = &lowering->planned[i];
        gboolean comes_first = other->keeps
                                   ? !explicitly || i < route
                                   : !explicitly && i < route && other->copies && !other->cancels;

        if (comes_first && are_together(lowering, i, route))
            tamis_lower_tests_add(lowering, &kept, is_other_active(lowering, i, route));
    }
    return tamis_lower_tests_finish(lowering, &kept);
}

void
tamis_lower_add_keep(TamisLowering *lowering, TamisSieveTest *test, TamisSieveBlock *block)
{
    TAMIS_SIEVE_BLOCK(inner);

    tamis_sieve_block_add(&inner, tamis_sieve_command(lowering->arena, "keep"));
    tamis_lower_guarded(lowering, test, &inner, block);
}

static gboolean
same_arguments(const TamisSieveArgument *a, const TamisSieveArgument *b)
{
    for (; a != NULL && b != NULL; a = a->next, b = b->next) {
        const TamisSieveString *x, *y;

        if (a->kind != b->kind || a->kind == TAMIS_SIEVE_NUMBER)
            return FALSE;
        if (a->kind == TAMIS_SIEVE_TAG) {
            if (strcmp(a->name, b->name) != 0)
                return FALSE;
            continue;
        }
        for (x = a->strings, y = b->strings; x != NULL && y != NULL; x = x->next, y = y->next) {
            if (x->length_bytes != y->length_bytes ||
                memcmp(x->text, y->text, x->length_bytes) != 0)
                return FALSE;
        }
        if (x != y)
            return FALSE;
    }
    return a == b;
}

static gboolean
same_tests(const TamisSieveTest *a, const TamisSieveTest *b)
{
    for (; a != NULL && b != NULL; a = a->next, b = b->next) {
        if (strcmp(a->name, b->name) != 0 || !same_arguments(a->arguments, b->arguments) ||
            !same_tests(a->tests, b->tests))
            return FALSE;
    }
    return a == b;
}

/* Neighbours from start on that redirect under the same test become one block. */
static void
join_blocks(TamisSieveCommand **start, TamisSieveBlock *block)
{
    TamisSieveCommand *command = *start;

    while (command != NULL && command->next != NULL) {
        TamisSieveCommand *next = command->next, **end = &command->block;

        if (strcmp(command->name, "if") != 0 || strcmp(next->name, "if") != 0 ||
            !same_tests(command->tests, next->tests)) {
            command = next;
            continue;
        }
        while (*end != NULL)
            end = &(*end)->next;
        *end = next->block;
        command->next = next->next;
    }
    if (command != NULL)
        block->end = &command->next;
}

static void
add_forward(TamisLowering *lowering, guint route, guint32 index, gboolean *kept,
            TamisSieveBlock *block)
{
    const TamisAction *action = tamis_policy_action(lowering->policy, index);
    const TamisPlanned *planned = &lowering->planned[route];
    gboolean copies = !action->without_copy && !planned->keeps && !planned->cancels;
    gboolean can_copy = tamis_server_has(lowering->server, TAMIS_EXTENSION_COPY);
    gboolean surely = FALSE;
    TamisSieveCommand **start = block->end;

    if (action->one_of) {
        surely = tamis_lower_one_of(lowering, route, index, copies && can_copy, block);
    } else {
        for (guint32 i = 0; i < action->targets.n; i++)
            surely |= tamis_lower_redirect(lowering, route, index, i, copies && can_copy, block);
    }
    join_blocks(start, block);
    if (action->without_copy && !surely && !planned->keeps)
        tamis_sieve_block_add(block, tamis_sieve_command(lowering->arena, "discard"));
    if (copies && !can_copy && !*kept) {
        tamis_lower_add_keep(
            lowering,
            tamis_lower_all(lowering, tamis_lower_copy_stays(lowering, route, TRUE),
                            tamis_lower_not(lowering, is_kept_elsewhere(lowering, route, FALSE))),
            block);
        *kept = TRUE;
    }
}

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
    gint64 least = server->reply_min_s, most = server->reply_max_s, every = action->every_s;
    TamisDiagnostic *finding;

    if (every < least)
        every = least;
    if (most != 0 && every > most)
        every = most;
    if (every % DAY_S != 0 && !tamis_server_has(server, TAMIS_EXTENSION_VACATION_SECONDS))
        every += DAY_S - every % DAY_S;
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

static void
append_own(TamisLowering *lowering, TamisString address, TamisSieveString ***end)
{
    **end = tamis_lower_string(lowering, address, TAMIS_NO_SPAN);
    *end = &(**end)->next;
}

/* Aliases from imported maps, through other aliases too. */
static void
append_imported(TamisLowering *lowering, TamisString target, guint depth, GArray *seen,
                TamisSieveString ***end)
{
    enum { MAX_DEPTH = 16 };
    const GArray *aliases = lowering->context->aliases;
    guint low = 0, high = aliases->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (g_array_index(aliases, TamisAliasPair, middle).target < target)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < aliases->len && depth < MAX_DEPTH; low++) {
        const TamisAliasPair *pair = &g_array_index(aliases, TamisAliasPair, low);
        gboolean known = FALSE;

        if (pair->target != target)
            break;
        for (guint i = 0; i < seen->len && !known; i++)
            known = g_array_index(seen, TamisString, i) == pair->alias;
        if (known)
            continue;
        g_array_append_val(seen, pair->alias);
        append_own(lowering, pair->alias, end);
        append_imported(lowering, pair->alias, depth + 1, seen, end);
    }
}

/* The mailbox's other names; then its own as well, so that the list is complete. NULL: it has none.
 */
static TamisSieveString *
own_addresses(TamisLowering *lowering)
{
    const TamisMailbox *mailbox = lowering->mailbox;
    TamisSieveString *others = NULL, **end = &others, *own;
    g_autoptr(GArray) seen = g_array_new(FALSE, FALSE, sizeof(TamisString));

    g_array_append_val(seen, mailbox->address.key);
    for (guint32 i = 0; i < mailbox->aliases.n; i++) {
        const TamisTarget *alias =
            tamis_policy_target(lowering->policy, mailbox->aliases.first + i);

        g_array_append_val(seen, alias->address.key);
        append_own(lowering, alias->address.text, &end);
        append_imported(lowering, alias->address.key, 0, seen, &end);
    }
    append_imported(lowering, mailbox->address.key, 0, seen, &end);
    if (others == NULL)
        return NULL;
    own = tamis_lower_string(lowering, mailbox->address.text, TAMIS_NO_SPAN);
    own->next = others;
    return own;
}

static gboolean
needs_text_form(const TamisLowering *lowering, const char *text)
{
    return !lowering->server->unescapes_strings && strpbrk(text, "\"\\") != NULL;
}

/* A text of the policy; where the server leaves escapes in strings, as a text: block, which has
 * none and ends in a line break. */
static TamisSieveString *
text_string(TamisLowering *lowering, TamisString text, TamisSpan span)
{
    const char *content = tamis_policy_text(lowering->policy, text);
    TamisSieveString *string;

    if (!needs_text_form(lowering, content))
        return tamis_lower_string(lowering, text, span);
    content = tamis_arena_printf(lowering->arena, "%s\n", content);
    string = tamis_sieve_string(lowering->arena, content, strlen(content));
    string->form = TAMIS_SIEVE_TEXT;
    return string;
}

static TamisSieveCommand *
vacation(TamisLowering *lowering, const TamisAction *action)
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
        tamis_sieve_add_tag(lowering->arena, arguments, "subject");
        tamis_sieve_add_strings(lowering->arena, arguments,
                                tamis_lower_string(lowering, action->name, action->span));
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
    tamis_sieve_add_strings(lowering->arena, arguments,
                            text_string(lowering, action->text, action->span));
    return command;
}

static TamisSieveCommand *
reject(TamisLowering *lowering, const TamisAction *action)
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
                            text_string(lowering, action->text, action->span));
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
    tamis_sieve_block_add(&inner, command);
    tamis_lower_guarded(lowering,
                        tamis_lower_not(lowering, tamis_lower_tests_finish(lowering, &earlier)),
                        &inner, block);
}

/* Keep, mark ------------------------------------------------------------------------------------
 */

/* RFC 3501, 5.1.3: what is not printable ASCII as base64 of UTF-16, with ',' for '/'. */
static const char *
folder_mutf7(TamisLowering *lowering, const char *folder)
{
    g_autoptr(GString) out = g_string_new(NULL);

    while (*folder != '\0') {
        const char *end = folder;
        glong n_units = 0;
        g_autofree gunichar2 *units = NULL;
        g_autofree guchar *bytes = NULL;
        g_autofree char *base64 = NULL;

        if (*folder >= 0x20 && *folder <= 0x7e) {
            g_string_append(out, *folder == '&' ? "&-" : (char[]){*folder, '\0'});
            folder++;
            continue;
        }
        while (*end != '\0' && !(*end >= 0x20 && *end <= 0x7e))
            end++;
        units = g_utf8_to_utf16(folder, end - folder, NULL, &n_units, NULL);
        bytes = g_malloc(2 * (gsize)n_units + 1);
        for (glong i = 0; i < n_units; i++) {
            bytes[2 * i] = units[i] >> 8;
            bytes[2 * i + 1] = units[i] & 0xff;
        }
        base64 = g_base64_encode(bytes, 2 * (gsize)n_units);
        g_strdelimit(base64, "/", ',');
        g_string_append_printf(out, "&%.*s-", (int)strcspn(base64, "="), base64);
        folder = end;
    }
    return tamis_arena_strndup(lowering->arena, out->str, out->len);
}

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
        if (are_together(lowering, i, route) && files_into(lowering, actions, actions.n, folder))
            tamis_lower_tests_add(lowering, &filed, is_other_active(lowering, i, route));
    }
    return tamis_lower_tests_finish(lowering, &filed);
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
    /* Without `mailbox` the server is left to make folders, or to keep in the inbox. */
    if (tamis_lower_use(lowering, TAMIS_EXTENSION_MAILBOX, action->span))
        tamis_sieve_add_tag(lowering->arena, &command->arguments, "create");
    if (lowering->server->folder_names == TAMIS_FOLDER_MUTF7)
        folder = folder_mutf7(lowering, folder);
    tamis_sieve_add_strings(lowering->arena, &command->arguments,
                            tamis_lower_literal(lowering, folder, strlen(folder), action->span));
    tamis_sieve_block_add(&inner, command);
    tamis_lower_guarded(lowering,
                        tamis_lower_not(lowering, is_filed_before(lowering, route, action->text)),
                        &inner, block);
}

TamisSieveCommand *
tamis_lower_addheader(TamisLowering *lowering, TamisString name, TamisString value, TamisSpan span)
{
    TamisSieveCommand *command = tamis_sieve_command(lowering->arena, "addheader");

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
        tamis_sieve_block_add(
            block, tamis_lower_addheader(lowering, action->name, action->text, action->span));
    }
}

/* A route's actions -----------------------------------------------------------------------------
 */

static void
add_reply(TamisLowering *lowering, guint route, const TamisAction *action, TamisSieveBlock *block)
{
    if (!tamis_lower_use(lowering, TAMIS_EXTENSION_VACATION, action->span)) {
        tamis_lower_lacks(lowering, action->span, TAMIS_EXTENSION_VACATION, "'reply'");
        return;
    }
    add_once(lowering, route, TRUE, vacation(lowering, action), block);
}

static void
add_explicit_keep(TamisLowering *lowering, guint route, TamisSieveBlock *block)
{
    gboolean merges = tamis_server_has(lowering->server, TAMIS_EXTENSION_COPY);

    tamis_lower_add_keep(lowering,
                         merges
                             ? &tamis_lower_always
                             : tamis_lower_not(lowering, is_kept_elsewhere(lowering, route, TRUE)),
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
                add_forward(lowering, route, index, &kept, block);
            break;
        case TAMIS_DO_REPLY:
            if (!replied)
                add_reply(lowering, route, action, block);
            replied = TRUE;
            break;
        case TAMIS_DO_REJECT:
            if (!rejected)
                add_once(lowering, route, FALSE, reject(lowering, action), block);
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
