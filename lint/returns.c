/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Walks from each mailbox of a component, and takes what comes back if no endless round runs the same
 * way. No way passes a mailbox three times before it is back. In a large component shorter ways go first, and of all
 * steps those alone from which the mailbox is near enough. */
#include "lint/returns.h"

#include "lint/distance.h"
#include "lint/hops.h"
#include "lint/staying.h"

/* Steps of one mailbox's ways. */
#define MAX_STEPS       2000
#define MAX_STEPS_TWICE 300 /* that may pass a mailbox twice */
/* What steps and questions to the solver may come to, some ten microseconds each: of a component, which its mailboxes
 * share alike, and of all. Counted, so that every run ends at the same place. */
#define MAX_COMPONENT_STEPS 200000
#define MAX_ALL_STEPS       2000000
/* However many share: the ways of a few hops. */
#define MIN_STEPS 16
/* The solver's own that make one of these, and edges that are passed for distances. */
#define SOLVER_STEPS 1000
#define EDGES        1000
/* Places of a component whose ways are all looked at together, and of one in which distances are measured. */
#define MAX_SMALL    24
#define MAX_MEASURED 5000

typedef struct {
    TamisFlowFacts *facts;
    TamisGraph
        *live; /* the forwards that some message takes, of components in which the way matters */
    TamisComponents *components; /* of live */
    TamisDistance *distance;     /* in live */
    guint32 component;
    GHashTable *told; /* texts that sent a message back already */
    TamisReturnFound found;
    guint64 steps_left;
    gboolean changes;  /* some mailbox of the component changes headers */
    gboolean rounds;   /* some way that was looked at can be taken without end */
    gboolean is_large; /* the component: one way of each mailbox is enough */
    TamisStaying *staying;
    /* Of the mailbox whose ways are looked at: */
    const gboolean *stays; /* by action, whether who has taken it may stay when it is back */
    gboolean is_found;
} Search;

/* A mailbox whose ways are looked at. */
typedef struct {
    guint32 place;
    gboolean *stays; /* as Search has it */
} Candidate;

static void
clear_candidate(gpointer data)
{
    g_free(((Candidate *)data)->stays);
}

/* Ways of so many steps from the mailbox back to it: longer ones than those that were looked at before. */
typedef struct {
    guint32 above, up_to;
    gboolean any_longer; /* out: there may be */
    gboolean is_cut;     /* out: the steps ended */
} Lengths;

/* A place may be newer than the graph. */
static gboolean
is_in_component(const Search *search, guint32 place)
{
    return place < tamis_graph_n_nodes(search->live) &&
           search->components->of[place] == search->component;
}

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

        if (!is_in_component(search, place))
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

    gboolean was_told = is_told(search, chain, way);
    TamisFormula guard;

    if (was_told && !search->is_large)
        return;
    if (goes_round(search, chain, way)) {
        search->rounds = TRUE;
        return;
    }
    guard = stays(search, tamis_chain_get(chain, step));
    tamis_solver_solve(search->facts->solver, guard, &solution);
    if (solution.verdict != TAMIS_VERDICT_WITNESS)
        return;
    search->is_found = TRUE;
    if (was_told)
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

/* Whether the mailbox can be reached from the step before the way is too long. */
static gboolean
is_near(const Search *search, const TamisChainStep *at, Lengths *lengths)
{
    guint32 to_go = tamis_distance_get(search->distance, at->place);

    if (lengths->up_to == G_MAXUINT32 || at->n_steps + to_go <= lengths->up_to)
        return TRUE;
    lengths->any_longer = TRUE;
    return FALSE;
}

/* Whether a way that begins with this step may end where the message stays. */
static gboolean
may_stay(const Search *search, const TamisChainStep *at, guint32 place)
{
    return at->n_steps != 1 || search->stays[at->action - flow_of(search->facts, place)->actions];
}

static gboolean
is_enough(const Search *search)
{
    return search->is_large && search->is_found;
}

/* Gives what it took. */
static guint64
walk(Search *search, guint32 place, const TamisChainOptions *options, guint64 max_steps,
     Lengths *lengths)
{
    g_autoptr(TamisChain) chain = tamis_chain_new(search->facts, place, options);
    guint64 before = count_questions(search), taken = 0, n_given = 0;
    guint32 step = TAMIS_NO_STEP;

    while (taken < max_steps && !is_enough(search) &&
           (step = tamis_chain_next(chain)) != TAMIS_NO_STEP) {
        TamisChainStep *at = tamis_chain_get(chain, step);

        if (!is_in_component(search, at->place) || !may_stay(search, at, place)) {
            at->is_followed = FALSE;
        } else if (at->returns) {
            if (at->place == place && at->n_steps > lengths->above)
                tell(search, chain, step);
            tamis_chain_get(chain, step)->is_followed =
                options->merging == TAMIS_CHAIN_ALL && is_second(chain, step) &&
                is_near(search, tamis_chain_get(chain, step), lengths);
        } else if (!is_near(search, at, lengths)) {
            at->is_followed = FALSE;
        }
        taken = ++n_given + count_questions(search) - before;
    }
    lengths->is_cut |= step != TAMIS_NO_STEP || tamis_chain_is_cut(chain);
    search->steps_left -= MIN(search->steps_left, taken);
    return taken;
}

/* The shortest way from the mailbox back to it, whatever the conditions. */
static guint32
shortest(const Search *search, guint32 place)
{
    guint32 n = G_MAXUINT32;

    for (guint32 i = tamis_graph_first(search->live, place);
         i < tamis_graph_end(search->live, place); i++)
        n = MIN(n, tamis_distance_get(search->distance, tamis_graph_to(search->live, i)));
    return n == G_MAXUINT32 ? n : n + 1;
}

/* All ways, the shorter ones first. FALSE: the steps ended before. */
static gboolean
walk_all(Search *search, guint32 place, const TamisChainOptions *options, guint64 *max_steps,
         gboolean is_measured)
{
    guint32 from = is_measured ? shortest(search, place) : G_MAXUINT32;
    Lengths lengths = {0, from, FALSE, FALSE};

    for (guint32 more = 1;; more *= 2) {
        lengths.any_longer = FALSE;
        *max_steps -= MIN(*max_steps, walk(search, place, options, *max_steps, &lengths));
        if (is_enough(search) || lengths.is_cut || !lengths.any_longer)
            return is_enough(search) || !lengths.is_cut;
        lengths.above = lengths.up_to;
        lengths.up_to += more;
    }
}

/* First the ways that pass each mailbox once; then, where headers change and nothing was found, those that pass some
 * twice, each for itself: there the message is another, even where no more is asked of what set out. FALSE: there are
 * more ways than steps. Of the second kind that is nothing to tell where mail is known to go round or to come back. */
static gboolean
search_from(Search *search, guint32 place, guint32 n_places, guint64 max_steps)
{
    const TamisChainOptions once = {
        search->is_large ? (guint32)MAX(MAX_STEPS, max_steps) : MAX_STEPS, TAMIS_CHAIN_SHORTEST};
    const TamisChainOptions twice = {MAX_STEPS_TWICE, TAMIS_CHAIN_ALL};
    gboolean is_measured = n_places > MAX_SMALL && n_places <= MAX_MEASURED;
    guint n_told = g_hash_table_size(search->told);
    guint64 n_edges;

    if (is_measured) {
        n_edges = tamis_distance_measure(search->distance, search->components, place);
        search->steps_left -= MIN(search->steps_left, n_edges / EDGES);
    }
    search->is_found = FALSE;
    if (!walk_all(search, place, &once, &max_steps, is_measured))
        return FALSE;
    return is_enough(search) || !search->changes || g_hash_table_size(search->told) > n_told ||
           walk_all(search, place, &twice, &max_steps, is_measured) || search->rounds ||
           g_hash_table_size(search->told) > 0;
}

/* Components ------------------------------------------------------------------------------------ */

/* Of a mailbox the forwards that some message takes, in whatever state; of others all. */
static void
add_live_edges(Search *search, const TamisGraph *all, guint32 place)
{
    TamisFlowFacts *facts = search->facts;
    const TamisFlow *flow;
    TamisFormula base;

    if (tamis_mail_get(facts->mail, place)->kind != TAMIS_PLACE_MAILBOX) {
        for (guint32 i = tamis_graph_first(all, place); i < tamis_graph_end(all, place); i++)
            tamis_graph_add_edge(search->live, tamis_graph_to(all, i));
        return;
    }
    flow = flow_of(facts, place);
    base = tamis_flow_base(facts, tamis_mail_get(facts->mail, place)->index);
    for (guint32 i = 0; i < flow->n_actions; i++) {
        guint32 to = flow->actions[i].kind == TAMIS_FLOW_FORWARD
                         ? tamis_mail_find(facts->mail, flow->actions[i].key)
                         : TAMIS_NO_INDEX;

        if (to < tamis_graph_n_nodes(all) &&
            !tamis_solver_is_impossible(
                facts->solver, tamis_formulas_and2(facts->formulas, flow->actions[i].guard, base)))
            tamis_graph_add_edge(search->live, to);
    }
}

/* What is left of the components in which the way matters. */
static void
find_live_components(Search *search)
{
    TamisMail *mail = tamis_flow_facts_mail(search->facts);
    const TamisGraph *all = tamis_mail_get_graph(mail);
    guint32 n_places = tamis_graph_n_nodes(all);
    g_autoptr(TamisComponents) components = tamis_graph_components(all);
    g_autofree guint8 *matters = g_new0(guint8, MAX(components->n, 1));

    for (guint32 i = 0; i < components->n; i++) {
        guint32 n;
        const guint32 *places = tamis_components_get(components, i, &n);

        matters[i] = way_matters(search, places, n);
    }
    search->live = tamis_graph_new();
    for (guint32 i = 0; i < n_places; i++) {
        if (components->of[i] != TAMIS_NO_COMPONENT && matters[components->of[i]])
            add_live_edges(search, all, i);
        tamis_graph_end_node(search->live);
    }
    search->components = tamis_graph_components(search->live);
    search->distance = tamis_distance_new(search->live);
}

/* The mailboxes to which a message may come back and stay, as far as their own forwards tell. Of Candidate. */
static GArray *
find_candidates(Search *search, const guint32 *places, guint32 n)
{
    TamisFlowFacts *facts = search->facts;
    GArray *candidates = g_array_new(FALSE, FALSE, sizeof(Candidate));

    g_array_set_clear_func(candidates, clear_candidate);
    for (guint32 i = 0; i < n; i++) {
        const TamisPlace *place = tamis_mail_get(facts->mail, places[i]);
        Candidate candidate = {.place = places[i]};
        const TamisFlow *flow;

        if (place->kind != TAMIS_PLACE_MAILBOX)
            continue;
        flow = flow_of(facts, places[i]);
        candidate.stays = g_new0(gboolean, MAX(flow->n_actions, 1));
        for (guint32 k = 0; k < flow->n_actions; k++)
            candidate.stays[k] =
                flow->actions[k].kind == TAMIS_FLOW_FORWARD &&
                is_in_component(search, tamis_mail_find(facts->mail, flow->actions[k].key));
        if (tamis_staying_narrow(search->staying, place->index, candidate.stays))
            g_array_append_val(candidates, candidate);
        else
            g_free(candidate.stays);
    }
    return candidates;
}

/* Looks at each with that many steps, and takes out those of which it is then known. */
static void
look_at_all(Search *search, GArray *candidates, guint32 n_places, guint64 max_steps)
{
    guint n = 0; /* that stay */

    for (guint i = 0; i < candidates->len; i++) {
        Candidate at = g_array_index(candidates, Candidate, i);

        search->stays = at.stays;
        if (search->steps_left > 0 && search_from(search, at.place, n_places, max_steps))
            continue;
        g_array_index(candidates, Candidate, i) = g_array_index(candidates, Candidate, n);
        g_array_index(candidates, Candidate, n++) = at;
    }
    g_array_set_size(candidates, n);
}

/* In a large component a few steps for each at first: those that are known soon leave theirs to the others. */
static void
look_at_component(Search *search, GArray *candidates, guint32 n_places)
{
    guint64 left = MAX_COMPONENT_STEPS, before, share = left / n_places / 8;

    if (!search->is_large) {
        look_at_all(search, candidates, n_places, MAX_COMPONENT_STEPS / n_places);
        return;
    }
    while (candidates->len > 0 && search->steps_left > 0) {
        before = search->steps_left;
        share = MAX(share, MIN_STEPS);
        look_at_all(search, candidates, n_places, share);
        left -= MIN(left, before - search->steps_left);
        if (candidates->len == 0 || left / candidates->len <= share)
            break;
        share = MIN(4 * share, left / candidates->len);
    }
}

void
tamis_returns_find(TamisFlowFacts *facts, TamisReturnFound found, TamisReturnsLeft left)
{
    Search search = {.facts = facts, .found = found, .steps_left = MAX_ALL_STEPS};

    find_live_components(&search);
    for (guint32 i = 0; i < search.components->n; i++) {
        g_autoptr(GHashTable) told = g_hash_table_new(NULL, NULL);
        g_autoptr(GArray) open = g_array_new(FALSE, FALSE, sizeof(guint32));
        g_autoptr(GArray) candidates = NULL;
        g_autoptr(TamisStaying) staying = NULL;
        guint32 n;
        const guint32 *places = tamis_components_get(search.components, i, &n);

        search.component = i;
        search.told = told;
        search.rounds = FALSE;
        search.is_large = n > MAX_SMALL;
        if (!way_matters(&search, places, n))
            continue;
        search.staying = staying = tamis_staying_new(facts, places, n);
        candidates = find_candidates(&search, places, n);
        look_at_component(&search, candidates, n);
        for (guint k = 0; k < candidates->len; k++)
            g_array_append_val(open, g_array_index(candidates, Candidate, k).place);
        if (open->len > 0)
            left(facts, open);
    }
    tamis_distance_free(search.distance);
    tamis_components_free(search.components);
    tamis_graph_free(search.live);
}
