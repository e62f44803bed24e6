/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Servers as data: the built-in ones, a user's file, and what is said of a faulty one. */
#include "grammar/server.h"

#include <glib/gstdio.h>
#include <string.h>

static TamisServer *
load(const char *name)
{
    g_autoptr(GError) error = NULL;
    TamisServer *server = tamis_server_load(name, &error);
    g_assert_no_error(error);
    g_assert_nonnull(server);
    return server;
}

/* Writes a user's file into a fresh folder, loads it and removes both. */
static TamisServer *
load_text(const char *text, gssize length, GError **error)
{
    g_autofree char *folder = g_dir_make_tmp("tamis-server-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "ours.server", NULL);
    g_assert_true(g_file_set_contents(path, text, length, NULL));
    TamisServer *server = tamis_server_load(path, error);
    if (error != NULL && *error != NULL) {
        /* Messages begin with the path, which changes from run to run. */
        char *tail = strstr((*error)->message, "ours.server");
        g_assert_nonnull(tail);
        memmove((*error)->message, tail, strlen(tail) + 1);
    }
    g_remove(path);
    g_rmdir(folder);
    return server;
}

static void
assert_refused(const char *text, const char *message)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(TamisServer) server = load_text(text, -1, &error);
    g_assert_null(server);
    g_assert_error(error, TAMIS_SERVER_ERROR, TAMIS_SERVER_ERROR_INVALID);
    g_assert_cmpstr(error->message, ==, message);
}

static void
test_names(void)
{
    const char *const expected[] = {"cyrus-3.10",  "cyrus-3.6", "dovecot-2.3",
                                    "dovecot-2.4", "libsieve",  "rfc5228"};
    const char *const *names = tamis_server_names();
    g_assert_cmpuint(g_strv_length((char **)names), ==, G_N_ELEMENTS(expected));
    for (guint i = 0; i < G_N_ELEMENTS(expected); i++) {
        g_assert_cmpstr(names[i], ==, expected[i]);
        g_autoptr(TamisServer) server = load(names[i]);
        g_assert_cmpstr(server->name, ==, names[i]);
        g_assert_true(tamis_server_has(server, TAMIS_EXTENSION_FILEINTO));
        g_assert_true(tamis_server_has(server, TAMIS_EXTENSION_COMPARATOR_CASEMAP));
        for (guint j = 0; j < TAMIS_N_EXTENSIONS; j++)
            g_assert_cmpint(server->setting_of[j] != NULL, ==,
                            tamis_extension_set_has(&server->by_setting, (TamisExtension)j));
    }
}

static void
test_dovecot(void)
{
    g_autoptr(TamisServer) old = load("dovecot-2.3");
    g_assert_cmpint(old->engine, ==, TAMIS_ENGINE_PIGEONHOLE);
    g_assert_cmpuint(old->max_redirects, ==, 4);
    g_assert_cmpstr(old->max_redirects_setting, ==, "sieve_max_redirects");
    g_assert_cmpuint(old->max_actions, ==, 32);
    g_assert_cmpuint(old->max_script_bytes, ==, 1048576);
    g_assert_cmpuint(old->max_nesting, ==, 31);
    g_assert_cmpuint(old->max_number, ==, G_MAXUINT64);
    g_assert_cmpuint(old->reply_min_s, ==, 86400);
    g_assert_cmpuint(old->reply_max_s, ==, 0);
    g_assert_cmpstr(old->setting_of[TAMIS_EXTENSION_EDITHEADER], ==,
                    "sieve_extensions = +editheader");
    g_assert_cmpstr(old->setting_of[TAMIS_EXTENSION_DOVECOT_FILTER], ==,
                    "sieve_plugins = sieve_extprograms; sieve_extensions = +vnd.dovecot.filter");
    g_assert_true(tamis_extension_set_has(&old->by_setting, TAMIS_EXTENSION_SPAMTEST));
    g_assert_false(tamis_extension_set_has(&old->by_setting, TAMIS_EXTENSION_DATE));
    g_assert_false(tamis_server_has(old, TAMIS_EXTENSION_EXTLISTS));
    g_assert_false(tamis_server_has(old, TAMIS_EXTENSION_EREJECT));

    g_autoptr(TamisServer) new = load("dovecot-2.4");
    g_assert_cmpuint(new->reply_max_s, ==, 60 * 86400);
    g_assert_true(tamis_server_has(new, TAMIS_EXTENSION_COMPARATOR_UNICODE));
    g_assert_true(tamis_extension_set_has(&new->by_setting, TAMIS_EXTENSION_EXTLISTS));
    g_assert_false(tamis_server_has(new, TAMIS_EXTENSION_IMAPFLAGS));
    g_assert_cmpstr(
        new->setting_of[TAMIS_EXTENSION_DOVECOT_FILTER], ==,
        "sieve_plugins { sieve_extprograms = yes } sieve_extensions { vnd.dovecot.filter = yes }");
}

static void
test_others(void)
{
    g_autoptr(TamisServer) cyrus = load("cyrus-3.6");
    g_assert_cmpint(cyrus->engine, ==, TAMIS_ENGINE_CYRUS);
    g_assert_cmpint(cyrus->folder_names, ==, TAMIS_FOLDER_MUTF7);
    g_assert_cmpuint(cyrus->max_redirects, ==, 0);
    g_assert_cmpuint(cyrus->max_scripts, ==, 5);
    g_assert_cmpuint(cyrus->reply_min_s, ==, 3 * 86400);
    g_assert_cmpuint(cyrus->reply_max_s, ==, 90 * 86400);
    g_assert_true(cyrus->lower_case_only);
    g_assert_false(cyrus->zone_names);
    g_assert_false(tamis_server_has(cyrus, TAMIS_EXTENSION_SPAMTEST));

    g_autoptr(TamisServer) newer = load("cyrus-3.10");
    g_assert_true(newer->zone_names);
    g_assert_false(newer->needs_bare_addresses);

    g_autoptr(TamisServer) libsieve = load("libsieve");
    g_assert_false(libsieve->decodes_headers);
    g_assert_false(libsieve->unescapes_strings);
    g_assert_false(libsieve->matches_null_sender);
    g_assert_false(tamis_server_has(libsieve, TAMIS_EXTENSION_COPY));
    g_assert_cmpuint(libsieve->max_list_strings, ==, 4996);
}

static void
test_user_file(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(TamisServer) server = load_text("[server]\ntitle=Ours\nbase=dovecot-2.3\n"
                                              "[extensions]\nadd=editheader\nremove=regex body\n"
                                              "[settings]\nextlists=ask the postmaster\n"
                                              "[limits]\nmax-redirects = 50\n",
                                              -1, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(server->name, ==, "ours");
    g_assert_cmpstr(server->title, ==, "Ours");
    g_assert_cmpuint(server->max_redirects, ==, 50);
    g_assert_cmpuint(server->max_actions, ==, 32);
    g_assert_true(tamis_server_has(server, TAMIS_EXTENSION_EDITHEADER));
    g_assert_false(tamis_extension_set_has(&server->by_setting, TAMIS_EXTENSION_EDITHEADER));
    g_assert_null(server->setting_of[TAMIS_EXTENSION_EDITHEADER]);
    g_assert_false(tamis_server_has(server, TAMIS_EXTENSION_REGEX));
    g_assert_true(tamis_server_has(server, TAMIS_EXTENSION_SPAMTEST));
    g_assert_cmpstr(server->setting_of[TAMIS_EXTENSION_EXTLISTS], ==, "ask the postmaster");
}

static void
test_refused(void)
{
    assert_refused(
        "[server]\ntitle=x\n[limits]\nmax-redirect=5\n",
        "ours.server:4: unknown key 'max-redirect' in [limits]; did you mean 'max-redirects'?");
    assert_refused("[limit]\nmax-redirects=5\n",
                   "ours.server:1: unknown group '[limit]'; did you mean 'limits'?");
    assert_refused("[limits]\nmax-redirects=many\n",
                   "ours.server:2: 'many' is no whole number for 'max-redirects'");
    assert_refused("[limits]\nmax-redirects=4294967296\n",
                   "ours.server:2: '4294967296' is no whole number for 'max-redirects'");
    assert_refused("[limits]\nmax-redirects=-1\n",
                   "ours.server:2: '-1' is no whole number for 'max-redirects'");
    assert_refused("[server]\nengine=exim\n",
                   "ours.server:2: 'exim' is not one of pigeonhole, cyrus, "
                   "libsieve, other for 'engine'");
    assert_refused("[quirks]\nzone-names=yes\n",
                   "ours.server:2: 'zone-names' is 'true' or 'false', not 'yes'");
    assert_refused("[extensions]\ndefault=fileinto copi\n",
                   "ours.server:2: unknown extension 'copi'; did you mean 'copy'?");
    assert_refused("[settings]\neditheder=x\n",
                   "ours.server:2: unknown extension 'editheder'; did you mean 'editheader'?");
    assert_refused("[settings]\neditheader=\n", "ours.server:2: 'editheader' names no setting");
    assert_refused(
        "[server]\nbase=dovecot-2.5\n",
        "ours.server:2: 'dovecot-2.5' is no built-in server; did you mean 'dovecot-2.3'?");

    g_autoptr(GError) error = NULL;
    g_assert_null(load_text("[server]\0x=1\n", 13, &error));
    g_assert_error(error, TAMIS_SERVER_ERROR, TAMIS_SERVER_ERROR_INVALID);
    g_assert_cmpstr(error->message, ==, "ours.server: not UTF-8 text");
    g_clear_error(&error);
    g_assert_null(tamis_server_load("dovcot-2.3", &error));
    g_assert_error(error, TAMIS_SERVER_ERROR, TAMIS_SERVER_ERROR_UNKNOWN);
    g_assert_cmpstr(
        error->message, ==,
        "unknown server 'dovcot-2.3'; did you mean 'dovecot-2.3'? (known: cyrus-3.10, "
        "cyrus-3.6, dovecot-2.3, dovecot-2.4, libsieve, rfc5228; or the path of a file that "
        "describes one)");
}

static void
test_extensions(void)
{
    for (guint i = 0; i < TAMIS_N_EXTENSIONS; i++) {
        const char *name = tamis_extension_name((TamisExtension)i);
        g_assert_cmpuint(tamis_extension_find(name, strlen(name)), ==, i);
        g_assert_nonnull(tamis_extension_origin((TamisExtension)i));
    }
    g_assert_cmpuint(tamis_extension_find("Copy", 4), ==, TAMIS_EXTENSION_NONE);
    g_assert_cmpuint(tamis_extension_find("copyx", 4), ==, TAMIS_EXTENSION_COPY);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/server/names", test_names);
    g_test_add_func("/server/dovecot", test_dovecot);
    g_test_add_func("/server/others", test_others);
    g_test_add_func("/server/user-file", test_user_file);
    g_test_add_func("/server/refused", test_refused);
    g_test_add_func("/server/extensions", test_extensions);
    return g_test_run();
}
