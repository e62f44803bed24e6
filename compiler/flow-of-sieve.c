/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The walk over a script's commands. A block is walked under the guard that it is entered, and says when it is
 * left early; so guards hold no more than what leads to a place. */
#include "compiler/flow-of-sieve-private.h"
#include "grammar/sieve/requires.h"

#include <string.h>

enum {
    MAX_COMMANDS = 2000000, /* with those of scripts that are included again and again */
    MAX_DEPTH = 4000,       /* of a guard */
};

static const TamisExit goes_on = {TAMIS_FORMULA_FALSE, TAMIS_FORMULA_FALSE, TAMIS_FORMULA_FALSE};

static TamisFormula
leaves(TamisWalk *walk, TamisExit way)
{
    return tamis_walk_any(walk, tamis_walk_any(walk, way.stop, way.leave), way.break_out);
}

/* What is added to the ways out of a block by something that is reached when `reached` holds in it. */
static void
add_exit(TamisWalk *walk, TamisExit *all, TamisExit way, TamisFormula reached)
{
    all->stop = tamis_walk_any(walk, all->stop, tamis_walk_all(walk, reached, way.stop));
    all->leave = tamis_walk_any(walk, all->leave, tamis_walk_all(walk, reached, way.leave));
    all->break_out =
        tamis_walk_any(walk, all->break_out, tamis_walk_all(walk, reached, way.break_out));
}

/* Chains ---------------------------------------------------------------------------------------- */

/* The changes that a chain made are all visible behind it, and none of one branch in another. */
static void
show_changes(TamisWalk *walk, guint n_visible, guint32 first)
{
    g_array_set_size(walk->visible, n_visible);
    for (guint32 i = first; i < walk->changes->len; i++)
        g_array_append_val(walk->visible, i);
}

static void
note_place(TamisWalk *walk, TamisFormula guard, TamisSpan span)
{
    TamisFlowPlace place = {guard, span};

    g_array_append_val(walk->places, place);
}

/* The first command where a walk ends since no message gets there, unless somebody has switched it off. */
static void
note_end(TamisWalk *walk, const TamisSieveCommand *command)
{
    if (command != NULL && walk->guard == TAMIS_FORMULA_FALSE && walk->n_loops == 0 &&
        !walk->has_switches)
        note_place(walk, TAMIS_FORMULA_FALSE,
                   command->has_block ? tamis_sieve_command_name_span(command) : command->span);
}

static TamisExit
walk_branch(TamisWalk *walk, const TamisSieveCommand *command, TamisFormula outer,
            TamisFormula taken)
{
    guint n_visible = walk->visible->len;
    TamisExit way = goes_on;

    walk->guard = tamis_walk_all(walk, outer, taken);
    if (walk->guard != TAMIS_FORMULA_FALSE)
        way = tamis_walk_commands(walk, command->block);
    else
        note_end(walk, command->block);
    g_array_set_size(walk->visible, n_visible);
    return way;
}

static gboolean
is_named(const TamisSieveCommand *command, const char *name)
{
    return tamis_sieve_name_is(command->name, command->name_length, name);
}

/* An if with all of its elsif and else; *command becomes the last of them. */
static TamisExit
walk_chain(TamisWalk *walk, const TamisSieveCommand **command)
{
    const TamisSieveCommand *branch = *command;
    TamisFormula outer = walk->guard, before = TAMIS_FORMULA_TRUE; /* no branch so far */
    guint n_visible = walk->visible->len;
    guint32 first_change = walk->changes->len;
    TamisThrough filter = walk->filter;
    TamisExit all = goes_on;

    for (;;) {
        guint n_opaque = walk->n_opaque;
        TamisFormula condition = TAMIS_FORMULA_TRUE, taken;

        walk->guard = tamis_walk_all(walk, outer, before);
        if (!is_named(branch, "else"))
            condition = branch->tests != NULL ? tamis_walk_test(walk, branch->tests)
                                              : tamis_walk_opaque(walk, branch->span);
        taken = tamis_walk_all(walk, before, condition);
        add_exit(walk, &all, walk_branch(walk, branch, outer, taken), taken);
        if (taken > TAMIS_FORMULA_TRUE)
            walk->filter = filter;
        *command = branch;
        branch = branch->next;
        if (branch == NULL || (!is_named(branch, "elsif") && !is_named(branch, "else")))
            break;
        /* Another part of the message may take another branch. */
        before = walk->n_loops > 0 && walk->n_opaque > n_opaque
                     ? tamis_walk_opaque(walk, branch->span)
                     : tamis_walk_all(walk, before, tamis_walk_not(walk, condition));
    }
    show_changes(walk, n_visible, first_change);
    walk->guard = outer;
    return all;
}

/* Loops ----------------------------------------------------------------------------------------- */

/* A message has a part at least, itself; a part, over which a loop in a loop goes, need have none (RFC 5703, 3). What a
 * pass leaves in variables, the next finds there. */
static TamisExit
walk_loop(TamisWalk *walk, const TamisSieveCommand *command)
{
    TamisFormula outer = walk->guard, has_parts = TAMIS_FORMULA_TRUE;
    TamisExit way;

    if (walk->n_loops == 0)
        tamis_walk_forget(walk, command->block);
    else
        has_parts = tamis_walk_opaque(walk, tamis_sieve_command_name_span(command));
    walk->n_loops++;
    walk->guard = tamis_walk_all(walk, outer, has_parts);
    way = tamis_walk_commands(walk, command->block);
    walk->guard = outer;
    way.stop = tamis_walk_all(walk, way.stop, has_parts);
    way.leave = tamis_walk_all(walk, way.leave, has_parts);
    walk->n_loops--;
    if (walk->n_loops == 0)
        tamis_walk_forget(walk, command->block);
    way.break_out = TAMIS_FORMULA_FALSE;
    return way;
}

/* Commands -------------------------------------------------------------------------------------- */

static TamisExit
walk_word(TamisWalk *walk, const TamisSieveCommand *command, const TamisSieveBound *bound)
{
    TamisExit way = goes_on;

    switch (bound->word->id) {
    case TAMIS_WORD_STOP:
        way.stop = TAMIS_FORMULA_TRUE;
        break;
    case TAMIS_WORD_RETURN:
        way.leave = TAMIS_FORMULA_TRUE;
        break;
    case TAMIS_WORD_BREAK:
        way.break_out = TAMIS_FORMULA_TRUE;
        break;
    case TAMIS_WORD_ERROR:
        walk->failed = tamis_walk_any(walk, walk->failed, walk->guard);
        way.stop = TAMIS_FORMULA_TRUE;
        break;
    case TAMIS_WORD_FOREVERYPART:
        return walk_loop(walk, command);
    case TAMIS_WORD_INCLUDE:
        return tamis_walk_include(walk, bound, command->span);
    case TAMIS_WORD_GLOBAL:
        tamis_walk_global(walk, bound);
        break;
    case TAMIS_WORD_SET:
        tamis_walk_set(walk, bound, command->span);
        break;
    case TAMIS_WORD_SETFLAG:
    case TAMIS_WORD_ADDFLAG:
    case TAMIS_WORD_REMOVEFLAG:
    case TAMIS_WORD_MARK:
    case TAMIS_WORD_UNMARK:
        tamis_walk_flags(walk, bound, command->span);
        break;
    case TAMIS_WORD_REDIRECT:
    case TAMIS_WORD_KEEP:
    case TAMIS_WORD_FILEINTO:
    case TAMIS_WORD_DISCARD:
    case TAMIS_WORD_REJECT:
    case TAMIS_WORD_EREJECT:
    case TAMIS_WORD_VACATION:
        note_place(walk, walk->guard, command->span);
        G_GNUC_FALLTHROUGH;
    default:
        if (!tamis_walk_action(walk, bound, command->span) &&
            bound->word->kind == TAMIS_SIEVE_ACTION)
            tamis_walk_forget_word(walk, command);
        break;
    }
    return way;
}

static TamisExit
walk_command(TamisWalk *walk, const TamisSieveCommand **command)
{
    const TamisSieveWord *word =
        tamis_sieve_find_command((*command)->name, (*command)->name_length);
    TamisSieveBound bound;

    if (word == NULL || word->id == TAMIS_WORD_REQUIRE)
        return goes_on;
    if (word->id == TAMIS_WORD_IF)
        return walk_chain(walk, command);
    if ((*command)->is_broken)
        return goes_on;
    word = tamis_sieve_choose_word(word, &walk->frame->available);
    tamis_sieve_bind(word, (*command)->arguments, (*command)->span, NULL, &bound);
    return bound.is_complete ? walk_word(walk, *command, &bound) : goes_on;
}

TamisExit
tamis_walk_commands(TamisWalk *walk, const TamisSieveCommand *command)
{
    TamisFormula outer = walk->guard, reached = TAMIS_FORMULA_TRUE;
    TamisExit all = goes_on;

    for (; command != NULL && walk->guard != TAMIS_FORMULA_FALSE; command = command->next) {
        guint n_opaque = walk->n_opaque;
        TamisFormula left;
        TamisExit way;

        if (++walk->n_commands > MAX_COMMANDS ||
            tamis_formulas_depth(walk->formulas, walk->guard) > MAX_DEPTH) {
            walk->unread = command->span;
            break;
        }
        way = walk_command(walk, &command);
        add_exit(walk, &all, way, reached);
        left = leaves(walk, way);
        /* In a loop another part may go on where this one has left. */
        if (left == TAMIS_FORMULA_FALSE || (walk->n_loops > 0 && walk->n_opaque > n_opaque))
            continue;
        reached = tamis_walk_all(walk, reached, tamis_walk_not(walk, left));
        walk->guard = tamis_walk_all(walk, outer, reached);
    }
    note_end(walk, command);
    walk->guard = outer;
    return all;
}

/* The whole script ------------------------------------------------------------------------------ */

static TamisFlow *
finish(TamisWalk *walk)
{
    TamisFlow *flow = tamis_arena_new0(walk->arena, TamisFlow);

    flow->actions = tamis_arena_array0(walk->arena, TamisFlowAction, walk->actions->len);
    for (guint i = 0; i < walk->actions->len; i++) {
        const TamisFlowAction *action = &g_array_index(walk->actions, TamisFlowAction, i);

        if (action->guard != TAMIS_FORMULA_FALSE)
            flow->actions[flow->n_actions++] = *action;
    }
    flow->n_changes = walk->changes->len;
    flow->changes = tamis_arena_array0(walk->arena, TamisChange, flow->n_changes);
    if (flow->n_changes > 0)
        memcpy(flow->changes, walk->changes->data, flow->n_changes * sizeof(TamisChange));
    flow->n_places = walk->places->len;
    flow->places = tamis_arena_array0(walk->arena, TamisFlowPlace, flow->n_places);
    if (flow->n_places > 0)
        memcpy(flow->places, walk->places->data, flow->n_places * sizeof(TamisFlowPlace));
    flow->failed = walk->failed;
    flow->unread = walk->unread;
    return flow;
}

TamisFlow *
tamis_flow_of_sieve(const TamisSieveScript *script, const TamisScriptFlowOptions *options,
                    TamisFormulas *formulas, TamisArena *arena)
{
    g_autoptr(GHashTable) variables = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) globals = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) sent = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) notified = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) folders = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) included = g_hash_table_new(NULL, NULL);
    g_autoptr(GArray) actions = g_array_new(FALSE, FALSE, sizeof(TamisFlowAction));
    g_autoptr(GArray) changes = g_array_new(FALSE, FALSE, sizeof(TamisChange));
    g_autoptr(GArray) places = g_array_new(FALSE, FALSE, sizeof(TamisFlowPlace));
    g_autoptr(GArray) replies = g_array_new(FALSE, FALSE, sizeof(TamisReplying));
    g_autoptr(GArray) filed_inbox = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_autoptr(GArray) visible = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_autoptr(GArray) cancelled = g_array_new(FALSE, FALSE, sizeof(TamisFormula));
    g_autoptr(GArray) kept = g_array_new(FALSE, FALSE, sizeof(TamisFormula));
    g_autoptr(GArray) held = g_array_new(FALSE, FALSE, sizeof(TamisHeld));
    g_autoptr(GString) scratch = g_string_new(NULL);
    g_autoptr(TamisArena) values = tamis_arena_new();
    TamisFrame frame = {.source = script->source, .variables = variables};
    TamisWalk walk = {
        .options = options,
        .server = options->server,
        .formulas = formulas,
        .strings = tamis_formulas_get_strings(formulas),
        .arena = arena,
        .values = values,
        .frame = &frame,
        .globals = globals,
        .guard = TAMIS_FORMULA_TRUE,
        .actions = actions,
        .changes = changes,
        .replies = replies,
        .places = places,
        .filed_inbox = filed_inbox,
        .visible = visible,
        .cancelled = cancelled,
        .kept = kept,
        .failed = TAMIS_FORMULA_FALSE,
        .sent = sent,
        .notified = notified,
        .folders = folders,
        .included = included,
        .held = held,
        .scratch = scratch,
    };

    frame.available = tamis_sieve_script_required(script);
    tamis_walk_commands(&walk, script->commands);
    tamis_walk_settle(&walk, TAMIS_NO_SPAN);
    return finish(&walk);
}
