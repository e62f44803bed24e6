/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Atoms by what they look at: envelope, content, chance. */
#include "model/carry-private.h"

#include <string.h>

const char *
tamis_carry_name(const TamisCarry *carry, const TamisAtom *atom, guint32 i)
{
    return tamis_strings_get(carry->strings,
                             tamis_formulas_list_get(carry->formulas, atom->names, i));
}

TamisAtom
tamis_carry_one_name(TamisCarry *carry, const TamisAtom *atom, guint32 i)
{
    TamisString name = tamis_formulas_list_get(carry->formulas, atom->names, i);
    TamisAtom one = *atom;

    one.names = tamis_formulas_list(carry->formulas, &name, 1);
    return one;
}

TamisFormula
tamis_carry_opaque(TamisCarry *carry, TamisFormula formula, const TamisAtom *atom)
{
    TamisAtom opaque = {.kind = TAMIS_ATOM_OPAQUE,
                        .hop = carry->stop->hop,
                        .number = (guint64)formula + 1,
                        .span = atom->span};

    return tamis_formulas_atom(carry->formulas, &opaque);
}

gboolean
tamis_carry_holds(TamisCarry *carry, const TamisAtom *atom, const char *name, const char *value,
                  const char *envelope_from, const char *envelope_to)
{
    static const TamisFlow no_flow = {0};
    g_autoptr(TamisMessage) message = tamis_message_new();
    TamisDelivery delivery = {envelope_from, envelope_to, 0, {0}};
    g_autoptr(TamisEvaluation) evaluation = NULL;
    TamisAtom plain = *atom;
    TamisFormula formula;

    plain.version = 0;
    formula = tamis_formulas_atom(carry->formulas, &plain);
    if (name != NULL)
        tamis_message_append_header(message, name, value);
    evaluation = tamis_evaluation_new(carry->formulas, NULL, &no_flow, message, &delivery, NULL,
                                      carry->delimiter);
    return tamis_evaluation_holds(evaluation, formula);
}

static TamisFormula
as_it_set_out(TamisCarry *carry, const TamisAtom *atom)
{
    TamisAtom plain = *atom;

    plain.version = 0;
    return tamis_formulas_atom(carry->formulas, &plain);
}

static TamisFormula
constant(gboolean holds)
{
    return holds ? TAMIS_FORMULA_TRUE : TAMIS_FORMULA_FALSE;
}

static TamisFormula
either(TamisCarry *carry, TamisFormula condition, TamisFormula then, TamisFormula otherwise)
{
    TamisFormula not_condition = tamis_formulas_not(carry->formulas, condition);

    return tamis_formulas_or2(carry->formulas,
                              tamis_formulas_and2(carry->formulas, condition, then),
                              tamis_formulas_and2(carry->formulas, not_condition, otherwise));
}

/* Envelope --------------------------------------------------------------------------------------- */

static TamisAtom
with_name(TamisCarry *carry, const TamisAtom *atom, const char *name)
{
    TamisString string = tamis_strings_add(carry->strings, name, strlen(name));
    TamisAtom one = *atom;

    one.version = 0;
    one.names = tamis_formulas_list(carry->formulas, &string, 1);
    return one;
}

/* The sender that a server wrote; the null sender stayed what it was. */
static TamisFormula
carry_sender(TamisCarry *carry, const TamisAtom *atom)
{
    const TamisStop *stop = carry->stop;
    TamisString empty = 0;
    TamisAtom is_null = with_name(carry, atom, "from"), of_recipient = with_name(carry, atom, "to");
    TamisFormula null_sender, written;

    is_null.match = TAMIS_KEYS_IS;
    is_null.comparator = TAMIS_COMPARATOR_CASEMAP;
    is_null.relation = 0;
    is_null.part = TAMIS_ADDRESS_ALL;
    is_null.keys = tamis_formulas_list(carry->formulas, &empty, 1);
    is_null.span = TAMIS_NO_SPAN;
    null_sender = tamis_formulas_atom(carry->formulas, &is_null);
    if (stop->sender_kind == TAMIS_SENDER_WRITTEN)
        written = constant(tamis_carry_holds(carry, atom, NULL, NULL,
                                             tamis_strings_get(carry->strings, stop->sender), ""));
    else
        written = tamis_formulas_atom(carry->formulas, &of_recipient);
    return either(carry, null_sender, constant(tamis_carry_holds(carry, atom, NULL, NULL, "", "")),
                  written);
}

static TamisFormula
carry_envelope_name(TamisCarry *carry, const TamisAtom *atom, guint32 i)
{
    const TamisStop *stop = carry->stop;
    TamisAtom one = tamis_carry_one_name(carry, atom, i);
    gboolean is_from = strcmp(tamis_carry_name(carry, &one, 0), "from") == 0;

    if (is_from && stop->sender_kind != TAMIS_SENDER_AS_SENT)
        return carry_sender(carry, &one);
    if (!is_from && stop->recipient != 0)
        return constant(tamis_carry_holds(carry, &one, NULL, NULL, "",
                                          tamis_strings_get(carry->strings, stop->recipient)));
    return as_it_set_out(carry, &one);
}

static TamisFormula
carry_envelope(TamisCarry *carry, TamisFormula formula, const TamisAtom *atom)
{
    TamisFormula any = TAMIS_FORMULA_FALSE;

    if (atom->match == TAMIS_KEYS_COUNT && atom->names.n > 1)
        return atom->part == TAMIS_ADDRESS_DETAIL ? tamis_carry_opaque(carry, formula, atom)
                                                  : as_it_set_out(carry, atom);
    for (guint32 i = 0; i < atom->names.n; i++)
        any = tamis_formulas_or2(carry->formulas, any, carry_envelope_name(carry, atom, i));
    return any;
}

/* Content ---------------------------------------------------------------------------------------- */

/* Where the recipient is known, a header that names it is one that has this address. */
static TamisAtom
resolve_recipient(TamisCarry *carry, const TamisAtom *atom)
{
    TamisAtom resolved = *atom;
    g_autofree char *lower = NULL;
    TamisString key;

    if (atom->kind != TAMIS_ATOM_ADDRESSED || carry->stop->recipient == 0)
        return resolved;
    lower = g_ascii_strdown(tamis_strings_get(carry->strings, carry->stop->recipient), -1);
    key = tamis_strings_add(carry->strings, lower, strlen(lower));
    resolved.kind = TAMIS_ATOM_ADDRESS;
    resolved.match = TAMIS_KEYS_IS;
    resolved.comparator = TAMIS_COMPARATOR_CASEMAP;
    resolved.part = TAMIS_ADDRESS_ALL;
    resolved.keys = tamis_formulas_list(carry->formulas, &key, 1);
    return resolved;
}

static gboolean
is_changed(TamisCarry *carry, const TamisChange *changes, guint32 n, const char *name)
{
    for (guint32 i = 0; i < n; i++) {
        if (tamis_carry_changes(carry, &changes[i], name))
            return TRUE;
    }
    return FALSE;
}

/* Name by name; those that nothing has changed stay together in one atom. */
static TamisFormula
carry_names(TamisCarry *carry, TamisFormula formula, const TamisAtom *atom,
            const TamisChange *changes, guint32 n)
{
    gboolean all = atom->kind == TAMIS_ATOM_EXISTS;
    g_autofree TamisString *same = g_new(TamisString, atom->names.n + 1);
    TamisFormula result = constant(all);
    guint32 n_same = 0;

    for (guint32 i = 0; i < atom->names.n; i++) {
        TamisAtom one;
        TamisFormula carried;

        if (!is_changed(carry, changes, n, tamis_carry_name(carry, atom, i))) {
            same[n_same++] = tamis_formulas_list_get(carry->formulas, atom->names, i);
            continue;
        }
        if (atom->index != 0) /* what came or went has moved it */
            return tamis_carry_opaque(carry, formula, atom);
        if (atom->match == TAMIS_KEYS_COUNT && !all && atom->kind != TAMIS_ATOM_ADDRESSED &&
            atom->names.n > 1)
            return tamis_carry_opaque(carry, formula, atom);
        one = tamis_carry_one_name(carry, atom, i);
        carried = tamis_carry_field(carry, formula, &one, changes, n);
        result = all ? tamis_formulas_and2(carry->formulas, result, carried)
                     : tamis_formulas_or2(carry->formulas, result, carried);
    }
    if (n_same > 0) {
        TamisAtom rest = *atom;
        TamisFormula carried;

        rest.names = tamis_formulas_list(carry->formulas, same, n_same);
        carried = as_it_set_out(carry, &rest);
        result = all ? tamis_formulas_and2(carry->formulas, result, carried)
                     : tamis_formulas_or2(carry->formulas, result, carried);
    }
    return result;
}

static TamisFormula
carry_content(TamisCarry *carry, TamisFormula formula, const TamisAtom *atom)
{
    const TamisStop *stop = carry->stop;
    g_autoptr(GArray) changes = g_array_new(FALSE, FALSE, sizeof(TamisChange));
    TamisFormula filtered = TAMIS_FORMULA_FALSE, exact;
    gboolean of_header = atom->kind != TAMIS_ATOM_SIZE && atom->kind != TAMIS_ATOM_BODY;
    TamisAtom resolved;

    g_array_append_vals(changes, stop->changes->data, stop->changes->len);
    for (guint32 i = 0; i < MIN(atom->version, carry->flow->n_changes); i++) {
        TamisChange change = carry->flow->changes[i];

        change.guard = tamis_carry_formula(carry, change.guard);
        g_array_append_val(changes, change);
    }
    for (guint i = 0; i < changes->len; i++) {
        const TamisChange *change = &g_array_index(changes, TamisChange, i);

        if (change->kind == TAMIS_FLOW_FILTER || (change->is_unknown && of_header))
            filtered = tamis_formulas_or2(carry->formulas, filtered, change->guard);
    }
    resolved = resolve_recipient(carry, atom);
    exact = of_header ? carry_names(carry, formula, &resolved,
                                    (const TamisChange *)(gpointer)changes->data, changes->len)
                      : as_it_set_out(carry, &resolved);
    if (filtered == TAMIS_FORMULA_FALSE)
        return exact;
    return either(carry, filtered, tamis_carry_opaque(carry, formula, atom), exact);
}

TamisFormula
tamis_carry_atom(TamisCarry *carry, TamisFormula formula, const TamisAtom *atom)
{
    TamisAtom at_hop = *atom;

    switch ((TamisAtomKind)atom->kind) {
    case TAMIS_ATOM_HEADER:
    case TAMIS_ATOM_ADDRESS:
    case TAMIS_ATOM_ADDRESSED:
    case TAMIS_ATOM_EXISTS:
    case TAMIS_ATOM_DATE:
    case TAMIS_ATOM_BODY:
    case TAMIS_ATOM_SIZE:
        return carry_content(carry, formula, atom);
    case TAMIS_ATOM_ENVELOPE:
        return carry_envelope(carry, formula, atom);
    case TAMIS_ATOM_SHARE:
        at_hop.hop = carry->stop->hop;
        return as_it_set_out(carry, &at_hop);
    case TAMIS_ATOM_OPAQUE:
        /* Of another version it is another test, and so at another stop. */
        if (atom->version == 0 && carry->stop->hop == 0)
            return formula;
        return tamis_carry_opaque(carry, formula, atom);
    default:
        return as_it_set_out(carry, atom);
    }
}
