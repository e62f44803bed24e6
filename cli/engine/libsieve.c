/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Loading libsieve. */
#include "cli/engine/libsieve.h"

#ifdef TAMIS_HAS_LIBSIEVE
#include <dlfcn.h>
#include <string.h>

#define LIBRARY "libsieve.so.1"

TamisLibsieve tamis_libsieve;

gpointer
tamis_libsieve_open(void)
{
    const struct {
        const char *name;
        void *function;
    } functions[] = {
        {"sieve2_alloc", &tamis_libsieve.alloc},
        {"sieve2_free", &tamis_libsieve.free},
        {"sieve2_callbacks", &tamis_libsieve.callbacks},
        {"sieve2_validate", &tamis_libsieve.validate},
        {"sieve2_execute", &tamis_libsieve.execute},
        {"sieve2_getvalue_string", &tamis_libsieve.get_string},
        {"sieve2_getvalue_int", &tamis_libsieve.get_int},
        {"sieve2_setvalue_string", &tamis_libsieve.set_string},
        {"sieve2_setvalue_int", &tamis_libsieve.set_int},
    };
    gpointer library = dlopen(LIBRARY, RTLD_NOW);

    for (guint i = 0; i < G_N_ELEMENTS(functions) && library != NULL; i++) {
        void *function = dlsym(library, functions[i].name);

        if (function == NULL) {
            dlclose(library);
            return NULL;
        }
        memcpy(functions[i].function, &function, sizeof function);
    }
    return library;
}
#endif
