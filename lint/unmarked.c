/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A way round is walked three times over as one chain. Of one way the changes are the same each time, and what they
 * leave behind is so after the first: so the third time is as good as all that follow, which sending it shows. */
#include "lint/unmarked.h"

#include "lint/hops.h"
#include "lint/pair.h"

#include <string.h>

enum {
    ROUNDS = 3,
    MAX_STEPS = 2000, /* of one mailbox's ways */
    MAX_COMPONENT_STEPS = 20000,
    MAX_SENT = 20, /* rounds until the message is what it was before */
};

typedef struct {
    TamisFlowFacts *facts;
    const TamisComponents *components;
    guint32 component;
    GHashTable *told;
    TamisUnmarkedFound found;
    guint n_found;
    guint64 steps_left;
    gboolean is_cut;
} Search;

static gboolean
deletes_headers(const TamisFlow *flow)
{
    for (guint32 i = 0; i < flow->n_changes; i++)
        if (flow->changes[i].kind == TAMIS_FLOW_UNMARK)
            return TRUE;
    return FALSE;
}

static gboolean
is_mailbox(TamisFlowFacts *facts, guint32 place)
{
    return tamis_mail_get(facts->mail, place)->kind == TAMIS_PLACE_MAILBOX;
}

static const TamisFlow *
flow_of(TamisFlowFacts *facts, guint32 place)
{
    return tamis_site_get_flow(facts->site, tamis_mail_get(facts->mail, place)->index);
}

/* Sending --------------------------------------------------------------------------------------- */

static int
compare_texts(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* What tests can see of the fields that the way changes: each value, but not how often. Caller frees. */
static char *
describe(TamisFlowFacts *facts, TamisChain *chain, const GArray *way, TamisMessage *message)
{
    GString *out = g_string_new(NULL);

    for (guint i = 0; i + 1 < way->len; i++) {
        guint32 place = tamis_chain_get(chain, g_array_index(way, guint32, i))->place;
        const TamisFlow *flow = is_mailbox(facts, place) ? flow_of(facts, place) : NULL;

        for (guint32 j = 0; flow != NULL && j < flow->n_changes; j++) {
            const char *name = tamis_flow_text(facts, flow->changes[j].name);
            const char *const *values = tamis_message_get_header(message, name);
            g_autoptr(GPtrArray) sorted = g_ptr_array_new();

            for (guint k = 0; values[k] != NULL; k++)
                g_ptr_array_add(sorted, (gpointer)values[k]);
            g_ptr_array_sort(sorted, compare_texts);
            for (guint k = 0; k < sorted->len; k++)
                if (k == 0 || strcmp(sorted->pdata[k - 1], sorted->pdata[k]) != 0)
                    g_string_append_printf(out, "%s: %s\n", name, (char *)sorted->pdata[k]);
        }
    }
    return g_string_free(out, FALSE);
}

/* Over one step of the way. NULL: it is not sent. Takes message. */
static TamisMessage *
send_over(TamisFlowFacts *facts, const TamisChainStep *at, const TamisChainStep *next,
          const char *to, TamisMessage *message, const TamisWitness *witness)
{
    g_autoptr(TamisMessage) arrived = message;
    TamisDelivery delivery = tamis_witness_delivery(witness);
    g_autoptr(TamisEvaluation) evaluation = NULL;

    if (next->action == NULL)
        return g_steal_pointer(&arrived);
    delivery.envelope_to = to;
    evaluation = tamis_evaluation_new(facts->formulas, facts->policy, flow_of(facts, at->place),
                                      arrived, &delivery, tamis_site_get_zone(facts->site),
                                      tamis_site_get_delimiter(facts->site));
    for (guint i = 0; i < witness->n_choices; i++)
        tamis_evaluation_assume(evaluation, witness->choices[i].atom, witness->choices[i].holds);
    if (!tamis_evaluation_holds(evaluation, next->action->guard))
        return NULL;
    return tamis_message_copy(tamis_evaluation_message(evaluation, next->action->version));
}

/* Whether the message goes round until it is what it was before a round. way: one round. */
static gboolean
goes_round(Search *search, TamisChain *chain, const GArray *way, const TamisSolution *solution)
{
    TamisFlowFacts *facts = search->facts;
    const TamisWitness *witness = solution->witness;
    g_autoptr(TamisMessage) message = tamis_witness_to_message(witness);
    guint32 mailbox = tamis_chain_get(chain, 0)->place;
    const char *to = tamis_flow_to(facts, mailbox, solution);
    g_autofree char *before = NULL;

    for (guint round = 0; round < MAX_SENT; round++) {
        g_autofree char *now = NULL;

        for (guint i = 0; i + 1 < way->len && message != NULL; i++) {
            const TamisChainStep *at = tamis_chain_get(chain, g_array_index(way, guint32, i));
            const TamisChainStep *next = tamis_chain_get(chain, g_array_index(way, guint32, i + 1));

            message = send_over(facts, at, next, to, g_steal_pointer(&message), witness);
            to = tamis_flow_text(facts, next->address);
        }
        if (message == NULL)
            return FALSE;
        now = describe(facts, chain, way, message);
        if (before != NULL && strcmp(before, now) == 0)
            return TRUE;
        g_free(before);
        before = g_steal_pointer(&now);
    }
    return FALSE;
}

/* Ways ------------------------------------------------------------------------------------------ */

static gboolean
is_told(Search *search, TamisChain *chain, const GArray *way)
{
    for (guint i = 1; i < way->len; i++) {
        TamisSpan span = tamis_chain_get(chain, g_array_index(way, guint32, i))->span;

        if (g_hash_table_contains(search->told, tamis_pair(span.source, span.offset)))
            return TRUE;
    }
    return FALSE;
}

/* The way has been walked so often, of which out_first is one round. 0: it is not walked as it was the first time. */
static guint
count_rounds(TamisChain *chain, const GArray *way, GArray *out_first)
{
    guint32 start = tamis_chain_get(chain, 0)->place;
    guint n = 0; /* steps of a round */

    g_array_append_val(out_first, g_array_index(way, guint32, 0));
    for (guint i = 1; i < way->len; i++) {
        const TamisChainStep *at = tamis_chain_get(chain, g_array_index(way, guint32, i));

        if (n == 0) {
            g_array_append_val(out_first, g_array_index(way, guint32, i));
            if (at->place == start)
                n = i;
        } else {
            const TamisChainStep *before =
                tamis_chain_get(chain, g_array_index(way, guint32, i - n));

            if (at->action != before->action || at->place != before->place)
                return 0;
        }
    }
    return n == 0 ? 0 : (way->len - 1) / n;
}

/* Whether the step is on, or closes, a way round. */
static gboolean
look_at(Search *search, TamisChain *chain, guint32 step)
{
    g_autoptr(GArray) way = tamis_chain_get_way(chain, step);
    g_autoptr(GArray) first = g_array_new(FALSE, FALSE, sizeof(guint32));
    guint n_rounds = count_rounds(chain, way, first);
    TamisFormula guard = tamis_chain_get(chain, step)->guard;
    g_auto(TamisSolution) solution = {0};

    if (n_rounds == 0 || is_told(search, chain, first))
        return FALSE;
    if (way->len - 1 < ROUNDS * (first->len - 1))
        return TRUE;
    tamis_solver_solve(search->facts->solver, guard, &solution);
    if (solution.verdict != TAMIS_VERDICT_WITNESS || !goes_round(search, chain, first, &solution))
        return FALSE;
    for (guint i = 1; i < first->len; i++) {
        TamisSpan span = tamis_chain_get(chain, g_array_index(first, guint32, i))->span;

        g_hash_table_add(search->told, tamis_pair(span.source, span.offset));
    }
    search->n_found++;
    search->found(search->facts, chain, g_array_index(first, guint32, first->len - 1), guard,
                  &solution);
    return FALSE;
}

static void
search_from(Search *search, guint32 place)
{
    const TamisChainOptions options = {(guint32)MIN(MAX_STEPS, search->steps_left),
                                       TAMIS_CHAIN_ALL};
    g_autoptr(TamisChain) chain = tamis_chain_new(search->facts, place, &options);
    guint32 step;

    while ((step = tamis_chain_next(chain)) != TAMIS_NO_STEP) {
        TamisChainStep *at = tamis_chain_get(chain, step);

        search->steps_left -= MIN(search->steps_left, 1);
        if (at->place == TAMIS_NO_INDEX || search->components->of[at->place] != search->component)
            at->is_followed = FALSE;
        else if (at->returns) {
            gboolean goes_on = look_at(search, chain, step);

            tamis_chain_get(chain, step)->is_followed = goes_on;
        }
    }
    search->is_cut |= tamis_chain_is_cut(chain);
}

static gboolean
may_change_back(TamisFlowFacts *facts, const guint32 *places, guint32 n)
{
    for (guint32 i = 0; i < n; i++)
        if (is_mailbox(facts, places[i]) && deletes_headers(flow_of(facts, places[i])))
            return TRUE;
    return FALSE;
}

void
tamis_unmarked_find(TamisFlowFacts *facts, GHashTable *told, TamisUnmarkedFound found,
                    GArray *out_left)
{
    TamisMail *mail = tamis_flow_facts_mail(facts);
    g_autoptr(TamisComponents) components = NULL;
    Search search = {.facts = facts, .told = told, .found = found};

    if (facts->policy != NULL)
        return; /* which can only add headers */
    components = tamis_graph_components(tamis_mail_get_graph(mail));
    search.components = components;
    for (guint32 i = 0; i < components->n; i++) {
        guint32 n;
        const guint32 *places = tamis_components_get(components, i, &n);

        search.component = i;
        search.steps_left = MAX_COMPONENT_STEPS;
        search.is_cut = FALSE;
        search.n_found = 0;
        if (!may_change_back(facts, places, n))
            continue;
        for (guint32 j = 0; j < n; j++)
            if (is_mailbox(facts, places[j]))
                search_from(&search, places[j]);
        for (guint32 j = 0; search.is_cut && search.n_found == 0 && j < n; j++)
            if (is_mailbox(facts, places[j]))
                g_array_append_val(out_left, places[j]);
    }
}
