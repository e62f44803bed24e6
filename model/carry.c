/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Stops of a message's way, and formulas rewritten over the message that set out: node by node, each once. What a
 * stop does not touch stays the same formula. */
#include "model/carry-private.h"

#include <string.h>

/* What a formula's atoms look at. */
enum {
    LOOKS_AT_VERSION = 1, /* a message that the flow has changed */
    LOOKS_AT_RECIPIENT = 2,
    LOOKS_AT_SENDER = 4,
    LOOKS_AT_CHANCE = 8, /* shares, opaque tests */
    LOOKS_AT_CONTENT = 16,
    LOOKS_KNOWN = 128,
};

static void
free_stop(gpointer data)
{
    TamisStop *stop = data;

    g_array_unref(stop->changes);
    g_free(stop);
}

TamisCarry *
tamis_carry_new(TamisFormulas *formulas, const char *delimiter)
{
    TamisCarry *carry = g_new0(TamisCarry, 1);

    carry->formulas = formulas;
    carry->strings = tamis_formulas_get_strings(formulas);
    carry->delimiter = delimiter != NULL ? delimiter : "";
    carry->stops = g_ptr_array_new_with_free_func(free_stop);
    carry->looks = g_array_new(FALSE, TRUE, sizeof(guint8));
    carry->carried = g_hash_table_new(NULL, NULL);
    carry->changes = g_array_new(FALSE, FALSE, sizeof(TamisChange));
    return carry;
}

void
tamis_carry_free(TamisCarry *carry)
{
    if (carry == NULL)
        return;
    g_ptr_array_unref(carry->stops);
    g_array_unref(carry->looks);
    g_hash_table_unref(carry->carried);
    g_array_unref(carry->changes);
    g_free(carry);
}

/* What formulas look at -------------------------------------------------------------------------- */

static gboolean
has_name(TamisCarry *carry, const TamisAtom *atom, const char *name)
{
    for (guint32 i = 0; i < atom->names.n; i++) {
        if (g_ascii_strcasecmp(tamis_carry_name(carry, atom, i), name) == 0)
            return TRUE;
    }
    return FALSE;
}

static guint8
atom_looks_at(TamisCarry *carry, const TamisAtom *atom)
{
    guint8 looks = atom->version > 0 ? LOOKS_AT_VERSION : 0;

    switch ((TamisAtomKind)atom->kind) {
    case TAMIS_ATOM_HEADER:
    case TAMIS_ATOM_ADDRESS:
    case TAMIS_ATOM_EXISTS:
    case TAMIS_ATOM_DATE:
    case TAMIS_ATOM_BODY:
    case TAMIS_ATOM_SIZE:
        return looks | LOOKS_AT_CONTENT;
    case TAMIS_ATOM_ADDRESSED:
        return looks | LOOKS_AT_CONTENT | LOOKS_AT_RECIPIENT;
    case TAMIS_ATOM_ENVELOPE:
        return looks | (has_name(carry, atom, "to") ? LOOKS_AT_RECIPIENT : 0) |
               (has_name(carry, atom, "from") ? LOOKS_AT_SENDER : 0);
    case TAMIS_ATOM_SHARE:
    case TAMIS_ATOM_OPAQUE:
        return looks | LOOKS_AT_CHANCE;
    default:
        return looks;
    }
}

static guint8
looks_at(TamisCarry *carry, TamisFormula formula)
{
    TamisFormulaKind kind = tamis_formulas_kind(carry->formulas, formula);
    guint8 looks = LOOKS_KNOWN;
    guint32 n = 0;
    const TamisFormula *children;

    if (formula >= carry->looks->len)
        g_array_set_size(carry->looks, tamis_formulas_count(carry->formulas));
    if (g_array_index(carry->looks, guint8, formula) != 0)
        return g_array_index(carry->looks, guint8, formula);
    if (kind == TAMIS_FORMULA_ATOM) {
        looks |= atom_looks_at(carry, tamis_formulas_get_atom(carry->formulas, formula));
    } else if (kind != TAMIS_FORMULA_CONSTANT) {
        children = tamis_formulas_children(carry->formulas, formula, &n);
        for (guint32 i = 0; i < n; i++)
            looks |= looks_at(carry, children[i]);
    }
    g_array_index(carry->looks, guint8, formula) = looks;
    return looks;
}

static guint8
touched_by(const TamisStop *stop)
{
    return LOOKS_AT_VERSION | (stop->recipient != 0 ? LOOKS_AT_RECIPIENT : 0) |
           (stop->sender_kind != TAMIS_SENDER_AS_SENT ? LOOKS_AT_SENDER : 0) |
           (stop->hop > 0 ? LOOKS_AT_CHANCE : 0) | (stop->changes->len > 0 ? LOOKS_AT_CONTENT : 0);
}

/* Rewriting -------------------------------------------------------------------------------------- */

static TamisFormula
carry_children(TamisCarry *carry, TamisFormula formula, TamisFormulaKind kind)
{
    guint32 n = 0;
    const TamisFormula *lent = tamis_formulas_children(carry->formulas, formula, &n);
    g_autofree TamisFormula *children = g_memdup2(lent, n * sizeof *children);

    for (guint32 i = 0; i < n; i++)
        children[i] = tamis_carry_formula(carry, children[i]);
    if (kind == TAMIS_FORMULA_NOT)
        return tamis_formulas_not(carry->formulas, children[0]);
    return kind == TAMIS_FORMULA_AND ? tamis_formulas_and(carry->formulas, children, n)
                                     : tamis_formulas_or(carry->formulas, children, n);
}

TamisFormula
tamis_carry_formula(TamisCarry *carry, TamisFormula formula)
{
    TamisFormulaKind kind = tamis_formulas_kind(carry->formulas, formula);
    gpointer known;
    TamisFormula carried;

    if ((looks_at(carry, formula) & carry->touched) == 0)
        return formula;
    known = g_hash_table_lookup(carry->carried, GUINT_TO_POINTER(formula));
    if (known != NULL)
        return GPOINTER_TO_UINT(known) - 1;
    if (kind == TAMIS_FORMULA_ATOM) {
        TamisAtom atom = *tamis_formulas_get_atom(carry->formulas, formula);

        carried = tamis_carry_atom(carry, formula, &atom);
    } else {
        carried = carry_children(carry, formula, kind);
    }
    g_hash_table_insert(carry->carried, GUINT_TO_POINTER(formula), GUINT_TO_POINTER(carried + 1));
    return carried;
}

static gboolean
is_same_change(const TamisChange *a, const TamisChange *b)
{
    return a->guard == b->guard && a->kind == b->kind && a->last == b->last &&
           a->is_unknown == b->is_unknown && a->match == b->match && a->relation == b->relation &&
           a->comparator == b->comparator && a->index == b->index && a->name == b->name &&
           a->value == b->value && a->keys.first == b->keys.first && a->keys.n == b->keys.n;
}

static gboolean
are_same_changes(const GArray *known, const TamisFlow *flow)
{
    if (known->len != flow->n_changes)
        return FALSE;
    for (guint i = 0; i < known->len; i++)
        if (!is_same_change(&g_array_index(known, TamisChange, i), &flow->changes[i]))
            return FALSE;
    return TRUE;
}

/* What was rewritten is kept as long as a flow of the same changes at the same stop is asked for: flows come
 * and go at one address. */
static void
enter(TamisCarry *carry, const TamisStop *stop, const TamisFlow *flow)
{
    gboolean same = carry->stop == stop && are_same_changes(carry->changes, flow);

    carry->stop = stop;
    carry->flow = flow;
    if (same)
        return;
    g_array_set_size(carry->changes, 0);
    g_array_append_vals(carry->changes, flow->changes, flow->n_changes);
    carry->touched = touched_by(stop);
    g_hash_table_remove_all(carry->carried);
}

TamisFormula
tamis_carry_guard(TamisCarry *carry, const TamisStop *stop, const TamisFlow *flow,
                  TamisFormula guard)
{
    enter(carry, stop, flow);
    return tamis_carry_formula(carry, guard);
}

/* Stops ------------------------------------------------------------------------------------------ */

static TamisStop *
add_stop(TamisCarry *carry, const TamisStop *before)
{
    TamisStop *stop = g_new0(TamisStop, 1);

    if (before != NULL)
        *stop = *before;
    stop->changes = g_array_new(FALSE, FALSE, sizeof(TamisChange));
    if (before != NULL)
        g_array_append_vals(stop->changes, before->changes->data, before->changes->len);
    g_ptr_array_add(carry->stops, stop);
    return stop;
}

const TamisStop *
tamis_carry_start(TamisCarry *carry)
{
    return add_stop(carry, NULL);
}

const TamisStop *
tamis_carry_readdress(TamisCarry *carry, const TamisStop *stop, TamisString recipient)
{
    TamisStop *same;

    if (recipient == 0 || recipient == stop->recipient)
        return stop;
    same = add_stop(carry, stop);
    same->recipient = recipient;
    return same;
}

static void
set_sender(TamisStop *next, const TamisStop *stop, TamisSenderRule rule, TamisString sender)
{
    if (rule == TAMIS_SENDER_RECIPIENT && stop->recipient == 0) {
        next->sender_kind = TAMIS_SENDER_FIRST_RECIPIENT;
    } else if (rule != TAMIS_SENDER_KEPT) {
        next->sender_kind = TAMIS_SENDER_WRITTEN;
        next->sender = rule == TAMIS_SENDER_RECIPIENT ? stop->recipient : sender;
    }
}

const TamisStop *
tamis_carry_send(TamisCarry *carry, const TamisStop *stop, const TamisFlow *flow, guint32 version,
                 TamisString recipient, TamisSenderRule rule, TamisString sender)
{
    TamisStop *next = add_stop(carry, stop);

    next->hop++;
    next->recipient = recipient;
    set_sender(next, stop, rule, sender);
    for (guint32 i = 0; i < MIN(version, flow->n_changes); i++) {
        TamisChange change = flow->changes[i];

        change.guard = tamis_carry_guard(carry, stop, flow, change.guard);
        if (change.guard != TAMIS_FORMULA_FALSE)
            g_array_append_val(next->changes, change);
    }
    return next;
}

void
tamis_carry_forget(TamisCarry *carry)
{
    g_ptr_array_set_size(carry->stops, 0);
    g_hash_table_remove_all(carry->carried);
    carry->stop = NULL;
    carry->flow = NULL;
    g_array_set_size(carry->changes, 0);
}

/* Recipients ------------------------------------------------------------------------------------- */

static TamisFormula
envelope_to(TamisCarry *carry, TamisKeyMatch match, GArray *keys)
{
    TamisString name = tamis_strings_add(carry->strings, "to", 2);
    TamisAtom atom = {.kind = TAMIS_ATOM_ENVELOPE,
                      .match = (guint8)match,
                      .names = tamis_formulas_list(carry->formulas, &name, 1),
                      .keys = tamis_formulas_list(carry->formulas,
                                                  (TamisString *)(gpointer)keys->data, keys->len)};

    return tamis_formulas_atom(carry->formulas, &atom);
}

/* "zhang@acme.example" as "zhang+*@acme.example", what a glob takes for more than itself escaped. */
static void
append_below(TamisCarry *carry, const char *key, GArray *globs)
{
    const char *at = strrchr(key, '@');
    g_autoptr(GString) glob = g_string_new(NULL);
    TamisString string;

    if (at == NULL)
        return;
    for (const char *c = key; *c != '\0'; c++) {
        if (c == at)
            g_string_append_printf(glob, "%s*", carry->delimiter);
        if (strchr("*?\\", *c) != NULL)
            g_string_append_c(glob, '\\');
        g_string_append_c(glob, *c);
    }
    string = tamis_strings_add(carry->strings, glob->str, glob->len);
    g_array_append_val(globs, string);
}

TamisFormula
tamis_carry_addressed_to(TamisCarry *carry, const TamisString *keys, guint32 n)
{
    g_autoptr(GArray) own = g_array_new(FALSE, FALSE, sizeof(TamisString));
    g_autoptr(GArray) below = g_array_new(FALSE, FALSE, sizeof(TamisString));
    TamisFormula is_own;

    g_array_append_vals(own, keys, n);
    for (guint32 i = 0; i < n && *carry->delimiter != '\0'; i++)
        append_below(carry, tamis_strings_get(carry->strings, keys[i]), below);
    is_own = envelope_to(carry, TAMIS_KEYS_IS, own);
    if (below->len == 0)
        return is_own;
    return tamis_formulas_or2(carry->formulas, is_own, envelope_to(carry, TAMIS_KEYS_MATCH, below));
}
