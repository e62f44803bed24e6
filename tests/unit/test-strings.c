/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * base/strings. */
#include "base/strings.h"

#include <string.h>

static void
test_numbers(void)
{
    g_autoptr(TamisStrings) strings = tamis_strings_new();

    g_assert_cmpuint(tamis_strings_add(strings, "", 0), ==, 0);
    g_assert_cmpuint(tamis_strings_add(strings, "a@acme.example", 14), ==, 1);
    g_assert_cmpuint(tamis_strings_add(strings, "b@acme.example", 14), ==, 2);
    g_assert_cmpuint(tamis_strings_add(strings, "a@acme.example", 14), ==, 1);
    g_assert_cmpuint(tamis_strings_add(strings, "a@acme.exampl", 13), ==, 3);
    g_assert_cmpuint(tamis_strings_count(strings), ==, 4);
    g_assert_cmpuint(tamis_strings_find(strings, "b@acme.example", 14), ==, 2);
    g_assert_cmpuint(tamis_strings_find(strings, "c@acme.example", 14), ==, 0);
    g_assert_cmpuint(tamis_strings_find(strings, "", 0), ==, 0);
    g_assert_cmpstr(tamis_strings_get(strings, 0), ==, "");
    g_assert_cmpuint(tamis_strings_length(strings, 0), ==, 0);
    g_assert_cmpstr(tamis_strings_get(strings, 3), ==, "a@acme.exampl");
}

static void
test_any_bytes(void)
{
    g_autoptr(TamisStrings) strings = tamis_strings_new();
    g_autofree char *large = g_malloc(1000000);

    memset(large, 'x', 1000000);
    g_assert_cmpuint(tamis_strings_add(strings, "a\0b", 3), ==, 1);
    g_assert_cmpuint(tamis_strings_add(strings, "a\0c", 3), ==, 2);
    g_assert_cmpuint(tamis_strings_add(strings, "a", 1), ==, 3);
    g_assert_cmpuint(tamis_strings_add(strings, large, 1000000), ==, 4);
    g_assert_cmpuint(tamis_strings_add(strings, large, 999999), ==, 5);
    g_assert_cmpuint(tamis_strings_add(strings, large, 1000000), ==, 4);
    g_assert_cmpuint(tamis_strings_length(strings, 4), ==, 1000000);
    g_assert_cmpmem(tamis_strings_get(strings, 2), 4, "a\0c", 4);
}

/* Every length up to beyond the hash's word and one chunk. */
static void
test_lengths(void)
{
    g_autoptr(TamisStrings) strings = tamis_strings_new();
    char text[2000];

    memset(text, 'y', sizeof(text));
    for (gsize length = 1; length < sizeof(text); length++)
        g_assert_cmpuint(tamis_strings_add(strings, text, length), ==, length);
    for (gsize length = 1; length < sizeof(text); length++) {
        g_assert_cmpuint(tamis_strings_find(strings, text, length), ==, length);
        g_assert_cmpuint(tamis_strings_length(strings, (TamisString)length), ==, length);
    }
}

static void
test_million(void)
{
    g_autoptr(TamisStrings) strings = tamis_strings_new();
    char text[64];
    const char *first = NULL;

    for (guint i = 0; i < 1000000; i++) {
        int length = g_snprintf(text, sizeof(text), "user%07u@acme.example", i);
        g_assert_cmpuint(tamis_strings_add(strings, text, (gsize)length), ==, i + 1);
        if (i == 0)
            first = tamis_strings_get(strings, 1);
    }
    g_assert_cmpuint(tamis_strings_count(strings), ==, 1000001);
    g_assert_true(first == tamis_strings_get(strings, 1));
    for (guint i = 0; i < 1000000; i++) {
        int length = g_snprintf(text, sizeof(text), "user%07u@acme.example", i);
        g_assert_cmpuint(tamis_strings_find(strings, text, (gsize)length), ==, i + 1);
        g_assert_cmpstr(tamis_strings_get(strings, i + 1), ==, text);
    }
}

/* Not run by default: how long an add takes. */
static void
test_pace(void)
{
    g_autoptr(TamisStrings) strings = tamis_strings_new();
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < 1000000; i++)
        g_ptr_array_add(texts, g_strdup_printf("user%07u@acme.example", i));
    for (int round = 0; round < 2; round++) {
        g_test_timer_start();
        for (guint i = 0; i < texts->len; i++)
            tamis_strings_add(strings, texts->pdata[i], 24);
        double pace_ns = g_test_timer_elapsed() * 1e9 / texts->len;
        g_test_minimized_result(pace_ns, "%s: %.0f ns an add", round == 0 ? "new" : "known",
                                pace_ns);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/strings/numbers", test_numbers);
    g_test_add_func("/strings/any-bytes", test_any_bytes);
    g_test_add_func("/strings/lengths", test_lengths);
    g_test_add_func("/strings/million", test_million);
    if (g_test_perf())
        g_test_add_func("/strings/pace", test_pace);
    return g_test_run();
}
