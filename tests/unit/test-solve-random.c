/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Random guards over texts and addresses, and maxima of them, in small universes. */
#include "universe.h"

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

/* Regular expressions, some of many keys, beside all other tests of a text. */
static void
test_regexes(void)
{
    static const char *const expressions[] = {
        "^a+$", "b$",  "^(ab)*$",      "a.?b",        "[^a]", "^[^b]*$", "aa+",         "^.{2}$",
        "^$",   "a b", "^[[:upper:]]", "(a{2}){1,2}", "\\W",  "^a",      "(^|b)a(b|$)", "^(a|b*)$"};
    Universe universe;

    begin(&universe, 13);
    add_text_tests(&universe, "subject");
    for (guint i = 0; i < 3 * G_N_ELEMENTS(expressions); i++) {
        TamisAtom atom =
            atom_of(&universe.table, TAMIS_ATOM_HEADER, "subject", TAMIS_KEYS_REGEX, "");
        TamisString keys[2];

        for (guint k = 0; k < 2; k++) {
            const char *key = expressions[(i / 3 + 5 * k) % G_N_ELEMENTS(expressions)];

            keys[k] = tamis_strings_add(universe.table.strings, key, strlen(key));
        }
        atom.keys = tamis_formulas_list(universe.table.formulas, keys, i % 3 == 2 ? 2 : 1);
        atom.comparator = (guint8)(i % 2);
        add(&universe, add_atom(&universe.table, atom));
    }
    add_plain(&universe);
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        tamis_message_append_header(add_plain(&universe), "Subject", texts[i]);
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

/* A message of parts; an empty second type: of one part alone. */
static void
add_parts(Universe *universe, const char *type, const char *text, const char *other_type,
          const char *other_text)
{
    TamisMessage *message = add_plain(universe);
    g_autofree char *body =
        g_strdup_printf("--x\nContent-Type: %s\n\n%s\n--x\nContent-Type: %s\n\n%s\n--x--\n", type,
                        text, other_type, other_text);

    tamis_message_append_header(message, "Content-Type",
                                *other_type != '\0' ? "multipart/mixed; boundary=x" : type);
    tamis_message_set_body(message, *other_type != '\0' ? body : text);
}

static void
add_all_parts(Universe *universe)
{
    static const char *const types[] = {"text/plain", "text/html", "application/pdf", ""};
    static const char *const values[] = {"a", "ab", "bb", "a<i></i>b", ""};

    for (guint i = 0; i < G_N_ELEMENTS(types) - 1; i++)
        for (guint k = 0; k < G_N_ELEMENTS(types); k++)
            for (guint t = 0; t < G_N_ELEMENTS(values); t++)
                for (guint u = 0; u < (k + 1 < G_N_ELEMENTS(types) ? G_N_ELEMENTS(values) : 1); u++)
                    add_parts(universe, types[i], values[t], types[k], values[u]);
}

/* Bodies of one part and of two, and tests of these transforms (by bits). Beside each other, those of one may leave open
 * what those of another ask for: of HTML they see something else. */
static void
test_bodies(gconstpointer transforms)
{
    static const char *const types[] = {"text", "text/plain", "text/html", "", "application/pdf"};
    guint bits = GPOINTER_TO_UINT(transforms);
    Universe universe;

    begin(&universe, 12 + bits);
    universe.may_be_open = (bits & (bits - 1)) != 0;
    for (guint i = 0; i < G_N_ELEMENTS(types); i++) {
        for (guint transform = 0; transform < 3; transform++) {
            if (!(bits >> transform & 1))
                continue;
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
    add_all_parts(&universe);
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
        {TAMIS_ADDRESS_USER, TAMIS_KEYS_IS, "a"},
        {TAMIS_ADDRESS_USER, TAMIS_KEYS_IS, "a|ab|d"},
        {TAMIS_ADDRESS_USER, TAMIS_KEYS_IS, ""},
        {TAMIS_ADDRESS_USER, TAMIS_KEYS_MATCH, "?"},
        {TAMIS_ADDRESS_USER, TAMIS_KEYS_CONTAIN, "b"},
        {TAMIS_ADDRESS_USER, TAMIS_KEYS_CONTAIN, " "},
        {TAMIS_ADDRESS_LOCAL, TAMIS_KEYS_CONTAIN, "\""},
        {TAMIS_ADDRESS_LOCAL, TAMIS_KEYS_IS, "a b|a b+d"},
        {TAMIS_ADDRESS_DETAIL, TAMIS_KEYS_MATCH, "*d"},
        {TAMIS_ADDRESS_ALL, TAMIS_KEYS_REGEX, "^[ab]+@[xy]"},
        {TAMIS_ADDRESS_DOMAIN, TAMIS_KEYS_REGEX, "^(z\\.)?x"},
        {TAMIS_ADDRESS_LOCAL, TAMIS_KEYS_REGEX, "[^+]b$"},
        {TAMIS_ADDRESS_USER, TAMIS_KEYS_REGEX, "^.{2,}$"},
        {TAMIS_ADDRESS_DETAIL, TAMIS_KEYS_REGEX, "^[^d]*$"},
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
    static const char *const unaddressed[] = {"a",   "b <", "x.org", "ab d", "<>", "d, b",
                                              "a:;", "\"a", "a b>",  "+d",   "",   "(a) ab"};
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
    for (guint i = 0; i < G_N_ELEMENTS(unaddressed); i++)
        tamis_message_append_header(add_plain(&universe), "From", unaddressed[i]);
    for (guint i = 0; i < G_N_ELEMENTS(shapes); i++) {
        for (guint k = 0; k < G_N_ELEMENTS(people); k++) {
            g_auto(GStrv) parts = g_strsplit(shapes[i], "%s", 2);
            g_autofree char *value = g_strjoinv(people[k], parts);

            tamis_message_append_header(add_plain(&universe), "From", value);
        }
    }
    run(&universe);
}

static void
add_counts(Universe *universe)
{
    static const char *const names[] = {"to", "to|cc"};
    static const char *const numbers[] = {"0", "1", "2", "3"};

    for (guint i = 0; i < 6 * G_N_ELEMENTS(names) * G_N_ELEMENTS(numbers); i++) {
        TamisAtom atom = atom_of(&universe->table, i % 5 ? TAMIS_ATOM_ADDRESS : TAMIS_ATOM_HEADER,
                                 names[i % 2], TAMIS_KEYS_COUNT, numbers[i / 2 % 4]);

        atom.relation = (guint8)(i / 8);
        atom.comparator = TAMIS_COMPARATOR_NUMERIC;
        add(universe, add_atom(&universe->table, atom));
    }
}

/* To and Cc, several addresses, and the recipient among them. How many there are together, or beside other tests, may
 * stay open. */
static void
test_recipients(gconstpointer with_counts)
{
    Universe universe;
    Table *table = &universe.table;

    begin(&universe, 6);
    universe.may_be_open = with_counts != NULL;
    if (with_counts != NULL) {
        add_counts(&universe);
        universe.n_guards = GUARDS / 4;
    }
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

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/solve-random/single-text", test_single_text);
    g_test_add_func("/solve-random/several-texts", test_several_texts);
    g_test_add_func("/solve-random/numbers-and-names", test_numbers_and_names);
    g_test_add_func("/solve-random/envelope", test_envelope);
    g_test_add_func("/solve-random/from", test_from);
    g_test_add_data_func("/solve-random/recipients", NULL, test_recipients);
    g_test_add_data_func("/solve-random/recipients-counted", "", test_recipients);
    g_test_add_func("/solve-random/maxima", test_maxima);
    g_test_add_func("/solve-random/sets", test_sets);
    g_test_add_func("/solve-random/regexes", test_regexes);
    g_test_add_func("/solve-random/unicode", test_unicode);
    g_test_add_data_func("/solve-random/bodies-as-sent", GUINT_TO_POINTER(1), test_bodies);
    g_test_add_data_func("/solve-random/bodies-by-content", GUINT_TO_POINTER(2), test_bodies);
    g_test_add_data_func("/solve-random/bodies-as-text", GUINT_TO_POINTER(4), test_bodies);
    g_test_add_data_func("/solve-random/bodies", GUINT_TO_POINTER(7), test_bodies);
    return g_test_run();
}
