/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Walks from each mailbox on a way round, and asks of what comes back whether anything was left on the way. */
#include "lint/swallowed.h"

#include "lint/pair.h"

/* Of one mailbox's ways, and of all. */
#define MAX_STEPS     2000
#define MAX_ALL_STEPS 200000

gboolean
tamis_flow_action_saves(const TamisFlowAction *action)
{
    switch ((TamisFlowKind)action->kind) {
    case TAMIS_FLOW_KEEP:
    case TAMIS_FLOW_FORWARD:
    case TAMIS_FLOW_REJECT:
    case TAMIS_FLOW_DISCARD:
        return TRUE;
    default: /* what a program alone has is lost where nothing else has it */
        return FALSE;
    }
}

static const TamisFlow *
flow_at(TamisFlowFacts *facts, const TamisChainStep *at)
{
    return tamis_site_get_flow(facts->site, tamis_mail_get(facts->mail, at->place)->index);
}

/* Adds when the mailbox does more with the message, as it is there, than to forward it with this action. */
static void
add_saved(TamisFlowFacts *facts, const TamisChainStep *at, const TamisFlowAction *onward,
          GArray *saved)
{
    const TamisFlow *flow = flow_at(facts, at);

    for (guint32 i = 0; i < flow->n_actions; i++) {
        const TamisFlowAction *action = &flow->actions[i];
        TamisFormula guard;

        if (!tamis_flow_action_saves(action) ||
            (action->kind == TAMIS_FLOW_FORWARD && action->key == onward->key))
            continue;
        guard = tamis_carry_guard(facts->carry, at->stop, flow, action->guard);
        g_array_append_val(saved, guard);
    }
}

/* That the message is back and all of it is lost; FALSE: an alias map has sent it elsewhere as well. */
static TamisFormula
is_lost(TamisFlowFacts *facts, TamisChain *chain, guint32 step)
{
    g_autoptr(GArray) way = tamis_chain_get_way(chain, step);
    g_autoptr(GArray) saved = g_array_new(FALSE, FALSE, sizeof(TamisFormula));
    const TamisGraph *graph = tamis_mail_get_graph(facts->mail);
    const TamisChainStep *back = tamis_chain_get(chain, step);
    const TamisFlowAction *first = NULL;
    TamisFormula all[3] = {back->guard};

    for (guint i = 0; i + 1 < way->len; i++) {
        const TamisChainStep *at = tamis_chain_get(chain, g_array_index(way, guint32, i));
        const TamisChainStep *next = tamis_chain_get(chain, g_array_index(way, guint32, i + 1));

        if (next->action != NULL)
            add_saved(facts, at, next->action, saved);
        else if (at->place >= tamis_graph_n_nodes(graph) ||
                 tamis_graph_end(graph, at->place) - tamis_graph_first(graph, at->place) +
                         tamis_mail_n_leaving(facts->mail, at->place) >
                     1)
            return TAMIS_FORMULA_FALSE;
        if (i == 0)
            first = next->action;
    }
    if (first == NULL)
        return TAMIS_FORMULA_FALSE;
    add_saved(facts, back, first, saved);
    all[1] = tamis_carry_guard(facts->carry, back->stop, flow_at(facts, back), first->guard);
    all[2] = tamis_formulas_not(
        facts->formulas,
        tamis_formulas_or(facts->formulas, (TamisFormula *)saved->data, saved->len));
    return tamis_formulas_and(facts->formulas, all, G_N_ELEMENTS(all));
}

typedef struct {
    TamisFlowFacts *facts;
    TamisComponents *components;
    guint32 n_nodes; /* of the graph */
    GHashTable *told;
    TamisSwallowedFound found;
} Search;

static gpointer
place_of(const TamisChainStep *at)
{
    return tamis_pair(at->span.source, at->span.offset);
}

static gboolean
is_told(const Search *search, TamisChain *chain, const GArray *way)
{
    for (guint i = 1; i < way->len; i++)
        if (g_hash_table_contains(search->told,
                                  place_of(tamis_chain_get(chain, g_array_index(way, guint32, i)))))
            return TRUE;
    return FALSE;
}

/* TRUE: it was found. */
static gboolean
judge(const Search *search, TamisChain *chain, guint32 step)
{
    g_autoptr(GArray) way = tamis_chain_get_way(chain, step);
    g_auto(TamisSolution) solution = {0};
    TamisFormula lost;

    if (is_told(search, chain, way))
        return FALSE;
    lost = is_lost(search->facts, chain, step);
    tamis_solver_solve(search->facts->solver, lost, &solution);
    if (solution.verdict != TAMIS_VERDICT_WITNESS)
        return FALSE;
    for (guint i = 1; i < way->len; i++)
        g_hash_table_add(search->told,
                         place_of(tamis_chain_get(chain, g_array_index(way, guint32, i))));
    search->found(search->facts, chain, step, lost, &solution);
    return TRUE;
}

/* Gives the steps that it took. */
static guint32
search_from(const Search *search, guint32 mailbox)
{
    const TamisChainOptions options = {MAX_STEPS, TAMIS_CHAIN_SHORTEST};
    const guint32 *of = search->components->of;
    g_autoptr(TamisChain) chain = tamis_chain_new(search->facts, mailbox, &options);
    guint32 step, n = 0;

    while ((step = tamis_chain_next(chain)) != TAMIS_NO_STEP) {
        TamisChainStep *at = tamis_chain_get(chain, step);

        n++;
        if (at->place >= search->n_nodes || of[at->place] != of[mailbox])
            at->is_followed = FALSE;
        else if (at->returns && at->place == mailbox && judge(search, chain, step))
            break;
    }
    return n;
}

void
tamis_swallowed_find(TamisFlowFacts *facts, GHashTable *told, TamisSwallowedFound found)
{
    const TamisGraph *graph = tamis_mail_get_graph(tamis_flow_facts_mail(facts));
    g_autoptr(TamisComponents) components = tamis_graph_components(graph);
    Search search = {facts, components, tamis_graph_n_nodes(graph), told, found};
    guint32 left = MAX_ALL_STEPS;

    for (guint32 i = 0; i < tamis_site_n_mailboxes(facts->site) && left > 0; i++)
        if (components->of[i] != TAMIS_NO_COMPONENT)
            left -= MIN(left, search_from(&search, i));
}
