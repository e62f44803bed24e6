/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Comparators and match types. */
#include "model/compare.h"

#include <string.h>

static gboolean
glob(const char *pattern, const char *value)
{
    return tamis_glob_matches(pattern, strlen(pattern), value, strlen(value), TRUE);
}

static void
test_globs(void)
{
    g_assert_true(glob("", ""));
    g_assert_false(glob("", "a"));
    g_assert_true(glob("*", ""));
    g_assert_true(glob("*", "anything"));
    g_assert_true(glob("a*c", "abbbc"));
    g_assert_true(glob("a*c", "ac"));
    g_assert_false(glob("a*c", "acd"));
    g_assert_true(glob("*ab*ab*", "xabxxabx"));
    g_assert_false(glob("*ab*ab*", "xabx"));
    g_assert_true(glob("ORDER ?2", "order 42"));
    g_assert_false(glob("?", ""));
    /* One question mark is one octet. */
    g_assert_false(glob("?", "订"));
    g_assert_true(glob("???", "订"));
}

static void
test_escapes(void)
{
    g_assert_true(glob("\\*", "*"));
    g_assert_false(glob("\\*", "a"));
    g_assert_true(glob("a\\?c", "a?c"));
    g_assert_false(glob("a\\?c", "abc"));
    g_assert_true(glob("\\\\", "\\"));
    /* A backslash at the end stands for itself. */
    g_assert_true(glob("a\\", "a\\"));
}

/* A hostile glob stays within (value + 1) × (glob + 1) steps. */
static void
test_many_stars(void)
{
    g_autoptr(GString) pattern = g_string_new(NULL);
    g_autoptr(GString) value = g_string_new(NULL);

    for (guint i = 0; i < 200; i++)
        g_string_append(pattern, "*a");
    g_string_append(pattern, "*b");
    for (guint i = 0; i < 20000; i++)
        g_string_append_c(value, 'a');
    g_assert_false(glob(pattern->str, value->str));
    g_string_append_c(value, 'b');
    g_assert_true(glob(pattern->str, value->str));
}

static void
test_contains(void)
{
    g_autofree char *value = g_malloc(100000);

    g_assert_true(tamis_text_contains("Hello", 5, "", 0, TRUE));
    g_assert_true(tamis_text_contains("Hello", 5, "ELL", 3, TRUE));
    g_assert_false(tamis_text_contains("Hello", 5, "ELL", 3, FALSE));
    g_assert_false(tamis_text_contains("He", 2, "hello", 5, TRUE));
    /* Across the window's edge, at every place around it. */
    memset(value, 'x', 100000);
    for (gsize at = 16370; at < 16400; at++) {
        memcpy(value + at, "NeeDle", 6);
        g_assert_true(tamis_text_contains(value, 100000, "needle", 6, TRUE));
        memset(value + at, 'x', 6);
    }
    g_assert_false(tamis_text_contains(value, 100000, "needle", 6, TRUE));
    memcpy(value + 99994, "needle", 6);
    g_assert_true(tamis_text_contains(value, 100000, "NEEDLE", 6, TRUE));
}

/* A window is folded once for all keys, and is as long as the longest of them asks for. */
static void
test_many_keys(void)
{
    g_autoptr(TamisStrings) strings = tamis_strings_new();
    g_autoptr(TamisFormulas) formulas = tamis_formulas_new(strings);
    g_autofree char *longest = g_strnfill(30000, 'y');
    g_autofree char *value = g_strnfill(100000, 'x');
    const char *const texts[] = {"z", "Needle", longest};
    TamisString keys[G_N_ELEMENTS(texts)];
    TamisAtom atom = {.kind = TAMIS_ATOM_HEADER,
                      .match = TAMIS_KEYS_CONTAIN,
                      .comparator = TAMIS_COMPARATOR_CASEMAP};

    for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
        keys[i] = tamis_strings_add(strings, texts[i], strlen(texts[i]));
    atom.keys = tamis_formulas_list(formulas, keys, G_N_ELEMENTS(keys));
    g_assert_false(tamis_atom_meets_a_key(formulas, &atom, value, 100000));
    g_assert_false(tamis_atom_meets_a_key(formulas, &atom, "", 0));
    for (gsize at = 46370; at < 46400; at++) { /* around the first window's edge */
        memcpy(value + at, "nEEdle", 6);
        g_assert_true(tamis_atom_meets_a_key(formulas, &atom, value, 100000));
        memset(value + at, 'x', 6);
    }
    memset(value + 40000, 'Y', 30000);
    g_assert_true(tamis_atom_meets_a_key(formulas, &atom, value, 100000));
    value[60000] = 'x';
    g_assert_false(tamis_atom_meets_a_key(formulas, &atom, value, 100000));
    value[99999] = 'Z';
    g_assert_true(tamis_atom_meets_a_key(formulas, &atom, value, 100000));
}

static int
numeric(const char *a, const char *b)
{
    int order = tamis_text_compare(TAMIS_COMPARATOR_NUMERIC, a, strlen(a), b, strlen(b));

    return order < 0 ? -1 : order > 0;
}

static void
test_numbers(void)
{
    g_assert_cmpint(numeric("2", "10"), ==, -1);
    g_assert_cmpint(numeric("010", "10"), ==, 0);
    g_assert_cmpint(numeric("10 points", "10"), ==, 0);
    g_assert_cmpint(numeric("99999999999999999999999", "100000000000000000000000"), ==, -1);
    /* No digit at the beginning is infinity (RFC 4790, 9.1.1). */
    g_assert_cmpint(numeric("none", "5"), ==, 1);
    g_assert_cmpint(numeric("none", ""), ==, 0);
    g_assert_cmpint(numeric("5", "-5"), ==, -1);
}

static void
test_text_order(void)
{
    g_assert_cmpint(tamis_text_compare(TAMIS_COMPARATOR_CASEMAP, "ABC", 3, "abc", 3), ==, 0);
    g_assert_cmpint(tamis_text_compare(TAMIS_COMPARATOR_OCTET, "ABC", 3, "abc", 3), <, 0);
    g_assert_cmpint(tamis_text_compare(TAMIS_COMPARATOR_CASEMAP, "ab", 2, "abc", 3), <, 0);
    g_assert_cmpint(tamis_text_compare(TAMIS_COMPARATOR_UNICODE, "ÄRGER", 6, "ärger", 6), ==, 0);
    /* ASCII alone is folded by i;ascii-casemap. */
    g_assert_cmpint(tamis_text_compare(TAMIS_COMPARATOR_CASEMAP, "Ä", 2, "ä", 2), !=, 0);
    g_assert_true(tamis_relation_holds(TAMIS_RELATION_LE, 0));
    g_assert_false(tamis_relation_holds(TAMIS_RELATION_NE, 0));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/compare/globs", test_globs);
    g_test_add_func("/compare/escapes", test_escapes);
    g_test_add_func("/compare/many-stars", test_many_stars);
    g_test_add_func("/compare/contains", test_contains);
    g_test_add_func("/compare/many-keys", test_many_keys);
    g_test_add_func("/compare/numbers", test_numbers);
    g_test_add_func("/compare/text-order", test_text_order);
    return g_test_run();
}
