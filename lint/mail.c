/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Of a policy the targets stand in its arrays, so no flow is made for this; of scripts the flows are
 * asked. */
#include "lint/mail.h"

#include <string.h>

struct TamisMail {
    TamisSite *site;
    const TamisPolicy *policy; /* NULL: a folder of scripts */
    TamisInstant as_of;
    TamisGraph *graph;
    GArray *places;       /* of TamisPlace */
    GArray *n_leaving;    /* guint32 by place in the graph */
    GArray *place_of_key; /* guint32 by TamisString: place + 1; 0: not asked yet; NOWHERE */
    GArray *alias_of_key; /* guint32 by TamisString: index + 1 of the policy's aliases */
    GArray *outside_of_key;
};

#define NOWHERE G_MAXUINT32

static guint32
get_number(const GArray *numbers, TamisString key)
{
    return key < numbers->len ? g_array_index(numbers, guint32, key) : 0;
}

static void
set_number(GArray *numbers, TamisString key, guint32 number)
{
    if (key >= numbers->len)
        g_array_set_size(numbers, key + key / 4 + 1);
    g_array_index(numbers, guint32, key) = number;
}

static GArray *
new_numbers(void)
{
    return g_array_new(FALSE, TRUE, sizeof(guint32));
}

/* Addresses ------------------------------------------------------------------------------------- */

/* The line of an alias map: the address itself, or its domain's. 0: none, else index + 1. */
static guint32
alias_line(const TamisMail *mail, TamisString key)
{
    guint32 line = get_number(mail->alias_of_key, key);
    const char *at;

    if (line != 0 || mail->policy->aliases->len == 0)
        return line;
    at = strrchr(tamis_policy_text(mail->policy, key), '@');
    return at != NULL ? get_number(mail->alias_of_key,
                                   tamis_strings_find(mail->policy->strings, at, strlen(at)))
                      : 0;
}

static guint32
find_mailbox(TamisMail *mail, TamisString key)
{
    const TamisStrings *strings;
    g_autoptr(GArray) stops = NULL;

    if (mail->policy != NULL)
        return tamis_policy_find_mailbox(mail->policy, key);
    strings = tamis_formulas_get_strings(tamis_site_get_formulas(mail->site));
    stops = tamis_site_resolve(mail->site, tamis_strings_get(strings, key));
    return stops->len == 1 ? g_array_index(stops, TamisSiteStop, 0).mailbox : TAMIS_NO_INDEX;
}

static guint32
add_place(TamisMail *mail, TamisPlaceKind kind, guint32 index, TamisString key)
{
    TamisPlace place = {kind, index, key};

    g_array_append_val(mail->places, place);
    return mail->places->len - 1;
}

static guint32
look_up(TamisMail *mail, TamisString key)
{
    guint32 line = mail->policy != NULL ? alias_line(mail, key) : 0;

    if (line != 0)
        return add_place(mail, TAMIS_PLACE_ALIAS, line - 1, key);
    line = get_number(mail->outside_of_key, key);
    if (line != 0)
        return add_place(mail, TAMIS_PLACE_OUTSIDE, line - 1, key);
    return find_mailbox(mail, key);
}

guint32
tamis_mail_find(TamisMail *mail, TamisString key)
{
    guint32 known = get_number(mail->place_of_key, key);

    if (known == 0) {
        guint32 place = look_up(mail, key);

        known = place == TAMIS_NO_INDEX ? NOWHERE : place + 1;
        set_number(mail->place_of_key, key, known);
    }
    return known == NOWHERE ? TAMIS_NO_INDEX : known - 1;
}

/* "@domain" keeps the user that it is given. */
static TamisString
keep_user(TamisMail *mail, TamisString own, TamisString target)
{
    const char *text = tamis_policy_text(mail->policy, target);
    const char *from = tamis_policy_text(mail->policy, own);
    const char *at = strrchr(from, '@');
    g_autofree char *joined = NULL;

    if (*text != '@' || at == NULL || at == from)
        return target;
    joined = g_strdup_printf("%.*s%s", (int)(at - from), from, text);
    return tamis_strings_add(mail->policy->strings, joined, strlen(joined));
}

GArray *
tamis_mail_get_onward(TamisMail *mail, guint32 index)
{
    TamisPlace place = g_array_index(mail->places, TamisPlace, index);
    GArray *onward = g_array_new(FALSE, FALSE, sizeof(TamisOnward));
    TamisSlice targets;

    g_assert(place.kind != TAMIS_PLACE_MAILBOX);
    targets = place.kind == TAMIS_PLACE_ALIAS
                  ? TAMIS_AT(mail->policy->aliases, TamisAliasEntry, place.index)->targets
                  : TAMIS_AT(mail->policy->outsides, TamisOutside, place.index)->targets;
    for (guint32 i = targets.first; i < targets.first + targets.n; i++) {
        const TamisTarget *target = tamis_policy_target(mail->policy, i);
        TamisOnward to = {target->address.key, target->address.text, 0, target->span};

        if (place.kind == TAMIS_PLACE_ALIAS) {
            to.key = keep_user(mail, place.key, to.key);
            to.text = to.key == target->address.key ? to.text : to.key;
        }
        to.place =
            to.key == place.key ? find_mailbox(mail, place.key) : tamis_mail_find(mail, to.key);
        g_array_append_val(onward, to);
    }
    return onward;
}

/* The graph ------------------------------------------------------------------------------------- */

typedef void (*ForTarget)(TamisMail *mail, guint32 place, TamisString key, gpointer data);

static void
for_route(TamisMail *mail, guint32 place, const TamisRoute *route, ForTarget call, gpointer data)
{
    for (guint32 i = 0; i < route->actions.n; i++) {
        const TamisAction *action = tamis_policy_action(mail->policy, route->actions.first + i);
        TamisSlice targets = action->targets;

        for (guint32 j = targets.first;
             action->kind == TAMIS_DO_FORWARD && j < targets.first + targets.n; j++)
            call(mail, place, tamis_policy_target(mail->policy, j)->address.key, data);
    }
}

static void
for_mailbox(TamisMail *mail, guint32 place, ForTarget call, gpointer data)
{
    const TamisFlow *flow;

    if (mail->policy != NULL) {
        TamisSlice routes = tamis_policy_mailbox(mail->policy, place)->routes;

        for (guint32 i = routes.first; i < routes.first + routes.n; i++) {
            const TamisRoute *route = tamis_policy_route(mail->policy, i);

            if (route->starting < route->until && route->until > mail->as_of)
                for_route(mail, place, route, call, data);
        }
        return;
    }
    flow = tamis_site_get_flow(mail->site, place);
    for (guint32 i = 0; i < flow->n_actions; i++)
        if (flow->actions[i].kind == TAMIS_FLOW_FORWARD && flow->actions[i].key != 0)
            call(mail, place, flow->actions[i].key, data);
}

static void
add_edge(TamisMail *mail, guint32 own, TamisString key, gpointer data)
{
    guint32 *n_leaving = data;
    guint32 place = tamis_mail_find(mail, key);

    /* A mailbox that forwards to itself is a finding of its own. */
    if (place != TAMIS_NO_INDEX && place != own)
        tamis_graph_add_edge(mail->graph, place);
    *n_leaving += place == TAMIS_NO_INDEX;
}

static void
add_onward(TamisMail *mail, guint32 place, guint32 *n_leaving)
{
    g_autoptr(GArray) onward = tamis_mail_get_onward(mail, place);

    for (guint j = 0; j < onward->len; j++) {
        guint32 to = g_array_index(onward, TamisOnward, j).place;

        if (to != TAMIS_NO_INDEX)
            tamis_graph_add_edge(mail->graph, to);
        *n_leaving += to == TAMIS_NO_INDEX;
    }
}

static void
make_graph(TamisMail *mail)
{
    guint32 n = tamis_site_n_mailboxes(mail->site);

    /* More places may be found on the way. */
    for (guint32 i = 0; i < mail->places->len; i++) {
        guint32 n_leaving = 0;

        if (i < n)
            for_mailbox(mail, i, add_edge, &n_leaving);
        else
            add_onward(mail, i, &n_leaving);
        tamis_graph_end_node(mail->graph);
        g_array_append_val(mail->n_leaving, n_leaving);
    }
}

TamisMail *
tamis_mail_new(TamisSite *site, TamisInstant as_of)
{
    TamisMail *mail = g_new0(TamisMail, 1);
    const TamisPolicy *policy = tamis_site_get_policy(site);

    mail->site = site;
    mail->policy = policy;
    mail->as_of = as_of;
    mail->graph = tamis_graph_new();
    mail->places = g_array_new(FALSE, FALSE, sizeof(TamisPlace));
    mail->n_leaving = new_numbers();
    mail->place_of_key = new_numbers();
    mail->alias_of_key = new_numbers();
    mail->outside_of_key = new_numbers();
    for (guint i = policy != NULL ? policy->aliases->len : 0; i-- > 0;)
        set_number(mail->alias_of_key, TAMIS_AT(policy->aliases, TamisAliasEntry, i)->address.key,
                   i + 1);
    for (guint i = policy != NULL ? policy->outsides->len : 0; i-- > 0;)
        set_number(mail->outside_of_key, TAMIS_AT(policy->outsides, TamisOutside, i)->address.key,
                   i + 1);
    for (guint32 i = 0; i < tamis_site_n_mailboxes(site); i++)
        add_place(mail, TAMIS_PLACE_MAILBOX, i,
                  policy != NULL ? tamis_policy_mailbox(policy, i)->address.key : 0);
    /* A map of a mailbox's own address has a place whether anybody forwards to it or not. */
    for (guint32 i = 0;
         policy != NULL && policy->aliases->len > 0 && i < tamis_site_n_mailboxes(site); i++)
        tamis_mail_find(mail, tamis_policy_mailbox(policy, i)->address.key);
    make_graph(mail);
    return mail;
}

void
tamis_mail_free(TamisMail *mail)
{
    if (mail == NULL)
        return;
    tamis_graph_free(mail->graph);
    g_array_unref(mail->places);
    g_array_unref(mail->n_leaving);
    g_array_unref(mail->place_of_key);
    g_array_unref(mail->alias_of_key);
    g_array_unref(mail->outside_of_key);
    g_free(mail);
}

TamisSite *
tamis_mail_get_site(const TamisMail *mail)
{
    return mail->site;
}

const TamisGraph *
tamis_mail_get_graph(const TamisMail *mail)
{
    return mail->graph;
}

const TamisPlace *
tamis_mail_get(const TamisMail *mail, guint32 place)
{
    return &g_array_index(mail->places, TamisPlace, place);
}

guint32
tamis_mail_n_leaving(const TamisMail *mail, guint32 place)
{
    return g_array_index(mail->n_leaving, guint32, place);
}

/* Reaching -------------------------------------------------------------------------------------- */

typedef struct {
    const TamisMembership *party;
    gboolean has_one;
} Asking;

static void
ask_party(TamisMail *mail, guint32 place, TamisString key, gpointer data)
{
    Asking *asking = data;

    asking->has_one = asking->has_one || tamis_membership_has_target(asking->party, key);
}

static gboolean
sends_to(TamisMail *mail, guint32 place, const TamisMembership *party)
{
    Asking asking = {party, FALSE};

    if (place < tamis_site_n_mailboxes(mail->site)) {
        for_mailbox(mail, place, ask_party, &asking);
    } else {
        g_autoptr(GArray) onward = tamis_mail_get_onward(mail, place);

        for (guint i = 0; i < onward->len; i++)
            ask_party(mail, place, g_array_index(onward, TamisOnward, i).key, &asking);
    }
    return asking.has_one;
}

guint8 *
tamis_mail_reaching(TamisMail *mail, const TamisMembership *party)
{
    guint32 n = tamis_graph_n_nodes(mail->graph);
    g_autoptr(TamisComponents) components = tamis_graph_components(mail->graph);
    guint8 *reaching = g_new0(guint8, MAX(n, 1));

    for (guint32 start = 0, end; start < n; start = end) {
        guint32 of = components->of[components->order[start]];
        gboolean reaches = FALSE;

        /* A component's nodes stand together, and reach the same. */
        for (end = start + 1;
             end < n && of != TAMIS_NO_COMPONENT && components->of[components->order[end]] == of;)
            end++;
        for (guint32 i = start; i < end && !reaches; i++) {
            guint32 node = components->order[i];

            for (guint32 e = tamis_graph_first(mail->graph, node);
                 e < tamis_graph_end(mail->graph, node) && !reaches; e++)
                reaches = reaching[tamis_graph_to(mail->graph, e)];
            reaches = reaches || sends_to(mail, node, party);
        }
        for (guint32 i = start; i < end; i++)
            reaching[components->order[i]] = reaches;
    }
    return reaching;
}
