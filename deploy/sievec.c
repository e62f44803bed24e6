/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * sievec works on files: each script gets a folder of its own, which nobody else can write into. */
#include "deploy/sievec.h"

#include "base/display.h"
#include "deploy/error.h"

#include <glib/gstdio.h>
#include <string.h>

struct TamisSievec {
    char *config;
    GMutex lock;
    int state; /* 0: not known, 1: works, -1: does not */
};

TamisSievec *
tamis_sievec_new(const char *config)
{
    TamisSievec *sievec = g_new0(TamisSievec, 1);

    sievec->config = g_strdup(config);
    g_mutex_init(&sievec->lock);
    return sievec;
}

void
tamis_sievec_free(TamisSievec *sievec)
{
    if (sievec == NULL)
        return;
    g_mutex_clear(&sievec->lock);
    g_free(sievec->config);
    g_free(sievec);
}

/* What it says; *out_binary NULL where it failed. NULL where it cannot be run at all. */
static char *
run(const TamisSievec *sievec, const char *text, gsize length, GString **out_binary)
{
    g_autofree char *folder = g_dir_make_tmp("tamis-XXXXXX", NULL);
    g_autofree char *script =
        folder != NULL ? g_build_filename(folder, "script.sieve", NULL) : NULL;
    g_autofree char *binary =
        folder != NULL ? g_build_filename(folder, "script.svbin", NULL) : NULL;
    const char *words[] = {"sievec", script, binary, NULL, NULL, NULL};
    g_autoptr(GError) error = NULL;
    char *said = NULL, *bytes = NULL;
    gsize n_bytes;
    int status = 0;

    *out_binary = NULL;
    if (folder == NULL)
        return NULL;
    if (sievec->config != NULL) {
        words[1] = "-c";
        words[2] = sievec->config;
        words[3] = script;
        words[4] = binary;
    }
    if (!g_file_set_contents(script, text, (gssize)length, &error)) {
        said = g_strdup(error->message);
    } else if (g_spawn_sync(NULL, (char **)words, NULL,
                            G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL,
                            &said, &status, NULL) &&
               g_spawn_check_wait_status(status, NULL) &&
               g_file_get_contents(binary, &bytes, &n_bytes, NULL)) {
        *out_binary = g_string_new_len(bytes, (gssize)n_bytes);
        g_free(bytes);
    }
    g_unlink(script);
    g_unlink(binary);
    g_rmdir(folder);
    return said;
}

/* With the simplest script there is: what fails there is not the script's fault. */
static gboolean
works(TamisSievec *sievec)
{
    g_autoptr(GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new(&sievec->lock);
    GString *binary = NULL;

    if (sievec->state == 0) {
        g_free(run(sievec, "keep;\n", 6, &binary));
        sievec->state = binary != NULL ? 1 : -1;
        if (binary != NULL)
            g_string_free(binary, TRUE);
    }
    return sievec->state == 1;
}

gboolean
tamis_sievec_compile(TamisSievec *sievec, const char *text, gsize length_bytes, GString *warnings,
                     GString **out_binary, GError **error)
{
    g_autofree char *said = NULL;

    *out_binary = NULL;
    if (!works(sievec))
        return TRUE;
    said = run(sievec, text, length_bytes, out_binary);
    if (*out_binary != NULL) {
        if (said != NULL && *said != '\0' && warnings != NULL)
            g_string_append(warnings, said);
        return TRUE;
    }
    g_autofree char *line = g_strdelimit(g_strstrip(g_strdup(said != NULL ? said : "")), "\n", ' ');
    g_autofree char *shown = tamis_display_dup(*line != '\0' ? line : "it cannot be run");
    g_set_error(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_REFUSED, "sievec: %s", shown);
    return FALSE;
}
