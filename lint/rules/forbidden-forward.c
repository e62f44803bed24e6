/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A forward from a mailbox straight to a target that a `forbid` rules out. Reported where the
 * conditions plainly can hold; chains of forwards are not followed here. */
#include "lint/copies.h"
#include "lint/rules.h"

/* A longer list is taken to hold every target, and more routes are not looked through for each. */
#define MAX_LOOKED_AT 1000

static gboolean
may_encrypt(const TamisPolicy *policy, const TamisRoute *route, TamisString key)
{
    for (guint32 i = 0; i < route->actions.n; i++) {
        const TamisAction *action = tamis_policy_action(policy, route->actions.first + i);

        if (action->kind != TAMIS_DO_FORWARD || action->encryption == TAMIS_NO_INDEX)
            continue;
        if (action->targets.n > MAX_LOOKED_AT)
            return TRUE;
        for (guint32 j = action->targets.first; j < action->targets.first + action->targets.n; j++)
            if (tamis_policy_target(policy, j)->address.key == key)
                return TRUE;
    }
    return FALSE;
}

/* Whether the forward can leave in plain: no route that encrypts for this target is active too. */
static gboolean
demand_plain_text(TamisPlain *plain, const TamisRouteWalk *at, TamisString key)
{
    guint32 first = at->mailbox->routes.first;

    if (at->mailbox->routes.n > MAX_LOOKED_AT)
        return FALSE;
    for (guint32 i = first; i < first + at->mailbox->routes.n; i++) {
        const TamisRoute *route = tamis_policy_route(plain->policy, i);

        if (may_encrypt(plain->policy, route, key) &&
            !tamis_plain_demand(plain, route->when, FALSE))
            return FALSE;
    }
    return TRUE;
}

static gboolean
is_broken(const TamisFacts *facts, const TamisForwardWalk *walk, const TamisForbid *forbid,
          TamisString key)
{
    const TamisRouteWalk *at = &walk->routes;
    TamisPlain plain = {
        .policy = facts->policy, .from = facts->lint->as_of, .to = TAMIS_INSTANT_MAX};

    if (!tamis_route_has_future(facts, at->route) ||
        !tamis_plain_demand_route(&plain, at->mailbox, at->mailbox->routes.first + at->n_done - 1))
        return FALSE;
    switch (forbid->unless) {
    case TAMIS_BROKEN_ALWAYS:
        break;
    case TAMIS_BROKEN_UNLESS_ENCRYPTED:
        if (walk->action->encryption != TAMIS_NO_INDEX || !demand_plain_text(&plain, at, key))
            return FALSE;
        break;
    case TAMIS_BROKEN_UNLESS_COPIED:
        return tamis_copies_of_route(facts, at, FALSE) == TAMIS_LEAVES_NONE;
    case TAMIS_BROKEN_UNLESS_CONDITION:
        if (!tamis_plain_demand(&plain, forbid->condition, FALSE))
            return FALSE;
        break;
    }
    return tamis_plain_has_instant(&plain);
}

static void
report(TamisFacts *facts, const TamisForwardWalk *walk, const TamisForbid *forbid,
       const TamisTarget *target)
{
    static const char *const remedies[] = {
        [TAMIS_BROKEN_ALWAYS] = "take the target out",
        [TAMIS_BROKEN_UNLESS_ENCRYPTED] = "write 'forward encrypted with', or take the target out",
        [TAMIS_BROKEN_UNLESS_COPIED] = "let a copy stay, or take the target out",
        [TAMIS_BROKEN_UNLESS_CONDITION] =
            "add the condition of the rule to the route, or take the target out",
    };
    const TamisPolicy *policy = facts->policy;
    TamisDiagnostic *diagnostic = tamis_facts_find(
        facts, TAMIS_RULE_FORBIDDEN_FORWARD, target->span, &walk->routes,
        "'%s' forwards to '%s', which '%s' forbids",
        tamis_policy_text(policy, walk->routes.mailbox->address.text),
        tamis_policy_text(policy, target->address.text), tamis_policy_text(policy, forbid->title));

    tamis_facts_judge(diagnostic, TRUE);
    tamis_report_relate(facts->report, diagnostic, forbid->span, "forbidden here");
    tamis_report_help(facts->report, diagnostic, "%s", remedies[forbid->unless]);
}

static void
check(TamisFacts *facts, const TamisForbid *forbid)
{
    const TamisPolicy *policy = facts->policy;
    TamisForwardWalk walk = {.routes.policy = policy};

    while (tamis_forward_next(&walk)) {
        TamisSlice targets = walk.action->targets;

        if (!tamis_policy_party_has(policy, &forbid->from, walk.routes.mailbox->address.key))
            continue;
        for (guint32 i = targets.first; i < targets.first + targets.n; i++) {
            const TamisTarget *target = tamis_policy_target(policy, i);

            if (tamis_policy_party_has(policy, &forbid->to, target->address.key) &&
                is_broken(facts, &walk, forbid, target->address.key))
                report(facts, &walk, forbid, target);
        }
    }
}

void
tamis_rule_forbidden_forward(TamisFacts *facts)
{
    for (guint i = 0; i < facts->policy->forbids->len; i++)
        check(facts, TAMIS_AT(facts->policy->forbids, TamisForbid, i));
}
