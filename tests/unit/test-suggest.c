/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * base/suggest. */
#include "base/suggest.h"

static const char *const verbs[] = {"check", "compile", "convert", "deploy", "diff", "fmt", "help"};

static const char *
suggest(const char *word)
{
    return tamis_suggest(word, verbs, G_N_ELEMENTS(verbs));
}

static void
test_nearest(void)
{
    g_assert_cmpstr(suggest("chekc"), ==, "check"); /* a transposition */
    g_assert_cmpstr(suggest("chck"), ==, "check");
    g_assert_cmpstr(suggest("compille"), ==, "compile");
    g_assert_cmpstr(suggest("dif"), ==, "diff");
    g_assert_cmpstr(suggest("ftm"), ==, "fmt");
    g_assert_cmpstr(suggest("covnret"), ==, "convert"); /* two of seven */
}

static void
test_none_near(void)
{
    g_assert_null(suggest("xyz"));
    g_assert_null(suggest("conquer"));
    g_assert_null(suggest("f"));
    g_assert_null(suggest(""));
    g_assert_null(
        suggest("checkcheckcheckcheckcheckcheckcheckcheckcheckcheckcheckcheckcheckcheck"));
    g_assert_null(suggest("chec\xff"));
    g_assert_null(tamis_suggest("check", NULL, 0));
}

static void
test_first_of_equals(void)
{
    const char *const words[] = {"desk1", "desk2", "desks"};

    g_assert_cmpstr(tamis_suggest("desk", words, 3), ==, "desk1");
}

static void
test_code_points(void)
{
    const char *const words[] = {"办公时间", "假日"};

    g_assert_cmpstr(tamis_suggest("办公時间", words, 2), ==, "办公时间");
    g_assert_null(tamis_suggest("时间", words, 2));
}

static void
test_slip(void)
{
    g_assert_true(tamis_is_slip("zhang", "zahng"));
    g_assert_true(tamis_is_slip("director", "driectro"));
    g_assert_true(tamis_is_slip("desk", "desks"));
    g_assert_false(tamis_is_slip("zhang", "zhang"));
    g_assert_false(tamis_is_slip("zhang", "huang"));
    g_assert_false(tamis_is_slip("li", "le"));
    g_assert_false(tamis_is_slip("director", "inspector"));
    /* Numbered on purpose. */
    g_assert_false(tamis_is_slip("agent01", "agent02"));
    g_assert_false(tamis_is_slip("agent01", "agent10x"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/suggest/nearest", test_nearest);
    g_test_add_func("/suggest/none-near", test_none_near);
    g_test_add_func("/suggest/first-of-equals", test_first_of_equals);
    g_test_add_func("/suggest/code-points", test_code_points);
    g_test_add_func("/suggest/slip", test_slip);
    return g_test_run();
}
