/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Walks from each mailbox of a component, and takes what comes back if no endless round runs the same
 * way. No way passes a mailbox three times before it is back. */
#include "lint/returns.h"

#include "lint/hops.h"

/* Steps of one mailbox's ways. */
#define MAX_STEPS       2000
#define MAX_STEPS_TWICE 300 /* that may pass a mailbox twice */
/* What steps and questions to the solver may come to, some ten microseconds each: of a component, which its mailboxes
 * share alike, and of all. Counted, so that every run ends at the same place. */
#define MAX_COMPONENT_STEPS 200000
#define MAX_ALL_STEPS       2000000
/* However many share: the ways of a few hops. */
#define MIN_STEPS 16
/* The solver's own that make one of these. */
#define SOLVER_STEPS 1000

typedef struct {
    TamisFlowFacts *facts;
    const TamisComponents *components;
    guint32 component;
    GHashTable *told; /* texts that sent a message back already */
    TamisReturnFound found;
    guint64 steps_left;
    gboolean changes; /* some mailbox of the component changes headers */
} Search;

/* What the solver was asked so far. */
static guint64
count_questions(const Search *search)
{
    TamisSolverCounts counts = tamis_solver_counts(search->facts->solver);

    return counts.n_queries + counts.n_steps / SOLVER_STEPS;
}

static const TamisFlow *
flow_of(TamisFlowFacts *facts, guint32 place)
{
    return tamis_site_get_flow(facts->site, tamis_mail_get(facts->mail, place)->index);
}

/* Whether what a message meets depends on the way that it came. */
static gboolean
way_matters(Search *search, const guint32 *places, guint32 n)
{
    TamisFlowFacts *facts = search->facts;
    gboolean asks = FALSE;

    search->changes = FALSE;
    for (guint32 i = 0; i < n; i++) {
        const TamisFlow *flow;

        if (tamis_mail_get(facts->mail, places[i])->kind != TAMIS_PLACE_MAILBOX)
            continue;
        flow = flow_of(facts, places[i]);
        search->changes |= flow->n_changes > 0;
        asks |= tamis_steady_asks_recipient(facts->steady, flow);
    }
    return search->changes || asks;
}

/* The way's guard on an endless round: whether some message goes on for ever on it. */
static gboolean
goes_round(Search *search, TamisChain *chain, const GArray *way)
{
    TamisFlowFacts *facts = search->facts;
    TamisFormula all = TAMIS_FORMULA_TRUE;
    TamisString address =
        tamis_chain_get(chain, g_array_index(way, guint32, way->len - 1))->address;

    for (guint i = 0; i + 1 < way->len; i++) {
        const TamisChainStep *at = tamis_chain_get(chain, g_array_index(way, guint32, i));
        const TamisChainStep *next = tamis_chain_get(chain, g_array_index(way, guint32, i + 1));

        if (next->action == NULL)
            continue;
        all = tamis_formulas_and2(facts->formulas, all,
                                  tamis_steady_guard(facts->steady, flow_of(facts, at->place),
                                                     next->action, i == 0 ? address : at->address,
                                                     TRUE));
    }
    return !tamis_solver_is_impossible(facts->solver, all);
}

/* That the message is back, and the mailbox sends it nowhere that leads back once more. */
static TamisFormula
stays(Search *search, const TamisChainStep *back)
{
    TamisFlowFacts *facts = search->facts;
    const TamisFlow *flow = flow_of(facts, back->place);
    g_autoptr(GArray) onward = g_array_new(FALSE, FALSE, sizeof(TamisFormula));

    for (guint32 i = 0; i < flow->n_actions; i++) {
        guint32 place = flow->actions[i].kind == TAMIS_FLOW_FORWARD
                            ? tamis_mail_find(facts->mail, flow->actions[i].key)
                            : TAMIS_NO_INDEX;
        TamisFormula guard;

        if (place == TAMIS_NO_INDEX || search->components->of[place] != search->component)
            continue;
        guard = tamis_carry_guard(facts->carry, back->stop, flow, flow->actions[i].guard);
        g_array_append_val(onward, guard);
    }
    return tamis_formulas_and2(
        facts->formulas, back->guard,
        tamis_formulas_not(
            facts->formulas,
            tamis_formulas_or(facts->formulas, (TamisFormula *)onward->data, onward->len)));
}

static gboolean
is_told(Search *search, TamisChain *chain, const GArray *way)
{
    for (guint i = 1; i < way->len; i++) {
        TamisSpan span = tamis_chain_get(chain, g_array_index(way, guint32, i))->span;

        if (g_hash_table_contains(search->told,
                                  GSIZE_TO_POINTER((gsize)span.source << 32 | span.offset)))
            return TRUE;
    }
    return FALSE;
}

static void
tell(Search *search, TamisChain *chain, guint32 step)
{
    g_autoptr(GArray) way = tamis_chain_get_way(chain, step);
    g_auto(TamisSolution) solution = {0};

    TamisFormula guard;

    if (is_told(search, chain, way) || goes_round(search, chain, way))
        return;
    guard = stays(search, tamis_chain_get(chain, step));
    tamis_solver_solve(search->facts->solver, guard, &solution);
    if (solution.verdict != TAMIS_VERDICT_WITNESS)
        return;
    for (guint i = 1; i < way->len; i++) {
        TamisSpan span = tamis_chain_get(chain, g_array_index(way, guint32, i))->span;

        g_hash_table_add(search->told, GSIZE_TO_POINTER((gsize)span.source << 32 | span.offset));
    }
    search->found(search->facts, chain, step, guard, &solution);
}

/* Whether the way has been at the last place just once before: back with other headers it may go elsewhere. */
static gboolean
is_second(TamisChain *chain, guint32 last)
{
    guint32 place = tamis_chain_get(chain, last)->place;
    guint n_times = 0;

    for (guint32 i = last; i != TAMIS_NO_STEP; i = tamis_chain_get(chain, i)->parent)
        n_times += tamis_chain_get(chain, i)->place == place;
    return n_times == 2;
}

/* Gives what it took. */
static guint64
walk(Search *search, guint32 place, const TamisChainOptions *options, guint64 max_steps)
{
    g_autoptr(TamisChain) chain = tamis_chain_new(search->facts, place, options);
    guint64 before = count_questions(search), taken = 0, n_given = 0;
    guint32 step;

    while (taken < max_steps && (step = tamis_chain_next(chain)) != TAMIS_NO_STEP) {
        TamisChainStep *at = tamis_chain_get(chain, step);

        if (at->place == TAMIS_NO_INDEX || search->components->of[at->place] != search->component) {
            at->is_followed = FALSE;
        } else if (at->returns) {
            if (at->place == place)
                tell(search, chain, step);
            tamis_chain_get(chain, step)->is_followed =
                options->merging == TAMIS_CHAIN_ALL && is_second(chain, step);
        }
        taken = ++n_given + count_questions(search) - before;
    }
    search->steps_left -= MIN(search->steps_left, taken);
    return taken;
}

/* First the ways that pass each mailbox once; then, where headers change and nothing was found, those that pass some
 * twice, each for itself: there the message is another, even where no more is asked of what set out. */
static void
search_from(Search *search, guint32 place, guint64 max_steps)
{
    const TamisChainOptions once = {MAX_STEPS, TAMIS_CHAIN_SHORTEST};
    guint n_told = g_hash_table_size(search->told);
    guint64 taken = walk(search, place, &once, max_steps);

    if (search->changes && g_hash_table_size(search->told) == n_told) {
        const TamisChainOptions twice = {MAX_STEPS_TWICE, TAMIS_CHAIN_ALL};

        walk(search, place, &twice, max_steps - MIN(taken, max_steps));
    }
}

void
tamis_returns_find(TamisFlowFacts *facts, TamisReturnFound found)
{
    TamisMail *mail = tamis_flow_facts_mail(facts);
    g_autoptr(TamisComponents) components = tamis_graph_components(tamis_mail_get_graph(mail));
    Search search = {facts, components, 0, NULL, found, MAX_ALL_STEPS, FALSE};

    for (guint32 i = 0; i < components->n; i++) {
        g_autoptr(GHashTable) told = g_hash_table_new(NULL, NULL);
        guint32 n;
        const guint32 *places = tamis_components_get(components, i, &n);

        search.component = i;
        search.told = told;
        if (!way_matters(&search, places, n))
            continue;
        for (guint32 j = 0; j < n && search.steps_left > 0; j++)
            if (tamis_mail_get(mail, places[j])->kind == TAMIS_PLACE_MAILBOX)
                search_from(&search, places[j], MAX(MAX_COMPONENT_STEPS / n, MIN_STEPS));
    }
}
