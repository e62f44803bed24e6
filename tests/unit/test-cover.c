/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which guards plainly exclude each other: random scripts over a small universe, no message of which may meet two of
 * one set; the forms that have to be seen; and maxima of whole scripts against exhaustion. */
#include "model/solve/cover.h"

#include "universe.h"

enum { SCRIPTS = 1500, MAX_GUARDS = 70 };

typedef struct {
    Universe *universe;
    TamisFormula guards[MAX_GUARDS];
    guint64 *truth; /* by guard */
    guint n;
} Script;

static guint64 *
truth_of(const Script *script, guint guard)
{
    return script->truth + (gsize)guard * script->universe->n_words;
}

/* Branches under outer, each with an action or with branches of its own. */
static void
add_branches(Script *script, TamisFormula outer, const guint64 *outer_truth, guint depth)
{
    Universe *universe = script->universe;
    TamisFormulas *formulas = universe->table.formulas;
    guint words = universe->n_words, n = (guint)g_rand_int_range(universe->random, 1, 8);
    gboolean is_chain = g_rand_int_range(universe->random, 0, 3) > 0;
    g_autofree guint64 *before = g_memdup2(outer_truth, words * sizeof *before);
    g_autofree guint64 *condition_truth = g_new(guint64, words);
    g_autofree guint64 *taken_truth = g_new(guint64, words);

    for (guint i = 0; i < n && script->n < MAX_GUARDS; i++) {
        TamisFormula condition = random_guard(
            universe, (guint)g_rand_int_range(universe->random, 1, 4), condition_truth);
        TamisFormula taken = tamis_formulas_and2(formulas, outer, condition);

        for (guint w = 0; w < words; w++)
            taken_truth[w] = before[w] & condition_truth[w];
        if (depth > 0 && g_rand_int_range(universe->random, 0, 4) == 0) {
            add_branches(script, taken, taken_truth, depth - 1);
        } else {
            memcpy(truth_of(script, script->n), taken_truth, words * sizeof *taken_truth);
            script->guards[script->n++] = taken;
        }
        if (!is_chain)
            continue;
        outer = tamis_formulas_and2(formulas, outer, tamis_formulas_not(formulas, condition));
        for (guint w = 0; w < words; w++)
            before[w] &= ~condition_truth[w];
    }
}

static gboolean
holds(const Script *script, guint guard, guint world)
{
    return truth_of(script, guard)[world / 64] >> world % 64 & 1;
}

static void
check_sets(const Script *script)
{
    guint sets[MAX_GUARDS];

    tamis_cover(script->universe->table.formulas, script->guards, script->n, sets);
    for (guint i = 0; i < script->n; i++) {
        g_assert_cmpuint(sets[i], <, script->n);
        for (guint k = 0; k < i; k++) {
            if (sets[i] != sets[k] || script->guards[i] == script->guards[k])
                continue;
            for (guint world = 0; world < script->universe->messages->len; world++)
                if (holds(script, i, world) && holds(script, k, world)) {
                    fault(script->universe, script->guards[i], "excludes", (gint)world);
                    fault(script->universe, script->guards[k], "this", (gint)world);
                    return;
                }
        }
    }
}

static void
check_maximum(const Script *script, TamisSolver *solver)
{
    g_auto(TamisMaximum) maximum = {0};
    guint64 best = 0;

    for (guint world = 0; world < script->universe->messages->len; world++) {
        guint64 reached = 0;

        for (guint i = 0; i < script->n; i++)
            reached += holds(script, i, world);
        best = MAX(best, reached);
    }
    tamis_solver_maximum(solver, TAMIS_FORMULA_TRUE, script->guards, NULL, script->n, G_MAXUINT64,
                         &maximum);
    if (maximum.bound < best)
        fault(script->universe, script->guards[0], "has too low a bound", (gint)best);
    /* What a universe lacks, other messages may reach; but they have shown it. */
    g_assert_nonnull(maximum.solution.witness);
}

static void
add_tests(Universe *universe)
{
    static const char *const globs[] = {"a*", "b*", "ab*", "*b", "a?b*", "ab", "b", "a|b*"};
    Table *table = &universe->table;

    for (guint comparator = 0; comparator < 2; comparator++)
        for (guint i = 0; i < 3 * G_N_ELEMENTS(globs); i++) {
            TamisAtom atom = atom_of(table, TAMIS_ATOM_HEADER, i % 3 == 2 ? "x-a" : "subject",
                                     i % 3 == 0 ? TAMIS_KEYS_IS : TAMIS_KEYS_MATCH, globs[i / 3]);

            atom.comparator = (guint8)comparator;
            add(universe, add_atom(table, atom));
        }
    for (guint i = 0; i < 4; i++) {
        TamisAtom size = {.kind = TAMIS_ATOM_SIZE, .number = 100 * i};
        TamisAtom share = {.kind = TAMIS_ATOM_SHARE, .number = 3 + i / 3, .member = i % 3};

        size.relation = TAMIS_RELATION_GT;
        add(universe, add_atom(table, size));
        size.relation = TAMIS_RELATION_LT;
        add(universe, add_atom(table, size));
        add(universe, add_atom(table, share));
    }
    for (guint i = 0; i < 2 * G_N_ELEMENTS(people); i++) {
        /* As keys of this comparator are. */
        g_autofree char *lower = g_ascii_strdown(people[i / 2], -1);
        TamisAtom atom = atom_of(table, TAMIS_ATOM_ENVELOPE, "from", TAMIS_KEYS_IS,
                                 i % 2 ? tamis_address_domain(lower) + 1 : lower);

        atom.part = i % 2 ? TAMIS_ADDRESS_DOMAIN : TAMIS_ADDRESS_ALL;
        add(universe, add_atom(table, atom));
    }
    add(universe, exists(table, "x-a"));
}

static void
test_random_scripts(void)
{
    Universe universe;
    g_autoptr(TamisSolver) solver = NULL;

    begin(&universe, 21);
    add_tests(&universe);
    for (guint i = 0; i < 240; i++) {
        TamisMessage *message = add_world(&universe, people[i % G_N_ELEMENTS(people)],
                                          "u@v.example", 100000 + i % 60, 0);

        tamis_message_set_size(message, 90 + i % 5 * 60);
        if (i % 17 != 0)
            tamis_message_append_header(message, "Subject", texts[i % G_N_ELEMENTS(texts)]);
        for (guint k = 0; k < i % 3; k++)
            tamis_message_append_header(message, "X-A",
                                        texts[(i / 3 + 5 * k) % G_N_ELEMENTS(texts)]);
    }
    find_truth(&universe);
    solver = tamis_solver_new(universe.table.formulas, &universe.options);
    for (guint i = 0; i < SCRIPTS && universe.faults < 5; i++) {
        Script script = {&universe, {0}, g_new(guint64, MAX_GUARDS * universe.n_words), 0};
        g_autofree guint64 *all = g_new(guint64, universe.n_words);

        memset(all, 0xff, universe.n_words * sizeof *all);
        while (script.n < 4 + i % 30)
            add_branches(&script, TAMIS_FORMULA_TRUE, all, 2);
        check_sets(&script);
        if (i % 10 == 0)
            check_maximum(&script, solver);
        g_free(script.truth);
    }
    g_clear_pointer(&solver, tamis_solver_free);
    end(&universe);
}

/* Forms ------------------------------------------------------------------------------------------ */

static guint
count_sets(Universe *universe, const GArray *guards)
{
    g_autofree guint *sets = g_new(guint, guards->len);
    g_autoptr(GHashTable) different = g_hash_table_new(NULL, NULL);

    tamis_cover(universe->table.formulas, (const TamisFormula *)guards->data, guards->len, sets);
    for (guint i = 0; i < guards->len; i++)
        g_hash_table_add(different, GUINT_TO_POINTER(sets[i]));
    return g_hash_table_size(different);
}

/* A chain of 5,000 branches, some with branches in them and with a test that many share, makes a few sets, and tests of
 * one text make one. */
static void
test_long_chains(void)
{
    Universe universe;
    TamisFormulas *formulas;
    g_autoptr(GArray) chain = g_array_new(FALSE, FALSE, sizeof(TamisFormula));
    g_autoptr(GArray) plain = g_array_new(FALSE, FALSE, sizeof(TamisFormula));
    g_autoptr(GArray) free_ones = g_array_new(FALSE, FALSE, sizeof(TamisFormula));
    TamisFormula before = TAMIS_FORMULA_TRUE, deep;

    begin(&universe, 22);
    formulas = universe.table.formulas;
    deep = exists(&universe.table, "x-deep");
    for (guint i = 0; i < 5000; i++) {
        g_autofree char *word = g_strdup_printf("w%uz", i);
        TamisFormula condition = header(&universe.table, "x-a", TAMIS_KEYS_CONTAIN, word), guard;

        g_array_append_val(free_ones, condition);
        if (i % 3 == 0)
            condition = tamis_formulas_and2(formulas, condition, exists(&universe.table, "x-b"));
        if (i % 3 == 1)
            condition = tamis_formulas_or2(formulas, condition, exists(&universe.table, "x-c"));
        guard = tamis_formulas_and2(formulas, before, condition);
        if (i % 1000 == 999) {
            TamisFormula inner = tamis_formulas_and2(formulas, guard, deep);

            g_array_append_val(chain, inner);
            guard = tamis_formulas_and2(formulas, guard, tamis_formulas_not(formulas, deep));
        }
        g_array_append_val(chain, guard);
        before = tamis_formulas_and2(formulas, before, tamis_formulas_not(formulas, condition));
        guard = header(&universe.table, "subject", i % 2 ? TAMIS_KEYS_IS : TAMIS_KEYS_MATCH, word);
        g_array_append_val(plain, guard);
    }
    g_assert_cmpuint(count_sets(&universe, chain), <=, 3);
    g_assert_cmpuint(count_sets(&universe, plain), ==, 1);
    /* One header may have them all. */
    g_assert_cmpuint(count_sets(&universe, free_ones), ==, free_ones->len);
    end(&universe);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cover/random-scripts", test_random_scripts);
    g_test_add_func("/cover/long-chains", test_long_chains);
    return g_test_run();
}
