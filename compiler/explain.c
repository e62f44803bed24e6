/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Deliveries, breadth first. */
#include "compiler/explain-private.h"

#include "compiler/explain-way.h"
#include "model/address.h"

#include <string.h>

struct TamisExplanation {
    TamisSite *site;
    GPtrArray *steps;    /* of TamisDeliveryStep */
    GArray *departures;  /* of TamisDeparture */
    GPtrArray *messages; /* of TamisMessage: made on the way */
    TamisDelivery delivery;
    TamisKnownWay way;
    gboolean is_cut;
};

/* Stands for "nothing else happens": the keep of a run that failed. */
static const TamisFlowAction only_keep = {.kind = TAMIS_FLOW_KEEP, .is_implicit = TRUE};

static void
free_step(gpointer data)
{
    TamisDeliveryStep *step = data;

    tamis_evaluation_free(step->evaluation);
    g_ptr_array_unref(step->routes);
    g_ptr_array_unref(step->actions);
    g_array_unref(step->assumed);
    g_free(step->address);
    g_free(step->envelope_from);
    for (guint i = 0; i < G_N_ELEMENTS(step->envelope); i++)
        g_free(step->envelope[i]);
    g_free(step);
}

static void
clear_departure(gpointer data)
{
    g_free(((TamisDeparture *)data)->address);
    g_strfreev(((TamisDeparture *)data)->round);
}

static gboolean
stands_on_its_way(const TamisExplanation *explanation, guint32 parent, guint32 mailbox)
{
    while (parent != TAMIS_NO_DELIVERY) {
        const TamisDeliveryStep *step = g_ptr_array_index(explanation->steps, parent);

        if (step->mailbox == mailbox)
            return TRUE;
        parent = step->parent;
    }
    return FALSE;
}

/* What the run does ----------------------------------------------------------------------------- */

/* Replies that the engine does not send, and discards where a copy stays all the same. */
static void
drop_without_effect(const TamisExplanation *explanation, TamisDeliveryStep *step)
{
    gboolean is_kept = FALSE;

    for (guint i = 0; i < step->actions->len; i++)
        is_kept |=
            ((const TamisFlowAction *)g_ptr_array_index(step->actions, i))->kind == TAMIS_FLOW_KEEP;
    for (guint i = step->actions->len; i-- > 0;) {
        const TamisFlowAction *action = g_ptr_array_index(step->actions, i);

        if (((action->kind == TAMIS_FLOW_REPLY || action->kind == TAMIS_FLOW_NOTIFY) &&
             !tamis_evaluation_holds(
                 step->evaluation,
                 tamis_site_answered(explanation->site, step->mailbox, action))) ||
            (action->kind == TAMIS_FLOW_DISCARD && is_kept))
            g_ptr_array_remove_index(step->actions, i);
    }
}

typedef struct {
    const TamisExplanation *explanation;
    TamisDeliveryStep *step;
    const TamisFlow *flow;
} Making;

/* As the server has what it was told: Pigeonhole writes the local part anew, with quotes where they must stand. The step keeps it. */
static const char *
envelope_of(const TamisExplanation *explanation, TamisDeliveryStep *step, guint i, const char *told)
{
    const char *at = strrchr(told, '@');
    g_autofree char *local = NULL;
    char *whole;

    if (at == NULL || tamis_site_get_server(explanation->site)->engine != TAMIS_ENGINE_PIGEONHOLE)
        return told;
    if (step->envelope[i] != NULL)
        return step->envelope[i];
    local = tamis_local_unquote(told, (gsize)(at - told));
    if (local == NULL)
        local = g_strndup(told, (gsize)(at - told));
    whole = step->envelope[i] = g_malloc(2 * strlen(local) + strlen(at) + 4);
    tamis_address_join(local, at + 1, whole);
    return whole;
}

static TamisEvaluation *
make_evaluation(gpointer data)
{
    const Making *making = data;
    const TamisExplanation *explanation = making->explanation;
    TamisDeliveryStep *step = making->step;
    TamisDelivery delivery = explanation->delivery;

    delivery.envelope_from = envelope_of(explanation, step, 0, step->envelope_from);
    delivery.envelope_to = envelope_of(explanation, step, 1, step->address);
    delivery.instant = step->instant;
    return tamis_evaluation_new(tamis_site_get_formulas(explanation->site),
                                tamis_site_get_policy(explanation->site), making->flow,
                                step->message, &delivery, tamis_site_get_zone(explanation->site),
                                tamis_site_get_delimiter(explanation->site));
}

/* The forward that goes on along the way, if it is one of this flow's; NULL: the way ends here. */
static const TamisFlowAction *
find_onward(const TamisExplanation *explanation, const TamisDeliveryStep *step,
            const TamisFlow *flow)
{
    const TamisStrings *strings =
        tamis_formulas_get_strings(tamis_site_get_formulas(explanation->site));

    if (step->on_way == 0 || step->on_way >= explanation->way.n_path)
        return NULL;
    for (guint32 i = 0; i < flow->n_actions; i++)
        if (flow->actions[i].kind == TAMIS_FLOW_FORWARD &&
            g_ascii_strcasecmp(tamis_strings_get(strings, flow->actions[i].text),
                               explanation->way.path[step->on_way]) == 0)
            return &flow->actions[i];
    return NULL;
}

/* As the message and the instant have it, or, where the way goes on otherwise, as it needs them. */
static void
evaluate_guards(const TamisExplanation *explanation, TamisDeliveryStep *step, const TamisFlow *flow)
{
    Making making = {explanation, step, flow};
    const TamisFlowAction *onward = find_onward(explanation, step, flow);
    TamisEvaluation *as_needed;

    step->evaluation = make_evaluation(&making);
    if (onward == NULL || tamis_evaluation_holds(step->evaluation, onward->guard))
        return;
    as_needed = tamis_explain_evaluate_way(tamis_site_get_formulas(explanation->site), flow,
                                           onward->guard, make_evaluation, &making, step->assumed);
    if (as_needed == NULL)
        return;
    tamis_evaluation_free(step->evaluation);
    step->evaluation = as_needed;
}

static void
evaluate(TamisExplanation *explanation, TamisDeliveryStep *step)
{
    const TamisFlow *flow = tamis_site_get_flow(explanation->site, step->mailbox);

    evaluate_guards(explanation, step, flow);
    for (guint32 i = 0; i < flow->n_routes; i++) {
        if (tamis_evaluation_holds(step->evaluation, flow->routes[i].guard))
            g_ptr_array_add(step->routes, &flow->routes[i]);
    }
    for (guint32 i = 0; i < flow->n_actions; i++) {
        if (tamis_evaluation_holds(step->evaluation, flow->actions[i].guard))
            g_ptr_array_add(step->actions, (gpointer)&flow->actions[i]);
    }
    step->leaned_on_opaque = tamis_evaluation_leaned_on_opaque(step->evaluation);
    /* A reply that is not sent conflicts all the same, and a discard counts. */
    step->failure =
        tamis_explain_find_failure(explanation->site, step->mailbox, step->actions,
                                   tamis_evaluation_holds(step->evaluation, flow->failed));
    drop_without_effect(explanation, step);
    if (step->failure == TAMIS_FAILURE_NONE)
        return;
    g_ptr_array_set_size(step->actions, 0);
    if (step->failure != TAMIS_FAILURE_CRASH)
        g_ptr_array_add(step->actions, (gpointer)&only_keep);
}

/* Hops ------------------------------------------------------------------------------------------ */

/* How much of the way is passed where it is delivered to the address. An alias map's entries stand in the way too. */
static guint32
find_on_way(const TamisExplanation *explanation, const TamisDeliveryStep *before,
            const TamisFlowAction *cause, const char *address)
{
    const TamisStrings *strings =
        tamis_formulas_get_strings(tamis_site_get_formulas(explanation->site));
    guint32 first = before != NULL ? before->on_way : 0;

    if (explanation->way.n_path == 0 || first >= explanation->way.n_path ||
        (before != NULL && (first == 0 || cause == NULL ||
                            g_ascii_strcasecmp(tamis_strings_get(strings, cause->text),
                                               explanation->way.path[first]))))
        return 0;
    for (guint32 i = first; i < explanation->way.n_path; i++)
        if (g_ascii_strcasecmp(explanation->way.path[i], address) == 0)
            return i + 1;
    return 0;
}

static TamisInstant
arrival(const TamisExplanation *explanation, const TamisDeliveryStep *before, guint32 on_way)
{
    if (on_way > 0 && explanation->way.instants != NULL)
        return explanation->way.instants[on_way - 1];
    return before != NULL ? before->instant : explanation->delivery.instant;
}

static void
deliver(TamisExplanation *explanation, const TamisSiteStop *stop, guint32 parent,
        const TamisFlowAction *cause, TamisMessage *message, const char *envelope_from)
{
    const TamisDeliveryStep *before =
        parent != TAMIS_NO_DELIVERY ? g_ptr_array_index(explanation->steps, parent) : NULL;
    TamisDeliveryStep *step;

    if (explanation->steps->len >= TAMIS_EXPLAIN_MAX_DELIVERIES) {
        explanation->is_cut = TRUE;
        return;
    }
    step = g_new0(TamisDeliveryStep, 1);
    step->mailbox = stop->mailbox;
    step->address = g_strdup(stop->address);
    step->envelope_from = g_strdup(envelope_from);
    step->hop = before != NULL ? before->hop + 1 : 0;
    step->parent = parent;
    step->cause = cause;
    step->message = message;
    step->routes = g_ptr_array_new();
    step->actions = g_ptr_array_new();
    step->assumed = g_array_new(FALSE, FALSE, sizeof(TamisWitnessChoice));
    step->on_way = find_on_way(explanation, before, cause, stop->address);
    step->instant = arrival(explanation, before, step->on_way);
    step->loop = stands_on_its_way(explanation, parent, stop->mailbox);
    g_ptr_array_add(explanation->steps, step);
    evaluate(explanation, step);
    if (!step->loop && step->on_way == 0)
        step->again = tamis_explain_leave_out(explanation->steps, step, explanation->site);
    step->unanswered =
        tamis_explain_is_unanswered(step, tamis_site_get_server(explanation->site)->engine);
}

static void
depart(TamisExplanation *explanation, const TamisSiteStop *stop, guint32 parent,
       const TamisFlowAction *cause)
{
    TamisDeparture departure = {NULL, NULL, cause, parent};

    if (explanation->departures->len >= TAMIS_EXPLAIN_MAX_DELIVERIES) {
        explanation->is_cut = TRUE;
        return;
    }
    departure.address = g_strdup(stop->address);
    departure.round = g_strdupv(stop->round);
    g_array_append_val(explanation->departures, departure);
}

static void
send_to(TamisExplanation *explanation, const char *address, guint32 parent,
        const TamisFlowAction *cause, TamisMessage *message, const char *envelope_from)
{
    g_autoptr(GArray) stops = tamis_site_resolve(explanation->site, address);

    for (guint i = 0; i < stops->len; i++) {
        const TamisSiteStop *stop = &g_array_index(stops, TamisSiteStop, i);

        if (stop->round != NULL)
            depart(explanation, stop, parent, cause);
        else if (stop->mailbox != TAMIS_NO_INDEX)
            deliver(explanation, stop, parent, cause, message, envelope_from);
        else if (g_ascii_strcasecmp(stop->address, address) != 0)
            depart(explanation, stop, parent, cause);
    }
}

/* A header that stands for encryption goes on the copy that leaves alone. */
static void
add_encryption_header(const TamisExplanation *explanation, const TamisFlowAction *forward,
                      TamisMessage *sent)
{
    const TamisPolicy *policy = tamis_site_get_policy(explanation->site);

    for (guint i = 0; forward->encryption != 0 && policy != NULL && i < policy->encryptions->len;
         i++) {
        const TamisEncryption *encryption = &g_array_index(policy->encryptions, TamisEncryption, i);

        if (encryption->name == forward->encryption && encryption->means == TAMIS_ENCRYPT_HEADER)
            tamis_message_add_header(sent, tamis_policy_text(policy, encryption->header),
                                     tamis_policy_text(policy, encryption->header_value), FALSE);
    }
}

static void
follow(TamisExplanation *explanation, guint32 index)
{
    const TamisDeliveryStep *step = g_ptr_array_index(explanation->steps, index);
    const TamisStrings *strings =
        tamis_formulas_get_strings(tamis_site_get_formulas(explanation->site));

    for (guint i = 0; i < step->actions->len && !step->loop; i++) {
        const TamisFlowAction *action = g_ptr_array_index(step->actions, i);
        TamisMessage *sent;

        if (action->kind != TAMIS_FLOW_FORWARD)
            continue;
        sent = tamis_message_copy(tamis_explanation_get_copy(explanation, step, action));
        add_encryption_header(explanation, action, sent);
        g_ptr_array_add(explanation->messages, sent);
        send_to(explanation, tamis_strings_get(strings, action->text), index, action, sent,
                step->envelope_from);
    }
}

static TamisExplanation *
explain(TamisSite *site, TamisMessage *message, const TamisDelivery *delivery,
        const TamisKnownWay *way, const char *const *recipients)
{
    TamisExplanation *explanation = g_new0(TamisExplanation, 1);

    explanation->way = *way;
    explanation->site = site;
    explanation->delivery = *delivery;
    explanation->steps = g_ptr_array_new_with_free_func(free_step);
    explanation->departures = g_array_new(FALSE, FALSE, sizeof(TamisDeparture));
    g_array_set_clear_func(explanation->departures, clear_departure);
    explanation->messages = g_ptr_array_new_with_free_func((GDestroyNotify)tamis_message_free);
    for (; *recipients != NULL; recipients++)
        send_to(explanation, *recipients, TAMIS_NO_DELIVERY, NULL, message,
                delivery->envelope_from);
    for (guint32 i = 0; i < explanation->steps->len; i++)
        follow(explanation, i);
    return explanation;
}

TamisExplanation *
tamis_explain(TamisSite *site, TamisMessage *message, const TamisDelivery *delivery)
{
    const TamisKnownWay unknown = {NULL};

    return tamis_explain_way(site, message, delivery, &unknown);
}

TamisExplanation *
tamis_explain_all(TamisSite *site, TamisMessage *message, const TamisDelivery *delivery,
                  const char *const *recipients)
{
    const TamisKnownWay unknown = {NULL};

    return explain(site, message, delivery, &unknown, recipients);
}

TamisExplanation *
tamis_explain_way(TamisSite *site, TamisMessage *message, const TamisDelivery *delivery,
                  const TamisKnownWay *way)
{
    const char *const recipients[] = {delivery->envelope_to, NULL};

    return explain(site, message, delivery, way, recipients);
}

void
tamis_explanation_free(TamisExplanation *explanation)
{
    if (explanation == NULL)
        return;
    g_ptr_array_unref(explanation->steps);
    g_array_unref(explanation->departures);
    g_ptr_array_unref(explanation->messages);
    g_free(explanation);
}

guint
tamis_explanation_n_deliveries(const TamisExplanation *explanation)
{
    return explanation->steps->len;
}

const TamisDeliveryStep *
tamis_explanation_get(const TamisExplanation *explanation, guint index)
{
    return g_ptr_array_index(explanation->steps, index);
}

guint
tamis_explanation_n_departures(const TamisExplanation *explanation)
{
    return explanation->departures->len;
}

const TamisDeparture *
tamis_explanation_get_departure(const TamisExplanation *explanation, guint index)
{
    return &g_array_index(explanation->departures, TamisDeparture, index);
}

TamisSite *
tamis_explanation_get_site(const TamisExplanation *explanation)
{
    return explanation->site;
}

gboolean
tamis_explanation_is_cut(const TamisExplanation *explanation)
{
    return explanation->is_cut;
}
