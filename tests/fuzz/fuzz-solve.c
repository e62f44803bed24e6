/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Bytes are read as tests of a message and how they are joined; the solver is asked with few steps. A witness makes the
 * guard true for the evaluator, what some message makes true is never called impossible, and no more steps are taken than
 * there are. */
#include "model/evaluate.h"
#include "model/solve.h"

#include <string.h>

enum { MAX_STEPS = 20000, MAX_ATOMS = 12, MAX_KEYS = 3, MAX_KEY_BYTES = 24 };

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static const TamisFlow no_flow = {0};

typedef struct {
    const guint8 *at, *limit;
    TamisFormulas *formulas;
    TamisStrings *strings;
} Reader;

/* Below n; 0 where there are no more bytes. */
static guint
pick(Reader *reader, guint n)
{
    return reader->at < reader->limit ? *reader->at++ % n : 0;
}

static TamisString
add(Reader *reader, const char *text)
{
    return tamis_strings_add(reader->strings, text, strlen(text));
}

/* Reading ---------------------------------------------------------------------------------------- */

static TamisSlice
read_name(Reader *reader, const char *const *names, guint n)
{
    TamisString name = add(reader, names[pick(reader, n)]);

    return tamis_formulas_list(reader->formulas, &name, 1);
}

/* Which comparators go with a match type (RFC 4790, 5231; model/formula.h). */
static TamisComparator
read_comparator(Reader *reader, TamisKeyMatch match)
{
    static const TamisComparator all[] = {TAMIS_COMPARATOR_CASEMAP, TAMIS_COMPARATOR_OCTET,
                                          TAMIS_COMPARATOR_UNICODE, TAMIS_COMPARATOR_NUMERIC};
    guint n = match == TAMIS_KEYS_REGEX                                  ? 2
              : match == TAMIS_KEYS_CONTAIN || match == TAMIS_KEYS_MATCH ? 3
                                                                         : 4;

    return match == TAMIS_KEYS_COUNT ? TAMIS_COMPARATOR_NUMERIC : all[pick(reader, n)];
}

static void
read_keys(Reader *reader, TamisAtom *atom)
{
    guint n = 1 + pick(reader, MAX_KEYS);
    TamisString keys[MAX_KEYS];

    atom->match = (guint8)pick(reader, TAMIS_KEYS_REGEX + 1);
    atom->comparator = (guint8)read_comparator(reader, (TamisKeyMatch)atom->match);
    if (atom->match == TAMIS_KEYS_VALUE || atom->match == TAMIS_KEYS_COUNT)
        atom->relation = (guint8)pick(reader, TAMIS_RELATION_GE + 1);
    for (guint i = 0; i < n; i++) {
        char key[MAX_KEY_BYTES + 1] = {0};
        gboolean folds =
            atom->comparator == TAMIS_COMPARATOR_CASEMAP && atom->match != TAMIS_KEYS_REGEX;

        for (guint k = 0, length = pick(reader, MAX_KEY_BYTES); k < length; k++)
            key[k] = (char)(1 + pick(reader, 255));
        for (char *c = key; *c != '\0'; c++)
            *c = folds ? g_ascii_tolower(*c) : *c;
        keys[i] = add(reader, key);
    }
    atom->keys = tamis_formulas_list(reader->formulas, keys, n);
}

static void
read_date(Reader *reader, TamisAtom *atom)
{
    static const char *const date_parts[] = {"year",   "month",   "day",    "date",
                                             "julian", "hour",    "minute", "second",
                                             "time",   "iso8601", "zone",   "weekday"};
    static const gint32 offsets[] = {0, 3600, -12600};

    atom->zone_kind = (guint8)pick(reader, TAMIS_ZONE_ORIGINAL);
    if (atom->zone_kind == TAMIS_ZONE_FIXED)
        atom->offset_s = offsets[pick(reader, G_N_ELEMENTS(offsets))];
    atom->date_part = add(reader, date_parts[pick(reader, G_N_ELEMENTS(date_parts))]);
}

static TamisFormula
read_atom(Reader *reader)
{
    static const guint8 kinds[] = {TAMIS_ATOM_HEADER, TAMIS_ATOM_ADDRESS, TAMIS_ATOM_ENVELOPE,
                                   TAMIS_ATOM_EXISTS, TAMIS_ATOM_BODY,    TAMIS_ATOM_SIZE,
                                   TAMIS_ATOM_GRADE,  TAMIS_ATOM_NOW,     TAMIS_ATOM_SINCE,
                                   TAMIS_ATOM_SHARE,  TAMIS_ATOM_OPAQUE,  TAMIS_ATOM_ADDRESSED};
    static const char *const fields[] = {"subject", "x-a", "from", "to"};
    static const char *const sides[] = {"from", "to"};
    static const char *const types[] = {"text", "text/html", ""};
    TamisAtom atom = {.kind = kinds[pick(reader, G_N_ELEMENTS(kinds))]};

    if (atom.kind <= TAMIS_ATOM_EXISTS || atom.kind == TAMIS_ATOM_ADDRESSED)
        atom.names = atom.kind == TAMIS_ATOM_ENVELOPE
                         ? read_name(reader, sides, G_N_ELEMENTS(sides))
                         : read_name(reader, fields, G_N_ELEMENTS(fields));
    if (atom.kind == TAMIS_ATOM_ADDRESS || atom.kind == TAMIS_ATOM_ENVELOPE)
        atom.part = (guint8)pick(reader, TAMIS_ADDRESS_USER + 1);
    if (atom.kind == TAMIS_ATOM_BODY) {
        atom.transform = (guint8)pick(reader, TAMIS_BODY_TEXT + 1);
        atom.names = read_name(reader, types, G_N_ELEMENTS(types));
    }
    if (atom.kind == TAMIS_ATOM_SIZE) {
        atom.relation = pick(reader, 2) ? TAMIS_RELATION_GT : TAMIS_RELATION_LT;
        atom.number = 20 * pick(reader, 255);
    }
    if (atom.kind == TAMIS_ATOM_GRADE)
        atom.grade = (guint8)pick(reader, TAMIS_GRADE_VIRUS + 1);
    if (atom.kind == TAMIS_ATOM_NOW)
        read_date(reader, &atom);
    if (atom.kind == TAMIS_ATOM_SINCE)
        atom.instant = G_GINT64_CONSTANT(1790000000) + 86400 * (TamisInstant)pick(reader, 255);
    if (atom.kind == TAMIS_ATOM_SHARE) {
        atom.number = 1 + pick(reader, 7);
        atom.member = pick(reader, (guint)atom.number);
    }
    if (atom.kind == TAMIS_ATOM_OPAQUE)
        atom.number = pick(reader, 3);
    if (atom.kind <= TAMIS_ATOM_ENVELOPE || atom.kind == TAMIS_ATOM_BODY ||
        atom.kind == TAMIS_ATOM_GRADE || atom.kind == TAMIS_ATOM_NOW)
        read_keys(reader, &atom);
    return tamis_formulas_atom(reader->formulas, &atom);
}

/* Each test is joined to what was read before. */
static TamisFormula
read_guard(Reader *reader)
{
    TamisFormula guard = read_atom(reader);

    for (guint i = 1; i < MAX_ATOMS && reader->at < reader->limit; i++) {
        guint how = pick(reader, 8);
        TamisFormula next = read_atom(reader);

        if (how & 1)
            next = tamis_formulas_not(reader->formulas, next);
        if (how == 7)
            guard = tamis_formulas_not(reader->formulas, guard);
        guard = how >= 6 ? tamis_formulas_or2(reader->formulas, guard, next)
                         : tamis_formulas_and2(reader->formulas, guard, next);
    }
    return guard;
}

/* Judging ---------------------------------------------------------------------------------------- */

static void
check_witness(Reader *reader, const TamisWitness *witness, TamisFormula guard)
{
    g_autoptr(TamisMessage) message = tamis_witness_to_message(witness);
    TamisDelivery delivery = tamis_witness_delivery(witness);
    g_autoptr(TamisEvaluation) evaluation =
        tamis_evaluation_new(reader->formulas, NULL, &no_flow, message, &delivery, NULL, "+");

    for (guint i = 0; i < witness->n_choices; i++)
        tamis_evaluation_assume(evaluation, witness->choices[i].atom, witness->choices[i].holds);
    g_assert(tamis_evaluation_holds(evaluation, guard));
}

/* None of a few usual messages makes it true. */
static void
check_impossible(Reader *reader, TamisFormula guard)
{
    static const char *const headers[][2] = {{"From", "Anna <anna+x@outside.example>"},
                                             {"To", "li@acme.example"},
                                             {"Subject", "a 7"},
                                             {"X-A", "b"}};

    for (guint n = 0; n <= G_N_ELEMENTS(headers); n++) {
        g_autoptr(TamisMessage) message = tamis_message_new();
        TamisDelivery delivery = {.envelope_from = n % 2 ? "anna+x@outside.example" : "",
                                  .envelope_to = "li@acme.example",
                                  .instant = G_GINT64_CONSTANT(1795000000) + 7654321 * n,
                                  .grades.spam_score = 3 * n % 11};

        for (guint i = 0; i < n; i++)
            tamis_message_append_header(message, headers[i][0], headers[i][1]);
        tamis_message_set_body(message, n % 2 ? "Hello" : "");

        g_autoptr(TamisEvaluation) evaluation =
            tamis_evaluation_new(reader->formulas, NULL, &no_flow, message, &delivery, NULL, "+");

        g_assert(!tamis_evaluation_holds(evaluation, guard) ||
                 !tamis_evaluation_is_certain(evaluation, guard));
    }
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autoptr(TamisStrings) strings = tamis_strings_new();
    g_autoptr(TamisFormulas) formulas = tamis_formulas_new(strings);
    Reader reader = {data, data + size, formulas, strings};
    TamisFormula guard = read_guard(&reader);
    TamisSolverOptions options = {
        .delimiter = "+", .not_after = TAMIS_INSTANT_MAX, .max_steps = MAX_STEPS};
    g_autoptr(TamisSolver) solver = tamis_solver_new(formulas, &options);
    g_auto(TamisSolution) solution = {0};
    TamisSolverCounts counts;

    tamis_solver_solve(solver, guard, &solution);
    counts = tamis_solver_counts(solver);
    g_assert(counts.n_steps <= MAX_STEPS && counts.n_disagreements == 0);
    g_assert(solution.reason == NULL || strstr(solution.reason, "bug in Tamis") == NULL);
    if (solution.verdict == TAMIS_VERDICT_WITNESS)
        check_witness(&reader, solution.witness, guard);
    else if (solution.verdict == TAMIS_VERDICT_IMPOSSIBLE)
        check_impossible(&reader, guard);
    return 0;
}
