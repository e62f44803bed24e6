/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Routes to blocks. As a rule one route is one block, in the order of the policy, and blocks that
 * exclude each other are one if/elsif chain. Where that would change what a mark or an encryption
 * touches, marks come first and encryption last; where a later test would see a changed message,
 * every decision is made into a variable before the first change. */
#include "compiler/lower-private.h"

void
tamis_lower_guarded(TamisLowering *lowering, TamisSieveTest *test, TamisSieveBlock *inner,
                    TamisSieveBlock *block)
{
    TamisSieveCommand *command;

    if (test == &tamis_lower_never || inner->first == NULL)
        return;
    if (test == &tamis_lower_always) {
        *block->end = inner->first;
        block->end = inner->end;
        return;
    }
    command = tamis_sieve_command(lowering->arena, "if");
    command->tests = test;
    tamis_sieve_set_block(command, inner);
    tamis_sieve_block_add(block, command);
}

/* Deciding first --------------------------------------------------------------------------------
 */

static const char *
variable_name(TamisLowering *lowering, guint route)
{
    return tamis_arena_printf(lowering->arena, "route_%u", route + 1);
}

/* Active whatever the message, so no variable is needed. */
static gboolean
is_certain(const TamisLowering *lowering, guint route)
{
    const TamisPlanned *planned = &lowering->planned[route];

    for (guint i = 0; i < route; i++) {
        if (lowering->planned[i].final && !lowering->planned[i].dead)
            return FALSE;
    }
    return planned->always && !planned->route->otherwise;
}

TamisSieveTest *
tamis_lower_decided(TamisLowering *lowering, guint route)
{
    TamisSieveTest *test;
    const char *source;

    if (lowering->planned[route].dead)
        return &tamis_lower_never;
    if (is_certain(lowering, route))
        return &tamis_lower_always;
    test = tamis_sieve_test(lowering->arena, "string");
    source = tamis_arena_printf(lowering->arena, "${%s}", variable_name(lowering, route));
    tamis_sieve_add_tag(lowering->arena, &test->arguments, "is");
    tamis_sieve_add_string(lowering->arena, &test->arguments, source, strlen(source));
    tamis_sieve_add_string(lowering->arena, &test->arguments, "yes", 3);
    return test;
}

static void
decide(TamisLowering *lowering, guint route, TamisSieveBlock *block)
{
    TamisLowerTests earlier = {.all = FALSE};
    TamisSieveCommand *set = tamis_sieve_command(lowering->arena, "set");
    const char *name = variable_name(lowering, route);
    gboolean otherwise = lowering->planned[route].route->otherwise;
    TAMIS_SIEVE_BLOCK(inner);

    for (guint i = 0; i < route; i++) {
        if (!lowering->planned[i].dead && (otherwise || lowering->planned[i].final))
            tamis_lower_tests_add(lowering, &earlier, tamis_lower_decided(lowering, i));
    }
    tamis_sieve_add_string(lowering->arena, &set->arguments, name, strlen(name));
    tamis_sieve_add_string(lowering->arena, &set->arguments, "yes", 3);
    tamis_sieve_block_add(&inner, set);
    tamis_lower_guarded(
        lowering,
        tamis_lower_all(lowering, tamis_lower_own(lowering, route),
                        tamis_lower_not(lowering, tamis_lower_tests_finish(lowering, &earlier))),
        &inner, block);
}

static void
decide_all(TamisLowering *lowering, TamisSieveBlock *block)
{
    for (guint i = 0; i < lowering->n_planned; i++) {
        if (!lowering->planned[i].dead && !is_certain(lowering, i))
            decide(lowering, i, block);
    }
    if (block->first != NULL)
        tamis_sieve_add_comment(lowering->arena, block->first,
                                " What applies is decided first, before anything is done.");
}

/* Blocks ----------------------------------------------------------------------------------------
 */

/* What branches of one chain do to the message: each branch's tests see what came before the chain,
 * what follows the chain sees it all. */
typedef struct {
    guint n_added_before;
    gboolean filtered_before;
    GArray *pending; /* of TamisString */
    gboolean pending_filtered;
} Changes;

static void
leave_branch(TamisLowering *lowering, Changes *changes, gboolean stops)
{
    guint n = lowering->added->len - changes->n_added_before;

    if (!stops && n > 0)
        g_array_append_vals(changes->pending,
                            &g_array_index(lowering->added, TamisString, changes->n_added_before),
                            n);
    if (!stops)
        changes->pending_filtered |= lowering->filtered;
    g_array_set_size(lowering->added, changes->n_added_before);
    lowering->filtered = changes->filtered_before;
}

static void
begin_chain(TamisLowering *lowering, Changes *changes)
{
    g_array_append_vals(lowering->added, changes->pending->data, changes->pending->len);
    g_array_set_size(changes->pending, 0);
    lowering->filtered |= changes->pending_filtered;
    changes->n_added_before = lowering->added->len;
    changes->filtered_before = lowering->filtered;
}

static gboolean
continues(const TamisLowering *lowering, guint route)
{
    for (guint i = route + 1; i < lowering->n_planned; i++) {
        if (!lowering->planned[i].dead)
            return lowering->planned[i].in_chain && !lowering->decides_first;
    }
    return FALSE;
}

static void
add_rule_comment(TamisLowering *lowering, guint route, TamisSieveCommand *command)
{
    tamis_sieve_add_comment(
        lowering->arena, command,
        tamis_arena_printf(
            lowering->arena, " rule:[%s]",
            tamis_policy_text(lowering->policy, lowering->planned[route].route->name)));
}

static void
add_block(TamisLowering *lowering, guint route, TamisSieveTest *test, TamisSieveBlock *inner,
          gboolean in_chain, TamisSieveBlock *block)
{
    TamisSieveCommand **start = block->end;
    TamisSieveCommand *command;

    if (inner->first == NULL && !continues(lowering, route))
        return;
    if (test == &tamis_lower_always && !in_chain) {
        tamis_lower_guarded(lowering, test, inner, block);
        if (*start != NULL)
            add_rule_comment(lowering, route, *start);
        return;
    }
    command = tamis_sieve_command(lowering->arena, !in_chain                     ? "if"
                                                   : test == &tamis_lower_always ? "else"
                                                                                 : "elsif");
    if (test != &tamis_lower_always)
        command->tests = test;
    tamis_sieve_set_block(command, inner);
    tamis_sieve_block_add(block, command);
    add_rule_comment(lowering, route, command);
}

static void
add_route(TamisLowering *lowering, guint route, gboolean in_chain, guint chain_start,
          Changes *changes, TamisSieveBlock *block)
{
    const TamisPlanned *planned = &lowering->planned[route];
    TamisSieveTest *test;
    TAMIS_SIEVE_BLOCK(inner);

    lowering->route = planned->route;
    test = tamis_lower_active(lowering, route, chain_start);
    if (planned->marks && !planned->late_marks_first)
        tamis_lower_marks(lowering, route, &inner);
    tamis_lower_actions(lowering, route, &inner);
    if (planned->stops && !lowering->decides_first)
        tamis_sieve_block_add(&inner, tamis_sieve_command(lowering->arena, "stop"));
    add_block(lowering, route, test, &inner, in_chain, block);
    leave_branch(lowering, changes, planned->stops && !lowering->decides_first);
    lowering->route = NULL;
}

static void
add_first_marks(TamisLowering *lowering, TamisSieveBlock *block)
{
    for (guint i = 0; i < lowering->n_planned; i++) {
        TamisSieveCommand **start = block->end;
        TamisSieveTest *test;
        TAMIS_SIEVE_BLOCK(inner);

        if (lowering->planned[i].dead || !lowering->planned[i].late_marks_first)
            continue;
        lowering->route = lowering->planned[i].route;
        test = tamis_lower_active(lowering, i, G_MAXUINT);
        tamis_lower_marks(lowering, i, &inner);
        tamis_lower_guarded(lowering, test, &inner, block);
        if (*start != NULL)
            tamis_sieve_add_comment(
                lowering->arena, *start,
                tamis_arena_printf(lowering->arena,
                                   " The mark of '%s' comes first: what leaves has it.",
                                   tamis_policy_text(lowering->policy, lowering->route->name)));
        lowering->route = NULL;
    }
}

void
tamis_lower_routes(TamisLowering *lowering, TamisSieveBlock *block)
{
    g_autoptr(GArray) pending = g_array_new(FALSE, FALSE, sizeof(TamisString));
    Changes changes = {.pending = pending};
    guint chain_start = 0;
    gboolean is_first = TRUE;

    if (lowering->decides_first)
        decide_all(lowering, block);
    add_first_marks(lowering, block);
    for (guint i = 0; i < lowering->n_planned; i++) {
        gboolean in_chain = lowering->planned[i].in_chain && !lowering->decides_first && !is_first;

        if (lowering->planned[i].dead)
            continue;
        if (!in_chain) {
            begin_chain(lowering, &changes);
            chain_start = i;
        }
        add_route(lowering, i, in_chain, chain_start, &changes, block);
        is_first = FALSE;
    }
    begin_chain(lowering, &changes);
    if (lowering->has_late)
        tamis_lower_late(lowering, block);
}
