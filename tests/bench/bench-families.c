/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The pace of the solver in families of questions, against libfa and z3 on the same ones, and whether all say the same.
 * The time is that of one question of a guard that stands, with its witness; regular expressions are read in it. Tamis is
 * asked everything in one go, as who uses it does, then the others what it was asked first: z3's millions of small
 * allocations would be in everybody's way. Prints JSON, one object a family.
 *
 * usage: bench-families QUESTIONS [alone] [FAMILY…]      those whose names begin so; all without one. alone: no peers */
#include "families.h"
#include "times.h"

#include <stdlib.h>
#include <string.h>

enum { LIMIT_MS = 1000, N_FOR_Z3 = 16, N_SHOWN = 5 };

typedef struct {
    GArray *tamis, *fa, *z3; /* of double: microseconds */
    guint n_open, n_possible, n_wrong;
    guint n_beaten; /* open here, and answered by another within a second */
} Results;

/* What was answered, and why it was not. */
typedef struct {
    Answer answer;
    const char *reason;
} Given;

/* A family, and what came of it. */
typedef struct {
    const Family *family;
    Question question;
    TamisSolver *solver;
    GArray *given; /* of Given, by question */
    Results results;
} Run;

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

static void
ask_others(Results *results, const Question *question, const Given *given, gboolean slow_too)
{
    double started = now_us(), took;
    Answer other = peers_ask_fa(question->tests, question->n_texts);

    took = now_us() - started;
    if (peers_have_fa)
        note(results->fa, took);
    compare(results, question, "libfa", given->answer, other, given->reason, took);
    if (!slow_too)
        return;
    started = now_us();
    other = peers_ask_z3(question->tests, question->n_texts, LIMIT_MS);
    took = now_us() - started;
    if (peers_have_z3)
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

static void
ask_tamis(Run *run, guint n_questions)
{
    for (guint i = 0; i < n_questions; i++) {
        Given one = {OPEN, NULL};

        draw_next(run->family, &run->question);
        one.answer = ask(&run->question, run->solver, run->results.tamis, &one.reason);
        run->results.n_open += one.answer == OPEN;
        run->results.n_possible += one.answer == POSSIBLE;
        g_array_append_val(run->given, one);
    }
}

/* The same questions once more, from the first on. */
static void
ask_peers(Run *run)
{
    Question question;

    question_init(&question);
    for (guint i = 0; i < MIN(run->family->n_for_peers, run->given->len); i++) {
        draw_next(run->family, &question);
        ask_others(&run->results, &question, &g_array_index(run->given, Given, i), i < N_FOR_Z3);
    }
    question_clear(&question);
}

static void
begin(Run *run, const Family *family)
{
    TamisSolverOptions options = {.delimiter = "+", .not_after = TAMIS_INSTANT_MAX};

    *run = (Run){.family = family,
                 .given = g_array_new(FALSE, FALSE, sizeof(Given)),
                 .results = {.tamis = g_array_new(FALSE, FALSE, sizeof(double)),
                             .fa = g_array_new(FALSE, FALSE, sizeof(double)),
                             .z3 = g_array_new(FALSE, FALSE, sizeof(double))}};
    question_init(&run->question);
    run->solver = tamis_solver_new(run->question.formulas, &options);
}

static void
tell(const Run *run)
{
    const Results *results = &run->results;

    g_print(
        "{\"family\":\"%s\",\"questions\":%u,\"possible\":%u,\"median_us\":%.2f,\"p99_us\":%.2f,"
        "\"worst_us\":%.2f,\"libfa_us\":%.2f,\"z3_us\":%.2f,\"open\":%u,\"beaten\":%u,"
        "\"wrong\":%u}\n",
        run->family->name, run->given->len, results->n_possible, quantile(results->tamis, 0.5),
        quantile(results->tamis, 0.99), quantile(results->tamis, 1), quantile(results->fa, 0.5),
        quantile(results->z3, 0.5), results->n_open, results->n_beaten, results->n_wrong);
}

static void
end(Run *run)
{
    g_array_unref(run->results.tamis);
    g_array_unref(run->results.fa);
    g_array_unref(run->results.z3);
    g_array_unref(run->given);
    tamis_solver_free(run->solver);
    question_clear(&run->question);
}

int
main(int argc, char **argv)
{
    if (argc < 2)
        return 64;

    gboolean alone = argc > 2 && strcmp(argv[2], "alone") == 0;
    int first = alone ? 3 : 2;
    g_autofree Run *runs = g_new0(Run, n_families);
    guint n = 0;

    for (guint i = 0; i < n_families; i++) {
        gboolean is_wanted = argc == first;

        for (int k = first; k < argc; k++)
            is_wanted |= g_str_has_prefix(families[i].name, argv[k]);
        if (!is_wanted)
            continue;
        begin(&runs[n], &families[i]);
        ask_tamis(&runs[n++], (guint)atoi(argv[1]));
    }
    for (guint i = 0; i < n; i++) {
        if (!alone)
            ask_peers(&runs[i]);
        tell(&runs[i]);
        end(&runs[i]);
    }
    return 0;
}
