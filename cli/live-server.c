/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A live server's description: the built-in one of its kind, with the server's own extensions and limits. */
#include "cli/live-server.h"

#include "cli/load.h"
#include "cli/script-file.h"
#include "compiler/resolve.h"
#include "compiler/site.h"
#include "deploy/error.h"
#include "deploy/probe.h"

#include <stdio.h>
#include <string.h>

gboolean
tamis_is_live_server(const char *name)
{
    return g_str_has_prefix(name, "managesieve://") || g_str_has_prefix(name, "managesieves://") ||
           g_str_has_prefix(name, "sieve://");
}

static gboolean
has_word(const char *words, const char *word)
{
    g_auto(GStrv) all = g_strsplit(words, " ", -1);

    return g_strv_contains((const char *const *)all, word);
}

/* The built-in description that comes nearest. */
static const char *
kind_of(const TamisServerFacts *facts)
{
    const char *cyrus = strstr(facts->implementation, "Cyrus timsieved ");
    guint major = 0, minor = 0;

    if (strstr(facts->implementation, "Pigeonhole") != NULL)
        return has_word(facts->extensions, "extlists") ? "dovecot-2.4" : "dovecot-2.3";
    if (cyrus == NULL)
        return "rfc5228";
    if (sscanf(cyrus, "Cyrus timsieved %u.%u", &major, &minor) == 2 &&
        (major > 3 || (major == 3 && minor >= 10)))
        return "cyrus-3.10";
    return "cyrus-3.6";
}

/* Those that it says, and the comparators that nobody says. */
static void
take_extensions(TamisServer *server, const char *extensions)
{
    static const TamisExtension implicit[] = {TAMIS_EXTENSION_COMPARATOR_OCTET,
                                              TAMIS_EXTENSION_COMPARATOR_CASEMAP};
    g_auto(GStrv) words = g_strsplit(extensions, " ", -1);
    TamisExtensionSet set = {{0}};

    for (gsize i = 0; i < G_N_ELEMENTS(implicit); i++)
        if (tamis_server_has(server, implicit[i]))
            tamis_extension_set_add(&set, implicit[i]);
    for (guint i = 0; words[i] != NULL; i++) {
        TamisExtension extension = tamis_extension_find(words[i], strlen(words[i]));
        if (extension != TAMIS_EXTENSION_NONE)
            tamis_extension_set_add(&set, extension);
    }
    server->extensions = set;
    server->by_setting = (TamisExtensionSet){{0}};
    for (guint i = 0; i < TAMIS_N_EXTENSIONS; i++)
        g_clear_pointer(&server->setting_of[i], g_free);
}

static TamisServer *
describe(const char *url, const TamisServerFacts *facts)
{
    g_autoptr(GError) error = NULL;
    TamisServer *server = tamis_server_load(kind_of(facts), &error);

    g_assert_no_error(error); /* they are built in */
    g_free(server->name);
    server->name = g_strdup(url);
    g_free(server->title);
    server->title = g_strdup(facts->implementation);
    take_extensions(server, facts->extensions);
    if (facts->has_redirects)
        server->max_redirects = MAX(facts->max_redirects, 1);
    if (facts->max_script_bytes > 0)
        server->max_script_bytes = facts->max_script_bytes;
    return server;
}

static gint
compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Whom the first script of a folder is called after. Caller frees. */
static char *
address_of_folder(const char *path)
{
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    char *address = NULL;
    const char *name;

    while (folder != NULL && (name = g_dir_read_name(folder)) != NULL)
        g_ptr_array_add(names, g_strdup(name));
    g_ptr_array_sort(names, compare_names);
    for (guint i = 0; i < names->len && address == NULL; i++)
        address = tamis_site_mailbox_of_path(g_ptr_array_index(names, i));
    return address;
}

char *
tamis_live_server_find_mailbox(const TamisOptions *options, const char *path)
{
    const TamisAccessWords *access = &options->access;
    g_autoptr(TamisSources) sources = NULL;
    g_autoptr(TamisReport) report = NULL;
    g_autoptr(TamisPolicy) policy = NULL;

    if (path == NULL || options->server == NULL || !tamis_is_live_server(options->server) ||
        access->login == NULL || (access->authorize == NULL && strchr(access->login, '@') != NULL))
        return NULL;
    sources = tamis_sources_new();
    if (g_file_test(path, G_FILE_TEST_IS_DIR))
        return address_of_folder(path);
    if (tamis_is_script_file(sources, path))
        return tamis_site_mailbox_of_path(path);
    report = tamis_report_new(sources); /* what is wrong with it is told when it is read for good */
    policy = tamis_policy_load(sources, path, NULL, report, NULL);
    return policy != NULL ? g_strdup(tamis_load_first_mailbox(policy)) : NULL;
}

TamisServer *
tamis_live_server_load(const TamisOptions *options, const char *mailbox, int *out_status)
{
    const char *url = options->server;
    g_auto(TamisAccessOwner) access = {{NULL}};
    g_auto(TamisServerFacts) facts = {NULL};
    g_autoptr(GError) error = NULL;
    const char *who =
        options->access.login != NULL && mailbox != NULL ? mailbox : options->access.login;

    *out_status = tamis_access_open(NULL, options, url, &access);
    if (*out_status != 0)
        return NULL;
    if (!tamis_server_probe(url, &access.access, who, &facts, &error)) {
        /* Servers say no more of an administrator who has no mailbox. */
        gboolean is_alone = who != NULL && mailbox == NULL && strchr(who, '@') == NULL &&
                            g_error_matches(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_LOGIN);
        tamis_complain("%s%s", error->message,
                       is_alone ? " (an administrator acts for a mailbox, and none is named here)"
                                : "");
        *out_status = g_error_matches(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_INVALID)
                          ? TAMIS_EXIT_USAGE
                          : TAMIS_EXIT_UNREADABLE;
        return NULL;
    }
    if (facts.has_redirects && facts.max_redirects == 0)
        tamis_complain(
            "'%s' forbids redirects (MAXREDIRECTS 0): scripts that forward will fail there", url);
    return describe(url, &facts);
}
