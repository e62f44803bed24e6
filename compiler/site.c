/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Sites: what is asked of both kinds, the mailboxes of a policy, and resolving. */
#include "compiler/site-private.h"

#include <string.h>

TamisSite *
tamis_site_new_policy(const TamisPolicy *policy, const TamisServer *server)
{
    TamisSite *site = g_new0(TamisSite, 1);

    site->policy = policy;
    site->server = server;
    site->formulas = tamis_formulas_new(policy->strings);
    site->policy_flows = tamis_policy_flows_new(policy, site->formulas);
    site->arena = tamis_arena_new();
    site->blobs = tamis_blobs_new(site->arena);
    site->flows = g_ptr_array_new();
    g_ptr_array_set_size(site->flows, (gint)policy->mailboxes->len);
    site->alias_of = g_hash_table_new(NULL, NULL);
    site->outside_of = g_hash_table_new(NULL, NULL);
    for (guint i = policy->aliases->len; i-- > 0;)
        g_hash_table_insert(
            site->alias_of,
            GUINT_TO_POINTER(g_array_index(policy->aliases, TamisAliasEntry, i).address.key),
            GUINT_TO_POINTER(i + 1));
    for (guint i = policy->outsides->len; i-- > 0;)
        g_hash_table_insert(
            site->outside_of,
            GUINT_TO_POINTER(g_array_index(policy->outsides, TamisOutside, i).address.key),
            GUINT_TO_POINTER(i + 1));
    return site;
}

void
tamis_site_free(TamisSite *site)
{
    if (site == NULL)
        return;
    tamis_policy_flows_free(site->policy_flows);
    tamis_formulas_free(site->formulas);
    tamis_blobs_free(site->blobs);
    tamis_arena_free(site->arena);
    g_ptr_array_unref(site->flows);
    g_clear_pointer(&site->alias_of, g_hash_table_unref);
    g_clear_pointer(&site->outside_of, g_hash_table_unref);
    tamis_site_clear_scripts(site);
    g_free(site);
}

const TamisPolicy *
tamis_site_get_policy(const TamisSite *site)
{
    return site->policy;
}

const TamisServer *
tamis_site_get_server(const TamisSite *site)
{
    return site->server;
}

TamisFormulas *
tamis_site_get_formulas(const TamisSite *site)
{
    return site->formulas;
}

const char *
tamis_site_get_delimiter(const TamisSite *site)
{
    if (site->policy == NULL)
        return site->options.delimiter != NULL ? site->options.delimiter : "+";
    return tamis_policy_text(site->policy, site->policy->delimiter);
}

const TamisZone *
tamis_site_get_zone(const TamisSite *site)
{
    return site->policy != NULL ? site->policy->zone : site->options.zone;
}

guint32
tamis_site_n_mailboxes(const TamisSite *site)
{
    return site->flows->len;
}

const char *
tamis_site_get_address(const TamisSite *site, guint32 mailbox)
{
    if (site->policy == NULL)
        return tamis_strings_get(site->strings,
                                 g_array_index(site->scripts, TamisSiteScript, mailbox).address);
    return tamis_policy_text(site->policy,
                             tamis_policy_mailbox(site->policy, mailbox)->address.key);
}

TamisSourceId
tamis_site_get_source(const TamisSite *site, guint32 mailbox)
{
    if (site->policy != NULL)
        return 0;
    return g_array_index(site->scripts, TamisSiteScript, mailbox).source;
}

static gboolean
is_same_place(TamisSpan a, TamisSpan b)
{
    return a.source == b.source && a.offset == b.offset && a.length == b.length;
}

TamisFormula
tamis_site_test_at(TamisSite *site, TamisSpan span)
{
    TamisFormula found = TAMIS_FORMULA_TRUE;

    for (guint32 i = 0; site->policy != NULL && i < site->policy->conditions->len; i++) {
        const TamisCondition *condition = tamis_policy_condition(site->policy, i);

        if (condition->kind != TAMIS_CONDITION_NOT && condition->kind != TAMIS_CONDITION_TEST)
            continue;
        if (!is_same_place(condition->span, span))
            continue;
        found = tamis_policy_flows_condition(site->policy_flows, i);
        if (condition->kind == TAMIS_CONDITION_NOT)
            break;
    }
    return found;
}

const TamisFlow *
tamis_site_get_flow(TamisSite *site, guint32 mailbox)
{
    TamisFlow *flow = g_ptr_array_index(site->flows, mailbox);

    if (flow == NULL) {
        flow = site->policy != NULL
                   ? tamis_policy_flows_get(site->policy_flows, mailbox, site->blobs)
                   : tamis_site_make_script_flow(site, mailbox);
        g_ptr_array_index(site->flows, mailbox) = flow;
    }
    return flow;
}

TamisFormula
tamis_site_answered(TamisSite *site, guint32 mailbox, const TamisFlowAction *action)
{
    if (site->policy != NULL && action->kind == TAMIS_FLOW_REPLY)
        return tamis_policy_flows_answered(site->policy_flows, mailbox);
    return action->answered;
}

static guint32
asked_targets(const TamisSite *site, guint32 mailbox)
{
    guint32 limits;

    if (site->policy == NULL)
        return 0;
    limits = tamis_policy_mailbox(site->policy, mailbox)->limits;

    return g_array_index(site->policy->limits, TamisLimits, limits).targets;
}

guint32
tamis_site_max_targets(const TamisSite *site, guint32 mailbox)
{
    guint32 own = site->server->max_redirects, asked = asked_targets(site, mailbox);

    if (own == 0 || site->server->max_redirects_setting == NULL)
        return own;
    return MAX(own, asked);
}

guint32
tamis_site_max_actions(const TamisSite *site, guint32 mailbox)
{
    guint32 own = site->server->max_actions, asked = asked_targets(site, mailbox);

    /* As many targets as asked for, and a keep, a reply and a folder besides. */
    if (own == 0 || site->server->max_actions_setting == NULL || asked == 0)
        return own;
    return MAX(own, asked + 3);
}

/* Resolving ------------------------------------------------------------------------------------- */

/* More steps than this before any script: maps that multiply or lead back to themselves. */
enum { MAX_STOPS = 10000, MAX_ALIAS_DEPTH = 32 };

static guint32
find_script(const TamisSite *site, const char *address, gsize length)
{
    TamisString key = tamis_strings_find(site->strings, address, length);

    return GPOINTER_TO_UINT(g_hash_table_lookup(site->mailbox_of, GUINT_TO_POINTER(key))) - 1;
}

guint32
tamis_site_find_mailbox(const TamisSite *site, const char *address)
{
    char buffer[TAMIS_ADDRESS_BUFFER_BYTES];
    gsize length = strlen(address);
    guint32 found;

    if (site->policy != NULL)
        return tamis_policy_find_mailbox(site->policy,
                                         tamis_strings_add(site->policy->strings, address, length));
    found = find_script(site, address, length);
    if (found != TAMIS_NO_INDEX || length >= sizeof buffer)
        return found;
    length = tamis_address_without_detail(address, length, tamis_site_get_delimiter(site), buffer);
    return length != 0 ? find_script(site, buffer, length) : TAMIS_NO_INDEX;
}

static void
clear_stop(gpointer data)
{
    g_free(((TamisSiteStop *)data)->address);
    g_strfreev(((TamisSiteStop *)data)->round);
}

/* Lines of an alias map: the address itself, or its domain's catch-all. NULL: none. */
static const TamisAliasEntry *
alias_line(const TamisSite *site, const char *lower)
{
    const char *at = strrchr(lower, '@');
    TamisString key;
    guint index;

    if (site->policy == NULL)
        return NULL;
    key = tamis_strings_find(site->policy->strings, lower, strlen(lower));
    index =
        key != 0 ? GPOINTER_TO_UINT(g_hash_table_lookup(site->alias_of, GUINT_TO_POINTER(key))) : 0;
    if (index == 0 && at != NULL) {
        key = tamis_strings_find(site->policy->strings, at, strlen(at));
        index = key != 0
                    ? GPOINTER_TO_UINT(g_hash_table_lookup(site->alias_of, GUINT_TO_POINTER(key)))
                    : 0;
    }
    return index != 0 ? &g_array_index(site->policy->aliases, TamisAliasEntry, index - 1) : NULL;
}

static const TamisOutside *
outside_line(const TamisSite *site, const char *lower)
{
    TamisString key;
    guint index;

    if (site->policy == NULL)
        return NULL;
    key = tamis_strings_find(site->policy->strings, lower, strlen(lower));
    index = key != 0
                ? GPOINTER_TO_UINT(g_hash_table_lookup(site->outside_of, GUINT_TO_POINTER(key)))
                : 0;
    return index != 0 ? &g_array_index(site->policy->outsides, TamisOutside, index - 1) : NULL;
}

/* "@domain" keeps the user that it is given. */
static char *
dup_target(const char *address, const char *target)
{
    const char *at = strrchr(address, '@');

    return *target == '@' && at != NULL
               ? g_strdup_printf("%.*s%s", (int)(at - address), address, target)
               : g_strdup(target);
}

/* What was passed up to here. */
typedef struct Passed {
    const char *address, *lower;
    const struct Passed *before;
} Passed;

typedef struct {
    TamisSite *site;
    GHashTable *seen;
    GArray *stops;
} Resolving;

/* From the address back to it. One that is mapped to itself stays where it is (virtual(5)). NULL: there is no way back.
 * Caller frees. */
static char **
find_round(const Passed *at)
{
    g_autoptr(GPtrArray) round = g_ptr_array_new();

    if (at->before == NULL || strcmp(at->before->lower, at->lower) == 0)
        return NULL;
    g_ptr_array_add(round, NULL);
    g_ptr_array_insert(round, 0, (gpointer)at->address);
    for (const Passed *other = at->before; other != NULL; other = other->before) {
        g_ptr_array_insert(round, 0, (gpointer)other->address);
        if (strcmp(other->lower, at->lower) == 0)
            return g_strdupv((char **)round->pdata);
    }
    return NULL;
}

static void
resolve(const Resolving *resolving, const char *address, guint depth, gboolean through_outside,
        const Passed *before)
{
    TamisSite *site = resolving->site;
    g_autofree char *lower = g_ascii_strdown(address, -1);
    const Passed here = {address, lower, before};
    const TamisAliasEntry *alias = alias_line(site, lower);
    const TamisOutside *outside = outside_line(site, lower);
    TamisSlice targets = alias != NULL     ? alias->targets
                         : outside != NULL ? outside->targets
                                           : (TamisSlice){0, 0};
    TamisSiteStop stop = {TAMIS_NO_INDEX, NULL, through_outside, NULL};
    gboolean goes_on = (alias != NULL || outside != NULL) && depth < MAX_ALIAS_DEPTH &&
                       resolving->stops->len < MAX_STOPS;

    if (goes_on && g_hash_table_add(resolving->seen, g_strdup(lower))) {
        for (guint32 i = 0; i < targets.n; i++) {
            g_autofree char *target = dup_target(
                address, tamis_policy_text(
                             site->policy,
                             tamis_policy_target(site->policy, targets.first + i)->address.text));

            resolve(resolving, target, depth + 1, through_outside || alias == NULL, &here);
        }
        return;
    }
    stop.mailbox = tamis_site_find_mailbox(site, lower);
    stop.address = g_strdup(address);
    stop.round = goes_on ? find_round(&here) : NULL;
    g_array_append_val(resolving->stops, stop);
}

GArray *
tamis_site_resolve(TamisSite *site, const char *address)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GArray *stops = g_array_new(FALSE, FALSE, sizeof(TamisSiteStop));
    const Resolving resolving = {site, seen, stops};

    g_array_set_clear_func(stops, clear_stop);
    resolve(&resolving, address, 0, FALSE, NULL);
    return stops;
}

gboolean
tamis_site_leads_to(TamisSite *site, const char *from, const char *to)
{
    g_autoptr(GHashTable) passed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GArray) stops = g_array_new(FALSE, FALSE, sizeof(TamisSiteStop));
    g_autofree char *lower = g_ascii_strdown(to, -1);
    const Resolving resolving = {site, passed, stops};

    g_array_set_clear_func(stops, clear_stop);
    resolve(&resolving, from, 0, FALSE, NULL);
    if (g_hash_table_contains(passed, lower))
        return TRUE;
    for (guint i = 0; i < stops->len; i++)
        if (g_ascii_strcasecmp(g_array_index(stops, TamisSiteStop, i).address, to) == 0)
            return TRUE;
    return FALSE;
}
