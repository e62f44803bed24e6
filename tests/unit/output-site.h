/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * For the tests of what a compile writes: a small policy, the folder that it is compiled to, and what is in it. */
#pragma once

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

static inline void
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

static inline void
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

static inline void
add_many(Site *site, guint n, const char *target)
{
    for (guint i = 0; i < n; i++) {
        g_autofree char *address = g_strdup_printf("user%04u@acme.example", i);

        add_mailbox(site, address, target);
    }
}

static inline void
set_up_site(Site *site, gconstpointer unused)
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

static inline void
tear_down_site(Site *site, gconstpointer unused)
{
    g_assert_true(tamis_folder_remove_tree(AT_FDCWD, site->above));
    tamis_policy_free(site->policy);
    tamis_sources_free(site->sources);
    tamis_server_free(site->server);
    g_free(site->folder);
    g_free(site->above);
}

static inline TamisOutput *
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

static inline TamisOutput *
compile(Site *site, GError **error)
{
    TamisLayout *layout = tamis_layout_new(site->layout, NULL);

    return compile_to(site, tamis_output_directory_new(site->folder, layout, error), error);
}

static inline void
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

static inline void
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

static inline char *
read_text(const Site *site, const char *name)
{
    g_autofree char *path = g_build_filename(site->folder, name, NULL);
    g_autoptr(GError) error = NULL;
    char *text;

    g_file_get_contents(path, &text, NULL, &error);
    g_assert_no_error(error);
    return text;
}

static inline void
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

static inline gboolean
is_there(const Site *site, const char *name)
{
    g_autofree char *path = g_build_filename(site->folder, name, NULL);

    return g_file_test(path, G_FILE_TEST_EXISTS) || g_file_test(path, G_FILE_TEST_IS_SYMLINK);
}

static inline struct stat
status_of(const Site *site, const char *name)
{
    g_autofree char *path = g_build_filename(site->folder, name, NULL);
    struct stat status;

    g_assert_cmpint(lstat(path, &status), ==, 0);
    return status;
}

static inline void
assert_has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        g_error("'%s' is not in: %s", part, text);
}

typedef struct {
    const char *name;
    void (*test)(Site *, gconstpointer);
} SiteTest;

static inline void
add_site_tests(const SiteTest *tests, guint n)
{
    for (guint i = 0; i < n; i++)
        g_test_add(tests[i].name, Site, NULL, set_up_site, tests[i].test, tear_down_site);
}
