/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The most guards that one message can make true: greedily a message, then branch and bound against what
 * excludes each other by its form, and by pairs. */
#include "model/solve/cover.h"
#include "model/solve/query.h"

#include <string.h>

enum { MAX_PAIRED = 512 };

/* Of what is quicker than a step of a search: values that a test of the evaluator looks at, items that a bound does. */
enum { COMPARES_A_STEP = 4, BOUNDS_A_STEP = 8 };

/* What is known of a pair. */
enum { NOT_ASKED, NOT_EXCLUDED, EXCLUDED };

typedef struct {
    TamisFormula guard;
    guint64 weight;
    TamisLiteral literal;
    guint set; /* of the cover: of one set, one item holds at most */
} Item;

typedef struct {
    TamisSolver *solver;
    TamisFormula base;
    GArray *items;    /* of Item, heavy ones first */
    GArray *chosen;   /* of guint: items in the making */
    GArray *formulas; /* of TamisFormula: base and those chosen */
    GArray *assumed;  /* of TamisLiteral */
    guint8 *excluded; /* by pair of items */
    guint8 *seen;     /* by set, for whoever looks at each once */
    TamisMaximum best;
    guint64 stop_above;
    gboolean unsure; /* something was undecided */
    const char *reason;
    gboolean stopped;
} Search;

void
tamis_maximum_clear(TamisMaximum *maximum)
{
    tamis_solution_clear(&maximum->solution);
}

static int
compare_items(gconstpointer a, gconstpointer b)
{
    const Item *left = a, *right = b;

    return left->guard < right->guard ? -1 : left->guard > right->guard;
}

static int
compare_weights(gconstpointer a, gconstpointer b)
{
    const Item *left = a, *right = b;

    if (left->weight != right->weight)
        return left->weight > right->weight ? -1 : 1;
    return compare_items(a, b);
}

/* Each guard once, with the sum of its weights; those that never hold are left out. */
static GArray *
gather(const TamisFormula *guards, const guint32 *weights, guint32 n)
{
    GArray *items = g_array_new(FALSE, FALSE, sizeof(Item));
    guint kept = 0;

    for (guint32 i = 0; i < n; i++) {
        Item item = {guards[i], weights != NULL ? weights[i] : 1, 0, 0};

        if (item.guard != TAMIS_FORMULA_FALSE && item.weight > 0)
            g_array_append_val(items, item);
    }
    g_array_sort(items, compare_items);
    for (guint i = 0; i < items->len; i++) {
        Item item = g_array_index(items, Item, i);

        if (kept > 0 && g_array_index(items, Item, kept - 1).guard == item.guard)
            g_array_index(items, Item, kept - 1).weight += item.weight;
        else
            g_array_index(items, Item, kept++) = item;
    }
    g_array_set_size(items, kept);
    g_array_sort(items, compare_weights);
    return items;
}

static Item *
item_at(const Search *search, guint i)
{
    return &g_array_index(search->items, Item, i);
}

/* Takes from the budget what no question is charged for. FALSE: nothing is left of it. */
static gboolean
charge(Search *search, guint64 n)
{
    guint64 *steps = &search->solver->texts.steps;

    *steps -= MIN(*steps - 1, n);
    return *steps > 1;
}

/* Questions -------------------------------------------------------------------------------------- */

/* Whether a message meets the base and the chosen guards. */
static TamisVerdict
ask(Search *search)
{
    TamisSolver *solver = search->solver;
    TamisVerdict verdict;

    g_array_set_size(search->assumed, 0);
    g_array_set_size(search->formulas, 0);
    g_array_append_val(search->formulas, search->base);
    for (guint i = 0; i < search->chosen->len; i++) {
        const Item *item = item_at(search, g_array_index(search->chosen, guint, i));

        g_array_append_val(search->assumed, item->literal);
        g_array_append_val(search->formulas, item->guard);
    }
    solver->met_unknown = FALSE;
    solver->reason = NULL;
    solver->counts.n_queries++;
    verdict =
        tamis_solver_run(solver, (const TamisLiteral *)search->assumed->data, search->assumed->len,
                         (const TamisFormula *)search->formulas->data, search->formulas->len);
    if (verdict == TAMIS_VERDICT_UNDECIDED) {
        search->unsure = TRUE;
        search->reason = solver->reason;
    }
    return verdict;
}

static guint64
weight_of_chosen(const Search *search)
{
    guint64 weight = 0;

    for (guint i = 0; i < search->chosen->len; i++)
        weight += item_at(search, g_array_index(search->chosen, guint, i))->weight;
    return weight;
}

/* Shares at later hops are chosen too, but are no opaque tests. */
static gboolean
leans_on_opaque(TamisSolver *solver, const TamisWitness *witness)
{
    for (guint i = 0; i < witness->n_choices; i++) {
        const TamisAtom *atom = tamis_formulas_get_atom(solver->formulas, witness->choices[i].atom);

        if (atom->kind != TAMIS_ATOM_SHARE || atom->version != 0)
            return TRUE;
    }
    return FALSE;
}

/* After a WITNESS: keeps the message if it reaches more than the best. */
static void
keep_best(Search *search)
{
    guint64 reached = weight_of_chosen(search);
    TamisWitness *witness;

    if (search->best.solution.witness != NULL && reached <= search->best.reached)
        return;
    witness = tamis_solver_take_witness(
        search->solver, (const TamisFormula *)search->formulas->data, search->formulas->len);
    if (witness != NULL)
        charge(search, (guint64)witness->n_headers * search->formulas->len / COMPARES_A_STEP);
    if (witness == NULL) {
        search->solver->counts.n_disagreements++;
        search->unsure = TRUE;
        search->reason = "the evaluator disagrees with the solver: this is a bug in Tamis";
        return;
    }
    tamis_solution_clear(&search->best.solution);
    search->best.solution = (TamisSolution){.verdict = TAMIS_VERDICT_WITNESS, .witness = witness};
    search->best.solution.leans_on_opaque = leans_on_opaque(search->solver, witness);
    search->best.reached = reached;
    search->stopped |= reached > search->stop_above;
}

/* Pairs ------------------------------------------------------------------------------------------ */

static gboolean
exclude_each_other(Search *search, guint a, guint b)
{
    guint8 *known = &search->excluded[a * search->items->len + b];
    GArray *chosen = search->chosen;
    TamisVerdict verdict;

    if (*known != NOT_ASKED)
        return *known == EXCLUDED;
    search->chosen = g_array_new(FALSE, FALSE, sizeof(guint));
    g_array_append_val(search->chosen, a);
    g_array_append_val(search->chosen, b);
    verdict = ask(search);
    if (verdict == TAMIS_VERDICT_WITNESS)
        keep_best(search);
    g_array_unref(search->chosen);
    search->chosen = chosen;
    *known = verdict == TAMIS_VERDICT_IMPOSSIBLE ? EXCLUDED : NOT_EXCLUDED;
    return *known == EXCLUDED;
}

/* The most that items from `at` on can add: heavy ones come first, so the first of a set counts for it. */
static guint64
bound_from(const Search *search, guint at)
{
    guint64 bound = 0;

    for (guint i = at; i < search->items->len; i++) {
        guint8 *seen = &search->seen[item_at(search, i)->set];

        if (*seen == 0)
            bound += item_at(search, i)->weight;
        *seen = 1;
    }
    for (guint i = at; i < search->items->len; i++)
        search->seen[item_at(search, i)->set] = 0;
    return bound;
}

/* Sets anew, of items of which each two were asked about; the old ones stay where these are no better. */
static void
part_by_pairs(Search *search)
{
    guint n = search->items->len, old[MAX_PAIRED];
    guint64 bound = bound_from(search, 0);

    for (guint i = 0; i < n; i++)
        old[i] = item_at(search, i)->set;
    for (guint i = 0; i < n; i++)
        for (guint k = 0; k < i; k++)
            if (old[i] == old[k])
                search->excluded[k * n + i] = EXCLUDED;
    for (guint i = 0; i < n; i++) {
        item_at(search, i)->set = i;
        for (guint set = 0; set < i && !search->stopped; set++) {
            gboolean all = item_at(search, set)->set == set;

            for (guint k = set; k < i && all && !search->stopped; k++)
                if (item_at(search, k)->set == set)
                    all = exclude_each_other(search, k, i);
            if (all && !search->stopped) {
                item_at(search, i)->set = set;
                break;
            }
        }
    }
    if (bound_from(search, 0) <= bound)
        return;
    for (guint i = 0; i < n; i++)
        item_at(search, i)->set = old[i];
}

/* Branch and bound ------------------------------------------------------------------------------- */

/* Whether items from `at` on can still make a better message. */
static gboolean
is_worthwhile(Search *search, guint at, guint64 weight)
{
    return at < search->items->len && charge(search, (search->items->len - at) / BOUNDS_A_STEP) &&
           weight + bound_from(search, at) > search->best.reached;
}

/* Each item is first taken, then left out. The items that are taken are the way back: there can be many. */
static void
branch(Search *search)
{
    guint64 weight = 0;
    guint at = 0;

    while (!search->stopped && search->solver->texts.steps > 1) {
        if (is_worthwhile(search, at, weight)) {
            TamisVerdict verdict;

            g_array_append_val(search->chosen, at);
            verdict = ask(search);
            if (verdict == TAMIS_VERDICT_WITNESS)
                keep_best(search);
            if (verdict == TAMIS_VERDICT_IMPOSSIBLE)
                g_array_set_size(search->chosen, search->chosen->len - 1);
            else
                weight += item_at(search, at)->weight;
            at++;
        } else if (search->chosen->len == 0) {
            return;
        } else {
            guint last = g_array_index(search->chosen, guint, search->chosen->len - 1);

            g_array_set_size(search->chosen, search->chosen->len - 1);
            weight -= item_at(search, last)->weight;
            at = last + 1;
        }
    }
}

/* Chooses n items from `from` on, none of a set that is taken, and no more than what is asked for needs; returns where
 * it stopped. */
static guint
choose_some(Search *search, guint from, guint n)
{
    guint64 weight = weight_of_chosen(search);
    guint i;

    for (i = from; i < search->items->len && n > 0; i++) {
        const Item *item = item_at(search, i);

        if (search->seen[item->set])
            continue;
        search->seen[item->set] = 1;
        g_array_append_val(search->chosen, i);
        weight += item->weight;
        n = weight <= search->stop_above ? n - 1 : 0;
    }
    return i;
}

static void
choose_no_more_than(Search *search, guint n)
{
    for (guint i = n; i < search->chosen->len; i++)
        search->seen[item_at(search, g_array_index(search->chosen, guint, i))->set] = 0;
    g_array_set_size(search->chosen, n);
}

/* Whatever fits goes in, in order: twice as many at once where all did, half as many where not. */
static void
be_greedy(Search *search)
{
    guint i = 0, n = 1;

    while (i < search->items->len && !search->stopped && search->solver->texts.steps > 1) {
        guint before = search->chosen->len, end = choose_some(search, i, n);
        guint taken = search->chosen->len - before;
        TamisVerdict verdict = taken > 0 ? ask(search) : TAMIS_VERDICT_UNDECIDED;

        if (verdict == TAMIS_VERDICT_WITNESS) {
            keep_best(search);
            n = 2 * taken;
            i = end;
            continue;
        }
        if (verdict == TAMIS_VERDICT_IMPOSSIBLE && before == 0 && taken == 1)
            item_at(search, g_array_index(search->chosen, guint, 0))->weight = 0;
        choose_no_more_than(search, before);
        n = MAX(taken / 2, 1);
        if (taken <= 1)
            i = end;
    }
    choose_no_more_than(search, 0);
}

/* Those that were found impossible are no matter of bounds. */
static void
leave_out_impossible(Search *search)
{
    guint kept = 0;

    for (guint i = 0; i < search->items->len; i++) {
        if (item_at(search, i)->weight > 0)
            *item_at(search, kept++) = *item_at(search, i);
    }
    g_array_set_size(search->items, kept);
}

/* Whether the bound is as good as what is asked for. */
static gboolean
is_settled(Search *search)
{
    search->best.bound = MAX(bound_from(search, 0), search->best.reached);
    return search->best.reached == search->best.bound ||
           (search->stop_above < G_MAXUINT64 && search->best.bound <= search->stop_above);
}

static void
run(Search *search)
{
    guint64 all = bound_from(search, 0);
    TamisVerdict verdict = ask(search);

    search->best.solution.verdict = verdict;
    if (verdict == TAMIS_VERDICT_WITNESS)
        keep_best(search);
    if (verdict == TAMIS_VERDICT_IMPOSSIBLE || is_settled(search))
        return;
    be_greedy(search);
    leave_out_impossible(search);
    search->best.bound = all;
    if (search->stopped || is_settled(search))
        return;
    if (search->items->len <= MAX_PAIRED)
        part_by_pairs(search);
    if (is_settled(search) || search->stopped)
        return;
    branch(search);
    if (!search->stopped && !search->unsure && search->solver->texts.steps > 1)
        search->best.bound = search->best.reached;
}

/* The items' sets, by their form. */
static void
part_by_form(Search *search)
{
    guint n = search->items->len;
    g_autofree TamisFormula *guards = g_new(TamisFormula, n + 1);
    g_autofree guint *sets = g_new(guint, n + 1);

    for (guint i = 0; i < n; i++)
        guards[i] = item_at(search, i)->guard;
    tamis_cover(search->solver->formulas, guards, n, sets);
    for (guint i = 0; i < n; i++)
        item_at(search, i)->set = sets[i];
}

void
tamis_solver_maximum(TamisSolver *solver, TamisFormula base, const TamisFormula *guards,
                     const guint32 *weights, guint32 n, guint64 stop_above,
                     TamisMaximum *out_maximum)
{
    g_autoptr(GArray) items = gather(guards, weights, n);
    g_autoptr(GArray) chosen = g_array_new(FALSE, FALSE, sizeof(guint));
    g_autoptr(GArray) formulas = g_array_new(FALSE, FALSE, sizeof(TamisFormula));
    g_autoptr(GArray) assumed = g_array_new(FALSE, FALSE, sizeof(TamisLiteral));
    g_autofree guint8 *excluded =
        g_new0(guint8, items->len <= MAX_PAIRED ? items->len * items->len + 1 : 1);
    g_autofree guint8 *seen = g_new0(guint8, items->len + 1);
    Search search = {.solver = solver,
                     .base = base,
                     .items = items,
                     .chosen = chosen,
                     .formulas = formulas,
                     .assumed = assumed,
                     .excluded = excluded,
                     .seen = seen,
                     .stop_above = stop_above};

    solver->texts.steps = solver->options.max_steps;
    tamis_arena_reset(solver->texts.arena);
    part_by_form(&search); /* it may add formulas, which nobody does while they are encoded */
    tamis_encode_begin(solver, FALSE);
    tamis_encode_assert(solver, base);
    for (guint i = 0; i < items->len; i++)
        item_at(&search, i)->literal = tamis_encode(solver, item_at(&search, i)->guard, FALSE);
    run(&search);
    solver->counts.n_steps += solver->options.max_steps - solver->texts.steps;
    if (search.best.solution.verdict == TAMIS_VERDICT_UNDECIDED || search.unsure)
        search.best.solution.reason = search.reason;
    *out_maximum = search.best;
}
