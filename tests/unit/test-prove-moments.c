/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Moments of tests and of what guards make of them, against all values one by one. */
#include "compiler/prove-course.h"

#include <string.h>

enum { N_ATOMS = 8, N_TESTS = 5, N_ROUNDS = 3000, MOST_MOMENTS = 150 };

typedef struct {
    GRand *rand;
    TamisFormulas *formulas;
    TamisFormula atoms[N_ATOMS]; /* the first are the tests */
} Random;

static TamisFormula
make(Random *random, guint depth)
{
    TamisFormula some[3];
    guint n = (guint)g_rand_int_range(random->rand, 2, 4);

    if (depth == 0 || g_rand_int_range(random->rand, 0, 5) == 0)
        return random->atoms[g_rand_int_range(random->rand, 0, N_ATOMS)];
    for (guint i = 0; i < n; i++)
        some[i] = make(random, depth - 1);
    switch (g_rand_int_range(random->rand, 0, 3)) {
    case 0:
        return tamis_formulas_not(random->formulas, some[0]);
    case 1:
        return tamis_formulas_and(random->formulas, some, n);
    default:
        return tamis_formulas_or(random->formulas, some, n);
    }
}

static gboolean
holds(const Random *random, TamisFormula formula, const guint8 *values, const GArray *tests)
{
    guint32 n = 0;
    const TamisFormula *children = tamis_formulas_children(random->formulas, formula, &n);
    TamisFormulaKind kind = tamis_formulas_kind(random->formulas, formula);

    for (guint i = 0; i < tests->len; i++)
        if (g_array_index(tests, TamisFormula, i) == formula)
            return values[i];
    for (guint32 i = 0; i < n; i++) {
        gboolean child = holds(random, children[i], values, tests);

        if (kind == TAMIS_FORMULA_NOT)
            return !child;
        if (child == (kind == TAMIS_FORMULA_OR))
            return child;
    }
    g_assert_true(n > 0);
    return kind == TAMIS_FORMULA_AND;
}

static int
compare_formulas(gconstpointer a, gconstpointer b)
{
    TamisFormula left = *(const TamisFormula *)a, right = *(const TamisFormula *)b;

    return (left > right) - (left < right);
}

/* The parts that are atoms among the first, in the order of parts. */
static GArray *
find_tests(const Random *random, const GArray *parts)
{
    GArray *tests = g_array_new(FALSE, FALSE, sizeof(TamisFormula));

    for (guint i = 0; i < parts->len; i++)
        for (guint j = 0; j < N_TESTS; j++)
            if (random->atoms[j] == g_array_index(parts, TamisFormula, i))
                g_array_append_val(tests, random->atoms[j]);
    return tests;
}

static gboolean
is_same(const Random *random, const TamisPartMoments *moments, guint32 moment, const GArray *parts,
        const guint8 *values, const GArray *tests)
{
    guint32 n;
    const guint32 *outer = tamis_part_moments_outer(moments, &n);

    for (guint32 i = 0; i < n; i++) {
        TamisFormula part = g_array_index(parts, TamisFormula, outer[i]);

        g_assert_true(tamis_part_moments_is_of_tests(moments, outer[i]));
        if (tamis_part_moments_holds(moments, moment, i) != holds(random, part, values, tests))
            return FALSE;
    }
    return TRUE;
}

/* Each of the values is met by one moment, and each moment is that of some values. */
static void
check(const Random *random, TamisFormula guard)
{
    g_autoptr(GArray) parts = tamis_formulas_collect_parts(random->formulas, guard);
    g_autoptr(GArray) tests = NULL;
    g_autoptr(TamisPartMoments) moments = NULL;
    guint8 values[MOST_MOMENTS][N_TESTS];
    gboolean met[MOST_MOMENTS] = {FALSE};
    guint n = (guint)g_rand_int_range(random->rand, 0, MOST_MOMENTS);
    TamisMoments *all;

    g_array_sort(parts, compare_formulas);
    tests = find_tests(random, parts);
    all = tamis_moments_new(tests->len);
    for (guint i = 0; i < n; i++) {
        for (guint j = 0; j < tests->len; j++)
            values[i][j] = (guint8)g_rand_int_range(random->rand, 0, 2);
        tamis_moments_add(all, values[i]);
    }
    tamis_moments_end(all);
    g_assert_false(tamis_moments_are_too_many(all));
    moments = tamis_part_moments_new(all, random->formulas, parts, tests);
    for (guint i = 0; i < n; i++) {
        guint n_same = 0;

        for (guint32 j = 0; j < tamis_part_moments_count(moments); j++)
            if (is_same(random, moments, j, parts, values[i], tests)) {
                met[j] = TRUE;
                n_same++;
            }
        g_assert_cmpuint(n_same, ==, 1);
    }
    for (guint32 j = 0; j < tamis_part_moments_count(moments); j++)
        g_assert_true(met[j]);
    tamis_moments_free(all);
}

static void
make_atoms(Random *random)
{
    for (guint i = 0; i < N_ATOMS; i++) {
        TamisAtom atom = {
            .kind = TAMIS_ATOM_SIZE, .relation = TAMIS_RELATION_GT, .number = i * 1000 + 1};

        random->atoms[i] = tamis_formulas_atom(random->formulas, &atom);
    }
}

static void
test_random(void)
{
    g_autoptr(TamisStrings) strings = tamis_strings_new();
    g_autoptr(TamisFormulas) formulas = tamis_formulas_new(strings);
    g_autoptr(GRand) rand = g_rand_new_with_seed(20261126);
    Random random = {.rand = rand, .formulas = formulas};

    make_atoms(&random);
    for (guint i = 0; i < N_ROUNDS; i++)
        check(&random, make(&random, 4));
}

/* Some changes in (0, LAST), and whether the test holds then. */
enum { LAST = 500 };

static TamisTicks *
make_ticks(GRand *rand, guint one_in)
{
    TamisTicks *ticks = g_new0(TamisTicks, 1);

    ticks->starts = g_rand_boolean(rand);
    ticks->is_known = TRUE;
    ticks->changes = g_array_new(FALSE, FALSE, sizeof(TamisInstant));
    for (TamisInstant at = 1; at < LAST; at++)
        if (g_rand_int_range(rand, 0, (gint32)one_in) == 0)
            g_array_append_val(ticks->changes, at);
    return ticks;
}

static gboolean
ticks_hold(const TamisTicks *ticks, TamisInstant at)
{
    gboolean holds = ticks->starts;

    for (guint i = 0;
         i < ticks->changes->len && g_array_index(ticks->changes, TamisInstant, i) <= at; i++)
        holds = !holds;
    return holds;
}

/* Two courses against each instant: often the first, third and fifth test change. */
static void
check_course(const Random *random, const GArray *parts, const GArray *tests)
{
    static const guint32 often_at[] = {0, 2, 4}, few_at[] = {1, 3};
    TamisTicks *ticks[N_TESTS];
    g_autoptr(TamisCourse) often = NULL;
    g_autoptr(TamisCourse) few = NULL;
    g_autoptr(TamisPartMoments) moments = NULL;
    TamisMoments *all;
    guint n_met = 0;
    gboolean met[1 << N_TESTS] = {FALSE};

    for (guint i = 0; i < N_TESTS; i++)
        ticks[i] = make_ticks(random->rand, i % 2 == 0 ? 20 : 200);
    often = tamis_course_new((const TamisTicks *[]){ticks[0], ticks[2], ticks[4]}, 3, 0, LAST);
    few = tamis_course_new((const TamisTicks *[]){ticks[1], ticks[3]}, 2, 0, LAST);
    all = tamis_course_join(often, often_at, few, few_at);
    moments = tamis_part_moments_new(all, random->formulas, parts, tests);
    for (TamisInstant at = 0; at < LAST; at++) {
        guint8 values[N_TESTS];
        guint n_same = 0;

        for (guint i = 0; i < N_TESTS; i++)
            values[i] = (guint8)ticks_hold(ticks[i], at);
        for (guint32 j = 0; j < tamis_part_moments_count(moments); j++)
            if (is_same(random, moments, j, parts, values, tests)) {
                n_met += !met[j];
                met[j] = TRUE;
                n_same++;
            }
        g_assert_cmpuint(n_same, ==, 1);
    }
    g_assert_cmpuint(n_met, ==, tamis_part_moments_count(moments));
    tamis_moments_free(all);
    for (guint i = 0; i < N_TESTS; i++)
        tamis_ticks_free(ticks[i]);
}

static void
test_course(void)
{
    g_autoptr(TamisStrings) strings = tamis_strings_new();
    g_autoptr(TamisFormulas) formulas = tamis_formulas_new(strings);
    g_autoptr(GRand) rand = g_rand_new_with_seed(20261127);
    g_autoptr(GArray) parts = NULL;
    g_autoptr(GArray) tests = NULL;
    Random random = {.rand = rand, .formulas = formulas};
    TamisFormula each[N_TESTS];

    make_atoms(&random);
    /* Each test stands beside another atom, so that each is told apart. */
    for (guint i = 0; i < N_TESTS; i++)
        each[i] = tamis_formulas_and2(formulas, random.atoms[i],
                                      random.atoms[N_TESTS + i % (N_ATOMS - N_TESTS)]);
    parts = tamis_formulas_collect_parts(formulas, tamis_formulas_or(formulas, each, N_TESTS));
    g_array_sort(parts, compare_formulas);
    tests = find_tests(&random, parts);
    g_assert_cmpuint(tests->len, ==, N_TESTS);
    for (guint i = 0; i < 200; i++)
        check_course(&random, parts, tests);
}

static void
test_too_many(void)
{
    enum { MANY = 100000 };
    TamisMoments *all = tamis_moments_new(MANY);
    g_autofree guint8 *values = g_new0(guint8, MANY);

    for (guint i = 0; i < 30; i++) {
        values[i] = 1;
        tamis_moments_add(all, values);
    }
    tamis_moments_end(all);
    g_assert_true(tamis_moments_are_too_many(all));
    tamis_moments_free(all);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/prove-moments/random", test_random);
    g_test_add_func("/prove-moments/course", test_course);
    g_test_add_func("/prove-moments/too-many", test_too_many);
    return g_test_run();
}
