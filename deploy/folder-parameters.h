/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The parameters of both kinds of folders: directory:HOME[;scripts=…][;active=…] where each mailbox has a home,
 * and directory:FILE.sieve where it has one file; [;owner=USER[:GROUP]][;mode=0600][;config=FILE] for both. */
#pragma once

#include "deploy/files.h"
#include "deploy/sievec.h"
#include "deploy/store.h"

typedef struct {
    char *template;         /* of the home, or the file */
    char *scripts, *active; /* names in the home */
    gboolean is_file;
    TamisFileOwner owner;
    TamisSievec *sievec;
} TamisFolderParameters;

void tamis_folder_parameters_clear(TamisFolderParameters *parameters);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TamisFolderParameters, tamis_folder_parameters_clear)
gboolean tamis_folder_parameters_parse(const char *rest, TamisFolderParameters *out_parameters,
                                       GError **error);
/* A mailbox's path. NULL with error. Caller frees. */
char *tamis_folder_parameters_expand(const TamisFolderParameters *parameters, const char *mailbox,
                                     GError **error);

/* Takes what parameters has. */
TamisStore *tamis_store_new_single_file(const char *rest, TamisFolderParameters *parameters,
                                        const TamisAccess *access);
