/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Paths of scripts below the output folder. */
#include "compiler/layout.h"

static void
assert_path(const char *template, const char *address, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(TamisLayout) layout = tamis_layout_new(template, &error);
    g_autoptr(GString) path = g_string_new(NULL);

    g_assert_no_error(error);
    tamis_layout_append(layout, address, path);
    g_assert_cmpstr(path->str, ==, expected);
    g_assert_true(tamis_layout_is_safe_path(path->str, path->len));
}

static void
assert_refused(const char *template, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(TamisLayout) layout = tamis_layout_new(template, &error);

    g_assert_null(layout);
    g_assert_error(error, TAMIS_LAYOUT_ERROR, TAMIS_LAYOUT_ERROR_TEMPLATE);
    g_assert_cmpstr(error->message, ==, expected);
}

static void
test_default(void)
{
    assert_path(TAMIS_LAYOUT_DEFAULT, "info@acme.example", "info@acme.example.sieve");
    assert_path(TAMIS_LAYOUT_DEFAULT, "\"a/b%c\"@acme.example", "\"a%2Fb%25c\"@acme.example.sieve");
    assert_path(TAMIS_LAYOUT_DEFAULT, "../../x@acme.example", "%2E.%2F..%2Fx@acme.example.sieve");
    assert_path(TAMIS_LAYOUT_DEFAULT, ".x@acme.example", "%2Ex@acme.example.sieve");
}

static void
test_variables(void)
{
    assert_path("%d/%n.sieve", "info@acme.example", "acme.example/info.sieve");
    assert_path("%d/%n/active.sieve", "\"a@b\"@acme.example", "acme.example/\"a@b\"/active.sieve");
    assert_path("x%n.%d", ".@acme.example", "x..acme.example");
    assert_path("%n/%n", ".@acme.example", "%2E/%2E");
    assert_path("100%%/%u", "a@b.example", "100%/a@b.example");
}

static void
test_templates(void)
{
    assert_refused("", "the layout '' is empty");
    assert_refused("/%u", "the layout '/%u' is an absolute path");
    assert_refused("a//%u", "the layout 'a//%u' has an empty name");
    assert_refused("%d/", "the layout '%d/' ends in '/'");
    assert_refused("../%u", "the layout '../%u' has a name that begins with a dot");
    assert_refused("a/../%u", "the layout 'a/../%u' has a name that begins with a dot");
    assert_refused(".%u", "the layout '.%u' has a name that begins with a dot");
    assert_refused("%u\n", "the layout '%u\n' has a control character");
    assert_refused("%h/x", "the layout '%h/x' has a variable other than %u, %n and %d");
    assert_refused("%u%", "the layout '%u%' has a variable other than %u, %n and %d");
    assert_refused(
        "%d.sieve",
        "the layout '%d.sieve' has neither %u nor %n, so all mailboxes would share a file");
}

static void
test_safe_paths(void)
{
    static const char *const unsafe[] = {
        "",     "/a",       "a/",   "a//b",  "../a",          "a/..",
        "a/.b", ".tamis/x", "a\nb", "a\x7f", "manifest.json", "Manifest.JSON"};

    for (gsize i = 0; i < G_N_ELEMENTS(unsafe); i++)
        g_assert_false(tamis_layout_is_safe_path(unsafe[i], strlen(unsafe[i])));
    g_assert_false(tamis_layout_is_safe_path("a\0b", 3));
    g_assert_true(tamis_layout_is_safe_path("a/b.sieve", 9));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/layout/default", test_default);
    g_test_add_func("/layout/variables", test_variables);
    g_test_add_func("/layout/templates", test_templates);
    g_test_add_func("/layout/safe-paths", test_safe_paths);
    return g_test_run();
}
