/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads a folder with readdir itself, which tells what is a regular file: GDir does not. */
#include "base/listing.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

struct TamisListing {
    DIR *directory;
    GPtrArray *entries; /* of TamisListingEntry */
};

static int
compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp((*(const TamisListingEntry *const *)a)->name,
                  (*(const TamisListingEntry *const *)b)->name);
}

static TamisListingEntry *
new_entry(const char *folder, const struct dirent *found)
{
    gsize length = strlen(folder), name_bytes = strlen(found->d_name) + 1;

    while (length > 0 && folder[length - 1] == '/')
        length--;
    TamisListingEntry *entry = g_malloc(sizeof *entry + length + 1 + name_bytes);
    memcpy(entry->path, folder, length);
    entry->path[length] = '/';
    memcpy(entry->path + length + 1, found->d_name, name_bytes);
    entry->name = entry->path + length + 1;
    entry->is_regular = found->d_type == DT_REG;
    return entry;
}

static gboolean
is_itself(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

TamisListing *
tamis_listing_open(const char *path, gboolean (*is_wanted)(const char *name), GError **error)
{
    g_autoptr(TamisListing) folder = g_new0(TamisListing, 1);

    folder->entries = g_ptr_array_new_with_free_func(g_free);
    folder->directory = opendir(path);
    errno = folder->directory == NULL ? errno : 0;
    for (const struct dirent *found;
         folder->directory != NULL && (found = readdir(folder->directory)) != NULL; errno = 0)
        if (!is_itself(found->d_name) && (is_wanted == NULL || is_wanted(found->d_name)))
            g_ptr_array_add(folder->entries, new_entry(path, found));
    if (errno != 0) {
        int code = errno;
        g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(code), "cannot read '%s': %s",
                    path, g_strerror(code));
        return NULL;
    }
    g_ptr_array_sort(folder->entries, compare_names);
    return g_steal_pointer(&folder);
}

void
tamis_listing_free(TamisListing *folder)
{
    if (folder == NULL)
        return;
    if (folder->directory != NULL)
        closedir(folder->directory);
    g_ptr_array_unref(folder->entries);
    g_free(folder);
}

guint
tamis_listing_count(const TamisListing *folder)
{
    return folder->entries->len;
}

const TamisListingEntry *
tamis_listing_get(const TamisListing *folder, guint index)
{
    return g_ptr_array_index(folder->entries, index);
}

int
tamis_listing_get_fd(const TamisListing *folder)
{
    return dirfd(folder->directory);
}
