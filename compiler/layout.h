/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where a mailbox's script stands below the output folder: a template with Dovecot's variables. No
 * path leaves the folder, and no two mailboxes share one. */
#pragma once

#include "model/policy.h"

#define TAMIS_LAYOUT_DEFAULT "%u.sieve"

/* The name of the manifest, and of the folder that belongs to Tamis: no script is ever called so.
 */
#define TAMIS_MANIFEST_NAME  "manifest.json"
#define TAMIS_PRIVATE_FOLDER ".tamis"

#define TAMIS_LAYOUT_ERROR (tamis_layout_error_quark())
TAMIS_API GQuark tamis_layout_error_quark(void);
typedef enum {
    TAMIS_LAYOUT_ERROR_TEMPLATE,  /* the template itself */
    TAMIS_LAYOUT_ERROR_COLLISION, /* two mailboxes would have one file, or a mailbox a reserved one
                                   */
    TAMIS_LAYOUT_ERROR_TOO_LONG,  /* a name is longer than file systems take */
} TamisLayoutError;

typedef struct TamisLayout TamisLayout;

/* %u is the address, %n its local part, %d its domain (all in lower case), %% a per cent sign. In
 * what a variable stands for, `/`, `%` and a leading dot become %2F, %25 and %2E. Folders are
 * parted by `/`; an absolute template, empty parts, parts that begin with a dot, control
 * characters, and a template without %u or %n are errors. */
TAMIS_API TamisLayout *tamis_layout_new(const char *template, GError **error);
TAMIS_API void tamis_layout_free(TamisLayout *layout);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisLayout, tamis_layout_free)

/* Appends the path of an address (a TamisAddress's key). */
TAMIS_API void tamis_layout_append(const TamisLayout *layout, const char *address, GString *path);
/* Whether every mailbox gets a path of its own that a file system takes. */
TAMIS_API gboolean tamis_layout_check(const TamisLayout *layout, const TamisPolicy *policy,
                                      GError **error);
/* Whether a path is one that a layout could have made: what is read back from disk is not trusted.
 */
TAMIS_API gboolean tamis_layout_is_safe_path(const char *path, gsize length_bytes);
