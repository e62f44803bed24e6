/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Best-first search over the product of a shape and automata. What costs less reads better; what a pattern
 * still misses is added up as the estimate. Each state is met once, so a search that ends without a text
 * proves that there is none. */
#include "model/solve/search.h"

#include "model/solve/alphabet.h"
#include "model/solve/frontier.h"
#include "model/solve/lazy.h"

#include <string.h>

enum { MAX_NODES = 1 << 21 };

struct TamisSearcher {
    TamisFrontier frontier;
    TamisAlphabet alphabet;
    TamisLazy *parts; /* MAX_PARTS */
    guint n_parts_used;
    guint waiting[TAMIS_SEARCH_MAX_GUESSING]; /* parts that may go on or stay */
    guint n_waiting;
    gboolean may_wait; /* some part guesses */
    guint32 next[];
};

/* Parts of one task; more are refused. */
enum { MAX_PARTS = 4096 };

TamisSearcher *
tamis_searcher_new(void)
{
    TamisSearcher *searcher = g_malloc0(sizeof *searcher + MAX_PARTS * sizeof(guint32));

    searcher->parts = g_new0(TamisLazy, MAX_PARTS);
    return searcher;
}

void
tamis_searcher_free(TamisSearcher *searcher)
{
    if (searcher == NULL)
        return;
    tamis_frontier_clear(&searcher->frontier);
    for (guint i = 0; i < searcher->n_parts_used; i++)
        tamis_lazy_clear(&searcher->parts[i]);
    g_free(searcher->parts);
    g_free(searcher);
}

/* Steps ------------------------------------------------------------------------------------------ */

/* Behind an address of several: what has to be of one is done or looks at the next; what has to be of all goes
 * on only if it was of this one. */
static guint32
next_address(const TamisSearchPart *part, TamisLazy *lazy, guint at_byte, guint32 state)
{
    gboolean accepted;

    if (part->scope == TAMIS_SCOPE_TEXT)
        return tamis_lazy_step(lazy, state, at_byte);
    accepted = tamis_lazy_accepts(lazy, state);
    if (accepted != part->negated)
        return accepted ? TAMIS_LAZY_DONE : TAMIS_LAZY_DEAD;
    return tamis_lazy_number(lazy, tamis_automaton_start(part->automaton));
}

/* The delimiter is read, or `@` where there is none. */
static gboolean
user_ends(guint before, guint place)
{
    guint8 was = tamis_shape_part(before), is = tamis_shape_part(place);

    return !(was & (TAMIS_PLACE_DETAIL | TAMIS_PLACE_DOMAIN)) &&
           (is & (TAMIS_PLACE_DETAIL | TAMIS_PLACE_DOMAIN)) != 0;
}

/* What a part's state comes to, from one shape state to another. */
static guint32
part_step(const TamisSearchPart *part, TamisLazy *lazy, TamisShapeState from, TamisShapeState to,
          gboolean in_scope, guint at_byte, guint32 state)
{
    guint before = tamis_shape_place(from), place = tamis_shape_place(to);

    if (place == TAMIS_PHASE_COMMA && before != TAMIS_PHASE_COMMA)
        return next_address(part, lazy, at_byte, state);
    if (in_scope)
        return tamis_lazy_step(lazy, state, at_byte);
    if (part->scope == TAMIS_SCOPE_USER && user_ends(before, place))
        return tamis_lazy_accepts(lazy, state) ? TAMIS_LAZY_DONE : TAMIS_LAZY_DEAD;
    if (place != TAMIS_PHASE_LABEL || tamis_shape_part(before) == TAMIS_PLACE_DOMAIN)
        return state;
    if (part->scope == TAMIS_SCOPE_DETAIL && !(tamis_shape_part(before) & TAMIS_PLACE_DETAIL))
        return part->negated ? TAMIS_LAZY_DONE : TAMIS_LAZY_DEAD;
    if (part->scope == TAMIS_SCOPE_LOCAL || part->scope == TAMIS_SCOPE_DETAIL)
        return tamis_lazy_accepts(lazy, state) ? TAMIS_LAZY_DONE : TAMIS_LAZY_DEAD;
    return state;
}

/* A part of an address that is dead matters once the address has begun. */
static gboolean
is_hopeless(const TamisSearchTask *task, const TamisSearchPart *part, TamisShapeState shape)
{
    guint place = tamis_shape_place(shape);

    if (part->scope == TAMIS_SCOPE_TEXT)
        return TRUE;
    if (task->shape.kind == TAMIS_SHAPE_MAILBOXES)
        return part->negated && place == TAMIS_PHASE_DOMAIN;
    if (part->scope == TAMIS_SCOPE_DETAIL)
        return (tamis_shape_part(place) & (TAMIS_PLACE_DETAIL | TAMIS_PLACE_DOMAIN)) != 0;
    return tamis_shape_part(place) != 0;
}

static gboolean
accepts(const TamisSearcher *searcher, const TamisSearchTask *task, guint32 node)
{
    TamisShapeState shape = searcher->frontier.nodes[node].shape;
    const guint32 *states = tamis_frontier_states(&searcher->frontier, node);
    gboolean addressed;

    if (!tamis_shape_accepts(&task->shape, shape))
        return FALSE;
    addressed = tamis_shape_has_address(shape);
    for (guint i = 0; i < task->n_parts; i++) {
        const TamisSearchPart *part = &task->parts[i];
        gboolean accepted = part->scope != TAMIS_SCOPE_TEXT && !addressed
                                ? part->negated
                                : tamis_lazy_accepts(&searcher->parts[i], states[i]);

        if (!accepted)
            return FALSE;
    }
    return TRUE;
}

/* What a state's parts still miss, added up. */
static guint32
estimate(guint32 cost, guint32 missing)
{
    return cost + MIN(missing, 100000) * TAMIS_LETTER_COST;
}

/* Of a text, none of whose parts may wait: where a byte leads. */
static void
follow_plainly(TamisSearcher *searcher, guint32 node, TamisShapeState to, guint at_byte)
{
    TamisFrontier *frontier = &searcher->frontier;
    const guint32 *states = tamis_frontier_states(frontier, node);
    TamisNode made = {node, frontier->nodes[node].cost + searcher->alphabet.costs[at_byte], to,
                      searcher->alphabet.bytes[at_byte]};
    guint32 missing = 0;

    for (guint i = 0; i < frontier->n_parts; i++) {
        TamisLazy *lazy = &searcher->parts[i];
        guint32 next = tamis_lazy_step(lazy, states[i], at_byte);

        if (next == TAMIS_LAZY_DEAD)
            return;
        searcher->next[i] = next;
        missing += lazy->states[next].remaining;
    }
    tamis_frontier_add(frontier, &made, searcher->next, estimate(made.cost, missing));
}

/* Where a byte leads; FALSE: no text goes on like this. What may stay as well is noted as waiting. */
static gboolean
step_parts(TamisSearcher *searcher, const TamisSearchTask *task, guint32 node, TamisShapeState to,
           guint at_byte)
{
    TamisShapeState from = searcher->frontier.nodes[node].shape;
    const guint32 *states = tamis_frontier_states(&searcher->frontier, node);
    gboolean plain = task->shape.kind < TAMIS_SHAPE_ADDRESS;
    guint scopes = plain ? 1u << TAMIS_SCOPE_TEXT : tamis_shape_scopes(from, to);

    searcher->n_waiting = 0;
    for (guint i = 0; i < task->n_parts; i++) {
        TamisLazy *lazy = &searcher->parts[i];
        gboolean in_scope = (scopes >> task->parts[i].scope & 1) != 0;
        guint32 next =
            plain ? tamis_lazy_step(lazy, states[i], at_byte)
                  : part_step(&task->parts[i], lazy, from, to, in_scope, at_byte, states[i]);

        if (lazy->states[states[i]].may_wait && in_scope) {
            if (next == TAMIS_LAZY_DEAD)
                next = states[i];
            else
                searcher->waiting[searcher->n_waiting++] = i;
        }
        if (next == TAMIS_LAZY_DEAD && (plain || is_hopeless(task, &task->parts[i], to)))
            return FALSE;
        searcher->next[i] = next;
    }
    return TRUE;
}

static void
reach(TamisSearcher *searcher, const TamisSearchTask *task, guint32 node, TamisShapeState to,
      guint at_byte)
{
    guint32 cost = searcher->frontier.nodes[node].cost + searcher->alphabet.costs[at_byte];
    TamisNode made = {node, cost, to, searcher->alphabet.bytes[at_byte]};
    guint32 missing = 0;

    for (guint i = 0; i < task->n_parts; i++)
        missing += searcher->parts[i].states[searcher->next[i]].remaining;
    tamis_frontier_add(&searcher->frontier, &made, searcher->next, estimate(cost, missing));
}

/* Each of those that wait goes on or stays. */
static void
follow(TamisSearcher *searcher, const TamisSearchTask *task, guint32 node, TamisShapeState to,
       guint at_byte)
{
    guint32 gone_on[TAMIS_SEARCH_MAX_GUESSING];

    if (task->shape.kind < TAMIS_SHAPE_ADDRESS && !searcher->may_wait) {
        follow_plainly(searcher, node, to, at_byte);
        return;
    }
    if (!step_parts(searcher, task, node, to, at_byte))
        return;
    for (guint k = 0; k < searcher->n_waiting; k++)
        gone_on[k] = searcher->next[searcher->waiting[k]];
    for (guint choice = 0; choice < 1u << searcher->n_waiting; choice++) {
        for (guint k = 0; k < searcher->n_waiting; k++) {
            guint part = searcher->waiting[k];

            searcher->next[part] = (choice >> k & 1)
                                       ? tamis_frontier_states(&searcher->frontier, node)[part]
                                       : gone_on[k];
        }
        reach(searcher, task, node, to, at_byte);
    }
}

static gboolean
begin(TamisSearcher *searcher, const TamisSearchTask *task)
{
    TamisNode start = {.shape = TAMIS_SHAPE_START};

    tamis_frontier_begin(&searcher->frontier, task->n_parts);
    tamis_alphabet_choose(&searcher->alphabet, task);
    searcher->n_parts_used = MAX(searcher->n_parts_used, task->n_parts);
    searcher->may_wait = FALSE;
    for (guint i = 0; i < task->n_parts; i++) {
        TamisLazy *lazy = &searcher->parts[i];

        searcher->may_wait |= tamis_automaton_guesses(task->parts[i].automaton);
        tamis_lazy_begin(lazy, task->parts[i].automaton, searcher->alphabet.bytes,
                         searcher->alphabet.n);
        searcher->next[i] =
            tamis_lazy_number(lazy, tamis_automaton_start(task->parts[i].automaton));
        if (searcher->next[i] == TAMIS_LAZY_DEAD && is_hopeless(task, &task->parts[i], start.shape))
            return FALSE;
    }
    tamis_frontier_add(&searcher->frontier, &start, searcher->next, 0);
    return TRUE;
}

static void
write_text(const TamisSearcher *searcher, guint32 node, GString *out_text)
{
    g_string_truncate(out_text, 0);
    for (; node != 0; node = searcher->frontier.nodes[node].parent)
        g_string_append_c(out_text, (char)searcher->frontier.nodes[node].byte);
    for (gsize i = 0; 2 * i + 1 < out_text->len; i++) {
        char c = out_text->str[i];

        out_text->str[i] = out_text->str[out_text->len - 1 - i];
        out_text->str[out_text->len - 1 - i] = c;
    }
}

TamisSearchResult
tamis_searcher_run(TamisSearcher *searcher, const TamisSearchTask *task, GString *out_text,
                   guint64 *steps)
{
    const TamisFrontier *frontier = &searcher->frontier;
    guint32 node;

    if (task->n_parts > MAX_PARTS)
        return TAMIS_SEARCH_BUDGET;
    if (!begin(searcher, task))
        return TAMIS_SEARCH_NONE;
    while (tamis_frontier_pop(&searcher->frontier, &node)) {
        guint64 work = (guint64)searcher->alphabet.n * (task->n_parts + 1);

        if (accepts(searcher, task, node)) {
            write_text(searcher, node, out_text);
            return TAMIS_SEARCH_FOUND;
        }
        if (*steps <= work || frontier->n > MAX_NODES ||
            (gsize)frontier->n * frontier->n_parts > 8 * (gsize)MAX_NODES)
            return TAMIS_SEARCH_BUDGET;
        *steps -= work;
        for (guint i = 0; i < searcher->alphabet.n; i++) {
            TamisShapeState shape = searcher->frontier.nodes[node].shape, to[2];
            guint n = tamis_shape_step(&task->shape, shape, searcher->alphabet.bytes[i], to);

            for (guint k = 0; k < n; k++)
                follow(searcher, task, node, to[k], i);
        }
    }
    return TAMIS_SEARCH_NONE;
}
