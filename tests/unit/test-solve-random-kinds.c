/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Random guards over atoms of every kind, with every match type, comparator, part, zone and index that there is: kind by
 * kind, and all together. The last test is that nothing was left out. */
#include "random-kinds.h"

/* Kind by kind ----------------------------------------------------------------------------------- */

static void
add_texts(Universe *universe, const char *name)
{
    add_plain(universe);
    for (guint i = 0; i < G_N_ELEMENTS(values); i++) {
        tamis_message_append_header(add_plain(universe), name, values[i]);
        for (guint k = 0; k < G_N_ELEMENTS(values) && !tamis_header_is_single(name); k++) {
            TamisMessage *message = add_plain(universe);

            tamis_message_append_header(message, name, values[i]);
            tamis_message_append_header(message, name, values[k]);
        }
    }
}

/* Texts of a field, by every comparator but the one that is exact alone. */
static void
test_headers(gconstpointer name)
{
    const Choice choice = {.names = name, .comparators = NOT_UNICODE};
    const Choice unicode = {.names = name, .comparators = ONE_BY_ONE};
    Universe universe;

    begin_kinds(&universe, 31);
    add_atoms(&universe, TAMIS_ATOM_HEADER, &choice, 120);
    add_atoms(&universe, TAMIS_ATOM_EXISTS, &choice, 1);
    add_texts(&universe, name);
    run(&universe);

    begin_kinds(&universe, 32);
    add_atoms(&universe, TAMIS_ATOM_HEADER, &unicode, 60);
    add_atoms(&universe, TAMIS_ATOM_EXISTS, &choice, 1);
    add_texts(&universe, name);
    run(&universe);
}

static void
add_senders(Universe *universe)
{
    for (guint i = 0; i <= G_N_ELEMENTS(addresses); i++)
        for (guint k = 0; k < G_N_ELEMENTS(addresses); k++)
            add_world(universe, i < G_N_ELEMENTS(addresses) ? addresses[i] : "", addresses[k],
                      instants[0], 0);
}

static void
test_envelopes(void)
{
    const Choice from = {.names = "from", .comparators = NOT_UNICODE};
    const Choice to = {.names = "to", .comparators = NOT_UNICODE};
    const Choice both = {.names = "from|to", .comparators = NOT_UNICODE};
    const Choice unicode = {.names = "from", .comparators = ONE_BY_ONE};
    Universe universe;

    begin_kinds(&universe, 33);
    add_atoms(&universe, TAMIS_ATOM_ENVELOPE, &from, 60);
    add_atoms(&universe, TAMIS_ATOM_ENVELOPE, &to, 60);
    add_atoms(&universe, TAMIS_ATOM_ENVELOPE, &both, 60);
    add_senders(&universe);
    run(&universe);

    begin_kinds(&universe, 34);
    add_atoms(&universe, TAMIS_ATOM_ENVELOPE, &unicode, 60);
    add_senders(&universe);
    run(&universe);
}

static void
add_lists(Universe *universe, const char *name)
{
    add_plain(universe);
    for (guint i = 0; i < G_N_ELEMENTS(addresses); i++) {
        tamis_message_append_header(add_plain(universe), name, addresses[i]);
        for (guint k = 0; k < G_N_ELEMENTS(addresses) && !tamis_header_is_single(name); k++) {
            g_autofree char *list = g_strdup_printf("%s, %s", addresses[i], addresses[k]);
            TamisMessage *twice = add_plain(universe);

            tamis_message_append_header(add_plain(universe), name, list);
            tamis_message_append_header(twice, name, addresses[i]);
            tamis_message_append_header(twice, name, addresses[k]);
        }
    }
}

/* Addresses of a field of one value, and of one that may have several: how many there are, beside the others; by their
 * index; beside tests of the text; and by the comparator that is exact alone. */
static void
test_addresses(gconstpointer name)
{
    const guint some = 0x3f & ~(1u << TAMIS_KEYS_COUNT);
    const Choice exists = {.names = name};
    const Choice choices[] = {
        {.names = name, .comparators = NOT_UNICODE, .indexes = 1},
        {.names = name, .comparators = NOT_UNICODE, .matches = some},
        {.names = name, .comparators = NOT_UNICODE, .matches = some, .indexes = 1},
        {.names = name, .comparators = ONE_BY_ONE, .indexes = 1},
    };
    Universe universe;

    for (guint i = 0; i < G_N_ELEMENTS(choices); i++) {
        begin_kinds(&universe, 35 + i);
        add_atoms(&universe, TAMIS_ATOM_ADDRESS, &choices[i], 150);
        add_atoms(&universe, TAMIS_ATOM_EXISTS, &exists, 1);
        if (i == 2)
            add_atoms(&universe, TAMIS_ATOM_HEADER, &choices[i], 30);
        add_lists(&universe, name);
        run_with_open(&universe, 12);
    }
}

static void
test_grades(void)
{
    const Choice choice = {0};
    Universe universe;

    begin_kinds(&universe, 38);
    add_atoms(&universe, TAMIS_ATOM_GRADE, &choice, 200);
    for (guint virus = 0; virus <= TAMIS_VIRUS_SCORE_MAX; virus++) {
        for (guint i = 0; i <= TAMIS_SPAM_SCORE_MAX + 1 + TAMIS_SPAM_PERCENT_MAX; i++) {
            TamisGrades grades = i <= TAMIS_SPAM_SCORE_MAX
                                     ? (TamisGrades){.spam_score = i}
                                     : tamis_grades_of_percent(i - TAMIS_SPAM_SCORE_MAX - 1);

            grades.virus_score = virus;
            add_plain(&universe);
            g_array_index(universe.deliveries, TamisDelivery, universe.deliveries->len - 1).grades =
                grades;
        }
    }
    run(&universe);
}

/* Bodies by each transform alone: texts of one part and of two. */
static void
test_bodies(gconstpointer transform)
{
    static const char *const types[] = {"text/plain", "text/html", "application/pdf"};
    const Choice choice = {.transforms = 1u << GPOINTER_TO_UINT(transform)};
    Universe universe;

    begin_kinds(&universe, 40 + GPOINTER_TO_UINT(transform));
    universe.n_guards = GUARDS / 8;
    add_atoms(&universe, TAMIS_ATOM_BODY, &choice, 120);
    for (guint i = 0; i < G_N_ELEMENTS(values); i++)
        tamis_message_set_body(add_plain(&universe), values[i]);
    for (guint i = 0; i < G_N_ELEMENTS(values) * G_N_ELEMENTS(values) * 9; i++) {
        TamisMessage *message = add_plain(&universe);
        g_autofree char *body =
            g_strdup_printf("--x\nContent-Type: %s\n\n%s\n--x\nContent-Type: %s\n\n%s\n--x--\n",
                            types[i % 3], values[i / 9 % G_N_ELEMENTS(values)], types[i / 3 % 3],
                            values[i / 9 / G_N_ELEMENTS(values)]);

        tamis_message_append_header(message, "Content-Type", "multipart/mixed; boundary=x");
        tamis_message_set_body(message, body);
    }
    run_with_open(&universe, 20);
}

/* Time ------------------------------------------------------------------------------------------- */

static void
test_instants(void)
{
    const Choice choice = {.zones = 1u << TAMIS_ZONE_FIXED | 1u << TAMIS_ZONE_LOCAL |
                                    1u << TAMIS_ZONE_NAMED,
                           .comparators = NOT_UNICODE};
    const Choice unicode = {.zones = 3, .comparators = ONE_BY_ONE};
    Universe universe;

    begin_kinds(&universe, 50);
    universe.options.not_after = instants[G_N_ELEMENTS(instants) - 1] + 86400;
    add_atoms(&universe, TAMIS_ATOM_NOW, &choice, 300);
    add_atoms(&universe, TAMIS_ATOM_NOW, &unicode, 30);
    for (guint i = 0; i < G_N_ELEMENTS(instants); i++)
        for (gint64 at = instants[i] - 43200; at < instants[i] + 43200; at += 1777)
            add_world(&universe, "x@y.example", "u@v.example", MAX(at, universe.options.not_before),
                      0);
    run_with_open(&universe, 1);
}

/* Patterns of whole dates, within some hours. */
static void
test_sweeps(void)
{
    const Choice choice = {.zones = 3, .comparators = NOT_UNICODE, .sweeps = TRUE};
    Universe universe;

    begin_kinds(&universe, 51);
    universe.n_guards = GUARDS / 8;
    universe.options.not_before = instants[0] - 1800;
    universe.options.not_after = instants[0] + 7200;
    add_atoms(&universe, TAMIS_ATOM_NOW, &choice, 300);
    for (gint64 at = instants[0] - 1800; at <= instants[0] + 7200; at += 13)
        add_world(&universe, "x@y.example", "u@v.example", at, 0);
    run(&universe);
}

static char *
date_text(TamisInstant instant, gint32 offset_s)
{
    char text[TAMIS_DATE_PART_BYTES];

    tamis_date_part_text("std11", instant, offset_s, text);
    return g_strdup(text);
}

/* A header's dates: each of them in several offsets, and what is none. */
static void
add_dates(Universe *universe, const char *name)
{
    static const gint32 offsets[] = {0, 3600, -12600};
    static const char *const undated[] = {"", "soon", "a 7"};
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < G_N_ELEMENTS(instants); i++)
        for (guint k = 0; k < G_N_ELEMENTS(offsets); k++)
            g_ptr_array_add(words, date_text(instants[i], offsets[k]));
    for (guint i = 0; i < G_N_ELEMENTS(undated); i++)
        g_ptr_array_add(words, g_strdup(undated[i]));
    add_plain(universe);
    for (guint i = 0; i < words->len; i++) {
        tamis_message_append_header(add_plain(universe), name, g_ptr_array_index(words, i));
        for (guint k = 0; k < words->len && !tamis_header_is_single(name); k++) {
            TamisMessage *message = add_plain(universe);

            tamis_message_append_header(message, name, g_ptr_array_index(words, i));
            tamis_message_append_header(message, name, g_ptr_array_index(words, k));
        }
    }
}

/* The date of a header. */
static void
test_dates(guint32 seed, const char *name, const Choice *choice, const Choice *words, guint open)
{
    Universe universe;

    begin_kinds(&universe, seed);
    universe.n_guards = GUARDS / 8;
    add_atoms(&universe, TAMIS_ATOM_DATE, choice, 200);
    add_atoms(&universe, TAMIS_ATOM_EXISTS, choice, 1);
    if (words != NULL)
        add_atoms(&universe, TAMIS_ATOM_HEADER, words, 20);
    add_dates(&universe, name);
    run_with_open(&universe, open);
}

enum { ANY_BUT_ORIGINAL = 0xf & ~(1u << TAMIS_ZONE_ORIGINAL) };

static void
test_dates_as_elsewhere(void)
{
    const Choice choice = {.names = "date", .zones = ANY_BUT_ORIGINAL, .indexes = 3};

    test_dates(60, "Date", &choice, NULL, 2);
}

static void
test_dates_as_written(void)
{
    const Choice choice = {.names = "date", .zones = 1u << TAMIS_ZONE_ORIGINAL, .indexes = 3};

    test_dates(61, "Date", &choice, NULL, 35);
}

static void
test_dates_of_all_zones(void)
{
    const Choice choice = {.names = "x-date", .indexes = 3};

    test_dates(62, "X-Date", &choice, NULL, 40);
}

/* By their number they are not decided beside the rest, but nothing wrong may be said of them. */
static void
test_dates_by_index(void)
{
    const Choice choice = {.names = "x-date"};
    const Choice words = {.names = "x-date", .matches = 0x17, .comparators = NOT_UNICODE};

    test_dates(63, "X-Date", &choice, NULL, 85);
    test_dates(64, "X-Date", &choice, &words, 85);
}

/* All together ------------------------------------------------------------------------------------ */

/* Turns at later stops, and what cannot be read: any way, in worlds by their number. */
static void
assume_by_number(const Universe *universe, TamisEvaluation *evaluation, guint world)
{
    for (guint i = 0; i < universe->atoms->len; i++) {
        TamisFormula formula = g_array_index(universe->atoms, TamisFormula, i);
        const TamisAtom *atom = tamis_formulas_get_atom(universe->table.formulas, formula);

        if (atom->kind == TAMIS_ATOM_OPAQUE)
            tamis_evaluation_assume(evaluation, formula,
                                    world >> (2 * atom->hop + atom->number) & 1);
        else if (atom->kind == TAMIS_ATOM_SHARE && atom->hop > 0)
            tamis_evaluation_assume(evaluation, formula,
                                    world / (atom->hop == 1 ? 1 : 3) % 3 == atom->member);
    }
}

static void
add_random_message(Universe *universe)
{
    static const char *const fields[] = {"Subject", "X-A", "X-A", "Date"};
    const char *from = one_of(universe, addresses), *to = one_of(universe, addresses);
    TamisInstant now = one_of(universe, instants);
    guint score = below(universe, 11);
    TamisMessage *message = add_world(universe, from, to, now, score);

    tamis_message_set_size(message, 180 + 30 * below(universe, 10));
    for (guint i = 0; i < G_N_ELEMENTS(fields); i++) {
        TamisInstant instant = one_of(universe, instants);
        gint32 offset_s = 3600 * (gint32)below(universe, 2);
        const char *value = one_of(universe, values);
        g_autofree char *date = date_text(instant, offset_s);

        if (below(universe, 2))
            tamis_message_append_header(message, fields[i], i == 3 ? date : value);
    }
    if (below(universe, 2))
        tamis_message_append_header(message, "To", one_of(universe, addresses));
    if (below(universe, 2))
        tamis_message_set_body(message, one_of(universe, values));
}

static void
test_together(void)
{
    const char *const names[] = {
        [TAMIS_ATOM_HEADER] = "x-a",    [TAMIS_ATOM_ADDRESS] = "to",
        [TAMIS_ATOM_ENVELOPE] = "from", [TAMIS_ATOM_EXISTS] = "subject",
        [TAMIS_ATOM_DATE] = "date",     [TAMIS_ATOM_ADDRESSED] = "to",
        [TAMIS_ATOM_OPAQUE] = NULL,
    };
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(TamisPolicy) policy = tamis_policy_new(sources);
    TamisHoursLine line = {0x5f, 8 * 60, 18 * 60};
    TamisDayRange except = {instants[0] / 86400 + 1, instants[0] / 86400 + 1};
    TamisHoursDefinition hours = {
        .hours = tamis_hours_new(tamis_zone_get("Asia/Shanghai"), &line, 1, &except, 1)};
    Universe universe;

    begin_kinds(&universe, 70);
    g_array_append_val(policy->hours, hours);
    universe.policy = policy;
    universe.options.policy = policy;
    universe.n_tests = 12;
    universe.assume = assume_by_number;
    for (guint kind = 0; kind < G_N_ELEMENTS(sayings); kind++) {
        const Choice choice = {.names = names[kind], .zones = ANY_BUT_ORIGINAL, .indexes = 1};
        const Choice subject = {.names = "subject", .zones = ANY_BUT_ORIGINAL};

        add_atoms(&universe, (TamisAtomKind)kind, &choice, 14);
        if (kind == TAMIS_ATOM_HEADER)
            add_atoms(&universe, TAMIS_ATOM_HEADER, &subject, 14);
    }
    for (guint i = 0; i < 4000; i++)
        add_random_message(&universe);
    run_with_open(&universe, 20);
    tamis_hours_free(hours.hours);
    g_array_set_size(policy->hours, 0);
}

/* What was left out ------------------------------------------------------------------------------ */

typedef struct {
    const char *path;
    gconstpointer data;
    void (*draw)(gconstpointer data); /* NULL: draw_alone */
    void (*draw_alone)(void);
} Part;

static const Part parts[] = {
    {"headers-of-one", "Subject", test_headers, NULL},
    {"headers", "X-A", test_headers, NULL},
    {"envelopes", NULL, NULL, test_envelopes},
    {"addresses-of-one", "From", test_addresses, NULL},
    {"addresses", "X-A", test_addresses, NULL},
    {"grades", NULL, NULL, test_grades},
    {"bodies-0", GUINT_TO_POINTER(TAMIS_BODY_RAW), test_bodies, NULL},
    {"bodies-1", GUINT_TO_POINTER(TAMIS_BODY_CONTENT), test_bodies, NULL},
    {"bodies-2", GUINT_TO_POINTER(TAMIS_BODY_TEXT), test_bodies, NULL},
    {"instants", NULL, NULL, test_instants},
    {"sweeps", NULL, NULL, test_sweeps},
    {"dates-as-elsewhere", NULL, NULL, test_dates_as_elsewhere},
    {"dates-as-written", NULL, NULL, test_dates_as_written},
    {"dates-of-all-zones", NULL, NULL, test_dates_of_all_zones},
    {"dates-by-index", NULL, NULL, test_dates_by_index},
    {"together", NULL, NULL, test_together},
};

static void
draw_part(gconstpointer data)
{
    const Part *part = data;

    if (part->draw != NULL)
        part->draw(part->data);
    else
        part->draw_alone();
}

static guint
count_left_out(gboolean is_last)
{
    guint n = 0;

    for (guint kind = 0; kind < G_N_ELEMENTS(sayings); kind++) {
        guint says = sayings[kind];
        guint n_zones = kind == TAMIS_ATOM_NOW ? 2 : N_ZONES;

        n += count_missing(kind, "is asked", 1, is_last);
        n += count_missing(kind, "match", says & SAYS_MATCH ? N_MATCHES : 0, is_last);
        n += count_missing(kind, "comparator", says & SAYS_MATCH ? N_COMPARATORS : 0, is_last);
        n += count_missing(kind, "relation", says & SAYS_MATCH ? N_RELATIONS : 0, is_last);
        n += count_missing(kind, "part", says & SAYS_PART ? N_PARTS : 0, is_last);
        n += count_missing(kind, "zone", says & SAYS_ZONE ? n_zones : 0, is_last);
        n += count_missing(kind, "date part", says & SAYS_ZONE ? G_N_ELEMENTS(date_parts) : 0,
                           is_last);
        n += count_missing(kind, "transform", says & SAYS_TRANSFORM ? N_TRANSFORMS : 0, is_last);
        n += count_missing(kind, "grade", says & SAYS_GRADE ? N_GRADES : 0, is_last);
        n += count_missing(kind, "index", says & SAYS_INDEX ? N_INDEXES : 0, is_last);
        n += count_missing(kind, "hop", says & SAYS_HOP ? N_HOPS : 0, is_last);
        n += count_missing(kind, "except", says & SAYS_EXCEPT ? N_EXCEPTS : 0, is_last);
    }
    return n;
}

/* Chance may leave something out once, but not time and again. */
static void
test_nothing_is_left_out(void)
{
    enum { MOST_DRAWINGS = 5 };

    while (count_left_out(drawing + 1 == MOST_DRAWINGS) > 0 && drawing + 1 < MOST_DRAWINGS) {
        drawing++;
        for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
            draw_part(&parts[i]);
    }
}

int
main(int argc, char **argv)
{
    int status;

    g_test_init(&argc, &argv, NULL);
    asked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_autofree char *path = g_strconcat("/solve-random-kinds/", parts[i].path, NULL);

        g_test_add_data_func(path, &parts[i], draw_part);
    }
    g_test_add_func("/solve-random-kinds/nothing-is-left-out", test_nothing_is_left_out);
    status = g_test_run();
    g_hash_table_unref(asked);
    return status;
}
