/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Forwards to redirects. Nothing is sent twice in one run: what an earlier active route has sent already
 * stands inside a test that it has not. */
#include "compiler/lower-private.h"
#include "model/share.h"

/* Who else sends there --------------------------------------------------------------------------
 */

/* The first to this target, and the end of them. */
static const TamisSending *
sendings_to(const TamisLowering *lowering, TamisString key, const TamisSending **out_end)
{
    guint low = 0, high = lowering->n_sendings, end;

    *out_end = NULL;
    if (high == 0)
        return NULL;
    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (lowering->sendings[middle].key < key)
            low = middle + 1;
        else
            high = middle;
    }
    for (end = low; end < lowering->n_sendings && lowering->sendings[end].key == key;)
        end++;
    *out_end = lowering->sendings + end;
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

/* Whether sending `other` would make this one a second one. An encrypted one stands before any plain one, of plain ones
 * one without copy before those with one; else the first stands. */
static gboolean
comes_before(const TamisSending *other, guint32 index, const TamisAction *action)
{
    gboolean is_encrypted = action->encryption != TAMIS_NO_INDEX;
    gboolean other_encrypted = other->encryption != TAMIS_NO_INDEX;

    if (other_encrypted != is_encrypted)
        return other_encrypted;
    if (!is_encrypted && other->cancels != action->without_copy)
        return other->cancels;
    return other->action < index;
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
is_sent_elsewhere(TamisLowering *lowering, TamisString key, guint route, guint32 index)
{
    const TamisAction *action = tamis_policy_action(lowering->policy, index);
    TamisLowerTests tests = {.all = FALSE};
    const TamisSending *end;
    guint32 said = G_MAXUINT32;

    for (const TamisSending *other = sendings_to(lowering, key, &end); other < end; other++) {
        if (other->action == index || !comes_before(other, index, action))
            continue;
        if (other->route != route && !tamis_lower_together(lowering, route, other->route))
            continue;
        if (other->n_members == 0 && other->route == said)
            continue; /* another action of a route that is there already */
        tamis_lower_tests_add(lowering, &tests, sends(lowering, other, route));
        said = other->n_members == 0 ? other->route : said;
    }
    return tamis_lower_tests_finish(lowering, &tests);
}

/* That a route is active which takes the copy away, and leaves its own sending to this target to this one. This one then
 * has to take it away: a discard would also drop what Pigeonhole keeps, since it has forwarded it before. */
static TamisSieveTest *
cancels_for_another(TamisLowering *lowering, TamisString key, guint route, guint32 index)
{
    TamisLowerTests tests = {.all = FALSE};
    const TamisSending *end;
    guint32 said = G_MAXUINT32;

    for (const TamisSending *other = sendings_to(lowering, key, &end); other < end; other++) {
        if (!other->cancels || other->route == said ||
            comes_before(other, index, tamis_policy_action(lowering->policy, index)) ||
            !tamis_lower_together(lowering, route, other->route))
            continue;
        said = other->route;
        tamis_lower_tests_add(lowering, &tests,
                              tamis_lower_other_active(lowering, other->route, route));
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
target_string(TamisLowering *lowering, guint route, const TamisAction *action, guint32 member)
{
    const TamisTarget *target =
        tamis_policy_target(lowering->policy, action->targets.first + member);
    const char *text = tamis_policy_text(lowering->policy, target->address.text);
    const TamisEncryption *encryption;
    TamisSieveString *plain;

    if (action->encryption == TAMIS_NO_INDEX || tamis_lower_is_encrypting(lowering, action)) {
        plain = tamis_lower_string(lowering, target->address.text, target->span);
        tamis_lower_note_open(lowering, plain, route, action, member);
        return plain;
    }
    encryption = &g_array_index(lowering->policy->encryptions, TamisEncryption, action->encryption);
    text = tamis_arena_printf(lowering->arena, "%s.%s", text,
                              tamis_policy_text(lowering->policy, encryption->gateway));
    if (strlen(text) > 254)
        tamis_report_help(lowering->report,
                          tamis_lower_unsupported(lowering, target->span,
                                                  "the address '%s' behind the gateway is too long",
                                                  text),
                          "give the gateway a shorter domain (RFC 5321, section 4.5.3.1)");
    return tamis_lower_literal(lowering, text, strlen(text), target->span);
}

static void
add_redirect(TamisLowering *lowering, guint route, guint32 index, guint32 member, gboolean copies,
             TamisSieveBlock *block)
{
    const TamisAction *action = tamis_policy_action(lowering->policy, index);
    TamisSieveCommand *redirect = tamis_sieve_command(lowering->arena, "redirect");

    if (copies && tamis_lower_use(lowering, TAMIS_EXTENSION_COPY, action->span))
        tamis_sieve_add_tag(lowering->arena, &redirect->arguments, "copy");
    tamis_sieve_add_strings(lowering->arena, &redirect->arguments,
                            target_string(lowering, route, action, member));
    tamis_sieve_block_add(block, redirect);
}

/* `redirect`, and with `:copy` where no other route has it take the copy away. */
static void
add_either_redirect(TamisLowering *lowering, guint route, guint32 index, guint32 member,
                    TamisSieveTest *cancels, TamisSieveBlock *block)
{
    TamisSieveCommand *otherwise;
    TAMIS_SIEVE_BLOCK(plain);
    TAMIS_SIEVE_BLOCK(copying);

    if (cancels == &tamis_lower_always || cancels == &tamis_lower_never) {
        add_redirect(lowering, route, index, member, cancels == &tamis_lower_never, block);
        return;
    }
    add_redirect(lowering, route, index, member, FALSE, &plain);
    tamis_lower_guarded(lowering, cancels, &plain, block);
    add_redirect(lowering, route, index, member, TRUE, &copying);
    otherwise = tamis_sieve_command(lowering->arena, "else");
    tamis_sieve_set_block(otherwise, &copying);
    tamis_sieve_block_add(block, otherwise);
}

void
tamis_lower_redirect(TamisLowering *lowering, guint route, guint32 index, guint32 member,
                     gboolean copies, TamisSieveBlock *block)
{
    const TamisAction *action = tamis_policy_action(lowering->policy, index);
    TamisString key =
        tamis_policy_target(lowering->policy, action->targets.first + member)->address.key;
    TamisSieveTest *elsewhere = is_sent_elsewhere(lowering, key, route, index);
    TAMIS_SIEVE_BLOCK(inner);

    if (elsewhere == &tamis_lower_always)
        return;
    if (copies)
        add_either_redirect(lowering, route, index, member,
                            cancels_for_another(lowering, key, route, index), &inner);
    else
        add_redirect(lowering, route, index, member, FALSE, &inner);
    tamis_lower_guarded(lowering, tamis_lower_not(lowering, elsewhere), &inner, block);
}

/* Members low … high - 1 by halves, so that neither chains nor nesting grow long. */
static void
add_share(TamisLowering *lowering, guint route, guint32 index, guint32 low, guint32 high,
          gboolean copies, TamisSieveBlock *block)
{
    enum { CHAIN = 60 };
    guint32 n = tamis_policy_action(lowering->policy, index)->targets.n;
    guint32 step = high - low <= CHAIN ? 1 : (high - low + 1) / 2;

    if (high - low == 1) {
        tamis_lower_redirect(lowering, route, index, low, copies, block);
        return;
    }
    for (guint32 start = low; start < high; start += step) {
        guint32 end = MIN(high, start + step);
        const char *name = start == low ? "if" : end == high ? "else" : "elsif";
        TamisSieveCommand *command = tamis_sieve_command(lowering->arena, name);
        TAMIS_SIEVE_BLOCK(inner);

        if (end < high)
            command->tests = tamis_lower_share_before(lowering, n, tamis_share_start_s(n, end));
        add_share(lowering, route, index, start, end, copies, &inner);
        tamis_sieve_set_block(command, &inner);
        tamis_sieve_block_add(block, command);
    }
}

void
tamis_lower_one_of(TamisLowering *lowering, guint route, guint32 index, gboolean copies,
                   TamisSieveBlock *block)
{
    const TamisAction *action = tamis_policy_action(lowering->policy, index);

    if (action->targets.n > TAMIS_SHARE_MAX) {
        tamis_report_help(lowering->report,
                          tamis_lower_unsupported(lowering, action->span,
                                                  "'one of' takes %d targets at most",
                                                  TAMIS_SHARE_MAX),
                          "name fewer");
        return;
    }
    if (action->targets.n > 1 && !tamis_lower_has_clock(lowering, action->span)) {
        tamis_lower_lacks(lowering, action->span, TAMIS_EXTENSION_DATE, "'one of'");
        return;
    }
    add_share(lowering, route, index, 0, action->targets.n, copies, block);
}

/* That no active route takes the copy away. */
TamisSieveTest *
tamis_lower_copy_stays(TamisLowering *lowering, guint route, gboolean inside)
{
    TamisLowerTests cancelled = {.all = FALSE};

    for (guint i = 0; i < lowering->n_planned; i++) {
        if (tamis_lower_together(lowering, i, route) && lowering->planned[i].cancels)
            tamis_lower_tests_add(lowering, &cancelled,
                                  inside ? tamis_lower_other_active(lowering, i, route)
                                         : tamis_lower_active(lowering, i, G_MAXUINT));
    }
    return tamis_lower_not(lowering, tamis_lower_tests_finish(lowering, &cancelled));
}

/* Without `copy` a keep has to be written, and there are engines that keep as often as it is: only where
 * no other route writes one. */
TamisSieveTest *
tamis_lower_kept_elsewhere(TamisLowering *lowering, guint route, gboolean explicitly)
{
    TamisLowerTests kept = {.all = FALSE};

    for (guint i = 0; i < lowering->n_planned; i++) {
        const TamisPlanned *other = &lowering->planned[i];
        gboolean comes_first = other->keeps
                                   ? !explicitly || i < route
                                   : !explicitly && i < route && other->copies && !other->cancels;

        if (comes_first && tamis_lower_together(lowering, i, route))
            tamis_lower_tests_add(lowering, &kept, tamis_lower_other_active(lowering, i, route));
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

/* end: where the block was seen to end, NULL at first. */
static void
append_block(TamisSieveCommand *command, TamisSieveCommand ***end, TamisSieveCommand *more)
{
    if (*end == NULL)
        *end = &command->block;
    while (**end != NULL)
        *end = &(**end)->next;
    **end = more;
}

/* The `else` of an `if` that has no other branch. */
static TamisSieveCommand *
else_of(const TamisSieveCommand *command)
{
    TamisSieveCommand *next = command->next;

    return next != NULL && strcmp(next->name, "else") == 0 ? next : NULL;
}

/* Neighbours from start on that redirect under the same test become one block, or two with that of `else`. */
static void
join_blocks(TamisSieveCommand **start, TamisSieveBlock *block)
{
    TamisSieveCommand *command = *start;
    TamisSieveCommand **end = NULL, **otherwise_end = NULL;

    while (command != NULL && command->next != NULL) {
        TamisSieveCommand *otherwise = else_of(command);
        TamisSieveCommand *last = otherwise != NULL ? otherwise : command, *next = last->next;

        if (next == NULL || strcmp(command->name, "if") != 0 || strcmp(next->name, "if") != 0 ||
            !same_tests(command->tests, next->tests) ||
            (otherwise != NULL) != (else_of(next) != NULL)) {
            command = command->next;
            end = otherwise_end = NULL;
            continue;
        }
        append_block(command, &end, next->block);
        if (otherwise != NULL) {
            next = else_of(next);
            append_block(otherwise, &otherwise_end, next->block);
        }
        last->next = next->next;
    }
    if (command != NULL)
        block->end = &command->next;
}

void
tamis_lower_forward(TamisLowering *lowering, guint route, guint32 index, gboolean *kept,
                    TamisSieveBlock *block)
{
    const TamisAction *action = tamis_policy_action(lowering->policy, index);
    const TamisPlanned *planned = &lowering->planned[route];
    gboolean copies = !action->without_copy && !planned->keeps && !planned->cancels;
    gboolean can_copy = tamis_server_has(lowering->server, TAMIS_EXTENSION_COPY);
    TamisSieveCommand **start = block->end;

    if (action->one_of) {
        tamis_lower_one_of(lowering, route, index, copies && can_copy, block);
    } else {
        for (guint32 i = 0; i < action->targets.n; i++)
            tamis_lower_redirect(lowering, route, index, i, copies && can_copy, block);
    }
    join_blocks(start, block);
    if (copies && !can_copy && !*kept) {
        tamis_lower_add_keep(
            lowering,
            tamis_lower_all(
                lowering, tamis_lower_copy_stays(lowering, route, TRUE),
                tamis_lower_not(lowering, tamis_lower_kept_elsewhere(lowering, route, FALSE))),
            block);
        *kept = TRUE;
    }
}
