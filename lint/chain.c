/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A queue of steps: what was handed out is what is followed next. */
#include "lint/chain.h"

#include "lint/itinerary.h"

#include <string.h>

struct TamisChain {
    TamisFlowFacts *facts;
    TamisMail *mail;
    TamisChainOptions options;
    guint32 mailbox;
    GArray *steps;       /* of TamisChainStep */
    GHashTable *seen;    /* of Key: what a step demands, where steps merge */
    GHashTable *changes; /* Key to its number: changes before, a flow, and how many of its own */
    guint32 n_given;     /* handed out */
    guint32 n_followed;
    gboolean is_cut;
};

typedef struct {
    guint64 first, second;
} Key;

static guint
hash_key(gconstpointer data)
{
    const Key *key = data;
    guint64 mixed = (key->first ^ key->second * G_GUINT64_CONSTANT(0xff51afd7ed558ccd)) *
                    G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);

    return (guint)(mixed >> 32);
}

static gboolean
are_keys_equal(gconstpointer a, gconstpointer b)
{
    const Key *first = a, *second = b;

    return first->first == second->first && first->second == second->second;
}

static TamisString
own_key(TamisFlowFacts *facts, guint32 mailbox)
{
    const char *text = tamis_site_get_address(facts->site, mailbox);

    return tamis_strings_add(tamis_formulas_get_strings(facts->formulas), text, strlen(text));
}

TamisChain *
tamis_chain_new(TamisFlowFacts *facts, guint32 mailbox, const TamisChainOptions *options)
{
    TamisChain *chain = g_new0(TamisChain, 1);
    TamisString key = own_key(facts, mailbox);
    TamisChainStep first = {
        .place = mailbox,
        .address = key,
        .key = key,
        .guard = TAMIS_FORMULA_TRUE,
        .parent = TAMIS_NO_STEP,
        .is_followed = TRUE,
        .is_delivery = TRUE,
    };

    chain->facts = facts;
    chain->mail = tamis_flow_facts_mail(facts);
    chain->options = *options;
    chain->mailbox = mailbox;
    chain->steps = g_array_new(FALSE, FALSE, sizeof(TamisChainStep));
    chain->seen = g_hash_table_new_full(hash_key, are_keys_equal, g_free, NULL);
    chain->changes = g_hash_table_new_full(hash_key, are_keys_equal, g_free, NULL);
    first.guard = tamis_flow_base(facts, mailbox);
    first.stop = tamis_carry_start(facts->carry);
    if (first.guard == TAMIS_FORMULA_TRUE)
        first.stop = tamis_carry_readdress(facts->carry, first.stop, key);
    g_array_append_val(chain->steps, first);
    return chain;
}

void
tamis_chain_start_at_map(TamisChain *chain, guint32 place)
{
    TamisChainStep *first = tamis_chain_get(chain, 0);

    first->place = place;
    first->is_delivery = FALSE;
}

void
tamis_chain_free(TamisChain *chain)
{
    if (chain == NULL)
        return;
    g_array_unref(chain->steps);
    g_hash_table_unref(chain->seen);
    g_hash_table_unref(chain->changes);
    g_free(chain);
}

static gboolean
stands_on_way(const TamisChain *chain, guint32 step, guint32 place)
{
    for (guint32 i = step; i != TAMIS_NO_STEP;) {
        const TamisChainStep *at = &g_array_index(chain->steps, TamisChainStep, i);

        if (at->place == place)
            return TRUE;
        i = at->parent;
    }
    return FALSE;
}

/* The number of these changes and, of the flow, those up to the version. */
static guint32
number_changes(TamisChain *chain, guint32 before, const TamisFlow *flow, guint32 version)
{
    const Key key = {GPOINTER_TO_SIZE(flow), (guint64)before << 32 | version};
    guint32 number;

    if (version == 0)
        return before;
    number = GPOINTER_TO_UINT(g_hash_table_lookup(chain->changes, &key));
    if (number == 0) {
        number = g_hash_table_size(chain->changes) + 1;
        g_hash_table_insert(chain->changes, g_memdup2(&key, sizeof key), GUINT_TO_POINTER(number));
    }
    return number;
}

/* Whether another step stands for this one. */
static gboolean
is_seen(TamisChain *chain, const TamisChainStep *step)
{
    guint32 length = chain->options.merging == TAMIS_CHAIN_LONGEST ? step->n_forwards : 0;
    const Key key = {(guint64)step->key << 32 | step->guard,
                     (guint64)step->changes << 32 | length << 1 | (step->is_encrypted ? 1 : 0)};

    return chain->options.merging != TAMIS_CHAIN_ALL &&
           !g_hash_table_add(chain->seen, g_memdup2(&key, sizeof key));
}

static void
add(TamisChain *chain, TamisChainStep step)
{
    if (chain->steps->len >= chain->options.max_steps) {
        chain->is_cut = TRUE;
        return;
    }
    if (tamis_solver_is_impossible(chain->facts->solver, step.guard) || is_seen(chain, &step))
        return;
    step.returns = step.place != TAMIS_NO_INDEX && stands_on_way(chain, step.parent, step.place);
    step.is_followed = !step.returns && step.place != TAMIS_NO_INDEX;
    step.is_delivery = step.place == TAMIS_NO_INDEX ||
                       tamis_mail_get(chain->mail, step.place)->kind != TAMIS_PLACE_ALIAS;
    g_array_append_val(chain->steps, step);
}

static void
follow_flow(TamisChain *chain, guint32 index, const TamisChainStep *at)
{
    TamisFlowFacts *facts = chain->facts;
    const TamisFlow *flow =
        tamis_site_get_flow(facts->site, tamis_mail_get(chain->mail, at->place)->index);

    for (guint32 i = 0; i < flow->n_actions && !chain->is_cut; i++) {
        const TamisFlowAction *action = &flow->actions[i];
        TamisChainStep step = {
            .address = action->text,
            .key = action->key,
            .action = action,
            .span = action->span,
            .parent = index,
            .n_steps = at->n_steps + 1,
            .n_forwards = at->n_forwards + 1,
            .changes = number_changes(chain, at->changes, flow, action->version),
            .is_encrypted = at->is_encrypted || action->encryption != 0,
        };

        if (action->kind != TAMIS_FLOW_FORWARD || action->key == 0)
            continue;
        step.guard =
            tamis_formulas_and2(facts->formulas, at->guard,
                                tamis_carry_guard(facts->carry, at->stop, flow, action->guard));
        if (step.guard == TAMIS_FORMULA_FALSE)
            continue;
        step.place = tamis_mail_find(chain->mail, action->key);
        step.stop = tamis_carry_send(facts->carry, at->stop, flow, action->version, action->key,
                                     TAMIS_SENDER_KEPT, 0);
        add(chain, step);
    }
}

static void
follow_onward(TamisChain *chain, guint32 index, const TamisChainStep *at)
{
    g_autoptr(GArray) onward = tamis_mail_get_onward(chain->mail, at->place);
    gboolean is_map = tamis_mail_get(chain->mail, at->place)->kind == TAMIS_PLACE_ALIAS;

    for (guint i = 0; i < onward->len && !chain->is_cut; i++) {
        const TamisOnward *to = &g_array_index(onward, TamisOnward, i);
        TamisChainStep step = {
            .place = to->place,
            .address = to->text,
            .key = to->key,
            .guard = at->guard,
            .stop = tamis_carry_readdress(chain->facts->carry, at->stop, to->key),
            .span = to->span,
            .parent = index,
            .n_steps = at->n_steps + 1,
            .n_forwards = at->n_forwards + !is_map,
            .changes = at->changes,
            .is_encrypted = at->is_encrypted,
        };

        add(chain, step);
    }
}

guint32
tamis_chain_next(TamisChain *chain)
{
    while (chain->n_given == chain->steps->len && chain->n_followed < chain->n_given &&
           !chain->is_cut) {
        guint32 index = chain->n_followed++;
        TamisChainStep at = g_array_index(chain->steps, TamisChainStep, index);

        if (!at.is_followed)
            continue;
        if (tamis_mail_get(chain->mail, at.place)->kind == TAMIS_PLACE_MAILBOX)
            follow_flow(chain, index, &at);
        else
            follow_onward(chain, index, &at);
    }
    return chain->n_given < chain->steps->len ? chain->n_given++ : TAMIS_NO_STEP;
}

gboolean
tamis_chain_is_cut(const TamisChain *chain)
{
    return chain->is_cut;
}

TamisChainStep *
tamis_chain_get(TamisChain *chain, guint32 step)
{
    return &g_array_index(chain->steps, TamisChainStep, step);
}

GArray *
tamis_chain_get_way(const TamisChain *chain, guint32 step)
{
    GArray *way = g_array_new(FALSE, FALSE, sizeof(guint32));

    for (guint32 i = step; i != TAMIS_NO_STEP;
         i = g_array_index(chain->steps, TamisChainStep, i).parent)
        g_array_prepend_val(way, i);
    return way;
}

/* When the message is at each step of the way. FALSE: one instant has to do. */
static gboolean
find_itinerary(TamisChain *chain, const GArray *steps, const char *to, const TamisWitness *witness,
               TamisInstant *out_instants)
{
    TamisFlowFacts *facts = chain->facts;
    guint n_legs = steps->len - 1;
    g_autofree TamisLeg *legs = g_new0(TamisLeg, MAX(n_legs, 1));

    for (guint i = 0; i < n_legs; i++) {
        const TamisChainStep *at = tamis_chain_get(chain, g_array_index(steps, guint32, i));
        const TamisChainStep *next = tamis_chain_get(chain, g_array_index(steps, guint32, i + 1));

        if (next->action == NULL)
            continue;
        legs[i] = (TamisLeg){
            tamis_site_get_flow(facts->site, tamis_mail_get(chain->mail, at->place)->index),
            next->action,
            i == 0 ? to : tamis_flow_text(facts, at->address),
        };
    }
    if (n_legs == 0 || !tamis_itinerary_find(facts, witness, legs, n_legs, out_instants))
        return FALSE;
    out_instants[n_legs] = out_instants[n_legs - 1];
    return TRUE;
}

TamisDiagnostic *
tamis_chain_find(TamisChain *chain, guint32 step, TamisRule rule, const char *format, ...)
{
    g_autoptr(GArray) way = tamis_chain_get_way(chain, step);
    const TamisChainStep *first = tamis_chain_get(chain, g_array_index(way, guint32, 1));
    g_autofree char *message = NULL;
    va_list arguments;

    va_start(arguments, format);
    message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    return tamis_flow_find(chain->facts, rule, first->span, chain->mailbox, first->action, "%s",
                           message);
}

void
tamis_chain_show(TamisChain *chain, guint32 step, TamisDiagnostic *diagnostic,
                 const TamisSolution *solution, TamisFormula guard)
{
    TamisFlowFacts *facts = chain->facts;
    g_autoptr(GArray) steps = tamis_chain_get_way(chain, step);
    g_autoptr(GPtrArray) path = g_ptr_array_new();
    g_autofree TamisInstant *instants = g_new0(TamisInstant, steps->len);
    TamisWay way = {NULL};

    for (guint i = 0; i < steps->len; i++) {
        const TamisChainStep *at = tamis_chain_get(chain, g_array_index(steps, guint32, i));

        g_ptr_array_add(path, (gpointer)tamis_flow_text(facts, at->address));
        if (i < 2)
            continue;
        if (i + 1 == steps->len && at->returns)
            tamis_report_relate(facts->report, diagnostic, at->span, "… and back here");
        else
            tamis_report_relate(facts->report, diagnostic, at->span, "… on to '%s'",
                                tamis_flow_text(facts, at->address));
    }
    if (path->len > 0)
        path->pdata[0] = (gpointer)tamis_flow_to(facts, chain->mailbox, solution);
    way = (TamisWay){g_ptr_array_index(path, 0), (const char *const *)path->pdata, path->len};
    if (solution->witness != NULL &&
        find_itinerary(chain, steps, way.to, solution->witness, instants)) {
        solution->witness->instant = instants[0];
        way.instants = instants;
    }
    tamis_flow_judge(facts, diagnostic, solution, guard, &way);
}
