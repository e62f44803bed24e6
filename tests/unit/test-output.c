/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Folders and archives of scripts: what a run creates, updates, leaves alone, removes and refuses. What dies
 * on the way is tested from outside, with the command. */
#include "compiler/compile.h"
#include "compiler/crew.h"
#include "compiler/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define AS_OF 1795400000

/* A policy whose mailboxes forward to one target each, and the folder that it is compiled to. */
typedef struct {
    TamisSources *sources;
    TamisPolicy *policy;
    TamisServer *server;
    char *above;
    char *folder;
    guint n_jobs;
    const char *layout;
    TamisInstant as_of;
    gboolean keep_as_of;
} Site;

static void
new_policy(Site *site)
{
    g_clear_pointer(&site->policy, tamis_policy_free);
    g_clear_pointer(&site->sources, tamis_sources_free);
    site->sources = tamis_sources_new();
    tamis_sources_add_text(site->sources, "some/where/policy.tamis", "a policy", 8);
    tamis_sources_add_text(site->sources, "some/where/groups.tamis", "its groups", 10);
    site->policy = tamis_policy_new(site->sources);
    site->policy->zone = tamis_zone_get("Asia/Shanghai");
}

static void
add_mailbox(Site *site, const char *address, const char *target)
{
    TamisPolicy *policy = site->policy;
    TamisMailbox mailbox = {.routes = {policy->routes->len, 1}};
    TamisRoute route = {.name = tamis_strings_add(policy->strings, "on", 2),
                        .starting = TAMIS_INSTANT_MIN,
                        .until = TAMIS_INSTANT_MAX,
                        .actions = {policy->actions->len, 1}};
    TamisAction action = {.kind = TAMIS_DO_FORWARD,
                          .encryption = TAMIS_NO_INDEX,
                          .targets = {policy->targets->len, 1}};
    TamisTarget record = {0};

    g_assert_cmpint(
        tamis_address_parse(policy->strings, address, strlen(address), &mailbox.address), ==,
        TAMIS_ADDRESS_OK);
    g_assert_cmpint(tamis_address_parse(policy->strings, target, strlen(target), &record.address),
                    ==, TAMIS_ADDRESS_OK);
    g_array_append_val(policy->targets, record);
    g_array_append_val(policy->actions, action);
    g_array_append_val(policy->routes, route);
    g_array_append_val(policy->mailboxes, mailbox);
}

static void
add_many(Site *site, guint n, const char *target)
{
    for (guint i = 0; i < n; i++) {
        g_autofree char *address = g_strdup_printf("user%04u@acme.example", i);

        add_mailbox(site, address, target);
    }
}

static void
set_up(Site *site, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;

    site->server = tamis_server_load("dovecot-2.3", &error);
    g_assert_no_error(error);
    site->above = g_dir_make_tmp("tamis-output-XXXXXX", &error);
    g_assert_no_error(error);
    site->folder = g_build_filename(site->above, "out", NULL);
    site->n_jobs = 2;
    site->layout = TAMIS_LAYOUT_DEFAULT;
    site->as_of = AS_OF;
    new_policy(site);
}

static void
tear_down(Site *site, gconstpointer unused)
{
    g_assert_true(tamis_folder_remove_tree(AT_FDCWD, site->above));
    tamis_policy_free(site->policy);
    tamis_sources_free(site->sources);
    tamis_server_free(site->server);
    g_free(site->folder);
    g_free(site->above);
}

static TamisOutput *
compile_to(Site *site, TamisOutput *output, GError **error)
{
    g_autoptr(TamisOutput) owned = output;
    g_autoptr(TamisReport) report = tamis_report_new(site->sources);
    TamisCompile compile = {.policy = site->policy,
                            .server = site->server,
                            .as_of = site->as_of,
                            .n_jobs = site->n_jobs};

    if (output == NULL)
        return NULL;
    tamis_output_keep_as_of(output, site->keep_as_of);
    if (!tamis_compile_all(&compile, output, report, error))
        return NULL;
    g_assert_cmpuint(tamis_report_count_severity(report, TAMIS_SEVERITY_ERROR), ==, 0);
    g_assert_true(tamis_output_is_complete(output));
    return g_steal_pointer(&owned);
}

static TamisOutput *
compile(Site *site, GError **error)
{
    TamisLayout *layout = tamis_layout_new(site->layout, NULL);

    return compile_to(site, tamis_output_directory_new(site->folder, layout, error), error);
}

static void
assert_compiles(Site *site, guint n_created, guint n_updated, guint n_unchanged, guint n_removed,
                guint n_edited)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(TamisOutput) output = compile(site, &error);
    g_auto(TamisOutputResult) result = {0};

    g_assert_no_error(error);
    g_assert_true(tamis_output_commit(output, &result, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(result.n_created, ==, n_created);
    g_assert_cmpuint(result.n_updated, ==, n_updated);
    g_assert_cmpuint(result.n_unchanged, ==, n_unchanged);
    g_assert_cmpuint(result.removed->len, ==, n_removed);
    g_assert_cmpuint(result.edited->len, ==, n_edited);
}

static void
assert_refuses(Site *site, GQuark domain, int code, const char *message)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(TamisOutput) output = compile(site, &error);
    g_auto(GStrv) parts = g_strsplit(message, "%s", -1);
    g_autofree char *expected = g_strjoinv(site->above, parts);

    g_assert_null(output);
    g_assert_error(error, domain, code);
    g_assert_cmpstr(error->message, ==, expected);
}

static char *
read_text(const Site *site, const char *name)
{
    g_autofree char *path = g_build_filename(site->folder, name, NULL);
    g_autoptr(GError) error = NULL;
    char *text;

    g_file_get_contents(path, &text, NULL, &error);
    g_assert_no_error(error);
    return text;
}

static void
write_text(const Site *site, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(site->folder, name, NULL);
    g_autoptr(GError) error = NULL;
    int fd =
        open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644); /* in place: the file stays the same one */

    g_assert_cmpint(fd, >=, 0);
    g_assert_true(tamis_write_all(fd, text, strlen(text)));
    close(fd);
}

static gboolean
is_there(const Site *site, const char *name)
{
    g_autofree char *path = g_build_filename(site->folder, name, NULL);

    return g_file_test(path, G_FILE_TEST_EXISTS) || g_file_test(path, G_FILE_TEST_IS_SYMLINK);
}

static struct stat
status_of(const Site *site, const char *name)
{
    g_autofree char *path = g_build_filename(site->folder, name, NULL);
    struct stat status;

    g_assert_cmpint(lstat(path, &status), ==, 0);
    return status;
}

static void
assert_has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        g_error("'%s' is not in: %s", part, text);
}

/* Folders --------------------------------------------------------------------------------------- */

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

/* Manifest -------------------------------------------------------------------------------------- */

static void
test_manifest(Site *site, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(TamisManifest) manifest = NULL;
    g_autofree char *path = g_build_filename(site->folder, "manifest.json", NULL);
    g_autofree char *text = NULL;
    g_autofree char *script = NULL;
    g_autofree char *sha256 = NULL;
    g_autoptr(GString) hex = g_string_new(NULL);
    const TamisManifestEntry *entry;

    add_mailbox(site, "\"a b/\\\"\"@acme.example", "x@acme.example");
    add_mailbox(site, "b@acme.example", "x@acme.example");
    assert_compiles(site, 2, 0, 0, 0, 0);
    text = read_text(site, "manifest.json");
    assert_has(text, "\"as_of\": \"2026-11-23T10:13:20+08:00\"\n}\n");
    /* Of the policy: cat policy.tamis groups.tamis | sha256sum. */
    sha256 = g_compute_checksum_for_string(G_CHECKSUM_SHA256, "a policyits groups", -1);
    manifest = tamis_manifest_load(path, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(manifest->server, ==, "dovecot-2.3");
    g_assert_cmpstr(manifest->policy_sha256, ==, sha256);
    g_assert_cmpint(manifest->as_of, ==, AS_OF);
    g_assert_cmpint(manifest->good_until, ==, TAMIS_INSTANT_MAX);
    g_assert_cmpuint(manifest->entries->len, ==, 2);
    entry = &g_array_index(manifest->entries, TamisManifestEntry, 0);
    g_assert_cmpstr(entry->mailbox, ==, "\"a b/\\\"\"@acme.example");
    g_assert_cmpstr(entry->file, ==, "\"a b%2F\\\"\"@acme.example.sieve");
    script = read_text(site, entry->file);
    g_free(sha256);
    sha256 = g_compute_checksum_for_string(G_CHECKSUM_SHA256, script, -1);
    for (gsize i = 0; i < sizeof entry->sha256; i++)
        g_string_append_printf(hex, "%02x", entry->sha256[i]);
    g_assert_cmpstr(hex->str, ==, sha256);
    g_assert_cmpint(entry->good_until, ==, TAMIS_INSTANT_MAX);
    assert_has(text, "\"targets\": [\"x@acme.example\"], \"requires\": [");
}

/* A run of another day that changes nothing else changes nothing, when that is asked for. */
static void
test_as_of(Site *site, gconstpointer unused)
{
    g_autofree char *first = NULL;
    g_autofree char *second = NULL;
    g_autofree char *third = NULL;

    add_many(site, 3, "x@acme.example");
    assert_compiles(site, 3, 0, 0, 0, 0);
    first = read_text(site, "manifest.json");
    site->as_of = AS_OF + 1;
    site->keep_as_of = TRUE;
    assert_compiles(site, 0, 0, 3, 0, 0);
    second = read_text(site, "manifest.json");
    g_assert_cmpstr(first, ==, second);
    site->keep_as_of = FALSE;
    assert_compiles(site, 0, 0, 3, 0, 0);
    /* A script alone differs from what the manifest says. */
    write_text(site, "user0001@acme.example.sieve", "discard;");
    site->as_of = AS_OF + 2;
    site->keep_as_of = TRUE;
    assert_compiles(site, 0, 1, 2, 0, 1);
    site->as_of = AS_OF + 1;
    site->keep_as_of = FALSE;
    assert_compiles(site, 0, 0, 3, 0, 0);
    third = read_text(site, "manifest.json");
    assert_has(third, "\"as_of\": \"2026-11-23T10:13:21+08:00\"");
    assert_compiles(site, 0, 0, 3, 0, 0);
}

static void
assert_no_manifest(const char *text, const char *fault)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *expected = g_strdup_printf("'m' is no manifest of tamis: %s", fault);

    g_assert_null(tamis_manifest_parse(text, strlen(text), "m", &error));
    g_assert_error(error, TAMIS_MANIFEST_ERROR, TAMIS_MANIFEST_ERROR_INVALID);
    g_assert_cmpstr(error->message, ==, expected);
}

static void
test_hostile_manifest(void)
{
#define START  "{\"version\": 1, \"server\": \"s\", \"policy\": {\"sha256\": \"p\"}, "
#define DIGEST "\"sha256\": \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\""
    g_autoptr(GString) deep = g_string_new(START "\"x\": ");

    assert_no_manifest("", "it is no JSON object");
    assert_no_manifest("[]", "it is no JSON object");
    assert_no_manifest("{\"version\": 2}", "it is of a later version");
    assert_no_manifest("{\"version\": 1}", "it lacks 'version', 'server' or 'policy'");
    assert_no_manifest("{\"version", "it is no valid JSON");
    assert_no_manifest("{\"version\": 1", "it is no valid JSON");
    assert_no_manifest("{\"version\" 1}", "it is no valid JSON");
    assert_no_manifest("{\"version\": 1} x", "something follows its end");
    assert_no_manifest("{\"version\": \xff}", "it is no UTF-8");
    assert_no_manifest(START "\"mailboxes\": {}}", "'mailboxes' is no list");
    assert_no_manifest(START "\"mailboxes\": [1]}", "an entry of 'mailboxes' is no object");
    assert_no_manifest(START "\"mailboxes\": [{}", "an entry of 'mailboxes' is no object");
    assert_no_manifest(START "\"mailboxes\": [{}]}",
                       "an entry of 'mailboxes' lacks its mailbox, file, sha256 or good_until");
    assert_no_manifest(START "\"mailboxes\": [{\"mailbox\": \"a\", \"file\": \"../a\", " DIGEST
                             ", \"good_until\": null}]}",
                       "the path of a script leads elsewhere");
    assert_no_manifest(START "\"mailboxes\": [{\"mailbox\": \"a\", \"file\": \"a\", " DIGEST
                             ", \"good_until\": \"soon\"}]}",
                       "an entry of 'mailboxes' lacks its mailbox, file, sha256 or good_until");
    for (guint i = 0; i < 100000; i++)
        g_string_append_c(deep, '[');
    assert_no_manifest(deep->str, "it is no valid JSON");
}

/* Archives, layouts, threads -------------------------------------------------------------------- */

static char *
bundle(Site *site, gsize *out_length)
{
    g_autofree char *path = g_build_filename(site->above, "bundle.tar", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(TamisOutput) output = compile_to(
        site, tamis_output_bundle_new(path, tamis_layout_new(site->layout, NULL), &error), &error);
    g_auto(TamisOutputResult) result = {0};
    char *text;

    g_assert_no_error(error);
    g_assert_true(tamis_output_commit(output, &result, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(result.n_created, ==, site->policy->mailboxes->len);
    g_assert_true(g_file_get_contents(path, &text, out_length, &error));
    return text;
}

/* tar itself reads it, long names included, and finds what a folder would have. */
static void
test_bundle(Site *site, gconstpointer unused)
{
    g_autofree char *long_local = g_strnfill(60, 'l');
    g_autofree char *long_domain = g_strnfill(60, 'd');
    g_autofree char *address =
        g_strdup_printf("%s@%s.%s.example", long_local, long_domain, long_domain);
    g_autofree char *command =
        g_strdup_printf("sh -c 'cd \"%s\" && mkdir un && tar -C un -xf bundle.tar && diff -r "
                        "--exclude=.tamis out un "
                        "&& tar --numeric-owner -tvf bundle.tar | grep -c \"0/0 .*1970-01-01\"'",
                        site->above);
    g_autofree char *listing = NULL;
    g_autofree char *text = NULL;
    gsize length;
    int status;

    add_mailbox(site, address, "x@acme.example");
    add_many(site, 300, "x@acme.example");
    assert_compiles(site, 301, 0, 0, 0, 0);
    text = bundle(site, &length);
    g_assert_cmpuint(length % 512, ==, 0);
    g_assert_true(g_spawn_command_line_sync(command, &listing, NULL, &status, NULL));
    g_assert_cmpint(status, ==, 0);
    g_assert_cmpstr(listing, ==, "302\n");
}

static void
test_jobs(Site *site, gconstpointer unused)
{
    g_autofree char *first = NULL;
    gsize first_length;

    add_many(site, 3000, "x@acme.example");
    site->n_jobs = 1;
    first = bundle(site, &first_length);
    for (guint n_jobs = 2; n_jobs <= 5; n_jobs++) {
        g_autofree char *other = NULL;
        gsize length;

        site->n_jobs = n_jobs;
        other = bundle(site, &length);
        g_assert_cmpmem(first, first_length, other, length);
    }
}

static void
test_collisions(Site *site, gconstpointer unused)
{
    site->layout = "%n.sieve";
    add_mailbox(site, "a@acme.example", "x@acme.example");
    add_mailbox(site, "b@acme.example", "x@acme.example");
    add_mailbox(site, "B@acme.cn", "x@acme.example");
    assert_refuses(
        site, TAMIS_LAYOUT_ERROR, TAMIS_LAYOUT_ERROR_COLLISION,
        "with this layout 'b@acme.example' and 'b@acme.cn' would both be written to 'b.sieve'");
    site->layout = "%n.json";
    new_policy(site);
    add_mailbox(site, "manifest@acme.example", "x@acme.example");
    assert_refuses(site, TAMIS_LAYOUT_ERROR, TAMIS_LAYOUT_ERROR_COLLISION,
                   "with this layout the script of 'manifest@acme.example' would be "
                   "'manifest.json', which is the "
                   "manifest's name");
    site->layout = "%d%d%d%n";
    new_policy(site);
    add_mailbox(site,
                "a@aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
                "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
                "x@acme.example");
    assert_refuses(site, TAMIS_LAYOUT_ERROR, TAMIS_LAYOUT_ERROR_TOO_LONG,
                   "the script of 'a@aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa."
                   "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb' would have a file name of 280 bytes, and "
                   "file systems take 255");
}

/* Folders of a layout come and go with their scripts. */
static void
test_layout_folders(Site *site, gconstpointer unused)
{
    site->layout = "%d/%n/active.sieve";
    add_mailbox(site, "a@acme.example", "x@acme.example");
    add_mailbox(site, "b@acme.cn", "x@acme.example");
    assert_compiles(site, 2, 0, 0, 0, 0);
    g_assert_true(is_there(site, "acme.cn/b/active.sieve"));
    new_policy(site);
    add_mailbox(site, "a@acme.example", "x@acme.example");
    add_mailbox(site, "c@acme.example", "x@acme.example");
    assert_compiles(site, 1, 0, 1, 1, 0);
    g_assert_false(is_there(site, "acme.cn"));
    g_assert_true(is_there(site, "acme.example/c/active.sieve"));
    site->layout = "%u.sieve";
    assert_compiles(site, 2, 0, 0, 2, 0);
    g_assert_false(is_there(site, "acme.example"));
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*test)(Site *, gconstpointer);
    } tests[] = {
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
        {"/output/manifest", test_manifest},
        {"/output/as-of", test_as_of},
        {"/output/bundle", test_bundle},
        {"/output/jobs", test_jobs},
        {"/output/collisions", test_collisions},
        {"/output/layout-folders", test_layout_folders},
    };

    g_setenv("TZ", "UTC", TRUE);
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].name, Site, NULL, set_up, tests[i].test, tear_down);
    g_test_add_func("/output/hostile-manifest", test_hostile_manifest);
    return g_test_run();
}
