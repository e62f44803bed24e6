/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Random guards over instants and numbers, and over all together, in small universes. */
#include "universe.h"

#include "model/share.h"

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
        TamisAtom size = {
            .kind = TAMIS_ATOM_SIZE, .relation = TAMIS_RELATION_GT, .number = 100 + i};
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

                tamis_message_set_size(message, 100 + size);
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
        TamisAtom size = {
            .kind = TAMIS_ATOM_SIZE, .relation = TAMIS_RELATION_GT, .number = 100 + 50 * i};

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

        tamis_message_set_size(message, (guint64)g_rand_int_range(random, 100, 220));
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

/* Turns in lists of all kinds, against every second of an hour; that none come together is known at once. */
static void
test_turns(void)
{
    static const guint32 lists[] = {2, 3, 4, 7, 30, 60, 90, 200};
    Universe universe;
    g_autoptr(TamisSolver) solver = NULL;

    begin(&universe, 23);
    solver = tamis_solver_new(universe.table.formulas, &universe.options);
    for (guint i = 0; i < 400; i++) {
        TamisAtom turns[3];
        gboolean negated[3], any = FALSE;
        TamisFormula guard = TAMIS_FORMULA_TRUE;

        for (guint k = 0; k < 3; k++) {
            guint32 n = lists[g_rand_int_range(universe.random, 0, G_N_ELEMENTS(lists))];
            TamisFormula turn;

            turns[k] = (TamisAtom){.kind = TAMIS_ATOM_SHARE, .number = n};
            turns[k].member = (guint32)g_rand_int_range(universe.random, 0, (gint32)n);
            negated[k] = g_rand_int_range(universe.random, 0, 4) == 0;
            turn = add_atom(&universe.table, turns[k]);
            turn = negated[k] ? tamis_formulas_not(universe.table.formulas, turn) : turn;
            guard = tamis_formulas_and2(universe.table.formulas, guard, turn);
        }
        for (gint64 second = 0; second < 3600 && !any; second++) {
            any = TRUE;
            for (guint k = 0; k < 3; k++)
                any &= (tamis_share_member_at((guint32)turns[k].number, second) ==
                        turns[k].member) != negated[k];
        }
        g_assert_cmpint(tamis_solver_verdict_within(solver, guard, 2500), ==,
                        any ? TAMIS_VERDICT_WITNESS : TAMIS_VERDICT_IMPOSSIBLE);
    }
    g_clear_pointer(&solver, tamis_solver_free);
    end(&universe);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/solve-random-time/instants", test_instants);
    g_test_add_func("/solve-random-time/numbers", test_numbers);
    g_test_add_func("/solve-random-time/together", test_together);
    g_test_add_func("/solve-random-time/turns", test_turns);
    return g_test_run();
}
