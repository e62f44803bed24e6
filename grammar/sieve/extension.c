/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Names and origins of the Sieve extensions. What a server has of them is its data
 * (grammar/server.h). */
#include "grammar/sieve/extension.h"

#include <string.h>

typedef struct {
    const char *name;
    guint8 length_bytes;
    const char *origin;
} Extension;

static const Extension extensions[TAMIS_N_EXTENSIONS] = {
#define X(constant, name, origin) {name, sizeof(name) - 1, origin},
    TAMIS_EXTENSIONS(X)
#undef X
};

const char *
tamis_extension_name(TamisExtension extension)
{
    g_return_val_if_fail(extension < TAMIS_N_EXTENSIONS, NULL);
    return extensions[extension].name;
}

const char *
tamis_extension_origin(TamisExtension extension)
{
    g_return_val_if_fail(extension < TAMIS_N_EXTENSIONS, NULL);
    return extensions[extension].origin;
}

TamisExtension
tamis_extension_find(const char *name, gsize length_bytes)
{
    for (guint i = 0; i < TAMIS_N_EXTENSIONS; i++)
        if (extensions[i].length_bytes == length_bytes &&
            memcmp(extensions[i].name, name, length_bytes) == 0)
            return (TamisExtension)i;
    return TAMIS_EXTENSION_NONE;
}
