/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The solver against exhaustion: random guards over the tests of a small universe, each of whose messages the
 * evaluator has seen. What is impossible holds in none of them; a witness is evaluated anew; in what is said to be
 * exact nothing stays undecided. */
#pragma once

#include "solving.h"

enum { GUARDS = 8000, MAX_ATOMS = 400, MAX_TESTS = 6 };

typedef struct Universe Universe;

/* A universe: tests, and for each the messages it holds of, as bits. */
struct Universe {
    Table table;
    TamisSolverOptions options;
    TamisPolicy *policy;
    GArray *atoms;       /* of TamisFormula */
    GPtrArray *messages; /* of TamisMessage */
    GArray *deliveries;  /* of TamisDelivery, by message */
    guint64 *truth;      /* by atom: bits of messages */
    guint n_words;
    GRand *random;
    guint n_tests; /* of a guard, at most */
    guint n_guards;
    guint faults;
    gboolean may_be_open; /* undecided is no fault */
    guint n_open;
    /* What no message says, in the world of this number; NULL: nothing. */
    void (*assume)(const Universe *universe, TamisEvaluation *evaluation, guint world);
    void (*answered)(const Universe *universe, TamisFormula guard,
                     TamisVerdict verdict); /* or NULL */
};

static const char *const texts[] = {"",   "a",  "b",   "ab",  "ba",  "aa",  "aab", "aba",
                                    "Ab", "aB", "bab", "abb", "bba", "AAB", "a b", "abab"};

static const char *const people[] = {
    "a@x.org",   "b@x.org",     "a+d@x.org",     "ab@y.org",        "b+d@y.org",
    "a@z.x.org", "d@y.org",     "A@X.org",       "a+b@z.y.org",     "+d@x.org",
    "a+@y.org",  "a+b+d@x.org", "\"a b\"@x.org", "\"a b+d\"@y.org", "\"a\\\"+b\"@x.org"};

static inline void
add(Universe *universe, TamisFormula atom)
{
    g_array_append_val(universe->atoms, atom);
}

static inline TamisMessage *
add_world(Universe *universe, const char *from, const char *to, gint64 instant, guint32 score)
{
    TamisMessage *message = tamis_message_new();
    TamisDelivery delivery = {from, to, instant, {.spam_score = score}};

    tamis_message_set_size(message, 100);
    g_ptr_array_add(universe->messages, message);
    g_array_append_val(universe->deliveries, delivery);
    return message;
}

static inline TamisMessage *
add_plain(Universe *universe)
{
    return add_world(universe, "x@y.example", "u@v.example", 0, 0);
}

static inline void
free_message(gpointer data)
{
    tamis_message_free(data);
}

static inline void
begin(Universe *universe, guint32 seed)
{
    const char *more;

    memset(universe, 0, sizeof *universe);
    universe->n_tests = MAX_TESTS;
    universe->n_guards = GUARDS;
    universe->table.strings = tamis_strings_new();
    universe->table.formulas = tamis_formulas_new(universe->table.strings);
    universe->atoms = g_array_new(FALSE, FALSE, sizeof(TamisFormula));
    universe->messages = g_ptr_array_new_with_free_func(free_message);
    universe->deliveries = g_array_new(FALSE, FALSE, sizeof(TamisDelivery));
    /* Another universe's guards, to look further than CI has time for. */
    more = g_getenv("TAMIS_SEED");
    universe->random = g_rand_new_with_seed(seed + 1000 * (guint32)(more != NULL ? atoi(more) : 0));
    universe->options =
        (TamisSolverOptions){.delimiter = "+", .not_before = 0, .not_after = TAMIS_INSTANT_MAX};
}

static inline TamisEvaluation *
evaluate(Universe *universe, TamisMessage *message, const TamisDelivery *delivery)
{
    static const TamisFlow no_flow = {0};

    return tamis_evaluation_new(universe->table.formulas, universe->policy, &no_flow, message,
                                delivery, universe->options.zone, universe->options.delimiter);
}

static inline void
find_truth(Universe *universe)
{
    universe->n_words = (universe->messages->len + 63) / 64;
    universe->truth = g_new0(guint64, (gsize)universe->atoms->len * universe->n_words);
    for (guint i = 0; i < universe->messages->len; i++) {
        g_autoptr(TamisEvaluation) evaluation =
            evaluate(universe, g_ptr_array_index(universe->messages, i),
                     &g_array_index(universe->deliveries, TamisDelivery, i));

        if (universe->assume != NULL)
            universe->assume(universe, evaluation, i);
        for (guint a = 0; a < universe->atoms->len; a++) {
            if (tamis_evaluation_holds(evaluation, g_array_index(universe->atoms, TamisFormula, a)))
                universe->truth[a * universe->n_words + i / 64] |= G_GUINT64_CONSTANT(1) << i % 64;
        }
    }
}

static inline void
end(Universe *universe)
{
    tamis_formulas_free(universe->table.formulas);
    tamis_strings_free(universe->table.strings);
    g_array_unref(universe->atoms);
    g_ptr_array_unref(universe->messages);
    g_array_unref(universe->deliveries);
    g_free(universe->truth);
    g_rand_free(universe->random);
}

/* A random guard of n tests, and the messages it holds of. */
static inline TamisFormula
random_guard(Universe *universe, guint n, guint64 *out_truth)
{
    TamisFormulas *formulas = universe->table.formulas;
    guint words = universe->n_words;
    TamisFormula left, right;
    g_autofree guint64 *other = NULL;
    guint of_left;

    if (n == 1) {
        guint atom = (guint)g_rand_int_range(universe->random, 0, (gint32)universe->atoms->len);
        gboolean negated = g_rand_boolean(universe->random);

        for (guint w = 0; w < words; w++)
            out_truth[w] = universe->truth[atom * words + w] ^ (negated ? G_MAXUINT64 : 0);
        left = g_array_index(universe->atoms, TamisFormula, atom);
        return negated ? tamis_formulas_not(formulas, left) : left;
    }
    of_left = (guint)g_rand_int_range(universe->random, 1, (gint32)n);
    other = g_new(guint64, words);
    left = random_guard(universe, of_left, out_truth);
    right = random_guard(universe, n - of_left, other);
    if (g_rand_int_range(universe->random, 0, 3) > 0) {
        for (guint w = 0; w < words; w++)
            out_truth[w] &= other[w];
        return tamis_formulas_and2(formulas, left, right);
    }
    for (guint w = 0; w < words; w++)
        out_truth[w] |= other[w];
    return tamis_formulas_or2(formulas, left, right);
}

static inline gint
first_world(const Universe *universe, const guint64 *truth)
{
    for (guint i = 0; i < universe->messages->len; i++) {
        if (truth[i / 64] >> i % 64 & 1)
            return (gint)i;
    }
    return -1;
}

static inline void
describe(const Universe *universe, TamisFormula formula, GString *out)
{
    TamisFormulas *formulas = universe->table.formulas;
    TamisStrings *strings = universe->table.strings;
    guint32 n = 0;
    const TamisFormula *children;
    const TamisAtom *atom;

    if (tamis_formulas_kind(formulas, formula) == TAMIS_FORMULA_ATOM) {
        atom = tamis_formulas_get_atom(formulas, formula);
        g_string_append_printf(out, "%u/m%u/r%u/c%u/p%u/%s/o%d[", atom->kind, atom->match,
                               atom->relation, atom->comparator, atom->part,
                               tamis_strings_get(strings, atom->date_part), atom->offset_s);
        for (guint32 i = 0; i < atom->names.n; i++)
            g_string_append_printf(
                out, "%s ",
                tamis_strings_get(strings, tamis_formulas_list_get(formulas, atom->names, i)));
        for (guint32 i = 0; i < MIN(atom->keys.n, 4); i++)
            g_string_append_printf(
                out, "'%s'",
                tamis_strings_get(strings, tamis_formulas_list_get(formulas, atom->keys, i)));
        g_string_append_c(out, ']');
        return;
    }
    if (tamis_formulas_kind(formulas, formula) == TAMIS_FORMULA_CONSTANT) {
        g_string_append_printf(out, "%u", formula);
        return;
    }
    children = tamis_formulas_children(formulas, formula, &n);
    g_string_append(out, tamis_formulas_kind(formulas, formula) == TAMIS_FORMULA_NOT   ? "not("
                         : tamis_formulas_kind(formulas, formula) == TAMIS_FORMULA_AND ? "and("
                                                                                       : "or(");
    for (guint32 i = 0; i < n; i++) {
        describe(universe, children[i], out);
        g_string_append(out, ", ");
    }
    g_string_append_c(out, ')');
}

static inline void
fault(Universe *universe, TamisFormula guard, const char *what, gint world)
{
    g_autoptr(GString) text = g_string_new(NULL);

    universe->faults++;
    describe(universe, guard, text);
    g_test_message("%s (world %d): %s", what, world, text->str);
    g_test_fail();
}

static inline void
check_guard(Universe *universe, TamisSolver *solver, TamisFormula guard, const guint64 *truth)
{
    g_auto(TamisSolution) solution = {0};
    gint world = first_world(universe, truth);
    guint64 n_before;

    n_before = tamis_solver_counts(solver).n_disagreements;
    tamis_solver_solve(solver, guard, &solution);
    if (universe->answered != NULL)
        universe->answered(universe, guard, solution.verdict);
    universe->n_open += solution.verdict == TAMIS_VERDICT_UNDECIDED;
    if (solution.verdict == TAMIS_VERDICT_IMPOSSIBLE && world >= 0)
        fault(universe, guard, "called impossible", world);
    if (solution.verdict == TAMIS_VERDICT_UNDECIDED &&
        (!universe->may_be_open || tamis_solver_counts(solver).n_disagreements > n_before))
        fault(universe, guard, solution.reason, world);
    if (solution.verdict == TAMIS_VERDICT_WITNESS) {
        g_autoptr(TamisMessage) message = tamis_witness_to_message(solution.witness);
        TamisDelivery delivery = tamis_witness_delivery(solution.witness);
        g_autoptr(TamisEvaluation) evaluation = evaluate(universe, message, &delivery);

        for (guint i = 0; i < solution.witness->n_choices; i++)
            tamis_evaluation_assume(evaluation, solution.witness->choices[i].atom,
                                    solution.witness->choices[i].holds);
        if (!tamis_evaluation_holds(evaluation, guard))
            fault(universe, guard, "has a false witness", world);
        if (solution.witness->instant < universe->options.not_before ||
            solution.witness->instant > universe->options.not_after)
            fault(universe, guard, "has a witness out of time", world);
    }
}

static inline void
run(Universe *universe)
{
    g_autoptr(TamisSolver) solver = tamis_solver_new(universe->table.formulas, &universe->options);
    g_autofree guint64 *truth = NULL;

    g_assert_cmpuint(universe->atoms->len, <=, MAX_ATOMS);
    find_truth(universe);
    truth = g_new(guint64, universe->n_words);
    for (guint i = 0; i < universe->n_guards && universe->faults < 5; i++) {
        guint n = (guint)g_rand_int_range(universe->random, 1, (gint32)universe->n_tests + 1);
        TamisFormula guard = random_guard(universe, n, truth);

        check_guard(universe, solver, guard, truth);
    }
    g_assert_cmpuint(tamis_solver_counts(solver).n_disagreements, ==, 0);
    end(universe);
}
