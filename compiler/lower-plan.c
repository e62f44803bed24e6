/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What has to be known of a mailbox's routes before the first command is written: which can be
 * active together (by form, not by reasoning), who sends what to whom, whose marks come first,
 * whose encryption comes last, which blocks form one if/elsif chain. */
#include "compiler/lower-private.h"

/* Conditions by form ----------------------------------------------------------------------------
 */

static gboolean
same_condition(const TamisPolicy *policy, TamisConditionId a_id, TamisConditionId b_id)
{
    const TamisCondition *a = tamis_policy_condition(policy, a_id);
    const TamisCondition *b = tamis_policy_condition(policy, b_id);

    if (a_id == b_id)
        return TRUE;
    if (a->kind != b->kind || a->children.n != b->children.n)
        return FALSE;
    if (a->kind == TAMIS_CONDITION_TEST)
        return tamis_test_equal(policy, tamis_policy_test(policy, a->test),
                                tamis_policy_test(policy, b->test));
    for (guint32 i = 0; i < a->children.n; i++) {
        if (!same_condition(
                policy,
                g_array_index(policy->condition_children, TamisConditionId, a->children.first + i),
                g_array_index(policy->condition_children, TamisConditionId, b->children.first + i)))
            return FALSE;
    }
    return TRUE;
}

/* Whether a is "not b" as written. */
static gboolean
is_negation(const TamisPolicy *policy, TamisConditionId a, TamisConditionId b)
{
    const TamisCondition *condition = tamis_policy_condition(policy, a);

    return condition->kind == TAMIS_CONDITION_NOT &&
           same_condition(policy,
                          g_array_index(policy->condition_children, TamisConditionId,
                                        condition->children.first),
                          b);
}

gboolean
tamis_lower_exclusive(const TamisLowering *lowering, guint a, guint b)
{
    const TamisRoute *first = lowering->planned[a].route, *second = lowering->planned[b].route;

    return lowering->planned[a].dead || lowering->planned[b].dead || second->otherwise ||
           lowering->planned[a].final || first->until <= second->starting ||
           second->until <= first->starting ||
           is_negation(lowering->policy, first->when, second->when) ||
           is_negation(lowering->policy, second->when, first->when);
}

/* Guards ----------------------------------------------------------------------------------------
 */

TamisSieveTest *
tamis_lower_own(TamisLowering *lowering, guint index)
{
    const TamisRoute *route = lowering->planned[index].route;
    const TamisRoute *saved = lowering->route;
    TamisSieveTest *test;

    if (lowering->planned[index].dead)
        return &tamis_lower_never;
    lowering->route = route;
    test = tamis_lower_window(lowering, route->starting, route->until);
    if (test != &tamis_lower_never)
        test = tamis_lower_all(lowering, test, tamis_lower_condition(lowering, route->when));
    lowering->route = saved;
    return test;
}

static guint
n_tests(const TamisSieveTest *test)
{
    guint n = 1;

    for (const TamisSieveTest *inner = test->tests; inner != NULL; inner = inner->next)
        n += n_tests(inner);
    return n;
}

/* A guard of another route, once more. */
static TamisSieveTest *
repeat(TamisLowering *lowering, TamisSieveTest *test)
{
    lowering->repeated += n_tests(test);
    return test;
}

TamisSieveTest *
tamis_lower_active(TamisLowering *lowering, guint index, guint in_chain_from)
{
    TamisLowerTests earlier = {.all = FALSE};
    gboolean otherwise = lowering->planned[index].route->otherwise;

    if (lowering->decides_first)
        return tamis_lower_decided(lowering, index);
    for (guint i = 0; i < MIN(index, in_chain_from); i++) {
        const TamisPlanned *planned = &lowering->planned[i];
        gboolean is_passed = in_chain_from != G_MAXUINT && planned->stops;

        if (!planned->dead && !is_passed && (otherwise || planned->final))
            tamis_lower_tests_add(
                lowering, &earlier,
                repeat(lowering, otherwise ? tamis_lower_own(lowering, i)
                                           : tamis_lower_active(lowering, i, G_MAXUINT)));
    }
    return tamis_lower_all(lowering, tamis_lower_own(lowering, index),
                           tamis_lower_not(lowering, tamis_lower_tests_finish(lowering, &earlier)));
}

TamisSieveTest *
tamis_lower_active_beside(TamisLowering *lowering, guint index)
{
    TamisLowerTests earlier = {.all = FALSE};

    if (lowering->decides_first)
        return tamis_lower_decided(lowering, index);
    for (guint i = 0; i < index && lowering->planned[index].route->otherwise; i++) {
        if (!lowering->planned[i].final)
            tamis_lower_tests_add(lowering, &earlier,
                                  repeat(lowering, tamis_lower_own(lowering, i)));
    }
    return tamis_lower_all(lowering, repeat(lowering, tamis_lower_own(lowering, index)),
                           tamis_lower_not(lowering, tamis_lower_tests_finish(lowering, &earlier)));
}

gboolean
tamis_lower_implied(const TamisLowering *lowering, guint index, guint by)
{
    const TamisRoute *a = lowering->planned[index].route, *b = lowering->planned[by].route;

    /* What ends between the two, the second does not see. */
    for (guint i = by; i < index; i++) {
        if (lowering->planned[i].final && !lowering->planned[i].dead)
            return FALSE;
    }
    if (a->otherwise)
        return FALSE;
    return lowering->planned[index].always ||
           (!b->otherwise && a->starting == b->starting && a->until == b->until &&
            same_condition(lowering->policy, a->when, b->when));
}

gboolean
tamis_lower_together(const TamisLowering *lowering, guint a, guint b)
{
    return a != b && !tamis_lower_exclusive(lowering, MIN(a, b), MAX(a, b));
}

TamisSieveTest *
tamis_lower_other_active(TamisLowering *lowering, guint other, guint route)
{
    return other < route ? tamis_lower_active_beside(lowering, other)
                         : tamis_lower_active(lowering, other, G_MAXUINT);
}

/* Facts -----------------------------------------------------------------------------------------
 */

static void
note_action(TamisLowering *lowering, TamisPlanned *planned, const TamisAction *action)
{
    switch ((TamisActionKindOf)action->kind) {
    case TAMIS_DO_FORWARD:
        planned->delivers = TRUE;
        planned->cancels |= action->without_copy;
        planned->copies |= !action->without_copy;
        if (action->encryption != TAMIS_NO_INDEX)
            planned->encrypts |=
                g_array_index(lowering->policy->encryptions, TamisEncryption, action->encryption)
                    .means != TAMIS_ENCRYPT_GATEWAY;
        break;
    case TAMIS_DO_KEEP:
        planned->delivers = TRUE;
        planned->keeps |= action->text == 0;
        planned->files |= action->text != 0;
        planned->cancels |= action->text != 0;
        break;
    case TAMIS_DO_DISCARD:
        planned->cancels = TRUE;
        break;
    case TAMIS_DO_REJECT:
        planned->rejects = planned->cancels = TRUE;
        break;
    case TAMIS_DO_REPLY:
        planned->replies = TRUE;
        break;
    case TAMIS_DO_MARK:
        planned->marks = TRUE;
        break;
    case TAMIS_DO_FINAL:
        planned->final = TRUE;
        break;
    }
}

static gboolean
is_open(const TamisLowering *lowering, const TamisRoute *route)
{
    return !tamis_server_has(lowering->server, TAMIS_EXTENSION_DATE) ||
           (route->starting == TAMIS_INSTANT_MIN && route->until == TAMIS_INSTANT_MAX);
}

/* What a server without a clock makes of the route's window, and until when that is right. */
static void
freeze_window(TamisLowering *lowering, TamisPlanned *planned)
{
    TamisInstant now = lowering->context->as_of;
    const TamisRoute *route = planned->route;

    if (now < route->starting) {
        planned->dead = TRUE;
        tamis_lower_good_until(lowering, route->starting);
    } else if (now >= route->until) {
        planned->dead = TRUE;
    } else if (route->until != TAMIS_INSTANT_MAX) {
        tamis_lower_good_until(lowering, route->until);
    }
}

static void
note_routes(TamisLowering *lowering)
{
    gboolean has_clock = tamis_server_has(lowering->server, TAMIS_EXTENSION_DATE);
    gboolean blocked = FALSE;   /* an earlier route always ends it */
    gboolean satisfied = FALSE; /* an earlier route is always active */
    gboolean all_final = TRUE;  /* every earlier one ends it */

    for (guint i = 0; i < lowering->n_planned; i++) {
        TamisPlanned *planned = &lowering->planned[i];
        const TamisRoute *route = planned->route;

        for (guint32 a = 0; a < route->actions.n; a++)
            note_action(lowering, planned,
                        tamis_policy_action(lowering->policy, route->actions.first + a));
        planned->dead =
            blocked || (route->otherwise && satisfied) || route->starting >= route->until;
        if (!planned->dead && !has_clock)
            freeze_window(lowering, planned);
        if (planned->dead)
            continue;
        planned->always = route->when == TAMIS_CONDITION_ALWAYS && is_open(lowering, route);
        satisfied |= planned->always;
        blocked |= planned->always && planned->final && (!route->otherwise || all_final);
        all_final &= planned->final;
    }
}

/* Sendings --------------------------------------------------------------------------------------
 */

static gint
compare_sendings(gconstpointer a_data, gconstpointer b_data)
{
    const TamisSending *a = a_data, *b = b_data;

    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    if (a->action != b->action)
        return a->action < b->action ? -1 : 1;
    return a->member < b->member ? -1 : a->member > b->member;
}

static void
note_sendings(TamisLowering *lowering)
{
    guint n_forwards = 0, n = 0;

    for (guint i = 0; i < lowering->n_planned; i++) {
        const TamisRoute *route = lowering->planned[i].route;

        for (guint32 a = 0; a < route->actions.n && !lowering->planned[i].dead; a++) {
            const TamisAction *action =
                tamis_policy_action(lowering->policy, route->actions.first + a);

            if (action->kind == TAMIS_DO_FORWARD) {
                n_forwards++;
                n += action->targets.n;
            }
        }
    }
    if (n_forwards < 2)
        return;
    lowering->sendings = tamis_arena_array0(lowering->arena, TamisSending, n);
    for (guint i = 0; i < lowering->n_planned; i++) {
        const TamisRoute *route = lowering->planned[i].route;

        for (guint32 a = 0; a < route->actions.n && !lowering->planned[i].dead; a++) {
            guint32 index = route->actions.first + a;
            const TamisAction *action = tamis_policy_action(lowering->policy, index);

            for (guint32 t = 0; action->kind == TAMIS_DO_FORWARD && t < action->targets.n; t++)
                lowering->sendings[lowering->n_sendings++] = (TamisSending){
                    tamis_policy_target(lowering->policy, action->targets.first + t)->address.key,
                    i,
                    index,
                    action->encryption,
                    action->without_copy || tamis_lower_is_encrypting(lowering, action),
                    t,
                    action->one_of ? action->targets.n : 0,
                };
        }
    }
    qsort(lowering->sendings, lowering->n_sendings, sizeof(TamisSending), compare_sendings);
}

/* Phases ----------------------------------------------------------------------------------------
 */

/* What is fixed before the first command: marks that have to come before it all, encryption that
 * has to come after it all. */
static void
plan_phases(TamisLowering *lowering)
{
    guint first_delivering = G_MAXUINT;

    for (guint i = 0; i < lowering->n_planned; i++) {
        TamisPlanned *planned = &lowering->planned[i];

        if (planned->dead)
            continue;
        for (guint j = first_delivering; planned->marks && j < i && !planned->late_marks_first; j++)
            planned->late_marks_first =
                lowering->planned[j].delivers && !tamis_lower_exclusive(lowering, j, i);
        if (planned->delivers && first_delivering == G_MAXUINT)
            first_delivering = i;
        for (guint j = 0; planned->encrypts && j < lowering->n_planned && !planned->late; j++) {
            gboolean together = j < i   ? !tamis_lower_exclusive(lowering, j, i)
                                : j > i ? !tamis_lower_exclusive(lowering, i, j)
                                        : FALSE;

            /* What comes later must not see the changed message; what encrypted before, ours. */
            planned->late =
                together && (j > i ? lowering->planned[j].delivers || lowering->planned[j].marks
                                   : lowering->planned[j].encrypts);
        }
        lowering->has_late |= planned->late;
    }
}

/* A block continues the chain above when every branch of it excludes the route. */
static gboolean
joins(const TamisLowering *lowering, guint chain_start, guint index)
{
    for (guint i = chain_start; i < index; i++) {
        if (!lowering->planned[i].dead && !tamis_lower_exclusive(lowering, i, index))
            return FALSE;
    }
    return TRUE;
}

/* Branches of one chain at most; engines take time square in the length, or have a small parser
 * stack. */
enum { MAX_CHAIN = 500 };

/* The routes of a chain that end before another begins have to stop. */
static void
end_chain(TamisLowering *lowering, guint start, guint end)
{
    for (guint i = start; i < end && !lowering->has_late; i++)
        lowering->planned[i].stops = lowering->planned[i].final && !lowering->planned[i].dead;
}

static void
plan_chains(TamisLowering *lowering)
{
    guint start = 0, n_branches = 0;
    gboolean is_closed =
        TRUE; /* nothing can follow: there is no block yet, or the last has no test */

    for (guint i = 0; i < lowering->n_planned; i++) {
        TamisPlanned *planned = &lowering->planned[i];

        if (planned->dead)
            continue;
        planned->in_chain = !is_closed && n_branches < MAX_CHAIN && joins(lowering, start, i);
        if (!planned->in_chain) {
            end_chain(lowering, start, i);
            start = i;
            n_branches = 0;
        }
        n_branches++;
        is_closed = planned->always;
    }
}

void
tamis_lower_plan(TamisLowering *lowering)
{
    const TamisMailbox *mailbox = lowering->mailbox;

    lowering->n_planned = mailbox->routes.n;
    lowering->planned = tamis_arena_array0(lowering->arena, TamisPlanned, mailbox->routes.n);
    for (guint i = 0; i < lowering->n_planned; i++)
        lowering->planned[i].route =
            tamis_policy_route(lowering->policy, mailbox->routes.first + i);
    note_routes(lowering);
    note_sendings(lowering);
    plan_phases(lowering);
    plan_chains(lowering);
}
