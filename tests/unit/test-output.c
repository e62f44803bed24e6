/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Folders of scripts: what a run creates, updates, leaves alone, removes and refuses. What dies on the way is
 * tested from outside, with the command. */
#include "output-site.h"

static void
test_life(Site *site, gconstpointer unused)
{
    struct stat before;
    struct stat after;
    g_autofree char *script = NULL;

    add_mailbox(site, "a@acme.example", "x@acme.example");
    add_mailbox(site, "B@acme.example", "x@acme.example");
    add_mailbox(site, "c@acme.example", "x@acme.example");
    assert_compiles(site, 3, 0, 0, 0, 0);
    before = status_of(site, "a@acme.example.sieve");
    assert_compiles(site, 0, 0, 3, 0, 0);

    new_policy(site);
    add_mailbox(site, "a@acme.example", "x@acme.example");
    add_mailbox(site, "b@acme.example", "y@acme.example");
    add_mailbox(site, "d@acme.example", "x@acme.example");
    assert_compiles(site, 1, 1, 1, 1, 0);
    after = status_of(site, "a@acme.example.sieve");
    g_assert_cmpuint(before.st_ino, ==, after.st_ino);
    g_assert_cmpint(before.st_mtim.tv_nsec, ==, after.st_mtim.tv_nsec);
    script = read_text(site, "b@acme.example.sieve");
    assert_has(script, "\"y@acme.example\"");
    g_assert_true(is_there(site, "d@acme.example.sieve"));
    g_assert_false(is_there(site, "c@acme.example.sieve"));
    g_assert_false(is_there(site, ".tamis/stage"));
    g_assert_false(is_there(site, ".tamis/commit"));
    assert_compiles(site, 0, 0, 3, 0, 0);
}

static void
test_empty(Site *site, gconstpointer unused)
{
    assert_compiles(site, 0, 0, 0, 0, 0);
    g_assert_true(is_there(site, "manifest.json"));
    assert_compiles(site, 0, 0, 0, 0, 0);
    add_many(site, 5, "x@acme.example");
    assert_compiles(site, 5, 0, 0, 0, 0);
    new_policy(site);
    assert_compiles(site, 0, 0, 0, 5, 0);
}

/* An edit is seen and undone, whatever it leaves as it was. */
static void
test_edited(Site *site, gconstpointer unused)
{
    static const char name[] = "a@acme.example.sieve";
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;
    g_autofree char *changed = NULL;
    struct stat status;
    g_autofree char *path = g_build_filename(site->folder, name, NULL);

    add_mailbox(site, "a@acme.example", "x@acme.example");
    add_mailbox(site, "b@acme.example", "x@acme.example");
    assert_compiles(site, 2, 0, 0, 0, 0);
    assert_compiles(site, 0, 0, 2, 0, 0);
    before = read_text(site, name);

    changed = g_strdup(before);
    *strstr(changed, "x@acme") = 'z';
    status = status_of(site, name);
    write_text(site, name, changed);
    /* Same size, same file, same time of change of the content. */
    g_assert_cmpint(
        utimensat(AT_FDCWD, path, (struct timespec[2]){status.st_atim, status.st_mtim}, 0), ==, 0);
    assert_compiles(site, 0, 1, 1, 0, 1);
    after = read_text(site, name);
    g_assert_cmpstr(before, ==, after);
    assert_compiles(site, 0, 0, 2, 0, 0);

    g_assert_cmpint(g_unlink(path), ==, 0);
    assert_compiles(site, 1, 0, 1, 0, 0);
    g_assert_cmpint(g_chmod(path, 0640), ==, 0);
    assert_compiles(site, 0, 0, 2, 0, 0);
    /* The mode that an administrator gave stays. */
    write_text(site, name, "discard;");
    assert_compiles(site, 0, 1, 1, 0, 1);
    g_assert_cmpuint(status_of(site, name).st_mode & 0777, ==, 0640);
}

/* Without the index the manifest tells what is ours. */
static void
test_without_index(Site *site, gconstpointer unused)
{
    g_autofree char *index = g_build_filename(site->folder, ".tamis", "index", NULL);

    add_many(site, 300, "x@acme.example");
    assert_compiles(site, 300, 0, 0, 0, 0);
    g_assert_cmpint(g_unlink(index), ==, 0);
    assert_compiles(site, 0, 0, 300, 0, 0);
    g_assert_true(is_there(site, ".tamis/index"));
    write_text(site, ".tamis/index", "tamis index 1\n what is this");
    assert_compiles(site, 0, 0, 300, 0, 0);

    g_assert_cmpint(g_unlink(index), ==, 0);
    write_text(site, "user0007@acme.example.sieve", "discard;");
    new_policy(site);
    add_many(site, 299, "x@acme.example");
    assert_compiles(site, 0, 1, 298, 1, 1);
}

static void
test_foreign(Site *site, gconstpointer unused)
{
    g_autofree char *text = NULL;

    g_assert_cmpint(g_mkdir(site->folder, 0755), ==, 0);
    write_text(site, "b@acme.example.sieve", "keep;");
    write_text(site, "z@acme.example.sieve", "keep;");
    add_mailbox(site, "a@acme.example", "x@acme.example");
    add_mailbox(site, "b@acme.example", "x@acme.example");
    assert_refuses(site, TAMIS_OUTPUT_ERROR, TAMIS_OUTPUT_ERROR_FOREIGN,
                   "'%s/out/b@acme.example.sieve' is there already and was not written by tamis: "
                   "move it away, "
                   "or choose another folder");
    g_assert_false(is_there(site, "a@acme.example.sieve"));
    g_assert_false(is_there(site, ".tamis"));

    new_policy(site);
    add_mailbox(site, "a@acme.example", "x@acme.example");
    assert_compiles(site, 1, 0, 0, 0, 0);
    text = read_text(site, "z@acme.example.sieve");
    g_assert_cmpstr(text, ==, "keep;");
}

/* What happens to be there as it would be written becomes ours. */
static void
test_adopted(Site *site, gconstpointer unused)
{
    g_autofree char *manifest = g_build_filename(site->folder, "manifest.json", NULL);

    add_mailbox(site, "a@acme.example", "x@acme.example");
    assert_compiles(site, 1, 0, 0, 0, 0);
    g_assert_cmpint(g_unlink(manifest), ==, 0);
    assert_compiles(site, 0, 0, 1, 0, 0);
    g_assert_true(is_there(site, "manifest.json"));
}

static void
test_links(Site *site, gconstpointer unused)
{
    g_autofree char *script = g_build_filename(site->folder, "acme.example", "a.sieve", NULL);
    g_autofree char *folder = g_build_filename(site->folder, "acme.example", NULL);
    g_autofree char *victim = g_build_filename(site->above, "victim", NULL);
    g_autofree char *text = NULL;

    site->layout = "%d/%n.sieve";
    g_file_set_contents(victim, "precious", -1, NULL);
    add_mailbox(site, "a@acme.example", "x@acme.example");
    assert_compiles(site, 1, 0, 0, 0, 0);

    /* In place of a script: the link goes, what it leads to stays. */
    g_assert_cmpint(g_unlink(script), ==, 0);
    g_assert_cmpint(symlink(victim, script), ==, 0);
    assert_compiles(site, 0, 1, 0, 0, 1);
    g_assert_cmpuint(status_of(site, "acme.example/a.sieve").st_mode & S_IFMT, ==, S_IFREG);

    /* In place of a folder. */
    g_assert_cmpint(g_unlink(script), ==, 0);
    g_assert_cmpint(g_rmdir(folder), ==, 0);
    g_assert_cmpint(symlink(site->above, folder), ==, 0);
    assert_refuses(site, G_IO_ERROR, G_IO_ERROR_NOT_DIRECTORY,
                   "cannot read '%s/out/acme.example/a.sieve': Not a directory");
    g_assert_cmpint(g_unlink(folder), ==, 0);

    /* In place of the private folder. */
    assert_compiles(site, 1, 0, 0, 0, 0);
    g_assert_true(g_file_get_contents(victim, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, "precious");
}

static void
test_private_link(Site *site, gconstpointer unused)
{
    g_autofree char *private = g_build_filename(site->folder, ".tamis", NULL);

    g_assert_cmpint(g_mkdir(site->folder, 0755), ==, 0);
    g_assert_cmpint(symlink(site->above, private), ==, 0);
    assert_refuses(site, G_IO_ERROR, G_IO_ERROR_NOT_DIRECTORY,
                   "cannot open '%s/out/.tamis': Not a directory");
}

/* A pipe in place of a script is no reason to wait for ever. */
static void
test_strange_files(Site *site, gconstpointer unused)
{
    g_autofree char *script = g_build_filename(site->folder, "a@acme.example.sieve", NULL);

    add_mailbox(site, "a@acme.example", "x@acme.example");
    assert_compiles(site, 1, 0, 0, 0, 0);
    g_assert_cmpint(g_unlink(script), ==, 0);
    g_assert_cmpint(mkfifo(script, 0600), ==, 0);
    assert_compiles(site, 0, 1, 0, 0, 1);
    g_assert_cmpint(g_unlink(script), ==, 0);
    g_assert_cmpint(g_mkdir(script, 0700), ==, 0);
    assert_refuses(site, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY,
                   "cannot write '%s/out/a@acme.example.sieve': Is a directory");
}

static void
test_no_folder(Site *site, gconstpointer unused)
{
    g_autofree char *deep = g_build_filename(site->folder, "x", "y", NULL);

    g_file_set_contents(site->folder, "a file", -1, NULL);
    assert_refuses(site, G_IO_ERROR, G_IO_ERROR_NOT_DIRECTORY,
                   "cannot open '%s/out': Not a directory");
    g_assert_cmpint(g_unlink(site->folder), ==, 0);
    g_assert_cmpint(symlink("nowhere", site->folder), ==, 0);
    assert_refuses(site, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                   "cannot open '%s/out': No such file or directory");
    g_assert_cmpint(g_unlink(site->folder), ==, 0);

    g_free(site->folder);
    site->folder = g_steal_pointer(&deep);
    add_mailbox(site, "a@acme.example", "x@acme.example");
    assert_compiles(site, 1, 0, 0, 0, 0);
}

static void
test_strange_manifest(Site *site, gconstpointer unused)
{
    g_assert_cmpint(g_mkdir(site->folder, 0755), ==, 0);
    write_text(site, "manifest.json", "{\"name\": \"an app\"}");
    assert_refuses(
        site, TAMIS_MANIFEST_ERROR, TAMIS_MANIFEST_ERROR_INVALID,
        "'%s/out/manifest.json' is no manifest of tamis: it lacks 'version', 'server' or 'policy'");
    g_assert_false(is_there(site, ".tamis/stage"));
}

/* What a killed run left in the place where a new folder is filled. */
static void
test_leftover(Site *site, gconstpointer unused)
{
    g_autofree char *fresh = g_build_filename(site->above, ".out.tamis-new", NULL);
    g_autofree char *private = g_build_filename(fresh, ".tamis", NULL);
    g_autofree char *half = g_build_filename(fresh, "a@acme.example.sieve", NULL);

    add_mailbox(site, "a@acme.example", "x@acme.example");
    g_assert_cmpint(g_mkdir(fresh, 0755), ==, 0);
    g_assert_true(g_file_set_contents(half, "hal", -1, NULL));
    assert_refuses(site, G_IO_ERROR, G_IO_ERROR_EXISTS,
                   "cannot make '%s/.out.tamis-new': File exists");
    g_assert_cmpint(g_mkdir(private, 0700), ==, 0);
    assert_compiles(site, 1, 0, 0, 0, 0);
    g_assert_false(g_file_test(fresh, G_FILE_TEST_EXISTS));
}

static void
test_given_up(Site *site, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *fresh = g_build_filename(site->above, ".out.tamis-new", NULL);

    add_many(site, 10, "x@acme.example");
    tamis_output_free(compile(site, &error));
    g_assert_no_error(error);
    g_assert_false(g_file_test(site->folder, G_FILE_TEST_EXISTS));
    g_assert_false(g_file_test(fresh, G_FILE_TEST_EXISTS));

    assert_compiles(site, 10, 0, 0, 0, 0);
    new_policy(site);
    add_many(site, 10, "y@acme.example");
    tamis_output_free(compile(site, &error));
    g_assert_false(is_there(site, ".tamis/stage"));
    assert_compiles(site, 0, 10, 0, 0, 0);
}

static void
test_two_at_once(Site *site, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;
    TamisOutput *first;

    add_many(site, 10, "x@acme.example");
    first = compile(site, &error);
    assert_refuses(site, TAMIS_OUTPUT_ERROR, TAMIS_OUTPUT_ERROR_BUSY,
                   "another run is writing to '%s/out': wait until it has ended");
    tamis_output_free(first);
    assert_compiles(site, 10, 0, 0, 0, 0);
    first = compile(site, &error);
    assert_refuses(site, TAMIS_OUTPUT_ERROR, TAMIS_OUTPUT_ERROR_BUSY,
                   "another run is writing to '%s/out': wait until it has ended");
    tamis_output_free(first);
}

/* Recovery -------------------------------------------------------------------------------------- */

/* Seals a run's record and dies there: by a commit whose rename of one script fails. */
static void
test_recovery(Site *site, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(TamisOutput) output = NULL;
    g_auto(TamisOutputResult) result = {0};
    g_autofree char *path = g_build_filename(site->folder, "m@acme.example.sieve", NULL);
    g_autofree char *expected = NULL;
    g_autofree char *script = NULL;

    add_mailbox(site, "a@acme.example", "x@acme.example");
    add_mailbox(site, "gone@acme.example", "x@acme.example");
    assert_compiles(site, 2, 0, 0, 0, 0);
    new_policy(site);
    add_mailbox(site, "a@acme.example", "y@acme.example");
    add_mailbox(site, "m@acme.example", "y@acme.example");
    add_mailbox(site, "z@acme.example", "y@acme.example");
    output = compile(site, &error);
    g_assert_no_error(error);
    write_text(site, "m@acme.example.sieve", "keep;"); /* someone was quicker */
    g_assert_false(tamis_output_commit(output, &result, &error));
    expected = g_strdup_printf("cannot write '%s': File exists", path);
    g_assert_cmpstr(error->message, ==, expected);
    g_clear_pointer(&output, tamis_output_free);
    g_assert_true(is_there(site, ".tamis/commit"));
    g_assert_true(is_there(site, "gone@acme.example.sieve"));

    /* As long as it is in the way the next run says so too. */
    assert_refuses(site, G_IO_ERROR, G_IO_ERROR_EXISTS,
                   "cannot write '%s/out/m@acme.example.sieve': File exists");
    g_assert_cmpint(g_unlink(path), ==, 0);
    assert_compiles(site, 0, 0, 3, 0, 0);
    g_assert_false(is_there(site, ".tamis/commit"));
    g_assert_false(is_there(site, "gone@acme.example.sieve"));
    script = read_text(site, "z@acme.example.sieve");
    assert_has(script, "\"y@acme.example\"");
}

/* A record that someone forged leads nowhere. */
static void
test_forged_record(Site *site, gconstpointer unused)
{
    static const char *const lines[] = {"remove ../victim\n", "put ../victim a\n",
                                        "new 0/1 /tmp/x\n", "remove .tamis/lock\n", "nonsense\n"};
    g_autofree char *victim = g_build_filename(site->above, "victim", NULL);

    g_file_set_contents(victim, "precious", -1, NULL);
    add_mailbox(site, "a@acme.example", "x@acme.example");
    assert_compiles(site, 1, 0, 0, 0, 0);
    for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_autofree char *body = g_strconcat("tamis commit 1\n", lines[i], NULL);
        g_autofree char *sha256 = g_compute_checksum_for_string(G_CHECKSUM_SHA256, body, -1);
        g_autofree char *record = g_strconcat(body, "end ", sha256, "\n", NULL);
        g_autofree char *stage = g_build_filename(site->folder, ".tamis", "stage", NULL);
        g_autofree char *commit = g_build_filename(site->folder, ".tamis", "commit", NULL);

        g_mkdir(stage, 0700);
        write_text(site, ".tamis/commit", record);
        assert_refuses(site, G_IO_ERROR, g_io_error_from_errno(EBADMSG),
                       "cannot read '%s/out/.tamis/commit': Bad message");
        g_assert_true(g_file_test(victim, G_FILE_TEST_EXISTS));
        g_assert_cmpint(g_unlink(commit), ==, 0);
    }
    /* One that is not whole was never begun. */
    write_text(site, ".tamis/commit", "tamis commit 1\nremove a@acme.example.sieve\nend 00\n");
    assert_compiles(site, 0, 0, 1, 0, 0);
}

int
main(int argc, char **argv)
{
    static const SiteTest tests[] = {
        {"/output/life", test_life},
        {"/output/empty", test_empty},
        {"/output/edited", test_edited},
        {"/output/without-index", test_without_index},
        {"/output/foreign", test_foreign},
        {"/output/adopted", test_adopted},
        {"/output/links", test_links},
        {"/output/private-link", test_private_link},
        {"/output/strange-files", test_strange_files},
        {"/output/no-folder", test_no_folder},
        {"/output/strange-manifest", test_strange_manifest},
        {"/output/leftover", test_leftover},
        {"/output/given-up", test_given_up},
        {"/output/two-at-once", test_two_at_once},
        {"/output/recovery", test_recovery},
        {"/output/forged-record", test_forged_record},
    };

    g_setenv("TZ", "UTC", TRUE);
    g_test_init(&argc, &argv, NULL);
    add_site_tests(tests, G_N_ELEMENTS(tests));
    return g_test_run();
}
