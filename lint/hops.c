/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Makes stations as forwards lead to them, starting from each mailbox under its own address: under whichever of its
 * addresses a message goes round, that one stands in some forward. */
#include "lint/hops.h"

#include "lint/pair.h"

/* Stations of one component; more addresses of its mailboxes are taken for the first one. */
#define MAX_STATIONS 1000000

typedef struct {
    TamisMail *mail;
    TamisSteady *steady;
    const TamisComponents *components;
    guint32 component;
    TamisHops *hops;
    GHashTable *stations; /* place and address -> station + 1 */
    GHashTable *asks;     /* place -> 1: its script does not ask for the recipient, 2: it does */
} Making;

static const TamisFlow *
get_flow(const Making *making, guint32 place)
{
    return tamis_site_get_flow(tamis_mail_get_site(making->mail),
                               tamis_mail_get(making->mail, place)->index);
}

static gboolean
asks_recipient(Making *making, guint32 place)
{
    guint known = GPOINTER_TO_UINT(g_hash_table_lookup(making->asks, GUINT_TO_POINTER(place)));

    if (tamis_mail_get(making->mail, place)->kind != TAMIS_PLACE_MAILBOX)
        return FALSE;
    if (known == 0) {
        known = tamis_steady_asks_recipient(making->steady, get_flow(making, place)) ? 2 : 1;
        g_hash_table_insert(making->asks, GUINT_TO_POINTER(place), GUINT_TO_POINTER(known));
    }
    return known == 2;
}

static guint32
find_station(Making *making, guint32 place, TamisString address)
{
    gpointer key = tamis_pair(place, asks_recipient(making, place) ? address : 0);
    guint known = GPOINTER_TO_UINT(g_hash_table_lookup(making->stations, key));
    TamisStation station = {.place = place, .address = address};

    if (known != 0)
        return known - 1;
    if (making->hops->stations->len >= MAX_STATIONS) {
        known = GPOINTER_TO_UINT(g_hash_table_lookup(making->stations, tamis_pair(place, 0)));
        return known != 0 ? known - 1 : 0;
    }
    g_array_append_val(making->hops->stations, station);
    g_hash_table_insert(making->stations, key, GUINT_TO_POINTER(making->hops->stations->len));
    return making->hops->stations->len - 1;
}

/* What an author changes to change the hop: the action, and the `use` or the row that brought it. */
static guint64
text_of(const Making *making, guint32 place, TamisSpan span)
{
    const TamisPolicy *policy = tamis_site_get_policy(tamis_mail_get_site(making->mail));
    guint64 text = (guint64)span.source << 32 | span.offset;

    if (policy != NULL && tamis_mail_get(making->mail, place)->kind == TAMIS_PLACE_MAILBOX) {
        const TamisMailbox *mailbox =
            tamis_policy_mailbox(policy, tamis_mail_get(making->mail, place)->index);

        if (mailbox->row.source != 0)
            text ^= ((guint64)mailbox->row.source << 32 | mailbox->row.offset) *
                    G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
    }
    return text;
}

static void
add_hop(Making *making, guint32 from, guint32 place, TamisString address, TamisFormula guard,
        const TamisFlowAction *action, TamisSpan span)
{
    TamisHop hop = {.from = from, .guard = guard, .action = action, .span = span};

    if (guard == TAMIS_FORMULA_FALSE || place == TAMIS_NO_INDEX ||
        making->components->of[place] != making->component)
        return;
    hop.text = text_of(making, tamis_hops_station(making->hops, from)->place, span);
    hop.to = find_station(making, place, address);
    g_array_append_val(making->hops->hops, hop);
}

static void
add_mailbox(Making *making, guint32 from, TamisStation station)
{
    const TamisFlow *flow = get_flow(making, station.place);

    for (guint32 i = 0; i < flow->n_actions; i++) {
        const TamisFlowAction *action = &flow->actions[i];
        guint32 place;

        if (action->kind != TAMIS_FLOW_FORWARD || action->key == 0)
            continue;
        place = tamis_mail_find(making->mail, action->key);
        if (place == TAMIS_NO_INDEX || place == station.place ||
            making->components->of[place] != making->component)
            continue;
        /* Also where nothing is sent there from this address: it may be from another. */
        find_station(making, place, action->text);
        add_hop(making, from, place, action->text,
                tamis_steady_guard(making->steady, flow, action, station.address, FALSE), action,
                action->span);
    }
}

static void
add_onward(Making *making, guint32 from, TamisStation station)
{
    g_autoptr(GArray) onward = tamis_mail_get_onward(making->mail, station.place);

    for (guint i = 0; i < onward->len; i++) {
        const TamisOnward *to = &g_array_index(onward, TamisOnward, i);

        add_hop(making, from, to->place, to->text, TAMIS_FORMULA_TRUE, NULL, to->span);
    }
}

static void
expand(Making *making, guint32 index)
{
    TamisStation station = *tamis_hops_station(making->hops, index);

    station.first = making->hops->hops->len;
    if (tamis_mail_get(making->mail, station.place)->kind == TAMIS_PLACE_MAILBOX)
        add_mailbox(making, index, station);
    else
        add_onward(making, index, station);
    station.end = making->hops->hops->len;
    *tamis_hops_station(making->hops, index) = station;
}

static TamisString
own_address(const Making *making, guint32 place)
{
    const TamisPlace *at = tamis_mail_get(making->mail, place);
    const TamisSite *site = tamis_mail_get_site(making->mail);
    const char *text;

    if (at->key != 0)
        return at->key;
    text = tamis_site_get_address(site, at->index);
    return tamis_strings_add(tamis_formulas_get_strings(tamis_site_get_formulas(site)), text,
                             strlen(text));
}

TamisHops *
tamis_hops_new(TamisMail *mail, TamisSteady *steady, const TamisComponents *components,
               guint32 component)
{
    TamisHops *hops = g_new0(TamisHops, 1);
    g_autoptr(GHashTable) stations = g_hash_table_new(tamis_pair_hash, NULL);
    g_autoptr(GHashTable) asks = g_hash_table_new(NULL, NULL);
    Making making = {mail, steady, components, component, hops, stations, asks};
    guint32 n;
    const guint32 *places = tamis_components_get(components, component, &n);

    hops->stations = g_array_new(FALSE, FALSE, sizeof(TamisStation));
    hops->hops = g_array_new(FALSE, FALSE, sizeof(TamisHop));
    for (guint32 i = 0; i < n; i++)
        find_station(&making, places[i], own_address(&making, places[i]));
    for (guint32 i = 0; i < hops->stations->len; i++)
        expand(&making, i);
    return hops;
}

void
tamis_hops_free(TamisHops *hops)
{
    if (hops == NULL)
        return;
    g_array_unref(hops->stations);
    g_array_unref(hops->hops);
    g_free(hops);
}
