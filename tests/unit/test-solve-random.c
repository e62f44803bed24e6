/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The solver against exhaustion: random guards over the tests of a small universe, each of whose messages the
 * evaluator has seen. What is impossible holds in none of them; a witness is evaluated anew; in what is said to be
 * exact nothing stays undecided. */
#include "solving.h"

enum { GUARDS = 8000, MAX_ATOMS = 400, MAX_TESTS = 6 };

/* A universe: tests, and for each the messages it holds of, as bits. */
typedef struct {
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
    guint faults;
    gboolean may_be_open; /* undecided is no fault */
} Universe;

static const char *const texts[] = {"",   "a",  "b",   "ab",  "ba",  "aa",  "aab", "aba",
                                    "Ab", "aB", "bab", "abb", "bba", "AAB", "a b", "abab"};

static void
add(Universe *universe, TamisFormula atom)
{
    g_array_append_val(universe->atoms, atom);
}

static TamisMessage *
add_world(Universe *universe, const char *from, const char *to, gint64 instant, guint32 score)
{
    TamisMessage *message = tamis_message_new();
    TamisDelivery delivery = {from, to, instant, {.spam_score = score}};

    tamis_message_set_size(message, 100);
    g_ptr_array_add(universe->messages, message);
    g_array_append_val(universe->deliveries, delivery);
    return message;
}

static TamisMessage *
add_plain(Universe *universe)
{
    return add_world(universe, "x@y.example", "u@v.example", 0, 0);
}

static void
free_message(gpointer data)
{
    tamis_message_free(data);
}

static void
begin(Universe *universe, guint32 seed)
{
    const char *more;

    memset(universe, 0, sizeof *universe);
    universe->n_tests = MAX_TESTS;
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

static TamisEvaluation *
evaluate(Universe *universe, TamisMessage *message, const TamisDelivery *delivery)
{
    static const TamisFlow no_flow = {0};

    return tamis_evaluation_new(universe->table.formulas, universe->policy, &no_flow, message,
                                delivery, universe->options.zone, universe->options.delimiter);
}

static void
find_truth(Universe *universe)
{
    universe->n_words = (universe->messages->len + 63) / 64;
    universe->truth = g_new0(guint64, (gsize)universe->atoms->len * universe->n_words);
    for (guint i = 0; i < universe->messages->len; i++) {
        g_autoptr(TamisEvaluation) evaluation =
            evaluate(universe, g_ptr_array_index(universe->messages, i),
                     &g_array_index(universe->deliveries, TamisDelivery, i));

        for (guint a = 0; a < universe->atoms->len; a++) {
            if (tamis_evaluation_holds(evaluation, g_array_index(universe->atoms, TamisFormula, a)))
                universe->truth[a * universe->n_words + i / 64] |= G_GUINT64_CONSTANT(1) << i % 64;
        }
    }
}

static void
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
static TamisFormula
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

static gint
first_world(const Universe *universe, const guint64 *truth)
{
    for (guint i = 0; i < universe->messages->len; i++) {
        if (truth[i / 64] >> i % 64 & 1)
            return (gint)i;
    }
    return -1;
}

static void
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

static void
fault(Universe *universe, TamisFormula guard, const char *what, gint world)
{
    g_autoptr(GString) text = g_string_new(NULL);

    universe->faults++;
    describe(universe, guard, text);
    g_test_message("%s (world %d): %s", what, world, text->str);
    g_test_fail();
}

static void
check_guard(Universe *universe, TamisSolver *solver, TamisFormula guard, const guint64 *truth)
{
    g_auto(TamisSolution) solution = {0};
    gint world = first_world(universe, truth);

    tamis_solver_solve(solver, guard, &solution);
    if (solution.verdict == TAMIS_VERDICT_IMPOSSIBLE && world >= 0)
        fault(universe, guard, "called impossible", world);
    if (solution.verdict == TAMIS_VERDICT_UNDECIDED && !universe->may_be_open)
        fault(universe, guard, solution.reason, world);
    if (solution.verdict == TAMIS_VERDICT_WITNESS) {
        g_autoptr(TamisMessage) message = tamis_witness_to_message(solution.witness);
        TamisDelivery delivery = tamis_witness_delivery(solution.witness);
        g_autoptr(TamisEvaluation) evaluation = evaluate(universe, message, &delivery);

        if (!tamis_evaluation_holds(evaluation, guard))
            fault(universe, guard, "has a false witness", world);
        if (solution.witness->instant < universe->options.not_before ||
            solution.witness->instant > universe->options.not_after)
            fault(universe, guard, "has a witness out of time", world);
    }
}

static void
run(Universe *universe)
{
    g_autoptr(TamisSolver) solver = tamis_solver_new(universe->table.formulas, &universe->options);
    g_autofree guint64 *truth = NULL;

    g_assert_cmpuint(universe->atoms->len, <=, MAX_ATOMS);
    find_truth(universe);
    truth = g_new(guint64, universe->n_words);
    for (guint i = 0; i < GUARDS && universe->faults < 5; i++) {
        guint n = (guint)g_rand_int_range(universe->random, 1, (gint32)universe->n_tests + 1);
        TamisFormula guard = random_guard(universe, n, truth);

        check_guard(universe, solver, guard, truth);
    }
    g_assert_cmpuint(tamis_solver_counts(solver).n_disagreements, ==, 0);
    end(universe);
}

/* Texts ------------------------------------------------------------------------------------------ */

static const char *const patterns[] = {"a*",  "*b",  "a?", "?b*",  "*a*b*",
                                       "*ab", "a*a", "??", "*?a?*"};

static void
add_text_tests(Universe *universe, const char *name)
{
    static const char *const sets[] = {"a|ab|abb", "b|ba", "ab", "", "aab|aba|bab", "a b"};
    static const char *const parts[] = {"a", "ab", "ba", "bb", "a|bb", "aa|b", " "};
    Table *table = &universe->table;

    for (guint comparator = 0; comparator < 2; comparator++) {
        for (guint i = 0; i < G_N_ELEMENTS(patterns) + G_N_ELEMENTS(sets) + G_N_ELEMENTS(parts);
             i++) {
            TamisAtom atom = i < G_N_ELEMENTS(patterns) ? atom_of(table, TAMIS_ATOM_HEADER, name,
                                                                  TAMIS_KEYS_MATCH, patterns[i])
                             : i < G_N_ELEMENTS(patterns) + G_N_ELEMENTS(sets)
                                 ? atom_of(table, TAMIS_ATOM_HEADER, name, TAMIS_KEYS_IS,
                                           sets[i - G_N_ELEMENTS(patterns)])
                                 : atom_of(table, TAMIS_ATOM_HEADER, name, TAMIS_KEYS_CONTAIN,
                                           parts[i - G_N_ELEMENTS(patterns) - G_N_ELEMENTS(sets)]);

            atom.comparator = (guint8)comparator;
            add(universe, add_atom(table, atom));
        }
        for (guint relation = 0; relation < 6; relation++) {
            TamisAtom atom = atom_of(table, TAMIS_ATOM_HEADER, name, TAMIS_KEYS_VALUE, "ab");

            atom.comparator = (guint8)comparator;
            atom.relation = (guint8)relation;
            add(universe, add_atom(table, atom));
        }
    }
    add(universe, exists(table, name));
}

static void
test_single_text(void)
{
    Universe universe;

    begin(&universe, 1);
    add_text_tests(&universe, "subject");
    add_plain(&universe);
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        tamis_message_append_header(add_plain(&universe), "Subject", texts[i]);
    run(&universe);
}

static void
test_several_texts(void)
{
    Universe universe;

    begin(&universe, 2);
    add_text_tests(&universe, "x-a");
    for (guint relation = 0; relation < 6; relation++) {
        TamisAtom atom = atom_of(&universe.table, TAMIS_ATOM_HEADER, "x-a", TAMIS_KEYS_COUNT, "2");

        atom.relation = (guint8)relation;
        atom.comparator = TAMIS_COMPARATOR_NUMERIC;
        add(&universe, add_atom(&universe.table, atom));
    }
    add_plain(&universe);
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        tamis_message_append_header(add_plain(&universe), "X-A", texts[i]);
        for (guint k = 0; k < G_N_ELEMENTS(texts); k++) {
            TamisMessage *message = add_plain(&universe);

            tamis_message_append_header(message, "X-A", texts[i]);
            tamis_message_append_header(message, "X-A", texts[k]);
        }
    }
    run(&universe);
}

/* Sets of more keys than are looked at one by one: words in one automaton. */
static char *
random_words(Universe *universe, gboolean globs)
{
    g_autoptr(GString) words = g_string_new("zz");

    for (guint i = 0; i < 9; i++) {
        guint n = (guint)g_rand_int_range(universe->random, 1, 5);

        g_string_append_c(words, '|');
        if (globs && g_rand_int_range(universe->random, 0, 3) == 0)
            g_string_append_c(words, '*');
        for (guint k = 0; k < n; k++)
            g_string_append_c(words, "aabb?"[g_rand_int_range(universe->random, 0, globs ? 5 : 4)]);
        if (globs && g_rand_int_range(universe->random, 0, 3) == 0)
            g_string_append_c(words, '*');
    }
    return g_string_free(g_steal_pointer(&words), FALSE);
}

static void
test_sets(void)
{
    Universe universe;
    Table *table = &universe.table;

    begin(&universe, 10);
    add_text_tests(&universe, "subject");
    for (guint i = 0; i < 60; i++) {
        g_autofree char *keys = random_words(&universe, i % 3 == 2);
        TamisAtom atom = atom_of(table, TAMIS_ATOM_HEADER, "subject", (TamisKeyMatch)(i % 3), keys);

        atom.comparator = (guint8)(i / 3 % 2);
        add(&universe, add_atom(table, atom));
    }
    add_plain(&universe);
    for (guint bits = 0; bits < 127; bits++) {
        char text[8] = "";
        guint n = 0;

        /* The bits below the first one are a text of a and b. */
        for (guint at = g_bit_storage(bits + 1) - 1; at-- > 0;)
            text[n++] = "ab"[(bits + 1) >> at & 1];
        tamis_message_append_header(add_plain(&universe), "Subject", text);
    }
    run(&universe);
}

/* i;unicode-casemap: alone it is exact, with others it may stay open. */
static void
test_unicode(void)
{
    static const char *const values[] = {"é", "É", "e", "s", "ſ", "ß", "SS", "éa", "aÉ", "ü é", ""};
    Universe universe;
    Table *table = &universe.table;

    begin(&universe, 11);
    universe.may_be_open = TRUE;
    for (guint i = 0; i < G_N_ELEMENTS(values); i++) {
        for (guint match = 0; match < 4; match++) {
            for (guint comparator = 0; comparator < 4; comparator++) {
                TamisAtom atom =
                    atom_of(table, TAMIS_ATOM_HEADER, "subject", (TamisKeyMatch)match, values[i]);

                if (match == TAMIS_KEYS_VALUE)
                    atom.relation = (guint8)(i % 6);
                atom.comparator = (guint8)comparator;
                if (comparator != TAMIS_COMPARATOR_NUMERIC)
                    add(&universe, add_atom(table, atom));
            }
        }
    }
    for (guint i = 0; i < G_N_ELEMENTS(values); i++)
        tamis_message_append_header(add_plain(&universe), "Subject", values[i]);
    run(&universe);
}

static TamisFormula
body(Universe *universe, TamisBodyTransform transform, const char *types, TamisKeyMatch match,
     const char *keys)
{
    TamisAtom atom = atom_of(&universe->table, TAMIS_ATOM_BODY, types, match, keys);

    atom.transform = (guint8)transform;
    return add_atom(&universe->table, atom);
}

/* Bodies: of one part here; what another kind of body could do stays open. */
static void
test_bodies(void)
{
    static const char *const types[] = {"text", "text/plain", "text/html", ""};
    Universe universe;

    begin(&universe, 12);
    universe.may_be_open = TRUE;
    for (guint i = 0; i < G_N_ELEMENTS(types); i++) {
        for (guint transform = 0; transform < 3; transform++) {
            add(&universe, body(&universe, (TamisBodyTransform)transform, types[i],
                                TAMIS_KEYS_CONTAIN, i % 2 ? "a" : "ab"));
            add(&universe, body(&universe, (TamisBodyTransform)transform, types[i], TAMIS_KEYS_IS,
                                i % 2 ? "b" : "ab|a"));
            add(&universe, body(&universe, (TamisBodyTransform)transform, types[i],
                                TAMIS_KEYS_MATCH, i % 2 ? "a*" : "*b"));
        }
    }
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        tamis_message_set_body(add_plain(&universe), texts[i]);
    run(&universe);
}

/* Numbers at the beginning of texts, and names of two headers. */
static void
test_numbers_and_names(void)
{
    static const char *const values[] = {"0", "7", "07", "10", "12x", "x", "100", ""};
    Universe universe;
    Table *table = &universe.table;

    begin(&universe, 3);
    for (guint i = 0; i < G_N_ELEMENTS(values); i++) {
        for (guint relation = 0; relation < 6; relation++) {
            TamisAtom atom =
                atom_of(table, TAMIS_ATOM_HEADER, "x-a|x-b", TAMIS_KEYS_VALUE, values[i]);

            atom.names = list_of(table, relation % 2 ? "x-a" : "x-a|x-b");
            atom.comparator = TAMIS_COMPARATOR_NUMERIC;
            atom.relation = (guint8)relation;
            add(&universe, add_atom(table, atom));
        }
        add(&universe, header(table, "x-b", TAMIS_KEYS_IS, values[i]));
    }
    add(&universe, exists(table, "x-a|x-b"));
    add(&universe, exists(table, "x-a"));
    add(&universe, exists(table, "x-b"));
    for (guint i = 0; i <= G_N_ELEMENTS(values); i++) {
        for (guint k = 0; k <= G_N_ELEMENTS(values); k++) {
            TamisMessage *message = add_plain(&universe);

            if (i < G_N_ELEMENTS(values))
                tamis_message_append_header(message, "X-A", values[i]);
            if (k < G_N_ELEMENTS(values))
                tamis_message_append_header(message, "X-B", values[k]);
        }
    }
    run(&universe);
}

/* Maxima: random guards and weights; no message of the universe may reach more, and the bound is reached. */
static void
check_maximum(Universe *universe, TamisSolver *solver)
{
    enum { MOST = 7 };
    TamisFormula guards[MOST];
    guint32 weights[MOST];
    g_autofree guint64 *truth = g_new(guint64, (MOST + 1) * universe->n_words);
    g_auto(TamisMaximum) maximum = {0};
    guint n = (guint)g_rand_int_range(universe->random, 1, MOST + 1);
    guint64 *base_truth = truth + MOST * universe->n_words, best = 0;
    TamisFormula base = random_guard(universe, 1, base_truth);
    gboolean any = FALSE;

    for (guint i = 0; i < n; i++) {
        guards[i] = random_guard(universe, (guint)g_rand_int_range(universe->random, 1, 4),
                                 truth + i * universe->n_words);
        weights[i] = (guint32)g_rand_int_range(universe->random, 1, 4);
    }
    for (guint world = 0; world < universe->messages->len; world++) {
        guint64 reached = 0;

        if (!(base_truth[world / 64] >> world % 64 & 1))
            continue;
        any = TRUE;
        for (guint i = 0; i < n; i++) {
            if (truth[i * universe->n_words + world / 64] >> world % 64 & 1)
                reached += weights[i];
        }
        best = MAX(best, reached);
    }
    tamis_solver_maximum(solver, base, guards, weights, n, G_MAXUINT64, &maximum);
    if (any && maximum.solution.verdict == TAMIS_VERDICT_IMPOSSIBLE)
        fault(universe, base, "base called impossible", 0);
    if (maximum.solution.verdict == TAMIS_VERDICT_WITNESS &&
        (maximum.bound < best || maximum.reached != maximum.bound)) {
        g_test_message("reached %u, bound %u, found %u", (guint)maximum.reached,
                       (guint)maximum.bound, (guint)best);
        fault(universe, base, "has another maximum", 0);
    }
}

static void
test_maxima(void)
{
    Universe universe;
    g_autoptr(TamisSolver) solver = NULL;

    begin(&universe, 9);
    add_text_tests(&universe, "subject");
    add_plain(&universe);
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        tamis_message_append_header(add_plain(&universe), "Subject", texts[i]);
    find_truth(&universe);
    solver = tamis_solver_new(universe.table.formulas, &universe.options);
    for (guint i = 0; i < GUARDS / 8 && universe.faults < 5; i++)
        check_maximum(&universe, solver);
    g_assert_cmpuint(tamis_solver_counts(solver).n_disagreements, ==, 0);
    g_clear_pointer(&solver, tamis_solver_free);
    end(&universe);
}

/* Addresses -------------------------------------------------------------------------------------- */

static const char *const people[] = {"a@x.org",   "b@x.org", "a+d@x.org", "ab@y.org",   "b+d@y.org",
                                     "a@z.x.org", "d@y.org", "A@X.org",   "a+b@z.y.org"};

typedef TamisFormula (*MakeAddress)(Table *table, const char *names, TamisAddressPart part,
                                    TamisKeyMatch match, const char *keys);

static void
add_address_tests(Universe *universe, MakeAddress make, const char *names)
{
    static const struct {
        guint8 part, match;
        const char *keys;
    } tests[] = {
        {TAMIS_ADDRESS_ALL, TAMIS_KEYS_IS, "a@x.org"},
        {TAMIS_ADDRESS_ALL, TAMIS_KEYS_IS, "a@x.org|b@x.org|d@y.org"},
        {TAMIS_ADDRESS_ALL, TAMIS_KEYS_CONTAIN, "a"},
        {TAMIS_ADDRESS_ALL, TAMIS_KEYS_CONTAIN, "@x|d@y"},
        {TAMIS_ADDRESS_ALL, TAMIS_KEYS_MATCH, "*@x.org"},
        {TAMIS_ADDRESS_ALL, TAMIS_KEYS_MATCH, "a*"},
        {TAMIS_ADDRESS_DOMAIN, TAMIS_KEYS_IS, "x.org"},
        {TAMIS_ADDRESS_DOMAIN, TAMIS_KEYS_IS, "x.org|y.org"},
        {TAMIS_ADDRESS_DOMAIN, TAMIS_KEYS_MATCH, "x.org|*.x.org"},
        {TAMIS_ADDRESS_DOMAIN, TAMIS_KEYS_CONTAIN, "y"},
        {TAMIS_ADDRESS_LOCAL, TAMIS_KEYS_IS, "a"},
        {TAMIS_ADDRESS_LOCAL, TAMIS_KEYS_IS, "a|b|a+d"},
        {TAMIS_ADDRESS_LOCAL, TAMIS_KEYS_MATCH, "a*"},
        {TAMIS_ADDRESS_LOCAL, TAMIS_KEYS_CONTAIN, "+"},
        {TAMIS_ADDRESS_DETAIL, TAMIS_KEYS_IS, "d"},
        {TAMIS_ADDRESS_DETAIL, TAMIS_KEYS_MATCH, "*"},
        {TAMIS_ADDRESS_DETAIL, TAMIS_KEYS_CONTAIN, "b"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(tests); i++)
        add(universe, make(&universe->table, names, tests[i].part, tests[i].match, tests[i].keys));
}

static void
test_envelope(void)
{
    Universe universe;

    begin(&universe, 4);
    add_address_tests(&universe, envelope, "from");
    add_address_tests(&universe, envelope, "to");
    add(&universe, envelope(&universe.table, "from", TAMIS_ADDRESS_ALL, TAMIS_KEYS_IS, ""));
    for (guint i = 0; i <= G_N_ELEMENTS(people); i++) {
        for (guint k = 0; k < G_N_ELEMENTS(people); k++)
            add_world(&universe, i == G_N_ELEMENTS(people) ? "" : people[i], people[k], 0, 0);
    }
    run(&universe);
}

/* From: one address, and the text around it. */
static void
test_from(void)
{
    static const char *const shapes[] = {"%s", "<%s>", "b <%s>", "\"x.org, b\" <%s>", "ab d <%s>"};
    static const char *const keys[] = {"a", "x.org", "a@x.org", "b <", "\"", "<", "d", "a@", ", b"};
    static const char *const globs[] = {"a*", "*>", "*.org", "b*", "? <*"};
    Universe universe;

    begin(&universe, 5);
    add_address_tests(&universe, address, "from");
    for (guint i = 0; i < G_N_ELEMENTS(keys); i++)
        add(&universe, header(&universe.table, "from", TAMIS_KEYS_CONTAIN, keys[i]));
    for (guint i = 0; i < G_N_ELEMENTS(globs); i++)
        add(&universe, header(&universe.table, "from", TAMIS_KEYS_MATCH, globs[i]));
    add(&universe, header(&universe.table, "from", TAMIS_KEYS_IS, "a@x.org|b <a@x.org>|b"));
    add(&universe, exists(&universe.table, "from"));
    add_plain(&universe);
    for (guint i = 0; i < G_N_ELEMENTS(shapes); i++) {
        for (guint k = 0; k < G_N_ELEMENTS(people); k++) {
            g_auto(GStrv) parts = g_strsplit(shapes[i], "%s", 2);
            g_autofree char *value = g_strjoinv(people[k], parts);

            tamis_message_append_header(add_plain(&universe), "From", value);
        }
    }
    run(&universe);
}

/* To and Cc, several addresses, and the recipient among them. */
static void
test_recipients(void)
{
    Universe universe;
    Table *table = &universe.table;

    begin(&universe, 6);
    add_address_tests(&universe, address, "to");
    add_address_tests(&universe, address, "to|cc");
    add_address_tests(&universe, envelope, "to");
    for (guint i = 0; i < 3; i++) {
        static const char *const names[] = {"to", "cc", "to|cc"};
        TamisAtom atom = {.kind = TAMIS_ATOM_ADDRESSED, .names = list_of(table, names[i])};

        add(&universe, add_atom(table, atom));
        add(&universe, exists(table, names[i]));
    }
    add(&universe, header(table, "to", TAMIS_KEYS_CONTAIN, "a@x.org"));
    add(&universe, header(table, "to", TAMIS_KEYS_CONTAIN, ", "));
    add(&universe, header(table, "cc", TAMIS_KEYS_CONTAIN, "y.org|b"));
    for (guint i = 0; i < 4000; i++) {
        GRand *random = universe.random;
        TamisMessage *message =
            add_world(&universe, "x@y.example",
                      people[g_rand_int_range(random, 0, G_N_ELEMENTS(people))], 0, 0);

        for (guint k = 0; k < 2; k++) {
            guint n = (guint)g_rand_int_range(random, 0, 3);
            g_autoptr(GString) value = g_string_new(NULL);

            for (guint a = 0; a < n; a++)
                g_string_append_printf(value, "%s%s", a > 0 ? ", " : "",
                                       people[g_rand_int_range(random, 0, G_N_ELEMENTS(people))]);
            if (n > 0)
                tamis_message_append_header(message, k == 0 ? "To" : "Cc", value->str);
        }
    }
    run(&universe);
}

/* Time and numbers ------------------------------------------------------------------------------- */

static void
add_relations(Universe *universe, const char *part, gint32 offset_s, const char *key)
{
    for (guint relation = 0; relation < 6; relation++)
        add(universe,
            now(&universe->table, part, offset_s, TAMIS_KEYS_VALUE, (TamisRelation)relation, key));
}

static TamisHours *
make_hours(const char *zone, guint8 days, guint16 start, guint16 end, gint64 except)
{
    TamisHoursLine line = {days, start, end};
    TamisDayRange range = {except, except};

    return tamis_hours_new(tamis_zone_get(zone), &line, 1, &range, 1);
}

/* Eighteen days around the ends of daylight saving in Europe and America, by the quarter of an hour. */
static void
test_instants(void)
{
    const TamisInstant start = G_GINT64_CONSTANT(1792886400); /* 2026-10-25T00:00Z */
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisPolicy) policy = tamis_policy_new(sources);
    TamisHoursDefinition hours[] = {
        {.hours = make_hours("Europe/Berlin", 0x1f, 9 * 60, 17 * 60, start / 86400 + 2)},
        {.hours = make_hours("America/New_York", 0x7f, 22 * 60, 3 * 60, start / 86400 + 5)},
        {.hours = make_hours("Asia/Shanghai", 0x60, 8 * 60, 12 * 60, 0)},
    };
    Universe universe;
    Table *table = &universe.table;

    begin(&universe, 7);
    universe.policy = policy;
    universe.options.policy = policy;
    universe.options.zone = tamis_zone_get("Europe/Berlin");
    universe.options.not_before = start - 4 * 86400;
    universe.options.not_after = start + 14 * 86400 - 1;
    for (guint i = 0; i < G_N_ELEMENTS(hours); i++) {
        TamisAtom atom = {.kind = TAMIS_ATOM_HOURS, .hours = i};

        g_array_append_val(policy->hours, hours[i]);
        add(&universe, add_atom(table, atom));
    }
    for (gint i = -3; i < 4; i++) {
        TamisAtom atom = {.kind = TAMIS_ATOM_SINCE, .instant = start + i * 86400 + i * 900};

        add(&universe, add_atom(table, atom));
        atom = (TamisAtom){.kind = TAMIS_ATOM_SHARE, .number = 200, .member = (guint32)(100 + i)};
        add(&universe, add_atom(table, atom));
    }
    add_relations(&universe, "date", 3600, "2026-10-27");
    add_relations(&universe, "time", 3600, "18:30:00");
    add_relations(&universe, "hour", -18000, "07");
    add_relations(&universe, "weekday", 0, "3");
    add_relations(&universe, "iso8601", 0, "2026-10-26T10:00:00Z");
    add_relations(&universe, "iso8601", 7200, "2026-10-28T10:15:00+02:00");
    add(&universe, now(table, "day", 0, TAMIS_KEYS_IS, 0, "24|25|01"));
    add(&universe, now(table, "month", 0, TAMIS_KEYS_IS, 0, "11"));
    add(&universe, now(table, "minute", 1800, TAMIS_KEYS_IS, 0, "15|45"));
    add(&universe, now(table, "date", 0, TAMIS_KEYS_MATCH, 0, "2026-11-*"));
    add(&universe, now(table, "julian", 0, TAMIS_KEYS_IS, 0, "61338|61340"));
    for (guint i = 0; i < 24; i++) {
        g_autofree char *hour = g_strdup_printf("%02u", i);
        TamisAtom atom = atom_of(table, TAMIS_ATOM_NOW, "", TAMIS_KEYS_IS, hour);

        atom.names.n = 0;
        atom.zone_kind = TAMIS_ZONE_LOCAL;
        atom.date_part = tamis_strings_add(table->strings, "hour", 4);
        add(&universe, add_atom(table, atom));
    }
    for (TamisInstant at = universe.options.not_before; at <= universe.options.not_after; at += 900)
        add_world(&universe, "x@y.example", "u@v.example", at, 0);
    run(&universe);
    for (guint i = 0; i < G_N_ELEMENTS(hours); i++)
        tamis_hours_free(hours[i].hours);
    g_array_set_size(policy->hours, 0);
}

/* Size, score and shares of a minute, all together with a text. */
static void
test_numbers(void)
{
    Universe universe;
    Table *table = &universe.table;

    begin(&universe, 8);
    universe.options.not_after = 59;
    for (guint i = 0; i < 5; i++) {
        TamisAtom size = {.kind = TAMIS_ATOM_SIZE, .relation = TAMIS_RELATION_GT, .number = i};
        TamisAtom share = {.kind = TAMIS_ATOM_SHARE, .number = 5, .member = i};

        add(&universe, add_atom(table, size));
        size.relation = TAMIS_RELATION_LT;
        add(&universe, add_atom(table, size));
        add(&universe, add_atom(table, share));
        for (guint relation = 0; relation < 6; relation++) {
            static const char *const scores[] = {"0", "3", "5", "9", "10"};
            TamisAtom spam = atom_of(table, TAMIS_ATOM_GRADE, "", TAMIS_KEYS_VALUE, scores[i]);

            spam.names.n = 0;
            spam.relation = (guint8)relation;
            spam.comparator = TAMIS_COMPARATOR_NUMERIC;
            add(&universe, add_atom(table, spam));
        }
    }
    add(&universe, now(table, "second", 0, TAMIS_KEYS_VALUE, TAMIS_RELATION_LT, "30"));
    add(&universe, now(table, "second", 0, TAMIS_KEYS_IS, 0, "12|59"));
    add(&universe, header(table, "subject", TAMIS_KEYS_CONTAIN, "a"));
    for (guint size = 0; size < 7; size++) {
        for (guint score = 0; score <= 10; score++) {
            for (guint second = 0; second < 60; second += 1 + (size + score) % 3) {
                TamisMessage *message =
                    add_world(&universe, "x@y.example", "u@v.example", second, score);

                tamis_message_set_size(message, size);
                if (second % 2)
                    tamis_message_append_header(message, "Subject", "a");
            }
        }
    }
    run(&universe);
}

/* Everything at once, in longer guards. */
static void
test_together(void)
{
    Universe universe;
    Table *table = &universe.table;
    static const char *const words[] = {"a", "b", "ab"};

    begin(&universe, 13);
    universe.n_tests = 24;
    universe.options.not_after = 86400;
    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        TamisAtom size = {.kind = TAMIS_ATOM_SIZE, .relation = TAMIS_RELATION_GT, .number = 50 * i};

        add(&universe, header(table, "subject", TAMIS_KEYS_CONTAIN, words[i]));
        add(&universe, header(table, "x-a", TAMIS_KEYS_IS, words[i]));
        add(&universe, header(table, "x-a|subject", TAMIS_KEYS_MATCH, i == 0 ? "a*" : "*b"));
        add(&universe, address(table, "from", TAMIS_ADDRESS_LOCAL, TAMIS_KEYS_IS, words[i]));
        add(&universe, envelope(table, "from", TAMIS_ADDRESS_LOCAL, TAMIS_KEYS_CONTAIN, words[i]));
        add(&universe, now(table, "hour", 0, TAMIS_KEYS_VALUE, TAMIS_RELATION_LT, i ? "06" : "12"));
        add(&universe, now(table, "hour", 3600, TAMIS_KEYS_IS, 0, i ? "06|07" : "00"));
        add(&universe, add_atom(table, size));
    }
    for (guint i = 0; i < 6000; i++) {
        GRand *random = universe.random;
        TamisMessage *message =
            add_world(&universe, people[g_rand_int_range(random, 0, G_N_ELEMENTS(people))],
                      "u@v.example", 3600 * g_rand_int_range(random, 0, 24), 0);

        tamis_message_set_size(message, (guint64)g_rand_int_range(random, 0, 120));
        if (g_rand_boolean(random))
            tamis_message_append_header(message, "Subject",
                                        texts[g_rand_int_range(random, 0, G_N_ELEMENTS(texts))]);
        if (g_rand_boolean(random))
            tamis_message_append_header(message, "X-A",
                                        texts[g_rand_int_range(random, 0, G_N_ELEMENTS(texts))]);
        if (g_rand_boolean(random))
            tamis_message_append_header(message, "From",
                                        people[g_rand_int_range(random, 0, G_N_ELEMENTS(people))]);
    }
    run(&universe);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/solve-random/single-text", test_single_text);
    g_test_add_func("/solve-random/several-texts", test_several_texts);
    g_test_add_func("/solve-random/numbers-and-names", test_numbers_and_names);
    g_test_add_func("/solve-random/envelope", test_envelope);
    g_test_add_func("/solve-random/from", test_from);
    g_test_add_func("/solve-random/recipients", test_recipients);
    g_test_add_func("/solve-random/instants", test_instants);
    g_test_add_func("/solve-random/numbers", test_numbers);
    g_test_add_func("/solve-random/maxima", test_maxima);
    g_test_add_func("/solve-random/sets", test_sets);
    g_test_add_func("/solve-random/unicode", test_unicode);
    g_test_add_func("/solve-random/bodies", test_bodies);
    g_test_add_func("/solve-random/together", test_together);
    return g_test_run();
}
