/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Archives, layouts and threads: the same scripts elsewhere, and as many hands as there are. */
#include "output-site.h"

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
    static const SiteTest tests[] = {
        {"/output-layout/bundle", test_bundle},
        {"/output-layout/jobs", test_jobs},
        {"/output-layout/collisions", test_collisions},
        {"/output-layout/layout-folders", test_layout_folders},
    };

    g_setenv("TZ", "UTC", TRUE);
    g_test_init(&argc, &argv, NULL);
    add_site_tests(tests, G_N_ELEMENTS(tests));
    return g_test_run();
}
