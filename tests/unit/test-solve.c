/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The solver, one theory at a time: what is possible, what is not, and how the witness reads. */
#include "solving.h"

typedef struct {
    Table table;
    TamisSolverOptions options;
} Fixture;

static void
set_up(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    fixture->table.strings = tamis_strings_new();
    fixture->table.formulas = tamis_formulas_new(fixture->table.strings);
    fixture->options = (TamisSolverOptions){.delimiter = "+",
                                            .not_before = G_GINT64_CONSTANT(1795392000),
                                            .not_after = TAMIS_INSTANT_MAX};
}

static void
tear_down(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    tamis_formulas_free(fixture->table.formulas);
    tamis_strings_free(fixture->table.strings);
}

static TamisSolution
solve(Fixture *fixture, TamisFormula guard)
{
    g_autoptr(TamisSolver) solver = tamis_solver_new(fixture->table.formulas, &fixture->options);
    TamisSolution solution;

    tamis_solver_solve(solver, guard, &solution);
    g_assert_cmpuint(tamis_solver_counts(solver).n_disagreements, ==, 0);
    solution.reason = NULL;
    return solution;
}

static void
assert_impossible(Fixture *fixture, TamisFormula guard)
{
    g_auto(TamisSolution) solution = solve(fixture, guard);

    g_assert_cmpint(solution.verdict, ==, TAMIS_VERDICT_IMPOSSIBLE);
}

static TamisWitness *
assert_possible(Fixture *fixture, TamisFormula guard)
{
    TamisSolution solution = solve(fixture, guard);

    g_assert_cmpint(solution.verdict, ==, TAMIS_VERDICT_WITNESS);
    g_assert_false(solution.leans_on_opaque);
    return solution.witness;
}

static const char *
value_of(const TamisWitness *witness, const char *name)
{
    for (guint i = 0; i < witness->n_headers; i++) {
        if (strcmp(witness->headers[i].name, name) == 0)
            return witness->headers[i].value;
    }
    return NULL;
}

/* Witnesses -------------------------------------------------------------------------------------- */

static void
test_plain_witness(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(TamisWitness) witness = assert_possible(fixture, TAMIS_FORMULA_TRUE);
    g_autofree char *text = tamis_witness_to_text(witness, NULL);

    g_assert_cmpstr(text, ==,
                    "From: anna@outside.example\nTo: info@inside.example\nSubject: Hello\n"
                    "Date: Mon, 23 Nov 2026 00:00:00 +0000\n"
                    "Message-ID: <1795392000.1@outside.example>\n\nHello\n");
    g_assert_cmpuint(witness->size_bytes, ==, strlen(text));
}

static void
test_witness_as_text(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    Table *table = &fixture->table;
    TamisAtom size = {.kind = TAMIS_ATOM_SIZE, .relation = TAMIS_RELATION_GT, .number = 5000};
    TamisFormula guard =
        and_(table, header(table, "subject", TAMIS_KEYS_CONTAIN, "订单"), add_atom(table, size));
    g_autoptr(TamisWitness) witness = assert_possible(fixture, guard);
    g_autoptr(GBytes) bytes = NULL;
    g_autoptr(TamisMessage) message = NULL;
    gsize length = 0;
    char *text = tamis_witness_to_text(witness, &length);

    g_assert_cmpstr(value_of(witness, "subject"), ==, "订单");
    g_assert_nonnull(strstr(text, "Subject: =?UTF-8?B?6K6i5Y2V?=\n"));
    bytes = g_bytes_new_take(text, length);
    message = tamis_message_new_from_bytes(bytes);
    g_assert_cmpuint(tamis_message_get_size(message), >, 5000);
    g_assert_cmpstr(tamis_message_get_header(message, "subject")[0], ==, "订单");
}

/* No line is longer than a message may have, and what was folded reads the same. */
static void
test_long_witness(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    Table *table = &fixture->table;
    TamisFormula guard = TAMIS_FORMULA_TRUE;
    g_autoptr(TamisWitness) witness = NULL;
    g_autoptr(GBytes) bytes = NULL;
    g_autoptr(TamisMessage) message = NULL;
    g_auto(GStrv) lines = NULL;
    gsize length = 0;
    char *text;

    for (guint i = 0; i < 300; i++) {
        g_autofree char *word = g_strdup_printf("word%u", i);

        guard = and_(table, guard, header(table, "subject", TAMIS_KEYS_CONTAIN, word));
    }
    witness = assert_possible(fixture, guard);
    text = tamis_witness_to_text(witness, &length);
    lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i] != NULL; i++)
        g_assert_cmpuint(strlen(lines[i]), <=, 998);
    bytes = g_bytes_new_take(text, length);
    message = tamis_message_new_from_bytes(bytes);
    g_assert_cmpstr(tamis_message_get_header(message, "subject")[0], ==,
                    value_of(witness, "subject"));
}

/* An atom of a changed message is nothing the solver knows; it is free, and no reason to fall. */
static void
test_changed_message(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    Table *table = &fixture->table;
    TamisAtom atom = atom_of(table, TAMIS_ATOM_HEADER, "subject", TAMIS_KEYS_IS, "a");
    TamisFormula changed;
    g_auto(TamisSolution) solution = {0};

    atom.version = 3;
    changed = add_atom(table, atom);
    solution = solve(fixture, changed);
    g_assert_cmpint(solution.verdict, ==, TAMIS_VERDICT_WITNESS);
    g_assert_true(solution.leans_on_opaque);
    tamis_witness_free(assert_possible(fixture, or_(table, changed, exists(table, "x-a"))));
}

/* Texts ------------------------------------------------------------------------------------------ */

static void
test_one_value(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    Table *table = &fixture->table;
    TamisFormula a = header(table, "subject", TAMIS_KEYS_IS, "a");
    TamisFormula b = header(table, "subject", TAMIS_KEYS_IS, "b");
    TamisFormula x_a = header(table, "x-a", TAMIS_KEYS_IS, "a");
    TamisFormula x_b = header(table, "x-a", TAMIS_KEYS_IS, "b");
    TamisAtom count = atom_of(table, TAMIS_ATOM_HEADER, "x-a", TAMIS_KEYS_COUNT, "1");

    count.comparator = TAMIS_COMPARATOR_NUMERIC;
    assert_impossible(fixture, and_(table, a, b));
    tamis_witness_free(assert_possible(fixture, and_(table, x_a, x_b)));
    assert_impossible(fixture, and_(table, and_(table, x_a, x_b), add_atom(table, count)));
    assert_impossible(fixture, and_(table, x_a, header(table, "x-a", TAMIS_KEYS_IS, "")) ==
                                       TAMIS_FORMULA_FALSE
                                   ? TAMIS_FORMULA_TRUE
                                   : and_(table, x_a, not_(table, exists(table, "x-a"))));
}

/* Prefixes and suffixes that overlap, or do not. */
static void
test_overlaps(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    Table *table = &fixture->table;
    TamisFormula begins = header(table, "subject", TAMIS_KEYS_MATCH, "re: a*");
    TamisFormula ends = header(table, "subject", TAMIS_KEYS_MATCH, "*a");
    TamisFormula five = header(table, "subject", TAMIS_KEYS_MATCH, "?????");
    TamisFormula four = header(table, "subject", TAMIS_KEYS_MATCH, "????");
    g_autoptr(TamisWitness) witness =
        assert_possible(fixture, and_(table, and_(table, begins, ends), five));

    g_assert_cmpstr(value_of(witness, "subject"), ==, "re: a");
    assert_impossible(fixture, and_(table, begins, four));
    assert_impossible(
        fixture,
        and_(table, begins, not_(table, header(table, "subject", TAMIS_KEYS_CONTAIN, "E: A"))));
}

/* Both name the same place from the end; a set of attempts each would be 4096 × 4096 states. */
static void
test_many_places(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    Table *table = &fixture->table;
    TamisFormula y = header(table, "subject", TAMIS_KEYS_MATCH, "*y????????????");
    TamisFormula z = header(table, "subject", TAMIS_KEYS_MATCH, "*z????????????");
    TamisFormula x = header(table, "subject", TAMIS_KEYS_MATCH, "*z???????????");

    fixture->options.max_steps = 1000000;
    assert_impossible(fixture, and_(table, y, z));
    tamis_witness_free(assert_possible(fixture, and_(table, y, x)));
}

/* A header's text has its addresses in it. */
static void
test_text_and_address(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    Table *table = &fixture->table;
    TamisFormula acme = address(table, "from", TAMIS_ADDRESS_DOMAIN, TAMIS_KEYS_IS, "acme.example");
    TamisFormula text = header(table, "from", TAMIS_KEYS_CONTAIN, "acme.example");
    TamisFormula boss = header(table, "from", TAMIS_KEYS_CONTAIN, "The Boss");
    g_autoptr(TamisWitness) witness = assert_possible(fixture, and_(table, acme, boss));

    assert_impossible(fixture, and_(table, acme, not_(table, text)));
    g_assert_nonnull(strstr(value_of(witness, "from"), "acme.example>"));
    tamis_witness_free(assert_possible(fixture, and_(table, text, not_(table, acme))));
}

/* In a header that is no address; whoever sends may have one. */
static void
test_local_part_beyond_ascii(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    Table *table = &fixture->table;

    for (TamisAddressPart part = TAMIS_ADDRESS_LOCAL; part <= TAMIS_ADDRESS_USER; part++) {
        assert_impossible(fixture, address(table, "to", part, TAMIS_KEYS_CONTAIN, "é"));
        tamis_witness_free(
            assert_possible(fixture, envelope(table, "from", part, TAMIS_KEYS_CONTAIN, "é")));
    }
    tamis_witness_free(
        assert_possible(fixture, header(table, "to", TAMIS_KEYS_CONTAIN, "é@a.example")));
}

/* A text that has to be there need not be the recipient, who has to be named beside it. */
static void
test_text_and_recipient(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    Table *table = &fixture->table;
    TamisAtom named = {.kind = TAMIS_ATOM_ADDRESSED, .names = list_of(table, "to")};
    TamisFormula text = header(table, "to", TAMIS_KEYS_CONTAIN, "a@x.org");
    TamisFormula detail = address(table, "to", TAMIS_ADDRESS_DETAIL, TAMIS_KEYS_MATCH, "*");
    TamisFormula guard =
        and_(table, add_atom(table, named), and_(table, text, not_(table, detail)));
    g_autoptr(TamisWitness) witness = assert_possible(fixture, guard);

    g_assert_cmpstr(value_of(witness, "to"), ==, "a@x.org, anna@outside.example");
}

static void
test_detail(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    Table *table = &fixture->table;
    TamisFormula detail = envelope(table, "to", TAMIS_ADDRESS_DETAIL, TAMIS_KEYS_IS, "x");
    TamisFormula local = envelope(table, "to", TAMIS_ADDRESS_LOCAL, TAMIS_KEYS_IS, "zhang");
    TamisFormula both = envelope(table, "to", TAMIS_ADDRESS_LOCAL, TAMIS_KEYS_MATCH, "zhang*");
    g_autoptr(TamisWitness) witness = assert_possible(fixture, and_(table, detail, both));

    g_assert_true(g_str_has_prefix(witness->envelope_to, "zhang+x@"));
    assert_impossible(fixture, and_(table, detail, local));
}

/* Large sets ------------------------------------------------------------------------------------- */

static TamisFormula
many(Fixture *fixture, TamisKeyMatch match, const char *format, guint from, guint to)
{
    Table *table = &fixture->table;
    g_autoptr(GArray) keys = g_array_new(FALSE, FALSE, sizeof(TamisString));
    TamisAtom atom = {.kind = TAMIS_ATOM_ADDRESS, .match = (guint8)match};

    for (guint i = from; i < to; i++) {
        g_autoptr(GString) key = g_string_new(NULL);
        TamisString string;

        g_string_append_printf(
            key, format[0] == '*' ? "*%07u@acme.example" : "user%07u@acme.example", i);
        string = tamis_strings_add(table->strings, key->str, key->len);
        g_array_append_val(keys, string);
    }
    atom.names = list_of(table, "from");
    atom.keys =
        tamis_formulas_list(table->formulas, (TamisString *)(gpointer)keys->data, keys->len);
    return add_atom(table, atom);
}

static void
test_fifty_thousand(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    Table *table = &fixture->table;
    TamisFormula all = many(fixture, TAMIS_KEYS_IS, "", 0, 50000);
    TamisFormula most = many(fixture, TAMIS_KEYS_IS, "", 0, 49999);
    TamisFormula more = many(fixture, TAMIS_KEYS_IS, "", 0, 50001);
    TamisFormula globs = many(fixture, TAMIS_KEYS_MATCH, "*", 0, 50000);
    TamisFormula own = address(table, "from", TAMIS_ADDRESS_DOMAIN, TAMIS_KEYS_IS, "acme.example");
    g_autoptr(TamisWitness) last = assert_possible(fixture, and_(table, all, not_(table, most)));
    g_autoptr(TamisWitness) none = NULL;

    g_assert_cmpstr(value_of(last, "from"), ==, "user0049999@acme.example");
    assert_impossible(fixture, and_(table, all, not_(table, more)));
    assert_impossible(fixture, and_(table, all, not_(table, own)));
    assert_impossible(fixture, and_(table, all, not_(table, globs)));
    none = assert_possible(fixture,
                           and_(table, own, and_(table, not_(table, all), not_(table, globs))));
    g_assert_true(g_str_has_suffix(value_of(none, "from"), "@acme.example"));
}

/* Ten thousand guards that share two large sets: each is quick. */
static void
test_many_guards_on_large_sets(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    Table *table = &fixture->table;
    TamisFormula all = many(fixture, TAMIS_KEYS_IS, "", 0, 50000);
    TamisFormula own = address(table, "from", TAMIS_ADDRESS_DOMAIN, TAMIS_KEYS_IS, "acme.example");
    TamisFormula contradiction = and_(table, all, not_(table, own));
    g_autoptr(TamisSolver) solver = tamis_solver_new(table->formulas, &fixture->options);
    gint64 started = g_get_monotonic_time();

    for (guint i = 0; i < 10000; i++) {
        g_autofree char *word = g_strdup_printf("word%u", i);
        TamisFormula text = header(table, "subject", TAMIS_KEYS_CONTAIN, word);

        g_assert_true(tamis_solver_is_impossible(solver, and_(table, contradiction, text)));
    }
    g_assert_cmpint(g_get_monotonic_time() - started, <, 20 * G_USEC_PER_SEC);
}

/* Time ------------------------------------------------------------------------------------------- */

static void
test_clock_that_is_skipped(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    Table *table = &fixture->table;
    TamisAtom local = atom_of(table, TAMIS_ATOM_NOW, "", TAMIS_KEYS_IS, "02");
    TamisFormula day = now(table, "date", 3600, TAMIS_KEYS_IS, 0, "2027-03-28"), two;

    local.names.n = 0;
    local.zone_kind = TAMIS_ZONE_LOCAL;
    local.date_part = tamis_strings_add(table->strings, "hour", 4);
    two = add_atom(table, local);
    fixture->options.zone = tamis_zone_get("Europe/Berlin");
    assert_impossible(fixture, and_(table, day, two));
    fixture->options.zone = tamis_zone_get("Asia/Shanghai");
    tamis_witness_free(assert_possible(fixture, and_(table, day, two)));
}

static void
test_calendar(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    Table *table = &fixture->table;
    TamisFormula february = now(table, "month", 0, TAMIS_KEYS_IS, 0, "02");
    TamisFormula thirtieth = now(table, "day", 0, TAMIS_KEYS_IS, 0, "30");
    TamisFormula leap = now(table, "day", 0, TAMIS_KEYS_IS, 0, "29");
    TamisFormula monday = now(table, "weekday", 0, TAMIS_KEYS_IS, 0, "1");
    TamisFormula sunday = now(table, "weekday", 0, TAMIS_KEYS_IS, 0, "0");
    g_autoptr(TamisWitness) witness =
        assert_possible(fixture, and_(table, and_(table, february, leap), monday));

    g_assert_cmpint(witness->instant, ==, G_GINT64_CONSTANT(2340316800)); /* 2044-02-29 is one */
    assert_impossible(fixture, and_(table, february, thirtieth));
    assert_impossible(fixture, and_(table, monday, sunday));
    tamis_witness_free(assert_possible(
        fixture, and_(table, monday, now(table, "weekday", 50400, TAMIS_KEYS_IS, 0, "2"))));
    assert_impossible(fixture,
                      and_(table, monday, now(table, "weekday", 50400, TAMIS_KEYS_IS, 0, "3")));
}

static void
test_date_header(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    Table *table = &fixture->table;
    TamisAtom date = atom_of(table, TAMIS_ATOM_DATE, "date", TAMIS_KEYS_IS, "2020-02-29");
    TamisFormula guard;
    g_autoptr(TamisWitness) witness = NULL;

    date.date_part = tamis_strings_add(table->strings, "date", 4);
    guard = add_atom(table, date);
    witness = assert_possible(fixture, guard);
    g_assert_cmpstr(value_of(witness, "date"), ==, "Sat, 29 Feb 2020 00:00:00 +0000");
    assert_impossible(fixture, and_(table, guard, not_(table, exists(table, "date"))));
}

static TamisFormula
date_of(Fixture *fixture, TamisKeyMatch match, TamisRelation relation, const char *part,
        const char *key)
{
    TamisAtom atom = atom_of(&fixture->table, TAMIS_ATOM_DATE, "date", match, key);

    atom.relation = (guint8)relation;
    atom.comparator = match == TAMIS_KEYS_COUNT ? TAMIS_COMPARATOR_NUMERIC : 0;
    atom.date_part = tamis_strings_add(fixture->table.strings, part, strlen(part));
    return add_atom(&fixture->table, atom);
}

/* Whole dates as texts, in any zone; a field that is there and is no date; the end of time. */
static void
test_dates_as_texts(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    Table *table = &fixture->table;
    TamisFormula at =
        date_of(fixture, TAMIS_KEYS_IS, 0, "std11", "sun, 25 oct 2026 01:00:00 +0000");
    TamisFormula october = date_of(fixture, TAMIS_KEYS_MATCH, 0, "std11", "*, 25 oct 2026 01:*");
    TamisFormula none = date_of(fixture, TAMIS_KEYS_COUNT, TAMIS_RELATION_EQ, "date", "0");
    TamisFormula other = now(table, "iso8601", -12600, TAMIS_KEYS_VALUE, TAMIS_RELATION_NE,
                             "2026-10-24t20:29:59-03:30|2027-01-01t06:30:00z");
    g_autoptr(TamisWitness) undated =
        assert_possible(fixture, and_(table, none, exists(table, "date")));

    tamis_witness_free(assert_possible(fixture, at));
    tamis_witness_free(assert_possible(fixture, and_(table, at, october)));
    assert_impossible(fixture, not_(table, other));
    g_assert_nonnull(value_of(undated, "date"));
    assert_impossible(fixture, and_(table, at,
                                    date_of(fixture, TAMIS_KEYS_IS, 0, "std11",
                                            "mon, 25 oct 2026 01:00:00 +0000")));
}

/* West of UTC a header's first day is the last of 1899. */
static void
test_first_julian_day(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    Table *table = &fixture->table;
    TamisAtom unlike_one = atom_of(table, TAMIS_ATOM_DATE, "date", TAMIS_KEYS_VALUE, "61338|61339");
    TamisAtom before = atom_of(table, TAMIS_ATOM_DATE, "date", TAMIS_KEYS_VALUE, "15020");

    unlike_one.relation = TAMIS_RELATION_NE;
    before.relation = TAMIS_RELATION_LT;
    unlike_one.offset_s = before.offset_s = -12600;
    unlike_one.date_part = before.date_part = tamis_strings_add(table->strings, "julian", 6);
    assert_impossible(
        fixture, and_(table, exists(table, "date"),
                      and_(table, not_(table, add_atom(table, unlike_one)),
                           date_of(fixture, TAMIS_KEYS_COUNT, TAMIS_RELATION_EQ, "date", "1"))));
    tamis_witness_free(assert_possible(fixture, add_atom(table, before)));
}

/* Opaque tests, shares, budgets ------------------------------------------------------------------ */

static void
test_opaque(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    Table *table = &fixture->table;
    TamisAtom opaque = {.kind = TAMIS_ATOM_OPAQUE, .span = {1, 5, 2}};
    TamisFormula test = add_atom(table, opaque);
    TamisFormula subject = header(table, "subject", TAMIS_KEYS_IS, "a");
    g_auto(TamisSolution) leaning = solve(fixture, and_(table, test, subject));
    g_autoptr(TamisWitness) proved = assert_possible(fixture, or_(table, test, subject));

    g_assert_cmpint(leaning.verdict, ==, TAMIS_VERDICT_WITNESS);
    g_assert_true(leaning.leans_on_opaque);
    g_assert_cmpuint(leaning.witness->n_choices, ==, 1);
    g_assert_true(leaning.witness->choices[0].holds);
    g_assert_cmpuint(proved->n_choices, ==, 0);
}

static TamisFormula
share(Fixture *fixture, guint32 hop, guint64 number, guint32 member)
{
    TamisAtom atom = {.kind = TAMIS_ATOM_SHARE, .hop = hop, .number = number, .member = member};

    return add_atom(&fixture->table, atom);
}

/* At one hop one member has its turn; at another it is another's matter. */
static void
test_shares(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    Table *table = &fixture->table;
    TamisFormula nobody = not_(table, or_(table, share(fixture, 1, 2, 0), share(fixture, 1, 2, 1)));

    assert_impossible(fixture, and_(table, share(fixture, 0, 3, 0), share(fixture, 0, 3, 1)));
    assert_impossible(fixture, and_(table, share(fixture, 2, 3, 0), share(fixture, 2, 3, 1)));
    assert_impossible(fixture, nobody);
    tamis_witness_free(
        assert_possible(fixture, and_(table, share(fixture, 1, 3, 0), share(fixture, 2, 3, 1))));
}

static void
test_budget(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    Table *table = &fixture->table;
    TamisFormula guard = header(table, "subject", TAMIS_KEYS_MATCH, "*a?????????????????????b*");
    g_autoptr(TamisSolver) solver = NULL;
    g_auto(TamisSolution) solution = {0};

    guard = and_(table, guard, not_(table, header(table, "subject", TAMIS_KEYS_CONTAIN, "b")));
    fixture->options.max_steps = 1000;
    solver = tamis_solver_new(table->formulas, &fixture->options);
    tamis_solver_solve(solver, guard, &solution);
    if (solution.verdict == TAMIS_VERDICT_UNDECIDED)
        g_assert_cmpstr(solution.reason, ==,
                        "the budget ran out on the texts of one value (header 'subject')");
    else
        g_assert_cmpint(solution.verdict, ==, TAMIS_VERDICT_IMPOSSIBLE);
    g_assert_cmpuint(tamis_solver_counts(solver).n_steps, <=, 1000);
}

/* Which no budget counts. */
static void
test_many_headers(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    enum { MOST = 8192 };
    Table *table = &fixture->table;
    g_autofree TamisFormula *guards = g_new(TamisFormula, MOST + 1);
    g_autoptr(TamisWitness) witness = NULL;
    g_autoptr(TamisSolver) solver = NULL;
    g_auto(TamisSolution) solution = {0};

    for (guint i = 0; i <= MOST; i++) {
        g_autofree char *name = g_strdup_printf("x-%u", i);

        guards[i] = not_(table, header(table, name, TAMIS_KEYS_CONTAIN, "a"));
    }
    witness = assert_possible(fixture, tamis_formulas_and(table->formulas, guards, MOST));
    solver = tamis_solver_new(table->formulas, &fixture->options);
    tamis_solver_solve(solver, tamis_formulas_and(table->formulas, guards, MOST + 1), &solution);
    g_assert_cmpint(solution.verdict, ==, TAMIS_VERDICT_UNDECIDED);
    g_assert_cmpstr(solution.reason, ==,
                    "one message would have to meet tests of more than 8192 different headers");
}

/* Maxima ----------------------------------------------------------------------------------------- */

static void
test_maximum(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    Table *table = &fixture->table;
    g_autoptr(TamisSolver) solver = NULL;
    g_auto(TamisMaximum) maximum = {0};
    TamisFormula guards[8];
    static const guint32 weights[] = {1, 1, 1, 5, 2, 2, 1, 1};

    for (guint32 i = 0; i < 4; i++)
        guards[i] = share(fixture, 0, 4, i);
    guards[4] = header(table, "subject", TAMIS_KEYS_MATCH, "a*");
    guards[5] = header(table, "subject", TAMIS_KEYS_MATCH, "b*");
    guards[6] = header(table, "subject", TAMIS_KEYS_MATCH, "*a");
    guards[7] = header(table, "subject", TAMIS_KEYS_IS, "ab");
    solver = tamis_solver_new(table->formulas, &fixture->options);
    tamis_solver_maximum(solver, TAMIS_FORMULA_TRUE, guards, NULL, 8, G_MAXUINT64, &maximum);
    g_assert_cmpuint(maximum.reached, ==, 3);
    g_assert_cmpuint(maximum.bound, ==, 3);
    tamis_maximum_clear(&maximum);
    tamis_solver_maximum(solver, TAMIS_FORMULA_TRUE, guards, weights, 8, G_MAXUINT64, &maximum);
    g_assert_cmpuint(maximum.reached, ==, 8);
    g_assert_cmpuint(maximum.bound, ==, 8);
    g_assert_nonnull(maximum.solution.witness);
    tamis_maximum_clear(&maximum);
    tamis_solver_maximum(solver, not_(table, share(fixture, 0, 4, 3)), guards, weights, 8,
                         G_MAXUINT64, &maximum);
    g_assert_cmpuint(maximum.reached, ==, 4);
    g_assert_cmpuint(maximum.bound, ==, 4);
}

/* A group of 50,000 under one guard counts as it is; a thousand independent ones do not take long. */
static void
test_large_maxima(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    Table *table = &fixture->table;
    g_autoptr(TamisSolver) solver = NULL;
    g_auto(TamisMaximum) maximum = {0};
    g_autofree TamisFormula *guards = g_new(TamisFormula, 50000);

    for (guint i = 0; i < 50000; i++)
        guards[i] = header(table, "subject", TAMIS_KEYS_CONTAIN, "x");
    solver = tamis_solver_new(table->formulas, &fixture->options);
    tamis_solver_maximum(solver, TAMIS_FORMULA_TRUE, guards, NULL, 50000, 4, &maximum);
    g_assert_cmpuint(maximum.reached, ==, 50000);
    tamis_maximum_clear(&maximum);
    for (guint i = 0; i < 1000; i++) {
        g_autofree char *name = g_strdup_printf("x-%u", i);

        guards[i] = exists(table, name);
    }
    tamis_solver_maximum(solver, TAMIS_FORMULA_TRUE, guards, NULL, 1000, 4, &maximum);
    g_assert_cmpuint(maximum.reached, ==, 5);
}

#define add(path, test) g_test_add("/solve/" path, Fixture, NULL, set_up, test, tear_down)

static TamisFormula
smaller_than(Table *table, guint64 bytes)
{
    TamisAtom size = {.kind = TAMIS_ATOM_SIZE, .relation = TAMIS_RELATION_LT, .number = bytes};

    return add_atom(table, size);
}

/* What a message has to hold it has to be large enough for, and what it only uses to have it leaves out. */
static void
test_size_and_content(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    Table *table = &fixture->table;
    g_autofree char *word = g_strnfill(300, 'w');
    TamisFormula long_subject = header(table, "subject", TAMIS_KEYS_CONTAIN, word);
    g_autoptr(TamisWitness) small =
        assert_possible(fixture, and_(table, smaller_than(table, 340), long_subject));
    g_autofree char *text = tamis_witness_to_text(small, NULL);

    g_assert_cmpuint(strlen(text), <, 340);
    g_assert_cmpuint(small->size_bytes, ==, strlen(text));
    assert_impossible(fixture, and_(table, smaller_than(table, 300), long_subject));
}

/* The parts of a body, and the field that says that there are some. */
static void
test_body_of_parts(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    Table *table = &fixture->table;
    TamisAtom atom = atom_of(table, TAMIS_ATOM_BODY, "", TAMIS_KEYS_CONTAIN, "invoice");
    TamisFormula in_text, in_pdf;
    g_autoptr(TamisWitness) counted = NULL;
    g_autoptr(TamisWitness) both = NULL, alone = NULL, said = NULL;

    atom.transform = TAMIS_BODY_TEXT;
    in_text = add_atom(table, atom);
    atom.transform = TAMIS_BODY_CONTENT;
    atom.names = list_of(table, "application/pdf");
    in_pdf = add_atom(table, atom);
    both = assert_possible(fixture, and_(table, in_text, in_pdf));
    g_assert_cmpstr(value_of(both, "content-type"), ==, "multipart/mixed; boundary=next");
    alone = assert_possible(fixture, and_(table, not_(table, in_text), in_pdf));
    g_assert_cmpstr(value_of(alone, "content-type"), ==, "application/pdf");
    said = assert_possible(
        fixture, and_(table, in_text, header(table, "content-type", TAMIS_KEYS_CONTAIN, "mixed")));
    g_assert_cmpstr(value_of(said, "content-type"), ==, "multipart/mixed; boundary=next");
    g_assert_nonnull(strstr(said->body, "\ninvoice\n"));
    atom.match = TAMIS_KEYS_COUNT;
    atom.comparator = TAMIS_COMPARATOR_NUMERIC;
    atom.keys = list_of(table, "1");
    counted = assert_possible(fixture, and_(table, in_text, add_atom(table, atom)));
    g_assert_nonnull(strstr(counted->body, "application/pdf"));
}

/* Text is sent with CRLF; a line feed alone comes in what is coded. */
static void
test_line_feed_alone_in_body(Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    Table *table = &fixture->table;
    TamisAtom atom = atom_of(table, TAMIS_ATOM_BODY, "", TAMIS_KEYS_CONTAIN, "a\nb");
    TamisFormula in_text;
    g_autoptr(TamisWitness) coded = NULL, sent = NULL;
    g_autoptr(TamisSolver) solver = NULL;
    g_auto(TamisSolution) raw = {0};

    atom.transform = TAMIS_BODY_TEXT;
    in_text = add_atom(table, atom);
    coded = assert_possible(fixture, in_text);
    g_assert_nonnull(strstr(coded->body, "base64\n\nYQpi\n"));
    atom.keys = list_of(table, "a\r\nb");
    sent = assert_possible(fixture, add_atom(table, atom));
    g_assert_cmpstr(sent->body, ==, "a\r\nb");
    atom.keys = list_of(table, "a\nb");
    atom.transform = TAMIS_BODY_RAW;
    in_text = add_atom(table, atom);
    solver = tamis_solver_new(table->formulas, &fixture->options);
    tamis_solver_solve(solver, in_text, &raw);
    g_assert_cmpint(raw.verdict, ==, TAMIS_VERDICT_UNDECIDED);
    g_assert_cmpstr(raw.reason, ==, "a body of parts that could not be put together");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add("plain-witness", test_plain_witness);
    add("witness-as-text", test_witness_as_text);
    add("long-witness", test_long_witness);
    add("changed-message", test_changed_message);
    add("one-value", test_one_value);
    add("overlaps", test_overlaps);
    add("many-places", test_many_places);
    add("text-and-address", test_text_and_address);
    add("local-part-beyond-ascii", test_local_part_beyond_ascii);
    add("text-and-recipient", test_text_and_recipient);
    add("detail", test_detail);
    add("fifty-thousand", test_fifty_thousand);
    add("many-guards-on-large-sets", test_many_guards_on_large_sets);
    add("clock-that-is-skipped", test_clock_that_is_skipped);
    add("calendar", test_calendar);
    add("date-header", test_date_header);
    add("dates-as-texts", test_dates_as_texts);
    add("first-julian-day", test_first_julian_day);
    add("opaque", test_opaque);
    add("shares", test_shares);
    add("size-and-content", test_size_and_content);
    add("body-of-parts", test_body_of_parts);
    add("line-feed-alone-in-body", test_line_feed_alone_in_body);
    add("budget", test_budget);
    add("many-headers", test_many_headers);
    add("maximum", test_maximum);
    add("large-maxima", test_large_maxima);
    return g_test_run();
}
