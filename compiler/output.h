/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where scripts go. An output takes them from several threads, in any order within a batch, and
 * shows nothing of it before its commit: until then all can be given up. */
#pragma once

#include "compiler/layout.h"
#include "compiler/manifest.h"

#include <gio/gio.h>

#define TAMIS_OUTPUT_ERROR (tamis_output_error_quark())
TAMIS_API GQuark tamis_output_error_quark(void);
typedef enum {
    TAMIS_OUTPUT_ERROR_BUSY,    /* another run writes there */
    TAMIS_OUTPUT_ERROR_FOREIGN, /* a file stands in the way that Tamis did not write */
} TamisOutputError;

/* What a commit did. */
typedef struct {
    guint32 n_created, n_updated, n_unchanged;
    TamisNeeds needs;   /* of all scripts */
    GPtrArray *removed; /* paths of scripts that the policy no longer has, sorted */
    GPtrArray *
        edited; /* paths of scripts that someone else had changed, and that are as compiled again */
} TamisOutputResult;

TAMIS_API void tamis_output_result_clear(TamisOutputResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TamisOutputResult, tamis_output_result_clear)

typedef struct TamisOutput TamisOutput;

/* A folder with a file a mailbox and manifest.json; the private folder .tamis belongs to Tamis.
 * Made when it is missing, with the folders above it. What an earlier run left undone is finished
 * first. Takes the layout. */
TAMIS_API TamisOutput *
tamis_output_directory_new(const char *path, TamisLayout *layout, GError **error);
/* One tar archive with the files of such a folder, the manifest last; "-" is standard output. The
 * same scripts make the same bytes. Takes the layout. */
TAMIS_API TamisOutput *
tamis_output_bundle_new(const char *path, TamisLayout *layout, GError **error);

/* Whether a manifest that differs in as_of alone is left as it is. */
TAMIS_API void tamis_output_keep_as_of(TamisOutput *output, gboolean keep);
/* Whether every mailbox has its script in it. */
TAMIS_API gboolean tamis_output_is_complete(const TamisOutput *output);
/* Makes what was compiled visible. Once only, when the output is complete. When it fails, either
 * nothing was done, or the next run into the same folder does the rest. */
TAMIS_API gboolean tamis_output_commit(TamisOutput *output, TamisOutputResult *out_result,
                                       GError **error);
/* Gives up what was not committed. */
TAMIS_API void tamis_output_free(TamisOutput *output);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TamisOutput, tamis_output_free)
