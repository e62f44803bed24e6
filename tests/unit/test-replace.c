/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * New contents for a file, and what changed meanwhile is left alone. */
#include "base/replace.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    char *folder, *path;
} Place;

static void
set_up(Place *place, gconstpointer data G_GNUC_UNUSED)
{
    place->folder = g_dir_make_tmp("tamis-XXXXXX", NULL);
    g_assert_nonnull(place->folder);
    place->path = g_build_filename(place->folder, "x.sieve", NULL);
}

/* A temporary file that was left would keep the folder. */
static void
tear_down(Place *place, gconstpointer data G_GNUC_UNUSED)
{
    g_unlink(place->path);
    g_assert_cmpint(g_rmdir(place->folder), ==, 0);
    g_free(place->path);
    g_free(place->folder);
}

static void
write_file(const Place *place, const char *text)
{
    g_assert_true(g_file_set_contents(place->path, text, -1, NULL));
}

static void
assert_holds(const Place *place, const char *expected)
{
    g_autofree char *text = NULL;

    g_assert_true(g_file_get_contents(place->path, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, expected);
}

static gboolean
replace(const Place *place, const char *old_text, const char *text, GError **error)
{
    return tamis_replace_text_of_file(place->path, old_text, strlen(old_text), text, strlen(text),
                                      error);
}

static void
test_unchanged(Place *place, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *large = g_strnfill(40000, 'a');

    write_file(place, large);
    g_assert_true(replace(place, large, "stop;", &error));
    g_assert_no_error(error);
    assert_holds(place, "stop;");
    g_assert_true(replace(place, "stop;", "", &error));
    g_assert_true(replace(place, "", "keep;", &error));
    assert_holds(place, "keep;");
}

static void
test_changed(Place *place, gconstpointer data G_GNUC_UNUSED)
{
    static const char *const now[] = {"keep;\n", "keep", "", "stop;"};
    g_autofree char *expected =
        g_strdup_printf("cannot write '%s': it has changed since it was read", place->path);

    for (guint i = 0; i < G_N_ELEMENTS(now); i++) {
        g_autoptr(GError) error = NULL;
        write_file(place, now[i]);
        g_assert_false(replace(place, "keep;", "discard;", &error));
        g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_AGAIN);
        g_assert_cmpstr(error->message, ==, expected);
        assert_holds(place, now[i]);
    }
}

static void
test_gone(Place *place, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;

    g_assert_false(replace(place, "keep;", "discard;", &error));
    g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
    g_assert_false(g_file_test(place->path, G_FILE_TEST_EXISTS));
}

/* Who may write to the folder may not for that change what others forbid. */
static void
test_read_only(Place *place, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(GError) error = NULL;
    gboolean is_root = geteuid() == 0;

    write_file(place, "a");
    g_assert_cmpint(g_chmod(place->folder, 0777), ==, 0);
    g_assert_cmpint(g_chmod(place->path, 0444), ==, 0);
    if (is_root)
        g_assert_cmpint(seteuid(65534), ==, 0);
    gboolean is_replaced = replace(place, "a", "b", &error);
    if (is_root)
        g_assert_cmpint(seteuid(0), ==, 0);
    g_assert_false(is_replaced);
    g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_ACCES);
    assert_holds(place, "a");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/replace/unchanged", Place, NULL, set_up, test_unchanged, tear_down);
    g_test_add("/replace/changed", Place, NULL, set_up, test_changed, tear_down);
    g_test_add("/replace/gone", Place, NULL, set_up, test_gone, tear_down);
    g_test_add("/replace/read-only", Place, NULL, set_up, test_read_only, tear_down);
    return g_test_run();
}
