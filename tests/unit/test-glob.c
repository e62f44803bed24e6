/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Globs and expressions: what one holds for, the other does. */
#include "model/glob.h"

#include <regex.h>
#include <string.h>

static void
test_which_suit_pigeonhole(void)
{
    static const char *const suit[] = {"",           "*",       "a?b",    "?",       "a*b*",
                                       "*a?b*",      "a*b??c*", "\\?*a",  "*\\??a*", "*a*b?c*",
                                       "*PO-????x*", "\\*?",    "**a?b**"};
    static const char *const do_not[] = {"a?*",        "?a*",      "*?a",     "*a?", "*a?b",
                                         "*?a*",       "*a?*",     "**??",    "*?",  "?*",
                                         "INV-????x*", "a?b*c?d*", "*a?b*c?d"};

    for (gsize i = 0; i < G_N_ELEMENTS(suit); i++)
        if (!tamis_glob_suits_pigeonhole(suit[i]))
            g_error("'%s' suits", suit[i]);
    for (gsize i = 0; i < G_N_ELEMENTS(do_not); i++)
        if (tamis_glob_suits_pigeonhole(do_not[i]))
            g_error("'%s' does not suit", do_not[i]);
}

static void
check(const char *glob, const char *regex)
{
    g_autofree char *made = tamis_glob_to_regex(glob);

    g_assert_cmpstr(made, ==, regex);
}

static void
test_expressions(void)
{
    check("", "^$");
    check("*", "");
    check("a", "^a$");
    check("a*", "^a");
    check("*a", "a$");
    check("**a**b?*", "a.*b.");
    check("INV-????x*", "^INV-....x");
    check("\\*\\?\\\\.[x]{2}(y)|^$+", "^\\*\\?\\\\\\.\\[x\\]\\{2\\}\\(y\\)\\|\\^\\$\\+$");
    check("a\\", "^a\\\\$");
}

static void
test_expressions_that_are_no_globs(void)
{
    static const char *const regexes[] = {"a+",  "a?",    "a*",  "(a)", "a|b",  "[a]",  "a{2}",
                                          "\\w", "\\bab", "^^a", "a$b", ".+",   ".?",   ".{3}",
                                          "^*a", "*a",    "a\\", "a$$", "\\.*", "^a*$", "..*?"};

    for (gsize i = 0; i < G_N_ELEMENTS(regexes); i++) {
        g_autofree char *glob = tamis_regex_to_glob(regexes[i]);

        if (glob != NULL)
            g_error("'%s' became '%s'", regexes[i], glob);
    }
}

/* The reference: each piece tried at each place. */
static gboolean
matches(const char *glob, const char *text)
{
    if (*glob == '\0')
        return *text == '\0';
    if (*glob == '*')
        return matches(glob + 1, text) || (*text != '\0' && matches(glob, text + 1));
    if (*text == '\0')
        return FALSE;
    if (*glob == '?')
        return matches(glob + 1, text + 1);
    if (*glob == '\\' && glob[1] != '\0')
        glob++;
    return *glob == *text && matches(glob + 1, text + 1);
}

static void
fill(GRand *random, char *text, guint most, const char *letters)
{
    guint n = (guint)g_rand_int_range(random, 0, (gint32)most + 1);

    for (guint i = 0; i < n; i++)
        text[i] = letters[g_rand_int_range(random, 0, (gint32)strlen(letters))];
    text[n] = '\0';
}

static void
test_both_hold_for_the_same(void)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(1);
    guint n_held = 0;

    for (guint i = 0; i < 20000; i++) {
        char glob[9], text[9];
        g_autofree char *regex = NULL, *back = NULL;
        regex_t compiled;
        int status;

        fill(random, glob, 8, "ab.$*?*?\\");
        fill(random, text, 8, "aab.$?*\\");
        regex = tamis_glob_to_regex(glob);
        back = tamis_regex_to_glob(regex);
        g_assert_nonnull(back);
        g_assert_cmpint(regcomp(&compiled, regex, REG_EXTENDED | REG_NOSUB), ==, 0);
        status = regexec(&compiled, text, 0, NULL, 0);
        regfree(&compiled);
        n_held += status == 0;
        if ((status == 0) != matches(glob, text) || matches(back, text) != matches(glob, text))
            g_error("glob '%s', expression '%s', back '%s', text '%s'", glob, regex, back, text);
    }
    g_assert_cmpuint(n_held, >, 1000);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/glob/which suit Pigeonhole", test_which_suit_pigeonhole);
    g_test_add_func("/glob/expressions", test_expressions);
    g_test_add_func("/glob/expressions that are no globs", test_expressions_that_are_no_globs);
    g_test_add_func("/glob/both hold for the same", test_both_hold_for_the_same);
    return g_test_run();
}
