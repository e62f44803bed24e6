/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * libsieve 2, loaded where it is installed. To be called in a child alone: it is safe from neither crashes nor hangs
 * nor threads. Its keys are `char *`, and constant all the same. */
#pragma once

#include <glib.h>

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

/* The handle, for dlclose; NULL: it is not installed. */
gpointer tamis_libsieve_open(void);
#endif
