/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Atoms of a changed message over the message that set out. */
#include "model/carry.h"

struct TamisStop {
    guint32 hop;
};

struct TamisCarry {
    TamisFormulas *formulas;
    const char *delimiter;
    GPtrArray *stops; /* of TamisStop */
};

TamisCarry *
tamis_carry_new(TamisFormulas *formulas, const char *delimiter)
{
    TamisCarry *carry = g_new0(TamisCarry, 1);

    carry->formulas = formulas;
    carry->delimiter = delimiter;
    carry->stops = g_ptr_array_new_with_free_func(g_free);
    return carry;
}

void
tamis_carry_free(TamisCarry *carry)
{
    if (carry == NULL)
        return;
    g_ptr_array_unref(carry->stops);
    g_free(carry);
}

static TamisStop *
new_stop(TamisCarry *carry, TamisStop stop)
{
    g_ptr_array_add(carry->stops, g_memdup2(&stop, sizeof stop));
    return g_ptr_array_index(carry->stops, carry->stops->len - 1);
}

const TamisStop *
tamis_carry_start(TamisCarry *carry)
{
    return new_stop(carry, (TamisStop){0});
}

const TamisStop *
tamis_carry_send(TamisCarry *carry, const TamisStop *stop, const TamisFlow *flow, guint32 version,
                 TamisString recipient, TamisSenderRule rule, TamisString sender)
{
    return new_stop(carry, (TamisStop){stop->hop + 1});
}

const TamisStop *
tamis_carry_readdress(TamisCarry *carry, const TamisStop *stop, TamisString recipient)
{
    return new_stop(carry, *stop);
}

guint32
tamis_stop_hop(const TamisStop *stop)
{
    return stop->hop;
}

static TamisFormula
opaque(TamisCarry *carry, const TamisStop *stop, TamisFormula formula)
{
    TamisAtom atom = {.kind = TAMIS_ATOM_OPAQUE, .hop = stop->hop, .number = formula};

    return tamis_formulas_atom(carry->formulas, &atom);
}

TamisFormula
tamis_carry_guard(TamisCarry *carry, const TamisStop *stop, const TamisFlow *flow,
                  TamisFormula guard)
{
    if (guard <= TAMIS_FORMULA_TRUE || (stop->hop == 0 && flow->n_changes == 0))
        return guard;
    return opaque(carry, stop, guard);
}

TamisFormula
tamis_carry_addressed_to(TamisCarry *carry, const TamisString *keys, guint32 n)
{
    return TAMIS_FORMULA_TRUE;
}
