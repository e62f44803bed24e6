/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Random guards where texts are at their edges: empty values beside fields that are not there, fields by their index,
 * backslashes in patterns, letters that fold to others or to two, delimiters one behind the other, the null sender. */
#include "universe.h"

static TamisAtom
text_atom(Universe *universe, const char *name, TamisKeyMatch match, const char *key)
{
    TamisAtom atom = {.kind = TAMIS_ATOM_HEADER,
                      .match = (guint8)match,
                      .names = list_of(&universe->table, name)};
    TamisString string = tamis_strings_add(universe->table.strings, key, strlen(key));

    atom.keys = tamis_formulas_list(universe->table.formulas, &string, 1);
    return atom;
}

static void
add_values(Universe *universe, const char *name, const char *const *values, guint n)
{
    add_plain(universe);
    for (guint i = 0; i < n; i++) {
        tamis_message_append_header(add_plain(universe), name, values[i]);
        for (guint k = 0; k < n && !tamis_header_is_single(name); k++) {
            TamisMessage *message = add_plain(universe);

            tamis_message_append_header(message, name, values[i]);
            tamis_message_append_header(message, name, values[k]);
        }
    }
}

/* Fields that are empty, not there, or there twice; and the first and last of them. */
static void
test_indexes(void)
{
    static const char *const values[] = {"", "a", "b", "ab", "A"};
    static const struct {
        TamisKeyMatch match;
        const char *key;
    } tests[] = {{TAMIS_KEYS_IS, ""},       {TAMIS_KEYS_IS, "a"},     {TAMIS_KEYS_CONTAIN, ""},
                 {TAMIS_KEYS_CONTAIN, "a"}, {TAMIS_KEYS_MATCH, "*"},  {TAMIS_KEYS_MATCH, "?*"},
                 {TAMIS_KEYS_MATCH, "?"},   {TAMIS_KEYS_REGEX, "^$"}, {TAMIS_KEYS_REGEX, "^[^b]+$"},
                 {TAMIS_KEYS_VALUE, ""},    {TAMIS_KEYS_VALUE, "a"}};
    Universe universe;

    begin(&universe, 21);
    for (guint i = 0; i < G_N_ELEMENTS(tests); i++) {
        for (guint way = 0; way < 5; way++) {
            TamisAtom atom = text_atom(&universe, "x-a", tests[i].match, tests[i].key);

            atom.index = ((guint32)way + 1) / 2;
            atom.last = way == 2 || way == 4;
            atom.relation = (guint8)((i + way) % 6);
            add(&universe, add_atom(&universe.table, atom));
        }
    }
    add(&universe, exists(&universe.table, "x-a"));
    add_values(&universe, "X-A", values, G_N_ELEMENTS(values));
    run(&universe);
}

/* What a backslash takes the meaning of, in values that have stars, asks and backslashes. */
static void
test_escapes(gconstpointer name)
{
    static const char *const values[] = {"*",   "?",    "\\",   "a*",  "a?",  "a\\", "*a",
                                         "\\a", "\\\\", "a\\*", "**",  "a",   "",    "?*",
                                         "\\*", "\\?",  "a\\a", "*\\", "a b", "A*"};
    static const char *const globs[] = {"\\*",    "\\?",   "\\\\",  "a\\*",  "*\\*",       "\\**",
                                        "\\a",    "*\\\\", "\\\\*", "?\\?",  "\\\\\\*",    "*\\?*",
                                        "a\\\\?", "\\",    "a\\",   "*\\a*", "*\\\\\\\\*", "?"};
    Universe universe;

    begin(&universe, 22);
    for (guint comparator = 0; comparator < 2; comparator++) {
        for (guint i = 0; i < G_N_ELEMENTS(globs); i++) {
            TamisAtom atom = text_atom(&universe, name, TAMIS_KEYS_MATCH, globs[i]);

            atom.comparator = (guint8)comparator;
            add(&universe, add_atom(&universe.table, atom));
            atom = text_atom(&universe, name, i % 2 ? TAMIS_KEYS_IS : TAMIS_KEYS_CONTAIN,
                             values[i % 12]);
            atom.comparator = (guint8)comparator;
            add(&universe, add_atom(&universe.table, atom));
        }
    }
    add_values(&universe, name, values, G_N_ELEMENTS(values));
    run(&universe);
}

/* Letters of one byte and of more, in both cases, and those whose other case is of another length. */
static void
test_letters(gconstpointer only_unicode)
{
    static const char *const values[] = {"k",  "K",  "\xe2\x84\xaa",
                                         "s",  "S",  "ſ",
                                         "ß",  "ss", "ẞ",
                                         "i",  "İ",  "ı",
                                         "é",  "É",  "σ",
                                         "ς",  "Σ",  "",
                                         "ks", "ſs", "Kß",
                                         "aé"};
    static const TamisComparator comparators[] = {TAMIS_COMPARATOR_UNICODE,
                                                  TAMIS_COMPARATOR_CASEMAP, TAMIS_COMPARATOR_OCTET};
    Universe universe;

    begin(&universe, 23);
    universe.may_be_open = only_unicode == NULL;
    for (guint c = 0; c < (only_unicode != NULL ? 1 : G_N_ELEMENTS(comparators)); c++) {
        for (guint i = 0; i < G_N_ELEMENTS(values); i++) {
            /* Keys of i;ascii-casemap are in lower case. */
            g_autofree char *key = comparators[c] == TAMIS_COMPARATOR_CASEMAP
                                       ? g_ascii_strdown(values[i], -1)
                                       : g_strdup(values[i]);
            g_autofree char *glob =
                g_strdup_printf("%s%s%s", i % 3 ? "*" : "", key, i % 3 != 1 ? "*" : "");
            TamisAtom atoms[] = {text_atom(&universe, "x-a", TAMIS_KEYS_IS, key),
                                 text_atom(&universe, "x-a", TAMIS_KEYS_CONTAIN, key),
                                 text_atom(&universe, "x-a", TAMIS_KEYS_MATCH, glob),
                                 text_atom(&universe, "x-a", TAMIS_KEYS_VALUE, key)};

            for (guint k = 0; k < G_N_ELEMENTS(atoms); k++) {
                atoms[k].comparator = (guint8)comparators[c];
                atoms[k].relation = (guint8)((i + k) % 6);
                add(&universe, add_atom(&universe.table, atoms[k]));
            }
        }
    }
    add_values(&universe, "X-A", values, G_N_ELEMENTS(values));
    run(&universe);
}

/* Senders, among them none, and recipients whose parts touch. */
static void
test_envelopes(void)
{
    static const char *const senders[] = {"",          "a@x.org",   "+@x.org",      "a+@x.org",
                                          "a++@x.org", "++a@x.org", "a+b+@x.org",   "A+B@X.ORG",
                                          "a@x.org.",  "a.b@x.org", "a@[192.0.2.1]"};
    static const char *const keys[] = {"", "a", "+", "b", "x.org", "x.org.", "a+", "+a", "b+"};
    Universe universe;
    Table *table = &universe.table;

    begin(&universe, 24);
    for (guint part = 0; part < 5; part++) {
        for (guint i = 0; i < G_N_ELEMENTS(keys); i++) {
            for (guint match = 0; match < 3; match++) {
                TamisAtom atom = atom_of(table, TAMIS_ATOM_ENVELOPE, i % 3 ? "from" : "to",
                                         (TamisKeyMatch)match, keys[i]);

                atom.part = (guint8)part;
                add(&universe, add_atom(table, atom));
            }
        }
        add(&universe, envelope(table, "from", (TamisAddressPart)part, TAMIS_KEYS_MATCH, "*"));
        add(&universe, envelope(table, "from", (TamisAddressPart)part, TAMIS_KEYS_MATCH, "?*"));
        add(&universe, envelope(table, "from", (TamisAddressPart)part, TAMIS_KEYS_REGEX, "^$"));
    }
    for (guint i = 0; i < G_N_ELEMENTS(senders); i++)
        for (guint k = 1; k < G_N_ELEMENTS(senders); k++)
            add_world(&universe, senders[i], senders[k], 0, 0);
    run(&universe);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/solve-random-edges/indexes", test_indexes);
    g_test_add_data_func("/solve-random-edges/escapes", "x-a", test_escapes);
    g_test_add_data_func("/solve-random-edges/escapes-of-one", "subject", test_escapes);
    g_test_add_data_func("/solve-random-edges/letters", NULL, test_letters);
    g_test_add_data_func("/solve-random-edges/letters-of-unicode", "", test_letters);
    g_test_add_func("/solve-random-edges/envelopes", test_envelopes);
    return g_test_run();
}
