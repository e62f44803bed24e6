/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The pace of the solver in families of questions, against libfa and z3 on the same ones, and whether all say the same.
 * The time is that of one question of a guard that stands, with its witness; regular expressions are read in it. Tamis is
 * asked all of a family in one go, as who uses it does, then the others what it was asked first: z3's millions of small
 * allocations would be in everybody's way. Prints JSON, one object a family.
 *
 * usage: bench-families QUESTIONS [alone] [FAMILY…]      those whose names begin so; all without one. alone: no peers */
#include "families.h"
#include "times.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

enum { LIMIT_MS = 1000, N_FOR_Z3 = 16, N_SHOWN = 5 };

typedef struct {
    GArray *tamis, *fa, *z3; /* of double: microseconds */
    guint n_open, n_possible, n_wrong;
    guint n_beaten; /* open here, and answered by another within a second */
} Results;

static void
note(GArray *times, double took_us)
{
    g_array_append_val(times, took_us);
}

static void
show(const Question *question, const char *who, Answer answer, Answer other, const char *reason)
{
    g_printerr("%s says %u for %u%s%s:\n", who, other, answer, reason != NULL ? ", " : "",
               reason != NULL ? reason : "");
    for (guint i = 0; i < question->tests->len; i++) {
        const PeerTest *test = &g_array_index(question->tests, PeerTest, i);

        g_printerr("    text %u, group %u: %s%.200s\n", test->text, test->group,
                   test->negated ? "not " : "", test->language);
    }
}

static void
compare(Results *results, const Question *question, const char *who, Answer answer, Answer other,
        const char *reason, double took_us)
{
    gboolean is_wrong = other != OPEN && answer != OPEN && other != answer;
    gboolean is_beaten = other != OPEN && answer == OPEN && took_us <= 1e6;

    results->n_wrong += is_wrong;
    results->n_beaten += is_beaten;
    if ((is_wrong || is_beaten) && results->n_wrong + results->n_beaten <= N_SHOWN)
        show(question, who, answer, other, reason);
}

static Answer
ask(Question *question, TamisSolver *solver, GArray *times, const char **out_reason)
{
    g_auto(TamisSolution) solution = {0};
    double started = now_us();
    TamisFormula guard =
        tamis_formulas_and(question->formulas, (TamisFormula *)(gpointer)question->guards->data,
                           question->guards->len);

    tamis_solver_solve(solver, guard, &solution);
    note(times, now_us() - started);
    *out_reason = solution.reason;
    return solution.verdict == TAMIS_VERDICT_WITNESS      ? POSSIBLE
           : solution.verdict == TAMIS_VERDICT_IMPOSSIBLE ? IMPOSSIBLE
                                                          : OPEN;
}

/* What was answered, and why it was not. */
typedef struct {
    Answer answer;
    const char *reason;
} Given;

static void
ask_others(Results *results, const Question *question, const Given *given, gboolean slow_too)
{
    double started = now_us(), took;
    Answer other = peers_ask_fa(question->tests, question->n_texts);

    took = now_us() - started;
    note(results->fa, took);
    compare(results, question, "libfa", given->answer, other, given->reason, took);
    if (!slow_too)
        return;
    started = now_us();
    other = peers_ask_z3(question->tests, question->n_texts, LIMIT_MS);
    took = now_us() - started;
    note(results->z3, took);
    compare(results, question, "z3", given->answer, other, given->reason, took);
}

static void
draw_next(const Family *family, Question *question)
{
    g_array_set_size(question->guards, 0);
    g_array_set_size(question->tests, 0);
    question->n_texts = 0;
    family->draw(question);
}

/* The same questions once more, from the first on. */
static void
measure_others(const Family *family, const GArray *given, Results *results)
{
    Question question;

    question_init(&question);
    for (guint i = 0; i < MIN(family->n_for_peers, given->len); i++) {
        draw_next(family, &question);
        ask_others(results, &question, &g_array_index(given, Given, i), i < N_FOR_Z3);
    }
    question_clear(&question);
}

static void
measure(const Family *family, guint n_questions, gboolean alone)
{
    Question question;
    TamisSolverOptions options = {.delimiter = "+", .not_after = TAMIS_INSTANT_MAX};
    TamisSolver *solver;
    Results results = {.tamis = g_array_new(FALSE, FALSE, sizeof(double)),
                       .fa = g_array_new(FALSE, FALSE, sizeof(double)),
                       .z3 = g_array_new(FALSE, FALSE, sizeof(double))};
    g_autoptr(GArray) given = g_array_new(FALSE, FALSE, sizeof(Given));

    question_init(&question);
    solver = tamis_solver_new(question.formulas, &options);
    for (guint i = 0; i < n_questions; i++) {
        Given one = {OPEN, NULL};

        draw_next(family, &question);
        one.answer = ask(&question, solver, results.tamis, &one.reason);
        results.n_open += one.answer == OPEN;
        results.n_possible += one.answer == POSSIBLE;
        g_array_append_val(given, one);
    }
    if (!alone) {
        measure_others(family, given, &results);
        malloc_trim(0); /* what z3 had is not the next one's to sort */
    }
    g_print(
        "{\"family\":\"%s\",\"questions\":%u,\"possible\":%u,\"median_us\":%.2f,\"p99_us\":%.2f,"
        "\"worst_us\":%.2f,\"libfa_us\":%.2f,\"z3_us\":%.2f,\"open\":%u,\"beaten\":%u,"
        "\"wrong\":%u}\n",
        family->name, n_questions, results.n_possible, quantile(results.tamis, 0.5),
        quantile(results.tamis, 0.99), quantile(results.tamis, 1), quantile(results.fa, 0.5),
        quantile(results.z3, 0.5), results.n_open, results.n_beaten, results.n_wrong);
    g_array_unref(results.tamis);
    g_array_unref(results.fa);
    g_array_unref(results.z3);
    tamis_solver_free(solver);
    question_clear(&question);
}

int
main(int argc, char **argv)
{
    if (argc < 2)
        return 64;

    gboolean alone = argc > 2 && strcmp(argv[2], "alone") == 0;
    int first = alone ? 3 : 2;

    for (guint i = 0; i < n_families; i++) {
        gboolean is_wanted = argc == first;

        for (int k = first; k < argc; k++)
            is_wanted |= g_str_has_prefix(families[i].name, argv[k]);
        if (is_wanted)
            measure(&families[i], (guint)atoi(argv[1]), alone);
    }
    return 0;
}
