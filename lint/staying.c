/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a test says when the message is back is what it said when it set out, or, where a mailbox of the component may
 * have changed what it looks at, anything: a free boolean. Where fields are only added, what held still holds. */
#include "lint/staying.h"

#include <string.h>

struct TamisStaying {
    TamisFlowFacts *facts;
    GHashTable *added;   /* names of header fields in lower case, lent or owned by names */
    GHashTable *deleted; /* likewise */
    GStringChunk *names;
    gboolean any_field; /* some field, nobody knows which */
    gboolean anything;  /* a filter makes another message */
};

static void
note_change(TamisStaying *staying, const TamisChange *change)
{
    g_autofree char *lower = g_ascii_strdown(tamis_flow_text(staying->facts, change->name), -1);

    staying->anything |= change->kind == TAMIS_FLOW_FILTER;
    staying->any_field |= change->is_unknown != 0;
    g_hash_table_add(change->kind == TAMIS_FLOW_MARK ? staying->added : staying->deleted,
                     g_string_chunk_insert_const(staying->names, lower));
}

TamisStaying *
tamis_staying_new(TamisFlowFacts *facts, const guint32 *places, guint32 n)
{
    TamisStaying *staying = g_new0(TamisStaying, 1);

    staying->facts = facts;
    staying->names = g_string_chunk_new(256);
    staying->added = g_hash_table_new(g_str_hash, g_str_equal);
    staying->deleted = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint32 i = 0; i < n; i++) {
        const TamisPlace *place = tamis_mail_get(facts->mail, places[i]);
        const TamisFlow *flow;

        if (place->kind != TAMIS_PLACE_MAILBOX)
            continue;
        flow = tamis_site_get_flow(facts->site, place->index);
        for (guint32 k = 0; k < flow->n_changes; k++)
            note_change(staying, &flow->changes[k]);
    }
    return staying;
}

void
tamis_staying_free(TamisStaying *staying)
{
    if (staying == NULL)
        return;
    g_hash_table_unref(staying->added);
    g_hash_table_unref(staying->deleted);
    g_string_chunk_free(staying->names);
    g_free(staying);
}

/* Tests ------------------------------------------------------------------------------------------ */

/* What may become of a test until the message is back. */
typedef enum {
    STAYS,     /* it says what it said */
    MAY_BEGIN, /* what holds goes on to hold */
    MAY_TURN,
} Fate;

static gboolean
looks_at(const TamisStaying *staying, const TamisAtom *atom, GHashTable *names)
{
    for (guint32 i = 0; i < atom->names.n; i++) {
        g_autofree char *lower = g_ascii_strdown(
            tamis_flow_text(staying->facts,
                            tamis_formulas_list_get(staying->facts->formulas, atom->names, i)),
            -1);

        if (g_hash_table_contains(names, lower))
            return TRUE;
    }
    return FALSE;
}

static Fate
fate_of_field(const TamisStaying *staying, const TamisAtom *atom)
{
    gboolean is_added = looks_at(staying, atom, staying->added);
    gboolean only_grows = atom->kind == TAMIS_ATOM_EXISTS ||
                          ((atom->kind == TAMIS_ATOM_HEADER || atom->kind == TAMIS_ATOM_ADDRESS) &&
                           atom->match != TAMIS_KEYS_COUNT && atom->index == 0);

    if (staying->anything || staying->any_field || looks_at(staying, atom, staying->deleted) ||
        (is_added && !only_grows))
        return MAY_TURN;
    return is_added ? MAY_BEGIN : STAYS;
}

static gboolean
asks_sender_alone(const TamisStaying *staying, const TamisAtom *atom)
{
    return atom->names.n == 1 &&
           strcmp(tamis_flow_text(staying->facts, tamis_formulas_list_get(staying->facts->formulas,
                                                                          atom->names, 0)),
                  "from") == 0;
}

static Fate
fate_of(const TamisStaying *staying, const TamisAtom *atom)
{
    switch ((TamisAtomKind)atom->kind) {
    case TAMIS_ATOM_HEADER:
    case TAMIS_ATOM_ADDRESS:
    case TAMIS_ATOM_EXISTS:
    case TAMIS_ATOM_DATE:
        return fate_of_field(staying, atom);
    case TAMIS_ATOM_BODY:
    case TAMIS_ATOM_SIZE:
        return staying->anything ? MAY_TURN : STAYS;
    case TAMIS_ATOM_ENVELOPE: /* the sender is kept on the way (lint/chain.h) */
        return asks_sender_alone(staying, atom) ? STAYS : MAY_TURN;
    case TAMIS_ATOM_ADDRESSED:
    case TAMIS_ATOM_OPAQUE:
        return MAY_TURN;
    case TAMIS_ATOM_GRADE:
    case TAMIS_ATOM_NOW:
    case TAMIS_ATOM_SINCE:
    case TAMIS_ATOM_HOURS:
    case TAMIS_ATOM_SHARE: /* at another hop */
        return STAYS;
    }
    g_assert_not_reached();
}

static TamisFormula
atom_when_back(const TamisStaying *staying, TamisFormula formula)
{
    TamisFormulas *formulas = staying->facts->formulas;
    TamisAtom atom = *tamis_formulas_get_atom(formulas, formula);
    TamisAtom open = {
        .kind = TAMIS_ATOM_OPAQUE, .hop = 1, .number = (guint64)formula + 1, .span = atom.span};
    Fate fate = fate_of(staying, &atom);

    atom.version = 0;
    if (atom.kind == TAMIS_ATOM_SHARE)
        atom.hop = 1;
    if (fate == MAY_TURN)
        return tamis_formulas_atom(formulas, &open);
    if (fate == STAYS)
        return tamis_formulas_atom(formulas, &atom);
    return tamis_formulas_or2(formulas, tamis_formulas_atom(formulas, &atom),
                              tamis_formulas_atom(formulas, &open));
}

static TamisFormula
when_back(const TamisStaying *staying, GHashTable *known, TamisFormula formula)
{
    TamisFormulas *formulas = staying->facts->formulas;
    TamisFormulaKind kind = tamis_formulas_kind(formulas, formula);
    g_autofree TamisFormula *children = NULL;
    const TamisFormula *lent;
    TamisFormula made;
    gpointer found;
    guint32 n;

    if (kind == TAMIS_FORMULA_CONSTANT)
        return formula;
    if (kind == TAMIS_FORMULA_ATOM)
        return atom_when_back(staying, formula);
    if (g_hash_table_lookup_extended(known, GUINT_TO_POINTER(formula), NULL, &found))
        return GPOINTER_TO_UINT(found);
    lent = tamis_formulas_children(formulas, formula, &n);
    children = g_memdup2(lent, n * sizeof *lent);
    for (guint32 i = 0; i < n; i++)
        children[i] = when_back(staying, known, children[i]);
    made = kind == TAMIS_FORMULA_NOT   ? tamis_formulas_not(formulas, children[0])
           : kind == TAMIS_FORMULA_AND ? tamis_formulas_and(formulas, children, n)
                                       : tamis_formulas_or(formulas, children, n);
    g_hash_table_insert(known, GUINT_TO_POINTER(formula), GUINT_TO_POINTER(made));
    return made;
}

gboolean
tamis_staying_narrow(TamisStaying *staying, guint32 mailbox, gboolean *stays)
{
    TamisFlowFacts *facts = staying->facts;
    const TamisFlow *flow = tamis_site_get_flow(facts->site, mailbox);
    g_autoptr(GHashTable) known = g_hash_table_new(NULL, NULL);
    g_autoptr(GArray) again = g_array_new(FALSE, FALSE, sizeof(TamisFormula));
    TamisFormula here = tamis_flow_base(facts, mailbox), none_again;
    gboolean any = FALSE;

    for (guint32 i = 0; i < flow->n_actions; i++) {
        TamisFormula guard;

        if (!stays[i])
            continue;
        guard = when_back(staying, known, flow->actions[i].guard);
        g_array_append_val(again, guard);
    }
    none_again = tamis_formulas_not(
        facts->formulas,
        tamis_formulas_or(facts->formulas, (TamisFormula *)(gpointer)again->data, again->len));
    here = tamis_formulas_and2(facts->formulas, here, none_again);
    for (guint32 i = 0; i < flow->n_actions; i++) {
        stays[i] = stays[i] && !tamis_solver_is_impossible(
                                   facts->solver, tamis_formulas_and2(facts->formulas, here,
                                                                      flow->actions[i].guard));
        any |= stays[i];
    }
    return any;
}
