/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Looks at the routes that can be active beside one that keeps nothing. */
#include "lint/copies.h"

/* In a mailbox with more it is not looked who else keeps a copy. */
#define MAX_ROUTES 1000

/* An address inside, of a plain forward: of `one of` another may be the one. */
static gboolean
forwards_inside(const TamisFacts *facts, const TamisRoute *route)
{
    for (guint32 i = 0; i < route->actions.n; i++) {
        const TamisAction *action = tamis_policy_action(facts->policy, route->actions.first + i);

        if (action->kind != TAMIS_DO_FORWARD || action->one_of)
            continue;
        for (guint32 j = action->targets.first; j < action->targets.first + action->targets.n; j++)
            if (!facts->target_externals[j])
                return TRUE;
    }
    return FALSE;
}

TamisCopyVerdict
tamis_copies_of_route(const TamisFacts *facts, const TamisRouteWalk *at, gboolean or_inside)
{
    const TamisPolicy *policy = facts->policy;
    guint32 first = at->mailbox->routes.first, end = first + at->mailbox->routes.n;
    guint32 index = first + at->n_done - 1;
    TamisPlain plain = {.policy = policy, .from = facts->lint->as_of, .to = TAMIS_INSTANT_MAX};
    gboolean is_plain;

    if (!tamis_route_has_future(facts, at->route) ||
        !tamis_route_leaves_nothing(policy, at->route) ||
        (or_inside && forwards_inside(facts, at->route)))
        return TAMIS_KEEPS_COPY;
    if (at->mailbox->routes.n > MAX_ROUTES)
        return TAMIS_MAY_LEAVE_NONE;
    is_plain = tamis_plain_demand_route(&plain, at->mailbox, index);
    for (guint32 i = first; i < end; i++) {
        const TamisRoute *other = tamis_policy_route(policy, i);

        if (i == index || (!tamis_route_has(policy, other, TAMIS_DO_KEEP) &&
                           !(or_inside && forwards_inside(facts, other))))
            continue;
        if (tamis_routes_exclude(policy, i < index ? other : at->route,
                                 i < index ? at->route : other))
            continue;
        /* Without a condition of its own it is there whenever this one is, or nearly. */
        if (other->when == TAMIS_CONDITION_ALWAYS)
            return TAMIS_KEEPS_COPY;
        is_plain = is_plain && tamis_plain_demand(&plain, other->when, FALSE);
    }
    return is_plain && tamis_plain_has_instant(&plain) ? TAMIS_LEAVES_NONE : TAMIS_MAY_LEAVE_NONE;
}
