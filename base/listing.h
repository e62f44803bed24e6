/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The files of a folder, by name, and the folder kept open: a file that is opened from there costs no walk along its
 * path. */
#pragma once

#include "base/api.h"

#include <gio/gio.h>

typedef struct {
    const char *name;    /* in the folder */
    gboolean is_regular; /* FALSE: it may be all the same, or a link to a regular file */
    char path[];
} TamisListingEntry;

typedef struct TamisListing TamisListing;

/* Those files whose names are wanted (NULL: all), in the order of their bytes. NULL and a GFileError when the folder cannot be
 * read. */
TAMIS_API TamisListing *
tamis_listing_open(const char *path, gboolean (*is_wanted)(const char *name), GError **error);
TAMIS_API void tamis_listing_free(TamisListing *folder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisListing, tamis_listing_free)

TAMIS_API guint tamis_listing_count(const TamisListing *folder);
/* Lent. */
TAMIS_API const TamisListingEntry *tamis_listing_get(const TamisListing *folder, guint index);
/* Open as long as the folder is. */
TAMIS_API int tamis_listing_get_fd(const TamisListing *folder);
