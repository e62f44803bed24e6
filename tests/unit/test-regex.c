/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Regular expressions against those of the C library, which Pigeonhole uses: random ones on random values. */
#include "model/regex.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>

static int
library_matches(const char *expression, gboolean fold, const char *value)
{
    regex_t compiled;
    int found;

    if (regcomp(&compiled, expression, REG_EXTENDED | REG_NOSUB | (fold ? REG_ICASE : 0)) != 0)
        return -1;
    found = regexec(&compiled, value, 0, NULL, 0) == 0;
    regfree(&compiled);
    return found;
}

static void
check(const char *expression, gboolean fold, const char *value)
{
    g_autoptr(TamisRegex) regex = tamis_regex_new(expression, strlen(expression), fold);

    g_assert_nonnull(regex);
    if (tamis_regex_matches(regex, value, strlen(value)) !=
        library_matches(expression, fold, value))
        g_error("'%s' on '%s', fold %d", expression, value, fold);
}

static void
test_table(void)
{
    static const char *const expressions[] = {"",
                                              "a",
                                              "^a",
                                              "a$",
                                              "^$",
                                              "(^|,)a",
                                              "a(,|$)",
                                              "a|b",
                                              "(a|b)+",
                                              "a{2}",
                                              "a{2,}",
                                              "a{1,2}b",
                                              "(ab){2,3}",
                                              "a+?b",
                                              "[a-c]+$",
                                              "[^a]",
                                              "[]a]",
                                              "[^]a]",
                                              "[a-]",
                                              "[[:alpha:]]b",
                                              "[[:lower:]]",
                                              "[[:upper:]_]",
                                              "\\.",
                                              "a\\+b",
                                              "\\w",
                                              "\\W",
                                              "\\s",
                                              "\\S$",
                                              "^.{3}$",
                                              "()",
                                              "(|a)b",
                                              "a||b",
                                              "(a*)*b",
                                              "(a|b*)+$",
                                              "[[:digit:][:space:]]",
                                              "(a{2}){2}",
                                              "^(a|ab)(c|bcd)$",
                                              "x*",
                                              "a{0}b",
                                              "\\d",
                                              "[A-C]",
                                              "[\\.]"};
    static const char *const values[] = {
        "",  "a", "b",   "ab",   "aab", "aaaa", "A", "aB",  ",a",       "a,b", "b]",    "-",
        ".", "_", "a b", "abcd", "1",   "a+b",  "d", "cAb", "\xc3\xa9", "\\",  "ababab"};

    for (guint i = 0; i < G_N_ELEMENTS(expressions); i++)
        for (guint k = 0; k < G_N_ELEMENTS(values); k++)
            for (guint fold = 0; fold < 2; fold++)
                check(expressions[i], fold, values[k]);
}

static void
test_unread(void)
{
    static const char *const expressions[] = {
        "(a)\\1",  "\\ba",    "\\<a",
        "*a",      "a|*",     "(",
        "a)",      "[a",      "[b-a]",
        "a{3,2}",  "a{x}",    "^*",
        "[[.a.]]", "[[:x:]]", "a\\",
        "(^a)*",   "a{2000}", "((((((((((a{9}){9}){9}){9}){9}){9}){9}){9}){9}){9}){9}",
        "$^"};

    for (guint i = 0; i < G_N_ELEMENTS(expressions); i++)
        g_assert_null(tamis_regex_new(expressions[i], strlen(expressions[i]), FALSE));
}

/* The texts of some 20,000 expressions, most of them well-formed. */
static void
test_random(void)
{
    static const char *const words[] = {
        "a",    "b",     "c",           "A", "B", ".",   "(",     "(",    ")",
        ")",    "|",     "*",           "+", "?", "{2}", "{1,3}", "{0,}", "[ab]",
        "[^a]", "[a-c]", "[[:upper:]]", "^", "$", "\\w", "\\.",   "a"};
    g_autoptr(GRand) random = g_rand_new_with_seed(1);
    guint n_checked = 0;

    for (guint i = 0; i < 20000; i++) {
        g_autoptr(GString) expression = g_string_new(NULL);
        gboolean fold = g_rand_boolean(random);
        g_autoptr(TamisRegex) regex = NULL;

        for (gint n = g_rand_int_range(random, 1, 9); n > 0; n--)
            g_string_append(expression, words[g_rand_int_range(random, 0, G_N_ELEMENTS(words))]);
        regex = tamis_regex_new(expression->str, expression->len, fold);
        for (guint k = 0; k < 6 && regex != NULL; k++) {
            char value[8];
            guint n = (guint)g_rand_int_range(random, 0, 7);

            for (guint c = 0; c < n; c++)
                value[c] = "aabbcAB._"[g_rand_int_range(random, 0, 9)];
            value[n] = '\0';
            if (tamis_regex_matches(regex, value, n) !=
                library_matches(expression->str, fold, value))
                g_error("'%s' on '%s', fold %d", expression->str, value, fold);
            n_checked++;
        }
    }
    g_assert_cmpuint(n_checked, >, 20000);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/regex/table", test_table);
    g_test_add_func("/regex/unread", test_unread);
    g_test_add_func("/regex/random", test_random);
    return g_test_run();
}
