/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Each mailbox is written down as a row of numbers in which names do not occur; equal rows are one
 * shape. */
#include "model/mailbox-shape.h"

#include <string.h>

/* Targets of several forwards that are compared with each other; in more of them only lists that are
 * shared are the same. */
#define MAX_COMPARED 64

typedef struct {
    guint64 hash;
    guint32 first, n; /* of words */
    guint32 first_mailbox, n_mailboxes;
} Shape;

struct TamisShapes {
    const TamisPolicy *policy;
    guint8 *asks_recipient; /* by condition */
    guint32 *words;         /* the rows of all shapes, and the one that is being written */
    guint32 n_words, n_allocated;
    GArray *shapes;  /* of Shape */
    guint32 *slots;  /* hash table: index of shapes + 1; 0: free */
    guint32 n_slots; /* a power of 2 */
    guint32 *of_mailbox;
};

/* Rows ------------------------------------------------------------------------------------------ */

static inline void
add(TamisShapes *shapes, guint32 word)
{
    if (G_UNLIKELY(shapes->n_words == shapes->n_allocated)) {
        shapes->n_allocated = MAX(1024, shapes->n_allocated + shapes->n_allocated / 2);
        shapes->words = g_renew(guint32, shapes->words, shapes->n_allocated);
    }
    shapes->words[shapes->n_words++] = word;
}

static inline void
add_long(TamisShapes *shapes, guint64 word)
{
    add(shapes, (guint32)word);
    add(shapes, (guint32)(word >> 32));
}

/* Which conditions ask what the server was given: of these it matters whose mailbox it is. */
static void
find_conditions(TamisShapes *shapes)
{
    const TamisPolicy *policy = shapes->policy;
    gboolean changed = TRUE;

    shapes->asks_recipient = g_new0(guint8, MAX(policy->conditions->len, 1));
    for (guint i = 0; i < policy->conditions->len; i++) {
        const TamisCondition *condition = tamis_policy_condition(policy, i);
        const TamisTest *test = condition->kind == TAMIS_CONDITION_TEST
                                    ? tamis_policy_test(policy, condition->test)
                                    : NULL;

        shapes->asks_recipient[i] =
            test != NULL && test->kind == TAMIS_TEST_ENVELOPE && test->field != TAMIS_FIELD_FROM;
    }
    /* Parts mostly stand before what they are part of, so that this is done in two rounds. */
    while (changed) {
        changed = FALSE;
        for (guint i = 0; i < policy->conditions->len; i++) {
            TamisSlice parts = tamis_policy_condition(policy, i)->children;
            gboolean asks = shapes->asks_recipient[i];

            for (guint32 j = parts.first; j < parts.first + parts.n && !asks; j++)
                asks = shapes->asks_recipient[g_array_index(policy->condition_children,
                                                            TamisConditionId, j)];
            changed |= asks != shapes->asks_recipient[i];
            shapes->asks_recipient[i] = asks;
        }
    }
}

/* The targets of several forwards: which of them are the same. */
typedef struct {
    guint32 n_forwards;
    guint32 n_targets;
    guint32 n_known;
    TamisString known[MAX_COMPARED];
} Targets;

static void
count_targets(const TamisPolicy *policy, const TamisMailbox *mailbox, Targets *targets)
{
    targets->n_forwards = targets->n_targets = targets->n_known = 0;
    for (guint32 i = 0; i < mailbox->routes.n; i++) {
        TamisSlice actions = tamis_policy_route(policy, mailbox->routes.first + i)->actions;

        for (guint32 j = actions.first; j < actions.first + actions.n; j++) {
            const TamisAction *action = tamis_policy_action(policy, j);

            targets->n_forwards += action->kind == TAMIS_DO_FORWARD;
            targets->n_targets += action->targets.n;
        }
    }
}

static void
add_compared(TamisShapes *shapes, TamisSlice list, Targets *targets)
{
    for (guint32 i = list.first; i < list.first + list.n; i++) {
        TamisString key = tamis_policy_target(shapes->policy, i)->address.key;
        guint32 at = 0;

        while (at < targets->n_known && targets->known[at] != key)
            at++;
        if (at == targets->n_known)
            targets->known[targets->n_known++] = key;
        add(shapes, at);
    }
}

/* One list has each target once, so that nothing needs to be compared. */
static void
add_targets(TamisShapes *shapes, const TamisAction *action, Targets *targets)
{
    gboolean is_compared = targets->n_forwards > 1 && targets->n_targets <= MAX_COMPARED;

    add(shapes, action->encryption);
    add(shapes, action->targets.n);
    if (action->encryption != TAMIS_NO_INDEX || (targets->n_forwards > 1 && !is_compared))
        add(shapes, action->targets.first);
    if (is_compared)
        add_compared(shapes, action->targets, targets);
}

static void
add_action(TamisShapes *shapes, const TamisAction *action, Targets *targets)
{
    add(shapes, action->kind | (guint32)action->one_of << 8 | (guint32)action->without_copy << 16);
    switch ((TamisActionKindOf)action->kind) {
    case TAMIS_DO_FORWARD:
        add_targets(shapes, action, targets);
        break;
    case TAMIS_DO_REPLY:
        add(shapes, action->name != 0);
        add(shapes, action->from);
        add_long(shapes, (guint64)action->every_s);
        break;
    case TAMIS_DO_KEEP:
    case TAMIS_DO_MARK:
        add(shapes, action->name);
        add(shapes, action->text);
        break;
    case TAMIS_DO_REJECT:
    case TAMIS_DO_DISCARD:
    case TAMIS_DO_FINAL:
        break;
    }
}

static void
add_route(TamisShapes *shapes, const TamisRoute *route, Targets *targets)
{
    add(shapes, route->name);
    add_long(shapes, (guint64)route->starting);
    add_long(shapes, (guint64)route->until);
    add(shapes, route->when);
    add(shapes, route->otherwise != FALSE);
    add(shapes, route->actions.n);
    for (guint32 i = 0; i < route->actions.n; i++)
        add_action(shapes, tamis_policy_action(shapes->policy, route->actions.first + i), targets);
}

static void
add_mailbox(TamisShapes *shapes, const TamisMailbox *mailbox)
{
    gboolean asks_recipient = FALSE;
    Targets targets;

    count_targets(shapes->policy, mailbox, &targets);
    add(shapes, mailbox->limits);
    add(shapes, mailbox->aliases.n);
    for (guint32 i = 0; i < mailbox->routes.n; i++) {
        const TamisRoute *route = tamis_policy_route(shapes->policy, mailbox->routes.first + i);

        add_route(shapes, route, &targets);
        asks_recipient |= shapes->asks_recipient[route->when];
    }
    if (asks_recipient)
        add(shapes, mailbox->address.key);
}

/* Shapes ---------------------------------------------------------------------------------------- */

static guint64
hash_words(const guint32 *words, guint32 n)
{
    guint64 hash = n;

    for (guint32 i = 0; i < n; i++) {
        hash = (hash ^ words[i]) * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
        hash ^= hash >> 29;
    }
    return hash;
}

static guint32 *
find_slot(const TamisShapes *shapes, guint64 hash, const guint32 *words, guint32 n)
{
    for (guint32 i = (guint32)hash;; i++) {
        guint32 *slot = &shapes->slots[i & (shapes->n_slots - 1)];
        const Shape *shape;

        if (*slot == 0)
            return slot;
        shape = &g_array_index(shapes->shapes, Shape, *slot - 1);
        if (shape->hash == hash && shape->n == n &&
            memcmp(&shapes->words[shape->first], words, n * sizeof *words) == 0)
            return slot;
    }
}

static void
make_room(TamisShapes *shapes)
{
    if (shapes->shapes->len * 2 < shapes->n_slots)
        return;
    g_free(shapes->slots);
    shapes->n_slots = MAX(shapes->n_slots * 2, 64);
    shapes->slots = g_new0(guint32, shapes->n_slots);
    for (guint i = 0; i < shapes->shapes->len; i++) {
        guint32 at = (guint32)g_array_index(shapes->shapes, Shape, i).hash;

        while (shapes->slots[at & (shapes->n_slots - 1)] != 0)
            at++;
        shapes->slots[at & (shapes->n_slots - 1)] = i + 1;
    }
}

static guint32
find_shape(TamisShapes *shapes, guint32 mailbox)
{
    Shape shape = {.first = shapes->n_words, .first_mailbox = mailbox};
    guint32 *slot;

    make_room(shapes);
    add_mailbox(shapes, tamis_policy_mailbox(shapes->policy, mailbox));
    shape.n = shapes->n_words - shape.first;
    shape.hash = hash_words(&shapes->words[shape.first], shape.n);
    slot = find_slot(shapes, shape.hash, &shapes->words[shape.first], shape.n);
    if (*slot != 0) {
        shapes->n_words = shape.first;
    } else {
        g_array_append_val(shapes->shapes, shape);
        *slot = shapes->shapes->len;
    }
    g_array_index(shapes->shapes, Shape, *slot - 1).n_mailboxes++;
    return *slot - 1;
}

TamisShapes *
tamis_shapes_new(const TamisPolicy *policy)
{
    TamisShapes *shapes = g_new0(TamisShapes, 1);

    shapes->policy = policy;
    shapes->shapes = g_array_new(FALSE, FALSE, sizeof(Shape));
    shapes->of_mailbox = g_new(guint32, MAX(policy->mailboxes->len, 1));
    find_conditions(shapes);
    for (guint i = 0; i < policy->mailboxes->len; i++)
        shapes->of_mailbox[i] = find_shape(shapes, i);
    /* Only for making them. */
    g_clear_pointer(&shapes->slots, g_free);
    g_clear_pointer(&shapes->asks_recipient, g_free);
    g_clear_pointer(&shapes->words, g_free);
    return shapes;
}

void
tamis_shapes_free(TamisShapes *shapes)
{
    if (shapes == NULL)
        return;
    g_array_unref(shapes->shapes);
    g_free(shapes->of_mailbox);
    g_free(shapes);
}

guint32
tamis_shapes_count(const TamisShapes *shapes)
{
    return shapes->shapes->len;
}

guint32
tamis_shapes_get(const TamisShapes *shapes, guint32 mailbox)
{
    return shapes->of_mailbox[mailbox];
}

guint32
tamis_shapes_first(const TamisShapes *shapes, guint32 shape)
{
    return g_array_index(shapes->shapes, Shape, shape).first_mailbox;
}

guint32
tamis_shapes_n_mailboxes(const TamisShapes *shapes, guint32 shape)
{
    return g_array_index(shapes->shapes, Shape, shape).n_mailboxes;
}
