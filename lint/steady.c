/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Rewrites formulas bottom up, in the order of their numbers: a child's is lower than its parent's.
 * Nothing recurs, however deep they nest. */
#include "lint/steady.h"

#include "lint/pair.h"

#include <string.h>

/* Shares of one guard that are tried one by one; more stay as the instant decides. */
#define MAX_SHARES 16

struct TamisSteady {
    TamisSite *site;
    TamisFormulas *formulas;
    TamisMessage *empty;
    GHashTable *settled; /* formula and address -> formula + 1 */
    GByteArray *traits;  /* by formula: TRAIT_… */
    GArray *marked;      /* guint8 by formula: in the closure at hand */
    GArray *closure;     /* TamisFormula */
};

enum {
    TRAIT_KNOWN = 1,
    TRAIT_RECIPIENT = 2,
    TRAIT_VERSION = 4,
    TRAIT_SHARE = 8,
    TRAITS_CHANGED = TRAIT_RECIPIENT | TRAIT_VERSION,
};

TamisSteady *
tamis_steady_new(TamisSite *site)
{
    TamisSteady *steady = g_new0(TamisSteady, 1);

    steady->site = site;
    steady->formulas = tamis_site_get_formulas(site);
    steady->empty = tamis_message_new();
    steady->settled = g_hash_table_new(tamis_pair_hash, NULL);
    steady->traits = g_byte_array_new();
    steady->marked = g_array_new(FALSE, TRUE, sizeof(guint8));
    steady->closure = g_array_new(FALSE, FALSE, sizeof(TamisFormula));
    return steady;
}

void
tamis_steady_free(TamisSteady *steady)
{
    if (steady == NULL)
        return;
    tamis_message_free(steady->empty);
    g_hash_table_unref(steady->settled);
    g_byte_array_unref(steady->traits);
    g_array_unref(steady->marked);
    g_array_unref(steady->closure);
    g_free(steady);
}

/* Traits ---------------------------------------------------------------------------------------- */

static int
compare_formulas(gconstpointer a, gconstpointer b)
{
    TamisFormula left = *(const TamisFormula *)a, right = *(const TamisFormula *)b;

    return (left > right) - (left < right);
}

/* All parts of the formula, itself too, each once, children first. Lent until the next call. */
static const GArray *
get_closure(TamisSteady *steady, TamisFormula formula)
{
    guint32 n = tamis_formulas_count(steady->formulas);

    if (steady->marked->len < n)
        g_array_set_size(steady->marked, n);
    g_array_set_size(steady->closure, 0);
    g_array_append_val(steady->closure, formula);
    g_array_index(steady->marked, guint8, formula) = TRUE;
    for (guint i = 0; i < steady->closure->len; i++) {
        guint32 n_children = 0;
        const TamisFormula *children = tamis_formulas_children(
            steady->formulas, g_array_index(steady->closure, TamisFormula, i), &n_children);

        for (guint32 j = 0; j < n_children; j++) {
            if (g_array_index(steady->marked, guint8, children[j]))
                continue;
            g_array_index(steady->marked, guint8, children[j]) = TRUE;
            g_array_append_val(steady->closure, children[j]);
        }
    }
    for (guint i = 0; i < steady->closure->len; i++)
        g_array_index(steady->marked, guint8, g_array_index(steady->closure, TamisFormula, i)) =
            FALSE;
    g_array_sort(steady->closure, compare_formulas);
    return steady->closure;
}

static gboolean
names_recipient(const TamisSteady *steady, const TamisAtom *atom)
{
    for (guint32 i = 0; i < atom->names.n; i++) {
        TamisString name = tamis_formulas_list_get(steady->formulas, atom->names, i);

        if (g_ascii_strcasecmp(
                tamis_strings_get(tamis_formulas_get_strings(steady->formulas), name), "to") == 0)
            return TRUE;
    }
    return FALSE;
}

static guint8
traits_of_atom(const TamisSteady *steady, const TamisAtom *atom)
{
    guint8 traits = atom->version != 0 ? TRAIT_VERSION : 0;

    if (atom->kind == TAMIS_ATOM_ADDRESSED ||
        (atom->kind == TAMIS_ATOM_ENVELOPE && names_recipient(steady, atom)))
        traits |= TRAIT_RECIPIENT;
    return atom->kind == TAMIS_ATOM_SHARE ? traits | TRAIT_SHARE : traits;
}

static guint8
get_traits(TamisSteady *steady, TamisFormula formula)
{
    guint32 n = tamis_formulas_count(steady->formulas);
    guint before = steady->traits->len;
    const GArray *closure;

    if (before < n) {
        g_byte_array_set_size(steady->traits, n);
        memset(steady->traits->data + before, 0, n - before);
    }
    if (steady->traits->data[formula] & TRAIT_KNOWN)
        return steady->traits->data[formula];
    closure = get_closure(steady, formula);
    for (guint i = 0; i < closure->len; i++) {
        TamisFormula part = g_array_index(closure, TamisFormula, i);
        guint8 traits = TRAIT_KNOWN;
        guint32 n_children = 0;
        const TamisFormula *children;

        if (steady->traits->data[part] & TRAIT_KNOWN)
            continue;
        if (tamis_formulas_kind(steady->formulas, part) == TAMIS_FORMULA_ATOM)
            traits |= traits_of_atom(steady, tamis_formulas_get_atom(steady->formulas, part));
        children = tamis_formulas_children(steady->formulas, part, &n_children);
        for (guint32 j = 0; j < n_children; j++)
            traits |= steady->traits->data[children[j]];
        steady->traits->data[part] = traits;
    }
    return steady->traits->data[formula];
}

gboolean
tamis_steady_asks_recipient(TamisSteady *steady, const TamisFlow *flow)
{
    for (guint32 i = 0; i < flow->n_actions; i++)
        if (get_traits(steady, flow->actions[i].guard) & TRAIT_RECIPIENT)
            return TRUE;
    for (guint32 i = 0; i < flow->n_changes; i++)
        if (get_traits(steady, flow->changes[i].guard) & TRAIT_RECIPIENT)
            return TRUE;
    /* What does nothing that another has not done already has no action. */
    for (guint32 i = 0; i < flow->n_routes; i++)
        if (get_traits(steady, flow->routes[i].guard) & TRAIT_RECIPIENT)
            return TRUE;
    for (guint32 i = 0; i < flow->n_places; i++)
        if (get_traits(steady, flow->places[i].guard) & TRAIT_RECIPIENT)
            return TRUE;
    return FALSE;
}

/* Rewriting ------------------------------------------------------------------------------------- */

typedef struct {
    TamisSteady *steady;
    TamisString address;
    const TamisFormula *shares; /* atoms … */
    const gboolean *turns;      /* … and what they are taken to be */
    guint n_shares;
} Rewriting;

static TamisFormula
truth(gboolean holds)
{
    return holds ? TAMIS_FORMULA_TRUE : TAMIS_FORMULA_FALSE;
}

/* Whether the atom holds of a message to this address alone. */
static gboolean
holds_at(const TamisSteady *steady, TamisFormula atom, TamisString address)
{
    const TamisFlow no_flow = {NULL};
    const TamisDelivery delivery = {
        "", tamis_strings_get(tamis_formulas_get_strings(steady->formulas), address), 0, {0}};
    g_autoptr(TamisEvaluation) evaluation = tamis_evaluation_new(
        steady->formulas, tamis_site_get_policy(steady->site), &no_flow, steady->empty, &delivery,
        tamis_site_get_zone(steady->site), tamis_site_get_delimiter(steady->site));

    return tamis_evaluation_holds(evaluation, atom);
}

/* Of an envelope test that names more than the recipient, or counts, no answer is asked here. */
static TamisFormula
settle_envelope(const Rewriting *at, TamisFormula formula, TamisAtom atom)
{
    if (atom.names.n != 1 || atom.match == TAMIS_KEYS_COUNT)
        return formula;
    return truth(holds_at(at->steady, formula, at->address));
}

/* Some field names the address. */
static TamisFormula
settle_addressed(const Rewriting *at, TamisAtom atom)
{
    TamisString key = at->address;

    atom.kind = TAMIS_ATOM_ADDRESS;
    atom.match = TAMIS_KEYS_IS;
    atom.keys = tamis_formulas_list(at->steady->formulas, &key, 1);
    return tamis_formulas_atom(at->steady->formulas, &atom);
}

static TamisFormula
rewrite_atom(const Rewriting *at, TamisFormula formula)
{
    TamisFormulas *formulas = at->steady->formulas;
    TamisAtom atom = *tamis_formulas_get_atom(formulas, formula);

    for (guint i = 0; i < at->n_shares; i++)
        if (at->shares[i] == formula)
            return truth(at->turns[i]);
    if (atom.version != 0 && atom.kind != TAMIS_ATOM_OPAQUE) { /* that would be another test */
        atom.version = 0;
        formula = tamis_formulas_atom(formulas, &atom);
    }
    if (!(traits_of_atom(at->steady, &atom) & TRAIT_RECIPIENT))
        return formula;
    return atom.kind == TAMIS_ATOM_ENVELOPE ? settle_envelope(at, formula, atom)
                                            : settle_addressed(at, atom);
}

static TamisFormula
combine(TamisFormulas *formulas, TamisFormulaKind kind, TamisFormula *children, guint32 n)
{
    switch (kind) {
    case TAMIS_FORMULA_NOT:
        return tamis_formulas_not(formulas, children[0]);
    case TAMIS_FORMULA_AND:
        return tamis_formulas_and(formulas, children, n);
    case TAMIS_FORMULA_OR:
        return tamis_formulas_or(formulas, children, n);
    default:
        g_assert_not_reached();
    }
}

static TamisFormula
rewrite_part(const Rewriting *at, TamisFormula part, GHashTable *done)
{
    TamisFormulas *formulas = at->steady->formulas;
    TamisFormulaKind kind = tamis_formulas_kind(formulas, part);
    g_autofree TamisFormula *children = NULL;
    guint32 n = 0;
    const TamisFormula *old;

    if (kind == TAMIS_FORMULA_CONSTANT)
        return part;
    if (kind == TAMIS_FORMULA_ATOM)
        return rewrite_atom(at, part);
    old = tamis_formulas_children(formulas, part, &n);
    children = g_memdup2(old, n * sizeof *old);
    for (guint32 i = 0; i < n; i++)
        children[i] = GPOINTER_TO_UINT(g_hash_table_lookup(done, GUINT_TO_POINTER(children[i])));
    return combine(formulas, kind, children, n);
}

static TamisFormula
rewrite(const Rewriting *at, TamisFormula formula)
{
    g_autoptr(GHashTable) done = g_hash_table_new(NULL, NULL);
    const GArray *lent = get_closure(at->steady, formula);
    g_autofree TamisFormula *parts = g_memdup2(lent->data, lent->len * sizeof(TamisFormula));
    guint n = lent->len;

    for (guint i = 0; i < n; i++)
        g_hash_table_insert(done, GUINT_TO_POINTER(parts[i]),
                            GUINT_TO_POINTER(rewrite_part(at, parts[i], done)));
    return GPOINTER_TO_UINT(g_hash_table_lookup(done, GUINT_TO_POINTER(formula)));
}

/* Shares ---------------------------------------------------------------------------------------- */

/* The members of one list that the formula asks about: up to MAX_SHARES. */
static guint
collect_shares(TamisSteady *steady, TamisFormula formula, TamisFormula *out_shares)
{
    const GArray *closure = get_closure(steady, formula);
    guint64 n_members = 0;
    guint n = 0;

    for (guint i = 0; i < closure->len && n < MAX_SHARES; i++) {
        TamisFormula part = g_array_index(closure, TamisFormula, i);
        const TamisAtom *atom;

        if (tamis_formulas_kind(steady->formulas, part) != TAMIS_FORMULA_ATOM)
            continue;
        atom = tamis_formulas_get_atom(steady->formulas, part);
        if (atom->kind != TAMIS_ATOM_SHARE || (n > 0 && atom->number != n_members))
            continue;
        n_members = atom->number;
        out_shares[n++] = part;
    }
    return n;
}

/* Some member's turn for which the formula can hold; lists of different lengths one after the
 * other. */
static TamisFormula
free_shares(TamisSteady *steady, TamisFormula formula)
{
    TamisFormula shares[MAX_SHARES], cases[MAX_SHARES + 1];
    guint n;

    for (guint round = 0; round < MAX_SHARES; round++) {
        n = collect_shares(steady, formula, shares);
        if (n == 0)
            break;
        /* Nobody of these, or one of them. */
        for (guint turn = 0; turn <= n; turn++) {
            gboolean turns[MAX_SHARES] = {FALSE};
            Rewriting at = {steady, 0, shares, turns, n};

            if (turn < n)
                turns[turn] = TRUE;
            cases[turn] = rewrite(&at, formula);
        }
        formula = tamis_formulas_or(steady->formulas, cases, n + 1);
    }
    return formula;
}

/* Guards ---------------------------------------------------------------------------------------- */

/* Of the message as it is, delivered to the address. */
static TamisFormula
settle(TamisSteady *steady, TamisFormula formula, TamisString address)
{
    Rewriting at = {.steady = steady, .address = address};
    guint known;

    if (!(get_traits(steady, formula) & TRAITS_CHANGED))
        return formula;
    known = GPOINTER_TO_UINT(g_hash_table_lookup(steady->settled, tamis_pair(formula, address)));
    if (known == 0) {
        known = rewrite(&at, formula) + 1;
        g_hash_table_insert(steady->settled, tamis_pair(formula, address), GUINT_TO_POINTER(known));
    }
    return known - 1;
}

static TamisFormula
has_field(TamisFormulas *formulas, TamisString name, TamisString value, gboolean with_value)
{
    const TamisStrings *strings = tamis_formulas_get_strings(formulas);
    g_autofree char *lower = g_ascii_strdown(tamis_strings_get(strings, name), -1);
    TamisString key = tamis_strings_add(tamis_formulas_get_strings(formulas), lower, strlen(lower));
    TamisAtom atom = {.kind = with_value ? TAMIS_ATOM_HEADER : TAMIS_ATOM_EXISTS,
                      .match = TAMIS_KEYS_IS,
                      .comparator = TAMIS_COMPARATOR_OCTET,
                      .names = tamis_formulas_list(formulas, &key, 1)};

    if (with_value)
        atom.keys = tamis_formulas_list(formulas, &value, 1);
    return tamis_formulas_atom(formulas, &atom);
}

/* A field that the change deletes; with an index perhaps. */
static TamisFormula
has_deleted(TamisFormulas *formulas, const TamisChange *change)
{
    TamisAtom atom;

    if (change->keys.n == 0)
        return has_field(formulas, change->name, 0, FALSE);
    atom = *tamis_formulas_get_atom(formulas, has_field(formulas, change->name, 0, TRUE));
    atom.match = change->match;
    atom.relation = change->relation;
    atom.comparator = change->comparator;
    atom.keys = change->keys;
    return tamis_formulas_atom(formulas, &atom);
}

/* That the change, if it is made, leaves the message as it is. Of a filter that is taken to be so:
 * headers stay. */
static TamisFormula
changes_nothing(TamisSteady *steady, const TamisChange *change, TamisString address)
{
    TamisFormulas *formulas = steady->formulas;
    TamisFormula idle = TAMIS_FORMULA_TRUE;

    if (change->kind == TAMIS_FLOW_MARK)
        idle = has_field(formulas, change->name, change->value, TRUE);
    else if (change->kind == TAMIS_FLOW_UNMARK)
        idle = tamis_formulas_not(formulas, has_deleted(formulas, change));
    return tamis_formulas_or2(
        formulas, tamis_formulas_not(formulas, settle(steady, change->guard, address)), idle);
}

TamisFormula
tamis_steady_guard(TamisSteady *steady, const TamisFlow *flow, const TamisFlowAction *action,
                   TamisString address, gboolean free_of_time)
{
    TamisFormula guard = settle(steady, action->guard, address);

    for (guint32 i = 0; i < action->version && guard != TAMIS_FORMULA_FALSE; i++)
        guard = tamis_formulas_and2(steady->formulas, guard,
                                    changes_nothing(steady, &flow->changes[i], address));
    if (free_of_time && get_traits(steady, guard) & TRAIT_SHARE)
        guard = free_shares(steady, guard);
    return guard;
}

static gboolean
is_negated(const TamisSteady *steady, const TamisFormula *parts, guint n, TamisFormula atom)
{
    for (guint i = 0; i < n; i++) {
        guint32 n_children = 0;

        if (tamis_formulas_kind(steady->formulas, parts[i]) == TAMIS_FORMULA_NOT &&
            tamis_formulas_children(steady->formulas, parts[i], &n_children)[0] == atom)
            return TRUE;
    }
    return FALSE;
}

void
tamis_steady_assume_turn(TamisSteady *steady, TamisEvaluation *evaluation, TamisFormula guard)
{
    const GArray *closure;
    g_autofree TamisFormula *parts = NULL;
    guint n;

    if (!(get_traits(steady, guard) & TRAIT_SHARE))
        return;
    closure = get_closure(steady, guard);
    n = closure->len;
    parts = g_memdup2(closure->data, n * sizeof(TamisFormula));
    /* A guard wants the turn of those that it names without a NOT, which come before it. */
    for (guint i = 0; i < n; i++) {
        const TamisAtom *atom;

        if (tamis_formulas_kind(steady->formulas, parts[i]) != TAMIS_FORMULA_ATOM)
            continue;
        atom = tamis_formulas_get_atom(steady->formulas, parts[i]);
        if (atom->kind == TAMIS_ATOM_SHARE)
            tamis_evaluation_assume(evaluation, parts[i], !is_negated(steady, parts, n, parts[i]));
    }
}
