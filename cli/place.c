/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The user's side of a deployment. */
#include "cli/place.h"

#include "deploy/error.h"

#include <fcntl.h>
#include <unistd.h>

char *
tamis_place_who(void)
{
    return g_strdup_printf("%s@%s", g_get_user_name(), g_get_host_name());
}

static char *
state_folder(void)
{
    return g_build_filename(g_get_user_state_dir(), "tamis", NULL);
}

char *
tamis_place_journal(const char *url)
{
    g_autofree char *folder = state_folder();
    g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, url, -1);
    g_autofree char *name = g_strdup_printf("deploy-%.16s.jsonl", hash);

    g_mkdir_with_parents(folder,
                         0700); /* where that fails, opening the journal does, and says so */
    return g_build_filename(folder, name, NULL);
}

char *
tamis_place_locks(void)
{
    g_autofree char *folder = state_folder();

    return g_build_filename(folder, "locks", NULL);
}

gboolean
tamis_place_ask(const char *question)
{
    g_autofree char *line = g_strdup_printf("%s [y/N] ", question);
    int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    char answer[64] = "";
    gboolean yes;

    if (fd < 0) {
        tamis_complain("nothing was done: there is no terminal to ask on; --yes answers for you");
        return FALSE;
    }
    yes = write(fd, line, strlen(line)) > 0 && read(fd, answer, sizeof answer - 1) > 0 &&
          (answer[0] == 'y' || answer[0] == 'Y');
    close(fd);
    if (!yes)
        tamis_complain("nothing was done");
    return yes;
}

int
tamis_place_fail(const GError *error)
{
    tamis_complain("%s", error->message);
    return g_error_matches(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_INVALID)
               ? TAMIS_EXIT_USAGE
               : TAMIS_EXIT_UNREADABLE;
}
