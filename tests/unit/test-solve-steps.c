/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What conditions that are meant to be slow cost, in the solver's own steps: these are the same on every machine. Twice
 * as many tests take little more than twice the steps where that is promised, and never more than the budget. */
#include "model/solve.h"

#include <string.h>

typedef struct {
    const char *name;
    /* The i-th of n guards that have to hold together. */
    TamisFormula (*guard)(TamisFormulas *formulas, guint i);
    guint n;
    gdouble most;     /* times the steps for twice as many; 0: the budget alone bounds them */
    const char *base; /* a regular expression that the subject has to be, too; NULL: none */
} Shape;

static TamisFormula
header(TamisFormulas *formulas, const char *name, TamisKeyMatch match, const char *key)
{
    TamisStrings *strings = tamis_formulas_get_strings(formulas);
    TamisString field = tamis_strings_add(strings, name, strlen(name));
    TamisString string = tamis_strings_add(strings, key, strlen(key));
    TamisAtom atom = {
        .kind = TAMIS_ATOM_HEADER, .match = (guint8)match, .comparator = TAMIS_COMPARATOR_CASEMAP};

    atom.names = tamis_formulas_list(formulas, &field, 1);
    atom.keys = tamis_formulas_list(formulas, &string, 1);
    return tamis_formulas_atom(formulas, &atom);
}

static TamisFormula
other_field(TamisFormulas *formulas, guint i)
{
    g_autofree char *name = g_strdup_printf("x-field-%u", i);

    return header(formulas, name, TAMIS_KEYS_CONTAIN, "word");
}

static TamisFormula
not_one_word(TamisFormulas *formulas, guint i)
{
    g_autofree char *word = g_strdup_printf("word%u", i);

    return tamis_formulas_not(formulas, header(formulas, "subject", TAMIS_KEYS_IS, word));
}

/* Of a and b alone, with so many characters between two of them. */
static TamisFormula
pattern_without(TamisFormulas *formulas, guint i)
{
    g_autofree char *between = g_strnfill(i / 2, '?');
    g_autofree char *pattern = g_strdup_printf("*a%s%c*", between, i % 2 == 0 ? 'a' : 'b');

    return tamis_formulas_not(formulas, header(formulas, "subject", TAMIS_KEYS_MATCH, pattern));
}

static TamisFormula
overlapping_word(TamisFormulas *formulas, guint i)
{
    g_autofree char *word = g_strdup_printf("%c%c%c%c", 'a' + i % 3, 'a' + i / 3 % 3,
                                            'a' + i / 9 % 3, 'a' + (i + i / 3) % 3);

    return header(formulas, "subject", TAMIS_KEYS_CONTAIN, word);
}

static TamisFormula
value_of_one_field(TamisFormulas *formulas, guint i)
{
    g_autofree char *word = g_strdup_printf("value%u", i);

    return header(formulas, "x-field", TAMIS_KEYS_IS, word);
}

/* Of a field whose values are to be addresses. */
static TamisFormula
part_of_address(TamisFormulas *formulas, guint i)
{
    g_autofree char *word = g_strdup_printf("u%u", i);

    return header(formulas, "to", TAMIS_KEYS_CONTAIN, word);
}

static TamisFormula
later_instant(TamisFormulas *formulas, guint i)
{
    TamisAtom atom = {.kind = TAMIS_ATOM_SINCE,
                      .instant = G_GINT64_CONSTANT(1790000000) + 60 * (TamisInstant)i};

    return tamis_formulas_atom(formulas, &atom);
}

static TamisFormula
regex_without(TamisFormulas *formulas, guint i)
{
    g_autofree char *expression = g_strdup_printf("(a|b)[ab]{%u}a", i % 40);

    return tamis_formulas_not(formulas, header(formulas, "subject", TAMIS_KEYS_REGEX, expression));
}

/* The texts of all days are looked through, as long as there are steps. */
static TamisFormula
date_text_before(TamisFormulas *formulas, guint i)
{
    TamisStrings *strings = tamis_formulas_get_strings(formulas);
    g_autofree char *text = g_strdup_printf("%02u", 10 + i);
    TamisString key = tamis_strings_add(strings, text, strlen(text));
    TamisString name = tamis_strings_add(strings, "date", 4);
    TamisAtom atom = {.kind = TAMIS_ATOM_DATE,
                      .match = TAMIS_KEYS_VALUE,
                      .relation = TAMIS_RELATION_LT,
                      .comparator = TAMIS_COMPARATOR_CASEMAP,
                      .zone_kind = TAMIS_ZONE_FIXED,
                      .date_part = tamis_strings_add(strings, "std11", 5)};

    atom.names = tamis_formulas_list(formulas, &name, 1);
    atom.keys = tamis_formulas_list(formulas, &key, 1);
    return tamis_formulas_atom(formulas, &atom);
}

/* Words that values are, are looked up; parts of values are held against each other. */
static const Shape shapes[] = {
    {"fields", other_field, 400, 2.2, NULL},
    {"negations", not_one_word, 400, 2.2, "^word"},
    {"patterns", pattern_without, 8, 0, "^[ab]{12}$"},
    {"words", overlapping_word, 12, 0, NULL},
    {"values", value_of_one_field, 2000, 2.2, NULL},
    {"parts-of-values", part_of_address, 200, 4.2, NULL},
    {"instants", later_instant, 2000, 2.2, NULL},
    {"regular-expressions", regex_without, 20, 2.2, "^[ab]{30}$"},
    {"dates", date_text_before, 2, 0, NULL},
};

static guint64
steps_of(const Shape *shape, guint n)
{
    g_autoptr(TamisStrings) strings = tamis_strings_new();
    g_autoptr(TamisFormulas) formulas = tamis_formulas_new(strings);
    TamisSolverOptions options = {.not_after = TAMIS_INSTANT_MAX, .max_steps = 2000000};
    g_autoptr(TamisSolver) solver = tamis_solver_new(formulas, &options);
    g_autofree TamisFormula *guards = g_new(TamisFormula, n + 1);

    for (guint i = 0; i < n; i++)
        guards[i] = shape->guard(formulas, i);
    guards[n] = shape->base != NULL ? header(formulas, "subject", TAMIS_KEYS_REGEX, shape->base)
                                    : TAMIS_FORMULA_TRUE;
    tamis_solver_verdict(solver, tamis_formulas_and(formulas, guards, n + 1));
    return tamis_solver_counts(solver).n_steps;
}

static void
test_growth(gconstpointer data)
{
    const Shape *shape = data;
    guint64 once = steps_of(shape, shape->n), twice = steps_of(shape, 2 * shape->n);

    g_test_message("%" G_GUINT64_FORMAT " steps, then %" G_GUINT64_FORMAT, once, twice);
    g_assert_cmpuint(once, >, 0);
    g_assert_cmpuint(twice, <=, 2000000);
    if (shape->most > 0)
        g_assert_cmpfloat((gdouble)twice, <=, shape->most * (gdouble)once);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(shapes); i++) {
        g_autofree char *path = g_strdup_printf("/solve-steps/%s", shapes[i].name);

        g_test_add_data_func(path, &shapes[i], test_growth);
    }
    return g_test_run();
}
