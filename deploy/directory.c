/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Folders as Pigeonhole's file storage reads them: a mailbox's home with its scripts in sieve/NAME.sieve, and
 * the active one named by a symbolic link, .dovecot.sieve. */
#include "deploy/files.h"
#include "deploy/folder-parameters.h"
#include "deploy/sievec.h"
#include "deploy/store-private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ENDING ".sieve"
/* How an active file is listed that is no link to a script, as setups without ManageSieve have it. */
#define PLAIN_FILE "dovecot.orig"

typedef struct {
    TamisStore base;
    TamisFolderParameters folder;
} Directory;

typedef struct {
    TamisVisit base;
    char *path;        /* of the home */
    int home, scripts; /* -1: not open, or not there */
} Place;

static Directory *
directory_of(const Place *place)
{
    return (Directory *)place->base.store;
}

static void
visit_init(TamisVisit *visit)
{
    Place *place = (Place *)visit;

    place->home = place->scripts = -1;
}

static void
leave(TamisVisit *visit)
{
    Place *place = (Place *)visit;

    if (place->scripts >= 0)
        close(place->scripts);
    if (place->home >= 0)
        close(place->home);
    place->home = place->scripts = -1;
    g_clear_pointer(&place->path, g_free);
}

static gboolean
enter(TamisVisit *visit, GError **error)
{
    Place *place = (Place *)visit;
    const TamisFolderParameters *folder = &directory_of(place)->folder;

    place->path = tamis_folder_parameters_expand(folder, visit->mailbox, error);
    if (place->path == NULL)
        return FALSE;
    place->home = open(place->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (place->home < 0 && errno == ENOENT) /* made when something is put into it */
        return TRUE;
    if (place->home < 0)
        return tamis_files_fail(error, "open", place->path);
    place->scripts = tamis_files_open_below(place->home, folder->scripts, &folder->owner, FALSE);
    return place->scripts >= 0 || errno == ENOENT ||
           tamis_files_fail(error, "open", folder->scripts);
}

/* Names --------------------------------------------------------------------------------------- */

static char *
file_of(const char *name)
{
    return g_strconcat(name, ENDING, NULL);
}

/* The script that the link names, or NULL; PLAIN_FILE where there is a file instead. Caller frees. */
static char *
active_name(const Place *place)
{
    const TamisFolderParameters *folder = &directory_of(place)->folder;
    char target[4096];
    gssize n =
        place->home >= 0 ? readlinkat(place->home, folder->active, target, sizeof target - 1) : -1;
    struct stat status;
    const char *name;

    if (n < 0)
        return place->home >= 0 &&
                       fstatat(place->home, folder->active, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
                       S_ISREG(status.st_mode)
                   ? g_strdup(PLAIN_FILE)
                   : NULL;
    target[n] = '\0';
    name = strrchr(target, '/');
    name = name != NULL ? name + 1 : target;
    if (!g_str_has_suffix(name, ENDING) || place->scripts < 0 ||
        fstatat(place->scripts, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return NULL; /* it leads nowhere: Pigeonhole runs nothing then */
    return g_strndup(name, strlen(name) - strlen(ENDING));
}

static void
add_script(GArray *scripts, const char *name, gboolean active)
{
    TamisStoredScript script = {.name = g_strdup(name), .active = active};

    g_array_append_val(scripts, script);
}

static gint
compare_scripts(gconstpointer a, gconstpointer b)
{
    return strcmp(((const TamisStoredScript *)a)->name, ((const TamisStoredScript *)b)->name);
}

static GArray *
list(TamisVisit *visit, GError **error)
{
    Place *place = (Place *)visit;
    g_autoptr(GArray) scripts = tamis_stored_scripts_new();
    g_autofree char *active = active_name(place);
    struct dirent *entry;
    DIR *folder;
    int copy;

    if (g_strcmp0(active, PLAIN_FILE) == 0)
        add_script(scripts, PLAIN_FILE, TRUE);
    if (place->scripts < 0)
        return g_steal_pointer(&scripts);
    copy = openat(place->scripts, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    folder = copy >= 0 ? fdopendir(copy) : NULL;
    if (folder == NULL) {
        if (copy >= 0)
            close(copy);
        tamis_files_fail(error, "read", directory_of(place)->folder.scripts);
        return NULL;
    }
    while ((entry = readdir(folder)) != NULL) {
        if (*entry->d_name == '.' || !g_str_has_suffix(entry->d_name, ENDING))
            continue;
        g_autofree char *name = g_strndup(entry->d_name, strlen(entry->d_name) - strlen(ENDING));
        if (g_strcmp0(active, PLAIN_FILE) != 0 || !g_str_equal(name, PLAIN_FILE))
            add_script(scripts, name, g_strcmp0(name, active) == 0);
    }
    closedir(folder);
    g_array_sort(scripts, compare_scripts);
    return g_steal_pointer(&scripts);
}

/* Scripts --------------------------------------------------------------------------------------- */

static gboolean
is_plain_file(const Place *place, const char *name)
{
    g_autofree char *active = g_str_equal(name, PLAIN_FILE) ? active_name(place) : NULL;

    return g_strcmp0(active, PLAIN_FILE) == 0;
}

static GString *
get(TamisVisit *visit, const char *name, GError **error)
{
    Place *place = (Place *)visit;
    g_autofree char *file = file_of(name);
    GString *text;

    if (is_plain_file(place, name))
        text = tamis_files_read(place->home, directory_of(place)->folder.active,
                                TAMIS_STORE_MAX_SCRIPT_BYTES);
    else
        text = tamis_files_read(place->scripts, file, TAMIS_STORE_MAX_SCRIPT_BYTES);
    if (text == NULL)
        tamis_files_fail(error, "read", file);
    return text;
}

static gboolean
make_place(Place *place, GError **error)
{
    const TamisFolderParameters *folder = &directory_of(place)->folder;

    if (place->home < 0)
        place->home = tamis_files_open_home(place->path, &folder->owner);
    if (place->home < 0)
        return tamis_files_fail(error, "make", place->path);
    if (place->scripts < 0)
        place->scripts = tamis_files_open_below(place->home, folder->scripts, &folder->owner, TRUE);
    return place->scripts >= 0 || tamis_files_fail(error, "make", folder->scripts);
}

static gboolean
check_name(const char *name, GError **error)
{
    if (*name != '\0' && *name != '.' && strchr(name, '/') == NULL)
        return TRUE;
    g_set_error(error, TAMIS_DEPLOY_ERROR, TAMIS_DEPLOY_ERROR_INVALID,
                "no script can be called '%s'", name);
    return FALSE;
}

static gboolean
put(TamisVisit *visit, const char *name, const char *text, gsize length_bytes, GString *warnings,
    GError **error)
{
    Place *place = (Place *)visit;
    const TamisFolderParameters *folder = &directory_of(place)->folder;
    g_autofree char *file = file_of(name);
    GString *binary;

    if (!check_name(name, error) ||
        !tamis_sievec_compile(folder->sievec, text, length_bytes, warnings, &binary, error))
        return FALSE;
    if (binary != NULL) /* users' scripts are compiled by the server, as the user */
        g_string_free(binary, TRUE);
    if (!make_place(place, error))
        return FALSE;
    return tamis_files_write(place->scripts, file, text, length_bytes, &folder->owner) ||
           tamis_files_fail(error, "write", file);
}

/* A file where the link should be is a script of someone's: it moves to the others. */
static gboolean
save_plain_file(Place *place, GError **error)
{
    const TamisFolderParameters *folder = &directory_of(place)->folder;
    g_autofree char *file = g_strdup(PLAIN_FILE ENDING);

    for (guint n = 2; n < 100; n++) {
        if (linkat(place->home, folder->active, place->scripts, file, 0) == 0)
            return TRUE;
        if (errno != EEXIST)
            break;
        g_free(file);
        file = g_strdup_printf(PLAIN_FILE "-%u" ENDING, n);
    }
    return tamis_files_fail(error, "keep", folder->active);
}

static gboolean
activate(TamisVisit *visit, const char *name, GError **error)
{
    Place *place = (Place *)visit;
    const TamisFolderParameters *folder = &directory_of(place)->folder;
    g_autofree char *target = NULL;

    if (is_plain_file(place, PLAIN_FILE) &&
        (!make_place(place, error) || !save_plain_file(place, error)))
        return FALSE;
    if (name == NULL)
        return place->home < 0 || unlinkat(place->home, folder->active, 0) == 0 ||
               errno == ENOENT || tamis_files_fail(error, "deactivate", folder->active);
    if (!check_name(name, error))
        return FALSE;
    target = g_strdup_printf("%s/%s" ENDING, folder->scripts, name);
    return tamis_files_link(place->home, folder->active, target, &folder->owner) ||
           tamis_files_fail(error, "activate", target);
}

static gboolean
remove_script(TamisVisit *visit, const char *name, GError **error)
{
    Place *place = (Place *)visit;
    g_autofree char *file = file_of(name);
    g_autofree char *binary = g_strconcat(name, ".svbin", NULL);

    if (unlinkat(place->scripts, file, 0) != 0)
        return tamis_files_fail(error, "remove", file);
    unlinkat(place->scripts, binary, 0); /* the server's, where there is one */
    return TRUE;
}

static void
store_clear(TamisStore *store)
{
    tamis_folder_parameters_clear(&((Directory *)store)->folder);
}

static const TamisStoreClass directory_class = {
    .visit_bytes = sizeof(Place),
    .visit_init = visit_init,
    .enter = enter,
    .list = list,
    .get = get,
    .put = put,
    .activate = activate,
    .remove = remove_script,
    .leave = leave,
    .store_clear = store_clear,
};

TamisStore *
tamis_store_new_directory(const char *rest, const TamisAccess *access, GError **error)
{
    g_auto(TamisFolderParameters) folder = {NULL};
    Directory *directory;

    if (!tamis_folder_parameters_parse(rest, &folder, error))
        return NULL;
    if (folder.is_file)
        return tamis_store_new_single_file(rest, &folder, access);
    directory = g_new0(Directory, 1);
    directory->folder = folder;
    folder = (TamisFolderParameters){NULL};
    directory->base.class = &directory_class;
    directory->base.access = access;
    directory->base.has_include = TRUE;
    directory->base.url = g_strconcat("directory:", rest, NULL);
    return &directory->base;
}
