/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Scripts to deploy. Both ways end in a manifest and a text for each of its entries. */
#include "cli/scripts.h"

#include "cli/live-server.h"
#include "cli/load.h"
#include "compiler/compile.h"
#include "compiler/output-memory.h"
#include "compiler/resolve.h"
#include "lint/lint.h"

#include <errno.h>
#include <string.h>

typedef struct TamisScriptsOwner {
    const TamisOptions *options;
    TamisSources *sources;
    TamisReport *report;
    TamisPolicy *policy;
    TamisServer *server;
    TamisOutput *output;
    TamisManifest *manifest;
    GPtrArray *texts; /* of files */
    TamisCompile compile;
    GError *error;
} Owner;

void
tamis_scripts_clear(TamisScripts *scripts)
{
    Owner *owner = scripts->owner;

    g_clear_pointer(&scripts->wanted, g_array_unref);
    if (owner == NULL)
        return;
    tamis_manifest_free(owner->manifest);
    tamis_output_free(owner->output);
    tamis_server_free(owner->server);
    tamis_policy_free(owner->policy);
    tamis_report_free(owner->report);
    tamis_sources_free(owner->sources);
    g_clear_pointer(&owner->texts, g_ptr_array_unref);
    g_clear_error(&owner->error);
    g_clear_pointer(&scripts->owner, g_free);
}

static int
fail(const GError *error)
{
    tamis_complain("%s", error->message);
    return TAMIS_EXIT_UNREADABLE;
}

static void
add_wanted(TamisScripts *scripts, const TamisManifestEntry *entry, const char *text, gsize length)
{
    TamisWanted wanted;

    tamis_wanted_init(&wanted, entry->mailbox, text, length,
                      entry->good_until == TAMIS_INSTANT_MAX ? G_MAXINT64 : entry->good_until);
    g_array_append_val(scripts->wanted, wanted);
}

/* A folder -------------------------------------------------------------------------------------- */

static gboolean
is_as_compiled(const TamisManifestEntry *entry, const char *text, gsize length)
{
    guint8 digest[SHA256_DIGEST_SIZE];
    struct sha256_ctx context;

    sha256_init(&context);
    sha256_update(&context, length, (const guint8 *)text);
    sha256_digest(&context, sizeof digest, digest);
    return memcmp(digest, entry->sha256, sizeof digest) == 0;
}

/* Whose Sieve it is, where that can be told without asking a server; NULL where it cannot. */
static TamisServer *
server_of_folder(const Owner *owner)
{
    const char *name =
        owner->options->server != NULL ? owner->options->server : owner->manifest->server;

    return name != NULL && !tamis_is_live_server(name) ? tamis_server_load(name, NULL) : NULL;
}

static int
load_folder(const char *path, TamisScripts *scripts)
{
    Owner *owner = scripts->owner;
    g_autofree char *manifest = g_build_filename(path, TAMIS_MANIFEST_NAME, NULL);
    g_autoptr(GError) error = NULL;

    if (!g_file_test(manifest, G_FILE_TEST_EXISTS)) {
        tamis_complain("'%s' has no " TAMIS_MANIFEST_NAME
                       ": it is no folder that 'tamis compile' has written",
                       path);
        return TAMIS_EXIT_UNREADABLE;
    }
    owner->manifest = tamis_manifest_load(manifest, &error);
    if (owner->manifest == NULL)
        return fail(error);
    owner->texts = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < owner->manifest->entries->len; i++) {
        const TamisManifestEntry *entry =
            &g_array_index(owner->manifest->entries, TamisManifestEntry, i);
        g_autofree char *file = g_build_filename(path, entry->file, NULL);
        char *text;
        gsize length;

        if (!g_file_get_contents(file, &text, &length, NULL)) {
            tamis_complain("cannot read '%s': %s", file, g_strerror(errno));
            return TAMIS_EXIT_UNREADABLE;
        }
        g_ptr_array_add(owner->texts, text);
        if (!is_as_compiled(entry, text, length)) {
            tamis_complain("'%s' is not as it was compiled: compile again", file);
            return TAMIS_EXIT_UNREADABLE;
        }
        add_wanted(scripts, entry, text, length);
    }
    scripts->server = owner->server = server_of_folder(owner);
    return 0;
}

/* A policy -------------------------------------------------------------------------------------- */

static gboolean
lower(gpointer data, const TamisShapes *shapes, TamisReport *report)
{
    Owner *owner = data;

    owner->compile.shapes = shapes;
    return tamis_compile_all(&owner->compile, owner->output, report, &owner->error);
}

static void
show_findings(const Owner *owner)
{
    g_autoptr(GString) text = g_string_new(NULL);
    TamisRenderOptions render = owner->options->render;

    if (tamis_report_count(owner->report) == 0)
        return;
    tamis_report_number(owner->report);
    render.least = TAMIS_SEVERITY_WARNING;
    tamis_render(text, owner->report, TAMIS_FORMAT_TEXT, &render);
    tamis_show(text->str, text->len);
}

static gboolean
has_errors(const Owner *owner)
{
    return tamis_report_count_severity(owner->report, TAMIS_SEVERITY_ERROR) > 0;
}

/* Everything that `check` says, and on the way the scripts. */
static gboolean
check_and_compile(Owner *owner)
{
    const TamisLint lint = {
        .policy = owner->policy,
        .server = owner->server,
        .as_of = owner->compile.as_of,
        .report = owner->report,
        .lower = lower,
        .lower_data = owner,
        .n_jobs = owner->options->n_jobs,
    };

    if (!has_errors(owner)) /* else the findings are all that there will be */
        owner->output = tamis_output_memory_new(tamis_layout_new(TAMIS_LAYOUT_DEFAULT, NULL));
    return tamis_lint_policy(&lint);
}

static int
take_compiled(TamisScripts *scripts)
{
    Owner *owner = scripts->owner;
    g_autoptr(GError) error = NULL;

    owner->manifest = tamis_output_memory_manifest(owner->output, &error);
    if (owner->manifest == NULL)
        return fail(error);
    for (guint i = 0; i < owner->manifest->entries->len; i++) {
        gsize length;
        const char *text = tamis_output_memory_get(owner->output, i, &length);
        add_wanted(scripts, &g_array_index(owner->manifest->entries, TamisManifestEntry, i), text,
                   length);
    }
    return 0;
}

static int
load_policy(const char *path, TamisScripts *scripts)
{
    Owner *owner = scripts->owner;
    g_autoptr(GError) error = NULL;
    int status = TAMIS_EXIT_OK;

    owner->sources = tamis_sources_new();
    owner->report = tamis_report_new(owner->sources);
    owner->policy = tamis_policy_load(owner->sources, path, NULL, owner->report, &error);
    if (owner->policy == NULL)
        return fail(error);
    owner->server = tamis_options_load_server_for(owner->options,
                                                  tamis_load_first_mailbox(owner->policy), &status);
    if (owner->server == NULL)
        return status;
    owner->compile = (TamisCompile){
        .policy = owner->policy,
        .server = owner->server,
        .as_of = tamis_options_as_of(owner->options, owner->policy->zone),
        .n_jobs = owner->options->n_jobs,
    };
    if (!check_and_compile(owner))
        return fail(owner->error);
    show_findings(owner);
    if (has_errors(owner) || !tamis_output_is_complete(owner->output))
        return TAMIS_EXIT_FINDINGS;
    scripts->server = owner->server;
    return take_compiled(scripts);
}

int
tamis_scripts_load(const TamisVerb *verb, const TamisOptions *options, const char *path,
                   TamisScripts *out_scripts)
{
    int status;

    *out_scripts = (TamisScripts){
        .wanted = g_array_new(FALSE, FALSE, sizeof(TamisWanted)),
        .owner = g_new0(Owner, 1),
    };
    out_scripts->owner->options = options;
    status = g_file_test(path, G_FILE_TEST_IS_DIR) ? load_folder(path, out_scripts)
                                                   : load_policy(path, out_scripts);
    if (status == 0)
        out_scripts->policy_sha256 = out_scripts->owner->manifest->policy_sha256;
    return status;
}
