/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Maps and forwards outside always hold: once a message is in such a component, it goes round. So one way into each
 * is enough, and mailboxes that cannot get there are not looked at. */
#include "lint/elsewhere.h"

/* Of one mailbox's ways. */
#define MAX_STEPS 2000

typedef struct {
    TamisFlowFacts *facts;
    const TamisGraph *graph;
    TamisComponents *components; /* of the graph without mailboxes */
    guint8 *leads;               /* by place: from here, past no mailbox, into a component */
    guint8 *told;                /* by component */
    guint32 n_open;              /* that are not told */
    TamisElsewhereFound found;
} Search;

static gboolean
is_mailbox(const Search *search, guint32 place)
{
    return tamis_mail_get(search->facts->mail, place)->kind == TAMIS_PLACE_MAILBOX;
}

/* What is left of the graph without mailboxes, places numbered as there. Caller frees. */
static TamisGraph *
take_mailboxes_out(const Search *search)
{
    TamisGraph *rest = tamis_graph_new();

    for (guint32 i = 0; i < tamis_graph_n_nodes(search->graph); i++) {
        for (guint32 e = tamis_graph_first(search->graph, i);
             e < tamis_graph_end(search->graph, i) && !is_mailbox(search, i); e++)
            if (!is_mailbox(search, tamis_graph_to(search->graph, e)))
                tamis_graph_add_edge(rest, tamis_graph_to(search->graph, e));
        tamis_graph_end_node(rest);
    }
    return rest;
}

/* A place that was made behind the graph leads nowhere. */
static gboolean
is_open(const Search *search, guint32 place)
{
    guint32 component = place < tamis_graph_n_nodes(search->graph) ? search->components->of[place]
                                                                   : TAMIS_NO_COMPONENT;

    return component != TAMIS_NO_COMPONENT && !search->told[component];
}

/* Maps' own places come after what they lead to, and mailboxes, which are nodes without edges there, at last. */
static void
mark_ways(Search *search)
{
    guint32 n = tamis_graph_n_nodes(search->graph);

    for (guint32 i = 0; i < 2 * n; i++) {
        guint32 place = i < n ? search->components->order[i] : i - n;

        if (is_mailbox(search, place) != (i >= n))
            continue;
        search->leads[place] = is_open(search, place);
        for (guint32 e = tamis_graph_first(search->graph, place);
             e < tamis_graph_end(search->graph, place) && !search->leads[place]; e++) {
            guint32 to = tamis_graph_to(search->graph, e);

            search->leads[place] = !is_mailbox(search, to) && search->leads[to];
        }
    }
}

static void
judge(Search *search, TamisChain *chain, guint32 step)
{
    TamisFormula guard = tamis_chain_get(chain, step)->guard;
    guint32 component = search->components->of[tamis_chain_get(chain, step)->place];
    g_auto(TamisSolution) solution = {0};

    tamis_solver_solve(search->facts->solver, guard, &solution);
    if (solution.verdict != TAMIS_VERDICT_WITNESS)
        return;
    search->told[component] = TRUE;
    search->n_open--;
    search->found(search->facts, chain, step, guard, &solution);
}

static void
search_from(Search *search, guint32 mailbox)
{
    const TamisChainOptions options = {MAX_STEPS, TAMIS_CHAIN_ALL};
    g_autoptr(TamisChain) chain = tamis_chain_new(search->facts, mailbox, &options);
    guint32 step;

    while ((step = tamis_chain_next(chain)) != TAMIS_NO_STEP) {
        TamisChainStep *at = tamis_chain_get(chain, step);

        if (step == 0 || at->place == TAMIS_NO_INDEX)
            continue;
        at->is_followed = at->is_followed && !is_mailbox(search, at->place) &&
                          at->place < tamis_graph_n_nodes(search->graph) &&
                          search->leads[at->place];
        if (at->returns && is_open(search, at->place))
            judge(search, chain, step);
    }
}

void
tamis_elsewhere_find(TamisFlowFacts *facts, TamisElsewhereFound found)
{
    const TamisGraph *graph = tamis_mail_get_graph(tamis_flow_facts_mail(facts));
    Search search = {.facts = facts, .graph = graph, .found = found};
    guint32 n_mailboxes = tamis_site_n_mailboxes(facts->site);
    g_autoptr(TamisComponents) components = NULL;
    g_autoptr(TamisGraph) rest = NULL;
    g_autofree guint8 *leads = NULL, *told = NULL;

    if (tamis_graph_n_nodes(graph) == n_mailboxes)
        return;
    rest = take_mailboxes_out(&search);
    search.components = components = tamis_graph_components(rest);
    search.n_open = components->n;
    if (search.n_open == 0)
        return;
    search.leads = leads = g_new0(guint8, tamis_graph_n_nodes(graph));
    search.told = told = g_new0(guint8, components->n);
    mark_ways(&search);
    for (guint32 i = 0; i < n_mailboxes && search.n_open > 0; i++)
        if (leads[i])
            search_from(&search, i);
}
