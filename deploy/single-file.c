/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One file a mailbox, as sieve_before and sieve_after name them: /etc/dovecot/before/%u.sieve. A new script
 * waits beside it until it is activated; the binary of it is made as well, for the server may not write there. */
#include "deploy/files.h"
#include "deploy/folder-parameters.h"
#include "deploy/plan.h"
#include "deploy/sievec.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ENDING        ".sieve"
#define BINARY_ENDING ".svbin"

typedef struct {
    TamisStore base;
    TamisFolderParameters folder;
} Files;

typedef struct {
    TamisVisit base;
    char *path; /* of the folder */
    char *stem; /* of the file's name */
    int folder; /* -1: not open, or not there */
} Place;

static const TamisFolderParameters *
folder_of(const Place *place)
{
    return &((Files *)place->base.store)->folder;
}

static void
visit_init(TamisVisit *visit)
{
    ((Place *)visit)->folder = -1;
}

static void
leave(TamisVisit *visit)
{
    Place *place = (Place *)visit;

    if (place->folder >= 0)
        close(place->folder);
    place->folder = -1;
    g_clear_pointer(&place->path, g_free);
    g_clear_pointer(&place->stem, g_free);
}

static gboolean
enter(TamisVisit *visit, GError **error)
{
    Place *place = (Place *)visit;
    g_autofree char *path = tamis_folder_parameters_expand(folder_of(place), visit->mailbox, error);

    if (path == NULL)
        return FALSE;
    place->path = g_path_get_dirname(path);
    place->stem = g_path_get_basename(path);
    place->stem[strlen(place->stem) - strlen(ENDING)] = '\0';
    place->folder = open(place->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return place->folder >= 0 || errno == ENOENT || tamis_files_fail(error, "open", place->path);
}

/* The file that waits to become active. */
static char *
waiting_file(const Place *place, const char *name)
{
    return g_strdup_printf(".%s.%s" ENDING, place->stem, name);
}

static GString *
read_active(const Place *place)
{
    g_autofree char *file = g_strconcat(place->stem, ENDING, NULL);

    if (place->folder < 0) {
        errno = ENOENT;
        return NULL;
    }
    return tamis_files_read(place->folder, file, TAMIS_STORE_MAX_SCRIPT_BYTES);
}

/* The file says nothing of what its script is called: Tamis's are called after their content, as elsewhere. */
static char *
name_of(const Place *place, const GString *text)
{
    TamisWanted wanted;

    if (!tamis_script_is_generated(text->str, text->len))
        return g_strdup(place->stem);
    tamis_wanted_init(&wanted, "", text->str, text->len, 0);
    return tamis_wanted_dup_name(&wanted);
}

static GArray *
list(TamisVisit *visit, GError **error)
{
    Place *place = (Place *)visit;
    GArray *scripts = tamis_stored_scripts_new();
    GString *text = read_active(place);
    TamisStoredScript script = {.active = TRUE};

    if (text == NULL && errno == ENOENT)
        return scripts;
    if (text == NULL) {
        g_array_unref(scripts);
        tamis_files_fail(error, "read", place->stem);
        return NULL;
    }
    script.name = name_of(place, text);
    g_array_append_val(scripts, script);
    g_string_free(text, TRUE);
    return scripts;
}

static GString *
get(TamisVisit *visit, const char *name, GError **error)
{
    Place *place = (Place *)visit;
    g_autofree char *file = waiting_file(place, name);
    GString *text = place->folder >= 0
                        ? tamis_files_read(place->folder, file, TAMIS_STORE_MAX_SCRIPT_BYTES)
                        : NULL;

    if (text == NULL)
        text = read_active(place);
    if (text == NULL)
        tamis_files_fail(error, "read", place->stem);
    return text;
}

static gboolean
put(TamisVisit *visit, const char *name, const char *text, gsize length_bytes, GString *warnings,
    GError **error)
{
    Place *place = (Place *)visit;
    const TamisFolderParameters *folder = folder_of(place);
    g_autofree char *file = waiting_file(place, name);
    GString *binary;

    if (!tamis_sievec_compile(folder->sievec, text, length_bytes, warnings, &binary, error))
        return FALSE;
    if (binary !=
        NULL) /* made again once the script stands where it belongs: it has to be the younger one */
        g_string_free(binary, TRUE);
    if (place->folder < 0)
        place->folder = tamis_files_open_home(place->path, &folder->owner);
    if (place->folder < 0)
        return tamis_files_fail(error, "make", place->path);
    return tamis_files_write(place->folder, file, text, length_bytes, &folder->owner) ||
           tamis_files_fail(error, "write", file);
}

/* Without it the server compiles at each delivery, and complains: no reason to take the script back. */
static void
write_binary(Place *place, const GString *text)
{
    g_autofree char *file = g_strconcat(place->stem, BINARY_ENDING, NULL);
    GString *binary = NULL;

    unlinkat(place->folder, file, 0);
    if (!tamis_sievec_compile(folder_of(place)->sievec, text->str, text->len, NULL, &binary,
                              NULL) ||
        binary == NULL)
        return;
    tamis_files_write(place->folder, file, binary->str, binary->len, &folder_of(place)->owner);
    g_string_free(binary, TRUE);
}

static gboolean
deactivate(Place *place, const char *file, GError **error)
{
    g_autofree char *binary = g_strconcat(place->stem, BINARY_ENDING, NULL);

    if (place->folder < 0)
        return TRUE;
    if (unlinkat(place->folder, file, 0) != 0 && errno != ENOENT)
        return tamis_files_fail(error, "remove", file);
    unlinkat(place->folder, binary, 0);
    return TRUE;
}

static gboolean
activate(TamisVisit *visit, const char *name, GError **error)
{
    Place *place = (Place *)visit;
    g_autofree char *file = g_strconcat(place->stem, ENDING, NULL);
    g_autofree char *waiting = name != NULL ? waiting_file(place, name) : NULL;
    GString *text;

    if (name == NULL)
        return deactivate(place, file, error);
    text = tamis_files_read(place->folder, waiting, TAMIS_STORE_MAX_SCRIPT_BYTES);
    if (text == NULL || renameat(place->folder, waiting, place->folder, file) != 0 ||
        fsync(place->folder) != 0) {
        tamis_files_fail(error, "activate", file);
        if (text != NULL)
            g_string_free(text, TRUE);
        return FALSE;
    }
    write_binary(place, text);
    g_string_free(text, TRUE);
    return TRUE;
}

static gboolean
remove_script(TamisVisit *visit, const char *name, GError **error)
{
    Place *place = (Place *)visit;
    g_autofree char *file = waiting_file(place, name);

    return place->folder < 0 || unlinkat(place->folder, file, 0) == 0 || errno == ENOENT ||
           tamis_files_fail(error, "remove", file);
}

static void
store_clear(TamisStore *store)
{
    tamis_folder_parameters_clear(&((Files *)store)->folder);
}

static const TamisStoreClass files_class = {
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
tamis_store_new_single_file(const char *rest, TamisFolderParameters *parameters,
                            const TamisAccess *access)
{
    Files *files = g_new0(Files, 1);

    files->folder = *parameters;
    *parameters = (TamisFolderParameters){NULL};
    files->base.class = &files_class;
    files->base.access = access;
    files->base.is_one_place = TRUE;
    files->base.url = g_strconcat("directory:", rest, NULL);
    return &files->base;
}
