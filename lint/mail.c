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

static void
add_edge(TamisMail *mail, TamisString key, guint32 own)
{
    guint32 place = tamis_mail_find(mail, key);

    /* A mailbox that forwards to itself is a finding of its own. */
    if (place != TAMIS_NO_INDEX && place != own)
        tamis_graph_add_edge(mail->graph, place);
}

static void
add_routes(TamisMail *mail, guint32 index)
{
    TamisSlice routes = tamis_policy_mailbox(mail->policy, index)->routes;

    for (guint32 i = routes.first; i < routes.first + routes.n; i++) {
        const TamisRoute *route = tamis_policy_route(mail->policy, i);

        if (route->starting >= route->until || route->until <= mail->as_of)
            continue;
        for (guint32 j = 0; j < route->actions.n; j++) {
            const TamisAction *action = tamis_policy_action(mail->policy, route->actions.first + j);
            TamisSlice targets = action->targets;

            for (guint32 k = targets.first;
                 action->kind == TAMIS_DO_FORWARD && k < targets.first + targets.n; k++)
                add_edge(mail, tamis_policy_target(mail->policy, k)->address.key, index);
        }
    }
}

static void
add_actions(TamisMail *mail, guint32 index)
{
    const TamisFlow *flow = tamis_site_get_flow(mail->site, index);

    for (guint32 i = 0; i < flow->n_actions; i++)
        if (flow->actions[i].kind == TAMIS_FLOW_FORWARD)
            add_edge(mail, flow->actions[i].key, index);
}

static void
make_graph(TamisMail *mail)
{
    guint32 n = tamis_site_n_mailboxes(mail->site);

    for (guint32 i = 0; i < n; i++) {
        if (mail->policy != NULL)
            add_routes(mail, i);
        else
            add_actions(mail, i);
        tamis_graph_end_node(mail->graph);
    }
    /* More may be found on the way. */
    for (guint32 i = n; i < mail->places->len; i++) {
        g_autoptr(GArray) onward = tamis_mail_get_onward(mail, i);

        for (guint j = 0; j < onward->len; j++) {
            guint32 to = g_array_index(onward, TamisOnward, j).place;

            if (to != TAMIS_NO_INDEX)
                tamis_graph_add_edge(mail->graph, to);
        }
        tamis_graph_end_node(mail->graph);
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
