/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Carried guards against the real thing: a random message goes through random flows, which mark, unmark and
 * send it on; what a guard says at the last stop, its carried form has to say of the message that set out. */
#include "model/carry.h"
#include "solving.h"

enum { WAYS = 20000, MAX_CHANGES = 4, MAX_STOPS = 4, N_ATOMS = 28 };

typedef struct {
    Table table;
    GRand *random;
    TamisFormula atoms[N_ATOMS];
} Fixture;

static guint
below(Fixture *fixture, guint n)
{
    return (guint)g_rand_int_range(fixture->random, 0, (gint32)n);
}

static TamisAtom
count_atom(Fixture *fixture, TamisAtomKind kind, const char *name, guint relation, const char *key)
{
    TamisAtom atom = atom_of(&fixture->table, kind, name, TAMIS_KEYS_COUNT, key);

    atom.relation = (guint8)relation;
    atom.comparator = TAMIS_COMPARATOR_NUMERIC;
    return atom;
}

static TamisAtom
addressed(Fixture *fixture, const char *names)
{
    return (TamisAtom){.kind = TAMIS_ATOM_ADDRESSED, .names = list_of(&fixture->table, names)};
}

static TamisAtom
date_atom(Fixture *fixture, const char *name, TamisKeyMatch match, const char *part,
          const char *keys)
{
    TamisAtom atom = atom_of(&fixture->table, TAMIS_ATOM_DATE, name, match, keys);

    atom.date_part = tamis_strings_add(fixture->table.strings, part, strlen(part));
    atom.comparator = match == TAMIS_KEYS_COUNT ? TAMIS_COMPARATOR_NUMERIC : 0;
    return atom;
}

/* Of version 0; the others are made when they are used. */
static void
make_atoms(Fixture *fixture)
{
    Table *table = &fixture->table;
    guint n = 0;

    fixture->atoms[n++] = header(table, "x-a", TAMIS_KEYS_IS, "one");
    fixture->atoms[n++] = header(table, "x-a|subject", TAMIS_KEYS_CONTAIN, "o|z");
    fixture->atoms[n++] = header(table, "subject", TAMIS_KEYS_IS, "two");
    fixture->atoms[n++] = header(table, "X-B", TAMIS_KEYS_MATCH, "*");
    fixture->atoms[n++] = exists(table, "x-a");
    fixture->atoms[n++] = exists(table, "x-a|x-b");
    fixture->atoms[n++] = exists(table, "subject");
    fixture->atoms[n++] = exists(table, "date");
    for (guint relation = 0; relation < 6; relation++) {
        fixture->atoms[n++] =
            add_atom(table, count_atom(fixture, TAMIS_ATOM_HEADER, "x-a", relation, "2"));
        if (relation % 2 == 0)
            fixture->atoms[n++] =
                add_atom(table, count_atom(fixture, TAMIS_ATOM_ADDRESS, "x-a", relation, "1"));
    }
    fixture->atoms[n++] = address(table, "x-a", TAMIS_ADDRESS_DOMAIN, TAMIS_KEYS_IS, "y.org");
    fixture->atoms[n++] = envelope(table, "to", TAMIS_ADDRESS_LOCAL, TAMIS_KEYS_IS, "b");
    fixture->atoms[n++] = envelope(table, "from", TAMIS_ADDRESS_ALL, TAMIS_KEYS_IS, "|a@x.org");
    fixture->atoms[n++] = envelope(table, "from|to", TAMIS_ADDRESS_DOMAIN, TAMIS_KEYS_IS, "y.org");
    fixture->atoms[n++] = envelope(table, "from", TAMIS_ADDRESS_LOCAL, TAMIS_KEYS_MATCH, "?");
    fixture->atoms[n++] = add_atom(table, addressed(fixture, "x-a"));
    fixture->atoms[n++] = add_atom(table, addressed(fixture, "x-a|subject"));
    fixture->atoms[n++] =
        add_atom(table, date_atom(fixture, "date", TAMIS_KEYS_IS, "year", "2026"));
    fixture->atoms[n++] = add_atom(table, date_atom(fixture, "x-a", TAMIS_KEYS_COUNT, "year", "0"));
    fixture->atoms[n++] = header(table, "date", TAMIS_KEYS_CONTAIN, "2026");
    fixture->atoms[n++] = header(table, "x-none", TAMIS_KEYS_CONTAIN, "");
    g_assert_cmpuint(n, ==, N_ATOMS);
}

static const char *const names[] = {"x-a", "X-B", "subject", "date", "x-a"};
static const char *const values[] = {"one",     "two", "b@y.org", "Mon, 23 Nov 2026 10:00:00 +0000",
                                     "a@x.org", "zz"};
static const char *const people[] = {"a@x.org", "b@y.org", "b+d@y.org", "c@z.org"};

static TamisFormula
random_guard(Fixture *fixture, guint32 version, guint n)
{
    TamisFormulas *formulas = fixture->table.formulas;
    TamisFormula left, right;

    if (n == 1) {
        TamisAtom atom =
            *tamis_formulas_get_atom(formulas, fixture->atoms[below(fixture, N_ATOMS)]);

        atom.version = version > 0 ? below(fixture, version + 1) : 0;
        if ((atom.kind == TAMIS_ATOM_HEADER || atom.kind == TAMIS_ATOM_ADDRESS) &&
            below(fixture, 8) == 0) {
            atom.index = 1 + below(fixture, 2);
            atom.last = (guint8)below(fixture, 2);
        }
        left = tamis_formulas_atom(formulas, &atom);
        return below(fixture, 2) ? left : tamis_formulas_not(formulas, left);
    }
    left = random_guard(fixture, version, n / 2);
    right = random_guard(fixture, version, n - n / 2);
    return below(fixture, 2) ? tamis_formulas_and2(formulas, left, right)
                             : tamis_formulas_or2(formulas, left, right);
}

static TamisString
word(Fixture *fixture, const char *text)
{
    return tamis_strings_add(fixture->table.strings, text, strlen(text));
}

static void
random_flow(Fixture *fixture, TamisFlow *flow, TamisChange *changes)
{
    *flow = (TamisFlow){.changes = changes, .n_changes = below(fixture, MAX_CHANGES + 1)};
    for (guint32 i = 0; i < flow->n_changes; i++) {
        gboolean mark = below(fixture, 5) < 3;

        changes[i] = (TamisChange){
            .guard = below(fixture, 3) ? random_guard(fixture, i, 1) : TAMIS_FORMULA_TRUE,
            .kind = mark ? TAMIS_FLOW_MARK : TAMIS_FLOW_UNMARK,
            .last = (guint8)below(fixture, 2),
            .index = mark ? 0 : below(fixture, 3),
            .name = word(fixture, names[below(fixture, G_N_ELEMENTS(names))]),
            .value = word(fixture, values[below(fixture, G_N_ELEMENTS(values))]),
        };
        if (!mark && below(fixture, 3) == 0) {
            changes[i].match = below(fixture, 2) ? TAMIS_KEYS_CONTAIN : TAMIS_KEYS_IS;
            changes[i].keys = list_of(&fixture->table, below(fixture, 2) ? "o|z" : "one|two");
        }
    }
}

/* At most one of those that hold one value. */
static TamisMessage *
random_message(Fixture *fixture)
{
    TamisMessage *message = tamis_message_new();

    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        if (below(fixture, 2))
            tamis_message_append_header(message, names[i],
                                        values[below(fixture, G_N_ELEMENTS(values))]);
    }
    return message;
}

static TamisEvaluation *
evaluate(Fixture *fixture, const TamisFlow *flow, TamisMessage *message,
         const TamisDelivery *delivery)
{
    return tamis_evaluation_new(fixture->table.formulas, NULL, flow, message, delivery, NULL, "+");
}

static gboolean
has_opaque(Fixture *fixture, TamisFormula formula)
{
    TamisFormulas *formulas = fixture->table.formulas;
    TamisFormulaKind kind = tamis_formulas_kind(formulas, formula);
    guint32 n = 0;
    const TamisFormula *children;

    if (kind == TAMIS_FORMULA_ATOM)
        return tamis_formulas_get_atom(formulas, formula)->kind == TAMIS_ATOM_OPAQUE;
    if (kind == TAMIS_FORMULA_CONSTANT)
        return FALSE;
    children = tamis_formulas_children(formulas, formula, &n);
    for (guint32 i = 0; i < n; i++) {
        if (has_opaque(fixture, children[i]))
            return TRUE;
    }
    return FALSE;
}

/* One way; returns whether something on it was opaque. */
static gboolean
go(Fixture *fixture, TamisCarry *carry)
{
    static const TamisFlow no_flow = {0};
    g_autoptr(GPtrArray) messages =
        g_ptr_array_new_with_free_func((GDestroyNotify)tamis_message_free);
    TamisMessage *first = random_message(fixture), *message = first;
    TamisDelivery sent = {
        below(fixture, 4) ? people[below(fixture, 4)] : "", people[below(fixture, 4)], 0, {0}};
    TamisDelivery delivery = sent;
    const TamisStop *stop = tamis_carry_start(carry);
    guint n_stops = 1 + below(fixture, MAX_STOPS);

    g_ptr_array_add(messages, first);
    for (guint i = 0; i < n_stops; i++) {
        TamisChange changes[MAX_CHANGES];
        TamisFlow flow;
        TamisFormula guard, carried;
        const char *recipient = people[below(fixture, 4)];
        TamisSenderRule rule = (TamisSenderRule)below(fixture, 3);
        guint32 version;
        g_autoptr(TamisEvaluation) here = NULL;
        g_autoptr(TamisEvaluation) there = NULL;

        random_flow(fixture, &flow, changes);
        version = below(fixture, flow.n_changes + 1);
        guard = random_guard(fixture, flow.n_changes, 3);
        carried = tamis_carry_guard(carry, stop, &flow, guard);
        if (has_opaque(fixture, carried))
            return TRUE;
        here = evaluate(fixture, &flow, message, &delivery);
        there = evaluate(fixture, &no_flow, first, &sent);
        g_assert_cmpint(tamis_evaluation_holds(there, carried), ==,
                        tamis_evaluation_holds(here, guard));
        stop = tamis_carry_send(carry, stop, &flow, version, word(fixture, recipient), rule,
                                word(fixture, "c@z.org"));
        message = tamis_message_copy(tamis_evaluation_message(here, version));
        g_ptr_array_add(messages, message);
        if (rule != TAMIS_SENDER_KEPT && *delivery.envelope_from != '\0')
            delivery.envelope_from =
                rule == TAMIS_SENDER_RECIPIENT ? delivery.envelope_to : "c@z.org";
        delivery.envelope_to = recipient;
    }
    return FALSE;
}

static void
test_random_ways(void)
{
    Fixture fixture = {.random = g_rand_new_with_seed(1)};
    guint n_opaque = 0;

    for (guint round = 0; round < 20; round++) {
        g_autoptr(TamisCarry) carry = NULL;

        fixture.table.strings = tamis_strings_new();
        fixture.table.formulas = tamis_formulas_new(fixture.table.strings);
        carry = tamis_carry_new(fixture.table.formulas, "+");
        make_atoms(&fixture);
        for (guint i = 0; i < WAYS / 20; i++)
            n_opaque += go(&fixture, carry);
        g_clear_pointer(&carry, tamis_carry_free);
        tamis_formulas_free(fixture.table.formulas);
        tamis_strings_free(fixture.table.strings);
    }
    g_assert_cmpuint(n_opaque, <, WAYS / 2);
    g_rand_free(fixture.random);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/carry/random-ways", test_random_ways);
    return g_test_run();
}
