/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Loading libsieve. */
#include "cli/engine/libsieve.h"

#include <gio/gio.h>

#ifdef TAMIS_HAS_LIBSIEVE
#include <dlfcn.h>
#include <string.h>

#define LIBRARY "libsieve.so.1"

TamisLibsieve tamis_libsieve;

static gpointer
load(void)
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

gpointer
tamis_libsieve_open(const TamisEngineKind *kind, GError **error)
{
    gpointer library = load();

    if (library == NULL)
        (void)tamis_engine_kind_not_installed(kind, error);
    return library;
}

void
tamis_libsieve_close(gpointer library)
{
    dlclose(library);
}

gboolean
tamis_libsieve_begin(sieve2_callback_t *callbacks, sieve2_context_t **out_context)
{
    *out_context = NULL;
    return tamis_libsieve.alloc(out_context) == SIEVE2_OK &&
           tamis_libsieve.callbacks(*out_context, callbacks) == SIEVE2_OK;
}

#else

gpointer
tamis_libsieve_open(const TamisEngineKind *kind, GError **error)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                "this tamis was built without libsieve's headers (on Debian: libsieve2-dev)");
    return NULL;
}

void
tamis_libsieve_close(gpointer library)
{
}

#endif
