/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Routes to guarded actions. Every condition sees the message as it arrived; marks come before all
 * else; of two that do the same the first stands, and an encrypted forward before a plain one. */
#include "compiler/flow-of-policy.h"

#include "compiler/atoms.h"

#include <string.h>

struct TamisPolicyFlows {
    const TamisPolicy *policy;
    TamisFormulas *formulas;
    TamisFormula *conditions; /* by condition: formula + 1; 0: not made yet */
};

/* One mailbox in the making. */
typedef struct {
    TamisPolicyFlows *flows;
    const TamisMailbox *mailbox;
    TamisFormula *active; /* by route */
    GArray *actions;      /* of TamisFlowAction */
    GArray *changes;      /* of TamisChange */
    GArray *cancelled;    /* of TamisFormula: the implicit keep */
    GArray *kept;         /* of TamisFormula: in the inbox */
    GArray *filed;        /* of TamisFormula */
    TamisFormula replied, rejected;
    GHashTable *sent;      /* target key -> TamisFormula that it was sent, plain or encrypted */
    GHashTable *encrypted; /* target key -> TamisFormula that some route encrypts it */
} Making;

TamisFormula
tamis_policy_flows_condition(TamisPolicyFlows *flows, TamisConditionId id)
{
    const TamisCondition *condition = tamis_policy_condition(flows->policy, id);
    TamisFormula known = flows->conditions[id];
    g_autofree TamisFormula *children = NULL;

    if (known != 0)
        return known - 1;
    children = g_new(TamisFormula, MAX(condition->children.n, 1));
    for (guint32 i = 0; i < condition->children.n; i++)
        children[i] = tamis_policy_flows_condition(
            flows, g_array_index(flows->policy->condition_children, TamisConditionId,
                                 condition->children.first + i));
    switch (condition->kind) {
    case TAMIS_CONDITION_TRUE:
        known = TAMIS_FORMULA_TRUE;
        break;
    case TAMIS_CONDITION_ALL:
        known = tamis_formulas_and(flows->formulas, children, condition->children.n);
        break;
    case TAMIS_CONDITION_ANY:
        known = tamis_formulas_or(flows->formulas, children, condition->children.n);
        break;
    case TAMIS_CONDITION_NOT:
        known = tamis_formulas_not(flows->formulas, children[0]);
        break;
    case TAMIS_CONDITION_TEST:
        known = tamis_atom_of_test(flows->formulas, flows->policy,
                                   tamis_policy_test(flows->policy, condition->test));
        break;
    }
    flows->conditions[id] = known + 1;
    return known;
}

/* Guards ----------------------------------------------------------------------------------------
 */

static TamisFormula
since(TamisFormulas *formulas, TamisInstant instant)
{
    TamisAtom atom = {.kind = TAMIS_ATOM_SINCE, .instant = instant};

    return tamis_formulas_atom(formulas, &atom);
}

TamisFormula
tamis_policy_flows_route(TamisPolicyFlows *flows, const TamisRoute *route)
{
    TamisFormulas *formulas = flows->formulas;
    TamisFormula guard = tamis_policy_flows_condition(flows, route->when);

    if (route->starting >= route->until)
        return TAMIS_FORMULA_FALSE;
    if (route->starting != TAMIS_INSTANT_MIN)
        guard = tamis_formulas_and2(formulas, guard, since(formulas, route->starting));
    if (route->until != TAMIS_INSTANT_MAX)
        guard = tamis_formulas_and2(formulas, guard,
                                    tamis_formulas_not(formulas, since(formulas, route->until)));
    return guard;
}

static gboolean
is_final(const TamisPolicy *policy, const TamisRoute *route)
{
    for (guint32 i = 0; i < route->actions.n; i++) {
        if (tamis_policy_action(policy, route->actions.first + i)->kind == TAMIS_DO_FINAL)
            return TRUE;
    }
    return FALSE;
}

static void
make_guards(Making *making)
{
    TamisFormulas *formulas = making->flows->formulas;
    TamisFormula any = TAMIS_FORMULA_FALSE, ended = TAMIS_FORMULA_FALSE;

    for (guint32 i = 0; i < making->mailbox->routes.n; i++) {
        const TamisRoute *route =
            tamis_policy_route(making->flows->policy, making->mailbox->routes.first + i);
        TamisFormula guard = tamis_policy_flows_route(making->flows, route);

        guard = tamis_formulas_and2(formulas, guard,
                                    tamis_formulas_not(formulas, route->otherwise ? any : ended));
        making->active[i] = guard;
        any = tamis_formulas_or2(formulas, any, guard);
        if (is_final(making->flows->policy, route))
            ended = tamis_formulas_or2(formulas, ended, guard);
    }
}

/* Actions ---------------------------------------------------------------------------------------
 */

static TamisFlowAction *
append(Making *making, TamisFlowKind kind, TamisFormula guard, const TamisRoute *route,
       TamisSpan span)
{
    TamisFlowAction action = {
        .kind = kind,
        .guard = guard,
        .version = making->changes->len,
        .route = route != NULL ? route->name : 0,
        .span = span,
    };

    g_array_append_val(making->actions, action);
    return &g_array_index(making->actions, TamisFlowAction, making->actions->len - 1);
}

/* guard, and not what the table says of the key; then the table says guard too. */
static TamisFormula
once(Making *making, GHashTable *table, TamisString key, TamisFormula guard)
{
    TamisFormulas *formulas = making->flows->formulas;
    TamisFormula before = GPOINTER_TO_UINT(g_hash_table_lookup(table, GUINT_TO_POINTER(key)));
    TamisFormula after = tamis_formulas_or2(formulas, before, guard);

    g_hash_table_insert(table, GUINT_TO_POINTER(key), GUINT_TO_POINTER(after));
    return tamis_formulas_and2(formulas, guard, tamis_formulas_not(formulas, before));
}

static TamisFormula
member_guard(Making *making, const TamisAction *action, guint32 member, TamisFormula guard)
{
    TamisAtom atom = {.kind = TAMIS_ATOM_SHARE, .number = action->targets.n, .member = member};

    if (!action->one_of || action->targets.n < 2)
        return guard;
    return tamis_formulas_and2(making->flows->formulas, guard,
                               tamis_formulas_atom(making->flows->formulas, &atom));
}

static const TamisTarget *
target_at(const Making *making, const TamisAction *action, guint32 i)
{
    return tamis_policy_target(making->flows->policy, action->targets.first + i);
}

/* Which targets are encrypted, and when: no other route sends them in plain then. */
static void
note_encrypted(Making *making, const TamisAction *action, TamisFormula guard)
{
    for (guint32 i = 0; i < action->targets.n && action->encryption != TAMIS_NO_INDEX; i++)
        once(making, making->encrypted, target_at(making, action, i)->address.key,
             member_guard(making, action, i, guard));
}

static void
add_forward(Making *making, const TamisRoute *route, const TamisAction *action, TamisFormula guard)
{
    TamisFormulas *formulas = making->flows->formulas;
    gboolean encrypted = action->encryption != TAMIS_NO_INDEX;

    for (guint32 i = 0; i < action->targets.n; i++) {
        const TamisTarget *target = target_at(making, action, i);
        TamisFormula sent = member_guard(making, action, i, guard);
        TamisFlowAction *forward;

        if (!encrypted)
            sent = tamis_formulas_and2(
                formulas, sent,
                tamis_formulas_not(formulas,
                                   GPOINTER_TO_UINT(g_hash_table_lookup(
                                       making->encrypted, GUINT_TO_POINTER(target->address.key)))));
        sent = once(making, making->sent, target->address.key, sent);
        if (sent == TAMIS_FORMULA_FALSE)
            continue;
        forward = append(making, TAMIS_FLOW_FORWARD, sent, route, action->span);
        forward->key = target->address.key;
        forward->text = target->address.text;
        forward->copies = !action->without_copy;
        if (encrypted)
            forward->encryption = g_array_index(making->flows->policy->encryptions, TamisEncryption,
                                                action->encryption)
                                      .name;
    }
    if (action->without_copy)
        g_array_append_val(making->cancelled, guard);
}

/* The formulas' strings need not be the policy's. */
static void
add_own(TamisPolicyFlows *flows, GArray *own, TamisString key)
{
    const TamisPolicy *policy = flows->policy;
    TamisString string = tamis_strings_add(tamis_formulas_get_strings(flows->formulas),
                                           tamis_policy_text(policy, key),
                                           tamis_strings_length(policy->strings, key));

    g_array_append_val(own, string);
}

TamisFormula
tamis_policy_flows_answered(TamisPolicyFlows *flows, guint32 mailbox)
{
    const TamisPolicy *policy = flows->policy;
    const TamisMailbox *of = tamis_policy_mailbox(policy, mailbox);
    g_autoptr(GArray) own = g_array_new(FALSE, FALSE, sizeof(TamisString));

    add_own(flows, own, of->address.key);
    for (guint32 i = 0; i < of->aliases.n; i++)
        add_own(flows, own, tamis_policy_target(policy, of->aliases.first + i)->address.key);
    return tamis_formula_is_answered(flows->formulas, (TamisString *)own->data, own->len);
}

static void
add_first(Making *making, TamisFlowKind kind, const TamisRoute *route, const TamisAction *action,
          TamisFormula guard, TamisFormula *done)
{
    TamisFormulas *formulas = making->flows->formulas;
    TamisFormula now = tamis_formulas_and2(formulas, guard, tamis_formulas_not(formulas, *done));
    TamisFlowAction *made;

    *done = tamis_formulas_or2(formulas, *done, guard);
    if (now == TAMIS_FORMULA_FALSE)
        return;
    made = append(making, kind, now, route, action->span);
    made->name = action->name;
    made->text = action->text;
    made->answered = TAMIS_FORMULA_TRUE;
}

static void
add_action(Making *making, const TamisRoute *route, const TamisAction *action, TamisFormula guard)
{
    switch ((TamisActionKindOf)action->kind) {
    case TAMIS_DO_FORWARD:
        add_forward(making, route, action, guard);
        break;
    case TAMIS_DO_REPLY:
        add_first(making, TAMIS_FLOW_REPLY, route, action, guard, &making->replied);
        break;
    case TAMIS_DO_REJECT:
        add_first(making, TAMIS_FLOW_REJECT, route, action, guard, &making->rejected);
        g_array_append_val(making->cancelled, guard);
        break;
    case TAMIS_DO_KEEP:
        append(making, TAMIS_FLOW_KEEP, guard, route, action->span)->folder = action->text;
        g_array_append_val(action->text == 0 ? making->kept : making->filed, guard);
        if (action->text != 0)
            g_array_append_val(making->cancelled, guard);
        break;
    case TAMIS_DO_DISCARD:
        append(making, TAMIS_FLOW_DISCARD, guard, route, action->span);
        g_array_append_val(making->cancelled, guard);
        break;
    case TAMIS_DO_MARK:
    case TAMIS_DO_FINAL:
        break;
    }
}

static void
add_mark(Making *making, const TamisRoute *route, const TamisAction *action, TamisFormula guard)
{
    TamisFlowAction *mark = append(making, TAMIS_FLOW_MARK, guard, route, action->span);
    TamisChange change = {
        .guard = guard, .kind = TAMIS_FLOW_MARK, .name = action->name, .value = action->text};

    mark->name = action->name;
    mark->text = action->text;
    g_array_append_val(making->changes, change);
}

typedef void (*ForAction)(Making *making, const TamisRoute *route, const TamisAction *action,
                          TamisFormula guard);

static void
for_kind(Making *making, gboolean marks, ForAction call)
{
    const TamisPolicy *policy = making->flows->policy;

    for (guint32 i = 0; i < making->mailbox->routes.n; i++) {
        const TamisRoute *route = tamis_policy_route(policy, making->mailbox->routes.first + i);

        for (guint32 a = 0; a < route->actions.n && making->active[i] != TAMIS_FORMULA_FALSE; a++) {
            const TamisAction *action = tamis_policy_action(policy, route->actions.first + a);

            if ((action->kind == TAMIS_DO_MARK) == marks)
                call(making, route, action, making->active[i]);
        }
    }
}

static void
note_action(Making *making, const TamisRoute *route, const TamisAction *action, TamisFormula guard)
{
    if (action->kind == TAMIS_DO_FORWARD)
        note_encrypted(making, action, guard);
}

/* The copies: each folder once, the implicit keep where nothing took it away, discards only where
 * nothing is kept. */
static void
settle_copies(Making *making)
{
    TamisFormulas *formulas = making->flows->formulas;
    TamisFormula cancelled, kept, filed, implicit;
    g_autoptr(GHashTable) folders = g_hash_table_new(NULL, NULL);

    cancelled = tamis_formulas_or(formulas, (TamisFormula *)making->cancelled->data,
                                  making->cancelled->len);
    kept = tamis_formulas_or(formulas, (TamisFormula *)making->kept->data, making->kept->len);
    filed = tamis_formulas_or(formulas, (TamisFormula *)making->filed->data, making->filed->len);
    implicit = tamis_formulas_not(formulas, tamis_formulas_or2(formulas, cancelled, kept));
    for (guint i = 0; i < making->actions->len; i++) {
        TamisFlowAction *action = &g_array_index(making->actions, TamisFlowAction, i);

        if (action->kind == TAMIS_FLOW_KEEP)
            action->guard = once(making, folders, action->folder, action->guard);
        else if (action->kind == TAMIS_FLOW_DISCARD)
            action->guard = tamis_formulas_and2(
                formulas, action->guard,
                tamis_formulas_not(formulas, tamis_formulas_or2(formulas, kept, filed)));
    }
    if (implicit != TAMIS_FORMULA_FALSE)
        append(making, TAMIS_FLOW_KEEP, implicit, NULL, TAMIS_NO_SPAN)->is_implicit = TRUE;
}

static void
drop_impossible(GArray *actions)
{
    guint n = 0;

    for (guint i = 0; i < actions->len; i++) {
        TamisFlowAction action = g_array_index(actions, TamisFlowAction, i);

        if (action.guard != TAMIS_FORMULA_FALSE)
            g_array_index(actions, TamisFlowAction, n++) = action;
    }
    g_array_set_size(actions, n);
}

static void
list_routes(const Making *making, GArray *routes)
{
    for (guint32 i = 0; i < making->mailbox->routes.n; i++) {
        const TamisRoute *route =
            tamis_policy_route(making->flows->policy, making->mailbox->routes.first + i);
        TamisFlowRoute listed = {route->name, making->active[i], route->span};

        g_array_append_val(routes, listed);
    }
}

static gpointer
store(TamisBlobs *blobs, const GArray *array, gsize element_bytes)
{
    return tamis_blobs_add(blobs, array->data, array->len * element_bytes);
}

/* What other mailboxes have too is there once. */
static TamisFlow *
finish(Making *making, TamisBlobs *blobs)
{
    g_autoptr(GArray) routes = g_array_new(FALSE, FALSE, sizeof(TamisFlowRoute));
    TamisFlow flow;

    drop_impossible(making->actions);
    list_routes(making, routes);
    memset(&flow, 0, sizeof flow); /* its gaps too: it is compared by its bytes */
    flow.actions = store(blobs, making->actions, sizeof(TamisFlowAction));
    flow.n_actions = making->actions->len;
    flow.routes = store(blobs, routes, sizeof(TamisFlowRoute));
    flow.n_routes = routes->len;
    flow.changes = store(blobs, making->changes, sizeof(TamisChange));
    flow.n_changes = making->changes->len;
    return tamis_blobs_add(blobs, &flow, sizeof flow);
}

TamisFlow *
tamis_policy_flows_get(TamisPolicyFlows *flows, guint32 mailbox, TamisBlobs *blobs)
{
    g_autofree TamisFormula *active =
        g_new0(TamisFormula, tamis_policy_mailbox(flows->policy, mailbox)->routes.n + 1);
    g_autoptr(GArray) actions = g_array_new(FALSE, FALSE, sizeof(TamisFlowAction));
    g_autoptr(GArray) changes = g_array_new(FALSE, FALSE, sizeof(TamisChange));
    g_autoptr(GArray) cancelled = g_array_new(FALSE, FALSE, sizeof(TamisFormula));
    g_autoptr(GArray) kept = g_array_new(FALSE, FALSE, sizeof(TamisFormula));
    g_autoptr(GArray) filed = g_array_new(FALSE, FALSE, sizeof(TamisFormula));
    g_autoptr(GHashTable) sent = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) encrypted = g_hash_table_new(NULL, NULL);
    Making making = {
        .flows = flows,
        .active = active,
        .mailbox = tamis_policy_mailbox(flows->policy, mailbox),
        .actions = actions,
        .changes = changes,
        .cancelled = cancelled,
        .kept = kept,
        .filed = filed,
        .sent = sent,
        .encrypted = encrypted,
    };

    make_guards(&making);
    for_kind(&making, FALSE, note_action);
    for_kind(&making, TRUE, add_mark);
    for_kind(&making, FALSE, add_action);
    settle_copies(&making);
    return finish(&making, blobs);
}

TamisPolicyFlows *
tamis_policy_flows_new(const TamisPolicy *policy, TamisFormulas *formulas)
{
    TamisPolicyFlows *flows = g_new0(TamisPolicyFlows, 1);

    flows->policy = policy;
    flows->formulas = formulas;
    /* Pages of a large one that nobody asks for are never touched. */
    flows->conditions = g_new0(TamisFormula, MAX(policy->conditions->len, 1));
    return flows;
}

void
tamis_policy_flows_free(TamisPolicyFlows *flows)
{
    if (flows == NULL)
        return;
    g_free(flows->conditions);
    g_free(flows);
}
