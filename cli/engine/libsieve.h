/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * libsieve 2, loaded where it is installed. To be called in a child alone: it is safe from neither crashes nor hangs
 * nor threads. Its keys are `char *`, and constant all the same. */
#pragma once

#include "cli/engine/kind.h"

#ifdef TAMIS_HAS_LIBSIEVE
#include <sieve2.h>

typedef struct {
    typeof(sieve2_alloc) *alloc;
    typeof(sieve2_free) *free;
    typeof(sieve2_callbacks) *callbacks;
    typeof(sieve2_validate) *validate;
    typeof(sieve2_execute) *execute;
    typeof(sieve2_getvalue_string) *get_string;
    typeof(sieve2_getvalue_int) *get_int;
    typeof(sieve2_setvalue_string) *set_string;
    typeof(sieve2_setvalue_int) *set_int;
} TamisLibsieve;

/* Its functions, once it is open. */
extern TamisLibsieve tamis_libsieve;

/* A context that calls back with the data it is given; FALSE: it cannot. */
gboolean tamis_libsieve_begin(sieve2_callback_t *callbacks, sieve2_context_t **out_context);
#endif

/* The handle, for tamis_libsieve_close; NULL with G_IO_ERROR_NOT_FOUND where it is not installed, with
 * G_IO_ERROR_NOT_SUPPORTED where this program was built without it. */
gpointer tamis_libsieve_open(const TamisEngineKind *kind, GError **error);
void tamis_libsieve_close(gpointer library);
