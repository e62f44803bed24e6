/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Names and origins of the Sieve extensions. What a server has of them is its data
 * (grammar/server.h). */
#include "grammar/sieve/extension.h"

#include "base/bytes.h"

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

/* Extensions by their length and three of their letters, each behind the one of the same slot before it: with these
 * factors nearly every one is alone. */
static guint8 slots[256], others[TAMIS_N_EXTENSIONS]; /* index + 1; 0: none */

static guint8
slot_of(const char *name, gsize length_bytes)
{
    return (guint8)(length_bytes + (guchar)name[0] * 15 + (guchar)name[length_bytes - 1] * 25 +
                    (guchar)name[length_bytes / 2] * 7);
}

static void
fill_slots(void)
{
    static gsize is_filled = 0;

    if (!g_once_init_enter(&is_filled))
        return;
    for (guint i = 0; i < TAMIS_N_EXTENSIONS; i++) {
        guint8 slot = slot_of(extensions[i].name, extensions[i].length_bytes);
        others[i] = slots[slot];
        slots[slot] = (guint8)(i + 1);
    }
    g_once_init_leave(&is_filled, 1);
}

TamisExtension
tamis_extension_find(const char *name, gsize length_bytes)
{
    fill_slots();
    if (length_bytes == 0)
        return TAMIS_EXTENSION_NONE;
    for (guint i = slots[slot_of(name, length_bytes)]; i != 0; i = others[i - 1])
        if (extensions[i - 1].length_bytes == length_bytes &&
            tamis_bytes_equal(extensions[i - 1].name, name, length_bytes))
            return (TamisExtension)(i - 1);
    return TAMIS_EXTENSION_NONE;
}
