/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * base/source. */
#include "base/source.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static TamisSourceId
add(TamisSources *sources, const char *text)
{
    return tamis_sources_add_text(sources, "acme.tamis", text, strlen(text));
}

/* As "line:column-line:column". */
static void
assert_place(TamisSources *sources, TamisSourceId id, guint32 offset, guint32 length,
             const char *expected)
{
    TamisPosition p = tamis_sources_locate(sources, (TamisSpan){id, offset, length});
    g_autofree char *found =
        g_strdup_printf("%u:%u-%u:%u", p.line, p.column, p.end_line, p.end_column);

    g_assert_cmpstr(found, ==, expected);
}

static void
assert_line(TamisSources *sources, TamisSourceId id, guint32 line, const char *expected)
{
    gsize length;
    const char *text = tamis_sources_get_line(sources, id, line, &length);

    g_assert_cmpmem(text, length, expected, strlen(expected));
}

static void
test_positions(void)
{
    g_autoptr(TamisSources) sources = tamis_sources_new();
    TamisSourceId id = add(sources, "one\ntwo\n\nfour");

    assert_place(sources, id, 0, 3, "1:1-1:4");
    assert_place(sources, id, 3, 1, "1:4-2:1");
    assert_place(sources, id, 4, 3, "2:1-2:4");
    assert_place(sources, id, 8, 0, "3:1-3:1");
    assert_place(sources, id, 9, 4, "4:1-4:5");
    assert_place(sources, id, 13, 0, "4:5-4:5");
    /* Beyond the end is the end. */
    assert_place(sources, id, 99, 99, "4:5-4:5");
    assert_place(sources, 0, 0, 0, "0:0-0:0");
    assert_line(sources, id, 1, "one");
    assert_line(sources, id, 3, "");
    assert_line(sources, id, 4, "four");
}

static void
test_empty(void)
{
    g_autoptr(TamisSources) sources = tamis_sources_new();
    TamisSourceId id = add(sources, "");

    assert_place(sources, id, 0, 0, "1:1-1:1");
    assert_line(sources, id, 1, "");
}

static void
test_line_ends(void)
{
    g_autoptr(TamisSources) sources = tamis_sources_new();
    TamisSourceId id = add(sources, "a\r\nb\rc\r\n");

    assert_place(sources, id, 3, 1, "2:1-2:2");
    assert_place(sources, id, 5, 1, "2:3-2:4"); /* a lone CR ends no line */
    assert_place(sources, id, 8, 0, "3:1-3:1");
    assert_line(sources, id, 1, "a");
    assert_line(sources, id, 2, "b\rc");
    assert_line(sources, id, 3, "");
}

static void
test_code_points(void)
{
    g_autoptr(TamisSources) sources = tamis_sources_new();
    TamisSourceId id = add(sources, "订单\tx\n😀e\xcc\x81!");

    assert_place(sources, id, 0, 3, "1:1-1:2");
    assert_place(sources, id, 6, 1, "1:3-1:4"); /* the tab is one column */
    assert_place(sources, id, 7, 1, "1:4-1:5");
    assert_place(sources, id, 9, 4, "2:1-2:2");
    assert_place(sources, id, 14, 2, "2:3-2:4"); /* a combining accent is a code point */
    assert_place(sources, id, 16, 1, "2:4-2:5");
    /* Inside of a character: the start goes back, the end goes on. */
    assert_place(sources, id, 4, 1, "1:2-1:3");
}

static void
test_invalid_utf8(void)
{
    g_autoptr(TamisSources) sources = tamis_sources_new();
    /* A lone continuation, an overlong form, a surrogate, a cut character. */
    TamisSourceId id = add(sources, "\x80"
                                    "a\xc0\x80"
                                    "b\xed\xa0\x80"
                                    "c\xe8\xae");

    assert_place(sources, id, 1, 1, "1:2-1:3");
    assert_place(sources, id, 4, 1, "1:5-1:6");
    assert_place(sources, id, 8, 1, "1:9-1:10");
    assert_place(sources, id, 9, 2, "1:10-1:12");
}

/* Against a plain count, around the blocks of the index. */
static void
test_long_line(void)
{
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(GString) text = g_string_new("x\n");
    g_autoptr(GArray) starts = g_array_new(FALSE, FALSE, sizeof(guint32));
    const char *const pieces[] = {"a", "é", "订", "😀", "\xff", "\xe8\xae"};

    for (guint i = 0; i < 20000; i++) {
        const char *piece = pieces[(i * i + i / 3) % G_N_ELEMENTS(pieces)];
        for (guint32 j = 0; j < strlen(piece); j++) {
            guint32 start = (guint32)text->len + j;
            if (j == 0 || piece[0] == '\xe8')
                g_array_append_val(starts, start);
            /* The valid ones, the Chinese character included, are one column. */
            if (j == 0 && g_utf8_validate(piece, -1, NULL))
                break;
        }
        g_string_append(text, piece);
    }
    TamisSourceId id = tamis_sources_add_text(sources, "long", text->str, text->len);
    for (guint i = 0; i + 1 < starts->len; i++) {
        guint32 offset = g_array_index(starts, guint32, i);
        guint32 next = g_array_index(starts, guint32, i + 1);
        TamisPosition p = tamis_sources_locate(sources, (TamisSpan){id, offset, next - offset});
        g_assert_cmpuint(p.line, ==, 2);
        g_assert_cmpuint(p.column, ==, i + 1);
        g_assert_cmpuint(p.end_column, ==, i + 2);
    }
}

/* A hundred thousand places on one long line: would take minutes if each counted from its start. */
static void
test_many_places(void)
{
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < 4000000; i++)
        g_string_append_c(text, 'x');
    TamisSourceId id = tamis_sources_add_text(sources, "long", text->str, text->len);
    for (guint32 i = 0; i < 100000; i++) {
        guint32 offset = i * 7919 % 4000000;
        TamisPosition p = tamis_sources_locate(sources, (TamisSpan){id, offset, 0});
        g_assert_cmpuint(p.column, ==, offset + 1);
    }
}

static char *
write_file(const char *folder, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    return g_steal_pointer(&path);
}

static void
test_files(void)
{
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = g_dir_make_tmp("tamis-source-XXXXXX", NULL);
    g_autofree char *path = write_file(folder, "a.tamis", "organization {}\n");
    g_autofree char *other_path = g_build_filename(folder, ".", "a.tamis", NULL);
    g_autofree char *link_path = g_build_filename(folder, "link.tamis", NULL);
    g_autofree char *empty = write_file(folder, "empty.tamis", "");
    gsize length;

    TamisSourceId id = tamis_sources_add_file(sources, path, 100, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(id, ==, 1);
    g_assert_cmpstr(tamis_sources_get_name(sources, id), ==, path);
    g_assert_cmpstr(tamis_sources_get_text(sources, id, &length), ==, "organization {}\n");
    g_assert_cmpuint(length, ==, 16);

    g_assert_cmpint(symlink(path, link_path), ==, 0);
    g_assert_cmpuint(tamis_sources_add_file(sources, other_path, 100, &error), ==, 1);
    g_assert_cmpuint(tamis_sources_add_file(sources, link_path, 100, &error), ==, 1);
    g_assert_cmpuint(tamis_sources_add_file(sources, empty, 100, &error), ==, 2);
    g_assert_no_error(error);
    tamis_sources_get_text(sources, 2, &length);
    g_assert_cmpuint(length, ==, 0);
    g_assert_cmpuint(tamis_sources_count(sources), ==, 2);
    g_unlink(link_path);
    g_unlink(path);
    g_unlink(empty);
    g_rmdir(folder);
}

static gboolean
ends_in_sieve(const char *name)
{
    return g_str_has_suffix(name, ".sieve");
}

static void
assert_entry(TamisSources *sources, const TamisListing *folder, guint index, const char *name,
             gsize length)
{
    g_autoptr(GError) error = NULL;
    guint32 n = tamis_sources_count(sources);
    gsize found;
    TamisSourceId id = tamis_sources_add_entry(sources, folder, index, 200000, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(id, ==, n + 1);
    g_assert_true(g_str_has_suffix(tamis_sources_get_name(sources, id), name));
    const char *text = tamis_sources_get_text(sources, id, &found);
    g_assert_cmpuint(found, ==, length);
    for (gsize i = 0; i < length; i++)
        g_assert_cmpint(text[i], ==, 'x');
    for (gsize i = 0; i < TAMIS_SOURCE_PADDING; i++)
        g_assert_cmpint(text[length + i], ==, '\0');
}

/* Small files, one that needs a second read, one of the size of the first, an empty one, a second name, a link. */
static void
test_entries(void)
{
    static const struct {
        const char *name;
        gsize length;
    } files[] = {{"a.sieve", 10}, {"b.sieve", 65535}, {"c.sieve", 65536}, {"d.sieve", 199999},
                 {"e.sieve", 0},  {"f.sieve", 10},    {"g.sieve", 10},    {"other", 1}};
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_dir_make_tmp("tamis-source-XXXXXX", NULL);
    g_autofree char *slashed = g_strconcat(path, "//", NULL);
    g_autofree char *text = g_strnfill(199999, 'x');

    for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *file = g_build_filename(path, files[i].name, NULL);
        if (g_str_equal(files[i].name, "f.sieve")) {
            g_autofree char *first = g_build_filename(path, "a.sieve", NULL);
            g_assert_cmpint(link(first, file), ==, 0);
        } else if (g_str_equal(files[i].name, "g.sieve"))
            g_assert_cmpint(symlink("a.sieve", file), ==, 0);
        else
            g_assert_true(g_file_set_contents(file, text, (gssize)files[i].length, NULL));
    }
    g_autoptr(TamisListing) folder = tamis_listing_open(slashed, ends_in_sieve, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(tamis_listing_count(folder), ==, G_N_ELEMENTS(files) - 1);
    for (guint i = 0; i < tamis_listing_count(folder); i++) {
        g_autofree char *expected = g_build_filename(path, files[i].name, NULL);
        g_assert_cmpstr(tamis_listing_get(folder, i)->path, ==, expected);
        assert_entry(sources, folder, i, files[i].name, files[i].length);
    }
    /* By itself it is known, under each of its names the first. */
    for (guint i = 0; i < G_N_ELEMENTS(files) - 1; i++) {
        gboolean is_again = files[i].name[0] == 'f' || files[i].name[0] == 'g';
        g_assert_cmpuint(
            tamis_sources_add_file(sources, tamis_listing_get(folder, i)->path, 200000, &error), ==,
            is_again ? 1 : i + 1);
    }
    g_assert_cmpuint(tamis_sources_add_entry(sources, folder, 3, 199998, &error), ==, 0);
    g_assert_error(error, TAMIS_SOURCE_ERROR, TAMIS_SOURCE_ERROR_TOO_LARGE);
    g_clear_error(&error);
    g_assert_cmpuint(tamis_sources_add_entry(sources, folder, 0, 9, &error), ==, 0);
    g_assert_error(error, TAMIS_SOURCE_ERROR, TAMIS_SOURCE_ERROR_TOO_LARGE);
    g_clear_error(&error);
    for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *file = g_build_filename(path, files[i].name, NULL);
        g_unlink(file);
    }
    g_assert_cmpuint(tamis_sources_add_entry(sources, folder, 0, 100, &error), ==, 0);
    g_assert_error(error, TAMIS_SOURCE_ERROR, TAMIS_SOURCE_ERROR_UNREADABLE);
    g_rmdir(path);
}

static void
test_no_listing(void)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(tamis_listing_open("/no/such/folder", NULL, &error));
    g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
    g_assert_cmpstr(error->message, ==, "cannot read '/no/such/folder': No such file or directory");
}

static void
assert_refused(TamisSources *sources, const char *path, gsize max_bytes, int code,
               const char *message)
{
    g_autoptr(GError) error = NULL;

    g_assert_cmpuint(tamis_sources_add_file(sources, path, max_bytes, &error), ==, 0);
    g_assert_error(error, TAMIS_SOURCE_ERROR, code);
    g_autofree char *expected = g_strdup_printf("cannot read '%s': %s", path, message);
    g_assert_cmpstr(error->message, ==, expected);
}

static void
test_refused(void)
{
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autofree char *folder = g_dir_make_tmp("tamis-source-XXXXXX", NULL);
    g_autofree char *path = write_file(folder, "a.tamis", "0123456789");
    g_autofree char *missing = g_build_filename(folder, "b.tamis", NULL);

    assert_refused(sources, folder, 100, TAMIS_SOURCE_ERROR_UNREADABLE, "it is a folder");
    assert_refused(sources, missing, 100, TAMIS_SOURCE_ERROR_UNREADABLE,
                   "No such file or directory");
    assert_refused(sources, path, 9, TAMIS_SOURCE_ERROR_TOO_LARGE, "it is larger than 9 bytes");
    assert_refused(sources, "/dev/zero", 100000, TAMIS_SOURCE_ERROR_TOO_LARGE,
                   "it is larger than 100000 bytes");
    g_assert_cmpuint(tamis_sources_count(sources), ==, 0);
    g_assert_cmpuint(tamis_sources_add_file(sources, path, 10, NULL), ==, 1);
    g_unlink(path);
    g_rmdir(folder);
}

static gpointer
write_to_pipe(gpointer data)
{
    const int *fd = data;

    for (int i = 0; i < 50000; i++)
        g_assert_cmpint(write(*fd, "0123456789", 10), ==, 10);
    close(*fd);
    return NULL;
}

static void
test_pipes(void)
{
    g_autoptr(TamisSources) sources = tamis_sources_new();
    g_autoptr(GError) error = NULL;
    gsize length;
    int ends[2];

    g_assert_cmpint(pipe(ends), ==, 0);
    g_assert_cmpint(dup2(ends[0], STDIN_FILENO), ==, STDIN_FILENO);
    close(ends[0]);
    g_autoptr(GThread) writer = g_thread_new("writer", write_to_pipe, &ends[1]);
    TamisSourceId id = tamis_sources_add_file(sources, "-", 1000000, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(id, ==, 1);
    g_assert_cmpstr(tamis_sources_get_name(sources, id), ==, "-");
    tamis_sources_get_text(sources, id, &length);
    g_assert_cmpuint(length, ==, 500000);
    /* Named again it is not read again. */
    g_assert_cmpuint(tamis_sources_add_file(sources, "-", 1000000, &error), ==, 1);
    g_thread_join(g_steal_pointer(&writer));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/source/positions", test_positions);
    g_test_add_func("/source/empty", test_empty);
    g_test_add_func("/source/line-ends", test_line_ends);
    g_test_add_func("/source/code-points", test_code_points);
    g_test_add_func("/source/invalid-utf8", test_invalid_utf8);
    g_test_add_func("/source/long-line", test_long_line);
    g_test_add_func("/source/many-places", test_many_places);
    g_test_add_func("/source/files", test_files);
    g_test_add_func("/source/entries", test_entries);
    g_test_add_func("/source/no-listing", test_no_listing);
    g_test_add_func("/source/refused", test_refused);
    g_test_add_func("/source/pipes", test_pipes);
    return g_test_run();
}
