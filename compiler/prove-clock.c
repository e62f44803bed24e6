/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Pieces with the same constants share one answer, so that years of weeks are some hundred questions. A test that
 * changes every second or minute is left in the question, as if it were free; where that lets something through,
 * the solver is asked about the piece itself. */
#include "compiler/prove-clock.h"

#include "compiler/prove-course.h"
#include "model/share.h"
#include "model/solve/time-test.h"

#include <string.h>

/* Pieces that the solver is asked about. */
#define MAX_PIECES 40
/* Of sets of tests that are kept: a policy has few opening hours. */
#define MAX_KNOWN 32
/* Changes of a test that changes now and then. */
#define FEW      16
#define YEAR_S   (366 * (TamisInstant)TAMIS_DAY_S)
#define TOO_MUCH "there are too many changes of the clock"

struct TamisProofClock {
    TamisFormulas *formulas;
    TamisSolver *solver;
    TamisInstant from, to;
    TamisTexts texts;
    TamisTimeline timeline;
    GHashTable *ticks;   /* atom's formula -> Ticks */
    GHashTable *courses; /* GBytes of formulas of tests that change often -> TamisCourse */
    GHashTable *moments; /* GBytes of the tests' formulas -> TamisMoments */
};

TamisProofClock *
tamis_proof_clock_new(TamisFormulas *formulas, TamisSolver *solver, const TamisPolicy *policy,
                      TamisInstant from, TamisInstant to)
{
    TamisProofClock *clock = g_new0(TamisProofClock, 1);

    clock->formulas = formulas;
    clock->solver = solver;
    clock->from = from;
    clock->to = to;
    tamis_texts_init(&clock->texts, formulas, tamis_policy_text(policy, policy->delimiter));
    clock->timeline =
        (TamisTimeline){.texts = &clock->texts, .policy = policy, .local = policy->zone};
    clock->ticks = g_hash_table_new_full(NULL, NULL, NULL, tamis_ticks_free);
    clock->courses =
        g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref,
                              (GDestroyNotify)tamis_course_free);
    clock->moments =
        g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref,
                              (GDestroyNotify)tamis_moments_free);
    return clock;
}

void
tamis_proof_clock_free(TamisProofClock *clock)
{
    if (clock == NULL)
        return;
    g_hash_table_unref(clock->ticks);
    g_hash_table_unref(clock->courses);
    g_hash_table_unref(clock->moments);
    tamis_texts_clear(&clock->texts);
    g_free(clock);
}

TamisFormula
tamis_proof_between(TamisFormulas *formulas, TamisFormula guard, TamisInstant from, TamisInstant to)
{
    TamisAtom start = {.kind = TAMIS_ATOM_SINCE, .instant = from};
    TamisAtom end = {.kind = TAMIS_ATOM_SINCE, .instant = to};
    TamisFormula all[] = {guard, TAMIS_FORMULA_TRUE, TAMIS_FORMULA_TRUE};

    if (from != TAMIS_INSTANT_MIN)
        all[1] = tamis_formulas_atom(formulas, &start);
    if (to != TAMIS_INSTANT_MAX)
        all[2] = tamis_formulas_not(formulas, tamis_formulas_atom(formulas, &end));
    return tamis_formulas_and(formulas, all, G_N_ELEMENTS(all));
}

/* Ticks ----------------------------------------------------------------------------------------- */

/* In which time a test of seconds or minutes comes round, whatever the day; 0: it is none. */
static gint64
cycle_of(const TamisProofClock *clock, const TamisAtom *atom)
{
    const char *part;

    if (atom->kind == TAMIS_ATOM_SHARE)
        return tamis_share_period_s((guint32)atom->number);
    if (atom->kind != TAMIS_ATOM_NOW || atom->zone_kind != TAMIS_ZONE_FIXED)
        return 0;
    part = tamis_strings_get(tamis_formulas_get_strings(clock->formulas), atom->date_part);
    if (strcmp(part, "second") == 0)
        return 60;
    return strcmp(part, "minute") == 0 ? 3600 : strcmp(part, "hour") == 0 ? TAMIS_DAY_S : 0;
}

static gboolean
is_slow(const TamisProofClock *clock, const TamisAtom *atom)
{
    const char *part;

    if (atom->kind == TAMIS_ATOM_SINCE || atom->kind == TAMIS_ATOM_HOURS)
        return TRUE;
    if (atom->kind != TAMIS_ATOM_NOW)
        return FALSE;
    part = tamis_strings_get(tamis_formulas_get_strings(clock->formulas), atom->date_part);
    return strcmp(part, "second") != 0 && strcmp(part, "minute") != 0;
}

static const TamisTicks *
get_ticks(TamisProofClock *clock, TamisFormula atom)
{
    TamisTicks *ticks = g_hash_table_lookup(clock->ticks, GUINT_TO_POINTER(atom));

    if (ticks != NULL)
        return ticks;
    ticks = tamis_ticks_new(clock->formulas, &clock->timeline, atom, clock->from, clock->to);
    g_hash_table_insert(clock->ticks, GUINT_TO_POINTER(atom), ticks);
    return ticks;
}

/* One guard ------------------------------------------------------------------------------------- */

typedef struct {
    TamisProofClock *clock;
    TamisFormula guard;
    GArray *parts;       /* TamisFormula: of the guard, children first */
    GArray *tests;       /* TamisFormula: atoms that are cut by */
    GByteArray *values;  /* of tests, at the piece at hand */
    GArray *changes;     /* of TamisTick, sorted */
    GHashTable *answers; /* GBytes of values -> whether nothing is left, + 1 */
    guint n_pieces;
} Cutting;

static int
compare_formulas(gconstpointer a, gconstpointer b)
{
    TamisFormula left = *(const TamisFormula *)a, right = *(const TamisFormula *)b;

    return (left > right) - (left < right);
}

static void
add_test(Cutting *cutting, TamisFormula atom, const TamisTicks *ticks)
{
    guint8 value = ticks->starts != FALSE;

    g_array_append_val(cutting->tests, atom);
    g_byte_array_append(cutting->values, &value, 1);
}

static const TamisAtom *
get_atom(const Cutting *cutting, guint part)
{
    TamisFormula formula = g_array_index(cutting->parts, TamisFormula, part);

    return tamis_formulas_kind(cutting->clock->formulas, formula) == TAMIS_FORMULA_ATOM
               ? tamis_formulas_get_atom(cutting->clock->formulas, formula)
               : NULL;
}

static void
cut_by_slow_tests(Cutting *cutting)
{
    for (guint i = 0; i < cutting->parts->len; i++) {
        TamisFormula part = g_array_index(cutting->parts, TamisFormula, i);
        const TamisAtom *atom = get_atom(cutting, i);
        const TamisTicks *ticks =
            atom != NULL && is_slow(cutting->clock, atom) ? get_ticks(cutting->clock, part) : NULL;

        if (ticks != NULL && ticks->is_known)
            add_test(cutting, part, ticks);
    }
}

static void
add_slow_changes(Cutting *cutting)
{
    for (guint i = 0; i < cutting->tests->len; i++)
        tamis_ticks_append(
            get_ticks(cutting->clock, g_array_index(cutting->tests, TamisFormula, i)), i,
            cutting->changes);
    tamis_ticks_sort(cutting->changes);
}

/* One cycle of all of them. FALSE: there are none. */
static gboolean
cut_by_cycles(Cutting *cutting)
{
    TamisProofClock *clock = cutting->clock;
    gint64 cycle_s = 0;

    for (guint i = 0; i < cutting->parts->len; i++) {
        const TamisAtom *atom = get_atom(cutting, i);

        cycle_s = MAX(cycle_s, atom != NULL ? cycle_of(clock, atom) : 0);
    }
    for (guint i = 0; i < cutting->parts->len; i++) {
        TamisFormula part = g_array_index(cutting->parts, TamisFormula, i);
        const TamisAtom *atom = get_atom(cutting, i);

        if (atom != NULL && cycle_of(clock, atom) != 0) {
            TamisTicks *ticks = tamis_ticks_new(clock->formulas, &clock->timeline, part,
                                                clock->from, clock->from + cycle_s);

            if (ticks->is_known) {
                add_test(cutting, part, ticks);
                tamis_ticks_append(ticks, cutting->tests->len - 1, cutting->changes);
            }
            tamis_ticks_free(ticks);
        }
    }
    tamis_ticks_sort(cutting->changes);
    return cycle_s != 0;
}

static void
look_at_parts(Cutting *cutting)
{
    g_autoptr(GArray) parts =
        tamis_formulas_collect_parts(cutting->clock->formulas, cutting->guard);

    g_array_append_vals(cutting->parts, parts->data, parts->len);
    g_array_sort(cutting->parts, compare_formulas);
}

static TamisFormula
rewrite(Cutting *cutting, TamisFormula part, GHashTable *made)
{
    TamisFormulas *formulas = cutting->clock->formulas;
    guint32 n = 0;
    const TamisFormula *children = tamis_formulas_children(formulas, part, &n);
    g_autofree TamisFormula *rewritten = g_new(TamisFormula, MAX(n, 1));

    for (guint32 i = 0; i < n; i++)
        rewritten[i] = GPOINTER_TO_UINT(g_hash_table_lookup(made, GUINT_TO_POINTER(children[i])));
    switch (tamis_formulas_kind(formulas, part)) {
    case TAMIS_FORMULA_NOT:
        return tamis_formulas_not(formulas, rewritten[0]);
    case TAMIS_FORMULA_AND:
        return tamis_formulas_and(formulas, rewritten, n);
    case TAMIS_FORMULA_OR:
        return tamis_formulas_or(formulas, rewritten, n);
    default:
        return part;
    }
}

static void
set(GHashTable *made, TamisFormula part, gboolean holds)
{
    g_hash_table_insert(made, GUINT_TO_POINTER(part),
                        GUINT_TO_POINTER(holds ? TAMIS_FORMULA_TRUE : TAMIS_FORMULA_FALSE));
}

/* The guard where some parts are what was made of them. of_tests: says which need not be looked into; NULL: none. */
static TamisFormula
rewrite_all(Cutting *cutting, GHashTable *made, const TamisPartMoments *of_tests)
{
    for (guint i = 0; i < cutting->parts->len; i++) {
        TamisFormula part = g_array_index(cutting->parts, TamisFormula, i);

        if (of_tests != NULL && tamis_part_moments_is_of_tests(of_tests, i))
            continue;
        if (!g_hash_table_lookup_extended(made, GUINT_TO_POINTER(part), NULL, NULL))
            g_hash_table_insert(made, GUINT_TO_POINTER(part),
                                GUINT_TO_POINTER(rewrite(cutting, part, made)));
    }
    return GPOINTER_TO_UINT(g_hash_table_lookup(made, GUINT_TO_POINTER(cutting->guard)));
}

/* The guard where the tests are as they are in this piece. */
static TamisFormula
rest(Cutting *cutting)
{
    g_autoptr(GHashTable) made = g_hash_table_new(NULL, NULL);

    for (guint i = 0; i < cutting->tests->len; i++)
        set(made, g_array_index(cutting->tests, TamisFormula, i), cutting->values->data[i]);
    return rewrite_all(cutting, made, NULL);
}

static gboolean
is_plainly_impossible(Cutting *cutting)
{
    GBytes *key = g_bytes_new(cutting->values->data, cutting->values->len);
    guint known = GPOINTER_TO_UINT(g_hash_table_lookup(cutting->answers, key));

    if (known == 0) {
        known = 1 + (guint)tamis_solver_is_impossible(cutting->clock->solver, rest(cutting));
        g_hash_table_insert(cutting->answers, key, GUINT_TO_POINTER(known));
    } else {
        g_bytes_unref(key);
    }
    return known == 2;
}

/* Whether nothing is to be found in [from, to); else solution says what. */
static gboolean
pass_piece(Cutting *cutting, TamisInstant from, TamisInstant to, TamisSolution *solution)
{
    TamisProofClock *clock = cutting->clock;

    if (from >= to || is_plainly_impossible(cutting))
        return TRUE;
    if (cutting->n_pieces++ == MAX_PIECES) {
        *solution = (TamisSolution){.verdict = TAMIS_VERDICT_UNDECIDED, .reason = TOO_MUCH};
        return FALSE;
    }
    tamis_solver_solve(clock->solver,
                       tamis_proof_between(clock->formulas, cutting->guard, from, to), solution);
    return solution->verdict == TAMIS_VERDICT_IMPOSSIBLE;
}

/* As if all that is left were free of the cycle. */
static gboolean
is_cycle_impossible(Cutting *cutting)
{
    gboolean impossible = cut_by_cycles(cutting);

    for (guint i = 0; i < cutting->changes->len && impossible; i++) {
        TamisTick change = g_array_index(cutting->changes, TamisTick, i);

        if (i == 0 || change.instant != g_array_index(cutting->changes, TamisTick, i - 1).instant)
            impossible = is_plainly_impossible(cutting);
        cutting->values->data[change.test] ^= 1;
    }
    return impossible && is_plainly_impossible(cutting);
}

static void
pass_all(Cutting *cutting, TamisSolution *solution)
{
    TamisInstant from = cutting->clock->from;

    for (guint i = 0; i < cutting->changes->len; i++) {
        TamisTick change = g_array_index(cutting->changes, TamisTick, i);

        if (!pass_piece(cutting, from, change.instant, solution))
            return;
        cutting->values->data[change.test] ^= 1;
        from = change.instant;
    }
    pass_piece(cutting, from, cutting->clock->to, solution);
}

/* All at once ----------------------------------------------------------------------------------- */

/* Some of the tests. */
typedef struct {
    GArray *at;       /* guint32: of the cutting's tests */
    GArray *formulas; /* TamisFormula */
    GPtrArray *ticks; /* TamisTicks; lent */
} Some;

static void
some_init(Some *some)
{
    some->at = g_array_new(FALSE, FALSE, sizeof(guint32));
    some->formulas = g_array_new(FALSE, FALSE, sizeof(TamisFormula));
    some->ticks = g_ptr_array_new();
}

static void
some_clear(Some *some)
{
    g_array_unref(some->at);
    g_array_unref(some->formulas);
    g_ptr_array_unref(some->ticks);
}

static void
some_add(Some *some, guint32 at, TamisFormula formula, const TamisTicks *ticks)
{
    g_array_append_val(some->at, at);
    g_array_append_val(some->formulas, formula);
    g_ptr_array_add(some->ticks, (gpointer)ticks);
}

static TamisCourse *
make_course(const TamisProofClock *clock, const Some *some)
{
    return tamis_course_new((const TamisTicks *const *)some->ticks->pdata, some->ticks->len,
                            clock->from, clock->to);
}

/* What was made for these formulas, or NULL. */
static gpointer
find_known(GHashTable *known, const GArray *formulas)
{
    g_autoptr(GBytes) key =
        g_bytes_new_static(formulas->data, formulas->len * sizeof(TamisFormula));

    return g_hash_table_lookup(known, key);
}

static void
keep_known(GHashTable *known, const GArray *formulas, gpointer made)
{
    if (g_hash_table_size(known) == MAX_KNOWN)
        g_hash_table_remove_all(known);
    g_hash_table_insert(known, g_bytes_new(formulas->data, formulas->len * sizeof(TamisFormula)),
                        made);
}

/* Many mailboxes ask for the same hours, each in a window of its own. */
static TamisMoments *
make_moments(Cutting *cutting)
{
    TamisProofClock *clock = cutting->clock;
    TamisMoments *moments;
    TamisCourse *course;
    g_autoptr(TamisCourse) own = NULL;
    Some often, few;

    some_init(&often);
    some_init(&few);
    for (guint i = 0; i < cutting->tests->len; i++) {
        TamisFormula test = g_array_index(cutting->tests, TamisFormula, i);
        const TamisTicks *ticks = get_ticks(clock, test);

        some_add(ticks->changes->len > FEW ? &often : &few, i, test, ticks);
    }
    course = find_known(clock->courses, often.formulas);
    if (course == NULL) {
        course = make_course(clock, &often);
        keep_known(clock->courses, often.formulas, course);
    }
    own = make_course(clock, &few);
    moments = tamis_course_join(course, (const guint32 *)often.at->data, own,
                                (const guint32 *)few.at->data);
    some_clear(&often);
    some_clear(&few);
    return moments;
}

static const TamisMoments *
get_moments(Cutting *cutting)
{
    GHashTable *known = cutting->clock->moments;
    TamisMoments *moments = find_known(known, cutting->tests);

    if (moments == NULL) {
        moments = make_moments(cutting);
        keep_known(known, cutting->tests, moments);
    }
    return moments;
}

/* Whether nothing is left wherever the tests are: what is made of tests alone is the same in most pieces. Seconds and
 * minutes come round in each. FALSE says nothing. */
static gboolean
is_impossible_throughout(Cutting *cutting)
{
    const TamisMoments *moments = get_moments(cutting);
    g_autoptr(TamisPartMoments) parts = NULL;
    gboolean impossible = TRUE;
    const guint32 *outer;
    guint32 n;

    if (tamis_moments_are_too_many(moments))
        return FALSE;
    parts =
        tamis_part_moments_new(moments, cutting->clock->formulas, cutting->parts, cutting->tests);
    outer = tamis_part_moments_outer(parts, &n);
    for (guint32 i = 0; i < tamis_part_moments_count(parts) && impossible; i++) {
        g_autoptr(GHashTable) made = g_hash_table_new(NULL, NULL);
        TamisFormula left;

        for (guint32 j = 0; j < n; j++)
            set(made, g_array_index(cutting->parts, TamisFormula, outer[j]),
                tamis_part_moments_holds(parts, i, j));
        left = rewrite_all(cutting, made, parts);
        impossible = left == TAMIS_FORMULA_FALSE ||
                     tamis_proof_clock_is_impossible(cutting->clock, left) ||
                     tamis_solver_is_impossible(cutting->clock->solver, left);
    }
    return impossible;
}

static gboolean
tests_time(const TamisProofClock *clock, TamisFormula atom)
{
    TamisAtomKind kind = tamis_formulas_get_atom(clock->formulas, atom)->kind;

    return kind == TAMIS_ATOM_NOW || kind == TAMIS_ATOM_SINCE || kind == TAMIS_ATOM_HOURS ||
           kind == TAMIS_ATOM_SHARE;
}

static gboolean
is_settled(const Cutting *cutting, TamisFormula atom)
{
    for (guint i = 0; i < cutting->tests->len; i++)
        if (g_array_index(cutting->tests, TamisFormula, i) == atom)
            return TRUE;
    return FALSE;
}

/* Tests that do not change any more from an instant on become what they stay; others are left out. */
static void
settle_tests(Cutting *cutting, TamisInstant end)
{
    TamisFormulas *formulas = cutting->clock->formulas;

    for (guint i = cutting->tests->len; i-- > 0;) {
        TamisFormula atom = g_array_index(cutting->tests, TamisFormula, i);
        guint8 value = tamis_solver_is_impossible(
            cutting->clock->solver,
            tamis_proof_between(formulas, tamis_formulas_not(formulas, atom), end,
                                TAMIS_INSTANT_MAX));

        cutting->values->data[i] = value;
        if (value ||
            tamis_solver_is_impossible(cutting->clock->solver,
                                       tamis_proof_between(formulas, atom, end, TAMIS_INSTANT_MAX)))
            continue;
        g_array_remove_index(cutting->tests, i);
        g_byte_array_remove_index(cutting->values, i);
    }
}

/* Whether the zone's clock is never changed again. */
static gboolean
stays(const TamisZone *zone, TamisInstant from)
{
    g_autoptr(GArray) soon = tamis_zone_periods(zone, from, from + 2 * YEAR_S);
    g_autoptr(GArray) later = NULL;

    if (soon->len > 1)
        return FALSE;
    later = tamis_zone_periods(zone, from, from + 8000 * YEAR_S);
    return later->len == 1;
}

/* Whether the test is the same every week from an instant on. */
static gboolean
is_weekly(const TamisProofClock *clock, TamisFormula atom, TamisInstant from)
{
    const TamisTimeTest test = {tamis_formulas_get_atom(clock->formulas, atom), FALSE, 0};
    TamisPreparedTime prepared;
    gboolean weekly;

    tamis_time_prepare(&prepared, &clock->timeline, &test, from);
    weekly = prepared.kind == TAMIS_TIME_WEEKDAY || prepared.kind == TAMIS_TIME_SECONDS ||
             prepared.kind == TAMIS_TIME_HOURS || prepared.kind == TAMIS_TIME_SHARE;
    weekly = weekly && (prepared.zone == NULL || stays(prepared.zone, from));
    if (weekly && prepared.hours != NULL && prepared.hours->n_excepts > 0)
        weekly = prepared.hours->excepts[prepared.hours->n_excepts - 1].last <
                 tamis_day_number(tamis_clock_from_instant(from, prepared.offset_s).date);
    tamis_time_clear(&prepared);
    return weekly;
}

/* Where nothing but weeks is left, the clock's last one, which has passed, speaks for all that come. */
static void
pass_what_comes_after(Cutting *cutting, TamisSolution *solution)
{
    TamisProofClock *clock = cutting->clock;
    TamisInstant last_week = clock->to - TAMIS_WEEK_S;
    gboolean all_weekly = last_week > clock->from;

    settle_tests(cutting, last_week);
    for (guint i = 0; i < cutting->parts->len && all_weekly; i++) {
        TamisFormula part = g_array_index(cutting->parts, TamisFormula, i);

        if (tamis_formulas_kind(clock->formulas, part) == TAMIS_FORMULA_ATOM &&
            tests_time(clock, part) && !is_settled(cutting, part))
            all_weekly = is_weekly(clock, part, last_week);
    }
    if (all_weekly)
        return;
    tamis_solver_solve(
        clock->solver,
        tamis_proof_between(clock->formulas, rest(cutting), clock->to, TAMIS_INSTANT_MAX),
        solution);
}

gboolean
tamis_proof_clock_is_quicker(TamisProofClock *clock, TamisFormula guard)
{
    g_autoptr(GArray) parts = g_array_new(FALSE, FALSE, sizeof(TamisFormula));
    Cutting cutting = {.clock = clock, .guard = guard, .parts = parts};

    look_at_parts(&cutting);
    for (guint i = 0; i < parts->len; i++) {
        const TamisAtom *atom = get_atom(&cutting, i);

        if (atom != NULL && atom->kind == TAMIS_ATOM_HOURS)
            return TRUE;
    }
    return FALSE;
}

typedef struct {
    TamisProofClock *clock;
    TamisFormula guard;
    gboolean for_ever;
    TamisSolution *solution; /* NULL: only whether the cycles make it impossible */
} Question;

static gboolean
ask(const Question *question)
{
    g_autoptr(GArray) parts = g_array_new(FALSE, FALSE, sizeof(TamisFormula));
    g_autoptr(GArray) tests = g_array_new(FALSE, FALSE, sizeof(TamisFormula));
    g_autoptr(GByteArray) values = g_byte_array_new();
    g_autoptr(GArray) changes = g_array_new(FALSE, FALSE, sizeof(TamisTick));
    g_autoptr(GHashTable) answers =
        g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
    Cutting cutting = {question->clock, question->guard, parts, tests, values, changes, answers, 0};

    look_at_parts(&cutting);
    if (question->solution == NULL)
        return is_cycle_impossible(&cutting);
    *question->solution = (TamisSolution){.verdict = TAMIS_VERDICT_IMPOSSIBLE};
    cut_by_slow_tests(&cutting);
    if (!is_impossible_throughout(&cutting) &&
        !tamis_proof_clock_is_impossible(question->clock, question->guard)) {
        add_slow_changes(&cutting);
        pass_all(&cutting, question->solution);
    }
    if (question->for_ever && question->solution->verdict == TAMIS_VERDICT_IMPOSSIBLE)
        pass_what_comes_after(&cutting, question->solution);
    return question->solution->verdict == TAMIS_VERDICT_IMPOSSIBLE;
}

void
tamis_proof_clock_solve(TamisProofClock *clock, TamisFormula guard, gboolean for_ever,
                        TamisSolution *out_solution)
{
    ask(&(Question){clock, guard, for_ever, out_solution});
}

gboolean
tamis_proof_clock_is_impossible(TamisProofClock *clock, TamisFormula guard)
{
    return ask(&(Question){clock, guard, FALSE, NULL});
}
