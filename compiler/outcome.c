/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Outcomes, and expectations of them. */
#include "compiler/outcome.h"

#include <string.h>

struct TamisOutcome {
    GPtrArray *deliveries; /* of TamisOutcomeDelivery */
};

static void
free_delivery(gpointer data)
{
    TamisOutcomeDelivery *delivery = data;

    g_array_unref(delivery->actions);
    g_free(delivery->address);
    g_free(delivery);
}

static void
clear_action(gpointer data)
{
    g_free(((TamisOutcomeAction *)data)->text);
}

TamisOutcome *
tamis_outcome_new(void)
{
    TamisOutcome *outcome = g_new0(TamisOutcome, 1);

    outcome->deliveries = g_ptr_array_new_with_free_func(free_delivery);
    return outcome;
}

void
tamis_outcome_free(TamisOutcome *outcome)
{
    if (outcome == NULL)
        return;
    g_ptr_array_unref(outcome->deliveries);
    g_free(outcome);
}

TamisOutcomeDelivery *
tamis_outcome_add(TamisOutcome *outcome, guint32 mailbox, const char *address, guint32 hop)
{
    TamisOutcomeDelivery *delivery = g_new0(TamisOutcomeDelivery, 1);

    delivery->mailbox = mailbox;
    delivery->address = g_strdup(address);
    delivery->hop = hop;
    delivery->actions = g_array_new(FALSE, FALSE, sizeof(TamisOutcomeAction));
    g_array_set_clear_func(delivery->actions, clear_action);
    g_ptr_array_add(outcome->deliveries, delivery);
    return delivery;
}

void
tamis_outcome_act(TamisOutcomeDelivery *delivery, TamisOutcomeKind kind, const char *text,
                  gboolean encrypted)
{
    TamisOutcomeAction action = {.kind = kind, .encrypted = encrypted, .text = g_strdup(text)};

    g_array_append_val(delivery->actions, action);
}

guint
tamis_outcome_n_deliveries(const TamisOutcome *outcome)
{
    return outcome->deliveries->len;
}

const TamisOutcomeDelivery *
tamis_outcome_get(const TamisOutcome *outcome, guint index)
{
    return g_ptr_array_index(outcome->deliveries, index);
}

/* From an explanation --------------------------------------------------------------------------- */

/* FALSE: `expect` has no word for it. */
static gboolean
translate(const TamisFlowAction *action, const TamisStrings *strings, TamisOutcomeAction *out)
{
    const char *text = action->text != 0 ? tamis_strings_get(strings, action->text) : NULL;

    *out = (TamisOutcomeAction){.span = action->span, .route = action->route};
    switch ((TamisFlowKind)action->kind) {
    case TAMIS_FLOW_FORWARD:
        out->kind = TAMIS_OUTCOME_FORWARD;
        out->encrypted = action->encryption != 0;
        out->text = g_strdup(text);
        return TRUE;
    case TAMIS_FLOW_KEEP:
        out->kind = TAMIS_OUTCOME_KEEP;
        out->text =
            action->folder != 0 ? g_strdup(tamis_strings_get(strings, action->folder)) : NULL;
        if (action->is_implicit)
            out->span = TAMIS_NO_SPAN;
        return TRUE;
    case TAMIS_FLOW_MARK:
        out->kind = TAMIS_OUTCOME_MARK;
        out->text = g_strdup_printf("%s: %s", tamis_strings_get(strings, action->name), text);
        return TRUE;
    case TAMIS_FLOW_REPLY:
        out->kind = TAMIS_OUTCOME_REPLY;
        return TRUE;
    case TAMIS_FLOW_REJECT:
        out->kind = TAMIS_OUTCOME_REJECT;
        out->text = g_strdup(text);
        return TRUE;
    case TAMIS_FLOW_DISCARD:
        out->kind = TAMIS_OUTCOME_DISCARD;
        return TRUE;
    default:
        return FALSE;
    }
}

TamisOutcome *
tamis_outcome_new_explained(const TamisExplanation *explanation, TamisSite *site)
{
    const TamisStrings *strings = tamis_formulas_get_strings(tamis_site_get_formulas(site));
    TamisOutcome *outcome = tamis_outcome_new();

    for (guint i = 0; i < tamis_explanation_n_deliveries(explanation); i++) {
        const TamisDeliveryStep *step = tamis_explanation_get(explanation, i);
        TamisOutcomeDelivery *delivery =
            tamis_outcome_add(outcome, step->mailbox, step->address, step->hop);
        TamisOutcomeAction action;

        delivery->fault = tamis_failure_slug(step->failure);
        delivery->is_closed = step->loop;
        for (guint a = 0; a < step->actions->len; a++)
            if (translate(g_ptr_array_index(step->actions, a), strings, &action))
                g_array_append_val(delivery->actions, action);
        if (step->again && delivery->actions->len == 0)
            tamis_outcome_act(delivery, TAMIS_OUTCOME_DISCARD, NULL, FALSE);
    }
    return outcome;
}

/* Expectations ---------------------------------------------------------------------------------- */

/* RFC 5322: a field's name compares without case, its value does not. */
static gboolean
is_mark(const char *mark, const char *expected)
{
    const char *colon = strchr(expected, ':');
    gsize length = colon != NULL ? (gsize)(colon - expected) : strlen(expected);

    return g_ascii_strncasecmp(mark, expected, length) == 0 &&
           strcmp(mark + length, expected + length) == 0;
}

static gboolean
action_meets(TamisSite *site, const TamisOutcomeAction *action, const TamisExpectation *expectation,
             const char *value)
{
    switch ((TamisExpectKindOf)expectation->kind) {
    case TAMIS_EXPECTS_FORWARD:
        return action->kind == TAMIS_OUTCOME_FORWARD &&
               (!expectation->encrypted || action->encrypted) &&
               (value == NULL || g_ascii_strcasecmp(action->text, value) == 0);
    case TAMIS_EXPECTS_MARK:
        return action->kind == TAMIS_OUTCOME_MARK && is_mark(action->text, value);
    case TAMIS_EXPECTS_COPY:
        return action->kind == TAMIS_OUTCOME_KEEP && action->text == NULL;
    case TAMIS_EXPECTS_FILE:
        return action->kind == TAMIS_OUTCOME_KEEP && g_strcmp0(action->text, value) == 0;
    case TAMIS_EXPECTS_REPLY:
        return action->kind == TAMIS_OUTCOME_REPLY;
    case TAMIS_EXPECTS_REJECT:
        return action->kind == TAMIS_OUTCOME_REJECT;
    case TAMIS_EXPECTS_DISCARD:
        return FALSE; /* no action, but the lack of others */
    case TAMIS_EXPECTS_DELIVERY:
        return action->kind == TAMIS_OUTCOME_FORWARD &&
               tamis_site_leads_to(site, action->text, value);
    }
    g_assert_not_reached();
}

/* A mail vanishes where it neither stays nor leaves nor comes back, whoever got a reply. */
static gboolean
vanishes(const TamisOutcomeDelivery *delivery)
{
    gboolean is_discarded = FALSE;

    for (guint i = 0; i < delivery->actions->len; i++) {
        TamisOutcomeKind kind = g_array_index(delivery->actions, TamisOutcomeAction, i).kind;

        if (kind == TAMIS_OUTCOME_FORWARD || kind == TAMIS_OUTCOME_KEEP ||
            kind == TAMIS_OUTCOME_REJECT)
            return FALSE;
        is_discarded |= kind == TAMIS_OUTCOME_DISCARD;
    }
    return is_discarded;
}

static gboolean
any_action_meets(TamisSite *site, const TamisOutcomeDelivery *delivery,
                 const TamisExpectation *expectation, const char *value)
{
    if (expectation->kind == TAMIS_EXPECTS_DISCARD)
        return vanishes(delivery);
    for (guint i = 0; i < delivery->actions->len; i++)
        if (action_meets(site, &g_array_index(delivery->actions, TamisOutcomeAction, i),
                         expectation, value))
            return TRUE;
    return FALSE;
}

/* By its own address, an alias, or the address that the server was given. */
static gboolean
is_delivery_to(const TamisPolicy *policy, const TamisOutcomeDelivery *delivery, TamisString key)
{
    const TamisMailbox *mailbox = tamis_policy_mailbox(policy, delivery->mailbox);

    if (mailbox->address.key == key ||
        g_ascii_strcasecmp(delivery->address, tamis_policy_text(policy, key)) == 0)
        return TRUE;
    for (guint32 i = 0; i < mailbox->aliases.n; i++)
        if (tamis_policy_target(policy, mailbox->aliases.first + i)->address.key == key)
            return TRUE;
    return FALSE;
}

/* Whether an alias map or a known outside forward sends mail for the address on. */
static gboolean
is_sent_on(TamisSite *site, const char *address)
{
    g_autoptr(GArray) stops = tamis_site_resolve(site, address);

    for (guint i = 0; i < stops->len; i++)
        if (g_ascii_strcasecmp(g_array_index(stops, TamisSiteStop, i).address, address) != 0)
            return TRUE;
    return FALSE;
}

gboolean
tamis_outcome_meets(const TamisOutcome *outcome, TamisSite *site,
                    const TamisExpectation *expectation)
{
    const TamisPolicy *policy = tamis_site_get_policy(site);
    const char *to = tamis_policy_text(
        policy,
        g_array_index(policy->test_messages, TamisTestMessage, expectation->message).to_address);
    const char *value =
        expectation->value != 0 ? tamis_policy_text(policy, expectation->value) : NULL;
    gboolean down_the_chain = expectation->kind == TAMIS_EXPECTS_DELIVERY;
    gboolean happened = FALSE;

    if (outcome->deliveries->len == 0 && !is_sent_on(site, to))
        return FALSE;
    if (down_the_chain)
        happened = tamis_site_leads_to(site, to, value);
    for (guint i = 0; i < outcome->deliveries->len && !happened; i++) {
        const TamisOutcomeDelivery *delivery = tamis_outcome_get(outcome, i);

        if (delivery->hop > 0 && !down_the_chain)
            continue;
        happened = any_action_meets(site, delivery, expectation, value) ||
                   (down_the_chain && is_delivery_to(policy, delivery, expectation->value));
    }
    return happened != (expectation->negated != 0);
}

/* Words ----------------------------------------------------------------------------------------- */

char *
tamis_expectation_to_string(const TamisPolicy *policy, const TamisExpectation *expectation)
{
    static const char *const words[] = {
        [TAMIS_EXPECTS_FORWARD] = "forward", [TAMIS_EXPECTS_MARK] = "mark",
        [TAMIS_EXPECTS_COPY] = "copy",       [TAMIS_EXPECTS_REPLY] = "reply",
        [TAMIS_EXPECTS_REJECT] = "reject",   [TAMIS_EXPECTS_DISCARD] = "discard",
        [TAMIS_EXPECTS_FILE] = "file in",    [TAMIS_EXPECTS_DELIVERY] = "delivery to",
    };
    const char *value =
        expectation->value != 0 ? tamis_policy_text(policy, expectation->value) : NULL;
    gboolean quoted =
        expectation->kind == TAMIS_EXPECTS_MARK || expectation->kind == TAMIS_EXPECTS_FILE;
    GString *text = g_string_new(expectation->negated ? "no " : "");

    g_string_append(text, words[expectation->kind]);
    if (expectation->encrypted)
        g_string_append(text, " encrypted");
    if (value != NULL && expectation->kind == TAMIS_EXPECTS_FORWARD)
        g_string_append(text, " to");
    if (value != NULL)
        g_string_append_printf(text, quoted ? " \"%s\"" : " %s", value);
    return g_string_free(text, FALSE);
}

char *
tamis_outcome_action_to_string(const TamisOutcomeAction *action)
{
    switch (action->kind) {
    case TAMIS_OUTCOME_FORWARD:
        return g_strdup_printf("forward to %s%s", action->text,
                               action->encrypted ? ", encrypted" : "");
    case TAMIS_OUTCOME_KEEP:
        return action->text != NULL ? g_strdup_printf("keep in %s", action->text)
                                    : g_strdup("keep");
    case TAMIS_OUTCOME_MARK:
        return g_strdup_printf("mark %s", action->text);
    case TAMIS_OUTCOME_REPLY:
        return g_strdup("reply");
    case TAMIS_OUTCOME_REJECT:
        return action->text != NULL ? g_strdup_printf("reject: %s", action->text)
                                    : g_strdup("reject");
    case TAMIS_OUTCOME_DISCARD:
        return g_strdup("discard");
    }
    g_assert_not_reached();
}

/* Comparing ------------------------------------------------------------------------------------- */

static gboolean
has_copy(const TamisOutcomeDelivery *delivery)
{
    for (guint i = 0; i < delivery->actions->len; i++) {
        TamisOutcomeKind kind = g_array_index(delivery->actions, TamisOutcomeAction, i).kind;

        if (kind == TAMIS_OUTCOME_FORWARD || kind == TAMIS_OUTCOME_KEEP)
            return TRUE;
    }
    return FALSE;
}

gboolean
tamis_outcome_has_copy(const TamisOutcome *outcome)
{
    for (guint i = 0; i < outcome->deliveries->len; i++)
        if (tamis_outcome_get(outcome, i)->hop == 0 && has_copy(tamis_outcome_get(outcome, i)))
            return TRUE;
    return FALSE;
}

static int
compare_texts(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static char *
join_sorted(GPtrArray *texts, const char *separator)
{
    g_ptr_array_sort(texts, compare_texts);
    g_ptr_array_add(texts, NULL);
    return g_strjoinv(separator, (char **)texts->pdata);
}

/* Addresses in lower case; a reason is wrapped by servers in their own ways. */
static char *
comparable(const TamisOutcomeAction *action)
{
    g_autofree char *text = NULL;

    if (action->kind == TAMIS_OUTCOME_REJECT)
        return g_strdup("reject");
    text = tamis_outcome_action_to_string(action);
    return action->kind == TAMIS_OUTCOME_FORWARD ? g_ascii_strdown(text, -1)
                                                 : g_steal_pointer(&text);
}

static char *
describe(const TamisOutcomeDelivery *delivery)
{
    g_autoptr(GPtrArray) actions = g_ptr_array_new_with_free_func(g_free);
    gboolean marks_are_seen = has_copy(delivery), is_gone = vanishes(delivery);
    g_autofree char *joined = NULL;

    for (guint i = 0; i < delivery->actions->len; i++) {
        const TamisOutcomeAction *action = &g_array_index(delivery->actions, TamisOutcomeAction, i);

        if (action->kind == TAMIS_OUTCOME_MARK ? marks_are_seen
                                               : action->kind != TAMIS_OUTCOME_DISCARD || is_gone)
            g_ptr_array_add(actions, comparable(action));
    }
    joined = join_sorted(actions, "\n");
    return g_strdup_printf("%u %u\n%s", delivery->hop, delivery->mailbox, joined);
}

static char *
describe_all(const TamisOutcome *outcome)
{
    g_autoptr(GPtrArray) deliveries = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < outcome->deliveries->len; i++)
        if (!tamis_outcome_get(outcome, i)->is_closed)
            g_ptr_array_add(deliveries, describe(tamis_outcome_get(outcome, i)));
    return join_sorted(deliveries, "\n\n");
}

gboolean
tamis_outcome_equal(const TamisOutcome *a, const TamisOutcome *b)
{
    g_autofree char *of_a = describe_all(a);
    g_autofree char *of_b = describe_all(b);

    return strcmp(of_a, of_b) == 0;
}
