/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The values of one header field after additions and deletions: those it set out with, and around them those
 * that were added, each with the guard under which it is there. Where a deletion by number can reach into
 * those it set out with, and there may be several, what is asked is opaque. */
#include "model/carry-private.h"
#include "model/message.h"

#include <string.h>

enum { MAX_INDEX = 16, MAX_LOSSES = 4 };

/* One value that was added; or, in its place among them, those that were there (value NULL). */
typedef struct {
    const char *value;
    TamisFormula there; /* of those that were there: that none was deleted */
} Item;

/* Of those that were there such as meet the test are deleted under a guard. */
typedef struct {
    TamisFormula test; /* an atom of HEADER */
    TamisFormula guard;
} Loss;

typedef struct {
    TamisCarry *carry;
    TamisFormulas *formulas;
    const TamisAtom *atom; /* of one name */
    const char *name;
    GArray *items;           /* of Item, from the top */
    Loss losses[MAX_LOSSES]; /* of a field that may repeat; tests differ */
    guint n_losses;
    TamisFormula blurred; /* nothing is known */
} Values;

gboolean
tamis_carry_changes(const TamisCarry *carry, const TamisChange *change, const char *name)
{
    return change->kind != TAMIS_FLOW_FILTER && !change->is_unknown &&
           g_ascii_strcasecmp(tamis_strings_get(carry->strings, change->name), name) == 0;
}

static TamisFormula
both(const Values *values, TamisFormula a, TamisFormula b)
{
    return tamis_formulas_and2(values->formulas, a, b);
}

static TamisFormula
either(const Values *values, TamisFormula a, TamisFormula b)
{
    return tamis_formulas_or2(values->formulas, a, b);
}

static TamisFormula
no(const Values *values, TamisFormula a)
{
    return tamis_formulas_not(values->formulas, a);
}

static TamisFormula
constant(gboolean holds)
{
    return holds ? TAMIS_FORMULA_TRUE : TAMIS_FORMULA_FALSE;
}

static Item *
item_at(const Values *values, guint i)
{
    return &g_array_index(values->items, Item, i);
}

/* That the field was there at all when the message set out. */
static TamisFormula
existed(const Values *values)
{
    TamisAtom atom = {.kind = TAMIS_ATOM_EXISTS, .names = values->atom->names};

    return tamis_formulas_atom(values->formulas, &atom);
}

/* Changes ---------------------------------------------------------------------------------------- */

static void
delete_all(Values *values, TamisFormula guard)
{
    for (guint i = 0; i < values->items->len; i++)
        item_at(values, i)->there = both(values, item_at(values, i)->there, no(values, guard));
    values->blurred = both(values, values->blurred, no(values, guard));
}

/* counts[k]: that k values were passed so far. */
static void
count_item(const Values *values, TamisFormula *counts, guint32 n, TamisFormula there)
{
    for (guint32 k = n; k-- > 0;) {
        TamisFormula stays = both(values, counts[k], no(values, there));

        counts[k] = k > 0 ? either(values, stays, both(values, counts[k - 1], there)) : stays;
    }
}

static void
delete_one(Values *values, const TamisChange *change)
{
    TamisFormula counts[MAX_INDEX] = {TAMIS_FORMULA_TRUE};
    guint32 index = change->index;

    if (index > MAX_INDEX) {
        values->blurred = either(values, values->blurred, change->guard);
        return;
    }
    for (guint i = 0; i < values->items->len; i++) {
        Item *item = item_at(values, change->last ? values->items->len - 1 - i : i);
        TamisFormula there = item->there, deleted;

        if (item->value == NULL) {
            TamisFormula reaches = change->guard, passed = TAMIS_FORMULA_FALSE;

            for (guint32 k = 0; k < index; k++)
                passed = either(values, passed, counts[k]);
            there = both(values, there, existed(values));
            reaches = both(values, both(values, reaches, passed), there);
            if (!tamis_header_is_single(values->name) && reaches != TAMIS_FORMULA_FALSE)
                values->blurred = either(values, values->blurred, reaches);
        }
        deleted = both(values, change->guard, counts[index - 1]);
        item->there = both(values, item->there, no(values, deleted));
        count_item(values, counts, index, there);
    }
}

/* The atom's own test, and what is deleted, have to be of a kind that a value can be held against both at once. */
static gboolean
may_except(const Values *values, const TamisAtom *test)
{
    const TamisAtom *atom = values->atom;

    return (atom->kind == TAMIS_ATOM_EXISTS ||
            (atom->kind == TAMIS_ATOM_HEADER && atom->match != TAMIS_KEYS_COUNT &&
             atom->match != TAMIS_KEYS_REGEX && atom->comparator != TAMIS_COMPARATOR_UNICODE)) &&
           test->match != TAMIS_KEYS_REGEX && test->comparator != TAMIS_COMPARATOR_UNICODE;
}

static void
lose(Values *values, const TamisAtom *test, TamisFormula guard)
{
    TamisFormula formula = tamis_formulas_atom(values->formulas, test);
    guint i = 0;

    while (i < values->n_losses && values->losses[i].test != formula)
        i++;
    if (i == MAX_LOSSES || !may_except(values, test)) {
        values->blurred = either(values, values->blurred, both(values, guard, formula));
        return;
    }
    if (i == values->n_losses)
        values->losses[values->n_losses++] = (Loss){formula, TAMIS_FORMULA_FALSE};
    values->losses[i].guard = either(values, values->losses[i].guard, guard);
}

/* RFC 5293, 5: only fields with a value that meets a key. */
static void
delete_some(Values *values, const TamisChange *change)
{
    TamisAtom test = {.kind = TAMIS_ATOM_HEADER,
                      .match = change->match,
                      .relation = change->relation,
                      .comparator = change->comparator,
                      .names = values->atom->names,
                      .keys = change->keys};

    for (guint i = 0; i < values->items->len; i++) {
        Item *item = item_at(values, i);
        TamisFormula reaches = both(values, change->guard, item->there);

        reaches = both(values, reaches,
                       item->value == NULL
                           ? tamis_formulas_atom(values->formulas, &test)
                           : constant(tamis_carry_holds(values->carry, &test, values->name,
                                                        item->value, "", "")));
        if (reaches == TAMIS_FORMULA_FALSE)
            continue;
        if (change->index > 0)
            values->blurred = either(values, values->blurred, reaches);
        else if (item->value == NULL && !tamis_header_is_single(values->name))
            lose(values, &test, both(values, change->guard, item->there));
        else
            item->there = both(values, item->there, no(values, reaches));
    }
}

static void
apply(Values *values, const TamisChange *change)
{
    Item item = {tamis_strings_get(values->carry->strings, change->value), change->guard};

    if (change->kind == TAMIS_FLOW_MARK)
        g_array_insert_vals(values->items, change->last ? values->items->len : 0, &item, 1);
    else if (change->keys.n > 0)
        delete_some(values, change);
    else if (change->index == 0)
        delete_all(values, change->guard);
    else
        delete_one(values, change);
}

/* Tests ------------------------------------------------------------------------------------------ */

static TamisFormula
plain_atom(const Values *values)
{
    TamisAtom plain = *values->atom;

    plain.version = 0;
    return tamis_formulas_atom(values->formulas, &plain);
}

/* A value that meets the atom and none of the losses in the set. */
static TamisFormula
atom_without(const Values *values, guint set)
{
    TamisAtom atom = *values->atom;
    TamisFormula tests[MAX_LOSSES];
    guint n = 0;

    if (set == 0)
        return plain_atom(values);
    for (guint i = 0; i < values->n_losses; i++)
        if (set >> i & 1)
            tests[n++] = values->losses[i].test;
    if (atom.kind == TAMIS_ATOM_EXISTS) {
        TamisString any = 0;

        atom.kind = TAMIS_ATOM_HEADER;
        atom.match = TAMIS_KEYS_CONTAIN;
        atom.keys = tamis_formulas_list(values->formulas, &any, 1);
    }
    atom.version = 0;
    atom.except = tamis_formulas_list(values->formulas, tests, n);
    return tamis_formulas_atom(values->formulas, &atom);
}

/* One of those that were there meets it and is left: for some set of losses it meets none of them, and no other
 * happens. */
static TamisFormula
some_left(const Values *values)
{
    TamisFormula any = TAMIS_FORMULA_FALSE;

    for (guint set = 0; set < 1u << values->n_losses; set++) {
        TamisFormula left = TAMIS_FORMULA_TRUE;

        for (guint i = 0; i < values->n_losses; i++)
            if (!(set >> i & 1))
                left = both(values, left, no(values, values->losses[i].guard));
        if (left != TAMIS_FORMULA_FALSE)
            any = either(values, any, both(values, left, atom_without(values, set)));
    }
    return any;
}

/* Whom a value names is compared with whom the message set out for. */
static TamisFormula
names_first_recipient(const Values *values, const char *value)
{
    g_autoptr(TamisMessage) message = tamis_message_new();
    TamisCarry *carry = values->carry;
    g_autoptr(GArray) keys = g_array_new(FALSE, FALSE, sizeof(TamisString));
    TamisString to = tamis_strings_add(carry->strings, "to", 2);
    TamisAtom atom = {.kind = TAMIS_ATOM_ENVELOPE};
    const TamisMailAddress *addresses;
    guint n = 0;

    tamis_message_append_header(message, values->name, value);
    addresses = tamis_message_get_addresses(message, values->name, &n);
    for (guint i = 0; i < n; i++) {
        g_autofree char *lower = g_ascii_strdown(addresses[i].whole, -1);
        TamisString key = tamis_strings_add(carry->strings, lower, strlen(lower));

        g_array_append_val(keys, key);
    }
    if (n == 0)
        return TAMIS_FORMULA_FALSE;
    atom.names = tamis_formulas_list(carry->formulas, &to, 1);
    atom.keys =
        tamis_formulas_list(carry->formulas, (TamisString *)(gpointer)keys->data, keys->len);
    return tamis_formulas_atom(carry->formulas, &atom);
}

static TamisFormula
value_meets(const Values *values, const char *value)
{
    if (values->atom->kind == TAMIS_ATOM_ADDRESSED)
        return names_first_recipient(values, value);
    return constant(tamis_carry_holds(values->carry, values->atom, values->name, value, "", ""));
}

/* One value that meets it is enough; for existence any is. */
static TamisFormula
some_value(const Values *values)
{
    TamisFormula any = TAMIS_FORMULA_FALSE;

    for (guint i = 0; i < values->items->len; i++) {
        const Item *item = item_at(values, i);
        TamisFormula meets =
            item->value != NULL ? value_meets(values, item->value) : some_left(values);

        any = either(values, any, both(values, item->there, meets));
    }
    return any;
}

/* The first value alone: those above it are not there. */
static TamisFormula
first_value(const Values *values)
{
    TamisFormula any = TAMIS_FORMULA_FALSE, none = TAMIS_FORMULA_TRUE;

    for (guint i = 0; i < values->items->len; i++) {
        const Item *item = item_at(values, i);
        TamisFormula there = item->there, meets;

        if (item->value == NULL)
            there = both(values, there, existed(values));
        meets = item->value != NULL ? value_meets(values, item->value) : plain_atom(values);
        any = either(values, any, both(values, both(values, none, there), meets));
        none = both(values, none, no(values, there));
    }
    return either(
        values, any,
        both(values, none,
             constant(tamis_carry_holds(values->carry, values->atom, NULL, NULL, "", ""))));
}

/* Counts ----------------------------------------------------------------------------------------- */

static guint32
count_of(const Values *values, const char *value)
{
    for (guint32 count = 0; count < 64; count++) {
        TamisAtom is = *values->atom;
        g_autofree char *number = g_strdup_printf("%u", count);
        TamisString key = tamis_strings_add(values->carry->strings, number, strlen(number));

        is.relation = TAMIS_RELATION_EQ;
        is.comparator = TAMIS_COMPARATOR_NUMERIC;
        is.keys = tamis_formulas_list(values->formulas, &key, 1);
        if (tamis_carry_holds(values->carry, &is, values->name, value, "", ""))
            return count;
    }
    return 64;
}

/* That those the message set out with, and `more`, are a number that meets a key. FALSE where that cannot be
 * said with one atom. */
static gboolean
shifted(const Values *values, guint32 more, TamisFormula *out)
{
    TamisCarry *carry = values->carry;
    TamisAtom less = *values->atom;
    g_autoptr(GArray) keys = g_array_new(FALSE, FALSE, sizeof(TamisString));

    less.version = 0;
    less.comparator = TAMIS_COMPARATOR_NUMERIC;
    for (guint32 i = 0; i < values->atom->keys.n; i++) {
        TamisString key = tamis_formulas_list_get(values->formulas, values->atom->keys, i);
        const char *text = tamis_strings_get(carry->strings, key);
        gsize length = strlen(text);
        guint64 number = g_ascii_strtoull(text, NULL, 10);
        char smaller[24];

        if (length == 0 || length > 9 || strspn(text, "0123456789") != length ||
            (values->atom->comparator != TAMIS_COMPARATOR_NUMERIC &&
             ((length > 1 && *text == '0') || (values->atom->relation != TAMIS_RELATION_EQ &&
                                               values->atom->relation != TAMIS_RELATION_NE))))
            return FALSE;
        if (number >= more) {
            g_snprintf(smaller, sizeof smaller, "%" G_GUINT64_FORMAT, number - more);
            key = tamis_strings_add(carry->strings, smaller, strlen(smaller));
            g_array_append_val(keys, key);
        } else if (values->atom->relation == TAMIS_RELATION_NE ||
                   values->atom->relation == TAMIS_RELATION_GT ||
                   values->atom->relation == TAMIS_RELATION_GE) {
            *out = TAMIS_FORMULA_TRUE;
            return TRUE;
        }
    }
    less.keys =
        tamis_formulas_list(values->formulas, (TamisString *)(gpointer)keys->data, keys->len);
    *out = keys->len > 0 ? tamis_formulas_atom(values->formulas, &less) : TAMIS_FORMULA_FALSE;
    return TRUE;
}

static gboolean
number_meets(const Values *values, guint32 number)
{
    TamisCarry *carry = values->carry;
    TamisAtom as_value = *values->atom;
    g_autofree char *text = g_strdup_printf("%u", number);

    as_value.kind = TAMIS_ATOM_HEADER;
    as_value.match = TAMIS_KEYS_VALUE;
    return tamis_carry_holds(carry, &as_value, values->name, text, "", "");
}

/* By how many values more there are; FALSE: opaque. */
static gboolean
count_values(const Values *values, TamisFormula *out)
{
    TamisFormula kept = TAMIS_FORMULA_TRUE, any = TAMIS_FORMULA_FALSE;
    TamisFormula counts[MAX_INDEX] = {TAMIS_FORMULA_TRUE};

    for (guint i = 0; i < values->items->len; i++) {
        const Item *item = item_at(values, i);
        guint32 n = item->value != NULL ? count_of(values, item->value) : 0;

        if (item->value == NULL)
            kept = item->there;
        if (n > 1 || values->items->len > MAX_INDEX)
            return FALSE;
        if (n == 1)
            count_item(values, counts, MAX_INDEX, item->there);
    }
    for (guint32 k = 0; k < MAX_INDEX; k++) {
        TamisFormula with = TAMIS_FORMULA_FALSE, without = constant(number_meets(values, k));

        if (counts[k] == TAMIS_FORMULA_FALSE)
            continue;
        if (!shifted(values, k, &with))
            return FALSE;
        with = both(values, kept, with);
        without = both(values, no(values, kept), without);
        any = either(values, any, both(values, counts[k], either(values, with, without)));
    }
    *out = any;
    return TRUE;
}

/* All of it -------------------------------------------------------------------------------------- */

TamisFormula
tamis_carry_field(TamisCarry *carry, TamisFormula formula, const TamisAtom *atom,
                  const TamisChange *changes, guint32 n)
{
    g_autoptr(GArray) items = g_array_new(FALSE, FALSE, sizeof(Item));
    Values values = {.carry = carry,
                     .formulas = carry->formulas,
                     .atom = atom,
                     .name = tamis_carry_name(carry, atom, 0),
                     .items = items,
                     .blurred = TAMIS_FORMULA_FALSE};
    Item first = {NULL, TAMIS_FORMULA_TRUE};
    TamisFormula exact = TAMIS_FORMULA_FALSE;

    g_array_append_val(items, first);
    for (guint32 i = 0; i < n; i++) {
        if (tamis_carry_changes(carry, &changes[i], values.name))
            apply(&values, &changes[i]);
    }
    if (atom->kind == TAMIS_ATOM_DATE)
        exact = first_value(&values);
    else if (atom->match != TAMIS_KEYS_COUNT || atom->kind == TAMIS_ATOM_EXISTS)
        exact = some_value(&values);
    else if (!count_values(&values, &exact))
        values.blurred = TAMIS_FORMULA_TRUE;
    if (values.blurred == TAMIS_FORMULA_FALSE)
        return exact;
    return either(&values, both(&values, values.blurred, tamis_carry_opaque(carry, formula, atom)),
                  both(&values, no(&values, values.blurred), exact));
}
