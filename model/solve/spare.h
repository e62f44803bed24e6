/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Empty arrays that keep their room: what one question takes and gives back the next one has without the system's
 * memory. Not installed. */
#pragma once

#include <glib.h>

enum { TAMIS_MAX_SPARE = 16 };

/* All of one size of elements. */
typedef struct {
    GArray *arrays[TAMIS_MAX_SPARE];
    guint n, element_bytes;
} TamisSpare;

/* Empty. */
static inline GArray *
tamis_spare_take(TamisSpare *spare)
{
    if (spare->n > 0)
        return spare->arrays[--spare->n];
    return g_array_new(FALSE, FALSE, spare->element_bytes);
}

static inline void
tamis_spare_give(TamisSpare *spare, GArray *array)
{
    if (spare->n == TAMIS_MAX_SPARE) {
        g_array_unref(array);
        return;
    }
    g_array_set_size(array, 0);
    spare->arrays[spare->n++] = array;
}

static inline void
tamis_spare_clear(TamisSpare *spare)
{
    while (spare->n > 0)
        g_array_unref(spare->arrays[--spare->n]);
}
