/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The pace of one question to the solver, and of the same constraints in libfa (automata) and z3 (an SMT solver
 * with strings), where they are there: random tests of one subject line, case-sensitive, so that all three are
 * asked the same. A question is a guard of its own, with its witness. Tamis is asked all of a shape in one go, then the
 * others some of the same. Prints JSON, one object a shape.
 *
 * usage: bench-solve QUESTIONS [alone] */
#include "model/solve.h"
#include "times.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#ifdef HAVE_FA
#include <fa.h>
#endif
#ifdef HAVE_Z3
#include <z3.h>
#endif

enum { MAX_TESTS = 8, LIMIT_MS = 1000, MAX_SLOW = 40 };

typedef enum { CONTAINS, BEGINS, ENDS, IS_PATTERN } Kind;
typedef enum { POSSIBLE, IMPOSSIBLE, OPEN } Answer;

typedef struct {
    Kind kind;
    gboolean negated;
    char text[16]; /* of IS_PATTERN with `*` and `?` */
} Test;

typedef struct {
    const char *name;
    guint n_tests, alphabet;
    gboolean patterns;
} Shape;

static const Shape shapes[] = {
    {"two tests", 2, 6, FALSE},
    {"four tests", 4, 3, FALSE},
    {"six tests", 6, 3, FALSE},
    {"four tests, patterns", 4, 3, TRUE},
};

/* Questions -------------------------------------------------------------------------------------- */

static void
random_text(GRand *random, const Shape *shape, gboolean pattern, char text[16])
{
    guint n = (guint)g_rand_int_range(random, 2, 7);

    for (guint i = 0; i < n; i++)
        text[i] = pattern && g_rand_int_range(random, 0, 4) == 0
                      ? (g_rand_boolean(random) ? '*' : '?')
                      : (char)('a' + g_rand_int_range(random, 0, (gint32)shape->alphabet));
    text[n] = '\0';
}

static void
random_tests(GRand *random, const Shape *shape, Test tests[MAX_TESTS])
{
    for (guint i = 0; i < shape->n_tests; i++) {
        gboolean pattern = shape->patterns && g_rand_boolean(random);

        tests[i].kind = pattern ? IS_PATTERN : (Kind)g_rand_int_range(random, 0, 3);
        tests[i].negated = g_rand_int_range(random, 0, 3) == 0;
        random_text(random, shape, pattern, tests[i].text);
    }
}

/* Tamis ------------------------------------------------------------------------------------------ */

static TamisFormula
guard_of(TamisFormulas *formulas, const Test *tests, guint n)
{
    TamisStrings *strings = tamis_formulas_get_strings(formulas);
    TamisString subject = tamis_strings_add(strings, "subject", 7);
    TamisFormula all[MAX_TESTS];

    for (guint i = 0; i < n; i++) {
        g_autofree char *glob = tests[i].kind == BEGINS ? g_strconcat(tests[i].text, "*", NULL)
                                : tests[i].kind == ENDS ? g_strconcat("*", tests[i].text, NULL)
                                                        : g_strdup(tests[i].text);
        TamisString key = tamis_strings_add(strings, glob, strlen(glob));
        TamisAtom atom = {.kind = TAMIS_ATOM_HEADER, .comparator = TAMIS_COMPARATOR_OCTET};

        atom.match = tests[i].kind == CONTAINS ? TAMIS_KEYS_CONTAIN : TAMIS_KEYS_MATCH;
        atom.names = tamis_formulas_list(formulas, &subject, 1);
        atom.keys = tamis_formulas_list(formulas, &key, 1);
        all[i] = tamis_formulas_atom(formulas, &atom);
        if (tests[i].negated)
            all[i] = tamis_formulas_not(formulas, all[i]);
    }
    return tamis_formulas_and(formulas, all, n);
}

static Answer
ask_tamis(TamisFormulas *formulas, TamisSolver *solver, const Test *tests, guint n)
{
    g_auto(TamisSolution) solution = {0};

    tamis_solver_solve(solver, guard_of(formulas, tests, n), &solution);
    return solution.verdict == TAMIS_VERDICT_WITNESS      ? POSSIBLE
           : solution.verdict == TAMIS_VERDICT_IMPOSSIBLE ? IMPOSSIBLE
                                                          : OPEN;
}

/* libfa ------------------------------------------------------------------------------------------ */

#ifdef HAVE_FA
static struct fa *
compile(const char *expression)
{
    struct fa *automaton = NULL;

    if (fa_compile(expression, strlen(expression), &automaton) != REG_NOERROR)
        g_error("libfa takes no %s", expression);
    return automaton;
}

static struct fa *
fa_of(const Test *test)
{
    g_autoptr(GString) expression = g_string_new(NULL);

    if (test->kind == CONTAINS || test->kind == ENDS)
        g_string_append(expression, "(.|\n)*");
    for (const char *c = test->text; *c != '\0'; c++)
        g_string_append(expression, *c == '*' ? "(.|\n)*" : *c == '?' ? "(.|\n)" : (char[]){*c, 0});
    if (test->kind == CONTAINS || test->kind == BEGINS)
        g_string_append(expression, "(.|\n)*");
    return compile(expression->str);
}

static Answer
ask_fa(const Test *tests, guint n)
{
    struct fa *all = compile("(.|\n)*");
    Answer answer;

    for (guint i = 0; i < n; i++) {
        struct fa *one = fa_of(&tests[i]);
        struct fa *both = tests[i].negated ? fa_minus(all, one) : fa_intersect(all, one);

        fa_free(one);
        fa_free(all);
        all = both;
    }
    if (fa_is_basic(all, FA_EMPTY)) {
        answer = IMPOSSIBLE;
    } else {
        char *example = NULL;
        size_t length = 0;

        fa_example(all, &example, &length);
        answer = example != NULL ? POSSIBLE : IMPOSSIBLE;
        free(example);
    }
    fa_free(all);
    return answer;
}
#endif

/* z3 --------------------------------------------------------------------------------------------- */

#ifdef HAVE_Z3
static Z3_ast
z3_pattern(Z3_context context, Z3_ast subject, const char *pattern)
{
    Z3_sort strings = Z3_mk_string_sort(context), expressions = Z3_mk_re_sort(context, strings);
    Z3_ast parts[16];
    unsigned n = 0;

    for (; *pattern != '\0'; pattern++) {
        char text[2] = {*pattern, '\0'};

        parts[n++] = *pattern == '*'   ? Z3_mk_re_full(context, expressions)
                     : *pattern == '?' ? Z3_mk_re_range(context, Z3_mk_string(context, " "),
                                                        Z3_mk_string(context, "~"))
                                       : Z3_mk_seq_to_re(context, Z3_mk_string(context, text));
    }
    return Z3_mk_seq_in_re(context, subject,
                           n == 1 ? parts[0] : Z3_mk_re_concat(context, n, parts));
}

static Answer
ask_z3(const Test *tests, guint n)
{
    Z3_config config = Z3_mk_config();
    Z3_context context;
    Z3_solver solver;
    Z3_ast subject;
    Z3_lbool answer;
    Z3_params params;

    context = Z3_mk_context(config);
    solver = Z3_mk_solver(context);
    Z3_solver_inc_ref(context, solver);
    params = Z3_mk_params(context);
    Z3_params_inc_ref(context, params);
    Z3_params_set_uint(context, params, Z3_mk_string_symbol(context, "timeout"), LIMIT_MS);
    Z3_solver_set_params(context, solver, params);
    subject =
        Z3_mk_const(context, Z3_mk_string_symbol(context, "subject"), Z3_mk_string_sort(context));
    for (guint i = 0; i < n; i++) {
        Z3_ast text = Z3_mk_string(context, tests[i].text), test;

        test = tests[i].kind == CONTAINS ? Z3_mk_seq_contains(context, subject, text)
               : tests[i].kind == BEGINS ? Z3_mk_seq_prefix(context, text, subject)
               : tests[i].kind == ENDS   ? Z3_mk_seq_suffix(context, text, subject)
                                         : z3_pattern(context, subject, tests[i].text);
        Z3_solver_assert(context, solver, tests[i].negated ? Z3_mk_not(context, test) : test);
    }
    answer = Z3_solver_check(context, solver);
    Z3_params_dec_ref(context, params);
    Z3_solver_dec_ref(context, solver);
    Z3_del_context(context);
    Z3_del_config(config);
    return answer == Z3_L_TRUE ? POSSIBLE : answer == Z3_L_FALSE ? IMPOSSIBLE : OPEN;
}
#endif

/* Pace ------------------------------------------------------------------------------------------- */

typedef struct {
    GArray *tamis, *fa, *z3;
    guint n_open, n_wrong;
    guint n_beaten; /* open here, and answered by another */
} Results;

static void
note(GArray *times, double started)
{
    double took = now_us() - started;

    g_array_append_val(times, took);
}

static void
ask_others(Results *results, const Test *tests, guint n, Answer answer, gboolean slow_too)
{
    Answer others[2] = {OPEN, OPEN};
    double started = now_us();

#ifdef HAVE_FA
    others[0] = ask_fa(tests, n);
    note(results->fa, started);
#endif
#ifdef HAVE_Z3
    if (slow_too) {
        started = now_us();
        others[1] = ask_z3(tests, n);
        note(results->z3, started);
    }
#endif
    for (guint i = 0; i < G_N_ELEMENTS(others); i++) {
        results->n_wrong += others[i] != OPEN && answer != OPEN && others[i] != answer;
        results->n_beaten += others[i] != OPEN && answer == OPEN;
    }
    (void)started;
}

/* Every tenth of the same questions. answers: of Answer. */
static void
measure_others(const Shape *shape, const GArray *answers, Results *results)
{
    GRand *random = g_rand_new_with_seed(1);

    for (guint i = 0; i < answers->len; i++) {
        Test tests[MAX_TESTS];

        random_tests(random, shape, tests);
        if (i % 10 == 0)
            ask_others(results, tests, shape->n_tests, g_array_index(answers, Answer, i),
                       i / 10 < MAX_SLOW);
    }
    g_rand_free(random);
}

static void
measure(const Shape *shape, guint n_questions, gboolean alone)
{
    g_autoptr(TamisStrings) strings = tamis_strings_new();
    g_autoptr(TamisFormulas) formulas = tamis_formulas_new(strings);
    TamisSolverOptions options = {.not_after = TAMIS_INSTANT_MAX};
    g_autoptr(TamisSolver) solver = tamis_solver_new(formulas, &options);
    GRand *random = g_rand_new_with_seed(1);
    Results results = {.tamis = g_array_new(FALSE, FALSE, sizeof(double)),
                       .fa = g_array_new(FALSE, FALSE, sizeof(double)),
                       .z3 = g_array_new(FALSE, FALSE, sizeof(double))};
    g_autoptr(GArray) answers = g_array_new(FALSE, FALSE, sizeof(Answer));

    for (guint i = 0; i < n_questions; i++) {
        Test tests[MAX_TESTS];
        double started;
        Answer answer;

        random_tests(random, shape, tests);
        started = now_us();
        answer = ask_tamis(formulas, solver, tests, shape->n_tests);
        note(results.tamis, started);
        results.n_open += answer == OPEN;
        g_array_append_val(answers, answer);
    }
    if (!alone) {
        measure_others(shape, answers, &results);
        malloc_trim(0); /* what z3 had is not the next one's to sort */
    }
    g_print("{\"shape\":\"%s\",\"questions\":%u,\"median_us\":%.2f,\"p99_us\":%.2f,"
            "\"worst_us\":%.2f,\"libfa_us\":%.2f,\"z3_us\":%.2f,\"open\":%u,\"beaten\":%u,"
            "\"wrong\":%u}\n",
            shape->name, n_questions, quantile(results.tamis, 0.5), quantile(results.tamis, 0.99),
            quantile(results.tamis, 1), quantile(results.fa, 0.5), quantile(results.z3, 0.5),
            results.n_open, results.n_beaten, results.n_wrong);
    g_array_unref(results.tamis);
    g_array_unref(results.fa);
    g_array_unref(results.z3);
    g_rand_free(random);
}

int
main(int argc, char **argv)
{
    if (argc < 2)
        return 64;
    for (guint i = 0; i < G_N_ELEMENTS(shapes); i++)
        measure(&shapes[i], (guint)atoi(argv[1]), argc > 2);
    return 0;
}
