/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Hash-consed formulas: equal ones are one, and what folds is folded. */
#include "model/formula.h"

#include <string.h>

typedef struct {
    TamisStrings *strings;
    TamisFormulas *formulas;
} Fixture;

static void
set_up(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    fixture->strings = tamis_strings_new();
    fixture->formulas = tamis_formulas_new(fixture->strings);
}

static void
tear_down(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    tamis_formulas_free(fixture->formulas);
    tamis_strings_free(fixture->strings);
}

static TamisFormula
size_over(Fixture *fixture, guint64 number)
{
    TamisAtom atom = {.kind = TAMIS_ATOM_SIZE, .relation = TAMIS_RELATION_GT, .number = number};

    return tamis_formulas_atom(fixture->formulas, &atom);
}

static void
test_equal_atoms_are_one(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    TamisString a = tamis_strings_add(fixture->strings, "a", 1);
    TamisString b = tamis_strings_add(fixture->strings, "b", 1);
    TamisString ab[] = {a, b, a}, ba[] = {b, a};
    TamisSlice first = tamis_formulas_list(fixture->formulas, ab, 3);
    TamisSlice second = tamis_formulas_list(fixture->formulas, ba, 2);
    TamisAtom opaque = {.kind = TAMIS_ATOM_OPAQUE, .span = {1, 5, 2}};
    TamisAtom other = {.kind = TAMIS_ATOM_OPAQUE, .span = {1, 9, 2}};

    g_assert_cmpuint(first.n, ==, 2);
    g_assert_cmpuint(first.first, ==, second.first);
    g_assert_cmpuint(size_over(fixture, 10), ==, size_over(fixture, 10));
    g_assert_cmpuint(size_over(fixture, 10), !=, size_over(fixture, 11));
    g_assert_cmpuint(tamis_formulas_atom(fixture->formulas, &opaque), !=,
                     tamis_formulas_atom(fixture->formulas, &other));
}

static void
test_folding(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    TamisFormulas *formulas = fixture->formulas;
    TamisFormula a = size_over(fixture, 1), b = size_over(fixture, 2);
    TamisFormula not_a = tamis_formulas_not(formulas, a);

    g_assert_cmpuint(tamis_formulas_not(formulas, not_a), ==, a);
    g_assert_cmpuint(tamis_formulas_not(formulas, TAMIS_FORMULA_TRUE), ==, TAMIS_FORMULA_FALSE);
    g_assert_cmpuint(tamis_formulas_and2(formulas, a, not_a), ==, TAMIS_FORMULA_FALSE);
    g_assert_cmpuint(tamis_formulas_or2(formulas, a, not_a), ==, TAMIS_FORMULA_TRUE);
    g_assert_cmpuint(tamis_formulas_and2(formulas, a, a), ==, a);
    g_assert_cmpuint(tamis_formulas_and2(formulas, a, TAMIS_FORMULA_TRUE), ==, a);
    g_assert_cmpuint(tamis_formulas_or2(formulas, a, TAMIS_FORMULA_TRUE), ==, TAMIS_FORMULA_TRUE);
    g_assert_cmpuint(tamis_formulas_and2(formulas, a, b), ==, tamis_formulas_and2(formulas, b, a));
    g_assert_cmpuint(tamis_formulas_or(formulas, NULL, 0), ==, TAMIS_FORMULA_FALSE);
    g_assert_cmpuint(tamis_formulas_and(formulas, NULL, 0), ==, TAMIS_FORMULA_TRUE);
}

/* Neither in a table that has nothing else yet, nor later. */
static void
test_constants_have_no_children(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    TamisFormulas *formulas = fixture->formulas;
    guint32 n = 1;

    g_assert_null(tamis_formulas_children(formulas, TAMIS_FORMULA_TRUE, &n));
    g_assert_cmpuint(n, ==, 0);
    tamis_formulas_not(formulas, size_over(fixture, 1));
    g_assert_null(tamis_formulas_children(formulas, TAMIS_FORMULA_FALSE, &n));
    g_assert_cmpuint(n, ==, 0);
}

static void
test_flattening(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    TamisFormulas *formulas = fixture->formulas;
    TamisFormula a = size_over(fixture, 1), b = size_over(fixture, 2), c = size_over(fixture, 3);
    TamisFormula nested = tamis_formulas_and2(formulas, tamis_formulas_and2(formulas, a, b), c);
    TamisFormula list[] = {c, b, a};
    guint32 n = 0;

    g_assert_cmpuint(nested, ==, tamis_formulas_and(formulas, list, 3));
    tamis_formulas_children(formulas, nested, &n);
    g_assert_cmpuint(n, ==, 3);
    g_assert_cmpint(tamis_formulas_kind(formulas, nested), ==, TAMIS_FORMULA_AND);
    /* What the inner list contradicts, the whole does. */
    g_assert_cmpuint(tamis_formulas_and2(formulas, nested, tamis_formulas_not(formulas, b)), ==,
                     TAMIS_FORMULA_FALSE);
}

/* A chain of many branches must not grow as the square of its length. */
static void
test_long_chain(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    TamisFormula any = TAMIS_FORMULA_FALSE;

    for (guint i = 0; i < 20000; i++)
        any = tamis_formulas_or2(fixture->formulas, any, size_over(fixture, i));
    g_assert_cmpuint(tamis_formulas_count(fixture->formulas), <=, 2 + 2 * 20000);
    g_assert_cmpint(tamis_formulas_kind(fixture->formulas, any), ==, TAMIS_FORMULA_OR);
}

#define ADD(path, function) g_test_add(path, Fixture, NULL, set_up, function, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("/formula/equal-atoms-are-one", test_equal_atoms_are_one);
    ADD("/formula/folding", test_folding);
    ADD("/formula/constants-have-no-children", test_constants_have_no_children);
    ADD("/formula/flattening", test_flattening);
    ADD("/formula/long-chain", test_long_chain);
    return g_test_run();
}
