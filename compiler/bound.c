/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Finds the largest crowd of targets by trying, at each instant where a window opens or ends, which
 * route is the first active one and which `final` ends the run. Bounded: what would take too long
 * is summed up. */
#include "compiler/bound.h"

#include <string.h>

/* Of routes and targets looked at, as a multiple of the mailbox's own. */
#define MAX_ROUNDS 256

typedef struct {
    const TamisPolicy *policy;
    GArray *routes; /* guint32: those with a future */
    GArray *keys;   /* TamisString: their targets, sorted, each once */
    guint32 *taken; /* by index of keys: the stamp of the set, and of the trial, that has it last */
    guint32 *tried;
    guint32 stamp;
    gsize budget;
    TamisInstant from, to; /* no window opens or ends in between */
    const TamisCrowdQuery *query;
    TamisCrowd *crowd;
    guint32 best; /* of what the query is by */
    /* How the best was found: its first route, and the `final` one that ends it (or G_MAXUINT). */
    guint best_first, best_final;
} Search;

/* What a set of routes sets off. */
typedef struct {
    guint32 n_targets, n_actions;
} Sum;

static gboolean
is_final(const TamisPolicy *policy, const TamisRoute *route)
{
    for (guint32 i = 0; i < route->actions.n; i++)
        if (tamis_policy_action(policy, route->actions.first + i)->kind == TAMIS_DO_FINAL)
            return TRUE;
    return FALSE;
}

static gboolean
is_unconditional(const TamisRoute *route)
{
    return route->when == TAMIS_CONDITION_ALWAYS && !route->otherwise;
}

static const TamisRoute *
get_route(const Search *search, guint i)
{
    return tamis_policy_route(search->policy, g_array_index(search->routes, guint32, i));
}

static gboolean
is_open(const Search *search, const TamisRoute *route)
{
    return route->starting <= search->from && search->from < route->until;
}

/* Actions that the server runs besides redirects. Marks are no actions to it; for an encrypted forward
 * the copy that stays is kept explicitly. */
static guint32
count_others(const TamisAction *action)
{
    switch (action->kind) {
    case TAMIS_DO_FORWARD:
        return action->encryption != TAMIS_NO_INDEX && !action->without_copy;
    case TAMIS_DO_MARK:
    case TAMIS_DO_FINAL:
        return 0;
    default:
        return 1;
    }
}

/* Everything counted once for each action that has it. */
static Sum
plain_sum(const TamisPolicy *policy, const TamisRoute *route)
{
    Sum sum = {0, 0};

    for (guint32 i = 0; i < route->actions.n; i++) {
        const TamisAction *action = tamis_policy_action(policy, route->actions.first + i);

        sum.n_actions += count_others(action);
        if (action->kind == TAMIS_DO_FORWARD)
            sum.n_targets += action->one_of ? 1 : action->targets.n;
    }
    sum.n_actions += sum.n_targets;
    return sum;
}

static guint32
find_key(const Search *search, TamisString key)
{
    guint32 low = 0, high = search->keys->len;

    while (high - low > 1) {
        guint32 middle = (low + high) / 2;

        if (g_array_index(search->keys, TamisString, middle) <= key)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* What the route adds to the set of this stamp; with keep it becomes part of the set. */
static Sum
add_route(Search *search, const TamisRoute *route, guint32 set, gboolean keep)
{
    guint32 trial = ++search->stamp;
    Sum sum = {0, 0};

    for (guint32 i = 0; i < route->actions.n; i++) {
        const TamisAction *action = tamis_policy_action(search->policy, route->actions.first + i);
        TamisSlice targets = action->targets;

        sum.n_actions += count_others(action);
        if (action->kind != TAMIS_DO_FORWARD)
            continue;
        if (action->one_of) {
            sum.n_targets++;
            continue;
        }
        for (guint32 j = targets.first; j < targets.first + targets.n; j++) {
            guint32 key = find_key(search, tamis_policy_target(search->policy, j)->address.key);

            if (search->taken[key] == set || search->tried[key] == trial)
                continue;
            search->tried[key] = trial;
            if (keep)
                search->taken[key] = set;
            sum.n_targets++;
        }
        search->budget -= MIN(search->budget, targets.n);
    }
    sum.n_actions += sum.n_targets;
    return sum;
}

static void
consider(Search *search, Sum sum, guint first, guint final)
{
    TamisCrowd *crowd = search->crowd;
    guint32 measure = search->query->by_actions ? sum.n_actions : sum.n_targets;

    crowd->n_actions = MAX(crowd->n_actions, sum.n_actions);
    crowd->n_targets = MAX(crowd->n_targets, sum.n_targets);
    if (measure <= search->best)
        return;
    search->best = measure;
    crowd->from = search->from;
    crowd->to = search->to;
    search->best_first = first;
    search->best_final = final;
}

/* All that can be active from this route on, when it is the first. */
static void
walk(Search *search, guint first)
{
    guint32 set = ++search->stamp;
    Sum sum = {0, 0};

    for (guint i = first; i < search->routes->len && search->budget > 0; i++) {
        const TamisRoute *route = get_route(search, i);
        gboolean final = is_final(search->policy, route);
        Sum more;

        search->budget--;
        if (!is_open(search, route) || (i > first && route->otherwise))
            continue;
        more = add_route(search, route, set, !final);
        more.n_targets += sum.n_targets;
        more.n_actions += sum.n_actions;
        if (!final) {
            sum = more;
            continue;
        }
        consider(search, more, first, i);
        if (i == first || is_unconditional(route))
            return;
    }
    consider(search, sum, first, G_MAXUINT);
}

/* One of the routes up to the first `otherwise` or unconditional one is the first active one. What
 * is active with one that does not end the run, later ones cannot better. */
static void
search_instant(Search *search)
{
    gboolean is_bettered = FALSE;

    for (guint i = 0; i < search->routes->len && search->budget > 0; i++) {
        const TamisRoute *route = get_route(search, i);

        search->budget--;
        if (!is_open(search, route))
            continue;
        if (route->otherwise || !is_bettered)
            walk(search, i);
        if (route->otherwise || is_unconditional(route))
            return;
        is_bettered |= !is_final(search->policy, route);
    }
}

static int
compare_instants(gconstpointer a, gconstpointer b)
{
    TamisInstant left = *(const TamisInstant *)a, right = *(const TamisInstant *)b;

    return (left > right) - (left < right);
}

static int
compare_strings(gconstpointer a, gconstpointer b)
{
    TamisString left = *(const TamisString *)a, right = *(const TamisString *)b;

    return (left > right) - (left < right);
}

/* Sorted targets of the routes, each once. */
static GArray *
collect_keys(const Search *search)
{
    GArray *keys = g_array_new(FALSE, FALSE, sizeof(TamisString));
    guint n = 0;

    for (guint i = 0; i < search->routes->len; i++) {
        TamisSlice actions = get_route(search, i)->actions;

        for (guint32 j = actions.first; j < actions.first + actions.n; j++) {
            TamisSlice targets = tamis_policy_action(search->policy, j)->targets;

            if (tamis_policy_action(search->policy, j)->kind != TAMIS_DO_FORWARD)
                continue;
            for (guint32 k = targets.first; k < targets.first + targets.n; k++)
                g_array_append_val(keys, tamis_policy_target(search->policy, k)->address.key);
        }
    }
    g_array_sort(keys, compare_strings);
    for (guint i = 0; i < keys->len; i++) {
        TamisString key = g_array_index(keys, TamisString, i);

        if (n == 0 || g_array_index(keys, TamisString, n - 1) != key)
            g_array_index(keys, TamisString, n++) = key;
    }
    g_array_set_size(keys, n);
    return keys;
}

/* The routes of the best set, and those that must not be active for it. */
static void
name_routes(Search *search)
{
    TamisCrowd *crowd = search->crowd;
    guint32 index;

    search->from = crowd->from;
    for (guint i = 0; i < search->routes->len && i <= search->best_final; i++) {
        const TamisRoute *route = get_route(search, i);
        gboolean active = i >= search->best_first &&
                          (i == search->best_final || !is_final(search->policy, route));

        if (!is_open(search, route) || (route->otherwise && i != search->best_first))
            continue;
        index = g_array_index(search->routes, guint32, i);
        g_array_append_val(active ? crowd->active : crowd->inactive, index);
        if (active)
            crowd->to = MIN(crowd->to, route->until);
    }
}

/* An end counts as well: an `otherwise` may be active from there. */
static void
search_windows(Search *search)
{
    g_autoptr(GArray) edges = g_array_new(FALSE, FALSE, sizeof(TamisInstant));

    for (guint i = 0; i < search->routes->len; i++) {
        const TamisRoute *route = get_route(search, i);
        TamisInstant start = MAX(route->starting, search->query->as_of);

        g_array_append_val(edges, start);
        g_array_append_val(edges, route->until);
    }
    g_array_sort(edges, compare_instants);
    for (guint i = 0; i + 1 < edges->len; i++) {
        search->from = g_array_index(edges, TamisInstant, i);
        search->to = g_array_index(edges, TamisInstant, i + 1);
        if (search->from < search->to)
            search_instant(search);
    }
}

static void
search_crowd(const TamisPolicy *policy, GArray *routes, const TamisCrowdQuery *query,
             TamisCrowd *crowd)
{
    Search search = {.policy = policy, .routes = routes, .query = query, .crowd = crowd};
    Sum all = {crowd->n_targets, crowd->n_actions};

    search.keys = collect_keys(&search);
    search.budget = ((gsize)all.n_targets + routes->len) * MAX_ROUNDS;
    search.taken = g_new0(guint32, search.keys->len);
    search.tried = g_new0(guint32, search.keys->len);
    crowd->n_targets = 0;
    crowd->n_actions = 0;
    search_windows(&search);
    crowd->is_rough = search.budget == 0;
    if (crowd->is_rough) {
        crowd->n_targets = all.n_targets;
        crowd->n_actions = all.n_actions;
    } else if (search.best > 0) {
        name_routes(&search);
    }
    g_free(search.taken);
    g_free(search.tried);
    g_array_unref(search.keys);
}

void
tamis_crowd_of_mailbox(const TamisPolicy *policy, const TamisMailbox *mailbox,
                       const TamisCrowdQuery *query, TamisCrowd *out_crowd)
{
    g_autoptr(GArray) routes = NULL;

    *out_crowd = (TamisCrowd){.from = query->as_of, .to = TAMIS_INSTANT_MAX};
    for (guint32 i = mailbox->routes.first; i < mailbox->routes.first + mailbox->routes.n; i++) {
        Sum sum = plain_sum(policy, tamis_policy_route(policy, i));

        out_crowd->n_targets += sum.n_targets;
        out_crowd->n_actions += sum.n_actions;
    }
    if (out_crowd->n_targets <= query->enough_targets &&
        out_crowd->n_actions <= query->enough_actions)
        return;
    routes = g_array_new(FALSE, FALSE, sizeof(guint32));
    for (guint32 i = mailbox->routes.first; i < mailbox->routes.first + mailbox->routes.n; i++) {
        const TamisRoute *route = tamis_policy_route(policy, i);

        if (route->starting < route->until && route->until > query->as_of)
            g_array_append_val(routes, i);
    }
    out_crowd->active = g_array_new(FALSE, FALSE, sizeof(guint32));
    out_crowd->inactive = g_array_new(FALSE, FALSE, sizeof(guint32));
    search_crowd(policy, routes, query, out_crowd);
}

void
tamis_crowd_clear(TamisCrowd *crowd)
{
    g_clear_pointer(&crowd->active, g_array_unref);
    g_clear_pointer(&crowd->inactive, g_array_unref);
}
