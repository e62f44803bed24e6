/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One atom of any kind, drawn at random, and universes of such; what was asked of each kind is written down, and how it
 * was answered. */
#pragma once

#include "random-atoms.h"

static const TamisInstant instants[] = {
    G_GINT64_CONSTANT(1792886399), /* 2026-10-24T23:59:59Z */
    G_GINT64_CONSTANT(1792890000), G_GINT64_CONSTANT(1793498400), G_GINT64_CONSTANT(1793512800),
    G_GINT64_CONSTANT(1798761600), G_GINT64_CONSTANT(1798785000)};

/* What was asked --------------------------------------------------------------------------------- */

static GHashTable *asked; /* text -> Answered, as bits */

static inline char *
saying_of(guint kind, const char *what, guint value)
{
    return g_strdup_printf("kind %u: %s %u", kind, what, value);
}

static inline void
note_saying(guint kind, const char *what, guint value, gpointer data)
{
    char *text = saying_of(kind, what, value);
    guint before = GPOINTER_TO_UINT(g_hash_table_lookup(asked, text));

    g_hash_table_replace(asked, text, GUINT_TO_POINTER(before | GPOINTER_TO_UINT(data)));
}

static inline void
note_answer(const Universe *universe, TamisFormula guard, TamisVerdict verdict)
{
    Answered answer = verdict == TAMIS_VERDICT_WITNESS ? ASKED_WITNESS : ASKED_IMPOSSIBLE;
    g_autoptr(GArray) parts = NULL;

    if (verdict == TAMIS_VERDICT_UNDECIDED)
        return;
    parts = tamis_formulas_collect_parts(universe->table.formulas, guard);
    for (guint i = 0; i < parts->len; i++) {
        TamisFormula part = g_array_index(parts, TamisFormula, i);

        if (tamis_formulas_kind(universe->table.formulas, part) == TAMIS_FORMULA_ATOM)
            each_saying(universe, tamis_formulas_get_atom(universe->table.formulas, part),
                        note_saying, GUINT_TO_POINTER(answer));
    }
}

/* How many of its values were not in guards of both answers. is_last: that is a fault. */
static inline guint
count_missing(guint kind, const char *what, guint n, gboolean is_last)
{
    /* Of dates by their number what excludes itself is mostly left open. */
    guint wanted = kind == TAMIS_ATOM_DATE && strcmp(what, "index") == 0
                       ? ASKED_WITNESS
                       : ASKED_IMPOSSIBLE | ASKED_WITNESS;
    guint n_missing = 0;

    for (guint value = 0; value < n; value++) {
        g_autofree char *text = saying_of(kind, what, value);
        guint answers = GPOINTER_TO_UINT(g_hash_table_lookup(asked, text));

        if ((answers & wanted) == wanted)
            continue;
        n_missing++;
        if (is_last) {
            g_test_message("%s: not in guards of both answers, but %u", text, answers);
            g_test_fail();
        }
    }
    return n_missing;
}

/* Atoms ------------------------------------------------------------------------------------------ */

static const char *const addresses[] = {"a@x.org", "b@x.org", "a+d@x.org", "ab@y.org", "A@z.x.org"};
static const char *const values[] = {"", "a", "b", "ab", "Ba", "aab", "7", "10", "b 7"};

/* What a part of the address is; NULL: it has none. */
static const char *
part_sample(TamisAddressPart part, const char *address, char *buffer)
{
    char *at, *plus;

    strcpy(buffer, address);
    at = strchr(buffer, '@');
    if (part == TAMIS_ADDRESS_ALL)
        return buffer;
    if (part == TAMIS_ADDRESS_DOMAIN)
        return at + 1;
    *at = '\0';
    plus = strchr(buffer, '+');
    if (part == TAMIS_ADDRESS_LOCAL || plus == NULL)
        return buffer;
    *plus = '\0';
    return part == TAMIS_ADDRESS_DETAIL ? plus + 1 : buffer;
}

static inline TamisAtom
address_atom(Universe *universe, TamisAtomKind kind, const Choice *choice)
{
    TamisAtom atom = {.kind = (guint8)kind, .names = list_of(&universe->table, choice->names)};
    char buffers[3][20];
    const char *samples[3];

    atom.part = (guint8)choose(universe, choice->parts, N_PARTS);
    for (guint i = 0; i < G_N_ELEMENTS(samples); i++) {
        const char *address = one_of(universe, addresses);

        samples[i] = part_sample((TamisAddressPart)atom.part, address, buffers[i]);
    }
    if (kind == TAMIS_ATOM_ADDRESS)
        fill_index(universe, choice, &atom);
    fill_match(universe, choice, samples, G_N_ELEMENTS(samples), &atom);
    return atom;
}

static inline TamisAtom
grade_atom(Universe *universe, const Choice *choice)
{
    static const char *const numbers[] = {"0", "1", "5", "10", "05", "50", "100", "7"};
    TamisAtom atom = {.kind = TAMIS_ATOM_GRADE};

    atom.grade = (guint8)choose(universe, choice->grades, N_GRADES);
    fill_match(universe, choice, numbers, G_N_ELEMENTS(numbers), &atom);
    return atom;
}

static inline TamisAtom
body_atom(Universe *universe, const Choice *choice)
{
    static const char *const types[] = {"text", "text/plain", "text/html", "", "application/pdf"};
    TamisAtom atom = {.kind = TAMIS_ATOM_BODY};

    atom.transform = (guint8)choose(universe, choice->transforms, N_TRANSFORMS);
    atom.names = list_of(&universe->table, one_of(universe, types));
    fill_match(universe, choice, values, G_N_ELEMENTS(values), &atom);
    return atom;
}

static inline TamisAtom
random_atom(Universe *universe, TamisAtomKind kind, const Choice *choice)
{
    TamisAtom atom = {.kind = (guint8)kind};

    if (choice->names != NULL && kind != TAMIS_ATOM_BODY)
        atom.names = list_of(&universe->table, choice->names);
    switch (kind) {
    case TAMIS_ATOM_HEADER:
        fill_index(universe, choice, &atom);
        fill_match(universe, choice, values, G_N_ELEMENTS(values), &atom);
        fill_except(universe, choice, values, G_N_ELEMENTS(values), &atom);
        return atom;
    case TAMIS_ATOM_ADDRESS:
    case TAMIS_ATOM_ENVELOPE:
        return address_atom(universe, kind, choice);
    case TAMIS_ATOM_BODY:
        return body_atom(universe, choice);
    case TAMIS_ATOM_SIZE:
        atom.relation = below(universe, 2) ? TAMIS_RELATION_GT : TAMIS_RELATION_LT;
        atom.number = 200 + 50 * below(universe, 5);
        return atom;
    case TAMIS_ATOM_GRADE:
        return grade_atom(universe, choice);
    case TAMIS_ATOM_DATE:
        fill_index(universe, choice, &atom);
        G_GNUC_FALLTHROUGH;
    case TAMIS_ATOM_NOW:
        fill_date(universe, choice, instants, G_N_ELEMENTS(instants), &atom);
        return atom;
    case TAMIS_ATOM_SINCE:
        atom.instant = one_of(universe, instants);
        return atom;
    case TAMIS_ATOM_HOURS:
        atom.hours = below(universe, universe->policy->hours->len);
        return atom;
    case TAMIS_ATOM_SHARE:
        atom.hop = below(universe, N_HOPS);
        atom.number = 3;
        atom.member = below(universe, 3);
        return atom;
    case TAMIS_ATOM_OPAQUE:
        atom.hop = below(universe, N_HOPS);
        atom.number = below(universe, 2);
        return atom;
    case TAMIS_ATOM_EXISTS:
    case TAMIS_ATOM_ADDRESSED:
        return atom;
    }
    g_assert_not_reached();
}

static inline void
add_atoms(Universe *universe, TamisAtomKind kind, const Choice *choice, guint n)
{
    for (guint i = 0; i < n; i++)
        add(universe, add_atom(&universe->table, random_atom(universe, kind, choice)));
}

/* Which time it is that all is drawn: each has universes of its own. */
static guint32 drawing;

static inline void
begin_kinds(Universe *universe, guint32 seed)
{
    begin(universe, seed + 100 * drawing);
    universe->answered = note_answer;
    universe->n_guards = GUARDS / 4;
    universe->options.zone = tamis_zone_get("Europe/Berlin");
    universe->options.not_before = instants[0] - 86400;
}

/* A share of guards that may stay open, where docs/solver.md says that some do. */
static inline void
run_with_open(Universe *universe, guint most_percent)
{
    guint n_guards = universe->n_guards;

    universe->may_be_open = TRUE;
    run(universe);
    if (universe->n_open * 100 > n_guards * most_percent) {
        g_test_message("%u of %u stay open", universe->n_open, n_guards);
        g_test_fail();
    }
}

enum { ONE_BY_ONE = 1u << TAMIS_COMPARATOR_UNICODE, NOT_UNICODE = 0xf & ~ONE_BY_ONE };
